import { formatCount } from "../../digest/number.ts";

/**
 * Texts of ours in English, each with what it is in another language. What varies stands in both as `{name}`; a text that
 * varies itself is translated in its turn where it is `{reason}`, `{said}`, `{doing}`, `{next}` or `{expected}`; `{count}`
 * and `{most}` are numbers.
 */
export type Translations = Readonly<Record<string, string>>;

/** Says a text in another language; `undefined` when it is not among those that are known. */
export type Translate = (text: string) => string | undefined;

/**
 * What translates texts by a table, the first entry that fits; entries that begin with words of ours go before those that
 * begin with a name.
 *
 * Text of strangers may be in them: it goes from one text into the other as it is, and is looked at only once. So it must
 * not choose the entry, either: `{host} says {result} for {domain}` would fit whatever has these words in the middle.
 */
export function translatorBy(table: Translations): Translate {
  const all = Object.entries(table).map(([text, translation]) => ({ pattern: patternOf(text), translation }));
  const entries = all.toSorted((a, b) => Number(a.pattern.first === "") - Number(b.pattern.first === ""));
  const translate: Translate = (text) => {
    for (const { pattern, translation } of entries) {
      const values = valuesIn(text, pattern);
      if (values !== undefined) return fill(translation, values, translate);
    }
    return undefined;
  };
  return translate;
}

/** What stands between the names of a text, and the names. */
interface Pattern {
  first: string;
  rest: { name: string; after: string }[];
}

const placeholder = /\{(\w+)\}/;

function patternOf(text: string): Pattern {
  const [first = "", ...parts] = text.split(placeholder);
  const rest = parts.flatMap((name, index) => (index % 2 === 0 ? [{ name, after: parts[index + 1] ?? "" }] : []));
  return { first, rest };
}

/** What stands in the places of the names; each reaches as far as what comes after it. By hand: a regular expression could try for long. */
function valuesIn(text: string, { first, rest }: Pattern): Map<string, string> | undefined {
  if (!text.startsWith(first)) return undefined;
  const values = new Map<string, string>();
  let at = first.length;
  for (const [index, { name, after }] of rest.entries()) {
    const isLast = index === rest.length - 1;
    const end = isLast ? text.length - after.length : text.indexOf(after, at);
    if (end < at || !text.startsWith(after, end)) return undefined;
    const value = text.slice(at, end);
    if (numbers.has(name) && !/^\d{1,15}$/.test(value)) return undefined;
    values.set(name, value);
    at = end + after.length;
  }
  return at === text.length ? values : undefined;
}

const numbers = new Set(["count", "most"]);

/** Names of what is a text of ours, too. */
const ours = new Set(["reason", "said", "doing", "next", "expected"]);

function fill(translation: string, values: ReadonlyMap<string, string>, translate: Translate): string {
  const parts = translation.split(placeholder);
  return parts.map((part, index) => (index % 2 === 0 ? part : told(part, values.get(part) ?? "", translate))).join("");
}

function told(name: string, value: string, translate: Translate): string {
  if (ours.has(name)) return translate(value) ?? value;
  return numbers.has(name) ? formatCount(Number(value)) : value;
}
