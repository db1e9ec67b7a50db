import { type MailSummary, summarizeMail } from "../report/mail-summary.ts";
import type { MailState, ReadFile, ReadMail } from "../report/types.ts";
import { addReport, type Day, dayOf, storedReport } from "./day.ts";
import { dayFilePath, isStorable } from "./day-file.ts";

/** What became of one mail: exactly one state, and why. */
export interface IntakeEntry {
  /** The configured name of the mailbox. */
  mailbox: string;
  /** What a person would call the mail: its UID or its path. */
  mail: string;
  state: MailState;
  /** Why it is not simply stored; it counts the files when they ended differently. */
  reason?: string;
  /** Policy domains of the reports that were stored, sorted. */
  domains: string[];
  /** Reports that were stored. */
  reports: number;
  /** Messages in the reports that were stored. */
  messages: number;
}

/** The days by the path of their file. */
export type Days = ReadonlyMap<string, Day>;

/** The paths of the day files that a mail's reports belong to; they must be loaded before it is added. */
export function dayPathsOf({ files }: ReadMail, domains: readonly string[]): string[] {
  return files.flatMap(({ report }) => {
    if (report === undefined || foreignReason(report.policyPublished.domain, domains) !== undefined) return [];
    const { domain } = report.policyPublished;
    return [dayFilePath({ domain, day: dayOf(report.reportMetadata.dateRange) })];
  });
}

/** Where a mail comes from, and which domains are ours: none named, all are. */
export interface MailOrigin {
  /** The configured name of the mailbox. */
  mailbox: string;
  /** What a person would call the mail. */
  mail: string;
  domains: readonly string[];
}

/** The days with the reports of a mail in them, and what became of the mail. */
export function addMail(
  days: Days,
  { files, received }: ReadMail,
  { mailbox, mail, domains }: MailOrigin,
): { days: Days; entry: IntakeEntry } {
  const changed = new Map(days);
  const filed = files.map((file) => addFile(changed, file, received, domains));
  const stored = filed.flatMap(({ state }, index) => (state === "stored" ? (files[index]?.report ?? []) : []));
  const entry = {
    mailbox,
    mail,
    ...summarizeMail(filed),
    domains: [...new Set(stored.map(({ policyPublished }) => policyPublished.domain))].sort(),
    reports: stored.length,
    messages: stored.flatMap(({ records }) => records).reduce((sum, { row }) => sum + row.count, 0),
  };
  return { days: changed, entry };
}

/** Adds the report of one file, if it has one, to the days; gives the file's state. */
function addFile(
  days: Map<string, Day>,
  { state, reason, report }: ReadFile,
  received: string | undefined,
  domains: readonly string[],
): MailSummary {
  if (report === undefined) return { state, reason };
  const { domain } = report.policyPublished;
  const foreign = foreignReason(domain, domains);
  if (foreign !== undefined) return { state: "foreign-domain", reason: foreign };
  const day = dayOf(report.reportMetadata.dateRange);
  const path = dayFilePath({ domain, day });
  const added = addReport(days.get(path) ?? { domain, day, reports: [] }, storedReport(report, received));
  days.set(path, added.day);
  const isEmpty = state === "known-empty" && added.state === "stored";
  return isEmpty ? { state, reason } : { state: added.state, reason: added.reason };
}

/** Why a report about a domain is not kept, or `undefined` when it is. No domains named: all are ours. */
function foreignReason(domain: string, domains: readonly string[]): string | undefined {
  if (!isStorable(domain)) return `${domain} can't have a folder of its own: it is a single label or a name of ours`;
  const isOurs = domains.length === 0 || domains.some((own) => domain === own || domain.endsWith(`.${own}`));
  return isOurs ? undefined : `${domain} is not among the domains of the input domains`;
}
