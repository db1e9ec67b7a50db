import * as z from "zod";
import { damaged, type HistoryFormatError } from "./format.ts";

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
  const names = Object.keys(columns.shape) as (keyof z.output<Columns> & string)[];
  return parseCsvColumns(file, columns, { names, beside: {}, keepsMore: true }) as z.output<Columns>[];
}

/**
 * Some cells of the lines of a CSV file: of the others it is not looked at what they hold, which saves time.
 *
 * @param columns - Those of the file.
 * @param names - The columns that are read.
 * @param beside - What each row has beside its cells.
 * @param keepsMore - Whether cells of columns that are not known are kept for `formatCsv`.
 * @throws HistoryFormatError as `parseCsv` does.
 */
export function parseCsvColumns<
  Columns extends CsvColumns,
  Name extends keyof z.output<Columns> & string,
  Beside extends Record<string, string>,
>(
  file: CsvFile,
  columns: Columns,
  { names, beside, keepsMore = false }: { names: readonly Name[]; beside: Beside; keepsMore?: boolean },
): (Beside & Pick<z.output<Columns>, Name>)[] {
  const { path, text, keys = 0 } = file;
  if (!text.endsWith("\n")) throw damaged(path, "its last line has no end");
  const all = readHeader(file, columns);
  const readers = readersOf(columns).filter(({ name }) => names.some((wanted) => wanted === name));
  const others = keepsMore ? all.slice(Object.keys(columns.shape).length) : [];
  const rows: Row[] = [];
  // Each row begins as a copy of the one before it, so that all have one shape, which is made and read the fastest.
  let row: Row = { ...beside };
  for (const { cells, start, ends } of linesOf({ path, text })) {
    const line = rows.length + 2;
    if (ends.length !== all.length) throw damagedLine(path, line, `expected ${all.length} cells, got ${ends.length}`);
    row = { ...row };
    let isLater = keys === 0 || rows.length === 0;
    for (const { name, at, read } of readers) {
      const value = read(cells, at === 0 ? start : (ends[at - 1] ?? 0) + 1, ends[at] ?? 0);
      if (typeof value === "object") throw damagedLine(path, line, `${name}: ${value.fault}`);
      if (!isLater && at < keys && value !== row[name]) {
        if ((value ?? "") < (row[name] ?? "")) break;
        isLater = true;
      }
      row[name] = value;
    }
    if (!isLater) throw damagedLine(path, line, "it is not in order, or there twice");
    const first = all.length - others.length;
    if (others.length > 0) {
      row[more] = Object.fromEntries(
        others.map((name, index) => [name, cells.slice((ends[first + index - 1] ?? 0) + 1, ends[first + index])]),
      );
    }
    rows.push(row);
  }
  return rows as (Beside & Pick<z.output<Columns>, Name>)[];
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
  const isRead = known.every(([name, column], at) => given[at] === name || (at >= given.length && isEmptyable(column)));
  if (isRead && new Set(given).size === given.length && given.every((name) => /^\w+$/.test(name))) return given;
  throw damagedLine(path, 1, `expected the columns ${known.map(([name]) => name).join()}`);
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

interface CellReader {
  name: string;
  /** Its place in a line. */
  at: number;
  /** What the cell from one place of a text to before another holds, or why it is none. */
  read: (text: string, from: number, to: number) => CsvValue | CellFault;
}

interface CellFault {
  fault: string;
}

/** Files of the same columns say the same, too. */
const known = new WeakMap<CsvColumns, CellReader[]>();

function readersOf(columns: CsvColumns): CellReader[] {
  const before = known.get(columns);
  if (before !== undefined) return before;
  const made = Object.entries(columns.shape).map(([name, column], at) => ({
    name,
    at,
    read: readers.get(column) ?? readerOf(column),
  }));
  known.set(columns, made);
  return made;
}

/** Times of arrival and the like are hardly ever said twice: keeping them in mind saves nothing, and the schema is slow. */
function readOptional(text: string, from: number, to: number): CsvValue | CellFault {
  const cell = copied(text.slice(from, to));
  return isPlainText(cell) ? cell || undefined : checkedCell(optionalCell, cell);
}

/** A part of a text keeps all of the text in memory, unless it is short, or a part of a text that was made of it alone. */
function copied(part: string): string {
  return part.length < 13 ? part : ` ${part}`.slice(1);
}

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
function readerOf(column: z.ZodType<CsvValue, string>): CellReader["read"] {
  const seen = new Map<string, { cell: string; value: CsvValue | CellFault }>();
  let last: { cell: string; value: CsvValue | CellFault } | undefined;
  return (text, from, to) => {
    if (to - from === last?.cell.length && text.startsWith(last.cell, from)) return last.value;
    const part = text.slice(from, to);
    last = seen.get(part);
    if (last !== undefined) return last.value;
    const cell = copied(part);
    last = { cell, value: column === textCell && isPlainText(cell) ? cell : checkedCell(column, cell) };
    if (seen.size < mostSeen) seen.set(cell, last);
    return last.value;
  };
}

/** Beyond so many different cells of a column none is remembered any more. */
const mostSeen = 100_000;

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
  const [first, ...names] = Object.keys(columns.shape);
  const others = [...new Set(rows.flatMap((row) => Object.keys((row as Row)[more] ?? {})))];
  const lines = rows.map((row) => {
    const line = formatRow(columns, row);
    return others.length === 0 ? line : [line, ...others.map((name) => cellText((row as Row)[more]?.[name]))].join();
  });
  return `${[[`${first}${version}`, ...names, ...others].join(), ...lines].join("\n")}\n`;
}

/** The line of a row in its file, without its end. */
export function formatRow<Columns extends CsvColumns>(columns: Columns, row: z.output<Columns>): string {
  return Object.keys(columns.shape)
    .map((name) => cellText((row as Row)[name]))
    .join();
}

function cellText(value: CsvValue): string {
  const text = value === undefined ? "" : String(value);
  return /[",;\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
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
const readers = new Map<unknown, CellReader["read"]>([
  [countCell, readCount],
  [optionalCell, readOptional],
]);

/** Where the cells of a line stand in a text: each ends before a comma or the line's end. */
interface CsvLine {
  cells: string;
  start: number;
  ends: number[];
}

/** The lines below the header one after the other; most are the same object, since none is kept. */
function* linesOf({ path, text }: CsvFile): Generator<CsvLine> {
  const plain: CsvLine = { cells: text, start: 0, ends: [] };
  let quote = text.indexOf('"');
  for (let [line, start] = [2, text.indexOf("\n") + 1]; start < text.length; line += 1) {
    const end = text.indexOf("\n", start);
    if (quote !== -1 && quote < start) quote = text.indexOf('"', start);
    if (quote === -1 || quote > end) {
      plain.start = start;
      findEnds(plain, end);
      yield plain;
    } else {
      const cells = quotedCells(text.slice(start, end));
      if (cells === undefined) throw damagedLine(path, line, "its quotes are not those of CSV");
      yield joined(cells);
    }
    start = end + 1;
  }
}

/** Ten times as fast as with quotes, which most lines have none of. */
function findEnds({ cells, start, ends }: CsvLine, end: number): void {
  let count = 0;
  for (let comma = cells.indexOf(",", start); comma !== -1 && comma < end; comma = cells.indexOf(",", comma + 1)) {
    ends[count] = comma;
    count += 1;
  }
  ends[count] = end;
  ends.length = count + 1;
}

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

function joined(cells: readonly string[]): CsvLine {
  let end = -1;
  const ends = cells.map((cell) => {
    end += 1 + cell.length;
    return end;
  });
  return { cells: cells.join(), start: 0, ends };
}

function damagedLine(path: string, line: number, fault: string): HistoryFormatError {
  return damaged(path, `line ${line}: ${fault}`);
}
