import {
  addDisposition,
  type Dispositions,
  dispositionKeys,
  dmarcOutcome,
  hasSpfOrDkimFail,
  noDispositions,
} from "../report/outcome.ts";
import type { ReportRecord } from "../report/types.ts";

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
  /** Part of `dmarcFail`: an override reason says that the message was forwarded. No rule looks at these. */
  forwarded: number;
  /** At least one of the two aligned results is not `pass`; without those not evaluated. */
  spfOrDkimFail: number;
  /** By `policyEvaluated.disposition`; unknown and missing words count as none. */
  dispositions: Dispositions;
  /** Records that could not be read; in no other number. */
  unreadableRecords: number;
}

/** Override reasons by which a receiver says that a failure comes of forwarding (RFC 7489, appendix C; RFC 9990). */
const forwardingReasons = new Set(["forwarded", "trusted_forwarder", "mailing_list"]);

/** Whether a failing record was forwarded, by the word of the receiver. */
export function isForwarded(record: ReportRecord): boolean {
  return (
    dmarcOutcome(record) === "fail" &&
    record.row.policyEvaluated.reasons.some(({ type }) => forwardingReasons.has(type))
  );
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

/** DMARC failures that rules look at, as a share of what was evaluated, from 0 to 1; `undefined` when nothing was. */
export function failRate(totals: Totals): number | undefined {
  const evaluated = totals.dmarcPass + totals.dmarcFail;
  return evaluated === 0 ? undefined : ruleFailures(totals) / evaluated;
}

/** DMARC failures without those that were forwarded. */
export function ruleFailures({ dmarcFail, forwarded }: Totals): number {
  return dmarcFail - forwarded;
}

const countKeys = [
  "reports",
  "messages",
  "dmarcPass",
  "dmarcFail",
  "notEvaluated",
  "forwarded",
  "spfOrDkimFail",
  "unreadableRecords",
] as const;

function noTotals(): Totals {
  return {
    reports: 0,
    messages: 0,
    dmarcPass: 0,
    dmarcFail: 0,
    notEvaluated: 0,
    forwarded: 0,
    spfOrDkimFail: 0,
    dispositions: noDispositions(),
    unreadableRecords: 0,
  };
}

function countRecord(totals: Totals, record: ReportRecord): void {
  const { count, policyEvaluated } = record.row;
  totals.messages += count;
  totals[outcomeKeys[dmarcOutcome(record)]] += count;
  addDisposition(totals.dispositions, policyEvaluated.disposition, count);
  if (isForwarded(record)) totals.forwarded += count;
  if (hasSpfOrDkimFail(record)) totals.spfOrDkimFail += count;
}

const outcomeKeys = { pass: "dmarcPass", fail: "dmarcFail", "not-evaluated": "notEvaluated" } as const;
