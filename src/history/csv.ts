import * as z from "zod";
import { damaged, type HistoryFormatError } from "./format.ts";
import { entryIn, inPieces } from "./lists.ts";

/**
 * What the lines of one of our CSV files hold: each value is read from a cell's text. Its keys in their order are the
 * columns.
 */
export type CsvColumns = z.ZodObject<Record<string, z.ZodType<CsvValue, string>>>;

/**
 * The lines of a CSV file of the history.
 *
 * Nothing but what `formatCsv` could have written is taken: RFC 4180 with LF line ends, these columns in the header, as
 * many cells in each line, every cell on one line, and an LF at the end, so that a file that was cut is seen. Columns
 * beyond these are those of a newer release: `formatCsv` writes them again. The last ones may be missing, as in a file of
 * an older release, where an empty cell can be read.
 *
 * @param columns - How each cell is read.
 * @throws HistoryFormatError naming the file, the line and what is wrong with it.
 */
export function parseCsv<Columns extends CsvColumns>(file: CsvFile, columns: Columns): z.output<Columns>[] {
  const names = Object.keys(columns.shape);
  // Each row begins as a copy of the one before it, so that all have one shape, which is made and read the fastest.
  let row: Row = {};
  const rowOf: RowOf<Row> = (cells, others) => {
    row = { ...row };
    for (let at = 0; at < names.length; at += 1) row[names[at] ?? ""] = cells[at];
    if (others !== undefined) row[more] = others;
    return row;
  };
  return readRows(file, columns, { names, rowOf }) as z.output<Columns>[];
}

/** The cells of some columns, in the order of the names. */
export type CsvCells<Columns extends CsvColumns, Names extends readonly (keyof z.output<Columns>)[]> = {
  readonly [At in keyof Names]: z.output<Columns>[Names[At]];
};

/**
 * What the lines of a CSV file become by some of their cells: of the others it is not looked at what they hold, which saves time.
 *
 * @param columns - Those of the file.
 * @param names - The columns that are read.
 * @param rowOf - What a line becomes; `undefined` leaves it out. The next line overwrites the cells.
 * @throws HistoryFormatError as `parseCsv` does.
 */
export function parseCsvColumns<
  Columns extends CsvColumns,
  const Names extends readonly (keyof z.output<Columns> & string)[],
  T,
>(
  file: CsvFile,
  columns: Columns,
  { names, rowOf }: { names: Names; rowOf: (cells: CsvCells<Columns, Names>) => T | undefined },
): T[] {
  return readRows(file, columns, { names, rowOf: rowOf as unknown as RowOf<T> });
}

/** `others` are the cells of columns that are not known, by their names. */
type RowOf<T> = (cells: readonly CsvValue[], others: Record<string, string> | undefined) => T | undefined;

function readRows<T>(
  file: CsvFile,
  columns: CsvColumns,
  { names, rowOf }: { names: readonly string[]; rowOf: RowOf<T> },
): T[] {
  const { path, text, keys = 0 } = file;
  if (!text.endsWith("\n")) throw damaged(path, "its last line has no end");
  const header = readHeader(file, columns);
  const others = header.slice(Object.keys(columns.shape).length);
  const readers = readersOf(columns);
  const line = headOf(
    file,
    header.map((name, at): Column => {
      const place = names.indexOf(name);
      return { name, at, isLast: at === header.length - 1, place, read: place === -1 ? undefined : readers[at] };
    }),
  );
  const rows: T[] = [];
  for (let start = text.indexOf("\n") + 1; start < text.length; start = line.end + 1) {
    line.number += 1;
    line.start = start;
    line.end = text.indexOf("\n", start);
    line.order = keys === 0 || line.number === 2 ? "after" : "same";
    if (line.quote !== -1 && line.quote < start) line.quote = text.indexOf('"', start);
    if (isPlain(line)) readPlain(line);
    else readQuoted(line);
    if (line.order !== "after") throw damagedLine(line, "it is not in order, or there twice");
    const row = rowOf(line.values, others.length === 0 ? undefined : lastCells(line, others));
    if (row !== undefined) rows.push(row);
  }
  return rows;
}

/** The line of a file that is read; one after the other. */
interface CsvLine {
  path: string;
  text: string;
  /** From 1 for the header. */
  number: number;
  start: number;
  end: number;
  /** Where the next quote in the text is; -1 for none. */
  quote: number;
  /** What each of its cells is. */
  columns: readonly Column[];
  /** Those behind `lead`. */
  unled: readonly Column[];
  /** What the cells say that are read. */
  values: CsvValue[];
  /** How many of the first cells order the lines, and what they say of this one and the one before. */
  keys: number;
  order: "before" | "same" | "after";
  /** How the last line without quotes began, up to its last two keys: mostly the next one does, too. */
  lead: string;
}

/** A column of a file. */
interface Column {
  name: string;
  /** Its place in a line. */
  at: number;
  isLast: boolean;
  /** Absent for one that is not read. */
  read: ReadCell | undefined;
  /** Where what it says stands among what is read. */
  place: number;
}

/** The line of the header, which says nothing. */
function headOf({ path, text, keys = 0 }: CsvFile, columns: readonly Column[]): CsvLine {
  const values = columns.flatMap(({ place }) => (place === -1 ? [] : undefined));
  const at = { number: 1, start: 0, end: 0, quote: text.indexOf('"') };
  return {
    path,
    text,
    ...at,
    columns,
    unled: columns.slice(Math.max(0, keys - 2)),
    values,
    keys,
    order: "after",
    lead: "",
  };
}

function isPlain({ quote, end }: CsvLine): boolean {
  return quote === -1 || quote > end;
}

/** Ten times as fast as with quotes, which most lines have none of. */
function readPlain(line: CsvLine): void {
  const { text, start, end, lead } = line;
  const isLed = lead !== "" && text.startsWith(lead, start);
  let from = isLed ? start + lead.length : start;
  const columns = isLed ? line.unled : line.columns;
  // An iterator would make an object for each cell.
  for (let at = 0; at < columns.length; at += 1) {
    const column = columns[at];
    if (column === undefined) return;
    const comma = text.indexOf(",", from);
    const isLast = comma === -1 || comma > end;
    if (isLast !== column.isLast) throw otherCells(line);
    if (column.read !== undefined) keepValue(line, column, column.read(text, from, isLast ? end : comma));
    from = comma + 1;
    if (column.at === line.keys - 3) line.lead = text.slice(start, from);
  }
}

function readQuoted(line: CsvLine): void {
  const cells = cellsIn(line);
  if (cells.length !== line.columns.length) throw otherCells(line);
  for (const column of line.columns) {
    const cell = cells[column.at] ?? "";
    if (column.read !== undefined) keepValue(line, column, column.read(cell, 0, cell.length));
  }
  line.lead = "";
}

function keepValue(line: CsvLine, { name, at, place }: Column, value: CsvValue | CellFault): void {
  const before = line.values[place];
  if (typeof value === "object") throw damagedLine(line, `${name}: ${value.fault}`);
  if (line.order === "same" && at < line.keys && value !== before) {
    line.order = (value ?? "") < (before ?? "") ? "before" : "after";
  }
  line.values[place] = value;
}

function cellsIn(line: CsvLine): string[] {
  const cells = line.text.slice(line.start, line.end);
  if (isPlain(line)) return cells.split(",");
  const quoted = quotedCells(cells);
  if (quoted === undefined) throw damagedLine(line, "its quotes are not those of CSV");
  return quoted;
}

function lastCells(line: CsvLine, names: readonly string[]): Record<string, string> {
  const cells = cellsIn(line).slice(-names.length);
  return Object.fromEntries(names.map((name, at) => [name, cells[at] ?? ""]));
}

function otherCells(line: CsvLine): HistoryFormatError {
  return damagedLine(line, `expected ${line.columns.length} cells, got ${cellsIn(line).length}`);
}

/** Under this key, which goes along where a row is copied, are its cells of columns that this release does not know. */
const more = Symbol("more");

interface Row extends Record<string, CsvValue> {
  [more]?: Record<string, string>;
}

/** The names in a header: those of the columns, and perhaps more; of the columns the last ones may be missing that may be empty. */
function readHeader({ path, text, version = "" }: CsvFile, columns: CsvColumns): string[] {
  const [first = "", ...rest] = text.slice(0, text.indexOf("\n")).split(",");
  const given = [first.endsWith(version) ? first.slice(0, first.length - version.length) : first, ...rest];
  const known = Object.entries(columns.shape);
  if (given.join() === known.map(([name]) => name).join()) return given;
  const isRead = known.every(([name, column], at) => given[at] === name || (at >= given.length && isEmptyable(column)));
  if (isRead && new Set(given).size === given.length && given.every((name) => /^\w+$/.test(name))) return given;
  throw damagedLine({ path, number: 1 }, `expected the columns ${known.map(([name]) => name).join()}`);
}

function isEmptyable(column: z.ZodType<CsvValue, string>): boolean {
  return column.safeParse("").success;
}

/** The text of a file; its path names it in errors. */
export interface CsvFile {
  path: string;
  text: string;
  /** What stands behind the name of the first column, if anything does. */
  version?: string;
  /** So many of the first columns, which are all read, tell its lines apart and order them; none when absent. */
  keys?: number;
}

type CsvValue = string | number | undefined;

/** What the cell from one place of a text to before another holds, or why it is none. */
type ReadCell = (text: string, from: number, to: number) => CsvValue | CellFault;

interface CellFault {
  fault: string;
}

/** Files of the same columns say the same, too. */
const known = new WeakMap<CsvColumns, ReadCell[]>();

function readersOf(columns: CsvColumns): ReadCell[] {
  return entryIn(known, columns, () =>
    Object.values(columns.shape).map((column) => readers.get(column) ?? readerOf(column)),
  );
}

/** Times of arrival and the like are hardly ever said twice: keeping them in mind saves nothing, and the schema is slow. */
function readOptional(text: string, from: number, to: number): CsvValue | CellFault {
  const cell = copied(text.slice(from, to));
  return isPlainText(cell) ? cell || undefined : checkedCell(optionalCell, cell);
}

/** A part of a text keeps all of the text in memory, unless it is short. */
function copied(part: string): string {
  if (part.length < 13) return part;
  return part.length * 3 > room.length ? Buffer.from(part).toString() : room.toString("utf8", 0, room.write(part));
}

/** Where parts are copied by. */
const room = Buffer.alloc(1024);

/** Most cells are counts, and cutting each out of its line takes longer than reading it where it stands. */
function readCount(text: string, from: number, to: number): CsvValue | CellFault {
  const isShort = to > from && to - from <= 15;
  let count = 0;
  for (let at = from; at < to && isShort; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    const isDigit = digit >= 0 && digit <= 9 && (count > 0 || digit > 0 || to - from === 1);
    if (!isDigit) return checkedCell(countCell, text.slice(from, to));
    count = count * 10 + digit;
  }
  return isShort ? count : checkedCell(countCell, text.slice(from, to));
}

/** Hundreds of thousands of lines say the same few things, often that of the line before, so that each is checked once. */
function readerOf(column: z.ZodType<CsvValue, string>): ReadCell {
  const seen = new Map<string, { cell: string; value: CsvValue | CellFault }>();
  let last: { cell: string; value: CsvValue | CellFault } | undefined;
  return (text, from, to) => {
    if (to - from === last?.cell.length && text.startsWith(last.cell, from)) return last.value;
    const part = text.slice(from, to);
    last = seen.get(part);
    if (last !== undefined) return last.value;
    const cell = copied(part);
    last = { cell, value: column === textCell && isPlainText(cell) ? cell : checkedCell(column, cell) };
    if (seen.size === mostSeen) seen.clear();
    seen.set(cell, last);
    return last.value;
  };
}

/** After so many different cells of a column those are forgotten: what is said again mostly stands near. */
const mostSeen = 20_000;

function checkedCell(column: z.ZodType<CsvValue, string>, cell: string): CsvValue | CellFault {
  const result = column.safeParse(cell);
  return result.success ? result.data : { fault: result.error.issues[0]?.message ?? "" };
}

/**
 * The text of a CSV file of the history: RFC 4180, but with LF line ends so that `git diff` shows lines as they are.
 *
 * The same rows give the same bytes, and what `parseCsv` reads comes out as it was. Cells with a semicolon are quoted,
 * since Excel splits there in many countries. Nothing is guarded here: strangers' text must be a `csvCell` or `guardedCell` already.
 *
 * @param version - See `CsvFile`.
 */
export function formatCsv<Columns extends CsvColumns>(
  columns: Columns,
  rows: readonly z.output<Columns>[],
  version = "",
): string {
  const names = Object.keys(columns.shape);
  const others = new Set<string>();
  for (const row of rows) for (const name of Object.keys((row as Row)[more] ?? {})) others.add(name);
  const linesOf = (some: readonly Row[]) => some.map((row) => lineOf(names, row, others)).join("\n");
  const head = [...names.with(0, `${names[0]}${version}`), ...others].join();
  return `${[head, ...inPieces(rows as readonly Row[], linesAtOnce).map(linesOf)].join("\n")}\n`;
}

/** An index may have a hundred thousand lines: until the text is made no more of them stand beside it. */
const linesAtOnce = 1000;

/** The line of a row in its file, without its end. */
export function formatRow<Columns extends CsvColumns>(columns: Columns, row: z.output<Columns>): string {
  return lineOf(Object.keys(columns.shape), row as Row, []);
}

function lineOf(names: readonly string[], row: Row, others: Iterable<string>): string {
  const cells = names.map((name) => cellText(row[name]));
  for (const name of others) cells.push(cellText(row[more]?.[name]));
  return cells.join();
}

function cellText(value: CsvValue): string {
  if (typeof value !== "string") return value === undefined ? "" : String(value);
  return /[",;\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** The most characters of a stranger's text in a cell. */
const mostCharacters = 200;

/**
 * A stranger's text as it stands in a cell: on one line, without control characters and characters that turn or hide
 * text, at most 200 code points, and preceded by an apostrophe where a spreadsheet would take it for a formula
 * (owasp.org, "CSV Injection"). A cell made of a cell is the same one.
 *
 * The characters are named one by one, since what belongs to a class of Unicode differs between releases of Node, and
 * the same history must give the same bytes on every machine.
 *
 * @returns For example `"'=1+1"` for `"=1+1"`.
 */
export function csvCell(text: string): string {
  const plain = text.toWellFormed().replace(invisible, "").replace(blanks, " ").replace(/^ | $/g, "");
  const guarded = guardedCell(plain);
  const characters = Array.from(guarded);
  return characters.length <= mostCharacters
    ? guarded
    : `${characters
        .slice(0, mostCharacters - 1)
        .join("")
        .trimEnd()}…`;
}

/**
 * One line without control characters as it stands in a cell: preceded by an apostrophe where a spreadsheet would take
 * it for a formula. For what is checked otherwise, such as a domain, which may begin with a hyphen.
 *
 * @returns For example `"'-a.example"` for `"-a.example"`.
 */
export function guardedCell(text: string): string {
  return formula.test(text) ? `'${text}` : text;
}

/** The text of a cell without its guard, for whoever makes no CSV of it: `=1+1` of `'=1+1`. */
export function unguardedText(cell: string): string {
  return cell.startsWith("'") && formula.test(cell.slice(1)) ? cell.slice(1) : cell;
}

/** Soft hyphen, Arabic letter mark, zero width, marks and embeddings of direction, joiners, isolates, BOM, tags. */
const invisible = /[\u00AD\u061C\u180E\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E0FFF}]/gu;

/** Control characters, a class that Unicode never changes, and what counts as space or end of a line. */
const blanks = /[\p{Cc} \u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]+/gu;

/** What a spreadsheet takes for the beginning of a formula, full-width forms too. */
const formula = /^[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/;

/** A whole number from 0. */
export const countCell = z
  .string()
  .regex(/^(0|[1-9]\d*)$/, "expected a whole number from 0")
  .transform(Number)
  .refine(Number.isSafeInteger, "expected a smaller number");

/** Text in a form in which `csvCell` and `guardedCell` give it. */
export const textCell = z.string().refine(isPlainText, { error: "expected one line that is no formula" });

function isPlainText(text: string): boolean {
  return !formula.test(text) && !/[\r\n]/.test(text);
}

/** Text that may be missing, as a cell that is empty. */
export const optionalCell = textCell.transform((text) => (text === "" ? undefined : text));

/** Faster ways to read what the schemas say. */
const readers = new Map<unknown, ReadCell>([
  [countCell, readCount],
  [optionalCell, readOptional],
]);

/** The cells of a line with quotes; `undefined` when these are not as RFC 4180 has them. */
function quotedCells(line: string): string[] | undefined {
  const cells: string[] = [];
  const cell = /(?:"((?:[^"]+|"")*)"|([^",]*))(,|$)/y;
  for (;;) {
    const found = cell.exec(line);
    if (found === null) return undefined;
    const [, quoted, plain = "", separator] = found;
    cells.push(quoted?.replaceAll('""', '"') ?? plain);
    if (separator === "") return cells;
  }
}

function damagedLine({ path, number }: Pick<CsvLine, "path" | "number">, fault: string): HistoryFormatError {
  return damaged(path, `line ${number}: ${fault}`);
}
