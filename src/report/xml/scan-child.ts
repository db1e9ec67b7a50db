import type { Limits } from "../limits.ts";
import { addToHash, byteKinds, emptyHash, kindsOfByte, makeTextTable } from "./byte-text.ts";
import { cdataOf, incomplete, marks, notPlain, skipAttributes, skipSection, skipSpaces } from "./tags.ts";
import { decodeEntities, type XmlElement } from "./tree.ts";
import { elementsPerChild, tooDeep, tooManyElements } from "./walk.ts";

/** Reads whole elements out of bytes, one at a time. */
export interface ChildScanner {
  /**
   * Reads the element whose `<` is at `start`; where it ends, or `incomplete`.
   *
   * @throws RefusalError when it isn't well-formed or passes a limit.
   */
  scan(bytes: Buffer, start: number): number;
  /** The element that was read last. */
  element(): XmlElement;
}

/** An element that is open. One object a level is used over and over. */
interface OpenElement {
  name: string;
  start: number;
  /** Where the name as written ends, with its prefix; it begins after the `<`. */
  nameEnd: number;
  text: string | undefined;
  /** Which of the elements that are read and not yet in their parents is the first in it. */
  first: number;
  hash: number;
}

/** Elements that repeat in a report: byte for byte the same, they are one object. */
const repeatedElements = new Set(["policy_evaluated", "identifiers", "auth_results", "dkim", "spf"]);

const noChildren: readonly XmlElement[] = [];

/**
 * A scanner of the children of the root, which is the first of `limits.xmlDepth` levels.
 *
 * @param tableSize - How many texts and elements are remembered because they may repeat: a power of two.
 */
export function makeChildScanner({ xmlDepth }: Limits, tableSize: number): ChildScanner {
  const toText = makeTextTable(tableSize);
  const elements = makeElementTable(tableSize);
  const open: OpenElement[] = [];
  let depth = 0;
  let count = 0;
  /** Elements whose parent is open still. An array a parent that grows would take several times the memory. */
  const waiting: XmlElement[] = [];
  let waitingCount = 0;
  let found: XmlElement = { name: "", text: undefined, children: noChildren };

  /** Past a start tag; the element is open after it, or closed already. */
  const scanStartTag = (bytes: Buffer, start: number): number => {
    let at = start + 1;
    let nameStart = at;
    let hash = emptyHash;
    let hasPrefix = false;
    if (at >= bytes.length) return incomplete;
    if (((kindsOfByte[bytes[at] as number] as number) & byteKinds.nameStart) === 0) throw notPlain({ code: "xml-tag" });
    for (; ; at += 1) {
      if (at >= bytes.length) return incomplete;
      const byte = bytes[at] as number;
      if (((kindsOfByte[byte] as number) & byteKinds.name) !== 0) {
        hash = addToHash(hash, byte);
      } else if (byte === marks.colon && !hasPrefix) {
        hasPrefix = true;
        nameStart = at + 1;
        hash = emptyHash;
        const next = bytes[nameStart];
        if (next !== undefined && ((kindsOfByte[next] as number) & byteKinds.nameStart) === 0)
          throw notPlain({ code: "xml-tag" });
      } else break;
    }
    const nameEnd = at;
    if (bytes[at] !== marks.gt) at = skipAttributes(bytes, at);
    if (at === incomplete || at + 1 >= bytes.length) return incomplete;
    count += 1;
    if (depth + 2 > xmlDepth) throw tooDeep(xmlDepth);
    const name = toText(bytes, nameStart, nameEnd, hash);
    if (count > elementsPerChild && depth > 0) throw tooManyElements(open[0]?.name ?? name);
    const isEmpty = bytes[at] === marks.slash;
    if (isEmpty && bytes[at + 1] !== marks.gt) throw notPlain({ code: "xml-tag" });
    if (open.length === depth) open.push(makeOpenElement());
    const element = open[depth] as OpenElement;
    element.name = name;
    element.start = start;
    element.nameEnd = nameEnd;
    element.text = undefined;
    element.first = waitingCount;
    element.hash = hash;
    depth += 1;
    if (!isEmpty) return at + 1;
    close(bytes, at + 2, "");
    return at + 2;
  };

  /** Past an end tag, which must be that of the innermost open element. */
  const scanEndTag = (bytes: Buffer, start: number, text: string): number => {
    const { start: from, nameEnd } = open[depth - 1] as OpenElement;
    let at = start + 2;
    for (let expected = from + 1; expected < nameEnd; expected += 1, at += 1) {
      if (at >= bytes.length) return incomplete;
      if (bytes[at] !== bytes[expected]) throw notPlain({ code: "xml-end-tag" });
    }
    at = skipSpaces(bytes, at);
    if (at >= bytes.length) return incomplete;
    if (bytes[at] !== marks.gt) throw notPlain({ code: "xml-end-tag" });
    close(bytes, at + 1, text);
    return at + 1;
  };

  /** `text` is what stands before the end tag, trimmed, when the element has no other. */
  const close = (bytes: Buffer, end: number, last: string): void => {
    depth -= 1;
    const { name, start, text, first, hash } = open[depth] as OpenElement;
    const whole = text === undefined ? last : text.trim();
    const hasChildren = waitingCount > first;
    const element: XmlElement = {
      name,
      text: whole === "" ? undefined : whole,
      children: hasChildren ? waiting.slice(first, waitingCount) : noChildren,
    };
    waitingCount = first;
    found = hasChildren && repeatedElements.has(name) ? elements({ element, bytes, start, end, hash }) : element;
    if (depth === 0) return;
    waiting[waitingCount] = found;
    waitingCount += 1;
    const parent = open[depth - 1] as OpenElement;
    parent.hash = Math.imul(parent.hash, 31) ^ hash;
  };

  /** Past a text up to the next `<`, and past the end tag that closes a plain one. */
  const scanText = (bytes: Buffer, from: number): number => {
    const start = skipSpaces(bytes, from);
    let at = start;
    let kinds = 0;
    let hash = emptyHash;
    const { length } = bytes;
    for (; at < length; at += 1) {
      const byte = bytes[at] as number;
      if (byte === marks.lt) break;
      kinds |= kindsOfByte[byte] as number;
      hash = addToHash(hash, byte);
    }
    if ((kinds & byteKinds.control) !== 0) throw notPlain({ code: "xml-control-characters" });
    if (at + 1 >= length) return incomplete;
    const element = open[depth - 1] as OpenElement;
    const isPlain = (kinds & byteKinds.complex) === 0 && element.text === undefined;
    if (isPlain && bytes[at + 1] === marks.slash) {
      let end = at;
      while (end > start && ((kindsOfByte[bytes[end - 1] as number] as number) & byteKinds.space) !== 0) end -= 1;
      element.hash = Math.imul(element.hash, 31) ^ hash;
      return scanEndTag(bytes, at, end > start ? toText(bytes, start, end, hash) : "");
    }
    if (at > start || element.text !== undefined) element.text = (element.text ?? "") + decodeText(bytes, from, at);
    return at;
  };

  const scan = (bytes: Buffer, start: number): number => {
    depth = 0;
    count = 0;
    waitingCount = 0;
    let at = scanStartTag(bytes, start);
    while (depth > 0 && at !== incomplete) {
      at = scanText(bytes, at);
      if (at === incomplete || bytes[at] !== marks.lt || depth === 0) continue;
      const next = bytes[at + 1];
      if (next === marks.slash) at = scanEndTag(bytes, at, "");
      else if (next === marks.bang || next === marks.question) at = scanSection(bytes, at);
      else at = scanStartTag(bytes, at);
    }
    return at;
  };

  const scanSection = (bytes: Buffer, start: number): number => {
    const end = skipSection(bytes, start);
    const cdata = end === incomplete ? undefined : cdataOf(bytes, start, end);
    const element = open[depth - 1] as OpenElement;
    if (cdata !== undefined) element.text = (element.text ?? "") + cdata.replace(/\r\n?/g, "\n");
    return end;
  };

  return { scan, element: () => found };
}

function makeOpenElement(): OpenElement {
  return { name: "", start: 0, nameEnd: 0, text: undefined, first: 0, hash: 0 };
}

/**
 * A text that is more than ASCII, with its entities and line ends decoded (XML 1.0, "End-of-Line Handling").
 *
 * @throws RefusalError for an `&` that begins no entity, and what XML forbids in any place.
 */
export function decodeText(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString("utf8", start, end);
  if (/&(?!\w{1,20};|#\d*;|#x[\da-fA-F]*;)/.test(text)) throw notPlain({ code: "xml-entity" });
  if (/[\ufffe\uffff]/.test(text)) throw notPlain({ code: "xml-control-characters" });
  return decodeEntities(text.replace(/\r\n?/g, "\n"));
}

interface ReadElement {
  element: XmlElement;
  bytes: Buffer;
  start: number;
  end: number;
  hash: number;
}

/**
 * Gives the element that came before when it was byte for byte the same, from the third time on: most come once or
 * twice, and are not worth keeping. Never grows, as the table of texts.
 */
function makeElementTable(size: number): (read: ReadElement) => XmlElement {
  const hashes = new Int32Array(size);
  const known = Array.from<{ raw: Buffer; element: XmlElement } | undefined>({ length: size });
  return ({ element, bytes, start, end, hash }) => {
    const slot = (hash ^ (hash >>> 15)) & (size - 1);
    if (hashes[slot] !== hash) {
      hashes[slot] = hash;
      return element;
    }
    const before = known[slot];
    if (before !== undefined && before.raw.compare(bytes, start, end) === 0) return before.element;
    const shared = { ...element, isShared: true };
    known[slot] = { raw: Buffer.from(bytes.subarray(start, end)), element: shared };
    return shared;
  };
}
