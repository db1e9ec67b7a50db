import type { KnownBlock, RichTextElement, TableBlock } from "@slack/web-api";
import { plainText, slackText } from "../escape.ts";
import { type Page, type Part, partsOf, shownItems, type Table, type Text, type Weight } from "../page.ts";
import {
  contextBlock,
  countCharacters,
  cutBlock,
  headerBlock,
  lineElements,
  listBlock,
  paragraphBlock,
  plainTable,
  slackLink,
  tableBlock,
  textElement,
} from "./slack-blocks.ts";
import { chartBlock, type SlackBlock } from "./slack-charts.ts";
import { sparkRows } from "./spark-rows.ts";

/** A message for Slack. */
export interface SlackMessage {
  /** For notifications, where blocks are not shown: the first line. */
  text: string;
  /** At most 49, of which one table and two charts: mentions are another. */
  blocks: SlackBlock[];
  /** The same in plain text, for when Slack takes no table or no chart. */
  fallbackBlocks: KnownBlock[];
}

/**
 * Slack refuses a message of about 13,000 characters with `msg_blocks_too_long`, which no page documents
 * (github.com/slackapi/bolt-js/issues/2509), and a table of more than 10,000; the labels and numbers of charts, which nobody
 * has measured, need some, too. A table has at most 100 rows, its header included (docs.slack.dev, "Table block"); a phone
 * shows three columns. Of its 50 blocks (docs.slack.dev, "Blocks"), a header, a table, two charts and mentions are none of `texts`.
 */
const most = { characters: 9_000, withCharts: 8_500, texts: 45, rows: 100, columns: 3, items: 6, links: 1_500 };

/**
 * A message that names some people or groups below its first line, so that Slack notifies them.
 *
 * @param who - Ids of users (`U…`, `W…`) or user groups (`S…`), as they stand in the configuration.
 * @see https://docs.slack.dev/messaging/formatting-message-text#mentioning-users
 */
export function withMentions(message: SlackMessage, who: readonly string[]): SlackMessage {
  if (who.length === 0) return message;
  const text = who.map((id) => (id.startsWith("S") ? `<!subteam^${id}>` : `<@${id}>`)).join(" ");
  const block = { type: "section", text: { type: "mrkdwn", text, verbatim: true } } satisfies KnownBlock;
  const [first, ...rest] = message.blocks;
  const [plain, ...others] = message.fallbackBlocks;
  return {
    ...message,
    blocks: first === undefined ? [block] : [first, block, ...rest],
    fallbackBlocks: plain === undefined ? [block] : [plain, block, ...others],
  };
}

/** Characters that a table of one row and the others in another needs. */
const leastTable = 500;

/**
 * A page as a message for Slack, for a bot and for an incoming webhook alike. Details are left out; texts are cut and rows
 * counted until the whole fits.
 */
export function printSlack(page: Page): SlackMessage {
  const header = page.isBare ? [] : [headerBlock(page.headline)];
  const parts = partsOf(page).filter(({ weight }) => weight !== "detail");
  const charts = parts.filter((part) => part.kind === "chart");
  const table = parts.find((part) => part.kind === "table");
  const least = table === undefined ? 0 : leastTable;
  const whole = charts.length === 0 ? most.characters : most.withCharts;
  const fixed = countCharacters([...header, ...charts.map((chart) => plainChart(chart))]);
  const texts = fittingTexts(joinSmall(parts.flatMap((part) => textOf(part, page))), whole - fixed - least, page);
  const room = whole - fixed - countCharacters(texts.map(({ block }) => block));
  const drawn = table && fittingTable(table, room);
  const shown = parts.flatMap((part): { block: SlackBlock; plain: KnownBlock }[] => {
    if (part.kind === "chart") return [{ block: chartBlock(part), plain: plainChart(part) }];
    if (part === table && drawn !== undefined) return [{ block: drawn, plain: plainTable(drawn) }];
    return texts.filter((text) => text.part === part).map(({ block }) => ({ block, plain: block }));
  });
  return {
    text: noticeOf(page),
    blocks: [...header, ...shown.map(({ block }) => block)],
    fallbackBlocks: [...header, ...shown.map(({ plain }) => plain)],
  };
}

/** What a notification shows. */
function noticeOf({ headline, notice, below }: Page): string {
  const text = slackText(headline, 500);
  if (notice !== undefined) return `${text}: ${slackText(notice, 300)}`;
  return below === undefined ? text : `${text} · ${slackText(below, 300)}`;
}

/** A part that is text, as a block. */
interface TextBlock {
  part: Part;
  block: KnownBlock;
}

/** The blocks of a part; none of a table, a chart or a picture. */
function textOf(part: Part, page: Page): TextBlock[] {
  const blocks = blocksOf(part, page);
  const above = part.title === undefined ? [] : [textElement(plainText(part.title), { bold: true })];
  if (above.length === 0 || blocks.length === 0) return blocks.map((block) => ({ part, block }));
  // A title stands above what it is of, in the same block.
  const [first, ...others] = blocks;
  if (first?.type !== "rich_text") return [paragraphBlock(above), ...blocks].map((block) => ({ part, block }));
  const merged = { ...first, elements: [...paragraphBlock(above).elements, ...first.elements] };
  return [merged, ...others].map((block) => ({ part, block }));
}

function blocksOf(part: Part, page: Page): KnownBlock[] {
  switch (part.kind) {
    case "lines":
      if (part.brief !== undefined) {
        const { text, note } = part.brief;
        return [paragraphBlock([plain(text)]), ...(note === undefined ? [] : [contextBlock(slackText(note, 700))])];
      }
      return [linesBlock(part)];
    case "list": {
      const items = shownItems(part, most.items, page).map(lineElements);
      const note = part.note === undefined ? [] : [plain(part.note)];
      return items.length === 0 ? [paragraphBlock(note)] : [listBlock(note, items)];
    }
    case "note": {
      if (part.style === "small") return [contextBlock(slackText(part.text, 700))];
      const struck = part.struck === undefined ? [] : [textElement(part.struck, { strike: true }), textElement("  ")];
      return [paragraphBlock([...struck, plain(part.text, part.style === "strong")])];
    }
    case "links":
      return linksBlock(part);
    case "table":
    case "chart":
    case "code":
    case "mention":
    case "picture":
      return [];
    default:
      return part satisfies never;
  }
}

function plain(text: Text, isBold = false): RichTextElement {
  return textElement(plainText(text, 1_000), isBold ? { bold: true } : undefined);
}

function linesBlock({ head, lines }: Extract<Part, { kind: "lines" }>): KnownBlock {
  const all = [...(head === undefined ? [] : [[plain(head, true)]]), ...lines.map(lineElements)];
  return paragraphBlock(all.flatMap((line, index) => (index === 0 ? line : [textElement("\n"), ...line])));
}

function linksBlock({ text, links }: Extract<Part, { kind: "links" }>): KnownBlock[] {
  let characters = 0;
  const shown = links.map(slackLink).filter((link) => {
    characters += link.length;
    return characters <= most.links;
  });
  const all = [...(text === undefined ? [] : [slackText(text)]), ...shown];
  return all.length === 0 ? [] : [contextBlock(all.join(" · "))];
}

/** Small lines that follow each other as one. */
function joinSmall(texts: readonly TextBlock[]): TextBlock[] {
  const joined: TextBlock[] = [];
  for (const text of texts) {
    const [last, one] = [joined.at(-1)?.block, text.block];
    if (last?.type === "context" && one.type === "context") {
      const [before, after] = [last, one].map(({ elements }) =>
        elements.map((each) => ("text" in each ? each.text : "")),
      );
      joined[joined.length - 1] = { ...text, block: contextBlock([...(before ?? []), ...(after ?? [])].join(" · ")) };
    } else joined.push(text);
  }
  return joined;
}

/** As many texts as Slack takes, each as long as there is room for. */
function fittingTexts(texts: readonly TextBlock[], room: number, page: Page): TextBlock[] {
  for (let count = most.texts; ; count -= 1) {
    const fitting = cutTexts(firstTexts(texts, count, page), room);
    if (count <= 2 || countCharacters(fitting.map(({ block }) => block)) <= room) return fitting;
  }
}

/** The first of the texts, in place of the others how many those are, and the links at the end. */
function firstTexts(texts: readonly TextBlock[], count: number, { more }: Page): TextBlock[] {
  const links = texts.slice(-1).filter(({ part }) => part.kind === "links");
  const first = texts.slice(0, count - 1 - links.length);
  const last = first.at(-1);
  if (texts.length <= count || last === undefined) return [...texts];
  const left = texts.length - first.length - links.length;
  return [...first, { part: last.part, block: paragraphBlock([plain(more(left))]) }, ...links];
}

/** Characters below which no text is cut: one that should be there says what it is about, the others what to do. */
const shortest = { must: 150, should: 50 };

/** The texts, cut until all of them have at most so many characters: those that only should be there first. */
function cutTexts(texts: readonly TextBlock[], room: number): TextBlock[] {
  const longest: Record<Weight, number> = { must: 1_000, should: 1_000, detail: 0 };
  let fitting = [...texts];
  for (const weight of ["should", "must"] as const) {
    while (longest[weight] >= shortest[weight] && countCharacters(fitting.map(({ block }) => block)) > room) {
      longest[weight] = Math.floor(longest[weight] * 0.8);
      fitting = texts.map(({ part, block }) => ({ part, block: cutBlock(block, longest[part.weight]) }));
    }
  }
  return fitting;
}

/**
 * The largest table that fits into so many characters, as a table and as the plain one that takes its place, which has
 * blanks in it; at least one row below the header.
 */
function fittingTable(table: Table, room: number): TableBlock {
  const wanted = Math.min(table.loud ?? table.rows.length, table.rows.length, most.rows - 2);
  for (let rows = wanted; ; rows = Math.floor(rows * 0.9)) {
    const block = tableOf(table, rows);
    if (rows <= 1 || [block, plainTable(block)].every((one) => countCharacters([one]) <= room)) return block;
  }
}

function tableOf({ columns, rows, rest }: Table, count: number): TableBlock {
  const left = count < rows.length && rest !== undefined ? [rest(count)] : [];
  const all = [columns.map(({ title }) => title), ...rows.slice(0, count), ...left].map((cells) =>
    cells.slice(0, most.columns).map((cell) => (typeof cell === "string" ? plainText(cell) : "")),
  );
  return tableBlock(
    all,
    columns.map(({ isNumber }) => isNumber === true),
  );
}

function plainChart(chart: Extract<Part, { kind: "chart" }>): KnownBlock {
  const rows = sparkRows(chart);
  return plainTable(tableOf(rows, rows.rows.length));
}
