import { RefusalError, refuse } from "../refusal.ts";
import type { DecodedText } from "./encoding.ts";
import { otherRoot } from "./syntax.ts";

/**
 * A text that isn't well-formed after each of the known repairs, and what they did, in plain words: first without what
 * tells nothing, then with what can be read in but one way. What is no XML, or has another root element, is a RefusalError.
 */
export function* repairsOf(text: string, root: string): Generator<DecodedText> {
  const cleaned = cleanXml(text, root);
  const name = rootName(cleaned.text);
  if (name === undefined) throw new RefusalError(refuse("not-a-report", { code: "not-xml" }));
  if (name !== root) throw otherRoot(name, root);
  if (cleaned.notes.length > 0) yield cleaned;
  const repaired = repairXml(cleaned.text, root);
  if (repaired.notes.length > 0) yield { ...repaired, notes: [...cleaned.notes, ...repaired.notes] };
}

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
    if (name !== undefined) return name;
  }
  return undefined;
}

/**
 * The text of an XML file without what may never stand in one and tells nothing: control characters (Yahoo), blanks
 * and comments before `<?xml`, and a start tag of an XML schema around the root that is never closed (IKEA).
 */
function cleanXml(text: string, root: string): DecodedText {
  const notes: string[] = [];
  let cleaned = text;
  // What XML 1.0 forbids in any place: controls but for tab, line feed and carriage return.
  const controls = /(?![\t\n\r])[\p{Cc}\ufffe\uffff](?<![\u007f-\u009f])/gu;
  if (controls.test(cleaned)) {
    cleaned = cleaned.replace(controls, "");
    notes.push("control characters were left out");
  }
  const [before] = beforeDeclaration.exec(cleaned.slice(0, 10_000)) ?? [];
  if (before !== undefined) {
    cleaned = cleaned.slice(before.length);
    notes.push(`${before.trim() === "" ? "blanks" : "comments"} before the XML declaration were left out`);
  }
  const schema = unclosedSchema(cleaned, root);
  if (schema !== undefined) {
    cleaned = cleaned.replace(schema, "");
    notes.push("a schema's start tag that is never closed was left out");
  }
  return { text: cleaned, notes };
}

/** Blanks and comments, with which some collections say where a report came from; none can end in more than one place. */
const beforeDeclaration = /^(?:\s|<!--(?:(?!-->).)*-->)+(?=<\?xml\s)/s;

/**
 * A text that isn't well-formed, after the repairs of which there's but one way: an `&` that begins no entity, an address
 * or a URL in angle brackets, and a schema or other text after the root element. No notes: nothing to repair.
 */
function repairXml(text: string, root: string): DecodedText {
  const notes: string[] = [];
  let repaired = text;
  const apply = (next: string, note: string): void => {
    if (next !== repaired) notes.push(note);
    repaired = next;
  };
  apply(withoutTail(repaired, root), "what follows the report was left out");
  apply(replaceSome(repaired, bareAmpersand, "&amp;"), "an & that isn't escaped was read as text");
  apply(replaceSome(repaired, address, "&lt;$1&gt;"), "an address in <> that isn't escaped was read as text");
  return { text: repaired, notes };
}

/** The start tag in `<?xml …?> <xs:schema …> <feedback>…</feedback>`, when nothing closes it. */
function unclosedSchema(text: string, root: string): string | undefined {
  const start =
    /^(?:<\?xml[^>]{0,500}\?>)?\s*(<(?:\w{1,20}:)?schema\b[^<>]{0,2000}>)\s*<(?:\w{1,20}:)?(\w{1,40})\b/.exec(
      text.slice(0, 10_000),
    );
  if (start?.[1] === undefined || start[2] !== root || start[1].endsWith("/>")) return undefined;
  return /<\/(?:\w{1,20}:)?schema\s*>/.test(text) ? undefined : start[1];
}

/** Cuts after the end tag of the root, unless a second root follows: then it's no longer clear what the report is. */
function withoutTail(text: string, root: string): string {
  const end = new RegExp(`</(?:[\\w.-]{1,40}:)?${root}\\s*>`, "g");
  const first = end.exec(text);
  const until = first === null ? text.length : first.index + first[0].length;
  return text.slice(until).trim() === "" || end.test(text) ? text : text.slice(0, until);
}

const bareAmpersand = /&(?!(?:lt|gt|amp|quot|apos|#\d{1,7}|#x[\da-fA-F]{1,6});)/g;

/**
 * `<a@example.com>` and `<https://example.com/>` can only be text: no name of an element holds an `@`, and none has a
 * prefix and no name.
 */
const address = /<([^\s<>"'=/@]{1,64}@[^\s<>"'=/@]{1,253}|https?:\/\/[^\s<>"']{1,2000})>/gi;

/**
 * Replaces what stands outside of CDATA. By hand: a pattern would look for the end of each of many open sections through the
 * whole text.
 */
function replaceSome(text: string, pattern: RegExp, replacement: string): string {
  const parts: string[] = [];
  let done = 0;
  for (let start = text.indexOf("<![CDATA["); start >= 0; start = text.indexOf("<![CDATA[", done)) {
    const end = text.indexOf("]]>", start);
    if (end < 0) break;
    if (parts.length > mostReplaced) return text;
    parts.push(replaceIn(text.slice(done, start), pattern, replacement), text.slice(start, end));
    done = end;
  }
  return parts.join("") + replaceIn(text.slice(done), pattern, replacement);
}

/** A few in each of the largest reports; to replace millions takes more memory than to read them. */
const mostReplaced = 50_000;

/** Replaces all matches, or none when they are too many. */
function replaceIn(text: string, pattern: RegExp, replacement: string): string {
  let matches = 0;
  pattern.lastIndex = 0;
  while (pattern.test(text)) {
    matches += 1;
    if (matches > mostReplaced) return text;
  }
  return text.replace(pattern, replacement);
}
