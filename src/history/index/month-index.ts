import { type CsvFile, formatCsv, parseCsv, parseCsvColumns } from "../csv.ts";
import { monthOf } from "../dates.ts";
import type { Day } from "../day/day.ts";
import { folderOf } from "../day-file/day-file.ts";
import { damaged, HistoryFormatError } from "../format.ts";
import {
  compareReporters,
  compareSources,
  type ReporterLine,
  reporterColumns,
  reporterLinesOf,
  type SourceLine,
  sourceColumns,
  sourceLinesOf,
} from "./day-lines.ts";

/** The days of one policy domain in one month, counted from their day files alone, so that many can be read at once. */
export interface MonthIndex {
  /** Policy domain, as A-label. */
  domain: string;
  /** `YYYY-MM` */
  month: string;
  /** One a day and reporter, sorted by them. */
  reporters: ReporterLine[];
  /** One a day, source, policy tag and outcome, sorted by them. */
  sources: SourceLine[];
}

/** Where the two files of an index stand below `data-path`: `example.com/2026/2026-11.csv` and `…-sources.csv`. */
export function indexPathsOf({ domain, month }: Pick<MonthIndex, "domain" | "month">): {
  reporters: string;
  sources: string;
} {
  const path = `${folderOf(domain)}/${month.slice(0, 4)}/${month}`;
  return { reporters: `${path}.csv`, sources: `${path}-sources.csv` };
}

/**
 * The index in the texts of its two files; an empty one when both are missing.
 *
 * @param texts - By path; what else is in it is not looked at.
 * @throws HistoryFormatError when a file is not as `formatMonthIndex` writes it, or one of the two is missing.
 */
export function parseMonthIndex(
  { domain, month }: Pick<MonthIndex, "domain" | "month">,
  texts: ReadonlyMap<string, string>,
): MonthIndex {
  const lines = parseFiles({ domain, month }, texts, {
    reporters: ({ path, text }) => parseCsv(path, text, reporterColumns),
    sources: ({ path, text }) => parseCsv(path, text, sourceColumns),
  });
  return { domain, month, ...lines };
}

/** What one reporter said of one policy domain and day, without what no digest needs of it. */
export type WindowReporter = Pick<ReporterLine, (typeof windowCells.reporters)[number]> & { domain: string };

/** What came of the messages of one source for one policy domain and day, without what no digest needs of it. */
export type WindowSource = Pick<SourceLine, (typeof windowCells.sources)[number]> & { domain: string };

const windowCells = {
  reporters: [
    "day",
    "reporter",
    "verdict",
    "policy",
    "messages",
    "dmarcPass",
    "dmarcFail",
    "spfOrDkimFail",
    "firstReceived",
  ],
  sources: [
    "day",
    "source",
    "standing",
    "policyTag",
    "dkim",
    "spf",
    "messages",
    "altered",
    "dispositionQuarantine",
    "dispositionReject",
  ],
} as const;

/**
 * The lines of an index with the policy domain in each, and only those cells that a digest needs: it reads hundreds of
 * thousands of them.
 *
 * @param texts - By path; what else is in it is not looked at.
 * @throws HistoryFormatError as `parseMonthIndex` does, but for what is in the other cells.
 */
export function parseWindowLines(
  { domain, month }: Pick<MonthIndex, "domain" | "month">,
  texts: ReadonlyMap<string, string>,
): { reporters: WindowReporter[]; sources: WindowSource[] } {
  const beside = { domain };
  return parseFiles({ domain, month }, texts, {
    reporters: (file) => parseCsvColumns(file, reporterColumns, { names: windowCells.reporters, beside }),
    sources: (file) => parseCsvColumns(file, sourceColumns, { names: windowCells.sources, beside }),
  });
}

/** The lines of both files by what reads them; none when both are missing. */
function parseFiles<OfReporter extends ReporterKey, OfSource extends SourceKey>(
  { domain, month }: Pick<MonthIndex, "domain" | "month">,
  texts: ReadonlyMap<string, string>,
  parse: { reporters: (file: CsvFile) => OfReporter[]; sources: (file: CsvFile) => OfSource[] },
): { reporters: OfReporter[]; sources: OfSource[] } {
  const paths = indexPathsOf({ domain, month });
  const fileAt = (path: string): CsvFile => {
    const text = texts.get(path);
    if (text === undefined) throw damaged(path, "it is missing, but the other index file of its month is there");
    return { path, text };
  };
  if (!texts.has(paths.reporters) && !texts.has(paths.sources)) return { reporters: [], sources: [] };
  return orRebuild(() => {
    const [ofReporters, ofSources] = [fileAt(paths.reporters), fileAt(paths.sources)];
    return {
      reporters: inOrder(parse.reporters(ofReporters), compareReporters, { path: paths.reporters, month }),
      sources: inOrder(parse.sources(ofSources), compareSources, { path: paths.sources, month }),
    };
  });
}

type ReporterKey = Parameters<typeof compareReporters>[0];
type SourceKey = Parameters<typeof compareSources>[0];

/** What a reading of index files gives; its errors say that they can be made anew. */
export function orRebuild<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof HistoryFormatError)) throw error;
    throw new HistoryFormatError(
      `${error.message} Or make it anew from the day files with dmarc-digest rebuild, and commit it.`,
      { cause: error },
    );
  }
}

/** The texts of the two files of an index by path; `undefined` for both when it has no line, and they are to go. */
export function formatMonthIndex(index: MonthIndex): Map<string, string | undefined> {
  const paths = indexPathsOf(index);
  const isEmpty = index.reporters.length === 0 && index.sources.length === 0;
  return new Map([
    [paths.reporters, isEmpty ? undefined : formatCsv(reporterColumns, index.reporters)],
    [paths.sources, isEmpty ? undefined : formatCsv(sourceColumns, index.sources)],
  ]);
}

/**
 * Whether a text begins as an index file does: another file may have the name of one. The columns that follow may be
 * those of another release.
 */
export function isIndexText(text: string): boolean {
  return [reporterColumns, sourceColumns].some((columns) =>
    text.startsWith(`${Object.keys(columns.shape).slice(0, 3).join()},`),
  );
}

/**
 * The index in which the lines of one day are those counted from its day file, and all others are as they were.
 *
 * Recounting is idempotent, and the order in which days are recounted does not matter. A day without reports has no line.
 *
 * @throws RangeError when the day is of another domain or month.
 */
export function recountDay(index: MonthIndex, day: Day): MonthIndex {
  if (day.domain !== index.domain || monthOf(day.day) !== index.month) {
    throw new RangeError(`${day.domain} ${day.day} does not belong to the index ${index.domain} ${index.month}`);
  }
  return {
    ...index,
    reporters: withDay(index.reporters, day.day, reporterLinesOf(day)),
    sources: withDay(index.sources, day.day, sourceLinesOf(day)),
  };
}

function withDay<Line extends { day: string }>(lines: Line[], day: string, ofDay: Line[]): Line[] {
  return [...lines.filter((line) => line.day < day), ...ofDay, ...lines.filter((line) => line.day > day)];
}

/** The lines, once it is checked that they stand as `formatMonthIndex` writes them. */
function inOrder<Line extends { day: string }>(
  lines: Line[],
  compare: (a: Line, b: Line) => number,
  { path, month }: { path: string; month: string },
): Line[] {
  let before: Line | undefined;
  for (const [index, line] of lines.entries()) {
    if (line.day !== before?.day && monthOf(line.day) !== month) {
      throw damaged(path, `line ${index + 2}: ${line.day} is not in ${month}`);
    }
    if (before !== undefined && compare(before, line) >= 0) {
      throw damaged(path, `line ${index + 2}: it is not in order, or there twice`);
    }
    before = line;
  }
  return lines;
}
