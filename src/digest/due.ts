import { dateOf, dayAfter, dayLength, hourLength } from "../history/dates.ts";

/** Settled days that a late or skipped run still sends, the newest included. */
export const sentBackDays = 7;

/** Whether nearly all usual reporters have reported a day, `YYYY-MM-DD`. */
export type IsComplete = (day: string) => boolean;

/**
 * The newest day that is due: it has ended (24:00 UTC), and it is complete or ended at least `settleHours` ago.
 *
 * @returns `YYYY-MM-DD`.
 */
export function newestDueDay(now: Date, settleHours: number, isComplete: IsComplete): string {
  const settled = settledDay(now, settleHours);
  let day = dayAfter(dateOf(now), -1);
  while (day > settled && !isComplete(day)) day = dayAfter(day, -1);
  return day;
}

/** The newest day that ended (24:00 UTC) at least `settleHours` ago. */
export function settledDay(now: Date, settleHours: number): string {
  return dateOf(now.getTime() - settleHours * hourLength - dayLength);
}

/**
 * The days that are due, newest first: the last 7 that have settled, and newer ones that are complete. A day in between
 * that is neither is none of them; its turn comes, however many newer ones were due before it.
 */
export function dueDays(now: Date, settleHours: number, isComplete: IsComplete): [string, ...string[]] {
  const newest = newestDueDay(now, settleHours, isComplete);
  const settled = settledDay(now, settleHours);
  const older: string[] = [];
  for (let day = dayAfter(newest, -1); day > dayAfter(settled, -sentBackDays); day = dayAfter(day, -1)) {
    if (day <= settled || isComplete(day)) older.push(day);
  }
  return [newest, ...older];
}

/**
 * The due days to send, newest first: those that were not sent yet, none before `startDay`.
 *
 * @param due - See `dueDays`.
 * @param startDay - The first day that is ever sent; days before it belong to the time before the first run.
 * @param sent - Days of which a message was sent.
 */
export function daysToSend(due: readonly string[], startDay: string, sent: ReadonlySet<string>): string[] {
  return due.filter((day) => day >= startDay && !sent.has(day));
}

/**
 * The weekday on which a weekly message became due that was not sent yet: the last one that has come. The week of the first
 * run has none, since nothing has become due before it.
 *
 * @param weekday - From 0 for Sunday.
 * @param sent - The dates of those that were sent.
 * @returns `YYYY-MM-DD`, in UTC; `undefined` when nothing is due.
 */
export function weekToSend(
  { now, weekday, settleHours }: { now: Date; weekday: number; settleHours: number },
  { startDay, sent }: { startDay: string; sent: ReadonlySet<string> },
): string | undefined {
  const daysSince = (now.getUTCDay() - weekday + 7) % 7;
  const week = dayAfter(dateOf(now), -daysSince);
  return !sent.has(week) && settledDay(new Date(week), settleHours) > startDay ? week : undefined;
}
