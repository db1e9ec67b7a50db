import { RefusalError, refuse, tooBig } from "./refusal.ts";
import type { Limits } from "./types.ts";

/** A child of the root element: its local name and where it stands in the text, tags and all. */
export interface ChildRange {
  name: string;
  start: number;
  end: number;
}

/** Far above the few dozen elements of a real record; it bounds the tree that is made of one child. */
export const elementsPerChild = 10_000;

/**
 * The children of the root element of a well-formed text, one after the other, without a tree of them in memory.
 *
 * @throws RefusalError when elements are nested deeper than `limits.xmlDepth`, or one child holds far too many.
 */
export function* walkChildren(text: string, { xmlDepth }: Limits): Generator<ChildRange> {
  let depth = 0;
  let elements = 0;
  let child: ChildRange = { name: "", start: 0, end: 0 };
  for (const tag of tagsOf(text)) {
    if (tag.kind !== "close") {
      if (depth + 1 > xmlDepth) throw tooDeep(xmlDepth);
      if (depth === 1) {
        child = { name: tag.name, start: tag.start, end: tag.end };
        elements = 0;
      }
      elements += 1;
      if (elements > elementsPerChild && depth > 1) throw tooManyElements(child.name);
    }
    if (tag.kind === "open") depth += 1;
    if (tag.kind === "close") depth -= 1;
    if (depth === 1 && (tag.kind === "close" || (tag.kind === "empty" && tag.start === child.start))) {
      yield { ...child, end: tag.end };
    }
  }
}

/** The refusal of elements below `limits.xmlDepth`. */
export function tooDeep(xmlDepth: number): RefusalError {
  return new RefusalError(tooBig(`has elements more than ${xmlDepth} deep`, "xmlDepth"));
}

/** The refusal of a child of the root with more than `elementsPerChild`. */
export function tooManyElements(name: string): RefusalError {
  return new RefusalError(refuse("corrupt", `a <${name.slice(0, 40)}> holds more than ${elementsPerChild} elements`));
}

interface Tag {
  kind: "open" | "close" | "empty";
  name: string;
  start: number;
  end: number;
}

const sections = [
  ["<!--", "-->"],
  ["<![CDATA[", "]]>"],
  ["<?", "?>"],
] as const;

/** Tags in order, past comments, CDATA sections and instructions. */
function* tagsOf(text: string): Generator<Tag> {
  const pattern = /<(\/?)(?:[^\s>/:"']+:)?([^\s>/"']+)[^>"']*(?:(?:"[^"]*"|'[^']*')[^>"']*)*>/y;
  for (let start = text.indexOf("<"); start >= 0; ) {
    const section = sections.find(([open]) => text.startsWith(open, start));
    if (section === undefined) {
      pattern.lastIndex = start;
      const match = pattern.exec(text);
      if (match === null) throw new RefusalError(refuse("corrupt", "not well-formed XML"));
      const [all, slash, name = ""] = match;
      const kind = slash === "/" ? "close" : all.endsWith("/>") ? "empty" : "open";
      yield { kind, name, start, end: pattern.lastIndex };
      start = text.indexOf("<", pattern.lastIndex);
    } else {
      const end = text.indexOf(section[1], start + section[0].length);
      if (end < 0) throw new RefusalError(refuse("corrupt", `not well-formed XML, ${section[0]} is never closed`));
      start = text.indexOf("<", end);
    }
  }
}
