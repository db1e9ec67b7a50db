import { formatCsv, parseCsvColumns } from "../csv.ts";
import type { AnyDay } from "../day/day.ts";
import { compareText } from "../lists.ts";
import {
  type ChangedDay,
  type DomainMonth,
  emptyIndex,
  formatMonthIndex,
  indexFile,
  indexPathsOf,
  indexVersion,
  orRebuild,
  parseMonthIndex,
  recountChange,
  tlsVersion,
} from "./month-index.ts";
import { type CountedPair, pairColumns } from "./pair-lines.ts";
import { senderColumns } from "./sender-lines.ts";
import { tlsColumns } from "./tls-lines.ts";

/**
 * The texts of the files of an index, by path, in which the lines of some days are those counted from their day files;
 * `undefined` for files that are to go.
 *
 * The lines of other days stay as they are, unread: to read those of a whole month for each commit takes longer than all
 * that is counted.
 *
 * @param texts - Those of the index as it is, of this release; what else is in it is not looked at.
 * @throws HistoryFormatError as `parseMonthIndex` does, but for what is in the cells of other days; RangeError when a day
 *   is of another domain or month.
 */
export function recountedTexts(
  of: DomainMonth,
  texts: ReadonlyMap<string, string>,
  days: readonly ChangedDay[],
): Map<string, string | undefined> {
  const counted = formatMonthIndex(days.reduce(recountChange, emptyIndex(of)));
  // A month that has no index yet has no other days.
  if ([...counted.keys()].every((path) => !texts.has(path))) return counted;
  const files = Array.from(counted, ([path, text], at): { path: string; lines?: DayLines; text?: string } => {
    const lines = linesOfDays(of, at, texts.get(path));
    for (const { day } of days) lines?.delete(day.day);
    // It may have megabytes, and need not be put together again.
    if (lines?.size === 0 && text !== undefined) return { path, lines, text };
    for (const [day, ofDay] of linesOfDays(of, at, text) ?? []) lines?.set(day, ofDay);
    return { path, lines };
  });
  const isEmpty = files.every(({ lines, text }) => lines?.size === 0 && text === undefined);
  return files.some(({ lines }) => lines === undefined)
    ? // Files that are not there, have columns of another release or are damaged are looked at line by line.
      formatMonthIndex(days.reduce(recountChange, parseMonthIndex(of, texts)))
    : new Map(files.map(({ path, lines, text }, at) => [path, isEmpty ? undefined : (text ?? textOf(of, at, lines))]));
}

/** What the lines of some days in an index say of their messages, by its texts; none of TLS reports. */
export function countedPairs(
  { kind, ...of }: DomainMonth,
  texts: ReadonlyMap<string, string>,
  days: readonly AnyDay[],
): (CountedPair & { day: string })[] {
  if (kind === "tls") return [];
  const path = indexPathsOf(of).pairs;
  const lines = linesOfDays(of, 0, texts.get(path));
  if (lines === undefined) return parseMonthIndex(of, texts).pairs;
  const ofDays = new Map(days.map(({ day }) => [day, lines.get(day) ?? ""]));
  const file = indexFile(path, textOf(of, 0, ofDays));
  return orRebuild(() =>
    parseCsvColumns(file, pairColumns, {
      names: ["day", "reporter", "verdict", "messages", "dmarcPass", "dmarcFail", "spfOrDkimFail"],
      rowOf: ([day, reporter, verdict, messages, dmarcPass, dmarcFail, spfOrDkimFail]) => ({
        day,
        reporter,
        verdict,
        messages,
        dmarcPass,
        dmarcFail,
        spfOrDkimFail,
      }),
    }),
  );
}

/** The lines of each day in a file, with their ends. */
type DayLines = Map<string, string>;

/**
 * @param at - Which file of the index it is, by its place in `indexFilesOf`.
 * @returns `undefined` when the text is missing, or has another header or order than `formatMonthIndex` gives it.
 */
function linesOfDays(of: DomainMonth, at: number, text = ""): DayLines | undefined {
  const header = headerOf(of, at);
  if (!text.startsWith(header) || !text.endsWith("\n")) return undefined;
  const lines: DayLines = new Map();
  let [start, before] = [header.length, ""];
  while (start < text.length) {
    const day = text.slice(start, text.indexOf(",", start));
    if (day <= before || !day.startsWith(of.month)) return undefined;
    let end = start;
    do end = text.indexOf("\n", end) + 1;
    while (text.startsWith(day, end));
    lines.set(day, text.slice(start, end));
    [start, before] = [end, day];
  }
  return lines;
}

function textOf(of: DomainMonth, at: number, lines: DayLines = new Map()): string {
  const days = [...lines].sort(([a], [b]) => compareText(a, b));
  return headerOf(of, at) + days.map(([, ofDay]) => ofDay).join("");
}

function headerOf({ kind }: DomainMonth, at: number): string {
  if (kind === "tls") return formatCsv(tlsColumns, [], tlsVersion);
  return formatCsv(at === 0 ? pairColumns : senderColumns, [], indexVersion);
}
