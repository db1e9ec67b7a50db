import type { Limits } from "../limits.ts";
import { corrupt } from "../refusal.ts";
import { makeUtf8Decoder, toUtf8, type Utf8Decoder } from "./encoding.ts";
import { repairsOf } from "./repair.ts";
import { makeXmlScanner, type Skipping } from "./scan.ts";
import type { XmlElement } from "./shapes.ts";
import { XmlError } from "./syntax.ts";

export { decodeXml } from "./encoding.ts";
export type { Likeness, XmlElement } from "./shapes.ts";
export type { XmlError } from "./syntax.ts";

/** How a document is read. */
export interface XmlOptions<T> {
  /** Local name of the root element; another is refused as `not-a-report`. */
  root: string;
  limits: Limits;
  /** A builder that starts with what was repaired to read the document, in plain words; another for each attempt. */
  build: (notes: string[]) => XmlBuilder<T>;
}

/** Makes something of the children of the root element. */
export interface XmlBuilder<T> {
  /** Takes the next child. */
  add(child: XmlElement): void;
  /** Children that are left out where they alone are not well-formed; without it, the whole document must be. */
  skipping?: Skipping;
  /** What came of them, once the document was well-formed to its end. */
  end(): T;
}

/** What is larger is not repaired: that takes many times its size in memory. */
const largestRepaired = 4 * 1024 * 1024;

/**
 * What a builder makes of a document. What isn't well-formed is scanned again after each of the known repairs, and at last
 * without those children of the root that are not.
 *
 * @param xml - Bytes are decoded as they declare; a text is taken as it is.
 * @throws RefusalError when it can't be read, and whatever the builder throws.
 */
export function readXml<T>(xml: Uint8Array | string, options: XmlOptions<T>): T {
  const { bytes, notes } = toUtf8(xml);
  try {
    return scanWhole(bytes, notes, options);
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    if (xml.length > largestRepaired) return readSkipping({ bytes, notes, problem: error }, options);
    return readRepaired({ text: new TextDecoder().decode(bytes), notes, problem: error }, options);
  }
}

interface Broken {
  text: string;
  notes: readonly string[];
  problem: XmlError;
}

function readRepaired<T>({ text, notes, problem }: Broken, options: XmlOptions<T>): T {
  let last = { bytes: Buffer.from(text), notes: [...notes], problem };
  for (const repaired of repairsOf(text, options.root)) {
    last = { ...last, bytes: Buffer.from(repaired.text), notes: [...notes, ...repaired.notes] };
    try {
      return scanWhole(last.bytes, last.notes, options);
    } catch (error) {
      if (!(error instanceof XmlError)) throw error;
      last.problem = error;
    }
  }
  return readSkipping(last, options);
}

function readSkipping<T>(
  { bytes, notes, problem }: { bytes: Uint8Array; notes: string[]; problem: XmlError },
  options: XmlOptions<T>,
): T {
  try {
    return scanWhole(bytes, notes, options, true);
  } catch (error) {
    throw error instanceof XmlError ? problem : error;
  }
}

/**
 * What a builder makes of a document that is too large to be held in memory: but for children of the root that are left
 * out, it must be well-formed in the encoding that it declares.
 *
 * @param pieces - The first of them is long enough to tell the encoding. They are read to their end in any case.
 * @throws RefusalError when it can't be read, and whatever the builder or reading the pieces throws.
 */
export async function readLargeXml<T>(pieces: AsyncIterable<Uint8Array>, options: XmlOptions<T>): Promise<T> {
  let scan: Scan<T> | undefined;
  let problem: Error | undefined;
  for await (const piece of pieces) {
    if (problem !== undefined) continue;
    try {
      scan ??= startScan(makeUtf8Decoder(piece), options, true);
      scan.push(piece);
    } catch (error) {
      problem = error as Error;
    }
  }
  if (problem !== undefined) throw problem;
  if (scan === undefined) throw corrupt({ code: "empty" });
  return scan.end();
}

function scanWhole<T>(bytes: Uint8Array, notes: string[], options: XmlOptions<T>, isSkipping = false): T {
  const scan = startScan({ notes, decode: (piece) => piece }, options, isSkipping);
  scan.push(bytes);
  return scan.end();
}

interface Scan<T> {
  push(piece: Uint8Array): void;
  end(): T;
}

function startScan<T>(
  { notes, decode }: Utf8Decoder,
  { root, limits, build }: XmlOptions<T>,
  isSkipping: boolean,
): Scan<T> {
  const builder = build(notes);
  const scanner = makeXmlScanner({
    root,
    limits,
    read: (child) => builder.add(child),
    ...(isSkipping ? { skipping: builder.skipping } : {}),
  });
  return {
    push: (piece) => scanner.push(decode(piece)),
    end: () => {
      scanner.end();
      return builder.end();
    },
  };
}
