import { domainOfFolder } from "./day-file/day-file.ts";
import { isMonthFile } from "./month-files.ts";

/** What is left out when a history is made anew without its old months. */
export interface PrunePlan {
  /** The files that go, by their path from the top of the repository, sorted. */
  drop: string[];
  /** The months that go, and those that stay, `YYYY-MM`, ascending: only those of which there are files. */
  dropMonths: string[];
  keepMonths: string[];
  /** Files that are no part of the history, by their path from the top: their log would go with it. */
  strangers: string[];
}

/**
 * Plans a history without the months before the newest ones.
 *
 * Day files, monthly indexes and intake files of older months go. All else stays as it is.
 *
 * @param paths - All files of the branch, from the top of the repository.
 * @param options.prefix - The history's folder, with `/` at its end; empty when it is the top.
 * @param options.months - How many months stay, 1 or more; that of the newest day file is the first of them.
 */
export function planPrune(paths: readonly string[], { prefix, months }: { prefix: string; months: number }): PrunePlan {
  const dated = paths.map((path) => ({ path, month: monthOf(path, prefix) }));
  const days = paths.filter((path) => path.endsWith(".json")).flatMap((path) => monthOf(path, prefix) ?? []);
  const newest = days.toSorted().at(-1);
  const oldestKept = newest === undefined ? "" : monthBefore(newest, months - 1);
  const monthsOf = (isKept: boolean) => {
    const found = dated.flatMap(({ month }) => (month !== undefined && month >= oldestKept === isKept ? month : []));
    return [...new Set(found)].sort();
  };
  return {
    drop: dated.flatMap(({ path, month }) => (month !== undefined && month < oldestKept ? path : [])).sort(),
    dropMonths: monthsOf(false),
    keepMonths: monthsOf(true),
    strangers: dated.flatMap(({ path, month }) => (month === undefined && isStranger(path, prefix) ? path : [])),
  };
}

/** The month that a file of the history is about, `YYYY-MM`; `undefined` for one that is about none. */
function monthOf(path: string, prefix: string): string | undefined {
  if (!path.startsWith(prefix)) return undefined;
  const name = path.slice(prefix.length);
  const intake = /^intake\/\d{4}\/\d\d\/(\d{4}-\d\d)-\d\d(?:\.\d+)?\.csv$/.exec(name);
  if (intake !== null) return intake[1];
  const [, folder = "", file = ""] = /^([^/]+)(?:\/tls)?\/\d{4}\/([^/]+)$/.exec(name) ?? [];
  return isMonthFile(file) && domainOfFolder(folder) !== undefined ? file.slice(0, 7) : undefined;
}

function monthBefore(month: string, count: number): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1 - count, 1)).toISOString().slice(0, 7);
}

/** What a repository of its own for the history has beside it: what explains, licenses or runs it. */
const beside = /^(\.github\/.+|\.git[^/]*|(README|LICENSE|SECURITY)[^/]*|dmarc-digest\.ya?ml)$/i;

/** Files of ours that are about no month. */
const undated =
  /^(state\.json|incidents\.json|networks\.json|dns\/[^/]+\.json|README\.md|[^/]+\.svg|intake\/undated(\.\d+)?\.csv)$/;

function isStranger(path: string, prefix: string): boolean {
  if (beside.test(path)) return false;
  return prefix === "" ? !undated.test(path) : !path.startsWith(prefix);
}
