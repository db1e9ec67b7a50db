import type { JudgingConfig } from "../config/config.ts";
import type { AnyDay } from "../history/day/day.ts";
import { type DayPlace, dayFilePath, parseDay, recordsFilesIn, uncountedPath } from "../history/day-file/day-file.ts";
import { damaged, HistoryFormatError } from "../history/format.ts";
import { type AnyIndex, emptyIndex, recountDay } from "../history/index/index.ts";
import type { MonthFiles } from "../history/month-files.ts";
import type { HistoryFolder } from "../io/history-folder.ts";
import type { Output } from "./read/read.ts";

/** What is asked of a history in a folder. */
export interface OnHistory {
  dataPath: string;
  stdout: Output;
}

/** The same, by how the history is judged, as of a moment. */
export interface OnJudged extends OnHistory {
  judging: JudgingConfig;
  now: Date;
}

/** What is done with each day of a month. */
export interface DayReader {
  /** Called for a day that was read, with the texts of its files by path. */
  day?(day: AnyDay, texts: ReadonlyMap<string, string>): void;
  /** Called for what can't be read: what is wrong, and what to do. */
  fault: (message: string) => void;
}

/**
 * Reads the days of a month one after the other, and counts its index from them.
 *
 * @returns `undefined` when something can't be read: then the index isn't known.
 */
export async function countMonth(
  folder: HistoryFolder,
  { days, odd, ...of }: MonthFiles,
  reader: DayReader,
): Promise<AnyIndex | undefined> {
  const kind = of.reportKind && { kind: of.reportKind };
  let index = emptyIndex({ ...kind, domain: of.domain, month: of.month });
  let isWhole = odd.length === 0;
  for (const path of odd) reader.fault(oddFault(path));
  for (const [day, paths] of days) {
    const isRead = await naming(reader.fault, async () => {
      const { day: read, texts } = await readDay(folder, { ...kind, domain: of.domain, day }, paths);
      reader.day?.(read, texts);
      index = recountDay(index, read);
    });
    isWhole &&= isRead;
  }
  return isWhole ? index : undefined;
}

/** Does a check, and tells whether it could be done; a file that can't be read is a fault like others. */
export async function naming(fault: DayReader["fault"], check: () => Promise<void>): Promise<boolean> {
  try {
    await check();
    return true;
  } catch (error) {
    if (!(error instanceof HistoryFormatError)) throw error;
    fault(error.message);
    return false;
  }
}

/** What to say of something under a name of ours that is no file or folder. */
export function oddFault(path: string): string {
  return `${path} is a symbolic link, or in another way not what its name says. Remove it, and bring back the file from git.`;
}

/** A day with the texts of its files. */
export async function readDay(
  folder: HistoryFolder,
  place: DayPlace,
  paths: string[],
): Promise<{ day: AnyDay; texts: ReadonlyMap<string, string> }> {
  const texts = await readTexts(folder, paths);
  return { day: parseDayOf(place, paths, texts), texts };
}

function parseDayOf(place: DayPlace, paths: string[], texts: ReadonlyMap<string, string>): AnyDay {
  const path = dayFilePath(place);
  const text = texts.get(path);
  const others = paths.filter((other) => other !== path && other !== uncountedPath(path));
  const [first] = others;
  if (text === undefined && first !== undefined) throw damaged(first, `there is no ${path} beside it`);
  const named = text === undefined ? [] : recordsFilesIn(path, text);
  const stray = others.find((other) => !named.includes(other));
  if (stray !== undefined) throw damaged(stray, `${path} does not name it`);
  return parseDay(path, texts) ?? { ...place, reports: [] };
}

/** The texts of files by path; those that are missing are left out. */
export async function readTexts(folder: HistoryFolder, paths: string[]): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const path of paths) {
    const text = await folder.read(path);
    if (text !== undefined) texts.set(path, text);
  }
  return texts;
}
