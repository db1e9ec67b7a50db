import type { MailState } from "../report/mail-state.ts";
import { dayLength } from "./dates.ts";
import type { LedgerLine } from "./intake/intake.ts";
import { groupBy } from "./lists.ts";

/** What the intake knows of a mail, as far as its deletion goes. */
export type KnownMail = Pick<LedgerLine, "mailbox" | "uidValidity" | "uid" | "arrived" | "state">;

/** A mail that is in the mailbox. */
interface ListedMail {
  uidValidity: string;
  uid: number;
  /** ISO 8601. */
  arrived: string;
}

/** Mails are kept for a week at least, so that a fault in reading them can be found and made good. */
const leastRetentionDays = 7;

/** States of mails that neither we nor people have anything left to do with. */
const doneStates: ReadonlySet<MailState> = new Set(["stored", "duplicate", "known-empty", "other-kind"]);

/**
 * The moment before which a mail must have arrived to be deleted.
 *
 * @param days - Fewer than 7 count as 7.
 */
export function retentionStart(now: Date, days: number): Date {
  return new Date(now.getTime() - Math.max(days, leastRetentionDays) * dayLength);
}

/**
 * Those mails of a mailbox that may be deleted: old enough, and known by UIDVALIDITY, UID and second of arrival to be
 * done with. A mail that the intake does not know stays, and so does one of which it has two lines and one is not done with.
 *
 * @param known - Lines of the intake; those of other mailboxes are not looked at.
 * @param listed - Old mails that are in the mailbox.
 * @param options.mailbox - The configured name of the mailbox.
 * @param options.days - Fewer than 7 count as 7.
 */
export function deletableMails<Mail extends ListedMail>(
  known: Iterable<KnownMail>,
  listed: readonly Mail[],
  { mailbox, now, days }: { mailbox: string; now: Date; days: number },
): Mail[] {
  const ours = [...known].filter((mail) => mail.mailbox === mailbox);
  const byPlace = groupBy(ours, ({ uidValidity, uid, arrived }) => placeOf({ uidValidity, uid, arrived }));
  const start = retentionStart(now, days);
  return listed.filter((mail) => {
    const lines = byPlace.get(placeOf(mail)) ?? [];
    const isDone = lines.length > 0 && lines.every(({ state }) => doneStates.has(state));
    return isDone && Date.parse(mail.arrived) < start.getTime();
  });
}

/** Names a mail by its place in the folder and the second of its arrival. */
function placeOf({ uidValidity, uid, arrived }: Partial<ListedMail>): string {
  return `${uidValidity} ${uid} ${Math.floor(Date.parse(arrived ?? "") / 1000)}`;
}
