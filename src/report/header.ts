/** The header of a mail, and its body. */
export interface Header {
  fields: HeaderField[];
  /** The bytes behind the empty line that ends the header; none where there is no such line. */
  body: Buffer;
}

/** That of a mail whose header is too large to be any. */
export const noHeader: Header = { fields: [], body: Buffer.alloc(0) };

/** A header field as it came. */
export interface HeaderField {
  /** Its printable ASCII in lower case, without blanks around it; empty for lines that are no field. */
  name: string;
  /** Name, colon and value with its folds, a character a byte, without the line break at its end. */
  text: string;
  /**
   * Whether its name is spelled as no standard has it, but so that some reader may take it for that name: with control
   * characters, 8-bit bytes or a fold before the colon. Such a field counts against a mail, and never for it.
   */
  isOdd: boolean;
}

const mostHeaderBytes = 1024 * 1024;

/** Well-known mail has about a hundred fields, and each costs memory. */
const mostFields = 20_000;

/**
 * The header of a mail by RFC 5322, with blanks before a colon as its section "Obsolete Syntax" has them. Total, and in
 * time linear in the size of the header, whatever is in it.
 *
 * It ends at the first empty line, be it CRLF or LF alone. A line that begins with a blank belongs to the field above it,
 * unless it is the first; any other line without a name and a colon, such as the `From ` line of an mbox, is no field.
 *
 * @returns `undefined` when the header is too large to be seen as a whole: over 1 MB, or 20,000 fields.
 */
export function readHeader(mail: Uint8Array): Header | undefined {
  const known = knownHeaders.get(mail);
  if (known !== undefined) return known;
  const bytes = Buffer.from(mail.buffer, mail.byteOffset, mail.byteLength);
  const end = headerEnd(bytes);
  const fields = end === undefined ? undefined : splitFields(bytes.toString("latin1", 0, end));
  if (fields === undefined) return undefined;
  const header = { fields, body: bytes.subarray(end) };
  knownHeaders.set(mail, header);
  return header;
}

/** Mails are never changed in place, and each is looked at for what it holds, for whose it is, and for its name. */
const knownHeaders = new WeakMap<Uint8Array, Header>();

/** Where the body of a mail begins; `undefined` when that is too far away. */
function headerEnd(mail: Buffer): number | undefined {
  const start = mail.subarray(0, mostHeaderBytes + 1);
  if (start[0] === lineFeed) return 1;
  if (start[0] === carriageReturn && start[1] === lineFeed) return 2;
  const crlf = start.indexOf("\n\r\n");
  const lf = (crlf < 0 ? start : start.subarray(0, crlf + 1)).indexOf("\n\n");
  if (lf >= 0) return lf + 2;
  if (crlf >= 0) return crlf + 3;
  return start.length > mostHeaderBytes ? undefined : start.length;
}

const lineFeed = 10;
const carriageReturn = 13;

function splitFields(header: string): HeaderField[] | undefined {
  const fields: HeaderField[] = [];
  for (let start = 0, end = 0; start < header.length; start = end + 1) {
    end = foldedEnd(header, start);
    const field = makeField(header.slice(start, header[end - 1] === "\r" ? Math.max(start, end - 1) : end));
    const above = fields.at(-1);
    if (field.text === "") break;
    // Lines that are no fields may be many.
    if (field.name === "" && above?.name === "") above.text += `\n${field.text}`;
    else fields.push(field);
    if (fields.length > mostFields) return undefined;
  }
  return fields;
}

/** Where the line feed is that ends a line and its folds. */
function foldedEnd(header: string, start: number): number {
  let end = header.indexOf("\n", start);
  while (end >= 0 && (header[end + 1] === " " || header[end + 1] === "\t")) end = header.indexOf("\n", end + 1);
  return end < 0 ? header.length : end;
}

function makeField(text: string): HeaderField {
  const [plain] = plainName.exec(text) ?? [];
  if (plain !== undefined) return { name: plain.toLowerCase(), text, isOdd: false };
  const spelling = text.slice(0, Math.max(0, text.indexOf(":")));
  const name = spelling.replace(/[^\t\n -~]/g, "").trim();
  return {
    name: /^[!-~]*$/.test(name) ? name.toLowerCase() : "",
    text,
    isOdd: !/^[!-9;-~]+[ \t]*$/.test(spelling),
  };
}

/** A name as nearly all fields have it. */
const plainName = /^[!-9;-~]+(?=:)/;

/** The topmost field of a name, given in lower case, that is spelled as it should be. */
export function fieldNamed(fields: readonly HeaderField[], name: string): HeaderField | undefined {
  return fields.find((field) => field.name === name && !field.isOdd);
}

/**
 * How many fields of a name, given in lower case, a reader may find who differs from others in what is a field: those
 * that are spelled oddly, and what looks like one to him who takes a bare CR for the end of a line.
 */
export function countOf(fields: readonly HeaderField[], name: string): number {
  const named = fields.filter((field) => field.name === name).length;
  const broken = fields.filter(({ text }) => bareReturn.test(text));
  if (broken.length === 0) return named;
  const hidden = new RegExp(`\\r(?!\\n)[^\\n!-~]*(${name}[^!-~]*:)?`, "gi");
  const found = broken.flatMap(({ text }) => Array.from(text.matchAll(hidden), ([, field]) => field));
  return named + found.filter((field) => field !== undefined).length;
}

/** What some readers take for the end of a line, and others do not. */
const bareReturn = /\r(?!\n)/;

/** What stands after the colon of a field, folded as it came, as UTF-8; bytes that are none become U+FFFD. */
export function fieldValue({ text }: HeaderField): string {
  return Buffer.from(text.slice(text.indexOf(":") + 1), "latin1").toString();
}

/** An encoded word (RFC 2047, section 2): charset, encoding and text. */
export const encodedWord = /=\?[^?\s]{1,60}\?([bq])\?([^?\s]*)\?=/gi;

/** A text in which encoded words are decoded, each as `decodeWord` does it. */
export function decodeWords(text: string): string {
  return text.replace(encodedWord, (...word: string[]) => decodeWord(word));
}

/** An encoded word's text as if in UTF-8: what matters in it is ASCII in all charsets but UTF-16, which has NULs. */
export function decodeWord([, encoding = "", text = ""]: readonly string[]): string {
  const charOf = (_: string, digits: string): string => String.fromCharCode(Number.parseInt(digits, 16));
  const bytes =
    encoding.toLowerCase() === "b"
      ? Buffer.from(text, "base64")
      : Buffer.from(text.replaceAll("_", " ").replace(/=([0-9a-f]{2})/gi, charOf), "latin1");
  return bytes.toString("utf8").replaceAll("\0", "");
}

/**
 * When a mail was received: the date of its topmost `Received` field, as ISO 8601 in UTC with whole seconds.
 *
 * `Received: by mx.example.net; Thu, 19 Nov 2026 11:12:00 +0100 (CET)` stands for `"2026-11-19T10:12:00Z"`.
 *
 * @returns `undefined` when there is no date as RFC 5322, section 3.3 has it, or its obsolete zones.
 */
export function receivedAt(fields: readonly HeaderField[]): string | undefined {
  const { text = "" } = fieldNamed(fields, "received") ?? {};
  const date = /;([^;]*)$/.exec(text.slice(-1000).replace(/\s+/g, " "))?.[1];
  const parts = dateTime.exec(date ?? "")?.groups;
  if (parts === undefined) return undefined;
  const { day, month, year, hour, minute, second = "00", zone = "" } = parts;
  // Date has no leap seconds.
  const time = `${hour}:${minute}:${second.replace("60", "59")}`;
  const moment = Date.parse(`${day} ${month} ${year} ${time} ${zone.toUpperCase()}`);
  // A date such as 31 Feb rolls over; it's none.
  const isDate = new Date(`${day} ${month} ${year} 00:00 UTC`).getUTCDate() === Number(day);
  if (Number.isNaN(moment) || !isDate) return undefined;
  const received = new Date(moment).toISOString();
  // The last evening of 9999 may be in the year +010000.
  return /^\d{4}-/.test(received) ? `${received.slice(0, 19)}Z` : undefined;
}

/** With the obsolete zones of RFC 5322, section 4.3; `Date.parse` knows them. */
const dateTime =
  /^ ?(?:[A-Za-z]{3}, ?)?(?<day>\d{1,2}) (?<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec) (?<year>[1-9]\d{3}) (?<hour>[01]?\d|2[0-3]):(?<minute>[0-5]\d)(?::(?<second>[0-5]\d|60))? ?(?<zone>[+-]\d\d[0-5]\d|ut|utc|gmt|z|[ecmp][sd]t)\b/i;
