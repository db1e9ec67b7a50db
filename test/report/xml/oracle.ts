import { XMLParser, XMLValidator } from "fast-xml-parser";
import type { XmlElement } from "../../../src/report/xml/xml.ts";

/** A document as another parser reads it. */
export interface OracleDocument {
  /** Local name of the root element. */
  root: string;
  children: XmlElement[];
}

/**
 * What fast-xml-parser reads of a text; `undefined` when it refuses it.
 *
 * @param text - Decoded, without a byte order mark. A DOCTYPE and control characters, which are of no matter to
 * fast-xml-parser, are refused, too, and so is `<?>`, which it takes for a whole instruction.
 */
export function readByOracle(text: string): OracleDocument | undefined {
  if (forbidden.test(text) || XMLValidator.validate(text) !== true) return undefined;
  try {
    const [root] = elementsOf(parser.parse(text) as XmlNode[]);
    return root === undefined ? undefined : { root: root.name, children: [...root.children] };
  } catch {
    return undefined;
  }
}

const forbidden = /<!DOCTYPE|<\?>|(?![\t\n\r])\p{Cc}(?<![\x7f-\x9f])|[\ufffe\uffff]/u;

/** An element, a text or a CDATA section: one key, its local name. */
type XmlNode = Readonly<Record<string, unknown>>;

/** Before each name, since it refuses or renames what other callers make plain objects of, such as `toString`. */
const prefix = "element ";
const [textKey, cdataKey] = ["#text", "#cdata"] as const;

const parser = new XMLParser({
  preserveOrder: true,
  removeNSPrefix: true,
  parseTagValue: false,
  trimValues: false,
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  // Its own decoder stops at 1,000 entities a file and leaves characters by number alone.
  processEntities: false,
  cdataPropName: cdataKey,
  textNodeName: textKey,
  transformTagName: (tag) => (tag.startsWith(prefix) ? tag : prefix + tag),
  maxNestedTags: 1000,
  jPath: false,
});

function elementsOf(nodes: readonly XmlNode[]): XmlElement[] {
  return nodes.flatMap((node) =>
    Object.entries(node).flatMap(([name, inside]) => {
      if (name === cdataKey || !Array.isArray(inside)) return [];
      const text = inside.map(textOf).join("").trim();
      return [{ name: name.slice(prefix.length), text: text === "" ? undefined : text, children: elementsOf(inside) }];
    }),
  );
}

function textOf(node: XmlNode): string {
  const text = node[textKey];
  if (typeof text === "string") return text.replace(/&(\w+|#\d{1,7}|#x[\da-fA-F]{1,6});/g, decodeEntity);
  const [cdata] = (node[cdataKey] ?? []) as XmlNode[];
  return typeof cdata?.[textKey] === "string" ? cdata[textKey] : "";
}

const entities = new Map(Object.entries({ lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" }));

function decodeEntity(raw: string, name: string): string {
  if (!name.startsWith("#")) return entities.get(name) ?? raw;
  const code = Number(name.replace("#x", "0x").replace("#", ""));
  const isCharacter = code >= 0x20 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return isCharacter ? String.fromCodePoint(code) : " ";
}
