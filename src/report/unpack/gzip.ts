import { crc32, createInflateRaw, inflateRawSync } from "node:zlib";
import { corrupt, RefusalError } from "../refusal.ts";
import { type Budget, roomFor, takeBytes } from "./budget.ts";
import { isFiller } from "./pieces.ts";

interface GzipOptions {
  budget: Budget;
  notes: string[];
}

/**
 * The bytes that a gzip file (RFC 1952) unpacks to: its members one after the other, each checked by its CRC; or
 * `undefined` when they are, or seem to be, more than `most`; then nothing is taken from the budget.
 *
 * `gunzipSync` fails on text after the last member, as Mimecast sends it; so each member is inflated by itself past
 * its header. What follows the last member is left out, with a note unless it is a line end. A member whose deflate stream is whole but whose
 * trailer is cut off is kept, with a note: deflate has an end mark of its own.
 *
 * @throws RefusalError when a member is broken or a limit is passed.
 */
export function unpackGzip(
  bytes: Uint8Array,
  { budget, notes, most }: GzipOptions & { most: number },
): Uint8Array | undefined {
  // What the last member says that it unpacks to; a hint alone, since bytes may follow it.
  const declared = bytes.length < 18 ? 0 : Buffer.from(bytes.subarray(-4)).readUInt32LE();
  if (declared > Math.min(most, budget.left)) return undefined;
  const members: Uint8Array[] = [];
  const room: Budget = { left: Math.min(budget.left, most), refusal: budget.refusal };
  let rest = bytes;
  let isChecked = true;
  try {
    while (isGzip(rest)) {
      if (members.length === maxMembers) throw tooManyMembers();
      const { unpacked, end, checksum } = unpackMember(rest, room, declared);
      members.push(unpacked);
      isChecked = checkMember(rest, end, checksum);
      rest = rest.subarray(end + trailerSize);
    }
  } catch (error) {
    const isPastMost = error instanceof RefusalError && error.refusal === room.refusal && budget.left > most;
    if (isPastMost) return undefined;
    throw error;
  }
  const unpacked = members.length === 1 && members[0] !== undefined ? members[0] : Buffer.concat(members);
  takeBytes(budget, unpacked.length);
  noteEnd(notes, rest, isChecked);
  return unpacked;
}

/**
 * The same bytes as they are inflated, for files that are not to be held in memory.
 *
 * @throws RefusalError as `unpackGzip` does; a checksum is known to be wrong only after the bytes.
 */
export async function* inflateGzip(bytes: Uint8Array, { budget, notes }: GzipOptions): AsyncGenerator<Uint8Array> {
  let rest = bytes;
  let isChecked = true;
  for (let members = 0; isGzip(rest); members += 1) {
    if (members === maxMembers) throw tooManyMembers();
    const { end, checksum } = yield* inflateMember(rest, budget);
    isChecked = checkMember(rest, end, checksum);
    rest = rest.subarray(end + trailerSize);
  }
  noteEnd(notes, rest, isChecked);
}

function noteEnd(notes: string[], rest: Uint8Array, isChecked: boolean): void {
  if (!isChecked) notes.push("the gzip file ends without its checksum, which could not be compared");
  if (!isFiller(rest)) notes.push("what follows the end of the gzip file was left out");
}

/** Whether bytes begin as a gzip file does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Far above any real report (block gzip has one a 64 KB); it bounds the time that empty members can take. */
const maxMembers = 10_000;

function tooManyMembers(): RefusalError {
  return corrupt({ code: "gzip-members", most: maxMembers });
}

/** Where the deflate stream of a member ends, and the checksum of what it unpacks to. */
interface MemberEnd {
  end: number;
  checksum: number;
}

function unpackMember(bytes: Uint8Array, budget: Budget, declared: number): MemberEnd & { unpacked: Uint8Array } {
  const start = headerSize(bytes);
  const { buffer, engine } = inflate(bytes.subarray(start), budget, declared);
  takeBytes(budget, buffer.length);
  return { unpacked: buffer, end: start + engine.bytesWritten, checksum: crc32(buffer) };
}

const trailerSize = 8;

/** Whether the trailer of a member is there; then it must hold this checksum. */
function checkMember(bytes: Uint8Array, end: number, checksum: number): boolean {
  const trailer = Buffer.from(bytes.subarray(end, end + trailerSize));
  if (trailer.length < trailerSize) return false;
  if (trailer.readUInt32LE(0) !== checksum) throw corrupt({ code: "gzip-checksum" });
  return true;
}

interface Inflated {
  buffer: Buffer;
  /** `bytesWritten`: packed bytes that belong to the stream. */
  engine: { bytesWritten: number };
}

function inflate(bytes: Uint8Array, budget: Budget, declared: number): Inflated {
  try {
    // One byte of room is the least that zlib takes; takeBytes refuses it afterwards.
    const options = { info: true, maxOutputLength: Math.max(1, budget.left), chunkSize: roomFor(declared) };
    return inflateRawSync(bytes, options) as unknown as Inflated;
  } catch (error) {
    if (error instanceof RangeError) takeBytes(budget, budget.left + 1);
    throw cantInflate(error);
  }
}

async function* inflateMember(bytes: Uint8Array, budget: Budget): AsyncGenerator<Uint8Array, MemberEnd> {
  const start = headerSize(bytes);
  const stream = createInflateRaw({ chunkSize: 64 * 1024 });
  stream.end(bytes.subarray(start));
  let checksum = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      takeBytes(budget, chunk.length);
      checksum = crc32(chunk, checksum);
      yield chunk;
    }
  } catch (error) {
    throw error instanceof RefusalError ? error : cantInflate(error);
  }
  return { end: start + stream.bytesWritten, checksum };
}

function cantInflate(error: unknown): RefusalError {
  const { code, message } = error as NodeJS.ErrnoException;
  return corrupt(code === "Z_BUF_ERROR" ? { code: "gzip-cut-off" } : { code: "gzip-broken", message });
}

const flags = { headerChecksum: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 };

/** Where the deflate stream of a member begins (RFC 1952, section 2.3). */
function headerSize(bytes: Uint8Array): number {
  const flag = bytes[3] ?? 0;
  if (bytes[2] !== 8 || (flag & flags.reserved) !== 0) throw corrupt({ code: "gzip-header-wrong" });
  let size = 10;
  if (flag & flags.extra) size += 2 + (bytes[size] ?? 0) + 256 * (bytes[size + 1] ?? 0);
  for (const text of [flags.name, flags.comment]) {
    if ((flag & text) === 0) continue;
    const end = bytes.indexOf(0, size);
    if (end < 0) throw corrupt({ code: "gzip-header-cut-off" });
    size = end + 1;
  }
  if (flag & flags.headerChecksum) size += 2;
  if (size > bytes.length) throw corrupt({ code: "gzip-header-cut-off" });
  return size;
}
