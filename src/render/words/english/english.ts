import type { FailParts, Impact } from "../../../digest/day/day.ts";
import type { MailClass } from "../../../digest/senders/senders.ts";
import type { Verdict } from "../../../digest/verdict.ts";
import { englishFaults as faults } from "../../../report/fault.ts";
import { type CalendarDay, formatCount, formatNumberOf } from "../format.ts";
import { failures, figures, findings, intake, issue, mailState, mutes, news, sources } from "./daily.ts";
import explore from "./explore.json" with { type: "json" };
import reasons from "./reasons.json" with { type: "json" };
import ruleTexts from "./rules.json" with { type: "json" };
import { incidents, records, tls } from "./rules.ts";
import setupFindings from "./setup-findings.json" with { type: "json" };
import texts from "./texts.json" with { type: "json" };
import { dashboard, readiness, week } from "./weekly.ts";

const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const weekdays = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

/** A digest in English; what each of the phrases is for can be seen here. */
export const english = {
  ...texts.signs,
  /** Between figures, and between limits that were passed. */
  dot: " · ",
  /** Between the ends of a range of shares, and of days. */
  to: " to ",
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

  verdict: texts.verdict satisfies Record<Verdict, string>,
  mailClass: texts.mailClass satisfies Record<MailClass, string>,
  mailState,
  /** What happened to messages that failed. */
  fate: texts.fate satisfies Record<Exclude<keyof Impact, "messages">, string>,
  /** The parts of the failures. */
  part: texts.part satisfies Record<keyof FailParts, string>,
  /** The same for a chart. */
  failKinds: texts.failKinds,
  labels: texts.labels,
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
  failure: texts.failure,

  figures,
  findings,
  incidents,
  sources,
  intake,
  issue,
  reasons,
  records,
  ...ruleTexts,
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
