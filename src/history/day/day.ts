import type { Reason } from "../../report/reason.ts";
import type { AnyRecord, ReportRecord, TlsRecord } from "../../report/types.ts";
import { entryIn } from "../lists.ts";
import { type Addendum, openReportSet, supersedes } from "./report-set.ts";
import { dayOf, type StoredReport } from "./stored-report.ts";
import { openUncounted, type Uncounted } from "./uncounted.ts";

export { dayFaults, uncountedFaults } from "./day-faults.ts";
export { recordStorer, sharedTexts } from "./records.ts";
export {
  dayOf,
  messagesOf,
  reporterOf,
  reportKey,
  type StoredReport,
  storedReport,
} from "./stored-report.ts";
export { formatLeftOut, type Uncounted } from "./uncounted.ts";

/**
 * All that is known of one policy domain on one day: a set of reports, not a sum. Totals are recounted from it, and
 * `day-file.ts` writes it down as it is.
 *
 * A report of a mail gets its day by `dayOf` and its kept form by `storedReport`. What counts when it comes is in
 * `reports`, and what does not in `uncounted`, which is bounded; `wholeDay` has all of them as the one set that they are.
 */
export interface Day<Rec extends AnyRecord = ReportRecord> {
  /** See `Report`. */
  kind?: "tls";
  /** Policy domain, as A-label. */
  domain: string;
  /** `YYYY-MM-DD`, see `dayOf`. */
  day: string;
  /** One entry a report, sorted by `reportKey`; none counts twice. */
  reports: StoredReport<Rec>[];
  /** Reports that did not count when they came; absent for none. */
  uncounted?: Uncounted<Rec>;
}

/** A day of reports of any kind. */
export type AnyDay = Day<AnyRecord>;

/** Whether a report is an aggregate one. */
export function isAggregate<Of extends { kind?: "tls" }>(of: Of): of is Of & { records: ReportRecord[] } {
  return of.kind === undefined;
}

/** Whether a day is one of aggregate reports. */
export function isAggregateDay(day: AnyDay): day is Day {
  return day.kind === undefined;
}

/** Whether a day is one of TLS reports. */
export function isTlsDay(day: AnyDay): day is Day<TlsRecord> {
  return day.kind === "tls";
}

/** What became of a report that does not count. */
export interface UncountedAddendum {
  state: Addendum["state"] | "not-kept";
  reason?: Reason;
}

/** A day while many reports are added to it. */
export interface OpenDay<Rec extends AnyRecord> {
  /**
   * Adds one that counts. Adding is idempotent, and the order in which reports are added does not matter.
   *
   * Two reports with one key (reporter, verdict, From domain, id, policy domain, period) and the same content are one. With
   * other content, the one with more messages is kept, then the one with the smaller hash. The same content under several
   * ids counts once. A better authenticated report takes its ids from others of the same From domain and period.
   *
   * @throws RangeError when the report is about another domain or day.
   */
  add(report: StoredReport<Rec>): Addendum;
  /** Adds one that does not count, as far as there is room for it. */
  addUncounted(report: StoredReport<Rec>): UncountedAddendum;
  /** The day with all of them; the same object when nothing changed. */
  close(): Day<Rec>;
}

/**
 * Opens a day, so that many reports can be added at the cost of a few; the given day is left alone.
 *
 * @param counted - A report that did not count as it is kept now that it does; `undefined` when it still does not.
 */
export function openDay<Rec extends AnyRecord>(
  day: Day<Rec>,
  counted: (report: StoredReport<Rec>) => StoredReport<Rec> | undefined = () => undefined,
): OpenDay<Rec> {
  const set = openReportSet(day.reports);
  const uncounted = openUncounted(day.uncounted);
  const add = (report: StoredReport<Rec>): Addendum => {
    const added = set.add(report);
    const superseded = uncounted.take((other) => supersedes(report, other));
    const isUpgrade = superseded.length > 0 && added.state === "stored";
    return isUpgrade ? { reason: { code: "replaces-weaker" }, ...added } : added;
  };
  for (const report of uncounted.take((one) => counted(one) !== undefined)) add(counted(report) ?? report);
  return {
    add(report) {
      checkPlace(day, report);
      return add(report);
    },
    addUncounted(report) {
      checkPlace(day, report);
      const found = set.find(report);
      if (found !== undefined) return found;
      const state = uncounted.add(report);
      if (state === "stored") return { state };
      if (state === "duplicate") return { state, reason: { code: "read-before" } };
      return { state: "not-kept", reason: { code: "no-room-uncounted" } };
    },
    close() {
      const [reports, rest] = [set.list(), uncounted.close()];
      if (reports === day.reports && rest === day.uncounted) return day;
      const { uncounted: _, ...others } = day;
      return { ...others, reports, ...(rest && { uncounted: rest }) };
    },
  };
}

function checkPlace({ domain, day }: AnyDay, { policyPublished, reportMetadata }: StoredReport<AnyRecord>): void {
  if (policyPublished.domain === domain && dayOf(reportMetadata.dateRange) === day) return;
  throw new RangeError(`a report for ${policyPublished.domain} does not belong to ${domain} ${day}`);
}

/** Days are never changed in place, and one is looked at by index and digest. */
const wholeDays = new WeakMap<AnyDay, AnyDay>();

/**
 * A day with all of its reports as one set, those that did not count when they came among them; in `uncounted` only what
 * was left out remains. Whether one counts is a question of today's trust, wherever it was written.
 */
export function wholeDay<Rec extends AnyRecord>(day: Day<Rec>): Day<Rec> {
  const { uncounted } = day;
  if (uncounted === undefined) return day;
  return entryIn(wholeDays, day, () => {
    const set = openReportSet(day.reports);
    for (const report of uncounted.reports) set.add(report);
    return { ...day, reports: set.list(), uncounted: { ...uncounted, reports: [] } };
  }) as Day<Rec>;
}
