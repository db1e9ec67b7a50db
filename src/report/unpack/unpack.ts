import type { Limits } from "../limits.ts";
import { type Refusal, refusalOf, refuse, tooBig } from "../refusal.ts";
import { type Budget, makeBudget } from "./budget.ts";
import { inflateGzip, isGzip, unpackGzip } from "./gzip.ts";
import { collect, inPieces, peekPieces } from "./pieces.ts";
import { hasTrailer, isZip, unpackZip } from "./zip.ts";

export { collect, peekPieces } from "./pieces.ts";
export { isZip } from "./zip.ts";

/** Reads a file that is too large to be held, in pieces of at least 64 KB, which it must read to their end. */
type ReadLarge<T> = (pieces: AsyncIterable<Uint8Array>) => Promise<T>;

interface UnpackOptions<T> {
  /** What becomes of a packed file of more than 4 MB, while it is unpacked. */
  readLarge: ReadLarge<T>;
  /** Is given what was repaired to get at a file, in plain words, before that file comes. */
  notes: string[];
}

type Unpacked<T> = AsyncGenerator<Uint8Array | Refusal | T>;

/** Files up to this many bytes are handed over whole. */
const largestWhole = 4 * 1024 * 1024;

/**
 * The files in an attachment, one at a time, each unpacked or as the refusal that it gets; bytes that are packed by
 * neither gzip nor zip come back as they are. The first bytes decide, never a type or a name.
 *
 * Never throws. Layers may be gz in gz, gz in zip and zip in gz, never zip in zip.
 */
export function unpack<T>(bytes: Uint8Array, limits: Limits, { readLarge, notes }: UnpackOptions<T>): Unpacked<T> {
  const budget = makeBudget(bytes.length, limits);
  return unpackLayer({ bytes, budget, limits, layer: 0, inZip: false, readLarge, notes });
}

/** Whether bytes are packed in a way that `unpack` knows. */
export function isPacked(bytes: Uint8Array): boolean {
  return isGzip(bytes) || isZip(bytes);
}

/** The files of a zip that a person has made of them, as many as there are, each as its bytes or the refusal that it gets. */
export async function* filesInZip(bytes: Uint8Array, limits: Limits): AsyncGenerator<Uint8Array | Refusal> {
  const all = { ...limits, archiveEntries: Number.POSITIVE_INFINITY };
  for await (const file of unpackZip(bytes, makeBudget(bytes.length, limits), all, Number.POSITIVE_INFINITY)) {
    if (file instanceof Uint8Array || "state" in file) yield file;
  }
}

interface Layer<T> {
  bytes: Uint8Array;
  budget: Budget;
  limits: Limits;
  layer: number;
  inZip: boolean;
  readLarge: ReadLarge<T>;
  notes: string[];
}

async function* unpackLayer<T>(layer: Layer<T>): Unpacked<T> {
  const { bytes, limits } = layer;
  if (!isPacked(bytes)) {
    yield bytes;
  } else if (layer.layer >= limits.archiveLayers) {
    yield tooBig({ limit: "archiveLayers", most: limits.archiveLayers });
  } else if (isZip(bytes) && layer.inZip) {
    yield refuse("corrupt", { code: "zip-in-zip" });
  } else {
    yield* unpackFiles(layer);
  }
}

async function* unpackFiles<T>(layer: Layer<T>): Unpacked<T> {
  const { bytes, budget, limits, notes } = layer;
  const next = { ...layer, layer: layer.layer + 1, inZip: layer.inZip || isZip(bytes) };
  try {
    if (isGzip(bytes)) {
      const unpacked = unpackGzip(bytes, { budget, notes, most: largestWhole });
      yield* unpacked === undefined
        ? unpackLarge(inflateGzip(bytes, { budget, notes }), next)
        : unpackLayer({ ...next, bytes: unpacked });
      return;
    }
    const isRepaired = hasTrailer(bytes);
    for await (const file of unpackZip(bytes, budget, limits, largestWhole)) {
      if (isRepaired) notes.push("what follows the end of the zip was left out");
      if (file instanceof Uint8Array) yield* unpackLayer({ ...next, bytes: file });
      else if ("state" in file) yield file;
      else yield* unpackLarge(file, next);
    }
  } catch (error) {
    yield refusalOf(error, "attachment");
  }
}

/** A large file that is packed once more has to be held, as small ones are. */
async function* unpackLarge<T>(chunks: AsyncIterable<Uint8Array>, next: Omit<Layer<T>, "bytes">): Unpacked<T> {
  try {
    const { first, all } = await peekPieces(inPieces(chunks));
    if (isPacked(first)) yield* unpackLayer({ ...next, bytes: await collect(all) });
    else yield await next.readLarge(all);
  } catch (error) {
    yield refusalOf(error, "attachment");
  }
}
