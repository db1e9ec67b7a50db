import type { FailingSource } from "../../digest/day/day.ts";
import { evaluatedOf, isTrouble } from "../../digest/day/day.ts";
import type { Digest, DomainDigest, Finding } from "../../digest/digest.ts";
import type { Alarm } from "../../digest/rules.ts";
import { type MailState, mailStates } from "../../report/mail-state.ts";
import type { Words } from "./phrases.ts";

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

/** The sources of a domain of which the next step is told: that of an alarm of an earlier day first. */
export function sourcesWithSteps({ sources, alarm }: Pick<DomainDigest, "sources" | "alarm">): FailingSource[] {
  const earlier = alarm?.earlierSource;
  const isAgain = sources.some(
    ({ source, mailClass }) => source === earlier?.source && mailClass === earlier.mailClass,
  );
  return earlier === undefined || isAgain ? sources : [earlier, ...sources];
}

/** The thresholds that a domain passed, with the day where that is not the digest's: `7.9 %, limit 5 %`. */
export function passedText({ day, passed, earlierSource }: Alarm, words: Words): string {
  const limits = passed.map((threshold) => words.passed(threshold)).join(" · ");
  return earlierSource === undefined ? limits : `${words.day(day)}: ${limits}`;
}

/** How many of those who saw failures are named. */
export const shownReporters = 3;

/** The failures that nobody saw who is named, so that all add up; none when there are none. */
export function byOthers(messages: number, seenBy: FailingSource["seenBy"]): number[] {
  const named = seenBy.slice(0, shownReporters).reduce((sum, seen) => sum + seen.messages, 0);
  return messages > named ? [messages - named] : [];
}

/** Whether a list below tells a finding, and more of it: the mails that could not be counted, the mailboxes not read. */
export function hasOwnList({ kind }: Finding): boolean {
  return kind === "mail-trouble" || kind === "unread-mailbox";
}
