import type { AnyRecord } from "../../report/types.ts";
import { addUpRecords, contentHash } from "./records.ts";
import { reportKey, type StoredReport } from "./stored-report.ts";
import { boundFaults, type Uncounted } from "./uncounted.ts";

/**
 * What is wrong with a day that was read from a file, one sentence a fault without a full stop; none when it is as
 * `addReport` makes it. The shape, the domain and the day were checked when it was read.
 */
export function dayFaults({ reports }: { reports: StoredReport<AnyRecord>[] }): string[] {
  return [...reports.flatMap(reportFaults), ...sameKeyFaults(reports), ...orderFaults(reports)];
}

/** The same of the reports that do not count, which stand in a file of their own. */
export function uncountedFaults(uncounted: Uncounted<AnyRecord>): string[] {
  return [...uncounted.reports.flatMap(reportFaults), ...boundFaults(uncounted)];
}

function reportFaults(report: StoredReport<AnyRecord>): string[] {
  const { hash, records, recordsLeftOut, otherIds = [], reportMetadata } = report;
  const ids = [reportMetadata.reportId, ...otherIds];
  return [
    ...(recordsLeftOut !== undefined || contentHash(records) === hash
      ? []
      : [`${nameOf(report)}: its hash is not that of its records`]),
    ...(isSame(addUpRecords(records), records)
      ? []
      : [`${nameOf(report)}: its records are not in order, or one is split`]),
    ...(isSame([...new Set(ids)].sort(), ids) ? [] : [`${nameOf(report)}: its ids are not in order`]),
  ];
}

function sameKeyFaults(reports: StoredReport<AnyRecord>[]): string[] {
  const seen = new Set<string>();
  return reports.flatMap((report) => {
    const { reporter, authenticity, hash, otherIds = [], reportMetadata } = report;
    const { reportId, dateRange } = reportMetadata;
    const period = [reporter, authenticity.verdict, authenticity.domain, dateRange.begin, dateRange.end];
    const keys = [
      ...[...new Set([reportId, ...otherIds])].map((id) => JSON.stringify(["id", id, ...period])),
      JSON.stringify(["hash", hash, ...period]),
    ];
    const isThere = keys.some((key) => seen.has(key));
    for (const key of keys) seen.add(key);
    return isThere ? [`${nameOf(report)}: it is there twice, by its id or by its content`] : [];
  });
}

function orderFaults(reports: StoredReport<AnyRecord>[]): string[] {
  const keys = reports.map(reportKey);
  return isSame(keys.toSorted(), keys) ? [] : ["its reports are not in order"];
}

function nameOf({ reporter, reportMetadata }: StoredReport<AnyRecord>): string {
  return `report ${reportMetadata.reportId} of ${reporter}`;
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
