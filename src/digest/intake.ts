import { groupBy } from "../history/group.ts";
import type { IntakeEntry } from "../history/intake.ts";
import { type MailState, mailStates } from "../report/types.ts";
import { formatCount, formatNumberOf } from "./number.ts";

/** Mails by state, and what a person should know of them. */
export interface IntakeSummary {
  /** Mails that were read in this run and not before, or that came to a better end than before. */
  mails: number;
  /** Mails by state; states without mails are absent. */
  states: Partial<Record<MailState, number>>;
  /** Mails that hold something that could not be counted, at most 20: which, and why. Text of strangers, not yet escaped. */
  problems: { mail: string; state: MailState; reason: string }[];
  /** Domains of reports that were not kept, at most 10 and how many more: they may be ours, and forgotten in `domains`. */
  unknownDomains: { domains: string[]; more: number };
  /** Mailboxes that could not be read, with the advice. */
  unreadMailboxes: { mailbox: string; message: string }[];
  /** Mailboxes that were not read to their end for want of time, with the mails that are left where that is known. */
  toGo: { mailbox: string; mails?: number }[];
}

/** Mails in these states hold something that people should know of and that is in no total. */
const troubleStates: readonly MailState[] = ["quarantined", "too-big", "corrupt", "implausible", "conflict", "retry"];

/** Whether a mail in this state holds something that could not be counted. */
function isTrouble(state: MailState): boolean {
  return troubleStates.includes(state);
}

const problemsShown = 20;
const domainsShown = 10;

/** What a digest tells of the mails of a run that are news. */
export function intakeSummary(
  entries: readonly IntakeEntry[],
  { unreadMailboxes, toGo }: Pick<IntakeSummary, "unreadMailboxes" | "toGo">,
): IntakeSummary {
  const states = groupBy(entries, ({ state }) => state);
  const unknown = mostFrequent(entries.flatMap(({ foreignDomains = [] }) => foreignDomains));
  return {
    mails: entries.length,
    states: Object.fromEntries([...states].map(([state, { length }]) => [state, length])),
    problems: entries
      .filter(({ state }) => isTrouble(state))
      .slice(0, problemsShown)
      .map(({ mailbox, mail, state, reason }) => ({ mail: `${mailbox} ${mail}`, state, reason: reason ?? "" })),
    unknownDomains: { domains: unknown.slice(0, domainsShown), more: Math.max(0, unknown.length - domainsShown) },
    unreadMailboxes,
    toGo,
  };
}

/** Different texts, the most frequent first, then by name. */
function mostFrequent(texts: string[]): string[] {
  const groups = [...groupBy(texts, (text) => text)];
  return groups.sort(([a, m], [b, n]) => n.length - m.length || (a < b ? -1 : 1)).map(([text]) => text);
}

/** What the states of mails are called for people. */
export const stateWords = {
  quarantined: "not authenticated",
  "too-big": "too big",
  corrupt: "unreadable",
  implausible: "implausible",
  "foreign-domain": "about another's domain",
  conflict: "in conflict with another report",
  retry: "to be tried again",
  stored: "stored",
  read: "read",
  duplicate: "already known",
  "known-empty": "empty report",
  "other-kind": "another kind of report",
  "not-a-report": "no report",
} as const satisfies Record<MailState, string>;

/** Mails read, by state: `14 mails read: 12 stored, 1 already known, 1 unreadable`. */
export function intakeSentence({ mails, states }: IntakeSummary): string {
  const parts = stateCounts(states).map(([state, count]) => `${formatCount(count)} ${stateWords[state]}`);
  const read = `${formatNumberOf(mails, "mail")} read`;
  return mails === 0 ? "No new mails" : `${read}${parts.length === 0 ? "" : `: ${parts.join(", ")}`}`;
}

/** Mails that could not be counted, by state: `2 mails not fully counted: 1 too big, 1 unreadable`; `undefined` for none. */
export function problemSentence({ states }: IntakeSummary): string | undefined {
  const counts = stateCounts(states).filter(([state]) => isTrouble(state));
  if (counts.length === 0) return undefined;
  const all = counts.reduce((sum, [, count]) => sum + count, 0);
  const parts = counts.map(([state, count]) => `${formatCount(count)} ${stateWords[state]}`);
  return `${formatNumberOf(all, "mail")} not fully counted: ${parts.join(", ")}`;
}

/** The states that occur with their mails, those that are as they should be first. */
function stateCounts(states: IntakeSummary["states"]): [MailState, number][] {
  const order = mailStates.toSorted((a, b) => Number(isTrouble(a)) - Number(isTrouble(b)));
  return order.flatMap((state): [MailState, number][] => {
    const count = states[state] ?? 0;
    return count === 0 ? [] : [[state, count]];
  });
}

/** Which reports were not kept for their domains, and what to do if they are ours; `undefined` for none. */
export function unknownDomainsSentence({ unknownDomains: { domains, more } }: IntakeSummary): string | undefined {
  if (domains.length === 0) return undefined;
  const rest = more === 0 ? "" : ` and ${formatNumberOf(more, "more domain")}`;
  return (
    `Not ours, or forgotten? Reports about ${domains.join(", ")}${rest} were not kept. ` +
    "Name those that are yours in domains, then run once with reread: 60d"
  );
}
