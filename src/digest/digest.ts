import type { Day } from "../history/day.ts";
import { groupBy } from "../history/group.ts";
import { organizationalDomain } from "../report/domain.ts";
import type { Trust } from "../report/trust.ts";
import { type DomainDigest, makeDomainDigest, totalsOn } from "./domain-digest.ts";
import type { IntakeSummary } from "./intake.ts";
import { countingDays, type NotCounted, notCountedIn } from "./not-counted.ts";
import { digestReasons } from "./reasons.ts";
import { alarmOf, type Thresholds, type Verdict, worstVerdict } from "./rules.ts";
import { addTotals, type Totals } from "./totals.ts";

export type { DomainDigest, IntakeSummary, NotCounted, Verdict };

/** The digest of a day, as written to `digest-path`: every number recounted from the reports in the day files that count. */
export interface Digest {
  version: 1;
  /** The newest due day, `YYYY-MM-DD`; the one that is told in full. */
  day: string;
  /** The worst verdict of the day's domains, of earlier days that are told too, and of the intake. */
  verdict: Verdict;
  /** Why the verdict is not `ok`, one sentence each, the worst first; empty when it is. Plain text, not yet escaped. */
  reasons: string[];
  /** Over all domains. */
  totals: Totals;
  /** One entry an organizational domain of which the history knows a report; the worst first, then by failures, then by name. */
  domains: DomainDigest[];
  /** Other due days that were not sent before (a run was late or skipped), newest first. */
  earlierDays: EarlierDay[];
  /** Reports of the day that are kept, but move no number and no alarm. */
  notCounted: NotCounted;
  /** What became of the mails that this run read. */
  intake: IntakeSummary;
}

/** A due day that is told in one line. */
export interface EarlierDay {
  day: string;
  verdict: Verdict;
  totals: Totals;
}

/** What a digest is made of. */
export interface DigestSource {
  /** The days to tell, newest first; at least one. The first is told in full. */
  days: [string, ...string[]];
  /** All policy domains of which the history knows a report. */
  policyDomains: Iterable<string>;
  /** The day files of those days. */
  files: Iterable<Day>;
  thresholds: Thresholds;
  /** Whose reports count. */
  trust: Trust;
  intake: IntakeSummary;
}

/** The digest of one or more due days. The same history gives the same digest. */
export function makeDigest({ days, policyDomains, files, thresholds, trust, intake }: DigestSource): Digest {
  const [day, ...earlier] = days;
  const all = [...files];
  const filesByDomain = groupBy(countingDays(all, trust), (file) => organizationalDomain(file.domain));
  const names = new Set([...Array.from(policyDomains, organizationalDomain), ...filesByDomain.keys()]);
  const domains = [...names]
    .map((domain) => makeDomainDigest(domain, filesByDomain.get(domain) ?? [], days, thresholds))
    .sort(compareDomains);
  const earlierDays = earlier.map((day) => makeEarlierDay(day, filesByDomain.values(), thresholds));
  const ofDay = all.filter((file) => file.day === day);
  const notCounted = notCountedIn(ofDay, trust);
  const reasons = digestReasons({ day, domains, notCounted, intake }, thresholds);
  return {
    version: 1,
    day,
    verdict: worstVerdict(reasons.map(({ verdict }) => verdict)),
    reasons: reasons.map(({ text }) => text),
    totals: addTotals(domains.map(({ totals }) => totals)),
    domains,
    earlierDays,
    notCounted,
    intake,
  };
}

function makeEarlierDay(day: string, domains: Iterable<Day[]>, thresholds: Thresholds): EarlierDay {
  const totals = Array.from(domains, (files) => totalsOn(files, day));
  const isAlarm = totals.some((ofDomain) => alarmOf(ofDomain, day, thresholds) !== undefined);
  return { day, verdict: isAlarm ? "act" : "ok", totals: addTotals(totals) };
}

const verdictOrder: readonly Verdict[] = ["act", "look", "ok"];

/** The worst first, then the most failures, then by name. */
function compareDomains(a: DomainDigest, b: DomainDigest): number {
  return (
    verdictOrder.indexOf(a.verdict) - verdictOrder.indexOf(b.verdict) ||
    b.totals.dmarcFail - a.totals.dmarcFail ||
    (a.domain < b.domain ? -1 : 1)
  );
}
