/** Kinds of bytes in XML; a byte may be of several. */
export const byteKinds = { name: 1, nameStart: 2, space: 4, control: 8, complex: 16 } as const;

/** The kinds of each byte of UTF-8 text: `complex` is what makes a text more than its bytes (`&`, CR, beyond ASCII). */
export const kindsOfByte: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  const char = String.fromCharCode(byte);
  let kinds = 0;
  if (/[A-Za-z0-9_.-]/.test(char)) kinds |= byteKinds.name;
  if (/[A-Za-z_]/.test(char)) kinds |= byteKinds.nameStart;
  if (/[ \t\r\n]/.test(char)) kinds |= byteKinds.space;
  else if (byte < 0x20) kinds |= byteKinds.control;
  if (char === "&" || char === "\r" || byte >= 0x80) kinds |= byteKinds.complex;
  return kinds;
});

/** The start of a hash, and how a byte goes into it (FNV-1a). */
export const emptyHash: number = 0x811c9dc5 | 0;

/** A hash with one more byte in it. */
export function addToHash(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x01000193);
}

/** Makes strings of ASCII bytes; one that came before is not made again. */
export type TextTable = (bytes: Buffer, start: number, end: number, hash: number) => string;

/**
 * A table that remembers the last text of each hash: it never grows, and what repeats is in memory once.
 *
 * Its strings are copies, so that none keeps the bytes alive that it came from.
 *
 * @param size - A power of two.
 */
export function makeTextTable(size: number): TextTable {
  const texts = Array.from<string | undefined>({ length: size });
  return (bytes, start, end, hash) => {
    const slot = (hash ^ (hash >>> 15)) & (size - 1);
    const known = texts[slot];
    if (known !== undefined && isText(known, bytes, start, end)) return known;
    const text = bytes.toString("latin1", start, end);
    texts[slot] = text;
    return text;
  };
}

function isText(text: string, bytes: Buffer, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) !== bytes[start + at]) return false;
  return true;
}
