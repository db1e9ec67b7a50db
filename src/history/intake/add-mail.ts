import type { Authenticity } from "../../report/authenticity.ts";
import { type MailSummary, summarizeMail } from "../../report/mail/mail.ts";
import type { ReadFile, ReadMail } from "../../report/read-mail.ts";
import type { Reason } from "../../report/reason.ts";
import { impersonationReason, isCounting, standingOf, type Trust } from "../../report/trust/trust.ts";
import type { DateRange, Report } from "../../report/types.ts";
import { csvCell, guardedCell } from "../csv.ts";
import { dateOf } from "../dates.ts";
import { addReport, type Day, dayOf, messagesOf, reporterOf, storedReport, withFewRecords } from "../day/day.ts";
import { bytesOfChange, dayFilePath } from "../day-file/day-file.ts";
import { sumOf } from "../lists.ts";
import { foreignReason, type OwnDomains } from "../own-domains.ts";
import type { LedgerLine, MailKey } from "./ledger.ts";

/** Where a mail comes from. */
export interface MailOrigin extends MailKey {
  /** What a person would call the mail: its UID or its path. */
  mail: string;
  /** When it arrived (INTERNALDATE), as ISO 8601; absent for files. */
  arrived?: string;
  /** The Message-ID of its header, if any. */
  messageId?: string;
}

/** What became of one mail: exactly one state, and why. */
export interface IntakeEntry extends LedgerLine {
  /** The reason of which the ledger has the words. */
  why?: Reason;
  /** What a person would call the mail: its UID or its path. */
  mail: string;
  /** Domains of reports that were not kept because the domain is not known to be ours; absent for none. */
  foreignDomains?: string[];
}

/** The line of the ledger in which an entry stands. */
export function ledgerLineOf({ mail: _, foreignDomains: __, why: ___, ...line }: IntakeEntry): LedgerLine {
  return line;
}

/** What is kept of the mails. */
export interface IntakeSettings {
  ownDomains: OwnDomains;
  /** Reports about periods that ended before are not kept. */
  oldest: Date;
  /** Whether recipients' domains and comments of override reasons are kept. */
  keepsRecipients: boolean;
  /** Who is believed. */
  trust: Trust;
  /** The words that the ledger has for a reason: English, whatever the language of the digest. */
  reasonText: (reason: Reason) => string;
}

/** What is known of the sender of a mail that was not judged. */
const unjudged: Authenticity = { verdict: "unverified" };

/** The days by the path of their file. */
export type Days = ReadonlyMap<string, Day>;

/** The paths of the day files that a mail's reports belong to; they must be loaded before it is added. */
export function dayPathsOf({ files }: ReadMail, settings: IntakeSettings): string[] {
  return files.flatMap(({ report, authenticity = unjudged }) => {
    if (report === undefined || refusalOf({ report, authenticity }, settings) !== undefined) return [];
    const { domain } = report.policyPublished;
    return [dayFilePath({ domain, day: dayOf(report.reportMetadata.dateRange) })];
  });
}

/** The date of the ledger file in which a mail stands: of its arrival, else of the end of what it reports. */
export function ledgerDateOf({ files, received }: ReadMail, { arrived }: MailOrigin): string | undefined {
  const end = files.flatMap(({ report }) => report?.reportMetadata.dateRange.end ?? [])[0];
  return arrived ?? received ?? (end === undefined ? undefined : new Date(end * 1000).toISOString());
}

/** What one commit can hold of a single mail, in bytes of changed files: GitHub takes no more. */
const mostBytesOfMail = 25_000_000;

/**
 * The days with the reports of a mail in them, and what became of the mail.
 *
 * A mail that would change more files than one commit can hold is `too-big`, and changes nothing.
 */
export function addMail(
  days: Days,
  { mail, origin }: { mail: ReadMail; origin: MailOrigin },
  settings: IntakeSettings,
): { days: Days; entry: IntakeEntry } {
  const changed = new Map(days);
  const filed = mail.files.map((file) => addFile(changed, file, mail.received, settings));
  if (bytesBetween(days, changed) > mostBytesOfMail) {
    const reason: Reason = { code: "commit-too-large", megabytes: mostBytesOfMail / 1_000_000 };
    return { days, entry: makeEntry({ mail, origin }, { state: "too-big", reason }, { stored: [], settings }) };
  }
  const stored = filed.flatMap(({ state }, index) => (state === "stored" ? (mail.files[index]?.report ?? []) : []));
  const foreignDomains = filed.flatMap(({ state }, index) =>
    state === "foreign-domain" ? domainsIn(mail.files[index]) : [],
  );
  return {
    days: changed,
    entry: makeEntry({ mail, origin }, summarizeMail(filed), { stored, foreignDomains, settings }),
  };
}

function makeEntry(
  { mail, origin }: { mail: ReadMail; origin: MailOrigin },
  { state, reason }: MailSummary,
  { stored, foreignDomains = [], settings }: { stored: Report[]; foreignDomains?: string[]; settings: IntakeSettings },
): IntakeEntry {
  const reports = mail.files.flatMap(({ report }) => report ?? []);
  const reporters = mail.files.flatMap(({ report, authenticity = unjudged }) =>
    report === undefined ? [] : reporterOf(report, authenticity),
  );
  const domains = [...new Set(reports.map(({ policyPublished }) => policyPublished.domain))].sort();
  const { arrived = mail.received, messageId, ...key } = origin;
  // Entries are kept to the end of a run, and a text cut from a mail holds all of it in memory: a clone has its own.
  return structuredClone({
    ...key,
    arrived: arrived === undefined ? undefined : `${arrived.slice(0, 19)}Z`,
    messageId: reports.length === 0 ? undefined : messageId && csvCell(messageId),
    state,
    reason: reason === undefined ? undefined : csvCell(settings.reasonText(reason)),
    why: reason,
    reporter: reports.length === 0 ? undefined : csvCell([...new Set(reporters)].join("; ")),
    domains: domains.length === 0 ? undefined : guardedCell(domains.join(" ")),
    reports: stored.length,
    messages: messagesOf(stored),
    foreignDomains: foreignDomains.length === 0 ? undefined : foreignDomains,
  });
}

function domainsIn(file: ReadFile | undefined): string[] {
  return file?.report === undefined ? [] : [file.report.policyPublished.domain];
}

/** Bytes of the files that change between two states of some days. */
export function bytesBetween(before: Days, after: Days): number {
  return sumOf(after, ([path, day]) => bytesOfChange(before.get(path), day));
}

/** Adds the report of one file, if it has one, to the days; gives the file's state. */
function addFile(
  days: Map<string, Day>,
  { state, reason, report, authenticity = unjudged }: ReadFile,
  received: string | undefined,
  settings: IntakeSettings,
): MailSummary {
  if (report === undefined) return { state, reason };
  const { keepsRecipients, trust } = settings;
  const refusal = refusalOf({ report, authenticity }, settings);
  if (refusal !== undefined) return refusal;
  const { domain } = report.policyPublished;
  const day = dayOf(report.reportMetadata.dateRange);
  const path = dayFilePath({ domain, day });
  const stored = storedReport(report, { received, authenticity: withStanding(authenticity, trust) }, keepsRecipients);
  const added = addReport(days.get(path) ?? { domain, day, reports: [] }, stored);
  days.set(path, withFewRecords(added.day, trust));
  const isEmpty = state === "known-empty" && added.state === "stored";
  return isEmpty ? { state, reason } : { state: added.state, reason: added.reason };
}

/** Why a report is not kept; `undefined` when it is. */
function refusalOf(
  { report, authenticity }: { report: Report; authenticity: Authenticity },
  { ownDomains, oldest, trust }: IntakeSettings,
): MailSummary | undefined {
  const impersonation = impersonationIn(report, authenticity, trust);
  if (impersonation !== undefined) return { state: "quarantined", reason: impersonation };
  const { dateRange } = report.reportMetadata;
  if (dateRange.end * 1000 < oldest.getTime()) return { state: "implausible", reason: ageReason(dateRange, oldest) };
  const foreign = foreignReason(report.policyPublished.domain, ownDomains, isCounting(authenticity, trust));
  return foreign === undefined ? undefined : { state: "foreign-domain", reason: foreign };
}

function ageReason({ end }: DateRange, oldest: Date): Reason {
  return { code: "period-too-old", day: dateOf(end * 1000), first: dateOf(oldest) };
}

function impersonationIn({ reportMetadata }: Report, { verdict, domain }: Authenticity, trust: Trust) {
  if (verdict !== "verified" || domain === undefined) return undefined;
  return impersonationReason(reportMetadata.orgName, domain, trust);
}

function withStanding(authenticity: Authenticity, trust: Trust): Authenticity {
  const { verdict, domain } = authenticity;
  if (verdict !== "verified" || domain === undefined) return authenticity;
  return { ...authenticity, standing: standingOf(domain, trust) };
}
