import type { Day } from "../history/day/day.ts";
import { groupBy } from "../history/lists.ts";
import type { Figures } from "../history/state.ts";
import { organizationalDomain } from "../report/domain.ts";
import type { Trust } from "../report/trust/trust.ts";
import type { FactsOf, IntakeSummary } from "./day/day.ts";
import { addFailParts, addTotals, countingDays, type FailingRecord, failingRecords, notCountedIn } from "./day/day.ts";
import { type DomainDigest, type DomainView, makeDomainDigest, ruleFiguresOn } from "./domain-digest.ts";
import { findingsOf } from "./findings.ts";
import { newsOf } from "./news.ts";
import { readinessOf } from "./readiness.ts";
import type { RestatedDay } from "./restated.ts";
import { alarmOf, type Thresholds, type Verdict, verdictOf, worstVerdict } from "./rules.ts";
import type { Digest, EarlierDay } from "./types.ts";
import type { Window } from "./window/window.ts";
import {
  coverageOf,
  type SourceHistory,
  silentReporters,
  sourceHistoryOf,
  unverifiedReporters,
  usualShareOf,
  volumeChangeOf,
} from "./window/window.ts";

export { hasNewVerdict, isQuiet } from "./findings.ts";
export type { Digest, EarlierDay, Finding } from "./types.ts";
export type { DomainDigest, IntakeSummary, RestatedDay, Verdict };

/** What a digest is made of. */
export interface DigestSource {
  /** The days to tell, newest first; at least one. The first is told in full. */
  days: [string, ...string[]];
  /** All policy domains of which the history knows a report. */
  policyDomains: Iterable<string>;
  /** The day files of those days; others are left out. */
  files: Iterable<Day>;
  /** Days that were told before and look different now, newest first. */
  restated: RestatedDay[];
  /** The days before, that they are compared with. */
  window: Window;
  thresholds: Thresholds;
  /** Whose reports count. */
  trust: Trust;
  intake: IntakeSummary;
}

/** The digest of one or more due days. The same history gives the same digest. */
export function makeDigest(source: DigestSource): Digest {
  const { days, window, thresholds, trust, intake } = source;
  const [day, ...earlier] = days;
  const all = [...source.files];
  const filesByDomain = groupBy(countingDays(all, trust), (file) => organizationalDomain(file.domain));
  const names = new Set([...Array.from(source.policyDomains, organizationalDomain), ...filesByDomain.keys()]);
  const view: DomainView = { days, thresholds, factsOf: factsFrom(window, day) };
  const domains = [...names]
    .map((domain) => makeDomainDigest(domain, filesByDomain.get(domain) ?? [], view))
    .sort(compareDomains);
  const ofDay = all.filter((file) => file.day === day);
  const change = volumeChangeOf(window, day);
  const coverage = coverageOf(window, day);
  const digest: Omit<Digest, "verdict" | "findings"> = {
    version: 1,
    day,
    totals: addTotals(domains.map(({ totals }) => totals)),
    fail: addFailParts(domains.map(({ fail }) => fail)),
    ...(change !== undefined && { change }),
    usual: {
      dmarcFail: usualShareOf(window, day, { part: "dmarcFail" }),
      spfOrDkimFail: usualShareOf(window, day, { part: "spfOrDkimFail" }),
    },
    domains,
    earlierDays: earlier.map((day) => makeDaySummary(day, filesByDomain.values(), view)),
    restated: source.restated,
    coverage,
    silentReporters: silentReporters(window, day),
    unverifiedReporters: unverifiedReporters(ofDay, window, day),
    news: newsOf(window, day),
    readiness: readinessOf({ ...window, last: day }, coverage.share),
    notCounted: notCountedIn(ofDay, trust),
    intake,
  };
  const findings = findingsOf(digest);
  const { version, ...rest } = digest;
  return { version, verdict: worstVerdict(findings.map(({ verdict }) => verdict)), findings, ...rest };
}

/** What is known of sources, by the days before one. */
export function factsFrom(window: Window, day: string): FactsOf {
  const historyOf = sourceHistoryOf(window, day);
  return (ownDomain, source) => {
    const known: Partial<SourceHistory> = historyOf(ownDomain, source) ?? {};
    const { firstSeen, passedBefore = false, lastGoodDay, passRateBefore, failsSince } = known;
    const isKnown = lastGoodDay !== undefined && passRateBefore !== undefined && failsSince !== undefined;
    const since = passedBefore && isKnown ? { lastGoodDay, passRate: passRateBefore, failsSince } : undefined;
    return { hasPassed: passedBefore, ...(since && { since }), ...(firstSeen !== undefined && { firstSeen }) };
  };
}

/** What is told of a day in one line. */
function makeDaySummary(day: string, domains: Iterable<Day[]>, { thresholds, factsOf }: DomainView): EarlierDay {
  const figures = Array.from(domains, (files) => ruleFiguresOn(files, day, factsOf));
  const alarms = figures.flatMap((ofDomain) => alarmOf(ofDomain, day, thresholds) ?? []);
  return {
    day,
    verdict: worstVerdict(alarms.map(({ own }) => verdictOf(own))),
    totals: addTotals(figures.map(({ totals }) => totals)),
    fail: addFailParts(figures.map(({ parts }) => parts)),
  };
}

/** The records of a digest's days of which SPF or DKIM failed to align; see `failingRecords`. */
export function failingRecordsOf(
  { day, earlierDays }: Pick<Digest, "day" | "earlierDays">,
  { files, trust, window }: Pick<DigestSource, "files" | "trust" | "window">,
): FailingRecord[] {
  const days = new Set([day, ...earlierDays.map((earlier) => earlier.day)]);
  const counting = countingDays(files, trust).filter((file) => days.has(file.day));
  return failingRecords(counting, factsFrom(window, day));
}

/** The figures that a digest tells, one entry a day. */
export function figuresOf({ day, verdict, totals, fail, earlierDays }: Digest): Figures[] {
  return [{ day, verdict, totals, fail }, ...earlierDays].map(figuresOfDay);
}

function figuresOfDay({ day, verdict, totals, fail }: EarlierDay): Figures {
  const { messages, dmarcFail, spfOrDkimFail } = totals;
  return { day, verdict, messages, dmarcFail, spfOrDkimFail, ownFail: fail.own.messages };
}

type ComparableDomain = Pick<DomainDigest, "domain" | "verdict" | "totals" | "fail">;

const verdictOrder: readonly Verdict[] = ["act", "look", "ok"];

/** The worst first, then the most own failures, then the most failures, then by name. */
export function compareDomains(a: ComparableDomain, b: ComparableDomain): number {
  return (
    verdictOrder.indexOf(a.verdict) - verdictOrder.indexOf(b.verdict) ||
    b.fail.own.messages - a.fail.own.messages ||
    b.totals.dmarcFail - a.totals.dmarcFail ||
    (a.domain < b.domain ? -1 : 1)
  );
}
