import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
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
 * Nothing but what `formatCsv` could have written is taken: RFC 4180 with LF line ends, exactly these columns in the
 * header, as many cells in each line, every cell on one line, and an LF at the end, so that a file that was cut is seen.
 *
 * @param path - Names the file in errors.
 * @param columns - How each cell is read.
 * @throws HistoryFormatError naming the file, the line and what is wrong with it.
 */
export function parseCsv<Columns extends CsvColumns>(
  path: string,
  text: string,
  columns: Columns,
): z.output<Columns>[] {
  const names = Object.keys(columns.shape) as (keyof z.output<Columns> & string)[];
  return parseCsvColumns({ path, text }, columns, names) as z.output<Columns>[];
}

/**
 * Some cells of the lines of a CSV file: of the others it is not looked at what they hold, which saves most of the time.
 *
 * @param columns - Those of the file.
 * @param names - The columns that are read.
 * @throws HistoryFormatError as `parseCsv` does.
 */
export function parseCsvColumns<Columns extends CsvColumns, Name extends keyof z.output<Columns> & string>(
  { path, text }: { path: string; text: string },
  columns: Columns,
  names: readonly Name[],
): Pick<z.output<Columns>, Name>[] {
  if (!text.endsWith("\n")) throw damaged(path, "its last line has no end");
  const all = Object.keys(columns.shape);
  const readers = readersOf(columns).filter(({ name }) => names.some((wanted) => wanted === name));
  const rows: Pick<z.output<Columns>, Name>[] = [];
  let line = 0;
  for (const cells of cellsOf(path, text)) {
    line += 1;
    if (line === 1) {
      if (cells.join() !== all.join()) throw damagedLine(path, 1, `expected the columns ${all.join()}`);
      continue;
    }
    if (cells.length !== all.length) throw damagedLine(path, line, `expected ${all.length} cells, got ${cells.length}`);
    const row: Record<string, CsvValue> = {};
    for (const { name, at, read } of readers) {
      const { value, fault } = read(cells[at] ?? "");
      if (fault !== undefined) throw damagedLine(path, line, `${name}: ${fault}`);
      row[name] = value;
    }
    rows.push(row as Pick<z.output<Columns>, Name>);
  }
  return rows;
}

type CsvValue = string | number | undefined;

interface CellReader {
  name: string;
  /** Its place in a line. */
  at: number;
  read: (cell: string) => { value?: CsvValue; fault?: string };
}

/** What reads the cells of each column: hundreds of thousands of lines say the same few things, so that each is read once. */
function readersOf(columns: CsvColumns): CellReader[] {
  return Object.entries(columns.shape).map(([name, column], at) => {
    const known = new Map<string, ReturnType<CellReader["read"]>>();
    return {
      name,
      at,
      read: (cell) => {
        const before = known.get(cell);
        if (before !== undefined) return before;
        const result = column.safeParse(cell);
        const read = result.success ? { value: result.data } : { fault: result.error.issues[0]?.message ?? "" };
        known.set(cell, read);
        return read;
      },
    };
  });
}

/**
 * The text of a CSV file of the history: RFC 4180, but with LF line ends so that `git diff` shows lines as they are.
 *
 * The same rows give the same bytes, and what `parseCsv` reads comes out as it was. Cells with a semicolon are quoted,
 * since Excel splits there in many countries. Nothing is guarded here: strangers' text must be a `csvCell` or `guardedCell` already.
 */
export function formatCsv<Columns extends CsvColumns>(columns: Columns, rows: readonly z.output<Columns>[]): string {
  const keys = Object.keys(columns.shape).map((key) => ({ key }));
  return stringify([...rows], { header: true, columns: keys, record_delimiter: "\n", quoted_match: /;/ });
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
export const textCell = z.string().refine((text) => !formula.test(text) && !lineEnd.test(text), {
  error: "expected one line that is no formula",
});

const lineEnd = /[\r\n]/;

/** Text that may be missing, as a cell that is empty. */
export const optionalCell = textCell.transform((text) => (text === "" ? undefined : text));

/** The cells of one line after the other, so that hardly any have to be kept at a time. */
function* cellsOf(path: string, text: string): Generator<string[]> {
  if (text.includes('"')) {
    yield* parseCells(path, text);
    return;
  }
  // Ten times as fast, and most files have no quote.
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf("\n", start);
    yield text.slice(start, end).split(",");
    start = end + 1;
  }
}

function parseCells(path: string, text: string): string[][] {
  try {
    return parse(text, { record_delimiter: "\n", relax_column_count: true });
  } catch (cause) {
    const line = (cause as { lines?: number }).lines ?? 1;
    throw damagedLine(path, line, "its quotes are not those of CSV");
  }
}

function damagedLine(path: string, line: number, fault: string): HistoryFormatError {
  return damaged(path, `line ${line}: ${fault}`);
}
