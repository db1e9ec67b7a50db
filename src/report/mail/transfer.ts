/** How base64 of gzip, of a zip, of `<?xml` (bare or after a byte order mark) and of `<feedback` begins. */
const encodedStarts = ["H4sI", "UEsDB", "PD94bWwg", "77u/PD94bWwg", "PGZlZWRiYWNr"];

/**
 * The bytes that stand in a part as base64 although its fields don't say so; `undefined` when it isn't base64, or
 * not of a file that could be a report.
 */
export function undoBase64(bytes: Uint8Array): Uint8Array | undefined {
  const start = Buffer.from(bytes.subarray(0, 200)).toString("latin1").trimStart();
  if (!encodedStarts.some((encoded) => start.startsWith(encoded))) return undefined;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  return /[^\sA-Za-z0-9+/=]/.test(text) ? undefined : Buffer.from(text, "base64");
}

/**
 * What could be reports in the raw bytes of a mail, whatever its fields and boundaries say: runs of base64 lines that
 * begin as such a file does. One after the other; at most `most` of them.
 */
export function* encodedFilesIn(mail: Uint8Array, most: number): Generator<Uint8Array> {
  const text = Buffer.from(mail.buffer, mail.byteOffset, mail.byteLength).toString("latin1");
  const start = new RegExp(`(?:^|[\\r\\n])[ \\t]{0,10}(?=(?:${encodedStarts.join("|").replaceAll("+", "\\+")}))`, "g");
  for (let found = 0, match = start.exec(text); match !== null && found < most; match = start.exec(text)) {
    const begin = match.index + match[0].length;
    const end = endOfBase64(text, begin);
    found += 1;
    start.lastIndex = Math.max(end, begin + 1);
    yield Buffer.from(text.slice(begin, end), "base64");
  }
}

/** Where the lines of base64 end; a loop, since a pattern for all lines at once keeps a way back for each of them. */
function endOfBase64(text: string, begin: number): number {
  const line = /[ \t]*[A-Za-z0-9+/]*={0,2}[ \t]*(?:\r{0,2}\n|\r|$)/y;
  for (let end = begin; ; end = line.lastIndex) {
    line.lastIndex = end;
    const match = line.exec(text);
    if (match === null || match[0].trim() === "") return end;
  }
}
