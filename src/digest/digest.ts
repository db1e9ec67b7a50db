import type { MailState } from "../report/types.ts";
import type { Alarm } from "./rules.ts";
import type { FailingSource } from "./sources.ts";
import type { Totals } from "./totals.ts";

/** What a reader has to do: nothing, have a look when there is time, or act today. */
export type Verdict = "ok" | "look" | "act";

/** The digest of a day, as written to `digest-path`: every number recounted from the day files. */
export interface Digest {
  version: 1;
  /** The newest due day, `YYYY-MM-DD`; the one that is told in full. */
  day: string;
  /** The worst verdict of the day's domains, of earlier days that are told too, and of the intake. */
  verdict: Verdict;
  /** Why the verdict is not `ok`, one sentence each, the worst first; empty when it is. Plain text, not yet escaped. */
  reasons: string[];
  /** Over all domains. */
  totals: Totals;
  /** One entry an organizational domain of which the history knows a report; the worst first, then by failures, then by name. */
  domains: DomainDigest[];
  /** Other due days that were not sent before (a run was late or skipped), newest first. */
  earlierDays: EarlierDay[];
  /** What became of the mails that this run read. */
  intake: IntakeSummary;
}

/** One organizational domain on the digest's day. */
export interface DomainDigest {
  /** The organizational domain, as A-label. */
  domain: string;
  verdict: Verdict;
  totals: Totals;
  /** Paths of the day's files below `data-path`, one a policy domain with reports on that day, sorted. */
  dayFiles: string[];
  /** Labels of the reporters (`orgName`), sorted. */
  reporters: string[];
  /** Set when a threshold was passed, on this day or on one of `earlierDays`. */
  alarm?: Alarm;
  /** Subdomains (`headerFrom`) with DMARC failures, the most failures first, at most 10. */
  failingSubdomains: { domain: string; dmarcFail: number }[];
  /** Where DMARC failures came from, the most failures first, at most 10. */
  sources: FailingSource[];
  /** How many further failing sources there are beyond `sources`, and their messages. */
  moreSources: { sources: number; dmarcFail: number };
}

/** A due day that is told in one line. */
export interface EarlierDay {
  day: string;
  verdict: Verdict;
  totals: Totals;
}

/** Mails by state, and what a person should know of them. */
export interface IntakeSummary {
  /** Mails read in this run. */
  mails: number;
  /** Mails by state; states without mails are absent. */
  states: Partial<Record<MailState, number>>;
  /** Mails that hold something that could not be counted, at most 20: which, and why. Text of strangers, not yet escaped. */
  problems: { mail: string; state: MailState; reason: string }[];
  /** Mailboxes that could not be read, with the advice. */
  unreadMailboxes: { mailbox: string; message: string }[];
}
