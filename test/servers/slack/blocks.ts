import { type Fields, fieldsOf } from "./body.ts";
import { checkDataVisualization } from "./charts.ts";
import { checkLength, checkText, itemsOf, type Report, textLength } from "./checks.ts";
import { checkRichText } from "./rich-text.ts";
import { checkDataTable, checkTable, mostTableText } from "./tables.ts";

/** Why Slack would refuse a message's blocks: its error code, and its words on where. */
export interface BlockTrouble {
  error: "invalid_blocks" | "invalid_blocks_format" | "invalid_attachments" | "msg_blocks_too_long";
  errors: string[];
}

/** Slack's page names 12,000 for Markdown blocks; other blocks were seen to be refused from about 13,200 on. */
const mostText = 12_000;

/** No page names it; Slack's answer does (github.com/vercel/chat/pull/696). */
const mostCharts = 2;

/**
 * What is wrong with the blocks of a message by Slack's documented limits, or `undefined` for a good one.
 *
 * @see https://docs.slack.dev/reference/block-kit/blocks
 */
export function findBlockTrouble(blocks: unknown): BlockTrouble | undefined {
  if (!Array.isArray(blocks)) return { error: "invalid_blocks_format", errors: [] };
  const errors: string[] = [];
  const report: Report = (message, pointer) => errors.push(`${message} [json-pointer:${pointer}]`);
  if (blocks.length > 50) report("no more than 50 items allowed", "/blocks");
  const ids = new Set<unknown>();
  for (const [index, block] of blocks.map(fieldsOf).entries()) {
    const pointer = `/blocks/${index}`;
    checkId(block, ids, pointer, report);
    const check = blockChecks[String(block.type)];
    if (check === undefined) report(`unsupported type: ${String(block.type)}`, `${pointer}/type`);
    check?.(block, pointer, report);
  }
  const ofType = (...types: string[]) => blocks.filter((block) => types.includes(String(fieldsOf(block).type)));
  if (ofType("data_visualization").length > mostCharts) {
    report(`no more than ${mostCharts} data_visualization blocks allowed`, "/blocks");
  }
  const tables = ofType("table", "data_table");
  if (textLength(tables) > mostTableText) report(`tables must be less than ${mostTableText + 1} characters`, "/blocks");
  if (errors.length > 0) return { error: "invalid_blocks", errors };
  if (tables.length > 1) return { error: "invalid_attachments", errors: ["only_one_table_allowed"] };
  return textLength(blocks) > mostText ? { error: "msg_blocks_too_long", errors: [] } : undefined;
}

const textTypes = ["plain_text", "mrkdwn"];

const blockChecks: Record<string, (block: Fields, pointer: string, report: Report) => void> = {
  divider() {},
  header(block, pointer, report) {
    checkText(block.text, `${pointer}/text`, { longest: 150, types: ["plain_text"] }, report);
  },
  section(block, pointer, report) {
    const { text, fields } = block;
    if (text === undefined && fields === undefined) report("missing required field: text", pointer);
    if (text !== undefined) checkText(text, `${pointer}/text`, { longest: 3000, types: textTypes }, report);
    if (fields === undefined) return;
    for (const [index, field] of itemsOf(fields, `${pointer}/fields`, { most: 10 }, report).entries()) {
      checkText(field, `${pointer}/fields/${index}`, { longest: 2000, types: textTypes }, report);
    }
  },
  context(block, pointer, report) {
    const elements = itemsOf(block.elements, `${pointer}/elements`, { most: 10 }, report);
    for (const [index, element] of elements.entries()) {
      checkText(element, `${pointer}/elements/${index}`, { longest: 3000, types: textTypes }, report);
    }
  },
  markdown(block, pointer, report) {
    checkLength(block.text, `${pointer}/text`, mostText, report);
  },
  rich_text: checkRichText,
  table: checkTable,
  data_table: checkDataTable,
  data_visualization: checkDataVisualization,
};

function checkId(block: Fields, ids: Set<unknown>, pointer: string, report: Report): void {
  const { block_id: id } = block;
  if (id === undefined) return;
  checkLength(id, `${pointer}/block_id`, 255, report);
  if (ids.has(id)) report("block_id already exists", `${pointer}/block_id`);
  ids.add(id);
}
