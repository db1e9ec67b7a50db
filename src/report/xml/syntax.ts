import type { Reason } from "../reason.ts";
import { type Refusal, RefusalError, refuse } from "../refusal.ts";

/** The refusal of a document for its XML, whatever it may say; a repair may help. */
export class XmlError extends RefusalError {
  override name = "XmlError";
  /** Where in the bytes that are being scanned, when there is one place. */
  readonly at: number | undefined;

  constructor(refusal: Refusal, at?: number) {
    super(refusal);
    this.at = at;
  }
}

/** The error of what isn't well-formed, at a place in the bytes if there is one. */
export function notWellFormed(why: Reason, at?: number): XmlError {
  return new XmlError(refuse("corrupt", { code: "not-well-formed", why }), at);
}

/** The error of a document of something else, by the local name of its root element. */
export function otherRoot(name: string, root: string): XmlError {
  return new XmlError(refuse("not-a-report", { code: "other-root", found: name.slice(0, 40), expected: root }));
}

/** Kinds of bytes in XML; a byte may be of several. */
export const byteKinds = { name: 1, nameStart: 2, space: 4, control: 8, complex: 16 } as const;

/**
 * The kinds of each byte of UTF-8 text: `complex` is what makes a text more than its bytes (`&`, CR, beyond ASCII).
 *
 * Beyond ASCII any character may stand in a name: no name that is read has one.
 */
export const kindsOfByte: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  const char = String.fromCharCode(byte);
  let kinds = 0;
  if (/[A-Za-z0-9_.\x80-\xff-]/.test(char)) kinds |= byteKinds.name;
  if (/[A-Za-z_\x80-\xff]/.test(char)) kinds |= byteKinds.nameStart;
  if (/[ \t\r\n]/.test(char)) kinds |= byteKinds.space;
  else if (byte < 0x20) kinds |= byteKinds.control;
  if (char === "&" || char === "\r" || byte >= 0x80) kinds |= byteKinds.complex;
  return kinds;
});

/** Whether a byte is of a kind. */
export function isKind(byte: number, kind: number): boolean {
  return ((kindsOfByte[byte] as number) & kind) !== 0;
}

/** Stands for "the bytes end before this does". */
export const incomplete = -1;

/** ASCII codes of the marks of XML. */
export const marks = {
  lt: 60,
  gt: 62,
  slash: 47,
  bang: 33,
  question: 63,
  colon: 58,
  equals: 61,
  double: 34,
  single: 39,
};

/** Where the spaces end. */
export function skipSpaces(bytes: Buffer, start: number): number {
  let at = start;
  while (at < bytes.length && isKind(bytes[at] as number, byteKinds.space)) at += 1;
  return at;
}

/**
 * Where a comment, a CDATA section or an instruction ends that begins at a `<!` or `<?`; or `incomplete`.
 *
 * @throws XmlError when it is anything else, such as a DOCTYPE, or holds what is forbidden in it.
 */
export function skipSection(bytes: Buffer, start: number): number {
  // The bytes may end within the opening of a section.
  const { length } = bytes;
  const section = sections.find(({ open }) =>
    open.every((byte, index) => start + index >= length || bytes[start + index] === byte),
  );
  if (section === undefined) {
    const isDeclaration = declaration.test(bytes.toString("latin1", start, start + 10));
    throw isDeclaration
      ? new XmlError(refuse("corrupt", { code: "doctype" }))
      : notWellFormed({ code: "xml-tag" }, start);
  }
  const contentStart = start + section.open.length;
  const contentEnd = bytes.indexOf(section.close, contentStart);
  if (contentEnd < 0) return incomplete;
  if (section.isInstruction && /^xml(\s|$)/.test(bytes.toString("latin1", contentStart, contentEnd)))
    throw notWellFormed({ code: "xml-instruction" }, start);
  checkContent(bytes, contentStart, contentEnd);
  return contentEnd + section.close.length;
}

/** The text of a CDATA section that ends at `end`; `undefined` for comments and instructions. */
export function cdataOf(bytes: Buffer, start: number, end: number): string | undefined {
  if (!isCdata(bytes, start)) return undefined;
  return bytes.toString("utf8", start + sections[1].open.length, end - sections[1].close.length);
}

/** Whether what begins at a `<` is a CDATA section, if it is any section. */
export function isCdata(bytes: Buffer, start: number): boolean {
  return bytes[start + 2] === 0x5b;
}

/** What a DOCTYPE begins with, and what stands in one. */
const declaration = /^<!(doctype|element|entity|attlist|notation)/i;

const sections = [
  { open: Buffer.from("<!--"), close: Buffer.from("-->"), isInstruction: false },
  { open: Buffer.from("<![CDATA["), close: Buffer.from("]]>"), isInstruction: false },
  { open: Buffer.from("<?"), close: Buffer.from("?>"), isInstruction: true },
] as const;

/**
 * Where the attributes of a tag end, at its `>` or `/>`; or `incomplete`.
 *
 * @param start - Where the name of the element ends.
 * @throws XmlError when one is not well-formed, or they are too many to keep all of their names.
 */
export function skipAttributes(bytes: Buffer, start: number): number {
  let names: Set<string> | undefined;
  for (let at = start; ; ) {
    const name = skipSpaces(bytes, at);
    const first = bytes[name];
    if (first === undefined) return incomplete;
    if (first === marks.gt || first === marks.slash) return name;
    if (name === at || !isKind(first, byteKinds.nameStart)) throw notWellFormed({ code: "xml-attribute" }, name);
    let nameEnd = name;
    while (isKind(bytes[nameEnd] ?? 0, byteKinds.name) || bytes[nameEnd] === marks.colon) nameEnd += 1;
    const equals = skipSpaces(bytes, nameEnd);
    const quote = skipSpaces(bytes, equals + 1);
    const mark = bytes[quote];
    const isQuoted = mark === undefined || mark === marks.double || mark === marks.single;
    if (equals < bytes.length && (bytes[equals] !== marks.equals || !isQuoted))
      throw notWellFormed({ code: "xml-attribute-value" }, name);
    const end = mark === undefined ? -1 : bytes.indexOf(mark, quote + 1);
    if (end < 0) return incomplete;
    checkContent(bytes, quote + 1, end);
    names ??= new Set();
    const text = bytes.toString("latin1", name, nameEnd);
    if (names.has(text)) throw notWellFormed({ code: "xml-attribute-repeated" }, name);
    names.add(text);
    if (names.size > mostAttributes)
      throw notWellFormed({ code: "xml-too-many-attributes", most: mostAttributes }, name);
    at = end + 1;
  }
}

const mostAttributes = 1000;

/** A section or a value may hold anything but control characters. */
export function checkContent(bytes: Buffer, start: number, end: number): void {
  let kinds = 0;
  for (let at = start; at < end; at += 1) kinds |= kindsOfByte[bytes[at] as number] as number;
  if ((kinds & byteKinds.control) !== 0) throw controlCharacters(start);
  if ((kinds & byteKinds.complex) !== 0) checkCharacters(bytes.toString("utf8", start, end), start);
}

function checkCharacters(text: string, at: number): void {
  if (/[\ufffe\uffff]/.test(text)) throw controlCharacters(at);
}

/** The error of what XML forbids in any place (XML 1.0, "Characters"). */
export function controlCharacters(at: number): XmlError {
  return notWellFormed({ code: "xml-control-characters" }, at);
}

/** A text that is more than ASCII, with its entities and line ends decoded (XML 1.0, "End-of-Line Handling"). */
export function decodeText(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString("utf8", start, end);
  const ampersand = text.search(/&(?!\w{1,20};|#\d*;|#x[\da-fA-F]*;)/);
  if (ampersand >= 0) throw notWellFormed({ code: "xml-entity" }, start + Buffer.byteLength(text.slice(0, ampersand)));
  checkCharacters(text, start);
  return decodeEntities(text.replace(/\r\n?/g, "\n"));
}

const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

const entityWords = Object.entries({ "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&" });

/** Decodes the five entities of XML and characters by number, once; others stay as they are. */
function decodeEntities(text: string): string {
  if (!text.includes("&")) return text;
  // Many times as fast; `&amp;` comes last, so that nothing is decoded twice.
  if (!text.includes("&#")) return entityWords.reduce((part, [word, char]) => part.replaceAll(word, char), text);
  return text.replace(/&(?:(lt|gt|amp|quot|apos)|#(\d{1,7})|#x([\da-fA-F]{1,6}));/g, (raw, name, decimal, hex) => {
    if (name !== undefined) return entities[name] ?? raw;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code >= 0x20 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : " ";
  });
}
