import type { IntakeEntry } from "../../history/intake/intake.ts";
import { countBy, groupBy } from "../../history/lists.ts";
import type { MailState } from "../../report/mail-state.ts";
import type { Reason } from "../../report/reason.ts";

/** Mails by state, and what a person should know of them. */
export interface IntakeSummary {
  /** Mails that were read in this run and not before, or that came to a better end than before. */
  mails: number;
  /** Mails by state; states without mails are absent. */
  states: Partial<Record<MailState, number>>;
  /**
   * Mails that hold something that could not be counted, at most 20: which, and why, in English. Text of strangers, not
   * yet escaped.
   */
  problems: Problem[];
  /** Domains of reports that were not kept, at most 10 and how many more: they may be ours, and forgotten in `domains`. */
  unknownDomains: { domains: string[]; more: number };
  /** Mailboxes that could not be read, with the advice in English. */
  unreadMailboxes: UnreadMailbox[];
  /** Mailboxes that were not read to their end for want of time, with the mails that are left where that is known. */
  toGo: { mailbox: string; mails?: number }[];
}

/** A mail that holds something that could not be counted. */
interface Problem {
  mail: string;
  state: MailState;
  reason: string;
  /** The same as a code with its values. */
  why?: Reason;
}

/** A mailbox that could not be read. */
interface UnreadMailbox {
  mailbox: string;
  message: string;
  /** The same as a code with its values. */
  why: Reason;
}

/** Mails in these states hold something that people should know of and that is in no total. */
export const troubleStates: readonly MailState[] = [
  "quarantined",
  "too-big",
  "corrupt",
  "unsupported",
  "implausible",
  "conflict",
  "retry",
];

/** The mails that could not be counted, by state. */
export function troubleIn(states: IntakeSummary["states"]): IntakeSummary["states"] {
  const troubles = troubleStates.filter((state) => (states[state] ?? 0) > 0);
  return Object.fromEntries(troubles.map((state) => [state, states[state]]));
}

/** Those of them that no later run counts by itself; `undefined` when there are none. */
export function lastingTrouble(states: IntakeSummary["states"]): IntakeSummary["states"] | undefined {
  const { retry: _, ...lasting } = troubleIn(states);
  return Object.keys(lasting).length === 0 ? undefined : lasting;
}

/** Whether a mail in this state holds something that could not be counted. */
export function isTrouble(state: MailState): boolean {
  return troubleStates.includes(state);
}

const problemsShown = 20;
const domainsShown = 10;

/** What a digest says of the mails of a run that are new. */
export function intakeSummary(
  entries: readonly IntakeEntry[],
  { unreadMailboxes, toGo }: Pick<IntakeSummary, "unreadMailboxes" | "toGo">,
): IntakeSummary {
  const states = groupBy(entries, ({ state }) => state);
  // Strangers can make up any number of domains: those that a report that counts is about come first.
  const unknown = new Set(
    [entries.filter(({ why }) => why?.code !== "none-counted"), entries].flatMap((some) =>
      countBy(
        some.flatMap(({ foreignDomains = [] }) => foreignDomains),
        (domain) => domain,
      ).map(({ name }) => name),
    ),
  );
  return {
    mails: entries.length,
    states: Object.fromEntries([...states].map(([state, { length }]) => [state, length])),
    problems: entries
      .filter(({ state }) => isTrouble(state))
      .slice(0, problemsShown)
      .map(({ mailbox, mail, state, reason = "", why }) => ({ mail: `${mailbox} ${mail}`, state, reason, why })),
    unknownDomains: { domains: [...unknown].slice(0, domainsShown), more: Math.max(0, unknown.size - domainsShown) },
    unreadMailboxes,
    toGo,
  };
}
