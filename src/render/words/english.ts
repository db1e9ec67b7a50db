import { type Impact, isHeld } from "../../digest/day/day.ts";
import type { Digest, Finding } from "../../digest/digest.ts";
import { formatCount, formatNumberOf, formatShare } from "../../digest/number.ts";
import type { Alarm } from "../../digest/rules.ts";
import { englishDashboard } from "./dashboard-words.ts";
import { dayIn, momentIn } from "./dates.ts";
import { change, complete, englishVerdicts, figures, impact, parts, passed, restated } from "./english-figures.ts";
import { emptyAdvice, failure, intake, mailState, mailTrouble, notCounted, unknownDomains } from "./english-intake.ts";
import { englishIssue } from "./english-issue.ts";
import { reporterName, sourceName } from "./names.ts";
import { englishNews } from "./news-words.ts";
import { formatPart } from "./number.ts";
import { byOthers, ownPassRate, shownReporters } from "./parts.ts";
import type { Guard, Words } from "./phrases.ts";
import { englishQuiet } from "./quiet-words.ts";
import { englishReason } from "./reasons-english.ts";
import { englishCause, englishClasses, englishStep } from "./steps-en.ts";
import { verdictSigns } from "./verdict-signs.ts";
import { englishWeek } from "./week-words-en.ts";
import { englishReadiness } from "./words-readiness.ts";

/** A digest in English. */
export const english: Words = {
  count: formatCount,
  share: formatShare,
  part: formatPart,
  change,
  day: (day) => dayIn("en", day),
  moment: (at) => momentIn("en", at),
  sentence: (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`,
  verdict: englishVerdicts,
  verdictShort: { ok: "ok", look: "look", act: "act" },
  headline,
  finding,
  mailClass: englishClasses,
  cause: englishCause,
  step: englishStep,
  seenBy: ({ seenBy, impact: { messages }, policy }, guard) =>
    [
      ...seenBy
        .slice(0, shownReporters)
        .map(({ reporter, messages }) => `${guard(reporterName(reporter))} ${formatCount(messages)}`),
      ...byOthers(messages, seenBy).map((others) => `others ${formatCount(others)}`),
      ...(policy === undefined ? [] : [`policy ${guard(policy)}`]),
    ].join(" · "),
  impact,
  passed,
  labels: {
    cause: "Cause",
    step: "Do",
    seenBy: "Seen by",
    domain: "Domain",
    messages: "Messages",
    ownFail: "Own fail",
    whatHappened: "What happened",
    dmarcFail: "DMARC fail",
    spfOrDkimFail: "SPF or DKIM fail",
    complete: "Complete",
    restated: "Restated",
    intake: "Intake",
    asOf: "As of",
    day: "Day",
    commit: "History at this commit",
    run: "Run",
    dayFiles: "day files",
    csv: "failures.csv in thread",
    nothingToDo: "nothing to do",
    earlierDays: "Earlier days that were not told yet",
    source: "Source",
    mailClass: "Diagnosis",
    addresses: "Addresses",
    subdomains: "Of these in subdomains",
    allDomains: "All domains",
    manual: "how to",
    runFailed: "No DMARC digest: the run failed",
    workflow: "Workflow",
    reports: "Reports",
    mailboxes: "Mailboxes",
    unreadMailboxes: "Mailboxes that could not be read",
    notRead: "could not be read",
    mail: "Mail",
    mailState: "State",
    why: "Why",
  },
  figures,
  parts,
  domainMessages: ({ totals }) => (totals.reports === 0 ? "no reports" : formatCount(totals.messages)),
  others: (domains) => `${formatNumberOf(domains.length, "other")}`,
  more: (count) => `and ${formatCount(count)} more`,
  complete,
  restated,
  readiness: englishReadiness,
  silence: (hours) => `No DMARC digest for ${formatNumberOf(hours, "hour")}`,
  broughtUpToDate: (at) => `brought up to date ${momentIn("en", at)}`,
  intake,
  mailState,
  mailTrouble,
  reason: englishReason,
  unknownDomains,
  notCounted,
  news: englishNews,
  quiet: englishQuiet,
  failure,
  issue: englishIssue,
  earlierDay: ({ day, verdict, totals: { messages, dmarcFail } }) =>
    `${dayIn("en", day)}: ${english.verdict[verdict].toLowerCase()}, ${formatNumberOf(messages, "message")}, ${formatCount(dmarcFail)} DMARC fail`,
  emptyAdvice,
  dashboard: englishDashboard,
  week: englishWeek,
};

function headline(digest: Digest, guard: Guard): string {
  const [first] = digest.findings;
  const sign = `${verdictSigns[digest.verdict]} ${english.verdict[digest.verdict]}`;
  const day = `${dayIn("en", digest.day)} (UTC)`;
  if (first !== undefined) return `${sign}: ${finding(first, guard)} · ${day}`;
  const rate = ownPassRate(digest);
  const passes = rate === undefined ? "" : `, own mail passes ${formatShare(rate)}`;
  return `${sign} · ${day} · ${formatNumberOf(digest.domains.length, "domain")}${passes}`;
}

function finding(found: Finding, guard: Guard): string {
  switch (found.kind) {
    case "own-failures":
      return ownFailures(found, guard);
    case "few-messages":
      return `${guard(found.domain)}: ${formatCount(found.own.messages)} of only ${formatNumberOf(found.messages, "message")} of your own failed DMARC, too few for an alarm`;
    case "unreadable-records":
      return `${guard(found.domain)}: ${formatNumberOf(found.records, "record")} could not be read`;
    case "unread-mailbox":
      return `mailbox ${guard(found.mailbox)} could not be read`;
    case "mails-to-go":
      return `${found.mails === undefined ? "some mails" : formatNumberOf(found.mails, "mail")} of mailbox ${guard(found.mailbox)} ${found.mails === 1 ? "is" : "are"} still to be read`;
    case "mail-trouble":
      return mailTrouble(found.states);
    case "silent-reporter":
      return `${guard(reporterName(found.reporter))} has fallen silent: nothing since ${dayIn("en", found.lastDay)}, usually ${formatShare(found.share)} of your mail`;
    case "unverified-reporter":
      return `the mails of ${guard(reporterName(found.reporter))} are not authenticated this time: ${formatNumberOf(found.reports, "report")}, ${formatNumberOf(found.messages, "message")} not counted`;
    case "incomplete":
      return `only ${formatShare(found.share)} of what is usually reported has come${found.missing === undefined ? "" : `: ${guard(reporterName(found.missing.reporter))} is missing`}`;
    case "nothing-counts":
      return `none of the day's ${formatNumberOf(found.reports, "report")} counts`;
    case "nothing-kept":
      return "no report that came counts";
    case "no-reports":
      return found.isFirst ? "no DMARC report was read so far" : "no reporter has reported this day";
    default:
      return found satisfies never;
  }
}

function ownFailures(
  { domain, messages, own, alarm, source, earlierDay }: Extract<Finding, { kind: "own-failures" }>,
  guard: Guard,
): string {
  const told = alarm === undefined ? { own: source?.impact ?? own, evaluated: messages } : alarm;
  const others = source !== undefined && source.impact.messages < told.own.messages ? " and other" : "";
  const who = source === undefined ? "mail" : `${guard(sourceName(source))}${others} mail`;
  const when = earlierDay === undefined ? "fails DMARC" : `failed DMARC on ${dayIn("en", earlierDay)}`;
  const what = `${impact(told.own)} of ${formatCount(told.evaluated)}`;
  const count = told.own.messages === heldAll(told.own) ? countFirst(told.own, told.evaluated) : what;
  return `${who} of ${guard(domain)} ${when}, ${count}${limits(alarm)}`;
}

function heldAll({ quarantined, rejected, delivered, overridden }: Impact): number {
  return Math.max(quarantined, rejected, delivered, overridden);
}

/** `412 of 3,104 quarantined`; `412 of 3,104, still delivered`, which is not to read as if the others were lost. */
function countFirst(own: Impact, of: number): string {
  const what = impact(own).replace(/^\S+ /, "");
  const fate = isHeld(own) ? ` ${what}` : `, ${own.delivered > 0 ? `still ${what}` : what}`;
  return `${formatCount(own.messages)} of ${formatCount(of)}${fate}`;
}

function limits(alarm: Alarm | undefined): string {
  return alarm === undefined ? "" : ` (${alarm.passed.map(passed).join("; ")})`;
}
