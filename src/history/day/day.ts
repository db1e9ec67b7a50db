import { type Addendum, openReportSet } from "./report-set.ts";
import { dayOf, type StoredReport } from "./stored-report.ts";

export { dayFaults } from "./day-faults.ts";
export { sharedText } from "./records.ts";
export {
  dayOf,
  messagesOf,
  reporterOf,
  reportKey,
  type StoredReport,
  storedReport,
  withFewRecords,
} from "./stored-report.ts";

/**
 * All that is known of one policy domain on one day: a set of reports, not a sum. Totals are recounted from it, and
 * `day-file.ts` writes it down as it is.
 *
 * A report of a mail gets its day by `dayOf` and its kept form by `storedReport`; `addReport` adds it, `withFewRecords`
 * bounds what does not count.
 */
export interface Day {
  /** Policy domain, as A-label. */
  domain: string;
  /** `YYYY-MM-DD`, see `dayOf`. */
  day: string;
  /** One entry a report, sorted by `reportKey`; none counts twice. */
  reports: StoredReport[];
}

/** What became of a report that was added. */
export interface Added extends Addendum {
  /** The day with the report in it; the same object when nothing changed. */
  day: Day;
}

/**
 * A day with one more report. Adding is idempotent, and the order in which reports are added does not matter.
 *
 * Two reports with one key (reporter, verdict, From domain, id, policy domain, period) and the same content are one. With
 * other content, the one with more messages is kept, then the one with the smaller hash. The same content under several
 * ids counts once. A better authenticated report takes its ids from others of the same From domain and period.
 *
 * @throws RangeError when the report is about another domain or day.
 */
export function addReport(day: Day, report: StoredReport): Added {
  const open = openDay(day);
  return { ...open.add(report), day: open.close() };
}

/** A day while many reports are added to it, each as `addReport` does. */
export interface OpenDay {
  add(report: StoredReport): Addendum;
  /** The day with all of them; the same object when nothing changed. */
  close(): Day;
}

/** Opens a day, so that many reports can be added at the cost of a few; the given day is left alone. */
export function openDay(day: Day): OpenDay {
  const set = openReportSet(day.reports);
  return {
    add(report) {
      const { domain } = report.policyPublished;
      if (domain === day.domain && dayOf(report.reportMetadata.dateRange) === day.day) return set.add(report);
      throw new RangeError(`a report for ${domain} does not belong to ${day.domain} ${day.day}`);
    },
    close() {
      const reports = set.list();
      return reports === day.reports ? day : { ...day, reports };
    },
  };
}
