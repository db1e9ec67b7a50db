import type { Day } from "../history/day/day.ts";
import { dayFilePath } from "../history/day-file/day-file.ts";
import { compareText, countBy } from "../history/lists.ts";
import { dmarcOutcome } from "../report/outcome.ts";
import {
  addFailParts,
  addImpacts,
  addTotals,
  type FailingSource,
  type FailParts,
  type Failures,
  failuresOf,
  isBroken,
  type Judging,
  type Totals,
  totalsOf,
} from "./day/day.ts";
import {
  type Alarm,
  alarmOf,
  isAboveWithFewMessages,
  type Thresholds,
  type Verdict,
  verdictOf,
  worstVerdict,
} from "./rules.ts";
import { failPartOf } from "./senders/senders.ts";

/** One organizational domain on the digest's day. */
export interface DomainDigest {
  /** The organizational domain, as A-label. */
  domain: string;
  verdict: Verdict;
  totals: Totals;
  /** The DMARC failures in parts. */
  fail: FailParts;
  /** Paths of the day's files below `data-path`, one a policy domain with reports on that day, sorted. */
  dayFiles: string[];
  /** Labels of the reporters (`orgName`), sorted. */
  reporters: string[];
  /** Set when a threshold was passed, on this day or on one of `earlierDays`. */
  alarm?: Alarm;
  /** Whether there are too few messages for an alarm, but a threshold would be passed even if the missing ones had passed. */
  isAboveWithFew: boolean;
  /** Subdomains (`headerFrom`) with DMARC failures, the most failures first, at most 10. */
  failingSubdomains: { domain: string; dmarcFail: number }[];
  /** Where DMARC failures came from, own mail first, then the most failures, at most 10. */
  sources: FailingSource[];
  /** How many further failing sources there are beyond `sources`, and their messages. */
  moreSources: { sources: number; dmarcFail: number };
}

const shown = 10;

/** What a domain's days are looked at with. */
export interface DomainView {
  /** Newest first; the first is shown in full, an alarm may come from any of them. */
  days: [string, ...string[]];
  thresholds: Thresholds;
  judging: Judging;
}

/**
 * What there is to say of one organizational domain.
 *
 * @param files - The day files of all its policy domains, on all of the days.
 */
export function makeDomainDigest(
  domain: string,
  files: Day[],
  { days, thresholds, judging }: DomainView,
): DomainDigest {
  const [newest, ...earlier] = days;
  const today = files.filter((file) => file.day === newest).sort((a, b) => compareText(a.domain, b.domain));
  const reports = today.flatMap((file) => file.reports);
  const figures = figuresOn(today, newest, judging);
  const { totals, fail, sources } = figures;
  const alarm = alarmOf(figures, newest, thresholds) ?? earlierAlarm(files, { days: earlier, thresholds, judging });
  const isAboveWithFew = isAboveWithFewMessages(figures, thresholds);
  return {
    domain,
    verdict: worstVerdict([
      ...(alarm === undefined ? [] : [verdictOf(alarm.own)]),
      ...sources.filter(isBroken).map(({ impact }) => verdictOf(impact)),
      isAboveWithFew || totals.unreadableRecords > 0 ? "look" : "ok",
    ]),
    totals,
    fail,
    dayFiles: today.map(dayFilePath),
    reporters: [...new Set(reports.map(({ reporter, reportMetadata }) => reportMetadata.orgName || reporter))].sort(),
    ...(alarm !== undefined && { alarm }),
    isAboveWithFew,
    failingSubdomains: failingSubdomains(today, domain).slice(0, shown),
    sources: sources.slice(0, shown),
    moreSources: {
      sources: Math.max(0, sources.length - shown),
      dmarcFail: addImpacts(sources.slice(shown).map(({ impact }) => impact)).messages,
    },
  };
}

/** The figures of one day over several day files of an organizational domain. */
export function figuresOn(
  files: Iterable<Day>,
  day: string,
  judging: Judging,
): Failures & Pick<DomainDigest, "totals"> {
  const ofDay = [...files].filter((file) => file.day === day);
  return { totals: totalsOf(ofDay.flatMap(({ reports }) => reports)), ...failuresOf(ofDay, judging) };
}

/** The figures of several domains or days, added up. */
export function addUp(all: readonly Pick<DomainDigest, "totals" | "fail">[]): Pick<DomainDigest, "totals" | "fail"> {
  return { totals: addTotals(all.map(({ totals }) => totals)), fail: addFailParts(all.map(({ fail }) => fail)) };
}

/** The alarm of the newest of some days that has one, and where most of it comes from. */
function earlierAlarm(
  files: Day[],
  { days, thresholds, judging }: Omit<DomainView, "days"> & { days: string[] },
): Alarm | undefined {
  for (const day of days) {
    const figures = figuresOn(files, day, judging);
    const alarm = alarmOf(figures, day, thresholds);
    const earlierSource = mainSource(figures);
    if (alarm !== undefined) return { ...alarm, ...(earlierSource && { earlierSource }) };
  }
  return undefined;
}

/** The largest source of own failures of a domain: the broken one, if there is one; `undefined` when there is none. */
export function mainSource({ sources }: { sources: FailingSource[] }): FailingSource | undefined {
  return sources.find(isBroken) ?? sources.find(({ mailClass }) => failPartOf(mailClass) === "own");
}

function failingSubdomains(files: Day[], domain: string): DomainDigest["failingSubdomains"] {
  const records = files.flatMap(({ reports }) => reports).flatMap((report) => report.records);
  return countBy(
    records.filter((one) => dmarcOutcome(one) === "fail" && one.identifiers.headerFrom.endsWith(`.${domain}`)),
    ({ identifiers }) => identifiers.headerFrom,
    ({ row }) => row.count,
  ).map(({ name, count }) => ({ domain: name, dmarcFail: count }));
}

type ComparableDomain = Pick<DomainDigest, "domain" | "verdict" | "totals" | "fail">;

const verdictOrder: readonly Verdict[] = ["act", "look", "ok"];

/** The worst first, then the most own failures, then the most failures, then by name. */
export function compareDomains(a: ComparableDomain, b: ComparableDomain): number {
  return (
    verdictOrder.indexOf(a.verdict) - verdictOrder.indexOf(b.verdict) ||
    b.fail.own.messages - a.fail.own.messages ||
    b.totals.dmarcFail - a.totals.dmarcFail ||
    compareText(a.domain, b.domain)
  );
}
