import type { Reason } from "../reason.ts";
import { corrupt, type RefusalError } from "../refusal.ts";
import { byteKinds, kindsOfByte } from "./byte-text.ts";

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

/** Thrown for what isn't well-formed, or not as plain as the scanner needs it. */
export function notPlain(why: Reason): RefusalError {
  return corrupt({ code: "not-well-formed", why });
}

/** Where the spaces end. */
export function skipSpaces(bytes: Buffer, start: number): number {
  let at = start;
  while (at < bytes.length && ((kindsOfByte[bytes[at] as number] as number) & byteKinds.space) !== 0) at += 1;
  return at;
}

/**
 * Where a comment, a CDATA section or an instruction ends that begins at a `<!` or `<?`; or `incomplete`.
 *
 * @throws RefusalError when it is anything else, such as a DOCTYPE, or holds what is forbidden in it.
 */
export function skipSection(bytes: Buffer, start: number): number {
  if (bytes.length - start < longestOpening) return incomplete;
  const section = sections.find(({ open }) => open.every((byte, index) => bytes[start + index] === byte));
  if (section === undefined) throw corrupt({ code: "doctype" });
  const contentStart = start + section.open.length;
  const contentEnd = bytes.indexOf(section.close, contentStart);
  if (contentEnd < 0) return incomplete;
  if (section.isInstruction) checkInstruction(bytes.toString("latin1", contentStart, contentEnd));
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

const sections = [
  { open: Buffer.from("<!--"), close: Buffer.from("-->"), isInstruction: false },
  { open: Buffer.from("<![CDATA["), close: Buffer.from("]]>"), isInstruction: false },
  { open: Buffer.from("<?"), close: Buffer.from("?>"), isInstruction: true },
] as const;
const longestOpening = sections[1].open.length;

/** Parsers disagree on quotes in an instruction, and a second declaration is an error. */
function checkInstruction(content: string): void {
  if (!/^[A-Za-z_]/.test(content) || /^xml[\s?]|^xml$|["']/.test(content)) throw notPlain({ code: "xml-instruction" });
}

/** No control characters, and nothing that could be taken for a declaration. */
function checkContent(bytes: Buffer, start: number, end: number): void {
  let kinds = 0;
  for (let at = start; at < end; at += 1) kinds |= kindsOfByte[bytes[at] as number] as number;
  if ((kinds & byteKinds.control) !== 0) throw notPlain({ code: "xml-control-characters" });
  const content = bytes.toString("utf8", start, end);
  if (content.includes("<!") || /[\ufffe\uffff]/.test(content)) throw notPlain({ code: "xml-section" });
}

/**
 * Where the attributes of a tag end, at its `>` or `/>`; or `incomplete`.
 *
 * @param start - Where the name of the element ends.
 */
export function skipAttributes(bytes: Buffer, start: number): number {
  const names: string[] = [];
  for (let at = start; ; ) {
    const name = skipSpaces(bytes, at);
    const first = bytes[name];
    if (first === undefined) return incomplete;
    if (first === marks.gt || first === marks.slash) return name;
    if (name === at || !isKind(first, byteKinds.nameStart)) throw notPlain({ code: "xml-attribute" });
    const nameEnd = skipName(bytes, name);
    const equals = skipSpaces(bytes, nameEnd);
    const quote = skipSpaces(bytes, equals + 1);
    if (quote >= bytes.length) return incomplete;
    const mark = bytes[quote] as number;
    if (bytes[equals] !== marks.equals || (mark !== marks.double && mark !== marks.single)) {
      throw notPlain({ code: "xml-attribute-value" });
    }
    const end = bytes.indexOf(mark, quote + 1);
    if (end < 0) return incomplete;
    names.push(bytes.toString("latin1", name, nameEnd));
    checkContent(bytes, quote + 1, end);
    if (/[<>]/.test(bytes.toString("latin1", quote + 1, end))) throw notPlain({ code: "xml-attribute-brackets" });
    if (new Set(names).size < names.length || names.length > 100) throw notPlain({ code: "xml-attribute-repeated" });
    at = end + 1;
  }
}

function skipName(bytes: Buffer, start: number): number {
  let at = start;
  while (at < bytes.length && (isKind(bytes[at] as number, byteKinds.name) || bytes[at] === marks.colon)) at += 1;
  return at;
}

function isKind(byte: number, kind: number): boolean {
  return ((kindsOfByte[byte] as number) & kind) !== 0;
}
