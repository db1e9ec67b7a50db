import { XMLParser, XMLValidator } from "fast-xml-parser";
import type { Limits } from "../limits.ts";
import type { Reason } from "../reason.ts";
import { type Refusal, refuse } from "../refusal.ts";
import { cleanXml, repairXml } from "./repair.ts";
import { checkTags, walkChildren } from "./walk.ts";

/** An element, attributes left out. */
export interface XmlElement {
  /** Its local name. */
  readonly name: string;
  /** The text directly in it, trimmed; `undefined` when there is none. */
  readonly text: string | undefined;
  /** The elements directly in it, in order. */
  readonly children: readonly XmlElement[];
  /** Whether other records may have this very object, and not another like it. */
  readonly isShared?: boolean;
}

/** An element, a text or a CDATA section, as the parser gives it: one key, its local name. */
type XmlNode = Readonly<Record<string, unknown>>;

/** A well-formed document, and what was repaired to make it so, in plain words. */
export interface XmlDocument {
  text: string;
  notes: string[];
}

/**
 * An XML text that is well-formed, or why it isn't.
 *
 * A DOCTYPE is refused before parsing, so that there are no entities but the five and characters by number. What is
 * not well-formed is refused with its line, unless one of the few known repairs makes it well-formed.
 *
 * @param root - Local name of the expected root; another is refused as `not-a-report`, well-formed or not.
 * @throws RefusalError for tags that would take too much memory to look at.
 */
export function checkXml(text: string, root: string, limits: Limits): XmlDocument | Refusal {
  const cleaned = cleanXml(text, root);
  const name = rootName(cleaned.text);
  if (name !== root) {
    return refuse(
      "not-a-report",
      name === undefined ? { code: "not-xml" } : { code: "other-root", found: name, expected: root },
    );
  }
  if (/<!(?!--|\[CDATA\[)/.test(cleaned.text)) return refuse("corrupt", { code: "doctype" });
  checkTags(cleaned.text, limits);
  const repaired = wellFormed(cleaned.text, root);
  if ("state" in repaired) return repaired;
  return { text: repaired.text, notes: [...cleaned.notes, ...repaired.notes] };
}

/**
 * The children of the root element that have one of these local names, in order. Only a batch of them is in memory at a
 * time.
 *
 * @param names - All others are passed over unparsed.
 * @throws RefusalError when elements are nested too deep or a child is too large.
 */
export function* parseChildren(text: string, names: ReadonlySet<string>, limits: Limits): Generator<XmlElement> {
  let batch: string[] = [];
  let length = 0;
  for (const { name, start, end } of walkChildren(text, limits)) {
    if (!names.has(name)) continue;
    batch.push(text.slice(start, end));
    length += end - start;
    if (length < batchLength) continue;
    yield* parseBatch(batch, limits);
    batch = [];
    length = 0;
  }
  yield* parseBatch(batch, limits);
}

/** Characters parsed at once: the parser takes a while to set up, and keeps all of what it parses in memory. */
const batchLength = 256 * 1024;

function* parseBatch(batch: readonly string[], limits: Limits): Generator<XmlElement> {
  const nodes = makeParser(limits).parse(`<batch>${batch.join("")}</batch>`) as XmlNode[];
  for (const { children } of elementsOf(nodes)) yield* children;
}

/** The elements among nodes. */
function elementsOf(nodes: readonly XmlNode[]): XmlElement[] {
  const elements: XmlElement[] = [];
  for (const node of nodes) {
    for (const [name, inside] of Object.entries(node)) {
      if (name === cdataKey || !Array.isArray(inside)) continue;
      const nodesInside = inside as XmlNode[];
      const text = nodesInside.map(textOfNode).join("").trim();
      elements.push({ name, text: text === "" ? undefined : text, children: elementsOf(nodesInside) });
    }
  }
  return elements;
}

/** The child elements of a local name, in order. */
export function childrenOf(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return element === undefined ? [] : element.children.filter((child) => child.name === name);
}

function textOfNode(node: XmlNode): string {
  const text = node[textKey];
  if (typeof text === "string") return decodeEntities(text);
  const [cdata] = Array.isArray(node[cdataKey]) ? (node[cdataKey] as XmlNode[]) : [];
  return typeof cdata?.[textKey] === "string" ? cdata[textKey] : "";
}

const textKey = "#text";
const cdataKey = "#cdata";

/** Local name of the first start tag, past declaration, comments and DOCTYPE; `html` for an HTML page. */
function rootName(text: string): string | undefined {
  const tag = /<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)/y;
  for (let at = text.indexOf("<"); at >= 0; at = text.indexOf("<", at + 1)) {
    if (text.startsWith("<!--", at)) at = text.indexOf("-->", at + 4);
    else if (text.startsWith("<?", at)) at = text.indexOf("?>", at + 2);
    if (at < 0) return undefined;
    if (/^<!doctype\s+html/i.test(text.slice(at, at + 40))) return "html";
    tag.lastIndex = at;
    const name = tag.exec(text)?.[2];
    if (name !== undefined) return name.slice(0, 40);
  }
  return undefined;
}

function wellFormed(text: string, root: string): { text: string; notes: string[] } | Refusal {
  const problem = problemOf(text);
  if (problem === undefined) return { text, notes: [] };
  const repaired = repairXml(text, root);
  if (repaired.notes.length > 0 && problemOf(repaired.text) === undefined) return repaired;
  return refuse("corrupt", { code: "not-well-formed", why: problem });
}

function problemOf(text: string): Reason | undefined {
  const result = XMLValidator.validate(text);
  if (result === true) return undefined;
  const { line, msg } = result.err;
  // At the end it lists all elements that are open, as JSON and with the line 1.
  const open = /^Invalid '.*"([^"]+)"\]' found/.exec(msg)?.[1];
  return open === undefined
    ? { code: "xml-line", line: String(line), message: msg.slice(0, 200) }
    : { code: "xml-ends-within", element: open.slice(0, 40) };
}

/** Names that the parser refuses, since other callers make plain objects of them; as nodes here they do no harm. */
const reservedNames = new Set(["__proto__", "constructor", "prototype"]);

function makeParser({ xmlDepth }: Limits): XMLParser {
  return new XMLParser({
    preserveOrder: true,
    removeNSPrefix: true,
    parseTagValue: false,
    trimValues: false,
    ignoreAttributes: true,
    ignoreDeclaration: true,
    ignorePiTags: true,
    // Its own decoder stops at 1,000 entities a file and leaves characters by number alone; see decodeEntities.
    processEntities: false,
    cdataPropName: cdataKey,
    textNodeName: textKey,
    transformTagName: (tag) => (reservedNames.has(tag) ? `_${tag}` : tag),
    // The depth was checked before.
    maxNestedTags: xmlDepth,
    jPath: false,
  });
}

const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

const entityWords = Object.entries({ "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&" });

/** Decodes the five entities of XML and characters by number, once; what is no character stays as it is. */
export function decodeEntities(text: string): string {
  if (!text.includes("&")) return text;
  // Many times as fast; `&amp;` comes last, so that nothing is decoded twice.
  if (!text.includes("&#")) return entityWords.reduce((part, [word, char]) => part.replaceAll(word, char), text);
  return text.replace(/&(?:(lt|gt|amp|quot|apos)|#(\d{1,7})|#x([\da-fA-F]{1,6}));/g, (raw, name, decimal, hex) => {
    if (name !== undefined) return entities[name] ?? raw;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code >= 0x20 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : " ";
  });
}
