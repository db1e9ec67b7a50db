/** A row of numbers that looks random and is the same on each machine, for one seed. */
export interface Random {
  /** A whole number from 0 up to, but not including, `bound`. */
  below(bound: number): number;
  /** A number from `low` up to, but not including, `high`. */
  between(low: number, high: number): number;
  /** `length` decimal digits, the first of them not 0. */
  digits(length: number): string;
  /** `length` hexadecimal digits in lower case. */
  hex(length: number): string;
}

/**
 * The row of numbers that belongs to a seed.
 *
 * Numbers that hang on what they are for (`"report id google.com example.com 2026-11-17"`) stay as they are when another
 * part of the sample changes. Mulberry32, seeded with the FNV-1a hash of the text: whole numbers of 32 bits alone.
 */
export function makeRandom(seed: string): Random {
  let state = hashOf(seed);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (bound: number): number => Math.floor(next() * bound);
  return {
    below,
    between: (low, high) => low + next() * (high - low),
    digits: (length) => Array.from({ length }, (_, index) => (index === 0 ? 1 + below(9) : below(10))).join(""),
    hex: (length) => Array.from({ length }, () => below(16).toString(16)).join(""),
  };
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash;
}
