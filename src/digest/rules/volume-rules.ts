import { dayAfter, daysUpTo, weekdayOf } from "../../history/dates.ts";
import { countBy, sumOf } from "../../history/lists.ts";
import type { RuleFinding } from "../incidents/incidents.ts";
import { knownDays } from "../senders/senders.ts";
import { type HomeDay, homesIn } from "./home-days.ts";
import type { RuleDomain } from "./rule-domains.ts";
import type { JudgedLine } from "./sender-days.ts";
import { leaptOn, shareOfUsual, stoppedOn, type VolumeChange, type Volumes, volumeDays } from "./volume.ts";

/** A home on a day, with the days before: one sender, or several networks. */
export interface Home {
  volumes: Volumes;
  /** What came of what is usual, from 0; absent where nothing is usual on such a day. */
  share: number | undefined;
  /** Own mail of its senders, day by day as in `volumes`. */
  days: readonly (readonly HomeDay[])[];
}

/** The homes of a domain on a day. */
export interface HomesOfDay {
  one: RuleDomain;
  day: string;
  homes: readonly Home[];
}

/** The homes of a domain on a day. */
export function homesOfDay(one: RuleDomain, day: string): HomesOfDay {
  const all = daysUpTo(day, volumeDays).map(one.homeDaysOn);
  const homes = homesIn(all).map((names): Home => {
    const days = all.map((ofDay) => [...names].flatMap((name) => ofDay.get(name) ?? []));
    const messages = days.map((ofDay) => sumOf(ofDay, (home) => home.messages));
    const volumes = { weekday: weekdayOf(day), messages };
    return { volumes, share: shareOfUsual(volumes), days };
  });
  return { one, day, homes };
}

/** The sender that a home is called by: of several networks the one with the most messages. */
export function senderOf({ days }: Home): string {
  const [largest] = countBy(
    linesOf(days.flat()),
    ({ sender }) => sender,
    ({ messages }) => messages,
  );
  return largest?.name ?? "";
}

function linesOf(days: readonly HomeDay[]): JudgedLine[] {
  return days.flatMap(({ own }) => own);
}

/**
 * Homes that have stopped, or send far less than usual. They are judged by the reporters that have reported the domain on
 * each of the judged days: of the others nobody knows what they saw.
 *
 * @param of - See `mayHaveStopped`.
 * @param usualFall - See `stoppedOn`.
 */
export function homesStopped(of: HomesOfDay, usualFall: (back: number) => number): RuleFinding[] {
  return of.homes.flatMap((home): RuleFinding[] => {
    const change = stoppedOn(home.volumes, usualFall);
    if (change === undefined) return [];
    const sure = stoppedOn(seenByAll(of, home, change.days), usualFall);
    if (sure === undefined || carriedByNew(of, home, sure) * 2 >= sure.expected - sure.messages) return [];
    return [finding(of, home, "stopped", Math.round(sure.expected - sure.messages))];
  });
}

/** The same with those homes alone that have stopped if no others fell with them: hardly any. */
export function mayHaveStopped(of: HomesOfDay): HomesOfDay {
  return { ...of, homes: of.homes.filter(({ volumes }) => stoppedOn(volumes) !== undefined) };
}

/** The volumes of a home over the reporters that have reported the last days on which it should have sent. */
function seenByAll({ one, day }: HomesOfDay, { volumes, days }: Home, judged: number): Volumes {
  const last = daysUpTo(day, judged).map((ofDay) => one.reporters.get(ofDay) ?? new Set());
  const isCertain = ({ reporter }: JudgedLine): boolean => last.every((reporters) => reporters.has(reporter));
  const messages = days.map((ofDay) => sumOf(linesOf(ofDay), (line) => (isCertain(line) ? line.messages : 0)));
  return { ...volumes, messages };
}

/** What a sender carries that began in so many days before a stop, or since, may have been carried by the other one before. */
const newDays = 14;

/** Messages of the judged days by senders that were first seen when a home stopped: mail that has moved. */
function carriedByNew({ one, day }: HomesOfDay, { volumes }: Home, { days: count, expected }: VolumeChange): number {
  const last = daysUpTo(day, count);
  const lastGood = volumes.messages.findLastIndex((messages) => messages * 2 * count >= expected);
  const firstNew = dayAfter(day, lastGood + 1 - volumeDays - newDays);
  const before = daysUpTo(firstNew, knownDays);
  const ownOn = (ofDay: string, sender: string): number => one.sendersOn(ofDay).get(sender)?.messages ?? 0;
  const names = new Set(last.flatMap((ofDay) => [...one.sendersOn(ofDay).keys()]));
  return sumOf(names, (sender) =>
    before.some((ofDay) => ownOn(ofDay, sender) > 0) ? 0 : sumOf(last, (ofDay) => ownOn(ofDay, sender)),
  );
}

/** Homes that send far more than on the same kind of day before. */
export function homesLeapt(of: HomesOfDay): RuleFinding[] {
  return of.homes.flatMap((home): RuleFinding[] => {
    const change = leaptOn(home.volumes);
    return change === undefined ? [] : [finding(of, home, "leapt", change.messages)];
  });
}

function finding({ one }: HomesOfDay, home: Home, rule: "stopped" | "leapt", messages: number): RuleFinding {
  const key = { domain: one.domain, subject: senderOf(home), rule };
  return { key, level: "look", messages, opensAtOnce: true, seenBy: [] };
}
