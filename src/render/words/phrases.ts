import type {
  FailingSource,
  FailParts,
  Impact,
  IntakeSummary,
  MailClass,
  NotCounted,
  NotCountedSender,
} from "../../digest/day/day.ts";
import type { Digest, EarlierDay, Finding, RestatedDay, Verdict } from "../../digest/digest.ts";
import type { DomainDigest } from "../../digest/domain-digest.ts";
import type { Readiness } from "../../digest/readiness.ts";
import type { Alarm, PassedThreshold } from "../../digest/rules.ts";
import type { Coverage } from "../../digest/window/window.ts";
import type { MailState } from "../../report/mail-state.ts";
import type { DashboardWords } from "./dashboard-words.ts";
import type { NewsWords } from "./news-words.ts";
import type { QuietWords } from "./quiet-words.ts";
import type { ReasonWords } from "./reasons.ts";
import type { WeekWords } from "./week-words.ts";

/** The languages that a digest can be told in. */
export const languages = ["en", "ja"] as const;

/** One of `languages`. */
export type Language = (typeof languages)[number];

/** Makes a text of a stranger safe for the place that it goes to. */
export type Guard = (text: string) => string;

/**
 * All that a digest says, in one language. Each function gives plain text without a line break; names that strangers
 * chose go through the guard, so that the rest can be put where it is wanted as it is.
 */
export interface Words {
  /** `12,431` */
  count: (count: number) => string;
  /** A share from 0 to 1: `5.1 %`. Never `0 %` for what is not zero, nor `100 %` for what is not all. */
  share: (share: number) => string;
  /** A count and its share of a whole: `636 (5.1 %)`; the count alone when it is 0 or there is no whole. */
  part: (part: number, whole: number) => string;
  /** A change from -1: `+4 %`, `−2 %`; `±0 %`. */
  change: (ratio: number) => string;
  /** `Sun 22 Nov` for `YYYY-MM-DD`. */
  day: (day: string) => string;
  /** `Tue 24 Nov 06:40 UTC` for ISO 8601. */
  moment: (at: string) => string;
  /** A clause as a sentence with its full stop: `Not aligned: passes as sendgrid.net, not as your domain.` */
  sentence: (text: string) => string;
  /** `Nothing to do`, `Look`, `Act` */
  verdict: Record<Verdict, string>;
  /** The same in a narrow column: `ok`, `look`, `act`. */
  verdictShort: Record<Verdict, string>;
  /** The first line: verdict, its one reason, the day; on a quiet day `40 domains, own mail passes 99.9 %`. */
  headline: (digest: Digest, guard: Guard) => string;
  /** What a person should know, in one clause: `SendGrid mail of example.com fails DMARC, 412 of 3,104 quarantined`. */
  finding: (finding: Finding, guard: Guard) => string;
  /** What a class of mail is called: `not aligned`. */
  mailClass: Record<MailClass, string>;
  /** What failed and since when: `DKIM broken: d=example.com s=s1. Passed until Fri 20 Nov (99.9 %), fails since …`. */
  cause: (source: FailingSource, guard: Guard) => string;
  /** The next step: `Restore the DNS record s1._domainkey.example.com (SendGrid: Sender Authentication)`. */
  step: (source: FailingSource, domain: string, guard: Guard) => string;
  /** `Google 371 · Yahoo 41 · policy quarantine` */
  seenBy: (source: FailingSource, guard: Guard) => string;
  /** `412 quarantined`, `868 rejected, 3 delivered` */
  impact: (impact: Impact) => string;
  /** A limit that was passed: `7.9 % failures (limit 5 %)`. */
  passed: (threshold: PassedThreshold) => string;
  /** Names of the parts of the message. */
  labels: Record<Label, string>;
  /** The figures, each with its share and change, in their order: messages, DMARC fail, SPF or DKIM fail. */
  figures: (digest: Pick<Digest, "totals" | "fail" | "change" | "usual">) => {
    messages: string;
    dmarcFail: string;
    spfOrDkimFail: string;
  };
  /** The parts of the DMARC failures: `412 own · 871 spoofed (868 rejected) · 119 forwarded`. */
  parts: (fail: FailParts) => string;
  /** `3,104 (−2 %)` of a domain; `no reports`. */
  domainMessages: (domain: DomainDigest) => string;
  /** The rows that are not shown: `39 others`. */
  others: (domains: readonly unknown[]) => string;
  /** `and 3 more` */
  more: (count: number) => string;
  /** `97 % · GoDaddy missing, usually 3 days late`; `learning, day 3 of 14`. */
  complete: (coverage: Coverage, guard: Guard) => string;
  /** `20 Nov restated: +271 messages, same verdict`; empty for none. */
  restated: (days: readonly RestatedDay[]) => string;
  /** How ready a domain, or its subdomains, are for a policy of reject: `blocked by: SendGrid (1,204 messages, not aligned)`. */
  readiness: (readiness: Readiness, guard: Guard) => string;
  /** `No DMARC digest for 30 hours` */
  silence: (hours: number) => string;
  /** `brought up to date Tue 24 Nov 06:40 UTC` */
  broughtUpToDate: (at: string) => string;
  /** `611 mails: 596 stored · 9 duplicate · 4 empty` */
  intake: (intake: IntakeSummary) => string;
  /** What the state of a mail is called: `not authenticated`. */
  mailState: Record<MailState, string>;
  /** Mails that could not be counted, by state: `2 mails not fully counted: 1 too big, 1 unreadable`. */
  mailTrouble: (states: Partial<Record<MailState, number>>) => string;
  /** Why a mail or a mailbox could not be read; empty for no reason. A stranger's text may be in it, not yet escaped. */
  reason: ReasonWords;
  /** Which reports were not kept for their domains, and what to do if they are ours; `undefined` for none. */
  unknownDomains: (intake: Pick<IntakeSummary, "unknownDomains">) => string | undefined;
  /** What is told of reports that do not count. */
  notCounted: NotCountedWords;
  /** What is new and changed. */
  news: NewsWords;
  /** The short message of a day on which there is nothing to do. */
  quiet: QuietWords;
  /** What it means that a run failed, and what becomes of it: one or two sentences. */
  failure: Record<FailureKind, string>;
  /** The issue of a domain that passed a threshold. */
  issue: IssueWords;
  /** An earlier day in one line: `Mon 16 Nov: look, 11,020 messages, 96 DMARC fail (0.9 %)`. */
  earlierDay: (day: EarlierDay) => string;
  /** What to think of a digest without a report; `undefined` when there are some. */
  emptyAdvice: (digest: Digest) => string | undefined;
  /** What the dashboard and its chart say beyond that. */
  dashboard: DashboardWords;
  /** What the weekly message says beyond that. */
  week: WeekWords;
}

/** What a run can fail of. */
export type FailureKind = "mailbox" | "history" | "history-file" | "settings" | "defect" | "other";

/** What is told of reports that do not count. */
export interface NotCountedWords {
  /** `Not counted: 3 reports, 112 messages` */
  title: (notCounted: NotCounted) => string;
  /** How much of a sender does not count, and why: `2 reports, 14 messages: not authenticated`. */
  sender: (sender: NotCountedSender) => string;
  /** `And 3 more senders.` */
  more: (senders: number) => string;
  /** What makes unverified reports count. */
  hint: string;
}

/** What an issue says, beside what the digest says, too. */
export interface IssueWords {
  /** `DMARC: example.com has failures: 7.9 %, limit 5 %` */
  title: (domain: string, passed: PassedThreshold | undefined) => string;
  /** The first paragraph; `domain` and `limits` come as they are to be shown. */
  alarm: (told: { domain: string; alarm: Alarm; limits: string }) => string;
  /** Above the table of sources. */
  sources: string;
  /** In its place on a day without failures. */
  noFailures: (day: string) => string;
  /** Above the next steps. */
  steps: string;
  /** Before the links. */
  lookUp: string;
  /** At the end: how long the issue lives. */
  life: string;
  /** The comment with which an issue is closed, with the day's figures. */
  recovery: (domain: DomainDigest, day: string, guard: Guard) => string;
  /** The comment with which an issue is reopened. */
  reopened: (domain: DomainDigest, day: string, guard: Guard) => string;
}

/** What the words of a message stand beside. */
export type Label =
  | "cause"
  | "step"
  | "seenBy"
  | "domain"
  | "messages"
  | "ownFail"
  | "whatHappened"
  | "dmarcFail"
  | "spfOrDkimFail"
  | "complete"
  | "restated"
  | "intake"
  | "asOf"
  | "day"
  | "commit"
  | "run"
  | "dayFiles"
  | "csv"
  | "nothingToDo"
  | "earlierDays"
  | "source"
  | "mailClass"
  | "addresses"
  | "subdomains"
  | "allDomains"
  | "manual"
  | "runFailed"
  | "workflow"
  | "reports"
  | "mailboxes"
  | "unreadMailboxes"
  | "notRead"
  | "mail"
  | "mailState"
  | "why";
