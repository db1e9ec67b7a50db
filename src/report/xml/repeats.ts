/** The start of a hash, and how a byte goes into it (FNV-1a). */
export const emptyHash: number = 0x811c9dc5 | 0;

/** A hash with one more byte in it. */
export function addToHash(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x01000193);
}

/** Makes strings of bytes; one of ASCII that came before is not made again. */
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
    const text = bytes.toString("utf8", start, end);
    texts[slot] = text;
    return text;
  };
}

function isText(text: string, bytes: Buffer, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) !== bytes[start + at]) return false;
  return true;
}

/** What was read out of bytes, and from where to where. */
interface Read<T> {
  element: T;
  bytes: Buffer;
  start: number;
  end: number;
  hash: number;
}

/**
 * A table of elements that gives the one that came before when it was byte for byte the same, from the third time on:
 * most come once or twice, and are not worth keeping. It never grows, either.
 *
 * @param size - A power of two.
 */
export function makeElementTable<T extends { isShared?: boolean }>(size: number): (read: Read<T>) => T {
  const hashes = new Int32Array(size);
  const known = Array.from<{ raw: Buffer; element: T } | undefined>({ length: size });
  return ({ element, bytes, start, end, hash }) => {
    const slot = (hash ^ (hash >>> 15)) & (size - 1);
    if (hashes[slot] !== hash) {
      hashes[slot] = hash;
      return element;
    }
    const before = known[slot];
    if (before !== undefined && before.raw.compare(bytes, start, end) === 0) return before.element;
    const shared = { ...element, isShared: true };
    known[slot] = { raw: Buffer.from(bytes.subarray(start, end)), element: shared };
    return shared;
  };
}
