const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

const [lineEnd, padding, foreign] = [64, 65, 66];

/** What each byte stands for in base64: 0 to 63, or one of the three above. */
const base64Values: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  const char = String.fromCharCode(byte);
  if (char === "\r" || char === "\n") return lineEnd;
  const value = alphabet.indexOf(char);
  return char === "=" ? padding : value < 0 ? foreign : value;
});

/** The bytes that base64 in lines (RFC 2045, section 6.8) stands for; `undefined` when there is anything else in it. */
export function decodeBase64(text: Uint8Array): Uint8Array | undefined {
  let digits = 0;
  let paddings = 0;
  for (let at = 0; at < text.length; at += 1) {
    const value = base64Values[text[at] as number] as number;
    if (value < lineEnd) digits += 1;
    if (value === padding) paddings += 1;
    else if (value === foreign || (value < lineEnd && paddings > 0)) return undefined;
  }
  return paddings > 2 || (digits + paddings) % 4 !== 0 ? undefined : Buffer.from(latin1(text), "base64");
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

/**
 * The bytes that base64 stands for, whatever else is in it: RFC 2045, section 6.8 wants foreign characters ignored. After
 * padding it begins anew, as where a writer padded each line.
 */
export function decodeAnyBase64(text: Uint8Array): Uint8Array {
  const bytes = Buffer.allocUnsafe(Math.ceil((text.length * 3) / 4));
  let length = 0;
  let digits = 0;
  let bits = 0;
  for (let at = 0; at < text.length; at += 1) {
    const value = base64Values[text[at] as number] as number;
    if (value === padding) digits = 0;
    else if (value < lineEnd) {
      bits = (bits << 6) | value;
      digits = (digits + 1) % 4;
      if (digits !== 1) {
        bytes[length] = bits >> ((8 - 2 * digits) % 8);
        length += 1;
      }
    }
  }
  return bytes.subarray(0, length);
}

const marks = { tab: 0x09, lineFeed: 0x0a, carriageReturn: 0x0d, space: 0x20, equals: 0x3d } as const;

const noDigit = 16;

/** What each byte stands for as a hexadecimal digit, or `noDigit`. */
const hexDigits: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  const digit = String.fromCharCode(byte);
  return /[0-9A-Fa-f]/.test(digit) ? Number.parseInt(digit, 16) : noDigit;
});

/**
 * The bytes that quoted-printable text (RFC 2045, section 6.7) stands for. Never fails: an `=` that begins neither a byte
 * nor a soft line break stands for itself, and blanks at the end of a line, which were added on the way, for nothing.
 */
export function decodeQuotedPrintable(text: Uint8Array): Uint8Array {
  const bytes = Buffer.allocUnsafe(text.length);
  let length = 0;
  /** `length` without the blanks that may turn out to end a line. */
  let kept = 0;
  for (let at = 0; at < text.length; at += 1) {
    const byte = text[at] as number;
    if (byte === marks.equals) {
      const [high, low] = [hexDigits[text[at + 1] ?? 0] ?? noDigit, hexDigits[text[at + 2] ?? 0] ?? noDigit];
      const isByte = high < noDigit && low < noDigit;
      const softBreak = isByte ? undefined : softBreakEnd(text, at + 1);
      if (softBreak === undefined) {
        bytes[length] = isByte ? high * 16 + low : byte;
        length += 1;
      }
      kept = length;
      at = isByte ? at + 2 : (softBreak ?? at + 1) - 1;
    } else {
      const isLineEnd = byte === marks.lineFeed || byte === marks.carriageReturn;
      if (isLineEnd) length = kept;
      bytes[length] = byte;
      length += 1;
      if (!isBlank(byte)) kept = length;
    }
  }
  return bytes.subarray(0, kept);
}

/** Where the line after a soft break begins, from behind its `=`; `undefined` when there is none. */
function softBreakEnd(text: Uint8Array, start: number): number | undefined {
  let at = start;
  while (isBlank(text[at])) at += 1;
  if (at >= text.length) return at;
  if (text[at] === marks.lineFeed) return at + 1;
  return text[at] === marks.carriageReturn && text[at + 1] === marks.lineFeed ? at + 2 : undefined;
}

function isBlank(byte: number | undefined): boolean {
  return byte === marks.space || byte === marks.tab;
}

/** How base64 of gzip, of a zip, of `<?xml` (bare or after a byte order mark) and of `<feedback` begins. */
const encodedStarts = ["H4sI", "UEsDB", "PD94bWwg", "77u/PD94bWwg", "PGZlZWRiYWNr"];

/**
 * The bytes that stand in a part as base64 although its fields don't say so; `undefined` when it isn't base64, or
 * not of a file that could be a report.
 */
export function undoBase64(bytes: Uint8Array): Uint8Array | undefined {
  const start = Buffer.from(bytes.subarray(0, 200)).toString("latin1").trimStart();
  if (!encodedStarts.some((encoded) => start.startsWith(encoded))) return undefined;
  const text = latin1(bytes);
  return /[^\sA-Za-z0-9+/=]/.test(text) ? undefined : Buffer.from(text, "base64");
}

/**
 * What could be reports in the raw bytes of a mail, whatever its fields and boundaries say: runs of base64 lines that
 * begin as such a file does. One after the other; at most `most` of them.
 */
export function* encodedFilesIn(mail: Uint8Array, most: number): Generator<Uint8Array> {
  const text = latin1(mail);
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
