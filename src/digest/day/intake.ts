import { given, type LedgerLine, parseWhy } from "../../history/intake/intake.ts";
import { countBy, groupBy } from "../../history/lists.ts";
import { isTrouble, type MailState, troubleStates } from "../../report/mail-state.ts";
import { type AuthFailure, isOfContest, plainReasons, type Reason } from "../../report/reason.ts";
import type { Trust } from "../../report/trust/trust.ts";

/** Mails by state, and what a person should know of them. */
export interface IntakeSummary {
  /** Mails that no digest that was posted before has told of: they are new, or came to a better end than before. */
  mails: number;
  /** Mails by state; states without mails are absent. */
  states: Partial<Record<MailState, number>>;
  /** Those of them that give a reason to look. */
  trouble: MailTrouble;
  /**
   * Mails that hold something that could not be counted, at most 20, those of believed senders first: which, and why, in
   * English. Text of strangers, not yet escaped.
   */
  problems: Problem[];
  /** Domains of reports that were not kept, at most 10 and how many more: they may be ours, and forgotten in `domains`. */
  unknownDomains: { domains: string[]; more: number };
  /** Failure reports of believed senders by what failed, the most first, at most 20. */
  failureReports?: FailureReports[];
  /** Mailboxes that could not be read, with the advice in English. */
  unreadMailboxes: UnreadMailbox[];
  /** Mailboxes that were not read to their end for want of time. */
  toGo: MailsToGo[];
}

/**
 * Mails of believed senders that hold something that could not be counted. Anybody can send a mail that can't be read, so
 * that those of others are counted, and no more.
 */
export interface MailTrouble {
  /** Mails by state; states without mails are absent. */
  states: Partial<Record<MailState, number>>;
  /** Domains that sent them, the most mails first, at most 3; none where they are not known. */
  senders: string[];
}

/** Failure reports (RFC 9991) that say the same. */
export interface FailureReports {
  failure: AuthFailure;
  domain?: string;
  /** Our key that did not pass: `example.com/s1`. */
  key?: string;
  /** The network that the mails came from. */
  network?: string;
  mails: number;
}

/** A mail that holds something that could not be counted. */
interface Problem {
  mail: string;
  state: MailState;
  reason: string;
  /** The same as a code with its values; absent where these are too many. */
  why?: Reason;
}

/** A mailbox that could not be read. */
interface UnreadMailbox {
  mailbox: string;
  message: string;
  /** The same as a code with its values. */
  why: Reason;
}

/** The mails of a mailbox that are left to the next run. */
interface MailsToGo {
  mailbox: string;
  /** How many they are, where that is known. */
  mails?: number;
  /** Those of believed senders were read: what is left gives no reason to look, since anybody can send any number. */
  isOfStrangers?: true;
}

/** How many mails these are. */
export function mailsIn({ states }: Pick<MailTrouble, "states">): number {
  return troubleStates.reduce((sum, state) => sum + (states[state] ?? 0), 0);
}

/** Those mails that no later run counts by itself; `undefined` when there are none. */
export function lastingTrouble({ states }: MailTrouble): MailTrouble["states"] | undefined {
  const { retry: _, ...lasting } = states;
  return Object.keys(lasting).length === 0 ? undefined : lasting;
}

const problemsShown = 20;
const sendersShown = 3;
const domainsShown = 10;
const failureReportsShown = 20;

/**
 * What a digest says of mails.
 *
 * Of two mails with one report id it does not matter which was read first: the second tells of the conflict, though it be the
 * one that counts.
 *
 * @param lines - Of the ledger, of the mails that no digest was posted about.
 */
export function intakeSummary(
  lines: readonly LedgerLine[],
  { trust, ...rest }: { trust: Pick<Trust, "countsUnverified"> } & Pick<IntakeSummary, "unreadMailboxes" | "toGo">,
): IntakeSummary {
  const mails = lines.map((line) => (isOfContest(parseWhy(line.why)) ? { ...line, state: "conflict" as const } : line));
  const uncounted = mails.filter(({ state }) => isTrouble(state));
  const believed = uncounted.filter((mail) => isBelieved(mail, trust));
  const senders = believed.flatMap(({ sender = given }) => (sender === given ? [] : [sender]));
  const unknown = unknownDomainsIn(mails);
  const failureReports = failureReportsIn(mails, trust).slice(0, failureReportsShown);
  return {
    mails: mails.length,
    states: statesOf(mails),
    trouble: { states: statesOf(believed), senders: namesIn(senders).slice(0, sendersShown) },
    problems: [...believed, ...uncounted.filter((mail) => !isBelieved(mail, trust))]
      .slice(0, problemsShown)
      .map(problemOf),
    ...(failureReports.length > 0 && { failureReports }),
    unknownDomains: { domains: unknown.slice(0, domainsShown), more: Math.max(0, unknown.length - domainsShown) },
    ...rest,
  };
}

function statesOf(mails: readonly LedgerLine[]): IntakeSummary["states"] {
  return Object.fromEntries(
    Array.from(
      groupBy(mails, ({ state }) => state),
      ([state, { length }]) => [state, length],
    ),
  );
}

/** Different names, those that come most often first. */
function namesIn(names: readonly string[]): string[] {
  return countBy(names, (name) => name).map(({ name }) => name);
}

function problemOf({ mailbox, uid, mail, arrived = "", state, reason = "", why }: LedgerLine): Problem {
  const name = mail ?? (uid === undefined ? arrived : `UID ${uid}`);
  return { mail: `${mailbox} ${name}`, state, reason, why: parseWhy(why) };
}

/**
 * Domains of reports that were not kept, since the domain is not known to be ours. Strangers can make up any number of
 * them: those that a report that counts is about come first.
 */
function unknownDomainsIn(mails: readonly LedgerLine[]): string[] {
  const reasons = mails.flatMap(({ state, why }) => (state === "foreign-domain" ? plainReasons(parseWhy(why)) : []));
  const domainsOf = (some: readonly Reason[]): string[] =>
    some.flatMap((reason) => ("domain" in reason && reason.domain !== undefined ? [reason.domain] : []));
  const counting = reasons.filter(({ code }) => code !== "none-counted");
  return [...new Set([...namesIn(domainsOf(counting)), ...namesIn(domainsOf(reasons))])];
}

function isBelieved({ sender }: LedgerLine, { countsUnverified }: Pick<Trust, "countsUnverified">): boolean {
  return countsUnverified || sender !== undefined;
}

/** The failure reports of believed senders among some mails, the most first. */
export function failureReportsIn(
  mails: readonly LedgerLine[],
  trust: Pick<Trust, "countsUnverified">,
): FailureReports[] {
  const reasons = mails.flatMap((mail) =>
    mail.state === "other-kind" && isBelieved(mail, trust) ? plainReasons(parseWhy(mail.why)) : [],
  );
  const groups = groupBy(
    reasons.filter((reason) => reason.code === "failure-report"),
    (reason) => JSON.stringify(reason),
  );
  return [...groups.values()]
    .flatMap(([first, ...more]): FailureReports[] => {
      if (first === undefined) return [];
      const { code: _, ...said } = first;
      return [{ ...said, mails: 1 + more.length }];
    })
    .sort((a, b) => b.mails - a.mails);
}
