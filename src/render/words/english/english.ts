import type { FailParts, Impact } from "../../../digest/day/day.ts";
import type { MailClass } from "../../../digest/senders/senders.ts";
import type { Verdict } from "../../../digest/verdict.ts";
import { englishFaults as faults } from "../../../report/fault.ts";
import { type CalendarDay, formatCount, formatNumberOf } from "../format.ts";
import { figures, findings, intake, issue, mailState, mutes, news, sources } from "./daily.ts";
import explore from "./explore.json" with { type: "json" };
import { failures } from "./failures.ts";
import reasons from "./reasons.json" with { type: "json" };
import { incidents, records, rules } from "./rules.ts";
import setupFindings from "./setup-findings.json" with { type: "json" };
import { tls } from "./tls.ts";
import { dashboard, readiness, week } from "./weekly.ts";

const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const weekdays = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

/** A digest in English; what each of the phrases is for can be seen here. */
export const english = {
  comma: ", ",
  /** Between figures, and between limits that were passed. */
  dot: " · ",
  semicolon: "; ",
  stop: ". ",
  or: " or ",
  /** Between the ends of a range of shares, and of days. */
  to: " to ",
  until: " – ",
  aside: (text: string) => ` (${text})`,
  sentence: (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`,

  /** Without a blank, at which a line could break. */
  percent: (digits: string) => `${digits}%`,
  under: (percent: string) => `<${percent}`,
  over: (percent: string) => `>${percent}`,
  day: ({ weekday, date, month }: CalendarDay) => `${weekdays[weekday]?.slice(0, 3)} ${date} ${months[month - 1]}`,
  shortDay: ({ date, month }: CalendarDay) => `${date} ${months[month - 1]}`,
  weekday: (weekday: number) => `${weekdays[weekday]}`,
  shortWeekday: (weekday: number) => `${weekdays[weekday]?.slice(0, 3)}`,
  inUtc: (days: string) => `${days} (UTC)`,

  /** Messages beside a label that says so. */
  amount: formatCount,
  messages: (messages: number) => formatNumberOf(messages, "message"),
  /** So many messages, then mails and the like, then domains, that are something: `412 quarantined`. */
  messagesOf: wordBehind,
  itemsOf: wordBehind,
  domainsOf: wordBehind,
  outOf: (part: number, whole: number) => `${formatCount(part)} of ${formatNumberOf(whole, "message")}`,
  mails: (mails: number) => formatNumberOf(mails, "mail"),
  reports: (reports: number) => formatNumberOf(reports, "report"),
  domains: (domains: number) => formatNumberOf(domains, "domain"),
  others: (domains: number) => formatNumberOf(domains, "other"),
  more: (count: number) => `and ${formatCount(count)} more`,
  /** Behind a list. */
  moreDomains: (domains: number) => `+${formatNumberOf(domains, "domain")}`,
  andMore: (count: number) => ` and ${formatCount(count)} more`,

  verdict: { ok: "Nothing to do", look: "Look", act: "Act" } satisfies Record<Verdict, string>,
  mailClass: {
    "not-evaluated": "not evaluated",
    aligned: "passes",
    "dkim-alone": "passes by DKIM alone",
    "spf-alone": "passes by SPF alone",
    forwarded: "forwarded, DKIM passes",
    trouble: "receiver could not look up",
    altered: "altered in transit",
    "our-dns": "DNS record fails",
    "strict-alignment": "aligned only if relaxed",
    "broken-key": "DKIM key broken",
    "broken-signature": "DKIM broken",
    "passed-on": "passed on",
    unknown: "unknown sender",
    "not-aligned": "not aligned",
    "missing-in-spf": "not in your SPF record",
    spoofed: "spoofed",
  } satisfies Record<MailClass, string>,
  mailState,
  /** What happened to messages that failed. */
  fate: {
    rejected: "rejected",
    quarantined: "quarantined",
    delivered: "delivered",
    overridden: "let through",
  } satisfies Record<Exclude<keyof Impact, "messages">, string>,
  noFate: "none",
  /** The parts of the failures. */
  part: {
    own: "own",
    unknown: "unknown",
    spoofed: "spoofed",
    forwarded: "forwarded",
    trouble: "not looked up by the receiver",
  } satisfies Record<keyof FailParts, string>,
  /** The same for a chart. */
  failKinds: { own: "yours", unknown: "unknown", spoofed: "spoofed", other: "forwarded, other" },
  labels: {
    dns: "DNS changed",
    cause: "Cause",
    step: "Do",
    answer: "Answer in senders",
    seenBy: "Seen by",
    domain: "Domain",
    domains: "Domains",
    messages: "Messages",
    ownFail: "Your mail that failed",
    whatHappened: "What happened",
    dmarcFail: "DMARC fail",
    spfOrDkimFail: "SPF or DKIM fail",
    complete: "Complete",
    restated: "Restated",
    intake: "Intake",
    asOf: "As of",
    commit: "History at this commit",
    run: "Run",
    csv: "failures.csv in thread",
    nothingToDo: "nothing to do",
    earlierDays: "Earlier days not told so far",
    source: "Source",
    subdomains: "Of these in subdomains",
    allDomains: "All domains",
    manual: "how to",
    runFailed: "No DMARC digest: the run failed",
    runFailedInPart: "DMARC digest: part of the run failed",
    workflow: "Workflow",
    unreadMailboxes: "Mailboxes that could not be read",
  },
  noReports: "no reports",
  ownPassing: (share: string) => `your mail passes ${share}`,
  /** `weekly`: the weekday of the weekly message; `known`: the day up to which it learns. */
  firstRun: ({ settleHours, weekly, known }: { settleHours: number; weekly?: string; known?: string }) =>
    `What happens now: a day is posted when all who usually report have done so, or ${formatNumberOf(settleHours, "hour")} after its end. ` +
    `An alarm of your own mail does not wait for that. ${weekly === undefined ? "" : `The weekly message comes on ${weekly}s, once there are 7 days. `}` +
    (known === undefined
      ? ""
      : `Until ${known} it learns who reports and who sends: before that nothing is said of senders that are new, or stop.`),
  silence: (hours: number) => `No DMARC digest for ${formatNumberOf(hours, "hour")}`,
  updated: (moment: string) => `updated ${moment}`,
  repeated: (moment: string) =>
    `May be here already: a run of ${moment} was about to post it and left no record of that`,
  /** What it means that a run failed, and what becomes of it: one or two sentences. */
  failure: {
    mailbox: "No mail could be read. Nothing is lost: the next run reads on from where the last one ended.",
    "mailbox-cut":
      "No mailbox could be read to its end, so that nothing was sent. Nothing is lost: the next run reads on from where this one ended.",
    partial: "All else was done. The next run makes good what is missing.",
    history: "The history could not be read or committed to. The next run makes good what is missing.",
    "history-file": "A file of the history can't be read. It was left as it is, and no run goes on until it is mended.",
    settings: "A setting is wrong. No run goes on until it is put right.",
    defect: "The run stopped at a defect of dmarc-digest. Please report it with the lines of the log.",
    other: "The run failed halfway. The next run makes good what is missing.",
  },

  figures,
  findings,
  incidents,
  sources,
  intake,
  issue,
  reasons,
  records,
  rules,
  tls,
  mutes,
  explore,
  failures,
  faults,
  news,
  readiness,
  setupFindings,
  dashboard,
  week,
};

function wordBehind(count: number, word: string): string {
  return `${formatCount(count)} ${word}`;
}
