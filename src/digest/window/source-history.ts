import { dayAfter } from "../../history/dates.ts";
import type { Window } from "./index-window.ts";
import { addUpDays, ownDaysIn, passShare, type SourceDay } from "./source-days.ts";

/** What is known of a source before a day, for one organizational domain. */
export interface SourceHistory {
  /** `YYYY-MM-DD`: the first and the last day before that day on which it was seen. */
  firstSeen: string;
  lastSeen: string;
  messages: number;
  /** Messages that passed DMARC. */
  passed: number;
  /** Whether it passed for a while: in a week of at least 10 messages, 90 % of the evaluated ones did. */
  passedBefore: boolean;
  /** The last day on which at least 95 % of the evaluated messages passed; absent when there was none. */
  lastGoodDay?: string;
  /** Share of evaluated messages that passed, from 0 to 1, up to and with `lastGoodDay`; absent when there was none. */
  passRateBefore?: number;
  /**
   * The first day after `lastGoodDay` of which messages were evaluated: the day itself when there is none before it.
   * It says since when a source fails that fails on the day; of one that passes it says nothing.
   */
  failsSince?: string;
}

/** How long the messages of a source have failed that passed before. */
export interface FailingSince {
  /** The last day on which they passed, `YYYY-MM-DD`. */
  lastGoodDay: string;
  /** Share of its messages that passed up to then, from 0 to 1. */
  passRate: number;
  /** The first day on which they failed. */
  failsSince: string;
}

/** What the days before one know of a source. */
export type FactsOf = (
  ownDomain: string,
  source: string,
) => {
  since?: FailingSince;
  /** The first of those days on which it was seen, `YYYY-MM-DD`; absent when it is new. */
  firstSeen?: string;
};

/** What is known of a source for an organizational domain; `undefined` when it was never seen before the day. */
export type HistoryOf = (ownDomain: string, source: string) => SourceHistory | undefined;

/** What the window knows before a day of all sources. The order of its lines does not matter. */
export function sourceHistoryOf({ senderDays }: Pick<Window, "senderDays">, day: string): HistoryOf {
  const daysOf = ownDaysIn(senderDays);
  const known = new Map<readonly SourceDay[], SourceHistory | undefined>();
  return (ownDomain, source) => {
    const days = daysOf(ownDomain, source);
    if (!known.has(days)) known.set(days, historyBefore(days, day));
    return known.get(days);
  };
}

/** What the records of a day are judged by: what the window knows of their sources before it. */
export function factsFrom(window: Window, day: string): FactsOf {
  const historyOf = sourceHistoryOf(window, day);
  return (ownDomain, source) => {
    const known: Partial<SourceHistory> = historyOf(ownDomain, source) ?? {};
    const { firstSeen, passedBefore = false, lastGoodDay, passRateBefore, failsSince } = known;
    const isKnown = lastGoodDay !== undefined && passRateBefore !== undefined && failsSince !== undefined;
    const since = passedBefore && isKnown ? { lastGoodDay, passRate: passRateBefore, failsSince } : undefined;
    return { ...(since && { since }), ...(firstSeen !== undefined && { firstSeen }) };
  };
}

function historyBefore(all: readonly SourceDay[], day: string): SourceHistory | undefined {
  const days = all.filter((one) => one.day < day);
  return days.length === 0 ? undefined : historyOf(days, day);
}

function historyOf(days: readonly SourceDay[], day: string): SourceHistory {
  const { messages, passed } = addUpDays(days);
  const seen = {
    firstSeen: days[0]?.day ?? day,
    lastSeen: days.at(-1)?.day ?? day,
    messages,
    passed,
    passedBefore: hasPassed(days),
  };
  const last = days.findLastIndex((one) => (passShare(one) ?? 0) >= goodDayShare);
  if (last === -1) return seen;
  return {
    ...seen,
    lastGoodDay: days[last]?.day,
    passRateBefore: passShare(addUpDays(days.slice(0, last + 1))),
    failsSince: days.slice(last + 1).find((one) => passShare(one) !== undefined)?.day ?? day,
  };
}

/** Of a good day some messages fail, since they were forwarded on the way. */
const goodDayShare = 0.95;

/**
 * Whether a source is known to pass DMARC: in the 7 days up to some day of it, at least 10 messages and 90 % of the
 * evaluated ones did.
 *
 * A week has working days and a weekend in it. Ten messages, since a forwarder may bring one or two unaltered, and 90 %,
 * since most of what forwarders and spoofers share a network with is not theirs. One such week is enough: a source that
 * fails for months once passed all the same.
 *
 * @param days - In the order of the days.
 */
export function hasPassed(days: readonly SourceDay[]): boolean {
  let first = 0;
  let [passed, failed] = [0, 0];
  if (addUpDays(days).passed < leastMessages) return false;
  for (const one of days) {
    passed += one.passed;
    failed += one.failed;
    for (let old = days[first]; old !== undefined && !isInWeekUpTo(one.day, old.day); old = days[first]) {
      passed -= old.passed;
      failed -= old.failed;
      first += 1;
    }
    if (passed >= leastMessages && (passShare({ passed, failed }) ?? 0) >= passingShare) return true;
  }
  return false;
}

/** Messages below which nothing is concluded from a source. */
export const leastMessages = 10;

/** Share of evaluated messages of a week from which a source passes. */
export const passingShare = 0.9;

/** Whether a day is one of the 7 up to another, or later. */
export function isInWeekUpTo(last: string, day: string): boolean {
  return day >= firstOfWeek(last);
}

/** Computing a date for each day of each source takes long, and there are few different days. */
const firsts = new Map<string, string>();

function firstOfWeek(last: string): string {
  const first = firsts.get(last) ?? dayAfter(last, -6);
  firsts.set(last, first);
  return first;
}
