import { xmlText } from "../chart/chart.ts";
import { insideEdges, markdownCode, markdownCodeLine, markdownText, plainText } from "../escape.ts";
import {
  type Cell,
  type Line,
  type Link,
  type Page,
  type Part,
  partsOf,
  shownItems,
  spell,
  type Text,
} from "../page.ts";
import { sparkRows } from "./spark-rows.ts";

/** How much is shown: GitHub takes 1 MiB of a job summary, and shows 500 KiB of a README. */
const most = { rows: 500, items: 20, inIssue: 100, bytes: 400_000 };

/**
 * A page as GitHub's Markdown. Where it is too long, details go first, the last ones before the others, then rows of tables.
 *
 * @param level - Of the headline: 1 for a page of its own, 2 for a part of one.
 * @returns Text that ends with a line break; below 500 KiB, whatever is on the page.
 */
export function printMarkdown(page: Page, level: 1 | 2 = 2): string {
  const heading = "#".repeat(level);
  const top = page.mark === undefined ? [] : [page.mark];
  const headline = page.isBare ? [] : [`${heading} ${markdownOf(page.headline)}`];
  const parts = partsOf(page).map((part) => ({ weight: part.weight, printed: printedOf(part) }));
  let bytes = 0;
  for (const weight of ["must", "should", "detail"]) {
    for (const part of parts.filter((one) => one.weight === weight)) {
      bytes += Buffer.byteLength(part.printed.join("\n\n"));
      if (bytes > most.bytes && weight === "detail") part.printed = [];
    }
  }
  return `${apart([...top, ...headline, ...parts.flatMap(({ printed }) => printed)]).join("\n\n")}\n`;

  function printedOf(part: Part): string[] {
    const body = bodyOf(part, page);
    if (part.title === undefined || body.length === 0) return body;
    const title = markdownOf(part.title);
    if (!part.isFolded) return [`${heading}# ${title}`, ...body];
    return [`<details>\n<summary>${title}</summary>`, ...body, "</details>"];
  }
}

/** Blocks of which a list that follows another has other bullets: else Markdown makes one list of the two. */
function apart(blocks: readonly string[]): string[] {
  const printed: string[] = [];
  for (const block of blocks) {
    const isSecond = printed.at(-1)?.startsWith("- ") && block.startsWith("- ");
    printed.push(isSecond ? block.replace(/^- /gm, "* ") : block);
  }
  return printed;
}

/** A text of a page as Markdown on one line, the names in it as code. */
function markdownOf(text: Text): string {
  return spell(text, { name: (name) => markdownCode(name, 500), rest: (rest) => insideEdges(rest, markdownText) });
}

function bodyOf(part: Part, page: Page): string[] {
  switch (part.kind) {
    case "lines":
      return [...(part.head === undefined ? [] : [`**${markdownOf(part.head)}**`]), ...listOf(part.lines)];
    case "list": {
      const items = shownItems(part, page.isBare ? most.inIssue : most.items, page);
      return [...(part.note === undefined ? [] : [markdownOf(part.note)]), ...listOf(items)];
    }
    case "table":
      return [tableOf(part)];
    case "note":
      return [
        styled(
          `${part.struck === undefined ? "" : `~~${markdownOf(part.struck)}~~ `}${markdownOf(part.text)}`,
          part.style,
        ),
      ];
    case "links": {
      const texts = [...(part.text === undefined ? [] : [markdownOf(part.text)]), ...part.links.map(linkOf)];
      return texts.length === 0 ? [] : [texts.join(" · ")];
    }
    case "chart":
      return [tableOf(sparkRows(part))];
    case "mention": {
      const isName = /^@[a-z\d-]+(\/[\w.-]+)?$/i.test(part.name);
      return [`**${markdownOf(part.label)}** ${isName ? part.name : markdownCode(part.name, 100)}`];
    }
    case "code":
      return [[`\`\`\`${part.language}`, ...part.lines.map(markdownCodeLine), "```"].join("\n")];
    case "picture":
      return [
        [
          "<picture>",
          `  <source media="(prefers-color-scheme: dark)" srcset="${part.dark}">`,
          `  <img src="${part.light}" width="720" alt="${xmlText(part.text)}">`,
          "</picture>",
        ].join("\n"),
      ];
    default:
      return part satisfies never;
  }
}

function styled(text: string, style: "small" | "strong" | undefined): string {
  if (style === undefined) return text;
  return style === "small" ? `<sub>${text}</sub>` : `**${text}**`;
}

function listOf(items: readonly Line[]): string[] {
  return items.length === 0 ? [] : [items.map((item) => `- ${lineOf(item)}`).join("\n")];
}

function lineOf({ label, text, link }: Line): string {
  const words = label === undefined ? markdownOf(text) : `**${markdownOf(label)}** ${markdownOf(text)}`;
  return link === undefined ? words : `${words} (${linkOf(link)})`;
}

function linkOf({ label, url }: Link): string {
  // No code in the label: its fence would show where the name has signs of Markdown.
  return `[${markdownText(plainText(label), 120)}](${url})`;
}

/** A table of GitHub's Markdown, as many of its rows as fit; GitHub centres a title over a column that says nothing else. */
function tableOf({ columns, rows, rest }: Extract<Part, { kind: "table" }> | ReturnType<typeof sparkRows>): string {
  let characters = 0;
  const cells = rows.slice(0, most.rows).map((row) => row.map(cellOf));
  const end = cells.findIndex((row) => {
    characters += row.join(" | ").length;
    return characters > most.bytes;
  });
  const shown = end === -1 ? cells : cells.slice(0, end);
  const left = shown.length < rows.length && rest !== undefined ? [rest(shown.length).map(cellOf)] : [];
  const lines = [
    columns.map(({ title }) => markdownOf(title)),
    columns.map(({ isNumber }) => (isNumber ? "---:" : ":---")),
    ...shown,
    ...left,
  ];
  return lines.map((line) => `| ${line.join(" | ")} |`).join("\n");
}

function cellOf(cell: Cell): string {
  return typeof cell === "string" ? cell.split("\n").map(markdownOf).join("<br>") : cell.map(linkOf).join(" · ");
}
