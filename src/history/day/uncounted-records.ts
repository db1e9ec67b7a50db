import { authenticityWord, authenticityWords } from "../../report/authenticity.ts";
import { dispositionKeys } from "../../report/outcome.ts";
import { isCounting, type Trust } from "../../report/trust/trust.ts";
import type { ReportRecord } from "../../report/types.ts";
import { compareText } from "../lists.ts";
import { addUpRecords, type Day, inOrder, type StoredReport } from "./stored-report.ts";

/** So many records are kept of all reports of a domain and day that don't count. */
const mostRecords = 1000;

/**
 * The day in which reports that do not count have at most 1,000 records together; of those beyond, only their totals are
 * kept. So a stranger cannot make the history grow, and the reports still add up should they count one day.
 *
 * Which ones keep theirs does not depend on the order in which they came: the better authenticated first, then by hash.
 */
export function withFewRecords(day: Day, trust: Trust): Day {
  const uncounted = day.reports.filter(({ authenticity }) => !isCounting(authenticity, trust)).sort(compareReports);
  const sums = new Map<StoredReport, number>();
  let sum = 0;
  for (const report of uncounted) {
    sum += recordsOf(report);
    sums.set(report, sum);
  }
  const isBeyond = (report: StoredReport) => (sums.get(report) ?? 0) > mostRecords;
  if (!day.reports.some((report) => isBeyond(report) && report.recordsLeftOut === undefined)) return day;
  return { ...day, reports: day.reports.map((report) => (isBeyond(report) ? withTotals(report) : report)) };
}

function compareReports(a: StoredReport, b: StoredReport): number {
  const [ofA, ofB] = [a, b].map(({ authenticity }) => authenticityWords.indexOf(authenticityWord(authenticity)));
  return (ofA ?? 0) - (ofB ?? 0) || compareText(a.hash, b.hash);
}

/** How many records a report has, those left out included. */
function recordsOf({ records, recordsLeftOut = 0 }: StoredReport): number {
  return recordsLeftOut === 0 ? records.length : recordsLeftOut;
}

/** A report with its records added up by what was decided on them; who sent and from where is left out. */
function withTotals(report: StoredReport): StoredReport {
  if (report.recordsLeftOut !== undefined) return report;
  const records = addUpRecords(report.records.map((record) => bareRecord(record, report.policyPublished.domain)));
  return inOrder({ ...report, recordsLeftOut: report.records.length, records });
}

function bareRecord({ row }: ReportRecord, domain: string): ReportRecord {
  const { disposition, dkim, spf } = row.policyEvaluated;
  return {
    row: {
      count: row.count,
      policyEvaluated: { disposition: dispositionKeys.find((key) => key === disposition), dkim, spf, reasons: [] },
    },
    identifiers: { headerFrom: domain },
    authResults: { dkim: [], spf: [] },
  };
}
