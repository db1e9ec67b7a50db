import type { Limits } from "../limits.ts";
import type { Reason } from "../reason.ts";
import { corrupt, RefusalError, tooBig } from "../refusal.ts";

/** A child of the root element: its local name and where it stands in the text, tags and all. */
export interface ChildRange {
  name: string;
  start: number;
  end: number;
}

/** Far above the few dozen elements of a real record; it bounds the tree that is made of one child, and open elements. */
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
  for (const tag of tagsOf(text, refuseXml)) {
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

/** Far above any real tag; a parser makes objects of all attributes of a tag at once. */
const longestTag = 100_000;

/**
 * Looks through a text, well-formed or not, for what would fill the memory of a parser that keeps all open elements.
 *
 * More may be open here than `limits.xmlDepth` lets pass, since in what isn't well-formed a tag may be text. An address in
 * angle brackets surely is, and is yet to be repaired.
 *
 * @throws RefusalError when too many elements are open at once, or a tag is too long.
 */
export function checkTags(text: string, { xmlDepth }: Limits): void {
  let open = 0;
  for (const { kind, name, start, end } of tagsOf(text, ignore)) {
    if (end - start > longestTag) throw corrupt({ code: "xml-tag-too-long", most: longestTag });
    if (name.includes("@")) continue;
    if (kind === "open") open += 1;
    else if (kind === "close") open -= 1;
    if (open > elementsPerChild) throw tooDeep(xmlDepth);
  }
}

/** The refusal of elements below `limits.xmlDepth`. */
export function tooDeep(xmlDepth: number): RefusalError {
  return new RefusalError(tooBig({ limit: "xmlDepth", most: xmlDepth }));
}

/** The refusal of a child of the root with more than `elementsPerChild`. */
export function tooManyElements(name: string): RefusalError {
  return corrupt({ code: "xml-too-many-elements", element: name.slice(0, 40), most: elementsPerChild });
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

/** Tags in order, past comments, CDATA sections and instructions, up to the first that is none; `onProblem` is told of that. */
function* tagsOf(text: string, onProblem: (why: Reason) => void): Generator<Tag> {
  const opening = /<(\/?)(?:[^\s>/:"']+:)?([^\s>/"']+)/y;
  for (let start = text.indexOf("<"); start >= 0; ) {
    const section = sections.find(([open]) => text.startsWith(open, start));
    if (section === undefined) {
      opening.lastIndex = start;
      const match = opening.exec(text);
      const end = match === null ? undefined : tagEnd(text, opening.lastIndex);
      if (match === null || end === undefined) return onProblem({ code: "xml-tag" });
      const [, slash, name = ""] = match;
      const kind = slash === "/" ? "close" : text[end - 2] === "/" ? "empty" : "open";
      yield { kind, name, start, end };
      start = text.indexOf("<", end);
    } else {
      const end = text.indexOf(section[1], start + section[0].length);
      if (end < 0) return onProblem({ code: "xml-unclosed", mark: section[0] });
      start = text.indexOf("<", end);
    }
  }
}

/** Past the `>` that is in no quotes. By hand: one pattern for a whole tag tries every length of its name when there is none. */
function tagEnd(text: string, start: number): number | undefined {
  const mark = /[>"']/g;
  mark.lastIndex = start;
  for (let found = mark.exec(text); found !== null; found = mark.exec(text)) {
    if (found[0] === ">") return mark.lastIndex;
    const close = text.indexOf(found[0], mark.lastIndex);
    if (close < 0) return undefined;
    mark.lastIndex = close + 1;
  }
  return undefined;
}

function refuseXml(why: Reason): never {
  throw corrupt({ code: "not-well-formed", why });
}

/** Of what isn't well-formed another tells, and where. */
function ignore(): void {}
