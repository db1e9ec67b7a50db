import { crc32 } from "node:zlib";
import { type Entry, fromBufferPromise, type ZipFile } from "yauzl";
import { type Budget, takeBytes } from "./budget.ts";
import { type Refusal, RefusalError, refusalOf, refuse, tooBig } from "./refusal.ts";
import type { Limits } from "./types.ts";

/**
 * The files of a zip, one at a time, each as its bytes or as the refusal that it gets; one bad file loses no other.
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
): AsyncGenerator<Uint8Array | Refusal> {
  const zip = await openZip(bytes);
  if (zip.entryCount > limits.archiveEntries * entriesPerFile) throw tooManyFiles(limits);
  let files = 0;
  for await (const entry of entriesOf(zip)) {
    if (isClutter(entry)) continue;
    files += 1;
    if (files > limits.archiveEntries) throw tooManyFiles(limits);
    yield await unpackEntry(zip, entry, budget);
  }
}

/** Whether bytes begin as a zip with a file in it does. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

/** A folder and macOS's own file may come beside each file, and count for nothing. */
const entriesPerFile = 4;

function tooManyFiles({ archiveEntries }: Limits): RefusalError {
  return new RefusalError(tooBig(`the zip holds more than ${archiveEntries} files`, "archiveEntries"));
}

async function openZip(bytes: Uint8Array): Promise<ZipFile> {
  try {
    // One name that isn't a path makes yauzl give up the whole archive, unless it leaves names as bytes.
    return await fromBufferPromise(withoutTrailer(bytes), { decodeStrings: false, lazyEntries: true });
  } catch (error) {
    throw new RefusalError(refusalOf(error, "the zip can't be read"));
  }
}

async function* entriesOf(zip: ZipFile): AsyncGenerator<Entry> {
  try {
    yield* zip.eachEntry();
  } catch (error) {
    throw new RefusalError(refusalOf(error, "the zip's directory can't be read"));
  }
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

async function unpackEntry(zip: ZipFile, entry: Entry, budget: Budget): Promise<Uint8Array | Refusal> {
  if (entry.isEncrypted()) return refuse("corrupt", "a file in the zip is encrypted");
  if (!entry.canDecodeFileData()) return refuse("corrupt", "a file in the zip is packed by an unknown method");
  try {
    const bytes = await collect(await zip.openReadStreamPromise(entry), budget);
    return crc32(bytes) === entry.crc32 ? bytes : refuse("corrupt", "a file in the zip has a wrong checksum");
  } catch (error) {
    return refusalOf(error, "a file in the zip can't be unpacked");
  }
}

async function collect(stream: NodeJS.ReadableStream, budget: Budget): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    takeBytes(budget, chunk.length);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
