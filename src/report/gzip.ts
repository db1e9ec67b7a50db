import { crc32, inflateRawSync } from "node:zlib";
import { type Budget, takeBytes } from "./budget.ts";
import { RefusalError, refuse } from "./refusal.ts";

/**
 * The bytes that a gzip file (RFC 1952) unpacks to: its members one after the other, each checked by its CRC.
 *
 * `gunzipSync` fails on text after the last member, as Mimecast sends it; so each member is inflated by itself past
 * its header. What follows the last member is ignored. A member whose deflate stream is whole but whose trailer is
 * cut off is kept: deflate has an end mark of its own.
 *
 * @throws RefusalError when a member is broken or a limit is passed.
 */
export function unpackGzip(bytes: Uint8Array, budget: Budget): Uint8Array {
  const members: Uint8Array[] = [];
  let rest = bytes;
  while (isGzip(rest)) {
    if (members.length === maxMembers) throw corrupt(`has more than ${maxMembers} members`);
    const { unpacked, size } = unpackMember(rest, budget);
    members.push(unpacked);
    rest = rest.subarray(size);
  }
  return members.length === 1 && members[0] !== undefined ? members[0] : Buffer.concat(members);
}

/** Whether bytes begin as a gzip file does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Far above any real report (block gzip has one a 64 KB); it bounds the time that empty members can take. */
const maxMembers = 10_000;

function unpackMember(bytes: Uint8Array, budget: Budget): { unpacked: Uint8Array; size: number } {
  const start = headerSize(bytes);
  const { buffer, engine } = inflate(bytes.subarray(start), budget);
  takeBytes(budget, buffer.length);
  const end = start + engine.bytesWritten;
  const trailer = Buffer.from(bytes.subarray(end, end + 8));
  if (trailer.length === 8 && trailer.readUInt32LE(0) !== crc32(buffer)) throw corrupt("has a wrong checksum");
  return { unpacked: buffer, size: end + trailer.length };
}

interface Inflated {
  buffer: Buffer;
  /** `bytesWritten`: packed bytes that belong to the stream. */
  engine: { bytesWritten: number };
}

function inflate(bytes: Uint8Array, budget: Budget): Inflated {
  try {
    // One byte of room is the least that zlib takes; takeBytes refuses it afterwards.
    const options = { info: true, maxOutputLength: Math.max(1, budget.left) };
    return inflateRawSync(bytes, options) as unknown as Inflated;
  } catch (error) {
    if (error instanceof RangeError) takeBytes(budget, budget.left + 1);
    throw corrupt(isCutOff(error) ? "is cut off" : `can't be unpacked (${(error as Error).message})`);
  }
}

function isCutOff(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "Z_BUF_ERROR";
}

const flags = { headerChecksum: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 };

/** Where the deflate stream of a member begins (RFC 1952, section 2.3). */
function headerSize(bytes: Uint8Array): number {
  const flag = bytes[3] ?? 0;
  if (bytes[2] !== 8 || (flag & flags.reserved) !== 0) throw corrupt("has a header that isn't gzip's");
  let size = 10;
  if (flag & flags.extra) size += 2 + (bytes[size] ?? 0) + 256 * (bytes[size + 1] ?? 0);
  for (const text of [flags.name, flags.comment]) {
    if ((flag & text) === 0) continue;
    const end = bytes.indexOf(0, size);
    if (end < 0) throw corrupt("is cut off in its header");
    size = end + 1;
  }
  if (flag & flags.headerChecksum) size += 2;
  if (size > bytes.length) throw corrupt("is cut off in its header");
  return size;
}

function corrupt(what: string): RefusalError {
  return new RefusalError(refuse("corrupt", `the gzip file ${what}`));
}
