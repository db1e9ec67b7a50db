/** The start of a hash, and how a byte goes into it (FNV-1a). */
export const emptyHash: number = 0x811c9dc5 | 0;

/** A hash with one more byte in it. */
export function addToHash(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x01000193);
}

const tableSize = 4096;
const longestKept = 100;
const known = Array.from<string | undefined>({ length: tableSize });

/**
 * The text of bytes; one of ASCII that came before is not made again. The last text of each hash is remembered, whatever it
 * came from, so that what repeats in reports is in memory once.
 *
 * Its strings are copies, so that none keeps the bytes alive that it came from.
 */
export function textOf(bytes: Buffer, start: number, end: number, hash: number): string {
  const slot = (hash ^ (hash >>> 15)) & (tableSize - 1);
  const before = known[slot];
  if (before !== undefined && isText(before, bytes, start, end)) return before;
  const text = bytes.toString("utf8", start, end);
  if (text.length <= longestKept) known[slot] = text;
  return text;
}

function isText(text: string, bytes: Buffer, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) !== bytes[start + at]) return false;
  return true;
}
