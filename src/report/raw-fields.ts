/** A header field as it came. */
export interface RawField {
  /** In lower case, without blanks around it. */
  name: string;
  /** Name, colon and value with its folds, a character a byte, without the line break at its end. */
  text: string;
}

/** A mail as it came: its header fields from the top, and its body. */
export interface RawMail {
  fields: RawField[];
  body: Buffer;
}

/** A mail with more fields is not read: well-known mail has about a hundred, and each costs memory. */
const mostFields = 20_000;

/**
 * The header fields and the body of a mail, in time linear in its size whatever is in it.
 *
 * What does not look like a field belongs to the field above it, and blanks or a fold may come before the colon
 * (RFC 5322, "Obsolete Header Fields"): `From` is found wherever a mail reader may find it.
 *
 * @returns `undefined` when there are over 20,000 fields.
 */
export function readRawMail(mail: Buffer): RawMail | undefined {
  const end = headerEnd(mail);
  const header = mail.toString("latin1", 0, lastTextEnd(mail, end));
  const starts = fieldStarts(header);
  if (starts.length > mostFields) return undefined;
  const fields = starts.map((start, index) => {
    const text = header.slice(start, starts[index + 1] ?? header.length).replace(/\r?\n$/, "");
    return { name: text.slice(0, text.indexOf(":")).trim().toLowerCase(), text };
  });
  return { fields, body: mail.subarray(end) };
}

/** Where the header of a mail ends: behind the first empty line, or at the end of the mail where there is none. */
export function headerEnd(mail: Buffer): number {
  if (mail[0] === lineFeed) return 1;
  if (mail[0] === carriageReturn && mail[1] === lineFeed) return 2;
  const [crlf, lf] = [mail.indexOf("\n\r\n"), mail.indexOf("\n\n")];
  if (crlf >= 0 && (lf < 0 || crlf < lf)) return crlf + 3;
  return lf < 0 ? mail.length : lf + 2;
}

/** Where the line breaks that end a header begin. */
function lastTextEnd(mail: Buffer, end: number): number {
  let at = end;
  while (mail[at - 1] === lineFeed || mail[at - 1] === carriageReturn) at -= 1;
  return at;
}

/** Where a field begins: at each line that has a name and, there or behind a fold, a colon. */
function fieldStarts(header: string): number[] {
  const field = /[!-9;-~]+[ \t\r]*(?:\n[ \t\r]*)?:/y;
  const starts: number[] = [];
  for (let line = 0; line < header.length && starts.length <= mostFields; ) {
    field.lastIndex = line;
    if (field.test(header)) starts.push(line);
    const next = header.indexOf("\n", line);
    if (next < 0) break;
    line = next + 1;
  }
  return starts;
}

const lineFeed = 10;
const carriageReturn = 13;
