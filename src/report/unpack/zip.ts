import { crc32, inflateRawSync } from "node:zlib";
import { type Entry, fromBufferPromise, type ZipFile } from "yauzl";
import type { Limits } from "../limits.ts";
import { corrupt, type Refusal, RefusalError, refusalOf, tooBig } from "../refusal.ts";
import { type Budget, roomFor, takeBytes } from "./budget.ts";
import { collect, isFiller } from "./pieces.ts";

/**
 * The files of a zip, one at a time, each as its bytes or as the refusal that it gets; one bad file loses no other. Of a
 * file larger than `most` come the bytes as they are inflated, which throw a RefusalError at what is broken; they must
 * be read to their end before the next file.
 *
 * Folders, and what macOS and Windows Explorer put in for themselves, are left out. Sizes are counted while unpacking, whatever
 * the directory declares.
 *
 * @throws RefusalError when the zip as a whole can't be read or holds too many files.
 */
export async function* unpackZip(
  bytes: Uint8Array,
  budget: Budget,
  limits: Limits,
  most: number,
): AsyncGenerator<Uint8Array | AsyncGenerator<Uint8Array> | Refusal> {
  const zip = await openZip(bytes);
  if (zip.entryCount > limits.archiveEntries * entriesPerFile) throw tooManyFiles(limits);
  let files = 0;
  for await (const entry of entriesOf(zip)) {
    if (isClutter(entry)) continue;
    files += 1;
    if (files > limits.archiveEntries) throw tooManyFiles(limits);
    const isLarge = entry.uncompressedSize > most;
    yield isLarge ? inflateEntry(zip, entry, budget) : await unpackEntry({ bytes, zip, entry }, budget);
  }
}

/** Whether bytes begin as a zip with a file in it does. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

/** A folder and macOS's own file may come beside each file, and count for nothing. */
const entriesPerFile = 4;

function tooManyFiles({ archiveEntries }: Limits): RefusalError {
  return new RefusalError(tooBig({ limit: "archiveEntries", most: archiveEntries }));
}

async function openZip(bytes: Uint8Array): Promise<ZipFile> {
  try {
    // One name that isn't a path makes yauzl give up the whole archive, unless it leaves names as bytes.
    return await fromBufferPromise(withoutTrailer(bytes), { decodeStrings: false, lazyEntries: true });
  } catch (error) {
    throw new RefusalError(refusalOf(error, "zip"));
  }
}

async function* entriesOf(zip: ZipFile): AsyncGenerator<Entry> {
  try {
    yield* zip.eachEntry();
  } catch (error) {
    throw new RefusalError(refusalOf(error, "zip-directory"));
  }
}

/** Whether more than a line end follows the end record of a zip. */
export function hasTrailer(bytes: Uint8Array): boolean {
  return !isFiller(bytes.subarray(withoutTrailer(bytes).length));
}

/** Cuts what follows the end record (APPNOTE 4.3.16), such as a line end of a mail gateway: yauzl refuses it. */
function withoutTrailer(bytes: Uint8Array): Buffer {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const record = buffer.lastIndexOf("PK\x05\x06", undefined, "latin1");
  if (record < 0 || record + 22 > buffer.length) return buffer;
  return buffer.subarray(0, record + 22 + buffer.readUInt16LE(record + 20));
}

function isClutter(entry: Entry): boolean {
  const path = entry.fileNameRaw.toString("latin1").replaceAll("\\", "/");
  const name = path.slice(path.lastIndexOf("/") + 1);
  return path.endsWith("/") || /(^|\/)__MACOSX\//.test(path) || /^(\.DS_Store|Thumbs\.db|desktop\.ini)$/i.test(name);
}

interface ZippedFile {
  bytes: Uint8Array;
  zip: ZipFile;
  entry: Entry;
}

async function unpackEntry(file: ZippedFile, budget: Budget): Promise<Uint8Array | Refusal> {
  try {
    return (await inflateAtOnce(file, budget)) ?? (await collect(inflateEntry(file.zip, file.entry, budget)));
  } catch (error) {
    return refusalOf(error, "zip-file");
  }
}

/** A file that is as its entry says; whatever is wrong with any other is for `inflateEntry` to find, which takes longer. */
async function inflateAtOnce({ bytes, zip, entry }: ZippedFile, budget: Budget): Promise<Uint8Array | undefined> {
  const { compressionMethod, compressedSize, uncompressedSize } = entry;
  if (compressionMethod !== deflated || entry.isEncrypted() || uncompressedSize > budget.left) return undefined;
  try {
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
    const packed = bytes.subarray(fileDataStart, fileDataStart + compressedSize);
    const unpacked = inflateRawSync(packed, {
      maxOutputLength: Math.max(1, uncompressedSize),
      chunkSize: roomFor(uncompressedSize),
    });
    if (unpacked.length !== uncompressedSize || crc32(unpacked) !== entry.crc32) return undefined;
    takeBytes(budget, unpacked.length);
    return unpacked;
  } catch {
    return undefined;
  }
}

/** APPNOTE 4.4.5. */
const deflated = 8;

/** The bytes of a file; yauzl holds them to the declared size. */
async function* inflateEntry(zip: ZipFile, entry: Entry, budget: Budget): AsyncGenerator<Uint8Array> {
  if (entry.isEncrypted()) throw corrupt({ code: "zip-encrypted" });
  if (!entry.canDecodeFileData()) throw corrupt({ code: "zip-method" });
  let checksum = 0;
  try {
    for await (const chunk of (await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>) {
      takeBytes(budget, chunk.length);
      checksum = crc32(chunk, checksum);
      yield chunk;
    }
  } catch (error) {
    throw new RefusalError(refusalOf(error, "zip-file"));
  }
  if (checksum !== entry.crc32) throw corrupt({ code: "zip-checksum" });
}
