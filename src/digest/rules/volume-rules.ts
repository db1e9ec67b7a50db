import { dayAfter } from "../../history/dates.ts";
import { sumOf } from "../../history/lists.ts";
import type { RuleFinding } from "../incidents/incidents.ts";
import type { SenderDay, SenderDays } from "./sender-days.ts";
import { isWeekly, leaptOn, shareOfUsual, stoppedOn, type Volumes } from "./volume.ts";

/** The homes of a domain, and whose reports of the day are all there. */
export interface HomesOfDay {
  domain: string;
  day: string;
  senders: SenderDays;
  /** The senders at which our own mail starts. */
  homes: ReadonlySet<string>;
  /**
   * Reporters that have reported the day, or a later one, for any of our domains: where such a one says nothing of a sender,
   * there was nothing.
   */
  upToDate: ReadonlySet<string>;
}

/** The days that volumes are judged by; see `Volumes`. */
const volumeDays = 43;
/** What a sender carries that is so new may have been carried by another one before. */
const newDays = 14;

/** The volumes of a sender up to a day, over the reporters whose reports are all there. */
export function volumesOf(
  days: ReadonlyMap<string, SenderDay>,
  { day, upToDate }: Pick<HomesOfDay, "day" | "upToDate">,
): Volumes {
  const messages = Array.from({ length: volumeDays }, (_, index) => {
    const seenBy = days.get(dayAfter(day, index + 1 - volumeDays))?.seenBy ?? new Map();
    return sumOf(seenBy, ([reporter, own]) => (upToDate.has(reporter) ? own.messages : 0));
  });
  return { weekday: new Date(day).getUTCDay(), messages };
}

/** What came of what is usual at each home on a day, from 0; of those that usually send on it. */
export function sharesOfUsual(homes: HomesOfDay): number[] {
  return eachHome(homes).flatMap(({ volumes }) => shareOfUsual(volumes) ?? []);
}

/**
 * Homes that have stopped, or send far less than usual.
 *
 * @param usualFall - The median of `sharesOfUsual` over all domains, where there are enough homes to have one; else 1.
 */
export function homesStopped(homes: HomesOfDay, usualFall: number): RuleFinding[] {
  const { domain } = homes;
  return eachHome(homes).flatMap(({ sender, volumes }): RuleFinding[] => {
    const change = stoppedOn(volumes, Math.min(1, usualFall));
    if (change === undefined) return [];
    const missing = change.expected - change.messages;
    if (carriedByNew(homes) * 2 >= missing) return [];
    const key = { domain, subject: sender, rule: "stopped" } as const;
    return [{ key, level: "look", messages: Math.round(missing), opensAtOnce: true, seenBy: [] }];
  });
}

/** Messages of the two days by senders that were first seen in the last 14 days: mail that has moved. */
function carriedByNew({ senders, day }: HomesOfDay): number {
  const first = dayAfter(day, -newDays);
  return sumOf(senders.values(), (days) => {
    const isNew = [...days].every(([one, { messages }]) => messages === 0 || one > first);
    return isNew ? (days.get(day)?.messages ?? 0) + (days.get(dayAfter(day, -1))?.messages ?? 0) : 0;
  });
}

/** Homes that send far more than on the same kind of day before. */
export function homesLeapt(homes: HomesOfDay): RuleFinding[] {
  return eachHome(homes).flatMap(({ sender, volumes }): RuleFinding[] => {
    const change = leaptOn(volumes);
    if (change === undefined) return [];
    const key = { domain: homes.domain, subject: sender, rule: "leapt" } as const;
    return [{ key, level: "look", messages: change.messages, opensAtOnce: true, seenBy: [] }];
  });
}

/** Whether a sender sends on one or two weekdays alone: then two good days show that all is well. */
export function isWeeklySender(
  days: ReadonlyMap<string, SenderDay>,
  homes: Pick<HomesOfDay, "day" | "upToDate">,
): boolean {
  return isWeekly(volumesOf(days, homes));
}

function eachHome(homes: HomesOfDay): { sender: string; volumes: Volumes }[] {
  return [...homes.senders].flatMap(([sender, days]) =>
    homes.homes.has(sender) ? { sender, volumes: volumesOf(days, homes) } : [],
  );
}
