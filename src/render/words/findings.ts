import { addImpacts, evaluatedOf, type FailingSource, isHeld } from "../../digest/day/day.ts";
import type { Digest, EarlierDay, Finding } from "../../digest/digest.ts";
import type { DomainDigest } from "../../digest/domain-digest.ts";
import type { Alarm, PassedThreshold, Verdict } from "../../digest/rules.ts";
import { amountWords } from "./amounts.ts";
import { fateOf, figureWords, missingText } from "./figures.ts";
import { intakeWords } from "./intake.ts";
import type { Guard, Phrases } from "./phrases.ts";
import { reporterName, sourceWords } from "./sources.ts";

/** A verdict at a glance. */
export const verdictSigns = { ok: "✅", look: "⚠️", act: "⛔" } as const satisfies Record<Verdict, string>;

/** A finding with a source that something is to be done about. */
type Problem = Extract<Finding, { source?: unknown }> & { source: FailingSource };

/** Whether a finding has a cause and a step, which stand below it. */
export function isProblem(finding: Finding): finding is Problem {
  return "source" in finding && finding.source !== undefined;
}

/** The first line, the findings, and the issue of a domain, in the words of a language. */
export function findingWords(phrases: Phrases) {
  const { comma, dot, semicolon, labels, findings: say, issue } = phrases;
  const { day, share } = amountWords(phrases);
  const { impact, passed } = figureWords(phrases);
  const { cause, step, seenBy } = sourceWords(phrases);
  return {
    /** The first line: verdict, its one reason, the day; on a quiet day `40 domains, own mail passes 99.9%`. */
    headline: (digest: Digest, guard: Guard) => {
      const [first] = digest.findings;
      const sign = `${verdictSigns[digest.verdict]} ${phrases.verdict[digest.verdict]}`;
      const ofDay = phrases.inUtc(day(digest.day));
      if (first !== undefined) return `${sign}: ${finding(first, guard)}${dot}${ofDay}`;
      const rate = ownPassRate(digest);
      const passes = rate === undefined ? [] : [phrases.ownPassing(share(rate))];
      return [sign, ofDay, [phrases.domains(digest.domains.length), ...passes].join(comma)].join(dot);
    },
    finding,
    /** What stands below a finding that is a problem: its cause, what to do, and who saw it. */
    problemLines: ({ source, domain }: Problem, guard: Guard) => [
      { label: labels.cause, text: cause(source, guard) },
      { label: labels.step, text: step(source, domain, guard) },
      { label: labels.seenBy, text: seenBy(source, guard) },
    ],
    /** An earlier day in one line: `Mon 16 Nov: look, 11,020 messages, 96 DMARC fail`. */
    earlierDay: ({ day: ofDay, verdict, totals: { messages, dmarcFail } }: EarlierDay) => {
      const fail = phrases.messagesOf(dmarcFail, phrases.labels.dmarcFail);
      return `${day(ofDay)}: ${[phrases.verdict[verdict].toLowerCase(), phrases.messages(messages), fail].join(comma)}`;
    },
    /** The texts of an issue; the rest of it is as in the digest. */
    issue: {
      ...issue,
      /** `DMARC: example.com has failures: 7.9%, limit 5%` */
      title: (domain: string, limit: PassedThreshold | undefined) => issue.title(domain, limit && passed(limit)),
      /** The first paragraph; `domain` and `limits` come as they are to be shown. */
      alarm: ({ alarm, ...shown }: { domain: string; alarm: Alarm; limits: string }) => {
        const { own: failed, evaluated } = alarm;
        return issue.alarm({ ...shown, day: day(alarm.day), own: failed.messages, evaluated, impact: impact(failed) });
      },
      /** In place of the sources on a day without failures. */
      noFailures: (ofDay: string) => issue.noFailures(day(ofDay)),
      /** The comment with which an issue is closed, with the day's figures. */
      recovery: ({ domain, totals, fail }: DomainDigest, ofDay: string, guard: Guard) => {
        const [failed, evaluated] = [fail.own.messages, evaluatedOf(totals)];
        const rate = share(evaluated === 0 ? 0 : failed / evaluated);
        const figures = { domain: guard(domain), day: day(ofDay), own: failed, evaluated, share: rate };
        return `${verdictSigns.ok} ${issue.recovery(figures)}`;
      },
      /** The comment with which an issue is reopened. */
      reopened: ({ domain, verdict, alarm }: DomainDigest, ofDay: string, guard: Guard) => {
        const limits = alarm === undefined ? "" : `: ${alarm.passed.map(passed).join(semicolon)}`;
        return `${verdictSigns[verdict]} ${issue.reopened(guard(domain), day(alarm?.day ?? ofDay), limits)}`;
      },
    },
  };

  /** What a person should know, in one clause: `SendGrid mail of example.com fails DMARC, 412 of 3,104 quarantined`. */
  function finding(found: Finding, guard: Guard): string {
    switch (found.kind) {
      case "own-failures":
        return ownFailures(found, guard);
      case "few-messages":
        return say.fewMessages(guard(found.domain), found.own.messages, found.messages);
      case "unreadable-records":
        return say.unreadableRecords(guard(found.domain), found.records);
      case "unread-mailbox":
        return say.unreadMailbox(guard(found.mailbox));
      case "mails-to-go":
        return say.mailsToGo(guard(found.mailbox), found.mails);
      case "mail-trouble":
        return intakeWords(phrases).mailTrouble(found, guard);
      case "silent-reporter":
        return say.silentReporter(guard(reporterName(found.reporter)), day(found.lastDay), share(found.share));
      case "unverified-reporter":
        return say.unverifiedReporter(guard(reporterName(found.reporter)), found.reports, found.messages);
      case "incomplete":
        return say.incomplete(share(found.share), found.missing && missingText(found.missing, guard, phrases));
      case "nothing-counts":
        return say.nothingCounts(found.reports);
      case "nothing-kept":
        return say.nothingKept;
      case "no-reports":
        return found.isFirst ? say.noReportYet : say.noReport;
      default:
        return found satisfies never;
    }
  }

  function ownFailures(found: Extract<Finding, { kind: "own-failures" }>, guard: Guard): string {
    const { domain, alarm, source, earlierDay } = found;
    const { own: failed, evaluated } = alarm ?? { own: source?.impact ?? found.own, evaluated: found.messages };
    const fate = fateOf(failed);
    const hasOthers = source !== undefined && source.impact.messages < failed.messages;
    const mail = sourceWords(phrases).mailOf(domain, source, guard, hasOthers);
    const limits = alarm === undefined ? "" : phrases.aside(alarm.passed.map(passed).join(semicolon));
    return `${say.ownFailures(mail, earlierDay && day(earlierDay), countText())}${limits}`;

    function countText(): string {
      if (fate === undefined) return say.failed(failed.messages, evaluated, impact(failed));
      if (isHeld(failed)) return say.held(failed.messages, evaluated, phrases.fate[fate]);
      return say.reached(failed.messages, evaluated, fate === "delivered" ? say.stillDelivered : phrases.fate[fate]);
    }
  }
}

/** The share of our own mail that passed DMARC, from 0 to 1; `undefined` when there was none. */
export function ownPassRate({ totals, fail }: Pick<Digest, "totals" | "fail">): number | undefined {
  const own = evaluatedOf(totals) - addImpacts([fail.unknown, fail.spoofed, fail.forwarded, fail.trouble]).messages;
  return own === 0 ? undefined : totals.dmarcPass / own;
}

/** Whether a list below shows a finding, and more of it: the mails that could not be counted, the mailboxes not read. */
export function hasOwnList({ kind }: Finding): boolean {
  return kind === "mail-trouble" || kind === "unread-mailbox";
}
