/** A header field of a mail. */
export interface HeaderField {
  /** As it came, without blanks around it. */
  name: string;
  /** What stands after the colon, folded as it came. */
  value: string;
}

/**
 * All header fields of a mail in their order, topmost first, as UTF-8; bytes that are none become U+FFFD.
 *
 * The header ends at the first empty line. What is no field, such as the `From ` line of an mbox, is left out.
 *
 * @returns An empty list when the header is too large to be any: what can't be seen as a whole is not to be judged.
 */
export function readHeaderFields(bytes: Uint8Array): HeaderField[] {
  const mail = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = headerEnd(mail);
  if (end > mostHeaderBytes) return [];
  const lines = mail.toString("utf8", 0, end).split(/\r?\n(?![ \t])/);
  return lines.flatMap((line) => {
    const name = /^([!-9;-~]+)[ \t]*:/.exec(line);
    return name?.[1] === undefined ? [] : { name: name[1], value: line.slice(name[0].length) };
  });
}

/** Real headers have some 10 KB. */
const mostHeaderBytes = 1024 * 1024;

/** Where the header ends; a mail may begin with the empty line. */
function headerEnd(mail: Buffer): number {
  if (/^\r?\n/.test(mail.toString("latin1", 0, 2))) return 0;
  const start = mail.subarray(0, mostHeaderBytes + 1);
  const ends = [start.indexOf("\n\r\n"), start.indexOf("\n\n")].filter((end) => end >= 0);
  return Math.min(start.length, ...ends.map((end) => end + 1));
}
