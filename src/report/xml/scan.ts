import { isUtf8 } from "node:buffer";
import type { Limits } from "../limits.ts";
import { isTagOf, makeChildEndFinder } from "./child-end.ts";
import { type ElementScanner, makeElementScanner, oddTag, type Place, wrongEndTag } from "./element.ts";
import type { XmlElement } from "./shapes.ts";
import {
  byteKinds,
  checkContent,
  controlCharacters,
  decodeText,
  incomplete,
  isCdata,
  kindsOfByte,
  marks,
  notWellFormed,
  otherRoot,
  skipAttributes,
  skipSection,
  skipSpaces,
  XmlError,
} from "./syntax.ts";

/** Takes a document piece by piece: reads as far as the pieces so far are whole elements, and says at the end what is cut off. */
export interface XmlScanner {
  push(piece: Uint8Array): void;
  end(): void;
}

/** What a scanner is told of the document that it reads. */
export interface ScanOptions {
  /** Local name of the root element; another is refused as `not-a-report`. */
  root: string;
  limits: Limits;
  /** Is given each child of the root element, in order; the next may be the same object with other texts. */
  read: (child: XmlElement) => void;
  /** Children of the root that may be left out where they are not well-formed; without it, all must be. */
  skipping?: Skipping | undefined;
}

/** What may be left out of a document. */
export interface Skipping {
  name: string;
  /** Is told why, of each that is left out. */
  skipped: (problem: XmlError) => void;
}

/** A child that is larger is refused: only whole ones are read. */
const largestChild = 4 * 1024 * 1024;

/**
 * A scanner for well-formed XML in UTF-8, by its bytes: what repeats is in memory once, and no more of the document than
 * the child that is being read. There is no DOCTYPE, so that there are no entities but the five and characters by number.
 */
export function makeXmlScanner({ root, limits, read, skipping }: ScanOptions): XmlScanner {
  const endOfChild = makeChildEndFinder({ root, child: skipping?.name ?? "" });
  /** Whether one was not well-formed: those that follow are read within their own bytes. */
  let isCareful = false;
  let elements: ElementScanner | undefined;
  let place: "prolog" | "root" | "epilog" = "prolog";
  let isStart = true;
  let rootTag: Buffer = Buffer.alloc(0);
  let rootPlace: Place = {};
  let rest: Buffer = Buffer.alloc(0);
  /** How much of `rest` was there when it was last scanned. */
  let scannedRest = 0;
  let pieces = 0;
  /** The document while it is one piece. To count the lines of others would take a tenth of the time of reading them. */
  let whole: Buffer | undefined;
  /** Where pieces are put together; used over and over. */
  let window: Buffer = Buffer.alloc(0);

  const placeOf = (bytes: Buffer, at: number): Place => {
    if (bytes !== whole) return {};
    const [before = "", ...others] = bytes.toString("utf8", 0, at).split("\n").reverse();
    return { line: others.length + 1, column: before.length + 1 };
  };

  const append = (piece: Uint8Array): Buffer => {
    const length = rest.length + piece.length;
    const joined = window.length < length ? Buffer.allocUnsafe(2 * length) : window;
    rest.copy(joined);
    joined.set(piece, rest.length);
    window = joined;
    return joined.subarray(0, length);
  };

  /** Past one thing between children; `incomplete`, or the end of the bytes when they hold no more. */
  const scanNext = (bytes: Buffer, start: number): number => {
    const at = place === "root" ? skipText(bytes, start) : skipSpaces(bytes, start);
    if (at + 1 >= bytes.length) return at < bytes.length ? incomplete : at;
    if (bytes[at] !== marks.lt) throw notWellFormed({ code: "xml-text" }, at);
    const next = bytes[at + 1];
    if (next === marks.bang || next === marks.question) return scanSection(bytes, at);
    if (place === "root" && next !== marks.slash) return scanChild(bytes, at);
    if (place === "root") return scanRootEnd(bytes, at);
    if (place === "epilog") throw notWellFormed({ code: "xml-after-root" }, at);
    return scanRootStart(bytes, at);
  };

  const scanSection = (bytes: Buffer, at: number): number => {
    if (place !== "root" && isCdata(bytes, at)) throw notWellFormed({ code: "xml-text" }, at);
    const isDeclaration = isStart && at === 0 && /^<\?xml\s/.test(bytes.toString("latin1", 0, 6));
    if (!isDeclaration) return skipSection(bytes, at);
    const end = bytes.indexOf("?>");
    if (end < 0) return incomplete;
    checkContent(bytes, 0, end);
    return end + 2;
  };

  const scanChild = (bytes: Buffer, at: number): number => {
    elements ??= makeElementScanner({ limits, placeOf });
    if (isCareful && skipping !== undefined && isTagOf(bytes, at, skipping.name))
      return scanOrSkip(bytes, at, skipping);
    try {
      const end = elements.scan(bytes, at);
      if (end !== incomplete) read(elements.element());
      return end;
    } catch (error) {
      if (!(error instanceof XmlError) || skipping === undefined || !isTagOf(bytes, at, skipping.name)) throw error;
      isCareful = true;
      return scanOrSkip(bytes, at, skipping);
    }
  };

  /** Looks no further than to where the child seems to end, so that what is open in it can't reach into others. */
  const scanOrSkip = (bytes: Buffer, at: number, { skipped }: Skipping): number => {
    const end = endOfChild(bytes, at);
    if (end === incomplete || elements === undefined) return incomplete;
    try {
      const next = elements.scan(bytes.subarray(0, end), at);
      if (next === incomplete) throw notWellFormed({ code: "xml-ends-within", element: elements.innermost() ?? root });
      read(elements.element());
      return next;
    } catch (error) {
      if (!(error instanceof XmlError)) throw error;
      skipped(error);
      return end;
    }
  };

  /** Scans again what may be open to the end for something that is not well-formed in it; whether it can. */
  const scanCarefully = (): boolean => {
    if (skipping === undefined || isCareful) return false;
    isCareful = true;
    scan(rest);
    return true;
  };

  const scanRootStart = (bytes: Buffer, start: number): number => {
    const tag = startTag.exec(bytes.toString("latin1", start, start + 200));
    const [, written, name] = tag ?? [];
    if (written === undefined || name === undefined) {
      if (bytes.length - start < 200) return incomplete;
      throw oddTag(bytes, start);
    }
    if (name !== root) throw otherRoot(name, root);
    const end = skipAttributes(bytes, start + 1 + written.length);
    const isEmpty = bytes[end] === marks.slash;
    if (end === incomplete || (isEmpty && end + 1 >= bytes.length)) return incomplete;
    if (isEmpty && bytes[end + 1] !== marks.gt) throw oddTag(bytes, start);
    rootTag = Buffer.from(written);
    rootPlace = placeOf(bytes, start);
    place = isEmpty ? "epilog" : "root";
    return isEmpty ? end + 2 : end + 1;
  };

  const scanRootEnd = (bytes: Buffer, start: number): number => {
    const end = bytes.indexOf(marks.gt, start);
    if (end < 0) return incomplete;
    const nameEnd = start + 2 + rootTag.length;
    if (rootTag.compare(bytes, start + 2, Math.min(nameEnd, end)) !== 0 || skipSpaces(bytes, nameEnd) !== end)
      throw wrongEndTag(bytes, start, { expected: rootTag.toString(), ...rootPlace });
    place = "epilog";
    return end + 1;
  };

  const scan = (bytes: Buffer): void => {
    let at = 0;
    try {
      while (at < bytes.length) {
        const next = scanNext(bytes, at);
        if (next === incomplete) break;
        at = next;
        isStart = false;
      }
      if (!isUtf8(bytes.subarray(0, at))) throw notWellFormed({ code: "xml-not-utf-8" });
    } catch (error) {
      throw error instanceof XmlError ? withLine(error, bytes) : error;
    }
    rest = bytes.subarray(at);
    scannedRest = rest.length;
    if (rest.length > largestChild && !scanCarefully())
      throw notWellFormed({ code: "xml-element-too-large", most: largestChild });
  };

  const withLine = (error: XmlError, bytes: Buffer): XmlError => {
    const { state, reason } = error.refusal;
    if (reason.code !== "not-well-formed" || error.at === undefined) return error;
    const { line } = placeOf(bytes, error.at);
    return line === undefined ? error : new XmlError({ state, reason: { ...reason, line } });
  };

  return {
    push: (piece) => {
      // What is cut off is read anew from its start, so that much more of it must have come.
      const enough = 2 * scannedRest;
      const bytes = rest.length === 0 ? Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength) : append(piece);
      pieces += 1;
      whole = pieces === 1 ? bytes : undefined;
      if (bytes.length < enough) rest = bytes;
      else scan(bytes);
    },
    end: () => {
      if (rest.length > scannedRest) scan(rest);
      if (rest.length > 0 && place === "root") scanCarefully();
      if (place === "epilog" && rest.length === 0) return;
      const bytes = whole ?? rest;
      if (rest.at(-1) === marks.lt) throw withLine(oddTag(bytes, bytes.length - 1), bytes);
      const element = (elements?.innermost() ?? root).slice(0, 40);
      throw notWellFormed(place === "root" ? { code: "xml-ends-within", element } : { code: "xml-cut-off" });
    },
  };
}

/** The local name, and before it the name as written. */
const startTag = /^<((?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*))[\s/>]/;

/** Past text that tells nothing but must be well-formed. */
function skipText(bytes: Buffer, from: number): number {
  const start = skipSpaces(bytes, from);
  let at = start;
  let kinds = 0;
  for (; at < bytes.length && bytes[at] !== marks.lt; at += 1) kinds |= kindsOfByte[bytes[at] as number] as number;
  if ((kinds & byteKinds.control) !== 0) throw controlCharacters(start);
  // Cut short, it may end within a character or an entity.
  if (at >= bytes.length) return at > start ? at - 1 : at;
  if ((kinds & byteKinds.complex) !== 0) decodeText(bytes, start, at);
  return at;
}
