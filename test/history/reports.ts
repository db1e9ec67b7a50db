import { type Day, openDay } from "../../src/history/day/day.ts";
import { type ReportOrigin, type StoredReport, storedReport } from "../../src/history/day/stored-report.ts";
import { dayFilePath, formatDay } from "../../src/history/day-file/day-file.ts";
import type { IntakeSettings } from "../../src/history/intake/add-mail.ts";
import { reasonText } from "../../src/render/words/words.ts";
import type { Trust } from "../../src/report/trust/trust.ts";
import type { Report, ReportRecord } from "../../src/report/types.ts";

/** The text of a day's file. */
export function textOf(day: Day): string {
  return formatDay(day).get(dayFilePath(day)) ?? "";
}

/** A day with one more report, the same object when nothing changed, and what became of the report. */
export function addReport(day: Day, report: StoredReport) {
  const open = openDay(day);
  return { ...open.add(report), day: open.close() };
}

/** A report as it is kept, of a file that was given by hand unless said otherwise. */
export function keepReport(report: Report, origin: Partial<ReportOrigin> = {}): StoredReport {
  return storedReport(report, { authenticity: { verdict: "given" }, ...origin });
}

/** Nobody is believed but known reporters, and files given by hand. */
export const noTrust: Trust = { trustedReporters: [], countsUnverified: false };

/** A record for tests: 10 messages that passed, unless said otherwise. */
export function makeRecord({
  sourceIp = "192.0.2.1",
  count = 10,
  dkim = "pass",
  spf = "pass",
  ...rest
}: {
  sourceIp?: string;
  count?: number;
  dkim?: "pass" | "fail" | undefined;
  spf?: "pass" | "fail" | undefined;
  reasons?: string[];
  disposition?: string;
  headerFrom?: string;
  envelopeFrom?: string;
  dkimDomain?: string;
} = {}): ReportRecord {
  const { disposition = "none", headerFrom = "example.com", envelopeFrom, reasons = [], dkimDomain } = rest;
  return {
    row: {
      sourceIp,
      count,
      policyEvaluated: { disposition, dkim, spf, reasons: reasons.map((type) => ({ type })) },
    },
    identifiers: { headerFrom, envelopeFrom },
    authResults: {
      dkim: dkimDomain === undefined ? [] : [{ domain: dkimDomain, selector: "s1", result: "pass" }],
      spf: [],
    },
  };
}

/** A report of 2026-11-17 (UTC) for tests. */
export function makeReport({
  orgName = "google.com",
  reportId = "1",
  domain = "example.com",
  begin = Date.UTC(2026, 10, 17) / 1000,
  end = begin + 86_399,
  records = [makeRecord()],
  unreadableRecords = 0,
}: {
  orgName?: string;
  reportId?: string;
  domain?: string;
  begin?: number;
  end?: number;
  records?: ReportRecord[];
  unreadableRecords?: number;
} = {}): Report {
  return {
    reportMetadata: { orgName, email: "noreply@reports.example.net", reportId, dateRange: { begin, end } },
    policyPublished: { domain, adkim: "r", aspf: "r", p: "none", sp: "none" },
    records,
    unreadableRecords,
    notes: [],
  };
}

/** Settings of the intake for a history in which some domains have a folder. */
export function intakeSettings({
  domains = [],
  known = ["example.com", "example.org", "news.example.com", "-a.example"],
  trust = noTrust,
  oldest = "2025-10-16",
}: {
  domains?: readonly string[];
  known?: readonly string[];
  trust?: Trust;
  oldest?: string;
} = {}): IntakeSettings {
  const ownDomains = {
    domains,
    known: new Set(known),
    others: domains.length > 0 ? ("none" as const) : ("kept" as const),
  };
  return {
    ownDomains,
    oldest: new Date(oldest),
    now: new Date("2026-11-20T09:00:00Z"),
    keepsRecipients: false,
    trust,
    reasonText,
    batch: 3,
  };
}
