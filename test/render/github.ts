import { type MarkedToken, marked, type Token, type Tokens } from "marked";
import { expect } from "vitest";
import { insideEdges, plainText } from "../../src/render/escape.ts";
import { type Line, type Page, type Part, partsOf, spell, type Text } from "../../src/render/page.ts";
import { sparkRows } from "../../src/render/print/spark-rows.ts";

/* Markdown as GitHub shows it: read by a library that follows the rules of GitHub Flavored Markdown. */

/** What of a text is to be seen, with its tables, lists, folded parts and links. */
interface Shown {
  /** The texts of cells, by table and row, the titles first. */
  tables: string[][][];
  lists: string[][];
  /** Titles of folded parts. */
  folded: string[];
  /** Where links lead, by themselves or not. */
  links: string[];
}

/** What GitHub shows of a text. */
export function shownByGitHub(markdown: string): Shown {
  const shown: Shown = { tables: [], lists: [], folded: [], links: [] };
  let open = 0;
  void marked.walkTokens(marked.lexer(markdown), (given) => {
    const token = given as MarkedToken;
    if (token.type === "table") {
      shown.tables.push([token.header, ...token.rows].map((row) => row.map(({ tokens }) => textOf(tokens))));
    } else if (token.type === "list")
      shown.lists.push(token.items.map(({ tokens }: Tokens.ListItem) => textOf(tokens)));
    else if (token.type === "link" || token.type === "image") shown.links.push(token.href);
    else if (token.type === "html") {
      open += (token.raw.match(/<details>/g)?.length ?? 0) - (token.raw.match(/<\/details>/g)?.length ?? 0);
      const [, title] = /^<details>\n<summary>(.*)<\/summary>/.exec(token.raw) ?? [];
      if (title !== undefined) shown.folded.push(plain(title));
    }
  });
  expect(open).toBe(0);
  return shown;
}

/** That GitHub shows a page as it is meant: each cell and each line as they are, and no link but those of the page. */
export function expectShown(page: Page, markdown: string): void {
  const parts = partsOf(page);
  const links = parts.flatMap(linksOf);
  expect(shownByGitHub(markdown)).toEqual({
    tables: parts.flatMap(tablesOf),
    lists: parts.flatMap(listsOf),
    folded: parts.flatMap(({ title, isFolded }) => (isFolded && title !== undefined ? [meant(title)] : [])),
    links,
  });
}

function tablesOf(part: Part): string[][][] {
  if (part.kind !== "table" && part.kind !== "chart") return [];
  const { columns, rows } = part.kind === "chart" ? sparkRows(part) : part;
  const cells = rows.map((row) =>
    row.map((cell) =>
      typeof cell === "string"
        ? cell.split("\n").map(meant).join("⏎")
        : cell.map(({ label }) => meant(label)).join(" · "),
    ),
  );
  return [[columns.map(({ title }) => meant(title)), ...cells]];
}

function listsOf(part: Part): string[][] {
  const lines = part.kind === "list" ? part.items : part.kind === "lines" ? part.lines : [];
  return lines.length === 0 ? [] : [lines.map(lineOf)];
}

function lineOf({ label, text, link }: Line): string {
  const words = [...(label === undefined ? [] : [meant(label)]), meant(text)].join(" ");
  return link === undefined ? plain(words) : `${words} (${meant(link.label)})`;
}

function linksOf(part: Part): string[] {
  if (part.kind === "links") return part.links.map(({ url }) => url);
  if (part.kind === "table")
    return part.rows.flat().flatMap((cell) => (typeof cell === "string" ? [] : cell.map(({ url }) => url)));
  const lines = part.kind === "list" ? part.items : part.kind === "lines" ? part.lines : [];
  return lines.flatMap(({ link }) => (link === undefined ? [] : [link.url]));
}

function textOf(tokens: readonly Token[]): string {
  const texts = tokens.map((token) => {
    if (token.type === "html") return token.raw === "<br>" ? "⏎" : token.raw;
    if ("tokens" in token && token.tokens !== undefined) return textOf(token.tokens);
    // What is code is shown as it is.
    return token.type === "codespan"
      ? (token as Tokens.Codespan).text
      : decoded("text" in token ? String(token.text) : "");
  });
  return plain(texts.join(""));
}

/** A text of a page as people are to see it. */
function meant(text: Text): string {
  return plain(
    spell(text, { name: (name) => (name === "" ? "–" : name), rest: (rest) => insideEdges(rest, plainText) }),
  );
}

/** Without the invisible guards of links and mentions, and that of pipes, which shows in code outside of tables. */
function plain(text: string): string {
  return text.replaceAll("\u2060", "").replaceAll("\\|", "|").replaceAll(/\s+/g, " ").trim();
}

const entities: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', "#39": "'" };

function decoded(text: string): string {
  return text.replace(/&([a-z#\d]+);/g, (whole, name: string) => entities[name] ?? whole);
}
