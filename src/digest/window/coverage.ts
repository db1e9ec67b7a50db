import { dayAfter } from "../../history/dates.ts";
import { type Day, messagesOf, type StoredReport } from "../../history/day/day.ts";
import { compareText, groupBy, sumOf } from "../../history/lists.ts";
import { claimedReporter, knownReporter } from "../../report/trust/trust.ts";
import { pairOf, type Window } from "./index-window.ts";
import {
  daysToLearn,
  kindOfDay,
  learning,
  type UsualPair,
  type UsualReporter,
  usualPairs,
  usualReporters,
} from "./usual.ts";

/** How complete a day is: which pairs of reporter and policy domain have come, of those that usually do. */
export interface Coverage {
  /**
   * Usual volume of the usual pairs that have come, as a part of that of all of them, from 0 to 1; `undefined` while
   * learning, and where no pair is usual.
   */
  share: number | undefined;
  /** Which day of how many this is; absent when enough days are known. */
  learning?: { day: number; of: number };
  /** Reporters with usual pairs that have not come, those with the most usual volume first; none while learning. */
  missing: MissingReporter[];
}

/** A reporter that has not reported what it usually does. */
export interface MissingReporter extends Pick<UsualReporter, "reporter" | "delayHours"> {
  /** Part of what usually comes on such a day that is missing of it, from 0 to 1, over all policy domains. */
  share: number;
  /** The policy domains that are missing, the largest first, where it has reported others; absent where all are. */
  domains?: string[];
}

/** Coverage that is as good as all of it. */
const completeShare = 0.95;

/** The coverage of a day. A pair has come when a report of the reporter about the domain has that counts. */
export function coverageOf(window: Window, day: string): Coverage {
  const known = learning(window, day);
  if (known !== undefined) return { share: undefined, learning: { day: known + 1, of: daysToLearn }, missing: [] };
  const usual = usualPairs(window, day);
  const come = new Set((window.pairsByDay.get(day) ?? []).map(pairOf));
  const missing = usual.filter((pair) => !come.has(pairOf(pair)));
  const volume = volumeOf(usual);
  const reporters = groupBy(usual, ({ reporter }) => reporter);
  return {
    share: volume === 0 ? undefined : (volume - volumeOf(missing)) / volume,
    missing: [...groupBy(missing, ({ reporter }) => reporter)]
      .map(([reporter, pairs]) => missingReporter(reporter, pairs, reporters.get(reporter)?.length))
      .sort((a, b) => b.share - a.share || compareText(a.reporter, b.reporter)),
  };
}

function missingReporter(reporter: string, pairs: UsualPair[], all: number | undefined): MissingReporter {
  const domains = pairs.map(({ domain }) => domain);
  return {
    reporter,
    share: sumOf(pairs, ({ share }) => share),
    // Of what its largest domain usually needs.
    delayHours: pairs[0]?.delayHours,
    ...(domains.length !== all && { domains }),
  };
}

/** Whether a day need not be waited for: nearly all that usually comes is there. */
export function isComplete({ share }: Coverage): boolean {
  return share !== undefined && share >= completeShare;
}

/** A usual reporter from which nothing comes any more. */
export interface SilentReporter {
  reporter: string;
  /** Part of what all reporters usually reported on such a day, from 0 to 1, over all policy domains. */
  share: number;
  /** The last day that it has reported. */
  lastDay: string;
}

/** Days without a report that make a reporter silent: a single one may have been lost. */
const silentDays = 3;

/**
 * Usual reporters that have reported neither a day nor the two before it, nor any later one, over all domains, the
 * largest first.
 *
 * One that usually needs longer than two days must have been silent for as many days more: what can't have come by the
 * end of the day is not missing. One that rests on weekends is not missing on them. While learning, none is silent.
 */
export function silentReporters(window: Window, day: string): SilentReporter[] {
  const start = dayAfter(day, 1 - silentDays);
  if (learning(window, start) !== undefined) return [];
  return usualOfAll(window, start, day).flatMap(({ reporter, share, delayHours = 0 }) => {
    const lastDay = lastReported(window, reporter);
    const expected = dayAfter(day, -Math.max(silentDays - 1, Math.ceil(delayHours / 24)));
    return lastDay !== undefined && lastDay < expected ? { reporter, share, lastDay } : [];
  });
}

/** Who was usual before `start`, on days of every kind that there is from it to `end`. */
function usualOfAll(window: Window, start: string, end: string): UsualReporter[] {
  const [first = [], ...others] = [...new Set([end, dayAfter(end, -1), start].map(kindOfDay))].map((kind) =>
    usualReporters(window, start, kind),
  );
  return first.filter((it) => others.every((usual) => usual.some(({ reporter }) => reporter === it.reporter)));
}

function lastReported(window: Window, reporter: string): string | undefined {
  const days = [...window.pairsByDay.keys()].sort();
  return days.findLast((day) => window.pairsByDay.get(day)?.some((line) => line.reporter === reporter));
}

/** A usual reporter in whose name reports came of which nothing shows that they are authentic. */
export interface UnverifiedReporter {
  reporter: string;
  reports: number;
  messages: number;
}

/**
 * Usual reporters of which only unverified reports came for a day, the largest first: mails that claim to come from the
 * reporter's domain, or reports with the name of a known one. Only a stranger says that they are the reporter's.
 *
 * @param files - Day files, not those of the day alone; others are left out.
 */
export function unverifiedReporters(files: readonly Day[], window: Window, day: string): UnverifiedReporter[] {
  const reported = reportersOf(window, day);
  const reports = files
    .filter((file) => file.day === day)
    .flatMap((file) => file.reports)
    .filter(({ authenticity }) => authenticity.verdict === "unverified");
  if (reports.length === 0) return [];
  return usualReporters(window, day).flatMap(({ reporter }) => {
    const claiming = reported.has(reporter) ? [] : reports.filter((report) => claimsToBe(report, reporter));
    return claiming.length === 0 ? [] : { reporter, reports: claiming.length, messages: messagesOf(claiming) };
  });
}

function claimsToBe({ authenticity, reportMetadata }: StoredReport, reporter: string): boolean {
  if (authenticity.domain === reporter) return true;
  const known = knownReporter(reporter);
  return known !== undefined && claimedReporter(reportMetadata.orgName) === known;
}

function reportersOf(window: Window, day: string): Set<string> {
  return new Set(window.pairsByDay.get(day)?.map(({ reporter }) => reporter));
}

function volumeOf(usual: readonly UsualPair[]): number {
  return sumOf(usual, ({ messages }) => messages);
}
