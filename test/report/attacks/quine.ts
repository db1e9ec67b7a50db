import { crc32 } from "node:zlib";

/**
 * A gzip file that unpacks to itself, byte by byte, checksum and all, after Russ Cox, "Zip Files All The Way Down" (2010):
 * each instruction is 5 bytes long, so that instructions can print each other.
 */
export function gzipQuine(): Buffer {
  for (let time = 0; time < 100; time += 1) {
    const checksum = fixedPoint((value) => crc32(quineOf(time, value)) >>> 0);
    if (checksum !== undefined) return quineOf(time, checksum);
  }
  throw new Error("no checksum is that of its own file");
}

/** The file; `time`, which tells nothing, makes other files for which to seek a checksum. */
function quineOf(time: number, checksum: number): Buffer {
  const head = Buffer.from([0x1f, 0x8b, 8, 8, time, 0, 0, 0, 0, 255, 0x72, 0]);
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(checksum);
  trailer.writeUInt32LE(quineLength, 4);
  const tail = Buffer.concat([Buffer.from([1, 0, 0, 255, 255]), trailer]);
  const [printHead, repeatHead] = [print(head.length + 5), repeat(head.length + 5)];
  const [printTail, repeatTail] = [print(tail.length + 5), repeat(tail.length + 5)];
  const [print0, print1, print4, repeat4] = [print(0), print(5), print(20), repeat(20)];
  const parts = [
    [head, printHead, head, printHead, repeatHead],
    [print1, repeatHead, print1, print1],
    [print4, repeatHead, print1, print1, print4, repeat4],
    [print4, repeat4, print4, repeat4, print4, repeat4],
    [print4, repeat4, print0, print0, printTail, repeat4],
    [print0, print0, printTail, repeatTail, tail, repeatTail, tail],
  ];
  return Buffer.concat(parts.flat());
}

/** Two heads, two tails and 30 instructions. */
const quineLength = 2 * 12 + 2 * 13 + 30 * 5;

/** A stored block (RFC 1951, section 3.2.4) of so many bytes, which follow. */
function print(bytes: number): Buffer {
  const block = Buffer.alloc(5);
  block.writeUInt16LE(bytes, 1);
  block.writeUInt16LE(bytes ^ 0xffff, 3);
  return block;
}

/** A block that repeats the last 17 to 20 bytes, as two halves: with fixed codes (section 3.2.6) that is 40 bits. */
function repeat(bytes: number): Buffer {
  const half = Math.floor(bytes / 2);
  const match = (length: number): string => code(length - 2, 7) + code(8, 5) + extra(bytes - 17, 3);
  const bits = `0${extra(1, 2)}${match(half)}${match(bytes - half)}${code(0, 7)}`;
  const block = Buffer.alloc(5);
  for (const [index, bit] of bits.split("").entries())
    if (bit === "1") block[index >> 3] = (block[index >> 3] ?? 0) | (1 << (index & 7));
  return block;
}

/** Huffman codes come with the most significant bit first, all other numbers with the least. */
function code(value: number, bits: number): string {
  return value.toString(2).padStart(bits, "0");
}

function extra(value: number, bits: number): string {
  return code(value, bits).split("").reverse().join("");
}

/** The number of 32 bits that a function gives back, for one that is linear but for a constant, as a checksum is. */
function fixedPoint(compute: (value: number) => number): number | undefined {
  const constant = compute(0);
  // One equation a bit: the bits of the unknown that are in it, and above them the constant.
  const rows = Array.from({ length: 32 }, (_, bit) => {
    let row = (BigInt(constant >>> bit) & 1n) << 32n;
    for (let other = 0; other < 32; other += 1) {
      const isIn = ((((compute((1 << other) >>> 0) ^ constant) >>> bit) & 1) === 1) !== (other === bit);
      if (isIn) row |= 1n << BigInt(other);
    }
    return row;
  });
  for (let bit = 0n; bit < 32n; bit += 1n) {
    const place = Number(bit);
    const pivot = rows.findIndex((row, index) => index >= place && ((row >> bit) & 1n) === 1n);
    if (pivot < 0) return undefined;
    const row = rows[pivot] ?? 0n;
    rows[pivot] = rows[place] ?? 0n;
    rows[place] = row;
    for (let other = 0; other < 32; other += 1) {
      const value = rows[other] ?? 0n;
      if (other !== place && ((value >> bit) & 1n) === 1n) rows[other] = value ^ row;
    }
  }
  return rows.reduce((value, row, bit) => (row >> 32n === 1n ? (value | (1 << bit)) >>> 0 : value), 0);
}
