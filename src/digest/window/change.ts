import { dayAfter, weekdayOf } from "../../history/dates.ts";
import { sumOf } from "../../history/lists.ts";
import { pairOf, type Window, type WindowPair } from "./index-window.ts";
import { meanOfDays, median, pairDays, weeksBack } from "./usual.ts";

/** How the volume of a day differs from that of the same weekday before, by the same pairs of reporter and policy domain. */
export interface VolumeChange {
  /** Messages of the day, of the pairs that are compared. */
  messages: number;
  /** What is usual: for each of these pairs, the mean of the compared days on which it came; added up. */
  usual: number;
  /** `messages / usual - 1`: 0.04 is 4 % more. */
  ratio: number;
  /** Weeks of which any of these pairs has the weekday, 4 to 8. */
  weeks: number;
  /** From 0 for Sunday to 6 for Saturday. */
  weekday: number;
  /** Whether the change is within what such pairs change by from week to week, or below 10 %. */
  isUsual: boolean;
}

/** With fewer weeks it is not known what is usual. */
const leastWeeks = 4;
/** Part of the compared days on which a pair must have come. */
const leastReported = 0.5;

/**
 * The change of a day against the same weekday of the last 8 weeks; `undefined` with data of fewer than 4 of them, or
 * when nobody reported on both sides.
 *
 * A week has data when somebody reported that weekday. A pair of reporter and policy domain is compared when it came on the day
 * and on at least half of the days with data, and its mean is that of the days on which it came: so neither a new reporter nor one
 * that is gone, nor one whose report about one domain was lost or is late, looks like a change of the mail.
 */
export function volumeChangeOf(window: Window, day: string): VolumeChange | undefined {
  const { today, before } = comparedDays(window, day);
  if (before.length < leastWeeks || today.length === 0) return undefined;
  const usual = sumInOrder(Array.from(pairDays(before).values(), (pair) => meanOfDays(pair) ?? 0));
  const messages = sumOf(today, messagesIn);
  if (usual === 0) return undefined;
  const isUsual = Math.abs(Math.log(messages / usual)) <= Math.max(leastChange, deviations * spreadBefore(window, day));
  return { messages, usual, ratio: messages / usual - 1, weeks: before.length, weekday: weekdayOf(day), isUsual };
}

/** A change below this (of the logarithm: 10 %) is none, and so is one within so many deviations. */
const leastChange = Math.log(1.1);
const deviations = 3;
/** The median of what is normally distributed, times this, is its deviation. */
const ofMedian = 1.4826;

/** By how much (of the logarithm) the days of the last 8 weeks differ from what is usual on their weekdays, as a deviation. */
function spreadBefore(window: Window, day: string): number {
  const weeks = Array.from({ length: weeksBack }, (_, week) => week);
  const changes = Array.from({ length: 7 }, (_, back) => back + 1).flatMap((back) => {
    const days = weeks.map((week) => window.pairsByDay.get(dayAfter(day, -7 * week - back)) ?? []).filter(isSome);
    const pairs = pairDays(days);
    return days.map((lines) => {
      const usual = sumInOrder(lines.map((line) => meanOfDays(pairs.get(pairOf(line))) ?? 0));
      return Math.abs(Math.log(Math.max(1, sumOf(lines, messagesIn)) / Math.max(1, usual)));
    });
  });
  return ofMedian * (median(changes) ?? 0);
}

/** The sum in an order of its own, since sums of fractions depend on it. */
function sumInOrder(numbers: Iterable<number>): number {
  return [...numbers].sort((a, b) => a - b).reduce((sum, one) => sum + one, 0);
}

/** What is counted of which the share can be usual. */
export type SharePart = "dmarcFail" | "spfOrDkimFail";

/** The share of a kind of failure on a day, and the range that it usually has. All from 0 to 1. */
export interface UsualShare {
  /** Part of the day's messages, of the pairs that are compared. */
  share: number;
  /** The least and the most of the compared days. */
  low: number;
  high: number;
  /** Whether the share is in that range, widened on both sides by 10 % of its middle, or half a percentage point. */
  isUsual: boolean;
}

/** The least by which the range of usual shares is widened. */
const leastMargin = 0.005;
/** And as a part of its middle. */
const marginOfMiddle = 0.1;

/**
 * The share of failures among a day's messages beside that of the same weekday of the last 8 weeks, compared as in
 * `volumeChangeOf`; `undefined` where that gives none, or fewer than 4 of the days have a message.
 */
export function usualShareOf(window: Window, day: string, part: SharePart): UsualShare | undefined {
  const { today, before } = comparedDays(window, day);
  const share = shareOf(today, part);
  const shares = before.map((lines) => shareOf(lines, part)).filter((it) => it !== undefined);
  if (share === undefined || shares.length < leastWeeks) return undefined;
  const [low, high] = [Math.min(...shares), Math.max(...shares)];
  const margin = Math.max((marginOfMiddle * (low + high)) / 2, leastMargin);
  return { share, low, high, isUsual: share >= low - margin && share <= high + margin };
}

/** The lines of pairs present on both sides: those of the day, and those of each same weekday before that has any. */
function comparedDays(window: Window, day: string): { today: WindowPair[]; before: WindowPair[][] } {
  const linesOf = (weeks: number) => window.pairsByDay.get(dayAfter(day, -7 * weeks)) ?? [];
  const today = linesOf(0);
  const before = Array.from({ length: weeksBack }, (_, index) => linesOf(index + 1)).filter(isSome);
  const present = pairsOfBoth(today, before);
  const ofPresent = (lines: readonly WindowPair[]) => lines.filter((line) => present.has(pairOf(line)));
  return { today: ofPresent(today), before: before.map(ofPresent).filter(isSome) };
}

function isSome({ length }: readonly unknown[]): boolean {
  return length > 0;
}

function pairsOfBoth(today: readonly WindowPair[], before: readonly (readonly WindowPair[])[]): Set<string> {
  const days = before.map((lines) => new Set(lines.map(pairOf)));
  const daysOf = (pair: string) => days.filter((ofDay) => ofDay.has(pair)).length;
  const names = new Set(today.map(pairOf));
  return new Set([...names].filter((pair) => daysOf(pair) >= leastReported * before.length));
}

function shareOf(lines: readonly WindowPair[], part: SharePart): number | undefined {
  const messages = sumOf(lines, messagesIn);
  return messages === 0 ? undefined : sumOf(lines, (line) => line[part]) / messages;
}

function messagesIn({ messages }: WindowPair): number {
  return messages;
}
