import type { Limits } from "../limits.ts";
import { corrupt, RefusalError, tooBig } from "../refusal.ts";
import { addToHash, emptyHash, textOf } from "./repeats.ts";
import { makeShapes, type Span, type XmlElement } from "./shapes.ts";
import {
  byteKinds,
  cdataOf,
  controlCharacters,
  decodeText,
  incomplete,
  isKind,
  kindsOfByte,
  marks,
  notWellFormed,
  skipAttributes,
  skipSection,
  skipSpaces,
  type XmlError,
} from "./syntax.ts";

/** Reads whole elements out of bytes, one at a time. */
export interface ElementScanner {
  /** Reads the element whose `<` is at `start`; where it ends, or `incomplete`. */
  scan(bytes: Buffer, start: number): number;
  element(): XmlElement;
  /** The name of the innermost element that is open, where the bytes ended before the last one did. */
  innermost(): string | undefined;
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
}

/** From so many children of one name in a row on, their shapes are worth learning. */
const leastAlike = 8;

const noChildren: readonly XmlElement[] = [];

/** Far above the few dozen elements of a real record; it bounds the tree that is made of one child of the root. */
const elementsPerChild = 10_000;

interface ElementScannerOptions {
  limits: Limits;
  placeOf: (bytes: Buffer, at: number) => Place;
}

/** Where something stands in a document, both counted from 1; neither is known in one that comes in pieces. */
export interface Place {
  line?: number;
  column?: number;
}

/** A scanner of the children of the root, which is the first of `limits.xmlDepth` levels. */
export function makeElementScanner({ limits, placeOf }: ElementScannerOptions): ElementScanner {
  const { xmlDepth } = limits;
  const shapes = makeShapes();
  const open: OpenElement[] = [];
  let depth = 0;
  let count = 0;
  /** Elements whose parent is open still. An array a parent that grows would take several times the memory. */
  const waiting: XmlElement[] = [];
  let waitingCount = 0;
  /** The texts of the element that is read in full, unless something else than elements and texts is in it. */
  let spans: Span[] | undefined = [];
  let lastName: string | undefined;
  let alike = 0;
  let found: XmlElement = { name: "", text: undefined, children: noChildren };

  const due = (bytes: Buffer, start: number) => ({ expected: nameAt(bytes, start + 1), ...placeOf(bytes, start) });

  /** Past a start tag; the element is open after it, or closed already. */
  const scanStartTag = (bytes: Buffer, start: number): number => {
    let at = start + 1;
    let nameStart = at;
    let hash = emptyHash;
    let hasPrefix = false;
    if (at >= bytes.length) return incomplete;
    if (!isKind(bytes[at] as number, byteKinds.nameStart)) throw oddTag(bytes, start);
    for (; ; at += 1) {
      if (at >= bytes.length) return incomplete;
      const byte = bytes[at] as number;
      if (isKind(byte, byteKinds.name)) {
        hash = addToHash(hash, byte);
      } else if (byte === marks.colon && !hasPrefix) {
        hasPrefix = true;
        nameStart = at + 1;
        hash = emptyHash;
        if (nameStart < bytes.length && !isKind(bytes[nameStart] as number, byteKinds.nameStart))
          throw oddTag(bytes, start);
      } else break;
    }
    const nameEnd = at;
    if (bytes[at] !== marks.gt) at = skipAttributes(bytes, at);
    const isEmpty = bytes[at] === marks.slash;
    if (at === incomplete || (isEmpty && at + 1 >= bytes.length)) return incomplete;
    count += 1;
    if (depth + 2 > xmlDepth) throw new RefusalError(tooBig({ limit: "xmlDepth", most: xmlDepth }));
    const name = textOf(bytes, nameStart, nameEnd, hash);
    if (count > elementsPerChild && depth > 0) {
      const element = (open[0]?.name ?? name).slice(0, 40);
      throw corrupt({ code: "xml-too-many-elements", element, most: elementsPerChild });
    }
    if (isEmpty && bytes[at + 1] !== marks.gt) throw oddTag(bytes, start);
    if (open.length === depth) open.push({ name: "", start: 0, nameEnd: 0, text: undefined, first: 0 });
    const element = open[depth] as OpenElement;
    element.name = name;
    element.start = start;
    element.nameEnd = nameEnd;
    element.text = undefined;
    element.first = waitingCount;
    depth += 1;
    if (!isEmpty) return at + 1;
    close("");
    return at + 2;
  };

  /** Past an end tag, which must be that of the innermost open element. */
  const scanEndTag = (bytes: Buffer, start: number, text: string): number => {
    const { start: from, nameEnd } = open[depth - 1] as OpenElement;
    let at = start + 2;
    for (let expected = from + 1; expected < nameEnd; expected += 1, at += 1) {
      if (at >= bytes.length) return incomplete;
      if (bytes[at] !== bytes[expected]) throw wrongEndTag(bytes, start, due(bytes, from));
    }
    at = skipSpaces(bytes, at);
    if (at >= bytes.length) return incomplete;
    if (bytes[at] !== marks.gt) throw wrongEndTag(bytes, start, due(bytes, from));
    close(text);
    return at + 1;
  };

  /** `text` is what stands before the end tag, trimmed, when the element has no other. */
  const close = (last: string): void => {
    depth -= 1;
    const { name, text, first } = open[depth] as OpenElement;
    const whole = text === undefined ? last : text.trim();
    found = {
      name,
      text: whole === "" ? undefined : whole,
      children: waitingCount > first ? waiting.slice(first, waitingCount) : noChildren,
    };
    waitingCount = first;
    if (depth === 0) return;
    waiting[waitingCount] = found;
    waitingCount += 1;
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
    if ((kinds & byteKinds.control) !== 0) throw controlCharacters(start);
    if (at + 1 >= length) return incomplete;
    const element = open[depth - 1] as OpenElement;
    const isPlain = (kinds & byteKinds.complex) === 0;
    if (element.text === undefined && bytes[at + 1] === marks.slash) {
      let end = at;
      while (end > start && isKind(bytes[end - 1] as number, byteKinds.space)) end -= 1;
      if (end === start) return scanEndTag(bytes, at, "");
      const text = isPlain ? textOf(bytes, start, end, hash) : decodeText(bytes, from, at).trim();
      const next = scanEndTag(bytes, at, text);
      if (found.children.length > 0) spans = undefined;
      else if (next !== incomplete) spans?.push({ leaf: found, start, end });
      return next;
    }
    if (at === start && element.text === undefined) return at;
    spans = undefined;
    element.text = (element.text ?? "") + decodeText(bytes, from, at);
    return at;
  };

  const scan = (bytes: Buffer, start: number): number => {
    depth = 0;
    const known = shapes.read(bytes, start);
    if (known !== incomplete) {
      found = shapes.element();
      return known;
    }
    count = 0;
    waitingCount = 0;
    spans = [];
    let at = scanStartTag(bytes, start);
    while (depth > 0 && at !== incomplete) {
      at = scanText(bytes, at);
      if (at === incomplete || bytes[at] !== marks.lt || depth === 0) continue;
      const next = bytes[at + 1];
      if (next === marks.slash) at = scanEndTag(bytes, at, "");
      else if (next === marks.bang || next === marks.question) at = scanSection(bytes, at);
      else at = scanStartTag(bytes, at);
    }
    if (at === incomplete) return at;
    alike = found.name === lastName ? alike + 1 : 1;
    lastName = found.name;
    if (alike >= leastAlike && spans !== undefined) shapes.learn(found, spans, { bytes, start, end: at });
    return at;
  };

  const scanSection = (bytes: Buffer, start: number): number => {
    const end = skipSection(bytes, start);
    spans = undefined;
    const cdata = end === incomplete ? undefined : cdataOf(bytes, start, end);
    const element = open[depth - 1] as OpenElement;
    if (cdata !== undefined) element.text = (element.text ?? "") + cdata.replace(/\r\n?/g, "\n");
    return end;
  };

  return { scan, element: () => found, innermost: () => open[depth - 1]?.name };
}

/** The error of a tag without a name, or whose `/` ends nothing. */
export function oddTag(bytes: Buffer, start: number): XmlError {
  const isLone = start + 1 >= bytes.length || isKind(bytes[start + 1] as number, byteKinds.space);
  return notWellFormed({ code: isLone ? "xml-lone-bracket" : "xml-tag" }, start);
}

/** The error of an end tag at `start` where another is due, by that one's name and the place of its start tag. */
export function wrongEndTag(bytes: Buffer, start: number, due: Place & { expected: string }): XmlError {
  const found = nameAt(bytes, start + 2);
  if (found === due.expected) return oddTag(bytes, start);
  return notWellFormed({ code: "xml-end-tag", ...due, found }, start);
}

function nameAt(bytes: Buffer, start: number): string {
  return /^[^\s/<>]{0,40}/.exec(bytes.toString("utf8", start, start + 160))?.[0] ?? "";
}
