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
  type KnownSenders,
  type Totals,
  totalsOf,
} from "./day/day.ts";
import { failPartOf } from "./senders/senders.ts";
import { type Verdict, worstVerdict } from "./verdict.ts";

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
  /** Subdomains (`headerFrom`) with DMARC failures, the most failures first, at most 10. */
  failingSubdomains: { domain: string; dmarcFail: number }[];
  /** Where DMARC failures came from, own mail first, then the most failures, at most 10. */
  sources: FailingSource[];
  /** How many further failing sources there are beyond `sources`, and their messages. */
  moreSources: { sources: number; dmarcFail: number };
}

const shown = 10;

/** What a domain is looked at with. */
export interface DomainView {
  day: string;
  senders: KnownSenders;
  /** What the rules say of it. */
  verdict: Verdict;
}

/**
 * What there is to say of one organizational domain.
 *
 * @param files - The day files of all its policy domains, on any days.
 */
export function makeDomainDigest(
  domain: string,
  files: readonly Day[],
  { day, senders, verdict }: DomainView,
): DomainDigest {
  const today = files.filter((file) => file.day === day).sort((a, b) => compareText(a.domain, b.domain));
  const reports = today.flatMap((file) => file.reports);
  const { totals, fail, sources } = figuresOn(today, day, senders);
  return {
    domain,
    verdict: worstVerdict([verdict, totals.unreadableRecords > 0 ? "look" : "ok"]),
    totals,
    fail,
    dayFiles: today.map(dayFilePath),
    reporters: [...new Set(reports.map(({ reporter, reportMetadata }) => reportMetadata.orgName || reporter))].sort(),
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
  senders: KnownSenders,
): Failures & Pick<DomainDigest, "totals"> {
  const ofDay = [...files].filter((file) => file.day === day);
  return { totals: totalsOf(ofDay.flatMap(({ reports }) => reports)), ...failuresOf(ofDay, senders) };
}

/** The figures of several domains or days, added up. */
export function addUp(all: readonly Pick<DomainDigest, "totals" | "fail">[]): Pick<DomainDigest, "totals" | "fail"> {
  return { totals: addTotals(all.map(({ totals }) => totals)), fail: addFailParts(all.map(({ fail }) => fail)) };
}

/** The largest source of own failures of a domain; `undefined` when there is none. */
export function mainSource({ sources }: { sources: readonly FailingSource[] }): FailingSource | undefined {
  return sources.find(({ mailClass }) => failPartOf(mailClass) === "own");
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
