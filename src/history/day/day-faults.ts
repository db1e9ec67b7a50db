import type { AnyRecord } from "../../report/types.ts";
import { copiesOf, joinCopies } from "./copies.ts";
import { addUpRecords, contentHash } from "./records.ts";
import { idsOf, inOrder, periodOf, reportKey, type StoredReport } from "./stored-report.ts";
import { boundFaults, type Uncounted } from "./uncounted.ts";

/**
 * What is wrong with a day that was read from a file, one sentence a fault without a full stop; none when it is as
 * `openDay` makes it. The shape, the domain and the day were checked when it was read.
 */
export function dayFaults({ reports }: { reports: StoredReport<AnyRecord>[] }): string[] {
  return [...reports.flatMap(reportFaults), ...sameKeyFaults(reports), ...orderFaults(reports)];
}

/** The same of the reports that do not count, which stand in a file of their own. */
export function uncountedFaults(uncounted: Uncounted<AnyRecord>): string[] {
  return [...uncounted.reports.flatMap(reportFaults), ...boundFaults(uncounted)];
}

function reportFaults(report: StoredReport<AnyRecord>): string[] {
  const { hash } = report;
  const [ids, copies, name] = [idsOf(report), copiesOf(report), nameOf(report)];
  // Copies that say the same of their records share them.
  const distinct = [...new Map(copies.map((copy) => [copy.records, copy])).values()];
  const isHashed = distinct.every((copy) => copy.recordsLeftOut !== undefined || contentHash(copy.records) === hash);
  const isSorted = distinct.every(({ records }) => isSame(addUpRecords(records), records));
  const isOneOfAll = copies.length === 1 || isSame(joinCopies(copies), inOrder(report));
  return [
    ...(isHashed ? [] : [`${name}: its hash is not that of its records`]),
    ...(isSorted ? [] : [`${name}: its records are not in order, or one is split`]),
    ...(isSame([...new Set(ids)].sort(), ids) ? [] : [`${name}: its ids are not in order`]),
    ...(isOneOfAll ? [] : [`${name}: it is not what its copies make together`]),
  ];
}

function sameKeyFaults(reports: StoredReport<AnyRecord>[]): string[] {
  const seen = new Set<string>();
  return reports.flatMap((report) => {
    const { reporter, authenticity, hash } = report;
    const period = [reporter, authenticity.verdict, authenticity.domain, ...periodOf(report)];
    const keys = [
      ...[...new Set(idsOf(report))].map((id) => JSON.stringify(["id", id, ...period])),
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
