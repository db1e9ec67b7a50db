import { isUtf8 } from "node:buffer";
import type { Limits } from "../limits.ts";
import type { Reason } from "../reason.ts";
import { RefusalError, refuse } from "../refusal.ts";
import { byteKinds, kindsOfByte } from "./byte-text.ts";
import { type ChildScanner, decodeText, makeChildScanner } from "./scan-child.ts";
import { incomplete, isCdata, marks, notPlain, skipAttributes, skipSection, skipSpaces } from "./tags.ts";
import type { XmlElement } from "./tree.ts";

/** Takes a document piece by piece. */
export interface XmlScanner {
  /**
   * Reads as far as the pieces so far are whole elements.
   *
   * @throws RefusalError when the document isn't well-formed UTF-8, or passes a limit.
   */
  push(piece: Uint8Array): void;
  /**
   * Says that the last piece was the last.
   *
   * @throws RefusalError when the document is cut off.
   */
  end(): void;
}

export interface ScanOptions {
  /** Local name of the root element; another is refused as `not-a-report`. */
  root: string;
  limits: Limits;
  /** Is given each child of the root element, in order. */
  read: (child: XmlElement) => void;
}

/** A child that is larger is refused: only whole ones are read. */
const largestChild = 4 * 1024 * 1024;

/** Most reports are below; they are not worth a large table of what may repeat. */
const smallBytes = 32 * 1024;

/**
 * A scanner for plain, well-formed XML in UTF-8, by its bytes: what repeats is in memory once, and no more of the
 * document than the child that is being read.
 *
 * It is narrower than the parser behind `parseChildren`, which is to be asked when it refuses: names are ASCII, there is no
 * DOCTYPE, and nothing has to be repaired. What it reads, both read alike.
 */
export function makeXmlScanner({ root, limits, read }: ScanOptions): XmlScanner {
  let children: ChildScanner | undefined;
  let place: "prolog" | "root" | "epilog" = "prolog";
  let isStart = true;
  let rootTag: Buffer = Buffer.alloc(0);
  let rest: Buffer = Buffer.alloc(0);
  /** How much of `rest` was there when it was last scanned. */
  let scannedRest = 0;
  /** Where pieces are put together; used over and over. */
  let window: Buffer = Buffer.alloc(0);

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
    if (bytes[at] !== marks.lt) throw notPlain({ code: "xml-text" });
    const next = bytes[at + 1];
    if (next === marks.bang || next === marks.question) return scanSection(bytes, at);
    if (place === "root" && next !== marks.slash) return scanChild(bytes, at);
    if (place === "root") return scanRootEnd(bytes, at);
    if (place === "epilog") throw notPlain({ code: "xml-after-root" });
    return scanRootStart(bytes, at);
  };

  const scanSection = (bytes: Buffer, at: number): number => {
    if (place !== "root" && isCdata(bytes, at)) throw notPlain({ code: "xml-text" });
    if (!isStart || at > 0 || bytes[1] !== marks.question) return skipSection(bytes, at);
    const end = bytes.indexOf("?>");
    if (end < 0) return incomplete;
    const isDeclaration = /^<\?xml[ \t\r\n][ -;=?-~\t\r\n]*$/.test(bytes.toString("latin1", 0, end));
    return isDeclaration ? end + 2 : skipSection(bytes, at);
  };

  const scanChild = (bytes: Buffer, at: number): number => {
    children ??= makeChildScanner(limits, bytes.length < smallBytes ? 256 : 4096);
    const end = children.scan(bytes, at);
    if (end !== incomplete) read(children.element());
    return end;
  };

  const scanRootStart = (bytes: Buffer, start: number): number => {
    const tag = /^<((?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*))[\s/>]/.exec(bytes.toString("latin1", start, start + 200));
    if (tag?.[1] === undefined) return bytes.length - start < 200 ? incomplete : raise({ code: "xml-tag" });
    if (tag[2] !== root)
      throw new RefusalError(
        refuse("not-a-report", { code: "other-root", found: String(tag[2]).slice(0, 40), expected: root }),
      );
    const end = skipAttributes(bytes, start + 1 + tag[1].length);
    if (end === incomplete) return incomplete;
    if (bytes[end] === marks.slash) throw notPlain({ code: "xml-root-empty" });
    rootTag = Buffer.from(tag[1]);
    place = "root";
    return end + 1;
  };

  const scanRootEnd = (bytes: Buffer, start: number): number => {
    const nameEnd = start + 2 + rootTag.length;
    const end = skipSpaces(bytes, nameEnd);
    if (end >= bytes.length) return incomplete;
    if (rootTag.compare(bytes, start + 2, nameEnd) !== 0 || bytes[end] !== marks.gt)
      throw notPlain({ code: "xml-end-tag" });
    place = "epilog";
    return end + 1;
  };

  const scan = (bytes: Buffer): void => {
    let at = 0;
    while (at < bytes.length) {
      const next = scanNext(bytes, at);
      if (next === incomplete) break;
      at = next;
      isStart = false;
    }
    if (!isUtf8(bytes.subarray(0, at))) throw notPlain({ code: "xml-not-utf-8" });
    rest = bytes.subarray(at);
    scannedRest = rest.length;
    if (rest.length > largestChild) throw notPlain({ code: "xml-element-too-large", most: largestChild });
  };

  return {
    push: (piece) => {
      // What is cut off is read anew from its start, so that much more of it must have come.
      const enough = 2 * scannedRest;
      const bytes = rest.length === 0 ? bufferOf(piece) : append(piece);
      if (bytes.length < enough) rest = bytes;
      else scan(bytes);
    },
    end: () => {
      if (rest.length > 0) scan(rest);
      if (place !== "epilog" || rest.length > 0) throw notPlain({ code: "xml-cut-off" });
    },
  };
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function raise(why: Reason): never {
  throw notPlain(why);
}

/** Past text that tells nothing but must be well-formed. */
function skipText(bytes: Buffer, from: number): number {
  const start = skipSpaces(bytes, from);
  let at = start;
  let kinds = 0;
  for (; at < bytes.length && bytes[at] !== marks.lt; at += 1) kinds |= kindsOfByte[bytes[at] as number] as number;
  if ((kinds & byteKinds.control) !== 0) throw notPlain({ code: "xml-control-characters" });
  // Cut short, it may end within a character or an entity.
  if (at >= bytes.length) return at > start ? at - 1 : at;
  if ((kinds & byteKinds.complex) !== 0) decodeText(bytes, start, at);
  return at;
}
