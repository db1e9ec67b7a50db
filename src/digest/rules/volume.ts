import { median } from "../window/window.ts";

/**
 * The messages of a sender, day by day, up to the day that is judged; a day without mail is 0. All days are counted over the
 * pairs of reporter and domain that reported the last ones, so that a reporter that is late is no fall.
 */
export interface Volumes {
  /** The weekday of the last, which is the day that is judged: from 0 for Sunday. */
  weekday: number;
  /** One a day. With fewer than 43, less is known. */
  messages: readonly number[];
}

/** What a sender's volume on a day came to, against its own days before. */
export interface VolumeChange {
  /** Messages that were usual for the days that are judged. */
  expected: number;
  /** Messages that came on them. */
  messages: number;
}

/** The days before one that say what is usual. */
const usualDays = 28;
/** With fewer days on which it sent, nothing is usual. */
const fewestSendingDays = 4;
/** A kind of day is one on which a sender sends when it did on so large a share of them. */
const sendingShare = 0.75;
/** A stop: less than this share of what is usual comes. */
const stoppedShare = 0.02;
/** A fall: less than this share comes, and the fall is beyond the sender's own spread. */
const fallenShare = 0.5;
const fallDeviations = 3.5;
/** A leap: so many times what is usual comes, beyond so many deviations, and so many messages. */
const leapFactor = 5;
const leapDeviations = 4;
const leapMessages = 1000;
/** No sender is so regular that its spread (of the logarithm) is known to be below this. */
const smallestSpread = 0.15;

/**
 * Whether a sender has stopped, or sends far less: the last two days on which it should have sent show it. A sender of one
 * or two weekdays is judged by that weekday, twice.
 *
 * @param usualFall - The median share that came of what was usual over all our homes on the day: 1 on an ordinary day, less
 *   on a holiday. A fall counts only beyond it.
 * @returns `undefined` when the day is none on which it should have sent, when it came, or when too little is known.
 */
export function stoppedOn(volumes: Volumes, usualFall = 1): VolumeChange | undefined {
  const missing = lastExpected(volumes);
  if (missing === undefined) return undefined;
  const change = {
    expected: missing.reduce((sum, { usual }) => sum + usual.messages, 0),
    messages: missing.reduce((sum, { messages }) => sum + messages, 0),
  };
  const shares = missing.map(({ messages, usual }) => messages / usual.messages);
  if (shares.every((share) => share < stoppedShare)) return change;
  if (shares.some((share) => share >= fallenShare * usualFall)) return undefined;
  const fall = mean(shares.map((share) => -Math.log(Math.max(share / usualFall, stoppedShare))));
  const spread = Math.max(...missing.map(({ usual }) => usual.spread)) / Math.SQRT2;
  return fall >= fallDeviations * spread ? change : undefined;
}

/**
 * Whether a sender sent far more than on the same kind of day before.
 *
 * @returns `undefined` when it did not, or too little is known.
 */
export function leaptOn(volumes: Volumes): VolumeChange | undefined {
  const messages = volumes.messages.at(-1) ?? 0;
  const usual = usualOn(volumes, 0, 0);
  if (usual === undefined || messages < leapMessages || messages < leapFactor * usual.messages) return undefined;
  const isBeyondSpread = Math.log(messages / usual.messages) >= leapDeviations * usual.spread;
  return isBeyondSpread ? { expected: usual.messages, messages } : undefined;
}

/** The share that came of what was usual for the day; `undefined` when nothing was. */
export function shareOfUsual(volumes: Volumes): number | undefined {
  const usual = usualOn(volumes, 0, 0);
  return usual === undefined ? undefined : (volumes.messages.at(-1) ?? 0) / usual.messages;
}

/** Whether a sender sends on one or two weekdays alone, by the 28 days before the day. */
export function isWeekly(volumes: Volumes): boolean {
  return isWeeklyBefore(volumes, 0);
}

/** What was usual for a day. */
interface Usual {
  messages: number;
  /** Standard deviation of the logarithm of a day's messages. */
  spread: number;
}

/** The day and the last one before it on which the sender should have sent, by what was usual before the earlier one. */
function lastExpected(volumes: Volumes): { messages: number; usual: Usual }[] | undefined {
  for (const back of isWeeklyBefore(volumes, 7) ? [7] : [1, 2, 3]) {
    const [usual, usualEarlier] = [usualOn(volumes, 0, back), usualOn(volumes, back, back)];
    if (usual === undefined) return undefined;
    if (usualEarlier === undefined) continue;
    return [
      { messages: messagesAt(volumes, 0), usual },
      { messages: messagesAt(volumes, back), usual: usualEarlier },
    ];
  }
  return undefined;
}

/**
 * What is usual on a day of its kind: a weekday for senders of one or two weekdays, else a working day or a day of the
 * weekend; `undefined` when the sender does not send on such days, or too little is known.
 *
 * @param back - The day, as days before the last.
 * @param before - The 28 days before this one say what is usual.
 */
function usualOn(volumes: Volumes, back: number, before: number): Usual | undefined {
  const days = daysBefore(before);
  if (days.filter((one) => messagesAt(volumes, one) > 0).length < fewestSendingDays) return undefined;
  const kindOf = isWeeklyBefore(volumes, before) ? weekdayAt : isWeekendAt;
  const kind = kindOf(volumes, back);
  const same = days.filter((one) => kindOf(volumes, one) === kind).map((one) => messagesAt(volumes, one));
  const counts = same.filter((count) => count > 0);
  const messages = median(counts);
  if (messages === undefined || counts.length < sendingShare * same.length) return undefined;
  const spread = Math.sqrt(mean(counts.map((count) => Math.log(count / messages) ** 2)));
  return { messages, spread: Math.max(spread, smallestSpread) };
}

function isWeeklyBefore(volumes: Volumes, before: number): boolean {
  const sending = daysBefore(before).filter((one) => messagesAt(volumes, one) > 0);
  const weekdays = new Set(sending.map((one) => weekdayAt(volumes, one)));
  return weekdays.size > 0 && weekdays.size <= 2;
}

function daysBefore(before: number): number[] {
  return Array.from({ length: usualDays }, (_, index) => before + 1 + index);
}

function messagesAt({ messages }: Volumes, back: number): number {
  return messages.at(-1 - back) ?? 0;
}

/** From 0 for Sunday. */
function weekdayAt({ weekday }: Volumes, back: number): number {
  return (((weekday - back) % 7) + 7) % 7;
}

function isWeekendAt(volumes: Volumes, back: number): number {
  return Number(weekdayAt(volumes, back) % 6 === 0);
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
}
