import { dayAfter, daysBetween, daysUpTo, hourLength, weekdayOf } from "../../history/dates.ts";
import { compareText, groupBy, sumOf } from "../../history/lists.ts";
import { pairOf, type Window, type WindowPair } from "./index-window.ts";

/** Somebody who reports on nearly every day of a kind, and enough to be missed. */
export interface UsualReporter {
  /** As in the history: the authenticated domain, or what a file that was given says of itself. */
  reporter: string;
  /** Part of what all reporters usually report on such a day, from 0 to 1, over all policy domains. */
  share: number;
  /** Messages on such a day: the median, a day without a report counting as none. */
  messages: number;
  /** Hours from the end of a day (24:00 UTC) to its first report, the median; `undefined` when no mail says it. */
  delayHours?: number;
}

/** Companies send other mail on weekends, to other people, and some reporters rest. */
export type DayKind = "weekday" | "weekend";

/** Days from the first report of a domain, or of all of them, in which it is not known what is usual. */
export const learningDays = 14;
/** Days before a day that are looked at. */
const daysBack = 28;
/** Part of the days of a kind on which a usual reporter has reported. */
const leastDays = 0.8;
/** Part of the volume of all reporters that a usual reporter has. */
const leastShare = 0.05;

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

/**
 * Who usually reports on a day of this kind, the largest first: they have reported at least 80 % of the days of the same
 * kind in the 28 days before, and have at least 5 % of the volume.
 *
 * Days before the first one that the window knows do not count against a reporter. The order of the lines does not
 * matter.
 */
export function usualReporters(window: Window, day: string, kind = kindOfDay(day)): UsualReporter[] {
  const days = daysBefore(window, day).filter((before) => kindOfDay(before) === kind);
  const all = habits(linesOn(window, days), days);
  const volume = volumeOf(all);
  return usualAmong(all, days, volume).map(({ reported: _, ...usual }) => ({
    ...usual,
    share: usual.messages / volume,
  }));
}

/** A policy domain that a reporter reports on nearly every day of a kind. */
export interface UsualPair extends Omit<UsualReporter, "messages"> {
  /** Policy domain. */
  domain: string;
  /** Messages on such a weekday: the mean of those of the last 8 weeks on which it came. */
  messages: number;
}

/** Weeks in which the usual volume of a weekday is looked for; it is what a day is compared with, too. */
export const weeksBack = 8;

/** The same by pairs of reporter and policy domain, whatever their volume, since each weighs as much as it has. */
export function usualPairs(window: Window, day: string): UsualPair[] {
  const days = daysBefore(window, day).filter((before) => kindOfDay(before) === kindOfDay(day));
  const linesOf = (one: string): readonly WindowPair[] => window.pairsByDay.get(one) ?? [];
  const weekdays = Array.from({ length: weeksBack }, (_, index) => dayAfter(day, -7 * (index + 1)));
  const ofWeekday = pairDays(weekdays.map(linesOf));
  // Of most pairs nobody asks.
  let lines: Map<string, WindowPair[]> | undefined;
  const habitOf = (pair: string, reporter: string): Habit => {
    lines ??= groupBy(days.flatMap(linesOf), pairOf);
    return reporterHabit(reporter, lines.get(pair) ?? [], days);
  };
  const usual = [...pairDays(days.map(linesOf))].flatMap(([pair, { line, reported }]) => {
    const { reporter, domain } = line;
    if (reported < leastDays * days.length) return [];
    const usualPair: Omit<UsualPair, "share"> = {
      reporter,
      domain,
      messages: meanOfDays(ofWeekday.get(pair)) ?? habitOf(pair, reporter).messages,
      get delayHours() {
        return habitOf(pair, reporter).delayHours;
      },
    };
    return [usualPair];
  });
  const volume = volumeOf(usual);
  return usual
    .filter(({ messages }) => messages > 0)
    .map((pair) => Object.assign(pair, { share: pair.messages / volume }))
    .sort((a, b) => b.messages - a.messages || compareText(a.domain, b.domain) || compareText(a.reporter, b.reporter));
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

interface Habit extends Omit<UsualReporter, "share"> {
  /** On how many days it has reported. */
  reported: number;
}

function linesOn(window: Window, days: readonly string[]): WindowPair[] {
  return days.flatMap((day) => window.pairsByDay.get(day) ?? []);
}

function habits(lines: WindowPair[], days: readonly string[]): Habit[] {
  return [...groupBy(lines, ({ reporter }) => reporter)].map(([reporter, ofReporter]) =>
    reporterHabit(reporter, ofReporter, days),
  );
}

function usualAmong(all: readonly Habit[], { length }: readonly string[], volume: number): Habit[] {
  return all
    .filter(({ reported, messages }) => reported >= leastDays * length && messages >= leastShare * volume)
    .filter(({ messages }) => messages > 0)
    .sort((a, b) => b.messages - a.messages || compareText(a.reporter, b.reporter));
}

function volumeOf(all: readonly { messages: number }[]): number {
  return sumOf(all, ({ messages }) => messages);
}

/** The days before a day that are looked at, from the first one that is known. */
function daysBefore(window: Window, day: string): string[] {
  const first = firstDay(window) ?? day;
  return daysUpTo(dayAfter(day, -1), daysBack).filter((it) => it >= first);
}

function reporterHabit(reporter: string, lines: WindowPair[], days: readonly string[]): Habit {
  const byDay = groupBy(lines, ({ day }) => day);
  return {
    reporter,
    reported: byDay.size,
    messages: median(days.map((day) => sumOf(byDay.get(day) ?? [], ({ messages }) => messages))) ?? 0,
    delayHours: median([...byDay].flatMap(([day, ofDay]) => hoursLate(day, ofDay))),
  };
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
