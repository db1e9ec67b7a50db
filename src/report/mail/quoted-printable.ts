const marks = { tab: 0x09, lineFeed: 0x0a, carriageReturn: 0x0d, space: 0x20, equals: 0x3d } as const;

const none = 16;

/** What each byte stands for as a hexadecimal digit, or `none`. */
const digits: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  const digit = String.fromCharCode(byte);
  return /[0-9A-Fa-f]/.test(digit) ? Number.parseInt(digit, 16) : none;
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
      const [high, low] = [digits[text[at + 1] ?? 0] ?? none, digits[text[at + 2] ?? 0] ?? none];
      const isByte = high < none && low < none;
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
