import { createHash } from "node:crypto";
import type { DateRange, PolicyPublished, Report, ReportRecord } from "../report/types.ts";
import { groupBy } from "./group.ts";
import { compareText } from "./order.ts";

/** All that is known of one policy domain on one day: a set of reports, not a sum. Totals are recounted from it. */
export interface Day {
  /** Policy domain, as A-label. */
  domain: string;
  /** `YYYY-MM-DD`, see `dayOf`. */
  day: string;
  /** One entry a report; none counts twice. */
  reports: StoredReport[];
}

/** A report as it is kept: without recipients, comments and local parts of addresses. */
export interface StoredReport {
  /** See `reporterOf`. */
  reporter: string;
  /** See `contentHash`. */
  hash: string;
  /** Date of the topmost `Received` field of its mail, the earliest if it came more than once; absent for bare files. */
  received?: string;
  reportMetadata: { orgName: string; reportId: string; dateRange: DateRange };
  /** Further ids under which the same reporter sent the same content; `reportMetadata.reportId` is the smallest. */
  otherIds?: string[];
  policyPublished: PolicyPublished;
  /** Records that could not be read; absent for none. */
  unreadableRecords?: number;
  /** What was repaired to read it; absent for nothing. */
  notes?: string[];
  /** Records that differ in nothing but `count` are added up. */
  records: ReportRecord[];
}

/** What became of a report that was added. */
export interface Added {
  /** The day with the report in it; the same object when nothing changed. */
  day: Day;
  state: "stored" | "duplicate" | "conflict";
  reason?: string;
}

/**
 * The UTC date that a report is about: the date of the middle of its period.
 *
 * A reporter in Tokyo reports 15:00Z to 15:00Z; the middle still falls on the date that it meant.
 *
 * @param dateRange - Seconds since the epoch, UTC, both ends inclusive.
 * @returns `YYYY-MM-DD`.
 */
export function dayOf({ begin, end }: DateRange): string {
  return new Date(((begin + end) / 2) * 1000).toISOString().slice(0, 10);
}

/**
 * A report in the form in which it is kept.
 *
 * @param keepsRecipients - Whether recipients' domains and the comments of override reasons are kept.
 */
export function storedReport(
  report: Report,
  { received, keepsRecipients = false }: { received?: string; keepsRecipients?: boolean } = {},
): StoredReport {
  const { orgName, reportId, dateRange } = report.reportMetadata;
  return inOrder({
    reporter: reporterOf(report),
    hash: contentHash(report.records),
    received,
    reportMetadata: { orgName, reportId, dateRange },
    policyPublished: report.policyPublished,
    unreadableRecords: report.unreadableRecords || undefined,
    notes: report.notes.length === 0 ? undefined : report.notes,
    records: addUpRecords(report.records.map((record) => storedRecord(record, keepsRecipients))),
  });
}

/** Who reported: `orgName`, or the domain of `email` when that is empty; `unknown` without either. */
export function reporterOf({ reportMetadata: { orgName, email } }: Report): string {
  return orgName || email?.split("@").at(-1) || "unknown";
}

/**
 * A day with one more report. Adding is idempotent, and the order in which reports are added does not matter.
 *
 * Two reports with one key (reporter, id, domain, period) and one content are the same one. With another content, the
 * one with more messages counts, then the one with the smaller hash. One content under several ids counts once.
 *
 * @throws RangeError when the report is about another domain or day.
 */
export function addReport(day: Day, report: StoredReport): Added {
  if (report.policyPublished.domain !== day.domain || dayOf(report.reportMetadata.dateRange) !== day.day) {
    throw new RangeError(`a report for ${report.policyPublished.domain} does not belong to ${day.domain} ${day.day}`);
  }
  const peers = day.reports.filter((other) => hasSamePeriod(other, report));
  const sameKey = peers.find((other) => idsOf(other).includes(report.reportMetadata.reportId));
  if (sameKey !== undefined && sameKey.hash !== report.hash && !wins(report, sameKey)) {
    return { day, state: "conflict", reason: "another report with this id was kept: it has more messages" };
  }
  const rest = sameKey !== undefined && sameKey.hash !== report.hash ? withoutId(day, sameKey, report) : day;
  const twin = peers.find((other) => other.hash === report.hash);
  if (twin === undefined) {
    const reason = rest === day ? {} : { reason: "replaces a report with this id that had fewer messages" };
    return { day: withReports(rest, [...rest.reports, report]), state: "stored", ...reason };
  }
  const both = mergeTwins(twin, report);
  const changed = JSON.stringify(both) !== JSON.stringify(twin);
  return {
    day: changed ? withReports(rest, [...rest.reports.filter((other) => other !== twin), both]) : rest,
    state: "duplicate",
    reason: sameKey === twin ? "this report was read before" : "same content as a report with another id",
  };
}

/**
 * SHA-256 in hex over the sorted lines `sourceIp|headerFrom|disposition|dkim|spf|count` of the records.
 *
 * Counts of records alike in the other five are added up first, so that it can be checked on what is stored.
 */
export function contentHash(records: readonly ReportRecord[]): string {
  const counts = new Map<string, number>();
  for (const { row, identifiers } of records) {
    const { disposition, dkim, spf } = row.policyEvaluated;
    const line = [row.sourceIp, identifiers.headerFrom, disposition, dkim, spf].map((part) => part ?? "").join("|");
    counts.set(line, (counts.get(line) ?? 0) + row.count);
  }
  const lines = [...counts].map(([line, count]) => `${line}|${count}\n`).sort();
  return createHash("sha256").update(lines.join("")).digest("hex");
}

/** A text for a report's key: reporter, smallest id, policy domain, begin, end. Reports of a day are sorted by it. */
export function reportKey({ reporter, reportMetadata, policyPublished }: StoredReport): string {
  const { reportId, dateRange } = reportMetadata;
  return JSON.stringify([reporter, reportId, policyPublished.domain, dateRange.begin, dateRange.end]);
}

function hasSamePeriod(a: StoredReport, b: StoredReport): boolean {
  const { begin, end } = b.reportMetadata.dateRange;
  return (
    a.reporter === b.reporter && a.reportMetadata.dateRange.begin === begin && a.reportMetadata.dateRange.end === end
  );
}

function idsOf({ reportMetadata, otherIds = [] }: StoredReport): string[] {
  return [reportMetadata.reportId, ...otherIds];
}

function withIds(report: StoredReport, ids: Iterable<string>): StoredReport {
  const [reportId = "", ...otherIds] = [...new Set(ids)].sort();
  const reportMetadata = { ...report.reportMetadata, reportId };
  return inOrder({ ...report, reportMetadata, otherIds: otherIds.length === 0 ? undefined : otherIds });
}

/** A report with its keys in the order of the day file, so that equal reports have equal JSON. */
function inOrder(report: StoredReport): StoredReport {
  const { reporter, hash, received, reportMetadata, otherIds, policyPublished, unreadableRecords, notes } = report;
  const { orgName, reportId, dateRange } = reportMetadata;
  const { domain, adkim, aspf, p, sp, np, pct, fo, testing, discoveryMethod } = policyPublished;
  return {
    reporter,
    hash,
    received,
    reportMetadata: { orgName, reportId, dateRange: { begin: dateRange.begin, end: dateRange.end } },
    otherIds,
    policyPublished: { domain, adkim, aspf, p, sp, np, pct, fo, testing, discoveryMethod },
    unreadableRecords,
    notes,
    records: report.records,
  };
}

function withReports(day: Day, reports: StoredReport[]): Day {
  return { ...day, reports: reports.sort((a, b) => compareText(reportKey(a), reportKey(b))) };
}

/** The day in which `loser` no longer stands under the id of `winner`; its other ids, if any, keep it. */
function withoutId(day: Day, loser: StoredReport, winner: StoredReport): Day {
  const ids = idsOf(loser).filter((id) => id !== winner.reportMetadata.reportId);
  const kept = ids.length === 0 ? [] : [withIds(loser, ids)];
  return withReports(day, [...day.reports.filter((other) => other !== loser), ...kept]);
}

function wins(a: StoredReport, b: StoredReport): boolean {
  const [ofA, ofB] = [messagesOf(a), messagesOf(b)];
  return ofA === ofB ? a.hash < b.hash : ofA > ofB;
}

function messagesOf({ records }: StoredReport): number {
  return records.reduce((sum, { row }) => sum + row.count, 0);
}

/** One report of two with the same content: all ids, the earliest `received`, and of two wordings the smaller. */
function mergeTwins(a: StoredReport, b: StoredReport): StoredReport {
  const ids = [...idsOf(a), ...idsOf(b)];
  const received = [a.received, b.received].filter((date) => date !== undefined).sort()[0];
  const [wording = a] = [a, b].map((report) => withIds({ ...report, received }, ids)).sort(compareJson);
  return wording;
}

function compareJson(a: unknown, b: unknown): number {
  return compareText(JSON.stringify(a), JSON.stringify(b));
}

/** A record as it is kept, its keys in a fixed order; recipients' domains and comments may name people. */
function storedRecord({ row, identifiers, authResults }: ReportRecord, keepsRecipients: boolean): ReportRecord {
  const { disposition, dkim, spf, reasons } = row.policyEvaluated;
  const { headerFrom, envelopeFrom, envelopeTo } = identifiers;
  return {
    row: {
      sourceIp: row.sourceIp,
      count: row.count,
      policyEvaluated: {
        disposition,
        dkim,
        spf,
        reasons: reasons.map(({ type, comment }) => ({ type, ...(keepsRecipients && { comment }) })),
      },
    },
    identifiers: { headerFrom, envelopeFrom, ...(keepsRecipients && { envelopeTo }) },
    authResults: {
      dkim: authResults.dkim.map(({ domain, selector, result }) => ({ domain, selector, result })),
      spf: authResults.spf.map(({ domain, scope, result }) => ({ domain, scope, result })),
    },
  };
}

/** What a record may share with others, as JSON: all but its address and count. Empty lists are left out. */
export function sharedText({ row: { policyEvaluated }, identifiers, authResults }: ReportRecord): string {
  const { disposition, dkim, spf, reasons } = policyEvaluated;
  return JSON.stringify({
    policyEvaluated: { disposition, dkim, spf, reasons: unlessEmpty(reasons) },
    identifiers,
    authResults: { dkim: unlessEmpty(authResults.dkim), spf: unlessEmpty(authResults.spf) },
  });
}

function unlessEmpty<T>(list: T[]): T[] | undefined {
  return list.length === 0 ? undefined : list;
}

/** Records that differ only in `count` added up; sorted by what they share, then by address. */
export function addUpRecords(records: readonly ReportRecord[]): ReportRecord[] {
  const groups = [...groupBy(records, sharedText)].sort(([a], [b]) => compareText(a, b));
  return groups.flatMap(([, group]) => {
    const [first] = group;
    const counts = new Map<string | undefined, number>();
    for (const { row } of group) counts.set(row.sourceIp, (counts.get(row.sourceIp) ?? 0) + row.count);
    const rows = [...counts].sort(([a = ""], [b = ""]) => compareText(a, b));
    return first === undefined ? [] : rows.map(([sourceIp, count]) => withRow(first, sourceIp, count));
  });
}

/** A record with another address and count; the rest is shared with the given one. */
function withRow(
  { row, identifiers, authResults }: ReportRecord,
  sourceIp: string | undefined,
  count: number,
): ReportRecord {
  return { row: { sourceIp, count, policyEvaluated: row.policyEvaluated }, identifiers, authResults };
}
