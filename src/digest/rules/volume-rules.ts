import { dayAfter, daysUpTo, weekdayOf } from "../../history/dates.ts";
import { countBy, sumOf } from "../../history/lists.ts";
import type { RuleFinding } from "../incidents/incidents.ts";
import { knownDays } from "../senders/senders.ts";
import type { HomeDay } from "./home-days.ts";
import type { RuleDomain } from "./rule-domains.ts";
import type { JudgedLine } from "./sender-days.ts";
import { leaptOn, shareOfUsual, stoppedOn, type Volumes, volumeDays } from "./volume.ts";

/** A home on a day, with the days before. */
export interface Home {
  volumes: Volumes;
  /** What came of what is usual, from 0; absent where nothing is usual on such a day. */
  share: number | undefined;
  /** The last first. */
  days: readonly (HomeDay | undefined)[];
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
  const names = new Set(all.flatMap((homes) => [...homes.keys()]));
  const homes = Array.from(names, (name): Home => {
    const days = all.map((ofDay) => ofDay.get(name));
    const volumes = { weekday: weekdayOf(day), messages: days.map((ofDay) => ofDay?.messages ?? 0) };
    return { volumes, share: shareOfUsual(volumes), days: days.reverse() };
  });
  return { one, day, homes };
}

/** The sender that a home is called by: of several networks the one with the most messages. */
export function senderOf({ days }: Home): string {
  const lines = days.flatMap((day) => day?.lines ?? []);
  const [largest] = countBy(
    lines,
    ({ sender }) => sender,
    ({ messages }) => messages,
  );
  return largest?.name ?? "";
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
    if (sure === undefined || carriedByNew(of, sure.days) * 2 >= sure.expected - sure.messages) return [];
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
  const messages = days.map((ofDay) => sumOf(ofDay?.lines ?? [], (line) => (isCertain(line) ? line.messages : 0)));
  return { ...volumes, messages: messages.reverse() };
}

/** What a sender carries that is so new may have been carried by another one before. */
const newDays = 14;

/** Messages of the last days by senders that were first seen in the last 14 days: mail that has moved. */
function carriedByNew({ one, day }: HomesOfDay, count: number): number {
  const last = daysUpTo(day, count);
  const before = daysUpTo(dayAfter(day, -newDays), knownDays - newDays);
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
