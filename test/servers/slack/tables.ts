import { type Fields, fieldsOf } from "./body.ts";
import { checkLength, itemsOf, type Report, textLength } from "./checks.ts";
import { checkRichText } from "./rich-text.ts";

/** Of all cells of the tables of a message. */
export const mostTableText = 10_000;

/** @see https://docs.slack.dev/reference/block-kit/blocks/table-block */
export function checkTable(block: Fields, pointer: string, report: Report): void {
  checkRows(itemsOf(block.rows, `${pointer}/rows`, { most: 100 }, report), pointer, report);
  const { column_settings: settings } = block;
  if (settings === undefined) return;
  const columns = itemsOf(settings, `${pointer}/column_settings`, { most: 20 }, report);
  for (const [index, { align = "left" }] of columns.map(fieldsOf).entries()) {
    const isKnown = ["left", "center", "right"].includes(String(align));
    if (!isKnown) report("must be one of left, center, right", `${pointer}/column_settings/${index}/align`);
  }
}

/** @see https://docs.slack.dev/reference/block-kit/blocks/data-table-block */
export function checkDataTable(block: Fields, pointer: string, report: Report): void {
  checkLength(block.caption, `${pointer}/caption`, 3000, report);
  const rows = itemsOf(block.rows, `${pointer}/rows`, { most: 101 }, report);
  checkRows(rows, pointer, report);
  if (rows.length === 1) report("must provide at least 2 items", `${pointer}/rows`);
  const [header] = rows;
  const isRich = Array.isArray(header) && header.some((cell) => fieldsOf(cell).type === "rich_text");
  if (isRich) report("unsupported type: rich_text", `${pointer}/rows/0`);
  const lengths = new Set(rows.map((row) => (Array.isArray(row) ? row.length : 0)));
  if (lengths.size > 1) report("all rows must have the same number of cells", `${pointer}/rows`);
  const { page_size: size = 5 } = block;
  const isSize = Number.isInteger(size) && Number(size) >= 1 && Number(size) <= 100;
  if (!isSize) report("must be from 1 to 100", `${pointer}/page_size`);
}

function checkRows(rows: unknown[], pointer: string, report: Report): void {
  for (const [row, cells] of rows.entries()) {
    const place = `${pointer}/rows/${row}`;
    for (const [column, cell] of itemsOf(cells, place, { most: 20 }, report).entries()) {
      checkCell(fieldsOf(cell), `${place}/${column}`, report);
    }
  }
}

function checkCell(cell: Fields, pointer: string, report: Report): void {
  const isNumber = cell.type === "raw_number";
  if (isNumber && typeof cell.value !== "number") report("must be a number", `${pointer}/value`);
  if (isNumber || cell.type === "raw_text") checkLength(cell.text, `${pointer}/text`, 3000, report);
  else if (cell.type !== "rich_text") report(`unsupported type: ${String(cell.type)}`, `${pointer}/type`);
  else if (textLength(cell.elements) === 0) report("must be more than 0 characters", `${pointer}/elements`);
  else checkRichText(cell, pointer, report);
}
