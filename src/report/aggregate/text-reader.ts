import type { Limits } from "../limits.ts";
import { RefusalError, tooBig } from "../refusal.ts";
import type { Likeness, XmlElement } from "../xml/xml.ts";

/** Reads the text elements of one report within the limits, and collects what was repaired in it. */
export interface TextReader {
  /** The first child of a name; that there are more is noted. */
  first(parent: XmlElement | undefined, name: string): XmlElement | undefined;
  /** The text of the first child of a name; cut at `limits.textLength` with a note; `undefined` when missing or empty. */
  text(parent: XmlElement | undefined, name: string): string | undefined;
  /** The same in lower case, for words of a vocabulary. */
  word(parent: XmlElement | undefined, name: string): string | undefined;
  /** The same; `nil` and `null`, which some write of what their database does not have, are missing, with a note. */
  saidWord(parent: XmlElement | undefined, name: string): string | undefined;
  /**
   * The same for texts by which things are told apart, which must not be cut.
   *
   * @throws RefusalError when it is too long.
   */
  id(parent: XmlElement | undefined, name: string): string | undefined;
  /** The first child of a name or, with a note, of one that some reporters write instead. */
  child(parent: XmlElement | undefined, name: string, misnomer: string): XmlElement | undefined;
  /** The text of an element itself, cut in the same way. */
  own(element: XmlElement): string | undefined;
  /** What an element is read as; one that says the same as one before is read once, unless there is something to note. */
  once<T extends object>(element: XmlElement, read: (element: XmlElement, texts: TextReader) => T): T;
  /** Keeps a note; how often it came is counted. */
  note(text: string): void;
  /** The notes so far, in the order of their first coming, with `(3 times)` after one that came more than once. */
  notes(): string[];
}

/** A reader that starts with these notes. */
export function makeTextReader({ textLength }: Limits, notes: string[]): TextReader {
  const counts = new Map<string, number>();
  let noted = 0;
  const note = (text: string): void => {
    noted += 1;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  };
  const known = new Map<number, Known | undefined>();
  for (const text of notes) note(text);
  const own = (element: XmlElement | undefined): string | undefined => {
    const text = element?.text;
    if (text === undefined || text.length <= textLength) return text;
    note(`a text of more than ${textLength} characters was cut (limits: textLength)`);
    return text.slice(0, textLength);
  };
  const first = (parent: XmlElement | undefined, name: string): XmlElement | undefined => {
    let found: XmlElement | undefined;
    for (const child of parent?.children ?? []) {
      if (child.name !== name) continue;
      if (found !== undefined) {
        note(`<${name}> was there more than once, and the first was taken`);
        break;
      }
      found = child;
    }
    return found;
  };
  const reader: TextReader = {
    first,
    text: (parent, name) => own(first(parent, name)),
    word: (parent, name) => own(first(parent, name))?.toLowerCase(),
    saidWord: (parent, name) => {
      const word = own(first(parent, name))?.toLowerCase();
      if (word !== "nil" && word !== "null") return word;
      note(`<${name}> says ${word}, which was read as not said`);
      return undefined;
    },
    id: (parent, name) => {
      const text = first(parent, name)?.text;
      if (text === undefined || text.length <= textLength) return text;
      throw new RefusalError(tooBig({ limit: "textLength", most: textLength, element: name }));
    },
    child: (parent, name, misnomer) => {
      const child = first(parent, name);
      const other = child === undefined ? first(parent, misnomer) : undefined;
      if (other !== undefined) note(`<${misnomer}> was read as <${name}>`);
      return child ?? other;
    },
    own,
    once: <T extends object>(element: XmlElement, read: (element: XmlElement, texts: TextReader) => T) => {
      const { likeness } = element;
      if (likeness === undefined) return read(element, reader);
      const hash = hashOf(likeness);
      const before = known.get(hash);
      if (before !== undefined && saysSame(likeness, before)) return before.value as T;
      const notedBefore = noted;
      const value = read(element, reader);
      if (noted > notedBefore) return value;
      if (known.size === mostKnown) known.clear();
      // Most come once or twice, and are not worth keeping.
      const isKept = known.has(hash);
      known.set(hash, isKept ? { likeness, texts: likeness.leaves.map(({ text }) => text), value } : undefined);
      return value;
    },
    note,
    notes: () => [...counts].map(([text, count]) => (count === 1 ? text : `${text} (${count} times)`)),
  };
  return reader;
}

interface Known {
  likeness: Likeness;
  texts: readonly (string | undefined)[];
  value: object;
}

/** So many elements of a report are remembered; the first of them are forgotten together. */
const mostKnown = 16_384;

function hashOf({ names, leaves }: Likeness): number {
  let hash = names.length;
  for (const leaf of leaves) hash = Math.imul(hash, 31) ^ leaf.hash;
  return hash;
}

function saysSame({ names, leaves }: Likeness, { likeness, texts }: Known): boolean {
  if (names !== likeness.names) return false;
  for (let index = 0; index < texts.length; index += 1) if (leaves[index]?.text !== texts[index]) return false;
  return true;
}

/** The entries whose value is not `undefined`, so that what wasn't said is not there at all. */
export function said<T extends Record<string, string | undefined>>(entries: T): Partial<Record<keyof T, string>> {
  const found: Partial<Record<keyof T, string>> = {};
  for (const name in entries) {
    const value = entries[name];
    if (value !== undefined) found[name] = value;
  }
  return found;
}
