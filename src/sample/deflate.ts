/**
 * A raw deflate stream of some bytes (RFC 1951), the same on each machine.
 *
 * The output of zlib differs between its builds and processors, so the sample has a small compressor of its own: one
 * final block with the fixed Huffman codes, repeats found greedily.
 */
export function deflate(bytes: Uint8Array): Uint8Array {
  const bits = makeBitWriter();
  bits.write(1, 1); // the last block
  bits.write(1, 2); // with fixed codes
  const last = new Int32Array(hashSize).fill(-1);
  for (let at = 0; at < bytes.length; ) {
    const found = last[hashAt(bytes, at)] ?? -1;
    const length = found === -1 || at - found > windowSize ? 0 : matchLength(bytes, found, at);
    const step = length >= shortestMatch ? length : 1;
    if (step > 1) writeMatch(bits, length, at - found);
    else writeSymbol(bits, bytes[at] ?? 0);
    for (let passed = at; passed < at + step; passed++) last[hashAt(bytes, passed)] = passed;
    at += step;
  }
  writeSymbol(bits, endOfBlock);
  return bits.bytes();
}

const windowSize = 32_768;
const longestMatch = 258;
const shortestMatch = 4;
const hashSize = 2 ** 13;
const endOfBlock = 256;

/** RFC 1951, section 3.2.5: the shortest length of each code from 257, and how many bits more tell it exactly. */
const lengthCodes = codesFrom(
  [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258],
  8,
  4,
);
/** The same for distances, from code 0. */
const distanceCodes = codesFrom(
  [
    1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
    8193, 12_289, 16_385, 24_577,
  ],
  4,
  2,
);

interface Code {
  base: number;
  extraBits: number;
}

/** The number of extra bits grows by one every `group` codes, from the code `first` on; the longest length has none. */
function codesFrom(bases: number[], first: number, group: number): Code[] {
  return bases.map((base, index) => ({
    base,
    extraBits: index < first || base === longestMatch ? 0 : Math.floor((index - first) / group) + 1,
  }));
}

/** Where the next four bytes are noted; others may be noted there too. */
function hashAt(bytes: Uint8Array, at: number): number {
  const four =
    (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
  return Math.imul(four, 0x9e3779b1) >>> 19;
}

function matchLength(bytes: Uint8Array, from: number, at: number): number {
  let length = 0;
  while (length < longestMatch && at + length < bytes.length && bytes[from + length] === bytes[at + length]) length++;
  return length;
}

function writeMatch(bits: BitWriter, length: number, distance: number): void {
  const ofLength = lengthCodes.findLastIndex(({ base }) => base <= length);
  writeSymbol(bits, 257 + ofLength);
  writeExtra(bits, lengthCodes[ofLength], length);
  const ofDistance = distanceCodes.findLastIndex(({ base }) => base <= distance);
  bits.writeCode(ofDistance, 5);
  writeExtra(bits, distanceCodes[ofDistance], distance);
}

function writeExtra(bits: BitWriter, code: Code | undefined, value: number): void {
  if (code !== undefined) bits.write(value - code.base, code.extraBits);
}

/** RFC 1951, section 3.2.6: the fixed codes of literals and lengths. */
function writeSymbol(bits: BitWriter, symbol: number): void {
  if (symbol < 144) bits.writeCode(0x30 + symbol, 8);
  else if (symbol < 256) bits.writeCode(0x190 + symbol - 144, 9);
  else if (symbol < 280) bits.writeCode(symbol - 256, 7);
  else bits.writeCode(0xc0 + symbol - 280, 8);
}

/** Bits of a deflate stream, filled into bytes from the lowest on. */
interface BitWriter {
  /** A number, its lowest bit first. */
  write(value: number, length: number): void;
  /** A Huffman code, its highest bit first. */
  writeCode(code: number, length: number): void;
  bytes(): Uint8Array;
}

function makeBitWriter(): BitWriter {
  const bytes: number[] = [];
  let pending = 0;
  let filled = 0;
  const write = (value: number, length: number): void => {
    pending |= value << filled;
    filled += length;
    for (; filled >= 8; filled -= 8) {
      bytes.push(pending & 0xff);
      pending >>>= 8;
    }
  };
  return {
    write,
    writeCode: (code, length) => {
      for (let bit = length - 1; bit >= 0; bit--) write((code >>> bit) & 1, 1);
    },
    bytes: () => Uint8Array.from(filled > 0 ? [...bytes, pending] : bytes),
  };
}
