import type { Verdict } from "../digest/verdict.ts";
import { plainText } from "./escape.ts";

/**
 * Text of a page in our own words, before any escaping. Names that strangers chose stand in it as {@link named} marks them,
 * so that each printer shows them in the way of its place; all else a printer escapes as text.
 */
export type Text = string;

/** What people read, as data: `pages/` says what stands on it, `print/` how a place shows it. */
export interface Page {
  verdict: Verdict;
  /** The first line, which answers alone. */
  headline: Text;
  /** What stands small below the first line: the day, and what had no room in the line. */
  below?: Text;
  /** Whether the headline is shown elsewhere, such as in an issue's title, and here serves a notification at most. */
  isBare?: true;
  /** What a notification says behind the headline. */
  notice?: Text;
  /** An HTML comment by which what was written before is found again; in Markdown alone. */
  mark?: string;
  parts: readonly Part[];
  /** What is said of so many things that there was no room for: `and 3 more`. */
  more: (count: number) => Text;
}

/**
 * What may go first where space is short: a `detail` stands only on pages that have room (Markdown, a terminal); of what
 * a message has, the texts that `should` be there are cut before those that `must`.
 */
export type Weight = "must" | "should" | "detail";

/** One part of a page; what is folded shows its title alone, where a place can do that, until somebody wants to see it. */
export type Part = { weight: Weight; title?: Text; isFolded?: true } & Content;

type Content =
  /** Labels with their texts, below a line in bold if there is one; `brief` is the same in a line or two, for a message. */
  | { kind: "lines"; head?: Text; lines: readonly Line[]; brief?: { text: Text; note?: Text } }
  /** The most important item first; `note` stands beside the title, `others` counts what is not among the items. */
  | { kind: "list"; items: readonly Line[]; note?: Text; others?: number }
  | ({ kind: "table" } & Table)
  /** A user or a team of GitHub who is to hear of the page, as the configuration names them; in Markdown alone. */
  | { kind: "mention"; label: Text; name: string }
  /** Lines to copy; in Markdown alone. */
  | { kind: "code"; language: string; lines: readonly string[] }
  | { kind: "note"; text: Text; style?: "small" | "strong"; struck?: Text }
  | { kind: "links"; text?: Text; links: readonly Link[] }
  | ({ kind: "chart" } & Chart)
  /** A picture beside the page, in the two kinds of GitHub's themes. */
  | { kind: "picture"; light: string; dark: string; text: Text };

/** A text behind its label, with a page on the web to go on with. */
export interface Line {
  label?: Text;
  text: Text;
  link?: Link | undefined;
}

/** A link with its label. The URL is fit for Slack's `<url|label>` and Markdown's `[label](url)`. */
export interface Link {
  label: Text;
  url: string;
}

/** The most important columns come first, and rows: where there is no room, the last ones go. */
export interface Table {
  columns: readonly { title: Text; isNumber?: true }[];
  rows: readonly (readonly Cell[])[];
  /** Rows that a message shows; all of them when absent. */
  loud?: number;
  /** The row in place of those from so many on. */
  rest?: (from: number) => Text[];
}

/** Columns of texts, by their titles. */
export function textColumns(...titles: Text[]): Table["columns"] {
  return titles.map((title) => ({ title }));
}

/** Columns of numbers, by their titles. */
export function numberColumns(...titles: Text[]): Table["columns"] {
  return titles.map((title) => ({ title, isNumber: true }));
}

/** Lines of text, or links side by side. */
export type Cell = Text | readonly Link[];

/** Values over days, one to twenty of them; one to six series. A share that is not known on a day is `undefined`. */
export interface Chart {
  unit: "share" | "count";
  caption: Text;
  days: readonly Text[];
  series: readonly { name: Text; values: readonly (number | undefined)[] }[];
  /** A value as people read it. */
  format: (value: number) => Text;
}

const [open, close, copied] = ["\uE000", "\uE001", "\uE002"];

/** What a person copies: a line of the settings, or the name of a DNS record. */
const toCopy = /^(ours|not-ours|trusted-reporters|authserv-id): |\._domainkey\.|^_dmarc\.|^v=(DMARC1|spf1)\b/;

/** A name that a stranger chose, marked as such: on one line, without anything invisible, of at most 80 characters. */
export function named(name: string): Text {
  return namedUpTo(80, name);
}

/** The same of at most so many characters. */
export function namedUpTo(mostCharacters: number, name: string): Text {
  // `plainText` takes out characters for private use, so that nobody else can set these marks.
  return `${open}${toCopy.test(name) ? copied : ""}${plainText(name, mostCharacters)}${close}`;
}

/** A text with each of its names as one function gives it, and all between them as another does. */
export function spell(text: Text, { name, rest }: Record<"name" | "rest", (text: string) => string>): string {
  const pieces = text.replaceAll(copied, "").split(/\uE000([^\uE000\uE001]*)\uE001/);
  return pieces.map((piece, index) => (index % 2 === 1 ? name(piece) : rest(piece))).join("");
}

/** The pieces of a text, and which of them are what a person copies. */
export function piecesToCopy(text: Text): { text: string; isCopied: boolean }[] {
  const pieces = text.split(/\uE000\uE002([^\uE000\uE001]*)\uE001/);
  return pieces.map((piece, index) => ({ text: piece, isCopied: index % 2 === 1 })).filter((one) => one.text !== "");
}

/** A text of which no name has more than so many characters: what tells most of it is at its ends. */
export function withShortNames(text: Text, mostCharacters: number): Text {
  return spell(text, { name: (name) => `${open}${shortName(Array.from(name), mostCharacters)}${close}`, rest: String });
}

function shortName(characters: readonly string[], most: number): string {
  if (characters.length <= most) return characters.join("");
  const begin = Math.floor((most - 1) / 3);
  return [...characters.slice(0, begin), "…", ...characters.slice(begin + 1 - most)].join("");
}

/** The items of a list that a place has room for, and how many are left. */
export function shownItems(
  { items, others = 0 }: Extract<Part, { kind: "list" }>,
  most: number,
  { more }: Page,
): Line[] {
  const left = Math.max(0, items.length - most) + others;
  return [...items.slice(0, most), ...(left > 0 ? [{ text: more(left) }] : [])];
}

/** All that stands below the first line. */
export function partsOf({ below, parts }: Page): Part[] {
  return [
    ...(below === undefined ? [] : [{ kind: "note", weight: "must", style: "small", text: below } as const]),
    ...parts,
  ];
}

/** Parts below a title, which the first of them bears; none for none. */
export function titled(title: Text, parts: readonly Part[]): Part[] {
  return parts.map((part, index) => (index === 0 ? { ...part, title } : part));
}
