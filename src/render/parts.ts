import type { Digest } from "../digest/digest.ts";
import type { Finding } from "../digest/findings.ts";
import { isTrouble } from "../digest/intake.ts";
import { evaluatedOf } from "../digest/totals.ts";
import { type MailState, mailStates } from "../report/types.ts";

/** The states that occur with their mails, those that are as they should be first. */
export function intakeStates(states: Partial<Record<MailState, number>>): [MailState, number][] {
  const order = mailStates.toSorted((a, b) => Number(isTrouble(a)) - Number(isTrouble(b)));
  return order.flatMap((state): [MailState, number][] => {
    const count = states[state] ?? 0;
    return count === 0 ? [] : [[state, count]];
  });
}

/** The share of our own mail that passed DMARC, from 0 to 1; `undefined` when there was none. */
export function ownPassRate({ totals, fail }: Pick<Digest, "totals" | "fail">): number | undefined {
  const own = evaluatedOf(totals) - fail.spoofed.messages - fail.forwarded.messages - fail.trouble.messages;
  return own === 0 ? undefined : totals.dmarcPass / own;
}

/** Whether a list below tells a finding, and more of it: the mails that could not be counted, the mailboxes not read. */
export function hasOwnList({ kind }: Finding): boolean {
  return kind === "mail-trouble" || kind === "unread-mailbox";
}
