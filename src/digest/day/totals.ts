import { type Day, messagesOf, type StoredReport } from "../../history/day/day.ts";
import { compareText, countBy, groupBy } from "../../history/lists.ts";
import { organizationalDomain } from "../../report/domain.ts";
import {
  addDisposition,
  type Dispositions,
  dispositionKeys,
  dmarcOutcome,
  hasSpfOrDkimFail,
  noDispositions,
} from "../../report/outcome.ts";
import { isCounting, type Trust } from "../../report/trust/trust.ts";
import type { ReportRecord } from "../../report/types.ts";

/** Sums over records. All but `reports` and `unreadableRecords` count messages: evaluations that receivers reported. */
export interface Totals {
  /** Reports that were added up. */
  reports: number;
  /** Sum of `count`; `dmarcPass` + `dmarcFail` + `notEvaluated`. */
  messages: number;
  /** `policyEvaluated.dkim` or `.spf` is `pass`. */
  dmarcPass: number;
  /** Neither is `pass`, and at least one was said. */
  dmarcFail: number;
  /** Both are missing. */
  notEvaluated: number;
  /** At least one of the two aligned results is not `pass`: `dkimAlone` + `spfAlone` + `dmarcFail`. */
  spfOrDkimFail: number;
  /** Part of `dmarcPass`: DKIM passed and SPF did not. */
  dkimAlone: number;
  /** Part of `dmarcPass`: SPF passed and DKIM did not. */
  spfAlone: number;
  /** By `policyEvaluated.disposition`; unknown and missing words count as none. */
  dispositions: Dispositions;
  /** Records that could not be read; in no other number. */
  unreadableRecords: number;
}

/** The part of a report that is added up; both a fresh report and a stored one have it. */
export interface Countable {
  records: readonly ReportRecord[];
  unreadableRecords?: number;
}

/** The sums over all records of all reports; zeros for none. */
export function totalsOf(reports: Iterable<Countable>): Totals {
  const totals = noTotals();
  for (const { records, unreadableRecords = 0 } of reports) {
    totals.reports += 1;
    totals.unreadableRecords += unreadableRecords;
    for (const record of records) countRecord(totals, record);
  }
  return totals;
}

/** The sums of several totals. */
export function addTotals(parts: Iterable<Totals>): Totals {
  const sum = noTotals();
  for (const part of parts) {
    for (const key of countKeys) sum[key] += part[key];
    for (const key of dispositionKeys) sum.dispositions[key] += part.dispositions[key];
  }
  return sum;
}

/** Messages that DMARC was evaluated for: the whole that shares are of. */
export function evaluatedOf({ dmarcPass, dmarcFail }: Totals): number {
  return dmarcPass + dmarcFail;
}

const countKeys = [
  "reports",
  "messages",
  "dmarcPass",
  "dmarcFail",
  "notEvaluated",
  "spfOrDkimFail",
  "dkimAlone",
  "spfAlone",
  "unreadableRecords",
] as const;

function noTotals(): Totals {
  return {
    reports: 0,
    messages: 0,
    dmarcPass: 0,
    dmarcFail: 0,
    notEvaluated: 0,
    spfOrDkimFail: 0,
    dkimAlone: 0,
    spfAlone: 0,
    dispositions: noDispositions(),
    unreadableRecords: 0,
  };
}

function countRecord(totals: Totals, record: ReportRecord): void {
  const { count, policyEvaluated } = record.row;
  totals.messages += count;
  totals[outcomeKeys[dmarcOutcome(record)]] += count;
  addDisposition(totals.dispositions, policyEvaluated.disposition, count);
  if (!hasSpfOrDkimFail(record)) return;
  totals.spfOrDkimFail += count;
  if (policyEvaluated.dkim === "pass") totals.dkimAlone += count;
  if (policyEvaluated.spf === "pass") totals.spfAlone += count;
}

const outcomeKeys = { pass: "dmarcPass", fail: "dmarcFail", "not-evaluated": "notEvaluated" } as const;

/** Reports that are kept, but move no number and no alarm. */
export interface NotCounted {
  reports: number;
  messages: number;
  /** Who sent them, the most messages first, at most 10. */
  senders: NotCountedSender[];
  /** How many further senders there are. */
  moreSenders: number;
}

/** Who sent reports that do not count. */
export interface NotCountedSender {
  /** `new`: authenticated, but not known so far. `unverified`: nothing shows that the mails are authentic. */
  standing: "new" | "unverified";
  /** The authenticated domain; of an unverified one what the report calls itself: text of a stranger. */
  reporter: string;
  reports: number;
  messages: number;
}

const sendersShown = 10;

/** The days with those reports alone that count by today's trust. */
export function countingDays(files: Iterable<Day>, trust: Trust): Day[] {
  return Array.from(files, (file) => ({ ...file, reports: file.reports.filter((report) => counts(report, trust)) }));
}

/** The reports of some days that do not count by today's trust. */
export function notCountedIn(files: Iterable<Day>, trust: Trust): NotCounted {
  const reports = [...files].flatMap((file) => file.reports.filter((report) => !counts(report, trust)));
  const senders = [...groupBy(reports, ({ reporter, authenticity }) => `${authenticity.verdict} ${reporter}`).values()]
    .flatMap(senderOf)
    .sort((a, b) => b.messages - a.messages || compareText(a.reporter, b.reporter));
  return {
    reports: reports.length,
    messages: messagesOf(reports),
    senders: senders.slice(0, sendersShown),
    moreSenders: Math.max(0, senders.length - sendersShown),
  };
}

function counts({ authenticity }: StoredReport, trust: Trust): boolean {
  return isCounting(authenticity, trust);
}

function senderOf(reports: StoredReport[]): NotCountedSender[] {
  const [first] = reports;
  if (first === undefined) return [];
  const standing = first.authenticity.verdict === "verified" ? "new" : "unverified";
  return [{ standing, reporter: first.reporter, reports: reports.length, messages: messagesOf(reports) }];
}

/**
 * What organizational domains ask for (`p`) on a day as most reports saw it; of equal ones the first by name. Strangers'
 * texts. A domain is missing where no report is about itself, or none says what it asks for.
 *
 * @param files - Day files with those reports alone that count.
 */
export function policiesOn(files: Iterable<Day>, day: string): Map<string, string> {
  const policies = new Map<string, string>();
  for (const file of files) {
    if (file.day !== day || organizationalDomain(file.domain) !== file.domain) continue;
    const seen = file.reports.flatMap(({ policyPublished }) => policyPublished.p ?? []);
    const [most] = countBy(seen, (p) => p);
    if (most !== undefined) policies.set(file.domain, most.name);
  }
  return policies;
}
