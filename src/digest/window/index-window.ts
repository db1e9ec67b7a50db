import type { SeenSource } from "../../history/index/index.ts";
import { parseWindowLines, type WindowReporter, type WindowSource } from "../../history/index/index.ts";
import type { AuthenticityVerdict, Standing } from "../../report/authenticity.ts";
import { isCounting, type Trust } from "../../report/trust/trust.ts";

export type { WindowReporter, WindowSource };

/** Some days of all policy domains, counted from index files: what a day is compared with. */
export interface Window {
  /** `YYYY-MM-DD`, both ends inclusive. */
  first: string;
  last: string;
  /** Sorted by day; of reports that count by today's trust. */
  reporters: readonly WindowReporter[];
  /** Sorted by day; of reports that count by their standing, where today's trust can't tell by the name of a source. */
  sources: readonly WindowSource[];
  /** What was seen of sources in the months before `first`, by reports that count; absent where that was not loaded. */
  earlier?: readonly SeenSource[];
}

/** What a window is read from. */
export interface WindowSources extends Pick<Window, "first" | "last"> {
  /** Policy domains. */
  domains: Iterable<string>;
  /** The texts of all index files of the months that it touches, by path; what else is in it is not looked at. */
  texts: ReadonlyMap<string, string>;
  trust: Trust;
}

/**
 * The window of some days.
 *
 * @throws HistoryFormatError when an index file is not as it was written.
 */
export function parseWindow({ first, last, domains, texts, trust }: WindowSources): Window {
  const isIn = ({ day }: { day: string }): boolean => day >= first && day <= last;
  const reporters: WindowReporter[] = [];
  const sources: WindowSource[] = [];
  for (const domain of domains) {
    for (const month of monthsBetween(first, last)) {
      const lines = parseWindowLines({ domain, month }, texts);
      for (const line of lines.reporters) {
        if (isIn(line) && isCounting({ verdict: line.verdict, domain: line.reporter }, trust)) reporters.push(line);
      }
      for (const line of lines.sources) {
        if (isIn(line) && countsByStanding(line.standing, trust)) sources.push(line);
      }
    }
  }
  return { first, last, reporters: reporters.sort(compareDays), sources: sources.sort(compareDays) };
}

/** Whether the messages of a source count by the standing of their reports when they came. */
export function countsByStanding(standing: Standing | AuthenticityVerdict, { countsUnverified }: Trust): boolean {
  return standing === "unverified" ? countsUnverified : standing !== "new";
}

function compareDays(a: { day: string }, b: { day: string }): number {
  return a.day < b.day ? -1 : a.day > b.day ? 1 : 0;
}

/** The days of a window up to one of them. */
export function windowUpTo(window: Window, last: string): Window {
  return {
    ...window,
    last,
    reporters: window.reporters.filter(({ day }) => day <= last),
    sources: window.sources.filter(({ day }) => day <= last),
  };
}

/** A day so many days later; earlier if negative. */
export function dayAfter(day: string, days = 1): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** The months from one day to another, `YYYY-MM`, both ends inclusive. */
export function monthsBetween(first: string, last: string): string[] {
  const months: string[] = [];
  for (let day = `${first.slice(0, 7)}-01`; day <= last; day = dayAfter(day, 32).replace(/\d\d$/, "01")) {
    months.push(day.slice(0, 7));
  }
  return months;
}
