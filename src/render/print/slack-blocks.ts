import type {
  ContextBlock,
  HeaderBlock,
  KnownBlock,
  RichTextBlock,
  RichTextElement,
  RichTextSection,
  RichTextText,
  TableBlock,
} from "@slack/web-api";
import { cutText, plainText } from "../escape.ts";
import type { SlackBlock } from "./slack-charts.ts";
import { displayWidth } from "./text-table.ts";

/**
 * Slack's blocks, within their documented limits (docs.slack.dev/reference/block-kit/blocks).
 *
 * Text of strangers goes into elements of `rich_text` and cells of `raw_text` only. Slack parses neither: what looks
 * like a mention, a link or bold in them is shown as it is.
 */

/** Characters of a header; Slack counts those beyond the Basic Multilingual Plane, such as most emoji, as two. */
const longestHeader = 150;

/** Large and bold, a text that is too long for that bold alone: its end, often a day, is not cut off. `:name:` stays as it is. */
export function headerBlock(text: string): HeaderBlock | RichTextBlock {
  const whole = plainText(text, 500);
  if (whole.length > longestHeader) return paragraphBlock([textElement(whole, { bold: true })]);
  return { type: "header", text: { type: "plain_text", text: whole, emoji: false } };
}

/** A paragraph. */
export function paragraphBlock(elements: RichTextElement[]): RichTextBlock {
  return { type: "rich_text", elements: [{ type: "rich_text_section", elements }] };
}

/** A paragraph with a list below it. */
export function listBlock(title: RichTextElement[], items: RichTextElement[][]): RichTextBlock {
  const sections = items.map((elements): RichTextSection => ({ type: "rich_text_section", elements }));
  return {
    type: "rich_text",
    elements: [
      ...(title.length === 0 ? [] : [{ type: "rich_text_section", elements: title } as const]),
      { type: "rich_text_list", style: "bullet", elements: sections },
    ],
  };
}

/** Small and grey: mrkdwn of ours, or of others after `slackText`; at most 3,000 characters. */
export function contextBlock(mrkdwn: string): ContextBlock {
  return { type: "context", elements: [{ type: "mrkdwn", text: mrkdwn, verbatim: true }] };
}

/** A table, the first row its header; all columns but the first hold numbers. Slack takes no empty cell. */
export function tableBlock(rows: string[][]): TableBlock {
  return {
    type: "table",
    column_settings: (rows[0] ?? []).map((_, column) => ({ align: column === 0 ? "left" : "right" })),
    rows: rows.map((cells) => cells.map((text) => ({ type: "raw_text", text: text === "" ? "–" : text }))),
  };
}

/** A table as text, in columns, for when Slack does not take a table. */
export function plainTable(table: TableBlock): RichTextBlock {
  const rows = table.rows.map((cells) => cells.map((cell) => ("text" in cell ? String(cell.text) : "")));
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => displayWidth(row[column] ?? ""))));
  const lines = rows.map((row) =>
    row
      .map((text, column) => {
        const gap = " ".repeat(Math.max(0, (widths[column] ?? 0) - displayWidth(text)));
        return column === 0 ? text + gap : gap + text;
      })
      .join("  ")
      .trimEnd(),
  );
  return {
    type: "rich_text",
    elements: [{ type: "rich_text_preformatted", elements: [textElement(lines.join("\n"))] }],
  };
}

/** Text that Slack shows as it is. Slack takes no empty text. */
export function textElement(text: string, style?: RichTextText["style"]): RichTextText {
  return { type: "text", text: text === "" ? "–" : text, ...(style !== undefined && { style }) };
}

/** The characters of all texts of blocks, URLs included: what Slack's limit on a whole message is about. */
export function countCharacters(blocks: readonly SlackBlock[]): number {
  let characters = 0;
  JSON.stringify(blocks, (key, value: unknown) => {
    if ((key === "text" || key === "url") && typeof value === "string") characters += value.length;
    return value;
  });
  return characters;
}

/**
 * Blocks whose longest texts are cut until all of them have at most so many characters; tables stay as they are. Names of
 * strangers are short, but a list of many sentences with several of them is not.
 *
 * @returns As many blocks, in the same order.
 */
export function fittingBlocks(blocks: readonly KnownBlock[], room: number): KnownBlock[] {
  let fitting = [...blocks];
  for (let most = 800; most >= 50 && countCharacters(fitting) > room; most = Math.floor(most * 0.8)) {
    fitting = blocks.map((block) => cutBlock(block, most));
  }
  return fitting;
}

function cutBlock(block: KnownBlock, most: number): KnownBlock {
  if (block.type !== "rich_text") return block;
  const elements = block.elements.map((element) => {
    switch (element.type) {
      case "rich_text_section":
        return cutSection(element, most);
      case "rich_text_list":
        return { ...element, elements: element.elements.map((section) => cutSection(section, most)) };
      default:
        return element;
    }
  });
  return { ...block, elements };
}

function cutSection(section: RichTextSection, most: number): RichTextSection {
  const elements = section.elements.map((element) =>
    element.type === "text" ? { ...element, text: cutText(element.text, most) } : element,
  );
  return { ...section, elements };
}
