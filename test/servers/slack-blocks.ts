import { type Fields, fieldsOf } from "./slack-body.ts";

/** Why Slack would refuse a message's blocks: its error code, and its words on where. */
export interface BlockTrouble {
  error: "invalid_blocks" | "invalid_blocks_format" | "invalid_attachments" | "msg_blocks_too_long";
  errors: string[];
}

type Report = (message: string, pointer: string) => void;

/** Slack's page names 12,000 for Markdown blocks; other blocks were seen to be refused from about 13,200 on. */
const mostText = 12_000;

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
  if (errors.length > 0) return { error: "invalid_blocks", errors };
  if (blocks.filter((block) => fieldsOf(block).type === "table").length > 1) {
    return { error: "invalid_attachments", errors: ["only_one_table_allowed"] };
  }
  return textLength(blocks) > mostText ? { error: "msg_blocks_too_long", errors: [] } : undefined;
}

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
  rich_text(block, pointer, report) {
    itemsOf(block.elements, `${pointer}/elements`, { most: 1000 }, report);
  },
  table(block, pointer, report) {
    for (const [row, cells] of itemsOf(block.rows, `${pointer}/rows`, { most: 100 }, report).entries()) {
      const place = `${pointer}/rows/${row}`;
      for (const [column, cell] of itemsOf(cells, place, { most: 20 }, report).entries()) {
        checkCell(fieldsOf(cell), `${place}/${column}`, report);
      }
    }
    const settings = block.column_settings;
    if (settings !== undefined) itemsOf(settings, `${pointer}/column_settings`, { most: 20 }, report);
  },
};

const textTypes = ["plain_text", "mrkdwn"];

function checkId(block: Fields, ids: Set<unknown>, pointer: string, report: Report): void {
  const { block_id: id } = block;
  if (id === undefined) return;
  checkLength(id, `${pointer}/block_id`, 255, report);
  if (ids.has(id)) report("block_id already exists", `${pointer}/block_id`);
  ids.add(id);
}

function checkText(
  object: unknown,
  pointer: string,
  allowed: { longest: number; types: string[] },
  report: Report,
): void {
  const { type, text } = fieldsOf(object);
  if (!allowed.types.includes(String(type))) report(`unsupported type: ${String(type)}`, `${pointer}/type`);
  checkLength(text, `${pointer}/text`, allowed.longest, report);
}

function checkLength(text: unknown, pointer: string, longest: number, report: Report): void {
  if (typeof text !== "string") report("must be a string", pointer);
  else if (text.length === 0) report("must be more than 0 characters", pointer);
  else if (text.length > longest) report(`must be less than ${longest + 1} characters`, pointer);
}

function checkCell(cell: Fields, pointer: string, report: Report): void {
  if (cell.type === "raw_text") checkLength(cell.text, `${pointer}/text`, 3000, report);
  else if (cell.type !== "rich_text") report(`unsupported type: ${String(cell.type)}`, `${pointer}/type`);
  else if (textLength(cell.elements) === 0) report("must be more than 0 characters", `${pointer}/elements`);
}

function itemsOf(list: unknown, pointer: string, { most }: { most: number }, report: Report): unknown[] {
  if (!Array.isArray(list) || list.length === 0) {
    report("must provide at least 1 item", pointer);
    return [];
  }
  if (list.length > most) report(`no more than ${most} items allowed`, pointer);
  return list;
}

/** Characters of all strings under a key `text`. */
function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + textLength(item), 0);
  return Object.entries(fieldsOf(value)).reduce(
    (sum, [key, part]) => sum + (key === "text" && typeof part === "string" ? part.length : textLength(part)),
    0,
  );
}
