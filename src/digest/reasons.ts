import type { Digest } from "./digest.ts";
import type { DomainDigest } from "./domain-digest.ts";
import { problemSentence } from "./intake.ts";
import { formatCount, formatNumberOf, formatShare } from "./number.ts";
import { type Alarm, type PassedThreshold, passedWithFewMessages, type Thresholds, type Verdict } from "./rules.ts";
import { ruleFailures } from "./totals.ts";

/** Why a digest's verdict is not `ok`: one sentence without a full stop, in plain text. */
export interface Reason {
  verdict: Exclude<Verdict, "ok">;
  text: string;
}

/** The reasons of a digest, the worst first; none when there is nothing to do. */
export function digestReasons(
  { day, domains, notCounted, intake }: Pick<Digest, "day" | "domains" | "notCounted" | "intake">,
  thresholds: Thresholds,
): Reason[] {
  return [
    ...domains.flatMap(({ domain, alarm }) => (alarm === undefined ? [] : [alarmReason(domain, alarm, day)])),
    ...intake.unreadMailboxes.map(({ mailbox }) => look(`mailbox ${mailbox} could not be read`)),
    ...intake.toGo.map(({ mailbox, mails }) =>
      look(`${mailsToGo(mails)} of mailbox ${mailbox} ${mails === 1 ? "is" : "are"} still to be read`),
    ),
    ...lookFor(problemSentence(intake)),
    ...domains.flatMap((domain) => domainReasons(domain, thresholds)),
    ...silenceReason({ domains, notCounted, intake }),
  ];
}

function mailsToGo(mails: number | undefined): string {
  return mails === undefined ? "some mails" : formatNumberOf(mails, "mail");
}

function alarmReason(domain: string, alarm: Alarm, day: string): Reason {
  const when = alarm.day === day ? "" : ` on ${alarm.day}`;
  const what = `${formatCount(alarm.failures)} of ${formatNumberOf(alarm.evaluated, "message")} failed DMARC`;
  return { verdict: "act", text: `${domain}${when}: ${what} (${alarm.passed.map(passedText).join("; ")})` };
}

function passedText({ threshold, limit, value }: PassedThreshold): string {
  return threshold === "max-fail-rate"
    ? `${formatShare(value)}, limit ${formatShare(limit)}`
    : `limit ${formatNumberOf(limit, "failure")}`;
}

function lookFor(text: string | undefined): Reason[] {
  return text === undefined ? [] : [look(text)];
}

function domainReasons({ domain, alarm, totals }: DomainDigest, thresholds: Thresholds): Reason[] {
  const passed = alarm === undefined ? passedWithFewMessages(totals, thresholds) : [];
  const failed = `${formatCount(ruleFailures(totals))} of only ${formatNumberOf(totals.messages, "message")} failed DMARC`;
  const few = `${domain}: ${failed}, too few for an alarm`;
  const unreadable = `${domain}: ${formatNumberOf(totals.unreadableRecords, "record")} could not be read`;
  return [...(passed.length > 0 ? [look(few)] : []), ...(totals.unreadableRecords > 0 ? [look(unreadable)] : [])];
}

function silenceReason({ domains, notCounted, intake }: Pick<Digest, "domains" | "notCounted" | "intake">): Reason[] {
  if (domains.some(({ totals }) => totals.reports > 0)) return [];
  if (notCounted.reports > 0) return [look(`none of the day's ${formatNumberOf(notCounted.reports, "report")} counts`)];
  if (domains.length === 0 && intake.unknownDomains.domains.length > 0) return [look("no report that came counts")];
  return [look(domains.length === 0 ? "no DMARC report was read so far" : "no reporter has reported this day")];
}

function look(text: string): Reason {
  return { verdict: "look", text };
}
