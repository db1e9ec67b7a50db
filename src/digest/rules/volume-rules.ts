import { dayAfter, daysUpTo, weekdayOf } from "../../history/dates.ts";
import { sumOf } from "../../history/lists.ts";
import type { RuleFinding } from "../incidents/incidents.ts";
import { knownDays } from "../senders/senders.ts";
import type { SenderDay, SendersOn } from "./sender-days.ts";
import { leaptOn, shareOfUsual, stoppedOn, type Volumes } from "./volume.ts";

/** The homes of a domain on a day, with their volumes. */
export interface HomesOfDay {
  domain: string;
  day: string;
  sendersOn: SendersOn;
  homes: readonly Home[];
}

/** A sender at which our own mail starts. */
interface Home {
  sender: string;
  volumes: Volumes;
  /** What came of what is usual, from 0; absent where nothing is usual on such a day. */
  share: number | undefined;
}

/** The days that volumes are judged by; see `Volumes`. */
const volumeDays = 43;
/** What a sender carries that is so new may have been carried by another one before. */
const newDays = 14;

/**
 * The homes of a domain on a day.
 *
 * @param upToDate - Reporters that have reported the day, or a later one, for any of our domains: where such a one says nothing
 *   of a sender, there was nothing.
 */
export function homesOfDay({
  upToDate,
  names,
  ...of
}: Omit<HomesOfDay, "homes"> & { names: Iterable<string>; upToDate: ReadonlySet<string> }): HomesOfDay {
  const days = daysUpTo(of.day, volumeDays).map(of.sendersOn);
  const homes = Array.from(names, (sender): Home => {
    const messages = days.map((senders) => messagesOf(senders.get(sender), upToDate));
    const volumes = { weekday: weekdayOf(of.day), messages };
    return { sender, volumes, share: shareOfUsual(volumes) };
  });
  return { ...of, homes };
}

/** Own mail of a sender's day, over the reporters whose reports are all there. */
function messagesOf(day: SenderDay | undefined, upToDate: ReadonlySet<string>): number {
  let sum = 0;
  for (const [reporter, { messages }] of day?.seenBy ?? []) if (upToDate.has(reporter)) sum += messages;
  return sum;
}

/**
 * Homes that have stopped, or send far less than usual.
 *
 * @param usualFall - The median share of what is usual that came at all homes of all domains, where there are enough homes to
 *   have one; else 1.
 */
export function homesStopped(of: HomesOfDay, usualFall: number): RuleFinding[] {
  const { domain, homes } = of;
  return homes.flatMap(({ sender, volumes }): RuleFinding[] => {
    const change = stoppedOn(volumes, Math.min(1, usualFall));
    if (change === undefined) return [];
    const missing = change.expected - change.messages;
    if (carriedByNew(of) * 2 >= missing) return [];
    const key = { domain, subject: sender, rule: "stopped" } as const;
    return [{ key, level: "look", messages: Math.round(missing), opensAtOnce: true, seenBy: [] }];
  });
}

/** Messages of the two days by senders that were first seen in the last 14 days: mail that has moved. */
function carriedByNew({ sendersOn, day }: HomesOfDay): number {
  const lastTwo = daysUpTo(day, 2);
  const before = daysUpTo(dayAfter(day, -newDays), knownDays - newDays);
  const isNew = (sender: string): boolean => before.every((one) => !((sendersOn(one).get(sender)?.messages ?? 0) > 0));
  const names = [...new Set(lastTwo.flatMap((one) => [...sendersOn(one).keys()]))].filter(isNew);
  return sumOf(names, (name) => sumOf(lastTwo, (one) => sendersOn(one).get(name)?.messages ?? 0));
}

/** Homes that send far more than on the same kind of day before. */
export function homesLeapt({ domain, homes }: HomesOfDay): RuleFinding[] {
  return homes.flatMap(({ sender, volumes }): RuleFinding[] => {
    const change = leaptOn(volumes);
    if (change === undefined) return [];
    const key = { domain, subject: sender, rule: "leapt" } as const;
    return [{ key, level: "look", messages: change.messages, opensAtOnce: true, seenBy: [] }];
  });
}
