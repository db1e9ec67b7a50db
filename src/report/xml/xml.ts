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
  let last: Readable | undefined;
  let problem: XmlError | undefined;
  for (const readable of readablesOf(xml, options.root)) {
    last = readable;
    try {
      return scanWhole(readable, options, false);
    } catch (error) {
      if (!(error instanceof XmlError)) throw error;
      problem = error;
    }
  }
  try {
    return scanWhole(last ?? toUtf8(xml), options, true);
  } catch (error) {
    throw error instanceof XmlError ? problem : error;
  }
}

/** A document in UTF-8, and what was repaired to get it. */
type Readable = ReturnType<typeof toUtf8>;

/** A document as it is, then after each of the repairs. */
function* readablesOf(xml: Uint8Array | string, root: string): Generator<Readable> {
  const whole = toUtf8(xml);
  yield whole;
  if (xml.length > largestRepaired) return;
  for (const { text, notes } of repairsOf(new TextDecoder().decode(whole.bytes), root))
    yield { bytes: Buffer.from(text), notes: [...whole.notes, ...notes] };
}

/**
 * What a builder makes of a document that is too large to be held in memory: but for children of the root that are left
 * out, it must be well-formed in the encoding that it declares.
 *
 * @param pieces - The first of them is long enough to tell the encoding. They are read to their end in any case.
 * @throws RefusalError when it can't be read, and whatever the builder or reading the pieces throws.
 */
export async function readLargeXml<T>(pieces: AsyncIterable<Uint8Array>, options: XmlOptions<T>): Promise<T> {
  let decoder: Utf8Decoder | undefined;
  let scan: ReturnType<typeof startScan<T>> | undefined;
  let problem: Error | undefined;
  for await (const piece of pieces) {
    if (problem !== undefined) continue;
    try {
      decoder ??= makeUtf8Decoder(piece);
      scan ??= startScan(decoder.notes, options, true);
      scan.push(decoder.decode(piece));
    } catch (error) {
      problem = error as Error;
    }
  }
  if (problem !== undefined) throw problem;
  if (scan === undefined) throw corrupt({ code: "empty" });
  return scan.end();
}

function scanWhole<T>({ bytes, notes }: Readable, options: XmlOptions<T>, isSkipping: boolean): T {
  const scan = startScan(notes, options, isSkipping);
  scan.push(bytes);
  return scan.end();
}

function startScan<T>(notes: string[], { root, limits, build }: XmlOptions<T>, isSkipping: boolean) {
  const builder = build(notes);
  const read = (child: XmlElement): void => builder.add(child);
  const scanner = makeXmlScanner({ root, limits, read, skipping: isSkipping ? builder.skipping : undefined });
  return {
    push: (piece: Uint8Array): void => scanner.push(piece),
    end: (): T => {
      scanner.end();
      return builder.end();
    },
  };
}
