import { dayAfter, daysBetween, daysUpTo, hourLength, weekdayOf } from "../../history/dates.ts";
import { sumOf } from "../../history/lists.ts";
import { pairOf, type Window, type WindowPair } from "./index-window.ts";

/** Companies send other mail on weekends, to other people, and some reporters rest. */
export type DayKind = "weekday" | "weekend";

/** Days from the first report of a domain, or of all of them, in which it is not known what is usual. */
export const learningDays = 14;
/** Days before a day that are looked at. */
const daysBack = 28;
/** Part of the days of a kind on which a usual pair has come. */
const leastDays = 0.8;

/** Monday to Friday by the calendar, or Saturday and Sunday; holidays are not known. */
export function kindOfDay(day: string): DayKind {
  const weekday = weekdayOf(day);
  return weekday === 0 || weekday === 6 ? "weekend" : "weekday";
}

/**
 * Days of history before a day, from the first one of which a report is known, as long as they are under 14;
 * `undefined` when they are enough. It is the days that reports are about, so that the first run over an old mailbox has
 * learned already.
 */
export function learning(window: Window, day: string): number | undefined {
  const first = firstDay(window);
  const known = first === undefined ? 0 : Math.max(0, daysBetween(first, day));
  return known < learningDays ? known : undefined;
}

/** A policy domain that a reporter reports on nearly every day of a kind. */
export interface UsualPair extends Pick<WindowPair, "reporter" | "domain"> {
  /** Messages on such a weekday: the mean of those of the last 8 weeks on which it came. */
  messages: number;
}

/** Weeks in which the usual volume of a weekday is looked for; it is what a day is compared with, too. */
export const weeksBack = 8;

/**
 * The pairs that usually come on a day of this kind: on at least 80 % of the days of the same kind in the 28 days before, whatever
 * their volume, since each weighs as much as it has.
 *
 * Days before the first one that the window knows do not count against a reporter. The order of the lines does not matter.
 */
export function usualPairs(window: Window, day: string): UsualPair[] {
  const linesOf = (one: string): readonly WindowPair[] => window.pairsByDay.get(one) ?? [];
  const days = daysLike(window, day).map(linesOf);
  const ofWeekday = pairDays(Array.from({ length: weeksBack }, (_, index) => linesOf(dayAfter(day, -7 * (index + 1)))));
  return [...pairDays(days)].flatMap(([name, { line, reported }]): UsualPair[] => {
    if (reported < leastDays * days.length) return [];
    const onDays = (): number[] =>
      days.map((ofDay) => sumOf(ofDay, (one) => (pairOf(one) === name ? one.messages : 0)));
    const messages = meanOfDays(ofWeekday.get(name)) ?? median(onDays()) ?? 0;
    return messages > 0 ? [{ reporter: line.reporter, domain: line.domain, messages }] : [];
  });
}

/**
 * Hours from the end of a day (24:00 UTC) to the first report of a pair about it, the median of those days before of this kind;
 * `undefined` when no mail says it.
 */
export function usualDelay(
  window: Window,
  day: string,
  pair: Pick<WindowPair, "reporter" | "domain">,
): number | undefined {
  const isOfPair = (line: WindowPair): boolean => pairOf(line) === pairOf(pair);
  const hours = daysLike(window, day).flatMap((one) =>
    hoursLate(one, (window.pairsByDay.get(one) ?? []).filter(isOfPair)),
  );
  return median(hours);
}

/** What a pair of reporter and policy domain came to on some days. */
interface PairDays {
  /** Any of its lines. */
  line: WindowPair;
  /** On how many of the days it came. */
  reported: number;
  /** In all. */
  messages: number;
}

/** What each pair came to on some days of which there are these lines; those that came on none are left out. */
export function pairDays(days: readonly (readonly WindowPair[])[]): Map<string, PairDays> {
  const pairs = new Map<string, PairDays & { last: number }>();
  for (let day = 0; day < days.length; day += 1) {
    for (const line of days[day] ?? []) {
      const name = pairOf(line);
      const one = pairs.get(name) ?? { line, reported: 0, messages: 0, last: -1 };
      if (one.last === -1) pairs.set(name, one);
      if (one.last !== day) one.reported += 1;
      one.last = day;
      one.messages += line.messages;
    }
  }
  return pairs;
}

/** Messages of a pair on a day on which it comes; `undefined` when it came on none. */
export function meanOfDays(pair: PairDays | undefined): number | undefined {
  return pair && pair.messages / pair.reported;
}

/** The days before a day that are looked at: those of its kind, from the first one that is known. */
function daysLike(window: Window, day: string): string[] {
  const first = firstDay(window) ?? day;
  return daysUpTo(dayAfter(day, -1), daysBack).filter((it) => it >= first && kindOfDay(it) === kindOfDay(day));
}

/** Hours from the end of a day to its first report; none when no mail brought one. */
export function hoursLate(day: string, lines: readonly Pick<WindowPair, "firstReceived">[]): number[] {
  const [first] = lines.flatMap(({ firstReceived }) => firstReceived ?? []).sort();
  return first === undefined ? [] : [(Date.parse(first) - Date.parse(dayAfter(day))) / hourLength];
}

/** The middle of some numbers, or the mean of the two in the middle; `undefined` for none. */
export function median(numbers: readonly number[]): number | undefined {
  const sorted = numbers.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}

function firstDay(window: Window): string | undefined {
  return [...window.pairsByDay.keys()].sort()[0];
}
