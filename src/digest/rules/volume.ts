import { entryIn } from "../../history/lists.ts";
import { median } from "../window/window.ts";

/** The messages of a sender, day by day, up to the day that is judged; a day without mail is 0. */
export interface Volumes {
  /** The weekday of the last, which is the day that is judged: from 0 for Sunday. */
  weekday: number;
  /** One a day. */
  messages: readonly number[];
  /** Which of them is the judged one; `volumeDays - 1` are before it. */
  last: number;
}

/** What a sender's volume on some days came to, against what is usual on them. */
export interface VolumeChange {
  /** Messages that were usual for the days that are judged. */
  expected: number;
  /** Messages that came on them. */
  messages: number;
  /** The days that are judged, by how long they are before the last one. */
  backs: readonly number[];
}

/** The last days, which are judged: what is usual is known by the 28 before, so that a stop does not change it. */
const judgedDays = 8;
const usualDays = 28;
/** Days that volumes need, the judged one included. */
export const volumeDays = judgedDays + usualDays;
/** With fewer days on which it sent, nothing is usual. */
export const fewestSendingDays = 4;
/** A kind of day is one on which a sender sends when it did on so large a share of them, and so large a part of what it sends on others. */
const sendingShare = 0.75;
const smallKind = 0.1;
/**
 * A stop: two days on which it should have sent, so many messages missing, and less than this share of them comes; more days
 * where such days are no rarity.
 */
const stopped = { days: 2, messages: 20, share: 0.02, chance: 0.005 };
/** A fall: three days with less than this share, beyond so many deviations of the mean of three. */
const fallen = { days: 3, share: 0.5, deviations: 4 };
/** A leap: so many times what is usual comes, beyond so many deviations, and so many messages. */
const leapt = { times: 5, deviations: 4, messages: 1000 };
/** No sender is so regular that its spread (of the logarithm) is known to be below this. */
const smallestSpread = 0.15;

/**
 * Whether a sender has stopped, or sends far less: the last days on which it should have sent show it, two of them for a stop
 * and three for a fall. A sender of one or two weekdays is judged by that weekday, twice. Small senders take longer: until 20
 * messages are missing.
 *
 * @param usualFall - The share of what is usual that came at all our homes, so many days before the last: 1 on an ordinary
 *   day, less on a holiday. What all have lost is no stop and no fall.
 * @returns `undefined` when the day is none on which it should have sent, when it came, or when too little is known.
 */
export function stoppedOn(volumes: Volumes, usualFall: (back: number) => number = () => 1): VolumeChange | undefined {
  if (mayBeUsual(volumes)) return undefined;
  const usual = usualOf(volumes);
  if (usual === undefined) return undefined;
  const step = usual.isWeekly ? 7 : 1;
  const backs: number[] = [];
  const sum = { expected: 0, messages: 0, backs };
  let [fall, spread, chance] = [0, 0, 1];
  for (let back = 0; back < judgedDays; back += step) {
    const ofDay = usual.on(back);
    if (ofDay === undefined && back === 0) return undefined;
    if (ofDay === undefined) continue;
    const [came, expected] = [messagesAt(volumes, back), ofDay.messages * Math.min(1, usualFall(back))];
    if (came + movedFrom(volumes, usual, back) >= fallen.share * expected) return undefined;
    backs.push(back);
    sum.messages += came;
    sum.expected += expected;
    fall += -Math.log(Math.max(came / expected, stopped.share));
    spread = Math.max(spread, ofDay.spread);
    const isStopped = sum.messages < stopped.share * sum.expected && sum.expected >= stopped.messages;
    chance *= usual.isWeekly ? 0 : ofDay.chanceOfNone;
    if (isStopped && backs.length >= stopped.days && chance <= stopped.chance) return sum;
    if (usual.isWeekly || backs.length < fallen.days) continue;
    // The mean of n days has a spread that is smaller by the root of n.
    if (fall >= fallen.deviations * spread * Math.sqrt(backs.length) && sum.expected - sum.messages >= stopped.messages)
      return sum;
  }
  return undefined;
}

/**
 * What a sender of one or two weekdays has sent beyond its usual from a day until the same weekday comes again: its mail may have
 * moved to another one.
 */
function movedFrom(volumes: Volumes, { isWeekly, on }: UsualDays, back: number): number {
  let messages = 0;
  for (let later = back - 1; isWeekly && later >= 0 && later > back - 7; later -= 1) {
    messages += Math.max(0, messagesAt(volumes, later) - (on(later)?.messages ?? 0));
  }
  return messages;
}

/** Whether it can be seen at once that a day is none of a stop: it has half of nearly all days, or the sender is too small. */
function mayBeUsual(volumes: Volumes): boolean {
  const today = messagesAt(volumes, 0);
  let [larger, most] = [0, 0];
  for (let back = judgedDays; back < volumeDays; back += 1) {
    const messages = messagesAt(volumes, back);
    if (messages * fallen.share > today) larger += 1;
    if (messages > most) most = messages;
  }
  return larger < 2 || most * judgedDays < stopped.messages;
}

/**
 * Whether a sender sent far more than on the same kind of day before; on a day on which it hardly sends, than on its largest kind.
 *
 * @returns `undefined` when it did not, or too little is known.
 */
export function leaptOn(volumes: Volumes): VolumeChange | undefined {
  const messages = messagesAt(volumes, 0);
  if (messages < leapt.messages) return undefined;
  const days = usualOf(volumes);
  const usual = days?.on(0) ?? days?.largest;
  if (usual === undefined || messages < leapt.times * usual.messages) return undefined;
  const isBeyondSpread = Math.log(messages / usual.messages) >= leapt.deviations * usual.spread;
  return isBeyondSpread ? { expected: usual.messages, messages, backs: [0] } : undefined;
}

/** What came of what was usual for the day; `undefined` when nothing was. */
export function againstUsual(volumes: Volumes): VolumeChange | undefined {
  const usual = usualOf(volumes)?.on(0);
  return usual && { expected: usual.messages, messages: messagesAt(volumes, 0), backs: [0] };
}

/** What is usual on a day of one kind. */
interface Usual {
  messages: number;
  /** Standard deviation of the logarithm of a day's messages. */
  spread: number;
  /** The part of such days, from 0 to 1, on which hardly anything came. */
  chanceOfNone: number;
}

/** What is usual so many days before the judged one. */
interface UsualDays {
  isWeekly: boolean;
  on: (back: number) => Usual | undefined;
  /** On a day of the kind on which most is. */
  largest: Usual | undefined;
}

/**
 * What is usual on days of each kind: a weekday for senders of one or two weekdays, else a working day or a day of the
 * weekend; `undefined` when too little is known.
 */
function usualOf(volumes: Volumes): UsualDays | undefined {
  const days: number[] = [];
  for (let back = judgedDays; back < volumeDays; back += 1) if (messagesAt(volumes, back) > 0) days.push(back);
  if (days.length < fewestSendingDays) return undefined;
  const weekly = new Set(days.map((back) => weekdayAt(volumes, back))).size <= 2;
  const kindOf = weekly ? weekdayAt : isWeekendAt;
  const kinds = new Map<number, number[]>();
  for (let back = judgedDays; back < volumeDays; back += 1) {
    entryIn(kinds, kindOf(volumes, back), () => []).push(messagesAt(volumes, back));
  }
  const usual = new Map(Array.from(kinds, ([kind, ofKind]) => [kind, usualIn(ofKind)]));
  const [largest] = [...usual.values()].flatMap((ofKind) => ofKind ?? []).sort((a, b) => b.messages - a.messages);
  return {
    isWeekly: weekly,
    largest,
    on(back) {
      const ofKind = usual.get(kindOf(volumes, back));
      return ofKind !== undefined && ofKind.messages >= smallKind * (largest?.messages ?? 0) ? ofKind : undefined;
    },
  };
}

/** `undefined` for days of a kind on which nothing is usual. */
function usualIn(all: readonly number[]): Usual | undefined {
  const counts = all.filter((count) => count > 0);
  const messages = median(counts);
  if (messages === undefined || counts.length < sendingShare * all.length) return undefined;
  const squares = counts.map((count) => Math.log(count / messages) ** 2);
  const spread = Math.sqrt(squares.reduce((sum, one) => sum + one, 0) / squares.length);
  const none = all.filter((count) => count < stopped.share * messages).length;
  // By the rule of succession: what did not happen may still.
  const chanceOfNone = (none + 1) / (all.length + 2);
  return { messages, spread: Math.max(spread, smallestSpread), chanceOfNone };
}

function messagesAt({ messages, last }: Volumes, back: number): number {
  return messages[last - back] ?? 0;
}

/** From 0 for Sunday. */
function weekdayAt({ weekday }: Volumes, back: number): number {
  return (((weekday - back) % 7) + 7) % 7;
}

function isWeekendAt(volumes: Volumes, back: number): number {
  return Number(weekdayAt(volumes, back) % 6 === 0);
}
