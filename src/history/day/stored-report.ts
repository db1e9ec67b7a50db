import { createHash } from "node:crypto";
import type { Authenticity } from "../../report/authenticity.ts";
import type { DateRange, PolicyPublished, Report, ReportRecord } from "../../report/types.ts";
import { dateOf } from "../dates.ts";
import { compareText, groupBy, sumOf } from "../lists.ts";

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
  /** How sure it is that the reporter sent it. */
  authenticity: Authenticity;
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
  /** How many records it had, when only their totals are kept; see `withFewRecords`. */
  recordsLeftOut?: number;
  /** Records that differ in nothing but `count` are added up. */
  records: ReportRecord[];
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
  return dateOf(((begin + end) / 2) * 1000);
}

/** What a mail says of a report beyond the report itself. */
export interface ReportOrigin {
  /** Date of the topmost `Received` field of its mail; absent for a bare file. */
  received?: string;
  authenticity: Authenticity;
}

/**
 * A report in the form in which it is kept.
 *
 * @param keepsRecipients - Whether recipients' domains and the comments of override reasons are kept.
 */
export function storedReport(
  report: Report,
  { received, authenticity }: ReportOrigin,
  keepsRecipients = false,
): StoredReport {
  const { orgName, reportId, dateRange } = report.reportMetadata;
  return inOrder({
    reporter: reporterOf(report, authenticity),
    authenticity,
    hash: contentHash(report.records),
    received,
    reportMetadata: { orgName, reportId, dateRange },
    policyPublished: report.policyPublished,
    unreadableRecords: report.unreadableRecords || undefined,
    notes: report.notes.length === 0 ? undefined : report.notes,
    records: addUpRecords(report.records.map((record) => storedRecord(record, keepsRecipients))),
  });
}

/**
 * Who reported: the domain that is authenticated. Without one what the report says of itself: `orgName`, or the domain
 * of `email` when that is empty; `unknown` without either.
 */
export function reporterOf({ reportMetadata }: Report, { verdict, domain }: Authenticity): string {
  const { orgName, email } = reportMetadata;
  if (verdict === "verified" && domain !== undefined) return domain;
  return orgName || email?.split("@").at(-1) || "unknown";
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

/**
 * A text for a report's key: reporter, smallest id, policy domain, begin, end, verdict, From domain. Reports of a day are
 * sorted by it.
 */
export function reportKey({ reporter, authenticity, reportMetadata, policyPublished }: StoredReport): string {
  const { reportId, dateRange } = reportMetadata;
  const { begin, end } = dateRange;
  const { verdict, domain = "" } = authenticity;
  return JSON.stringify([reporter, reportId, policyPublished.domain, begin, end, verdict, domain]);
}

/** The messages in some reports. */
export function messagesOf(reports: Iterable<Pick<StoredReport, "records">>): number {
  return sumOf(reports, ({ records }) => sumOf(records, ({ row }) => row.count));
}

/** A report with its keys in the order of the day file, so that equal reports have equal JSON. */
export function inOrder(report: StoredReport): StoredReport {
  const {
    reporter,
    authenticity,
    hash,
    received,
    reportMetadata,
    otherIds,
    policyPublished,
    unreadableRecords,
    notes,
    recordsLeftOut,
  } = report;
  const { orgName, reportId, dateRange } = reportMetadata;
  const { domain, adkim, aspf, p, sp, np, pct, fo, testing, discoveryMethod } = policyPublished;
  const { verdict, by, standing } = authenticity;
  return {
    reporter,
    authenticity: { verdict, by, domain: authenticity.domain, standing },
    hash,
    received,
    reportMetadata: { orgName, reportId, dateRange: { begin: dateRange.begin, end: dateRange.end } },
    otherIds,
    policyPublished: { domain, adkim, aspf, p, sp, np, pct, fo, testing, discoveryMethod },
    unreadableRecords,
    notes,
    recordsLeftOut,
    records: report.records,
  };
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
