import type { Authenticity } from "../../report/authenticity.ts";
import { type MailSummary, summarizeMail } from "../../report/mail/mail.ts";
import { isTrouble } from "../../report/mail-state.ts";
import type { ReadFile, ReadMail } from "../../report/read-mail.ts";
import { isOfContest, type Reason } from "../../report/reason.ts";
import {
  impersonationReason,
  isCounting,
  standingOf,
  type Trust,
  type TrustAbout,
  trustAbout,
} from "../../report/trust/trust.ts";
import type { AnyRecord, Report } from "../../report/types.ts";
import { csvCell, guardedCell } from "../csv.ts";
import { dateOf, dayLength } from "../dates.ts";
import {
  type AnyDay,
  isAggregate,
  messagesOf,
  type OpenDay,
  openDay,
  reporterOf,
  type StoredReport,
  storedReport,
} from "../day/day.ts";
import { bytesOfDay, bytesOfReport, dayFilePath, placeOf } from "../day-file/day-file.ts";
import { entryIn, groupBy, sumOf } from "../lists.ts";
import { foreignReason, type OwnDomains } from "../own-domains.ts";
import { given, type LedgerLine, type MailKey } from "./ledger.ts";
import { formatWhy } from "./why-cell.ts";

/** Where a mail comes from. */
export interface MailOrigin extends MailKey {
  /** What a person would call the mail: its UID or its path. */
  mail: string;
  /** When it arrived (INTERNALDATE), as ISO 8601; absent for files. */
  arrived?: string;
  /** The Message-ID of its header, if any. */
  messageId?: string;
}

/** A mail that was read. */
export interface OriginMail {
  mail: ReadMail;
  origin: MailOrigin;
}

/** What is kept of the mails. */
export interface IntakeSettings {
  ownDomains: OwnDomains;
  /** Reports about periods that ended before are not kept. */
  oldest: Date;
  /** The moment for which the run is made. */
  now: Date;
  /** Whether recipients' domains and comments of override reasons are kept. */
  keepsRecipients: boolean;
  /** Who is believed. */
  trust: Trust;
  /** The words that the ledger has for a reason: English, whatever the language of the digest. */
  reasonText: (reason: Reason) => string;
  /** The number of the batch that the mails belong to. */
  batch: number;
  /** Whether the store has refused what the mails bring for its size: then nothing is added of them. */
  isRefused?: boolean;
}

/** What is known of the sender of a mail that was not judged. */
const unjudged: Authenticity = { verdict: "unverified" };

/** The days by the path of their file. */
export type Days = ReadonlyMap<string, AnyDay>;

/** The paths of the day files that a mail's reports belong to; they must be loaded before it is added. */
export function dayPathsOf({ files }: ReadMail, settings: IntakeSettings): string[] {
  const refusals = refusalsOf(files, settings);
  const paths = files.flatMap(({ report }, index) =>
    report === undefined || refusals[index] !== undefined ? [] : dayFilePath(placeOf(report)),
  );
  return [...new Set(paths)];
}

/** The date of the ledger file in which a mail stands: of its arrival, else of the end of what it reports. */
export function ledgerDateOf({ files, received }: ReadMail, { arrived }: MailOrigin): string | undefined {
  const end = files.flatMap(({ report }) => report?.reportMetadata.dateRange.end ?? [])[0];
  return arrived ?? received ?? (end === undefined ? undefined : new Date(end * 1000).toISOString());
}

/** Some days while mails are added to them, each at a cost that does not depend on how many there are. */
export interface OpenDays {
  /** Brings in days as they are in the history: those that a mail needs, before it is planned. */
  load(days: Days): void;
  /** What a mail would bring, as things stand; nothing is changed. */
  plan(fetched: OriginMail): MailPlan;
  /** Adds what was planned last, and says what became of the mail: one that is more than a commit can hold changes nothing. */
  add(plan: MailPlan): LedgerLine;
  /** All days with what was added; one that has not changed is the same object. */
  close(): Days;
}

/** What a mail brings to the days. */
export interface MailPlan {
  fetched: OriginMail;
  files: PlannedFile[];
  /** Bytes of its reports. */
  own: number;
  /** Bytes by which a commit grows at most: its reports, and the files of days that nothing else has changed so far. */
  bytes: number;
}

type AnyStored = StoredReport<AnyRecord>;

/** A file with its report as it is to be kept; without one, with the state in which it ends. */
type PlannedFile =
  | { file: ReadFile; stored: AnyStored; isCounted: boolean }
  | { file: ReadFile; stored?: undefined; end: MailSummary };

/** Days of which none is loaded so far, to which mails can be added. */
export function openDays(settings: IntakeSettings): OpenDays {
  const loaded = new Map<string, AnyDay>();
  const open = new Map<string, OpenDay<AnyRecord>>();

  function openAt(report: AnyStored): OpenDay<AnyRecord> {
    const place = placeOf(report);
    const path = dayFilePath(place);
    return entryIn(open, path, () => openDay(loaded.get(path) ?? { ...place, reports: [] }, counted));
  }

  /** A report that did not count when it came as it is kept when it does now. */
  function counted(report: AnyStored): AnyStored | undefined {
    const trust = trustAbout(placeOf(report).domain, settings.trust);
    if (!isCounting(report.authenticity, trust)) return undefined;
    return { ...report, authenticity: withStanding(report.authenticity, trust) };
  }

  function addFile(planned: PlannedFile): MailSummary {
    if (planned.stored === undefined) return planned.end;
    const { file, stored, isCounted } = planned;
    const day = openAt(stored);
    const added = isCounted ? day.add(stored) : day.addUncounted(stored);
    const isEmpty = file.state === "known-empty" && added.state === "stored";
    return isEmpty ? { state: file.state, reason: file.reason } : added;
  }

  return {
    load(days) {
      for (const [path, day] of days) loaded.set(path, day);
    },
    plan(fetched) {
      const files = planFiles(fetched.mail, settings);
      const [counts, others] = [reportsIn(files, true), reportsIn(files, false)];
      const opened = [...new Set(counts.map(pathOf))].flatMap((path) =>
        open.has(path) ? [] : (loaded.get(path) ?? []),
      );
      const own = sumOf(counts, bytesOfReport);
      return { fetched, files, own, bytes: own + sumOf(opened, bytesOfDay) + bytesOfUncounted(others) };
    },
    add({ fetched, files, own }) {
      const isTooLarge = own > mostBytesOfMail || settings.isRefused === true;
      return isTooLarge ? tooLargeLine(fetched, settings) : makeLine(fetched, files.map(addFile), settings);
    },
    close: () => new Map([...loaded, ...Array.from(open, ([path, day]): [string, AnyDay] => [path, day.close()])]),
  };
}

function pathOf(report: AnyStored): string {
  return dayFilePath(placeOf(report));
}

function reportsIn(files: readonly PlannedFile[], isCounted: boolean): AnyStored[] {
  return files.flatMap((file) => (file.stored !== undefined && file.isCounted === isCounted ? file.stored : []));
}

/** About the bytes of the files of some reports that don't count: each day's is bounded. */
function bytesOfUncounted(reports: readonly AnyStored[]): number {
  return sumOf(groupBy(reports, pathOf).values(), ({ length }) => Math.min(50_000, length * 1000));
}

/** What one commit can hold of a single mail, in bytes of changed files: GitHub takes no more. */
const mostBytesOfMail = 25_000_000;

function tooLargeLine(fetched: OriginMail, settings: IntakeSettings): LedgerLine {
  const reason: Reason =
    settings.isRefused === true
      ? { code: "commit-refused" }
      : { code: "commit-too-large", megabytes: mostBytesOfMail / 1_000_000 };
  const tooBig: MailSummary = { state: "too-big", reason };
  return makeLine(
    fetched,
    fetched.mail.files.map(() => tooBig),
    settings,
  );
}

/** What became of one mail: exactly one state, and why. */
function makeLine({ mail, origin }: OriginMail, filed: MailSummary[], settings: IntakeSettings): LedgerLine {
  const { state, reason } = summarizeMail(filed);
  const stored = filed.flatMap((file, index) => (file.state === "stored" ? (mail.files[index]?.report ?? []) : []));
  const reports = mail.files.flatMap(({ report }) => report ?? []);
  const reporters = mail.files.flatMap(({ report, authenticity = unjudged }) =>
    report === undefined ? [] : reporterOf(report, authenticity),
  );
  const domains = [...new Set(reports.map(({ policyPublished }) => policyPublished.domain))].sort();
  const { arrived = mail.received, messageId, mail: name, ...key } = origin;
  const isProblem = isTrouble(state) || isOfContest(reason);
  const isFailureReport = reason?.code === "failure-report";
  // A text cut from a mail holds all of it in memory: a clone has its own.
  return structuredClone({
    ...key,
    arrived: arrived === undefined ? undefined : `${arrived.slice(0, 19)}Z`,
    messageId: reports.length === 0 ? undefined : messageId && csvCell(messageId),
    state,
    reason: reason === undefined ? undefined : csvCell(settings.reasonText(reason)),
    reporter: reports.length === 0 ? undefined : csvCell([...new Set(reporters)].join("; ")),
    domains: domains.length === 0 ? undefined : guardedCell(namesIn(domains)),
    reports: stored.length,
    messages: messagesOf(stored.filter(isAggregate)),
    // Without the folders, which are the machine's. An IMAP folder has no names for mails.
    mail: isProblem && key.uidValidity === undefined ? csvCell(name.split(/[\\/]/).at(-1) ?? name) : undefined,
    why: isProblem || isFailureReport || state === "foreign-domain" ? formatWhy(reason) : undefined,
    sender: isProblem || isFailureReport ? believedSender(mail, filed, settings.trust) : undefined,
    batch: settings.batch,
  });
}

/** Characters of the names in a cell: a mail may be about thousands of domains. */
const mostNames = 200;

/** The names as far as they go into a cell, separated by blanks: `a.example b.example and 512 more`. */
function namesIn(domains: readonly string[]): string {
  let length = 0;
  const shown = domains.filter((name) => {
    length += name.length + 1;
    return length <= mostNames;
  });
  const more = domains.length - shown.length;
  return [...shown, ...(more === 0 ? [] : [`${shown.length === 0 ? "" : "and "}${more} more`])].join(" ");
}

/** Who is believed to have sent those files of a mail that gave it its state. */
function believedSender({ files, sender }: ReadMail, filed: MailSummary[], trust: Trust): string | undefined {
  const { state } = summarizeMail(filed);
  const senders = files.map(({ report, authenticity }) => (report === undefined ? sender : authenticity));
  const [first] = senders.flatMap((one, index) => {
    const about = trustAbout(files[index]?.report?.policyPublished.domain ?? "", trust);
    const isBelieved = one !== undefined && one.verdict !== "unverified" && isCounting(one, about);
    return isBelieved && filed[index]?.state === state ? [one] : [];
  });
  return first?.verdict === "given" ? given : first?.domain;
}

/** Reports that don't count are taken from a mail up to this many. */
const mostUncounted = 50;
/** And those about periods that ended so many days ago at most. */
const uncountedDays = 14;

/** The reports of a mail as they are to be kept, or why they are not. */
function planFiles({ files, received }: ReadMail, settings: IntakeSettings): PlannedFile[] {
  const { keepsRecipients } = settings;
  const refusals = refusalsOf(files, settings);
  return files.map((file, index) => {
    const { state, reason, report, authenticity = unjudged } = file;
    if (report === undefined) return { file, end: { state, reason } };
    const refusal = refusals[index];
    if (refusal !== undefined) return { file, end: refusal };
    const trust = trustAbout(report.policyPublished.domain, settings.trust);
    const origin = { received, authenticity: withStanding(authenticity, trust) };
    const stored = storedReport(report, origin, keepsRecipients);
    return { file, stored, isCounted: isCounting(authenticity, trust) };
  });
}

/** Why the reports in the files of a mail are not kept, each of them; `undefined` for one that is. */
function refusalsOf(files: readonly ReadFile[], settings: IntakeSettings): (MailSummary | undefined)[] {
  let uncounted = 0;
  return files.map(({ report, authenticity = unjudged }) => {
    if (report === undefined) return undefined;
    const refusal = refusalOf({ report, authenticity }, settings);
    const trust = trustAbout(report.policyPublished.domain, settings.trust);
    if (refusal !== undefined || isCounting(authenticity, trust)) return refusal;
    uncounted += 1;
    return uncounted > mostUncounted ? tooManyUncounted : undefined;
  });
}

const tooManyUncounted: MailSummary = {
  state: "not-kept",
  reason: { code: "too-many-uncounted", most: mostUncounted },
};

/** Why a report is not kept; `undefined` when it is. */
function refusalOf(
  { report, authenticity }: { report: Report<AnyRecord>; authenticity: Authenticity },
  { ownDomains, oldest, now, trust: trusted }: IntakeSettings,
): MailSummary | undefined {
  const trust = trustAbout(report.policyPublished.domain, trusted);
  const impersonation = impersonationIn(report, authenticity, trust);
  if (impersonation !== undefined) return { state: "quarantined", reason: impersonation };
  const isCounted = isCounting(authenticity, trust);
  const ended = report.reportMetadata.dateRange.end * 1000;
  if (ended < oldest.getTime())
    return { state: "implausible", reason: { code: "period-too-old", ...datesOf(ended, oldest) } };
  const foreign = foreignReason(report.policyPublished.domain, ownDomains, isCounted);
  if (foreign !== undefined) return { state: "foreign-domain", reason: foreign };
  const first = new Date(now.getTime() - uncountedDays * dayLength);
  if (isCounted || ended >= first.getTime()) return undefined;
  return { state: "not-kept", reason: { code: "period-too-old-uncounted", ...datesOf(ended, first) } };
}

function datesOf(ended: number, first: Date): { day: string; first: string } {
  return { day: dateOf(ended), first: dateOf(first) };
}

function impersonationIn({ reportMetadata }: Report<AnyRecord>, { verdict, domain }: Authenticity, trust: TrustAbout) {
  if (verdict !== "verified" || domain === undefined) return undefined;
  return impersonationReason(reportMetadata.orgName, domain, trust);
}

function withStanding(authenticity: Authenticity, trust: TrustAbout): Authenticity {
  const { verdict, domain } = authenticity;
  if (verdict !== "verified" || domain === undefined) return authenticity;
  return { ...authenticity, standing: standingOf(domain, trust) };
}
