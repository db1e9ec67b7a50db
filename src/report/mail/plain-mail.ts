import { fieldValue, type Header, type HeaderField, readHeader } from "../header.ts";
import type { Limits } from "../limits.ts";
import { isPacked } from "../unpack/unpack.ts";
import type { MailPart } from "./mail-parts.ts";
import { decodeBase64, decodeQuotedPrintable, undoBase64 } from "./transfer.ts";

/**
 * The attachments of a mail as most reports come: one file, or files beside words for people, in base64 or as they are.
 *
 * It knows few of the ways in which mails can be written, and must read those as `readMailParts` does.
 *
 * @returns `undefined` for any other mail, and for one without attachments: `readMailParts` is to be asked.
 */
export function readPlainMail(mail: Header, { mimeParts }: Limits): MailPart[] | undefined {
  const walk: Walk = { attachments: [], parts: 0, most: Math.min(mimeParts, mostParts) };
  return walkPart(walk, mail, []) && walk.attachments.length > 0 ? walk.attachments : undefined;
}

const mostParts = 20;

interface Walk {
  attachments: MailPart[];
  parts: number;
  most: number;
}

/** Takes one part apart, which may be the mail; whether it is plain. */
function walkPart(walk: Walk, part: Header | undefined, boundaries: readonly string[]): boolean {
  walk.parts += 1;
  const fields = part === undefined || walk.parts > walk.most ? undefined : parseFields(part.fields);
  // Without an empty line at its end, a part is read in many ways.
  if (part === undefined || fields === undefined || part.body.length === 0) return false;
  const { body } = part;
  const { type } = fields;
  if (type.startsWith("multipart/")) return walkParts(walk, body, fields, boundaries);
  const isText = type === "text/plain" || type === "text/html";
  // mailparser splits by the boundary of any part.
  if (fields.boundary !== undefined) return false;
  if (isText && fields.disposition !== "attachment") return !mayHoldReport(body, fields.encoding);
  const content = decodeBody(body, fields.encoding);
  const contentType = type === "application/octet-stream" ? typeByName(fields.name) : type;
  // What mails in mails and feedback reports hold is not read here.
  if (content === undefined || contentType === undefined || type.startsWith("message/")) return false;
  walk.attachments.push({ contentType, name: fields.name ?? "", bytes: content });
  return true;
}

/** Whether words for people could be a report, or a packed file that was sent as text. */
function mayHoldReport(body: Buffer, encoding: string): boolean {
  const content =
    encoding === "base64" ? decodeBase64(body) : encoding === "quoted-printable" ? decodeQuotedPrintable(body) : body;
  if (content === undefined || isPacked(content) || undoBase64(content) !== undefined) return true;
  // UTF-16 has NULs.
  return /feedback|\0/i.test(Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString("latin1"));
}

function walkParts(walk: Walk, body: Buffer, { type, boundary }: PartFields, outer: readonly string[]): boolean {
  if (!/^multipart\/(mixed|alternative|related)$/.test(type)) return false;
  if (boundary === undefined || outer.includes(boundary) || outer.length > 2) return false;
  const parts = splitParts(body, boundary);
  return parts?.every((part) => walkPart(walk, readHeader(part), [...outer, boundary])) ?? false;
}

/** What stands between the lines of a boundary (RFC 2046, "Common Syntax"); `undefined` when its last line is missing. */
function splitParts(body: Buffer, boundary: string): Buffer[] | undefined {
  const parts: Buffer[] = [];
  const delimiter = Buffer.from(`--${boundary}`, "latin1");
  let start: number | undefined;
  let isClosed = false;
  for (let at = body.indexOf(delimiter); at >= 0; at = body.indexOf(delimiter, at + 1)) {
    // Whether a line begins behind a carriage return alone is another riddle.
    if (body[at - 1] === carriageReturn) return undefined;
    if (at > 0 && body[at - 1] !== lineFeed) continue;
    const after = at + delimiter.length;
    const line = /^(--)?[ \t]{0,10}(\r?\n|$)/.exec(body.toString("latin1", after, after + 16));
    // Some other boundary may begin like this one, and a line after the last is a riddle.
    if (line === null || isClosed || parts.length > mostParts) return undefined;
    // The line end before a boundary belongs to the boundary.
    if (start !== undefined) parts.push(body.subarray(start, body[at - 2] === carriageReturn ? at - 2 : at - 1));
    start = after + line[0].length;
    isClosed = line[1] !== undefined;
  }
  return isClosed ? parts : undefined;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

function decodeBody(body: Buffer, encoding: string): Uint8Array | undefined {
  // mailparser's account of line ends is not that of RFC 2046 where nothing else is there.
  if (body.toString("latin1", 0, 100).trim() === "" || encoding === "quoted-printable") return undefined;
  return encoding === "base64" ? decodeBase64(body) : body;
}

/** The type that a file name stands for, among those of reports; `application/octet-stream` without a name. */
function typeByName(name: string | undefined): string | undefined {
  if (name === undefined) return "application/octet-stream";
  const ending = /\.(xml|gz|zip)$/.exec(name)?.[1];
  return ending === undefined ? undefined : typesByEnding.get(ending);
}

const typesByEnding: ReadonlyMap<string, string> = new Map([
  ["xml", "application/xml"],
  ["gz", "application/x-gzip"],
  ["zip", "application/zip"],
]);

/** The header fields of a part of a mail, as far as they matter to what is in it. */
interface PartFields {
  type: string;
  boundary?: string;
  disposition?: string;
  name?: string;
  /** `7bit`, `8bit`, `binary`, `base64` or `quoted-printable`. */
  encoding: string;
}

/** Real parts have less than 10 KB of fields. */
const mostFieldLength = 64 * 1024;

/** Header fields of ASCII and of nothing but well-known forms (RFC 5322, RFC 2045, RFC 2183); else `undefined`. */
function parseFields(fields: readonly HeaderField[]): PartFields | undefined {
  if (fields.reduce((length, { text }) => length + text.length, 0) > mostFieldLength) return undefined;
  if (!fields.every(({ text }) => /^[!-9;-~]+:[\t\r\n -~]*$/.test(text) && !/\r(?!\n)/.test(text))) return undefined;
  const type = parseParameters(onlyField(fields, "content-type"));
  const disposition = parseParameters(onlyField(fields, "content-disposition") ?? "");
  const encoding = onlyField(fields, "content-transfer-encoding")?.toLowerCase() ?? "7bit";
  if (type === undefined || disposition === undefined || !encodings.has(encoding)) return undefined;
  if (!/^[a-z]+\/[a-z0-9.+-]+$/.test(type.value) || !/^(attachment|inline|)$/.test(disposition.value)) return undefined;
  const name = disposition.parameters.get("filename") || type.parameters.get("name") || undefined;
  const boundary = type.parameters.get("boundary");
  return { type: type.value, encoding, boundary: boundary || undefined, disposition: disposition.value, name };
}

const encodings = new Set(["7bit", "8bit", "binary", "base64", "quoted-printable"]);

/** The value of a field that may come once; what comes twice is refused by the form of no value. */
function onlyField(fields: readonly HeaderField[], name: string): string | undefined {
  const [found, ...others] = fields.filter((field) => field.name === name);
  return others.length > 0 ? "?" : found && fieldValue(found).trim();
}

/** The value of a field with its parameters. */
export interface Parameters {
  value: string;
  parameters: Map<string, string>;
}

/** `value; name=word; name="text"`, without comments, escapes, encoded words and continuations. */
export function parseParameters(field: string | undefined): Parameters | undefined {
  if (field === undefined) return undefined;
  const parameter = /;\s*([A-Za-z-]{1,30})=(?:"([^"\\\r\n]*)"|([\w.!+@~-]+))\s*/y;
  const value = /^[\w/.+-]*/.exec(field)?.[0] ?? "";
  const parameters = new Map<string, string>();
  parameter.lastIndex = value.length;
  let end = value.length;
  for (let match = parameter.exec(field); match !== null; match = parameter.exec(field)) {
    const [, name = "", quoted, word] = match;
    const text = quoted ?? word ?? "";
    if (parameters.has(name.toLowerCase()) || text.includes("=?") || text !== text.trim()) return undefined;
    parameters.set(name.toLowerCase(), text);
    end = parameter.lastIndex;
  }
  return /^;?$/.test(field.slice(end)) ? { value: value.toLowerCase(), parameters } : undefined;
}
