import type { Authenticity } from "../../report/authenticity.ts";
import { dispositionKeys } from "../../report/outcome.ts";
import type {
  AnyRecord,
  DateRange,
  PolicyPublished,
  Report,
  ReportMetadata,
  ReportRecord,
} from "../../report/types.ts";
import { dateOf } from "../dates.ts";
import { sumOf } from "../lists.ts";
import { addUpRecords, contentHash, recordStorer } from "./records.ts";

/** A report as it is kept: without recipients, comments and local parts of addresses. */
export interface StoredReport<Rec extends AnyRecord = ReportRecord> {
  /** See `Report`. */
  kind?: "tls";
  /** See `reporterOf`. */
  reporter: string;
  /** How sure it is that the reporter sent it. */
  authenticity: Authenticity;
  /** See `contentHash`. */
  hash: string;
  /** Date of the topmost `Received` field of its mail, the earliest if it came more than once; absent for bare files. */
  received?: string;
  reportMetadata: Omit<ReportMetadata, "email">;
  /** Further ids under which the same reporter sent the same content; `reportMetadata.reportId` is the smallest. */
  otherIds?: string[];
  /** What came under some of its ids and was not quite the same, by id: see `copiesOf`. */
  copies?: StoredReport<Rec>[];
  policyPublished: PolicyPublished;
  /** See `Report`. */
  extensions?: string[];
  /** Records that could not be read; absent for none. */
  unreadableRecords?: number;
  /** What was repaired to read it; absent for nothing. */
  notes?: string[];
  /** How many records it had, when only their totals are kept; see `Uncounted`. */
  recordsLeftOut?: number;
  /** Records that differ in nothing but `count` are added up. */
  records: Rec[];
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
export function storedReport<Rec extends AnyRecord>(
  report: Report<Rec>,
  { received, authenticity }: ReportOrigin,
  keepsRecipients = false,
): StoredReport<Rec> {
  const { email: _, ...reportMetadata } = report.reportMetadata;
  const stored = recordStorer(keepsRecipients);
  return inOrder({
    kind: report.kind,
    reporter: reporterOf(report, authenticity),
    authenticity,
    hash: contentHash(report.records),
    received,
    reportMetadata,
    policyPublished: report.policyPublished,
    extensions: report.extensions,
    unreadableRecords: report.unreadableRecords || undefined,
    notes: report.notes.length === 0 ? undefined : report.notes,
    records: addUpRecords(report.records.map((record) => stored(record) as Rec)),
  });
}

/**
 * Who reported: the domain that is authenticated. Without one what the report says of itself: `orgName`, or the domain
 * of `email` when that is empty; `unknown` without either.
 */
export function reporterOf(
  { reportMetadata }: Pick<Report, "reportMetadata">,
  { verdict, domain }: Authenticity,
): string {
  const { orgName, email } = reportMetadata;
  if (verdict === "verified" && domain !== undefined) return domain;
  return orgName || email?.split("@").at(-1) || "unknown";
}

/**
 * A text for a report's key: reporter, smallest id, policy domain, begin, end, verdict, From domain. Reports of a day are
 * sorted by it.
 */
export function reportKey({
  reporter,
  authenticity,
  reportMetadata,
  policyPublished,
}: StoredReport<AnyRecord>): string {
  const { reportId, dateRange } = reportMetadata;
  const { begin, end } = dateRange;
  const { verdict, domain = "" } = authenticity;
  return JSON.stringify([reporter, reportId, policyPublished.domain, begin, end, verdict, domain]);
}

/** The messages in some reports. */
export function messagesOf(reports: Iterable<Pick<StoredReport<AnyRecord>, "records">>): number {
  return sumOf(reports, ({ records }) => sumOf(records, ({ row }) => row.count));
}

/** Keys in the order of the day file. */
const keys = {
  report: [
    "kind",
    "reporter",
    "authenticity",
    "hash",
    "received",
    "reportMetadata",
    "otherIds",
    "policyPublished",
    "extensions",
    "unreadableRecords",
    "notes",
    "recordsLeftOut",
    "copies",
    "records",
  ],
  authenticity: ["verdict", "by", "domain", "standing"],
  reportMetadata: ["orgName", "extraContactInfo", "reportId", "dateRange", "errors", "generator"],
  policyPublished: ["domain", "adkim", "aspf", "p", "sp", "np", "pct", "fo", "testing", "discoveryMethod"],
} as const;

/** A report with its keys in one order, so that equal reports have equal JSON; those that are not known come last. */
export function inOrder<Rec extends AnyRecord>(report: StoredReport<Rec>): StoredReport<Rec> {
  const authenticity = sorted(report.authenticity, keys.authenticity);
  const reportMetadata = sorted(report.reportMetadata, keys.reportMetadata);
  const policyPublished = sorted(report.policyPublished, keys.policyPublished);
  return sorted({ ...report, authenticity, reportMetadata, policyPublished }, keys.report);
}

function sorted<T extends object>(of: T, names: readonly (keyof T)[]): T {
  return { ...Object.fromEntries(names.map((name) => [name, of[name]])), ...of };
}

/** The period that a report is about: begin and end, in seconds since the epoch. */
export function periodOf({ reportMetadata }: StoredReport<AnyRecord>): [number, number] {
  const { begin, end } = reportMetadata.dateRange;
  return [begin, end];
}

/** The id of a report, the smallest if it came under several. */
export function idOf({ reportMetadata }: StoredReport<AnyRecord>): string {
  return reportMetadata.reportId;
}

/** All ids under which a report came. */
export function idsOf({ reportMetadata, otherIds = [] }: StoredReport<AnyRecord>): string[] {
  return [reportMetadata.reportId, ...otherIds];
}

/** How many records a report has, those left out included. */
export function recordsOf({ records, recordsLeftOut = 0 }: StoredReport<AnyRecord>): number {
  return recordsLeftOut === 0 ? records.length : recordsLeftOut;
}

/** A report with its records added up by what was decided on them; who sent and from where is left out. */
export function withTotals<Rec extends AnyRecord>(report: StoredReport<Rec>): StoredReport<Rec> {
  if (report.recordsLeftOut !== undefined) return report;
  const records = addUpRecords(
    report.records.map((record) => bareRecord(record, report.policyPublished.domain) as Rec),
  );
  return inOrder({ ...report, recordsLeftOut: report.records.length, records });
}

function bareRecord(record: AnyRecord, domain: string): AnyRecord {
  if ("session" in record) {
    const { policyType, mode, result } = record.session;
    return { row: { count: record.row.count }, session: { policyType, mode, result } };
  }
  const { row } = record;
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
