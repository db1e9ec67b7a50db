import type { Digest } from "../../digest/digest.ts";
import type { Readiness } from "../../digest/readiness.ts";
import { isOtherSenders } from "../../history/index/index.ts";
import { type Fault, faultText } from "../../report/fault.ts";
import type { Reason } from "../../report/reason.ts";
import { amountWords, formatDays } from "./amounts.ts";
import { english } from "./english/english.ts";
import { figureWords } from "./figures.ts";
import { findingWords } from "./findings.ts";
import { calendarDay } from "./format.ts";
import { intakeWords } from "./intake.ts";
import { japanese } from "./japanese/japanese.ts";
import { newsWords } from "./news.ts";
import type { Guard, Phrases } from "./phrases.ts";
import { readinessText } from "./readiness.ts";
import { reasonWith } from "./reasons.ts";
import { ruleWords, tlsWords } from "./rules.ts";
import { setupWords } from "./setup-findings.ts";
import { sourceName, sourceWords } from "./sources.ts";
import { weekWords } from "./week.ts";

export { type FailKind, failingOfKind } from "./figures.ts";
export { type Headline, hasOwnList, verdictSigns } from "./findings.ts";
export { formatCount, formatNumberOf } from "./format.ts";
export { isBeforeFirst } from "./intake.ts";
export type { FailureKind, Guard } from "./phrases.ts";
export { serviceOfSource, sourceName } from "./sources.ts";

/** The languages that a digest can be written in. */
export const languages = ["en", "ja"] as const;

/** One of `languages`. */
export type Language = (typeof languages)[number];

/**
 * All that a digest says, in one language. Each function gives plain text without a line break; names that strangers
 * chose go through the guard, so that the rest can be put where it is wanted as it is.
 */
export type Words = ReturnType<typeof makeWords>;

/** Why something failed: a text for people, or data that has words in each language. */
export type Why = string | Reason | Fault;

/** A language is a folder of phrases and a line here. */
const wordsIn: Record<Language, Words> = {
  en: makeWords(english),
  ja: makeWords(japanese),
};

/** A reason in English, as it stands in logs and in the history. */
export const reasonText = wordsIn.en.reason;

/** Why something failed, in English, as it stands in the log. */
export const whyText = wordsIn.en.why;

/** The words of a language. */
export function wordsOf(language: Language): Words {
  return wordsIn[language];
}

function makeWords(phrases: Phrases) {
  const { sentence, verdict, mailClass, mailState, labels, others, more, firstRun, silence, failure, failKinds } =
    phrases;
  const format = amountWords(phrases);
  const { cause, step, seenBy, reporters } = sourceWords(phrases);
  const reason = reasonWith(phrases.reasons, mailState);
  return {
    ...format,
    /** A clause as a sentence with its full stop: `Not aligned: passes as sendgrid.net, not as your domain.` */
    sentence,
    /** `Nothing to do`, `Look`, `Act` */
    verdict,
    /** What a class of mail is called: `not aligned`. */
    mailClass,
    cause,
    step,
    seenBy,
    reporters,
    ...figureWords(phrases),
    /** What the kinds of failures are called in a chart. */
    failKinds,
    labels,
    /** The rows that are not shown: `39 others`. */
    others: (domains: readonly unknown[]) => others(domains.length),
    /** `and 3 more` */
    more,
    readiness: (readiness: Readiness, guard: Guard) => readinessText(readiness, guard, phrases),
    /** What happens after the first run; `known`: the day up to which it learns. */
    firstRun: ({ weekday, known, settleHours }: { weekday?: number; known?: string; settleHours: number }) =>
      firstRun({
        settleHours,
        ...(weekday !== undefined && { weekly: phrases.weekday(weekday) }),
        ...(known !== undefined && { known: format.day(known) }),
      }).trim(),
    /** `No DMARC digest for 30 hours` */
    silence,
    /** `updated Tue 24 Nov 06:40 UTC` */
    updated: (at: string) => phrases.updated(format.moment(at)),
    /** `May be here already: a run of Tue 24 Nov 06:40 UTC was about to post it and left no record of that` */
    repeated: (triedAt: string) => phrases.repeated(format.moment(triedAt)),
    /** What the state of a mail is called: `not authenticated`. */
    mailState,
    /** Why a mail or a mailbox could not be read; empty for no reason. A stranger's text may be in it, not yet escaped. */
    reason,
    /** Why something failed; as it is where that is no data. A stranger's text may be in it, not yet escaped. */
    why: (why: Why): string =>
      typeof why === "string" ? why : "values" in why ? faultText(why, phrases.faults) : reason(why),
    /** Why a mail could not be counted; in the English of the ledger where that is all that is known. */
    problem: ({ why, reason: words }: Digest["intake"]["problems"][number]) => reason(why) || words,
    news: newsWords(phrases),
    /** What it means that a run failed, and what becomes of it: one or two sentences. */
    failure,
    ...intakeWords(phrases),
    ...findingWords(phrases),
    ...ruleWords(phrases),
    ...setupWords(phrases, reason),
    /** `Early alarm: Tue 24 Nov is not fully reported yet, its digest follows` */
    earlyNote: (day: string) => phrases.incidents.earlyNote(format.day(day)),
    dashboard: dashboardWords(phrases),
    /** How messages of a service pass: `93%: 80% by both, 13% by DKIM alone`. */
    serviceShares: ({ passed, all, ...ways }: ServiceShares) => {
      const texts = (["byBoth", "dkimAlone", "spfAlone"] as const).flatMap((way) =>
        ways[way] === 0 ? [] : [`${format.share(ways[way] / all)} ${phrases.dashboard[way]}`],
      );
      return `${format.share(passed / all)}: ${texts.join(phrases.comma)}`;
    },
    week: weekWords(phrases),
    tls: tlsWords(phrases),
    /** The page to explore a history, whose script has no words of its own. */
    explore: phrases.explore,
    /** What a sender of an index is called, also the one that stands for many; not yet escaped. */
    senderName: (source: string) => (isOtherSenders(source) ? phrases.readiness.otherNetworks : sourceName({ source })),
  };
}

/** Messages of a service: all that were evaluated, those that passed, and by what. */
type ServiceShares = Record<"all" | "passed" | "byBoth" | "dkimAlone" | "spfAlone", number>;

/** What the dashboard and its chart say beyond that. */
function dashboardWords(phrases: Phrases) {
  const { dashboard: say, shortDay } = phrases;
  return {
    ...say,
    noReports: phrases.noReports,
    /** The sources that are not shown: `and 12 more`. */
    moreServices: phrases.more,
    /** `12 Nov`, `11月12日`: short enough for an axis. */
    axisDay: (day: string) => shortDay(calendarDay(day)),
    chartTitle: (first: string, last: string) => say.chartTitle(formatDays(first, last, phrases)),
    ownFailOn: (day: string) => say.ownFailOn(shortDay(calendarDay(day))),
  };
}
