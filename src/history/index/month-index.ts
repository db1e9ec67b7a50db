import { hash } from "node:crypto";
import { makeFault } from "../../report/fault.ts";
import { type CsvFile, formatCsv, parseCsv } from "../csv.ts";
import { monthOf } from "../dates.ts";
import { type AnyDay, isAggregateDay, isTlsDay, wholeDay } from "../day/day.ts";
import { monthsFolder } from "../day-file/day-file.ts";
import { damaged, HistoryFormatError } from "../format.ts";
import { type PairLine, pairColumns, pairKeys, pairLinesOf } from "./pair-lines.ts";
import { type SenderLine, senderColumns, senderKeys, senderLinesOf } from "./sender-lines.ts";
import { type TlsLine, tlsColumns, tlsKeys, tlsLinesOf } from "./tls-lines.ts";

/** The days of one policy domain in one month, counted from their day files alone, so that many can be read at once. */
export interface MonthIndex {
  /** Policy domain, as A-label. */
  domain: string;
  /** `YYYY-MM` */
  month: string;
  /** One a day, reporter and verdict, sorted by them. */
  pairs: PairLine[];
  /** One a day, reporter, verdict, sender and evidence, sorted by them. */
  senders: SenderLine[];
}

/** The same of the days of TLS reports. */
export interface TlsIndex {
  kind: "tls";
  domain: string;
  month: string;
  /** One a day, reporter, verdict, policy, host and result, sorted by them. */
  sessions: TlsLine[];
}

/** The index of reports of any kind. */
export type AnyIndex = MonthIndex | TlsIndex;

/** A month of a policy domain, of one kind of reports. */
export interface DomainMonth {
  kind?: "tls";
  domain: string;
  month: string;
}

/**
 * Where the two files of an index stand below `data-path`: `example.com/2026/2026-11-pairs.7936a04e.csv` and `…-senders.….csv`.
 */
export function indexPathsOf(of: DomainMonth): { pairs: string; senders: string } {
  return { pairs: pathOf(of, "pairs"), senders: pathOf(of, "senders") };
}

/** Where the index of a month's TLS reports stands: `example.com/tls/2026/2026-11-sessions.….csv`. */
export function tlsIndexPath(of: DomainMonth): string {
  return pathOf({ ...of, kind: "tls" }, "sessions");
}

/** The paths of all files of an index. */
export function indexFilesOf(of: DomainMonth): string[] {
  return of.kind === "tls" ? [tlsIndexPath(of)] : Object.values(indexPathsOf(of));
}

/** Where the index files of earlier releases stand, which nobody reads any more. */
export function oldIndexPathsOf(of: DomainMonth): string[] {
  const ends = of.kind === "tls" ? ["-sessions"] : ["", "-sources", "-pairs", "-senders"];
  return ends.map((end) => `${stemOf(of)}${end}.csv`);
}

/**
 * Git looks for what a file was before, of which it then keeps the differences, among files that are alike in the last 16
 * characters of their paths (`pack_name_hash`): in those there is something that no other index has.
 */
function pathOf(of: DomainMonth, name: string): string {
  const stem = `${stemOf(of)}-${name}`;
  return `${stem}.${hash("sha256", stem).slice(0, 8)}.csv`;
}

function stemOf({ month, ...of }: DomainMonth): string {
  return `${monthsFolder(of)}/${month.slice(0, 4)}/${month}`;
}

/** An index without a line. */
export function emptyIndex({ kind, ...of }: DomainMonth): AnyIndex {
  return kind === "tls" ? { kind, ...of, sessions: [] } : { ...of, pairs: [], senders: [] };
}

/**
 * The head of the first column says in which version of the format a file is. Another release, older or newer, counts such a
 * month anew, since index files hold nothing that the day files do not.
 */
export const indexVersion = " v2";
/** That of the index of TLS reports. */
export const tlsVersion = " v3";

/**
 * Whether the index of a month must be counted anew: it is of another release, or another release has written to the month
 * since.
 *
 * @param texts - Those of `indexFilesOf` and `oldIndexPathsOf` that are there, by path.
 */
export function isOutdated(of: DomainMonth, texts: ReadonlyMap<string, string>): boolean {
  if (oldIndexPathsOf(of).some((path) => texts.has(path))) return true;
  const version = of.kind === "tls" ? tlsVersion : indexVersion;
  return indexFilesOf(of).some((path) => texts.get(path)?.startsWith(`day${version},`) === false);
}

/**
 * The index in the texts of its two files; an empty one when both are missing.
 *
 * @param texts - By path; what else is in it is not looked at.
 * @throws HistoryFormatError when a file is not as `formatMonthIndex` writes it, or one of the two is missing.
 */
export function parseMonthIndex(
  of: Omit<DomainMonth, "kind"> & { kind?: undefined },
  texts: ReadonlyMap<string, string>,
): MonthIndex;
export function parseMonthIndex(of: DomainMonth, texts: ReadonlyMap<string, string>): AnyIndex;
export function parseMonthIndex({ kind, domain, month }: DomainMonth, texts: ReadonlyMap<string, string>): AnyIndex {
  if (kind === "tls") return { kind, domain, month, sessions: parseTlsLines({ domain, month }, texts) };
  const lines = parseFiles({ domain, month }, texts, {
    pairs: (file) => parseCsv(file, pairColumns),
    senders: (file) => parseCsv(file, senderColumns),
  });
  return { domain, month, ...lines };
}

/** The lines of the index of a month's TLS reports; none when it is missing, or of another release. */
export function parseTlsLines(of: DomainMonth, texts: ReadonlyMap<string, string>): TlsLine[] {
  const path = tlsIndexPath(of);
  const text = texts.get(path);
  if (text === undefined || isOutdated({ ...of, kind: "tls" }, texts)) return [];
  const file = { path, text, version: tlsVersion, keys: tlsKeys.length };
  return orRebuild(() => ofMonth((one) => parseCsv(one, tlsColumns), file, of.month));
}

/**
 * What both files of an index give by what reads them; nothing when both are missing, or of another release.
 *
 * @param texts - By path; what else is in it is not looked at.
 * @throws HistoryFormatError as `parseMonthIndex` does.
 */
export function parseFiles<OfPair, OfSender>(
  of: DomainMonth,
  texts: ReadonlyMap<string, string>,
  parse: { pairs: (file: CsvFile) => OfPair[]; senders: (file: CsvFile) => OfSender[] },
): { pairs: OfPair[]; senders: OfSender[] } {
  const { month } = of;
  const paths = indexPathsOf(of);
  const fileAt = (path: string, keys: number): CsvFile => {
    const text = texts.get(path);
    if (text === undefined) throw damaged(path, "it is missing, but the other index file of its month is there");
    return { ...indexFile(path, text), keys };
  };
  const isEmpty = !texts.has(paths.pairs) && !texts.has(paths.senders);
  if (isEmpty || isOutdated(of, texts)) return { pairs: [], senders: [] };
  return orRebuild(() => {
    const [ofPairs, ofSenders] = [fileAt(paths.pairs, pairKeys.length), fileAt(paths.senders, senderKeys.length)];
    return {
      pairs: ofMonth(parse.pairs, ofPairs, month),
      senders: ofMonth(parse.senders, ofSenders, month),
    };
  });
}

/** An index file as it is read. */
export function indexFile(path: string, text: string): CsvFile {
  return { path, text, version: indexVersion };
}

/** What a reading of index files gives; its errors say that they can be made anew. */
export function orRebuild<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof HistoryFormatError)) throw error;
    throw new HistoryFormatError(makeFault("rebuildable", { why: error.fault }), { cause: error });
  }
}

/** The texts of the files of an index by path; `undefined` for all when it has no line, and they are to go. */
export function formatMonthIndex(index: AnyIndex): Map<string, string | undefined> {
  if ("sessions" in index) {
    const text = index.sessions.length === 0 ? undefined : formatCsv(tlsColumns, index.sessions, tlsVersion);
    return new Map([[tlsIndexPath(index), text]]);
  }
  const paths = indexPathsOf(index);
  const isEmpty = index.pairs.length === 0 && index.senders.length === 0;
  return new Map([
    [paths.pairs, isEmpty ? undefined : formatCsv(pairColumns, index.pairs, indexVersion)],
    [paths.senders, isEmpty ? undefined : formatCsv(senderColumns, index.senders, indexVersion)],
  ]);
}

/**
 * Whether a text begins as an index file does: another file may have the name of one. The columns that follow may be
 * those of another release.
 */
export function isIndexText(text: string): boolean {
  return /^day( v\d+)?,(reporter,verdict|source,standing),/.test(text);
}

/**
 * The index in which the lines of one day are those counted from its day file, and all others are as they were.
 *
 * Recounting is idempotent, and the order in which days are recounted does not matter. A day without reports has no line.
 *
 * @throws RangeError when the day is of another domain or month.
 */
export function recountDay<Index extends AnyIndex>(index: Index, day: AnyDay): Index {
  return recountChange(index, { day });
}

/** A day that has changed. */
export interface ChangedDay {
  day: AnyDay;
  /** As it was when it was last counted, if that is at hand: what both have is not counted again. */
  before?: AnyDay;
}

/** The same of a day that was counted before. */
export function recountChange<Index extends AnyIndex>(index: Index, { day, before }: ChangedDay): Index {
  if (day.domain !== index.domain || monthOf(day.day) !== index.month) {
    throw new RangeError(`${day.domain} ${day.day} does not belong to the index ${index.domain} ${index.month}`);
  }
  const [whole, earlier] = [wholeDay(day), before && wholeDay(before)];
  if ("sessions" in index) {
    return isTlsDay(whole) ? { ...index, sessions: withDay(index.sessions, day.day, tlsLinesOf(whole)) } : index;
  }
  if (!isAggregateDay(whole)) return index;
  return {
    ...index,
    pairs: withDay(index.pairs, day.day, pairLinesOf(whole)),
    senders: withDay(
      index.senders,
      day.day,
      senderLinesOf(whole, earlier && isAggregateDay(earlier) ? earlier : undefined),
    ),
  };
}

function withDay<Line extends { day: string }>(lines: Line[], day: string, ofDay: Line[]): Line[] {
  return [...lines.filter((line) => line.day < day), ...ofDay, ...lines.filter((line) => line.day > day)];
}

/** What a reading of a file gives, once it is checked that all lines are of the month; the reading has seen that they are in order. */
function ofMonth<T>(read: (file: CsvFile) => T, file: CsvFile, month: string): T {
  const lines = read(file);
  const { path, text } = file;
  const [first, last] = [text.indexOf("\n") + 1, text.lastIndexOf("\n", text.length - 2) + 1];
  if (first === text.length || [first, last].every((at) => text.startsWith(`${month}-`, at))) return lines;
  const days = text
    .trimEnd()
    .split("\n")
    .map((line) => line.slice(0, dayLength));
  const at = days.findIndex((day, line) => line > 0 && !day.startsWith(`${month}-`));
  throw damaged(path, `line ${at + 1}: ${days[at]} is not in ${month}`);
}

const dayLength = "2026-11-22".length;
