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
import { formatNumberOf } from "../digest/number.ts";
import { plainText } from "./escape.ts";

/**
 * Slack's blocks, within their documented limits (docs.slack.dev/reference/block-kit/blocks).
 *
 * Text of strangers goes into elements of `rich_text` and cells of `raw_text` only. Slack parses neither: what looks
 * like a mention, a link or bold in them is shown as it is.
 */

/** Large and bold; at most 150 characters. Our own words only, since `:name:` becomes an emoji in it. */
export function headerBlock(text: string): HeaderBlock {
  return { type: "header", text: { type: "plain_text", text: plainText(text, 150), emoji: true } };
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

/** Text that Slack shows as it is. Slack takes no empty text. */
export function textElement(text: string, style?: RichTextText["style"]): RichTextText {
  return { type: "text", text: text === "" ? "–" : text, ...(style !== undefined && { style }) };
}

/** The characters of all texts of blocks, URLs included: what Slack's limit on a whole message is about. */
export function countCharacters(blocks: readonly KnownBlock[]): number {
  let characters = 0;
  JSON.stringify(blocks, (key, value: unknown) => {
    if ((key === "text" || key === "url") && typeof value === "string") characters += value.length;
    return value;
  });
  return characters;
}

/** The item at the end of a list that says how many are not in it; none for none. */
export function moreItems(count: number, noun: string): RichTextElement[][] {
  return count > 0 ? [[textElement(`and ${formatNumberOf(count, `more ${noun}`)}`)]] : [];
}
