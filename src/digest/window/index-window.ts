import { monthsBetween } from "../../history/dates.ts";
import type { SeenSource } from "../../history/index/index.ts";
import { parseWindowLines, type WindowReporter, type WindowSource } from "../../history/index/index.ts";
import { compareText, countBy, groupBy, sumOf } from "../../history/lists.ts";
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
  /** Sorted by day; of reports that counted by their standing when they came, since a source's line names no reporter. */
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
  const months = monthsBetween(first, last);
  for (const domain of domains) {
    for (const month of months) {
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
  return standing === "unverified" ? countsUnverified : standing !== "new" && standing !== "seasoned";
}

function compareDays(a: { day: string }, b: { day: string }): number {
  return compareText(a.day, b.day);
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

/** A window has tens of thousands of lines and is read for each domain: they are grouped once. */
const knownDays = new WeakMap<Window, ReadonlyMap<string, readonly WindowReporter[]>>();

/** The lines of a window's reporters by the day that they are about. */
export function reporterDays(window: Window): ReadonlyMap<string, readonly WindowReporter[]> {
  const days = knownDays.get(window) ?? groupBy(window.reporters, ({ day }) => day);
  knownDays.set(window, days);
  return days;
}

/** The messages of some lines added up. */
export function countsOf(lines: Iterable<WindowReporter>): LineCounts {
  const sum = { messages: 0, dmarcPass: 0, dmarcFail: 0, spfOrDkimFail: 0 };
  for (const { messages, dmarcPass, dmarcFail, spfOrDkimFail } of lines) {
    sum.messages += messages;
    sum.dmarcPass += dmarcPass;
    sum.dmarcFail += dmarcFail;
    sum.spfOrDkimFail += spfOrDkimFail;
  }
  return sum;
}

type LineCounts = Pick<WindowReporter, "messages" | "dmarcPass" | "dmarcFail" | "spfOrDkimFail">;

/** The policy of a domain on a day, as reporters with at least half of its messages saw it. */
export interface PolicyOnDay {
  /** `YYYY-MM-DD` */
  day: string;
  /** As `formatPolicyCell` gives it. */
  policy: string;
}

/**
 * The policies of one policy domain, in the order of the days. The order of the lines does not matter.
 *
 * Reporters keep a DNS record for hours, so that on the day of a change they differ: a day of which no policy has half
 * of the messages has none, and neither has one without messages. Of two halves the one that is not the day before's
 * counts, which is the newer. Lines with a word that is no policy are left out.
 */
export function seenPolicies(lines: Iterable<WindowReporter>): PolicyOnDay[] {
  const seen: PolicyOnDay[] = [];
  const days = [...groupBy(lines, ({ day }) => day)].sort(([a], [b]) => compareText(a, b));
  for (const [day, ofDay] of days) {
    const policy = policyOfMost(ofDay, seen.at(-1)?.policy);
    if (policy !== undefined) seen.push({ day, policy });
  }
  return seen;
}

function policyOfMost(lines: readonly WindowReporter[], dayBefore: string | undefined): string | undefined {
  const saying = lines.filter(({ policy }) => !policy.startsWith("p=?"));
  const messages = sumOf(saying, (line) => line.messages);
  const halves = countBy(
    saying,
    ({ policy }) => policy,
    (line) => line.messages,
  )
    .filter(({ count }) => count > 0 && count * 2 >= messages)
    .map(({ name }) => name);
  return halves.find((policy) => policy !== dayBefore) ?? halves[0];
}
