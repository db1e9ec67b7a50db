import type {
  ContextBlock,
  HeaderBlock,
  RichTextBlock,
  RichTextElement,
  RichTextSection,
  RichTextText,
  TableBlock,
} from "@slack/web-api";
import { cutText, insideEdges, plainText, slackText } from "../escape.ts";
import { type Line, type Link, piecesToCopy, type Text } from "../page.ts";
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

/** Large and bold, a text that is too long for that bold alone: its end is not cut off. `:name:` stays as it is. */
export function headerBlock(text: string): HeaderBlock | RichTextBlock {
  const whole = plainText(text, 500);
  if (whole.length > longestHeader) return paragraphBlock([textElement(whole, { bold: true })]);
  return { type: "header", text: { type: "plain_text", text: whole, emoji: false } };
}

/** A paragraph. */
export function paragraphBlock(elements: RichTextElement[]): RichTextBlock {
  return { type: "rich_text", elements: [section(elements)] };
}

/** A paragraph with a list below it. */
export function listBlock(above: RichTextElement[], items: RichTextElement[][]): RichTextBlock {
  const list = { type: "rich_text_list", style: "bullet", elements: items.map(section) } as const;
  return { type: "rich_text", elements: [...(above.length === 0 ? [] : [section(above)]), list] };
}

function section(elements: RichTextElement[]): RichTextSection {
  return { type: "rich_text_section", elements };
}

/** Small and grey: mrkdwn of ours, or of others after `slackText`; at most 3,000 characters. */
export function contextBlock(mrkdwn: string): ContextBlock {
  return { type: "context", elements: [{ type: "mrkdwn", text: mrkdwn, verbatim: true }] };
}

/** A table, the first row its header. Slack takes no empty cell. */
export function tableBlock(rows: string[][], isNumber: boolean[] = []): TableBlock {
  return {
    type: "table",
    column_settings: (rows[0] ?? []).map((_, column) => ({
      align: isNumber[column] ? "right" : "left",
      is_wrapped: true,
    })),
    rows: rows.map((cells) => cells.map((text) => ({ type: "raw_text", text: text === "" ? "–" : text }))),
  };
}

/** A table as text, in columns, for when Slack does not take a table. */
export function plainTable({ rows: cells, column_settings: settings = [] }: TableBlock): RichTextBlock {
  const rows = cells.map((row) => row.map((cell) => ("text" in cell ? String(cell.text) : "")));
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => displayWidth(row[column] ?? ""))));
  const lines = rows.map((row) =>
    row
      .map((text, column) => {
        const gap = " ".repeat(Math.max(0, (widths[column] ?? 0) - displayWidth(text)));
        return settings[column]?.align === "right" ? gap + text : text + gap;
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

/** A line with its label in bold, and where it leads. */
export function lineElements({ label, text, link }: Line): RichTextElement[] {
  return [
    ...(label === undefined ? [] : [textElement(plainText(label), { bold: true }), textElement("  ")]),
    ...textElements(text),
    ...(link === undefined
      ? []
      : [textElement(" "), { type: "link", url: link.url, text: plainText(link.label) } as const]),
  ];
}

/** A text in which what a person copies is code. */
function textElements(text: Text): RichTextText[] {
  if (text === "") return [textElement("")];
  return piecesToCopy(cutText(text, 1_000)).map((piece) =>
    piece.isCopied
      ? textElement(plainText(piece.text), { code: true })
      : textElement(insideEdges(piece.text, plainText)),
  );
}

/** A link in Slack's mrkdwn. */
export function slackLink({ url, label }: Link): string {
  return `<${url}|${slackText(label, 80)}>`;
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

/** A block whose texts have at most so many characters each; what is not rich text stays as it is. */
export function cutBlock<Block extends SlackBlock>(block: Block, most: number): Block {
  if (block.type !== "rich_text") return block;
  const elements = block.elements.map((element) => {
    switch (element.type) {
      case "rich_text_section":
        return cutSection(element, most);
      case "rich_text_list":
        return { ...element, elements: element.elements.map((item) => cutSection(item, most)) };
      default:
        return element;
    }
  });
  return { ...block, elements };
}

function cutSection({ type, elements }: RichTextSection, most: number): RichTextSection {
  return {
    type,
    elements: elements.map((one) => (one.type === "text" ? { ...one, text: cutText(one.text, most) } : one)),
  };
}
