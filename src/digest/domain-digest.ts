import type { Day } from "../history/day.ts";
import { dayFilePath } from "../history/day-file.ts";
import { dmarcOutcome } from "../report/outcome.ts";
import type { ReportRecord } from "../report/types.ts";
import { type Alarm, alarmOf, passedWithFewMessages, type Thresholds, type Verdict } from "./rules.ts";
import { type FailingSource, failingSources } from "./sources.ts";
import { type Totals, totalsOf } from "./totals.ts";

/** One organizational domain on the digest's day. */
export interface DomainDigest {
  /** The organizational domain, as A-label. */
  domain: string;
  verdict: Verdict;
  totals: Totals;
  /** Paths of the day's files below `data-path`, one a policy domain with reports on that day, sorted. */
  dayFiles: string[];
  /** Labels of the reporters (`orgName`), sorted. */
  reporters: string[];
  /** Set when a threshold was passed, on this day or on one of `earlierDays`. */
  alarm?: Alarm;
  /** Subdomains (`headerFrom`) with DMARC failures, the most failures first, at most 10. */
  failingSubdomains: { domain: string; dmarcFail: number }[];
  /** Where DMARC failures came from, the most failures first, at most 10. */
  sources: FailingSource[];
  /** How many further failing sources there are beyond `sources`, and their messages. */
  moreSources: { sources: number; dmarcFail: number };
}

const shown = 10;

/**
 * What is told of one organizational domain.
 *
 * @param files - The day files of all its policy domains, on all of `days`.
 * @param days - Newest first; the first is told in full, an alarm may come from any of them.
 */
export function makeDomainDigest(
  domain: string,
  files: Day[],
  days: [string, ...string[]],
  thresholds: Thresholds,
): DomainDigest {
  const today = files.filter((file) => file.day === days[0]).sort((a, b) => (a.domain < b.domain ? -1 : 1));
  const reports = today.flatMap((file) => file.reports);
  const records = reports.flatMap((report) => report.records);
  const sources = failingSources(records, domain);
  const totals = totalsOf(reports);
  const alarm = days.map((day) => alarmOf(totalsOn(files, day), day, thresholds)).find((found) => found !== undefined);
  return {
    domain,
    verdict: alarm !== undefined ? "act" : needsLook(totals, thresholds) ? "look" : "ok",
    totals,
    dayFiles: today.map(dayFilePath),
    reporters: [...new Set(reports.map(({ reporter, reportMetadata }) => reportMetadata.orgName || reporter))].sort(),
    ...(alarm !== undefined && { alarm }),
    failingSubdomains: failingSubdomains(records, domain).slice(0, shown),
    sources: sources.slice(0, shown),
    moreSources: {
      sources: Math.max(0, sources.length - shown),
      dmarcFail: sources.slice(shown).reduce((sum, { dmarcFail }) => sum + dmarcFail, 0),
    },
  };
}

/** Whether there is too little for an alarm, or something that could not be read. */
function needsLook(totals: Totals, thresholds: Thresholds): boolean {
  return totals.unreadableRecords > 0 || passedWithFewMessages(totals, thresholds).length > 0;
}

/** The totals of one day over several day files. */
export function totalsOn(files: Iterable<Day>, day: string): Totals {
  return totalsOf([...files].filter((file) => file.day === day).flatMap(({ reports }) => reports));
}

function failingSubdomains(records: ReportRecord[], domain: string): DomainDigest["failingSubdomains"] {
  const failures = new Map<string, number>();
  for (const record of records) {
    const { headerFrom } = record.identifiers;
    if (dmarcOutcome(record) !== "fail" || !headerFrom.endsWith(`.${domain}`)) continue;
    failures.set(headerFrom, (failures.get(headerFrom) ?? 0) + record.row.count);
  }
  return [...failures]
    .map(([subdomain, dmarcFail]) => ({ domain: subdomain, dmarcFail }))
    .sort((a, b) => b.dmarcFail - a.dmarcFail || (a.domain < b.domain ? -1 : 1));
}
