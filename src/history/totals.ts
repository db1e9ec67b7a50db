import {
  addDisposition,
  alignedOutcome,
  type Dispositions,
  dispositionKeys,
  hasSpfOrDkimFail,
  noDispositions,
} from "../report/outcome.ts";
import type { AnyRecord, ReportRecord } from "../report/types.ts";

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
  totals[outcomeKeys[alignedOutcome(policyEvaluated)]] += count;
  addDisposition(totals.dispositions, policyEvaluated.disposition, count);
  if (!hasSpfOrDkimFail(record)) return;
  totals.spfOrDkimFail += count;
  if (policyEvaluated.dkim === "pass") totals.dkimAlone += count;
  if (policyEvaluated.spf === "pass") totals.spfAlone += count;
}

const outcomeKeys = { pass: "dmarcPass", fail: "dmarcFail", "not-evaluated": "notEvaluated" } as const;

/** The TLS sessions in some records, and how many of them failed; other records count for nothing. */
export function sessionsIn(records: Iterable<AnyRecord>): { sessions: number; failed: number } {
  const sum = { sessions: 0, failed: 0 };
  for (const record of records) {
    if (!("session" in record)) continue;
    sum.sessions += record.row.count;
    if (record.session.result !== undefined) sum.failed += record.row.count;
  }
  return sum;
}
