import { crc32 } from "node:zlib";

/*
 * What is in them is stored, not compressed: the output of zlib differs between its builds and processors, and the sample
 * is to be the same on each machine.
 */

/** A file as gzip (RFC 1952), without name and time. */
export function gzip(content: Uint8Array): Uint8Array {
  const header = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
  return Buffer.concat([Buffer.from(header), stored(content), fields32(crc32(content), content.length)]);
}

/** A zip archive with one file in it (PKWARE's APPNOTE.TXT, sections 4.3 and 4.4), dated 1980-01-01. */
export function zip(name: string, content: Uint8Array): Uint8Array {
  const packed = stored(content);
  const fileName = Buffer.from(name);
  // Version needed, flags, deflate, time and date; checksum and sizes; lengths of the name and of no extra field.
  const about = Buffer.concat([
    fields16(20, 0, 8, 0, 0x21),
    fields32(crc32(content), packed.length, content.length),
    fields16(fileName.length, 0),
  ]);
  const file = Buffer.concat([Buffer.from("PK\x03\x04"), about, fileName, packed]);
  // Version made by; after `about` no comment, the first disk, no attributes, and where the file begins.
  const entry = [fields16(20), about, fields16(0, 0, 0), fields32(0, 0), fileName];
  const directory = Buffer.concat([Buffer.from("PK\x01\x02"), ...entry]);
  // One disk, one file; size and place of the directory; no comment.
  const end = [fields16(0, 0, 1, 1), fields32(directory.length, file.length), fields16(0)];
  return Buffer.concat([file, directory, Buffer.from("PK\x05\x06"), ...end]);
}

/** A raw deflate stream of some bytes as they are (RFC 1951, section 3.2.4), the same on each machine. */
function stored(content: Uint8Array): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let start = 0; start === 0 || start < content.length; start += mostStored) {
    const block = content.subarray(start, start + mostStored);
    const isLast = start + mostStored >= content.length;
    blocks.push(Buffer.from([Number(isLast)]), fields16(block.length, ~block.length & 0xffff), block);
  }
  return Buffer.concat(blocks);
}

/** Bytes of a block, whose length has 16 bits. */
const mostStored = 0xffff;

function fields16(...values: number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt16LE(value, 2 * index);
  return bytes;
}

function fields32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, 4 * index);
  return bytes;
}
