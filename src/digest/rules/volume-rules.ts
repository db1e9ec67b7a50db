import { dayAfter, daysBetween, daysUpTo, weekdayOf } from "../../history/dates.ts";
import { countBy, sumOf } from "../../history/lists.ts";
import { isNetwork } from "../../report/source/source.ts";
import type { RuleFinding } from "../incidents/incidents.ts";
import { type DayOfSender, knownDays, within } from "../senders/senders.ts";
import type { RuleDomain } from "./rule-domains.ts";
import type { JudgedLine } from "./sender-days.ts";
import {
  fewestSendingDays,
  leaptOn,
  shareOfUsual,
  stoppedOn,
  type VolumeChange,
  type Volumes,
  volumeDays,
} from "./volume.ts";

/**
 * A home on a day: a sender with a name, or several hosts without one that send the same stream, since a provider sends one
 * company's mail from dozens of networks, one day from this and the next from that.
 */
export interface Home {
  senders: readonly string[];
  /** What passed: nearly all that a home sends. */
  volumes: Volumes;
}

/** The homes of a domain on a day. */
export interface HomesOfDay {
  one: RuleDomain;
  day: string;
  homes: readonly Home[];
}

/** The homes of a domain on a day. */
export function homesOfDay(one: RuleDomain, day: string): HomesOfDay {
  const first = dayAfter(day, 1 - volumeDays);
  const hosts = new Map<string, string[]>();
  const named: string[][] = [];
  const daysOf = (sender: string): readonly DayOfSender[] => within(one.daysOf(sender), first, day);
  for (const sender of one.homesOn(day)) {
    if (isNetwork(sender)) joinHost(hosts, sender, daysOf(sender));
    else named.push([sender]);
  }
  const homes = [...named, ...new Set(hosts.values())].map((senders): Home => {
    const messages = new Array<number>(volumeDays).fill(0);
    for (const sender of senders) {
      for (const { day: on, passed } of daysOf(sender)) {
        const at = daysBetween(first, on);
        messages[at] = (messages[at] ?? 0) + passed;
      }
    }
    return { senders, volumes: { weekday: weekdayOf(day), messages } };
  });
  return { one, day, homes };
}

/** Puts a host to those that send one of its streams: one that begins to send in another way, too, is still the same. */
function joinHost(hosts: Map<string, string[]>, sender: string, days: readonly DayOfSender[]): void {
  const streams = new Set(days.flatMap((day) => [...(day.streams ?? [])]));
  const known = new Set([...streams].flatMap((stream) => [hosts.get(stream) ?? []]));
  const all = [sender, ...[...known].flat()];
  for (const [stream, others] of hosts) if (known.has(others)) hosts.set(stream, all);
  for (const stream of streams) hosts.set(stream, all);
}

/** What came of what is usual at a home, from 0; absent where nothing is usual on such a day. */
export function shareAt({ volumes }: Home): number | undefined {
  return shareOfUsual(volumes);
}

/** Whether a sender sends on one or two weekdays alone: then two good days show that all is well. */
export function isWeeklySender(days: readonly DayOfSender[], day: string): boolean {
  const sent = within(days, dayAfter(day, 1 - volumeDays), day).filter(({ messages }) => messages > 0);
  return sent.length >= fewestSendingDays && new Set(sent.map((one) => weekdayOf(one.day))).size <= 2;
}

/** The sender that a home is called by: of several networks the one with the most messages. */
function senderOf({ one, day }: HomesOfDay, { senders }: Home): string {
  const first = dayAfter(day, 1 - volumeDays);
  const [largest] = countBy(senders, String, (sender) =>
    sumOf(within(one.daysOf(sender), first, day), ({ passed }) => passed),
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
    const sure = stoppedOn(ownVolumes(of, home, change.days), usualFall);
    if (sure === undefined || carriedByNew(of, home, sure) * 2 >= sure.expected - sure.messages) return [];
    return [finding(of, home, "stopped", Math.round(sure.expected - sure.messages))];
  });
}

/** The same with those homes alone that have stopped if no others fell with them: hardly any. */
export function mayHaveStopped(of: HomesOfDay): HomesOfDay {
  return { ...of, homes: of.homes.filter(({ volumes }) => stoppedOn(volumes) !== undefined) };
}

/** The own mail of a home, failed or not, over the reporters that have reported each of the last days. */
function ownVolumes({ one, day }: HomesOfDay, { senders, volumes }: Home, reportedDays: number): Volumes {
  const last = daysUpTo(day, reportedDays).map((ofDay) => one.reporters.get(ofDay) ?? new Set());
  const isCertain = ({ reporter }: JudgedLine): boolean => last.every((reporters) => reporters.has(reporter));
  const messages = daysUpTo(day, volumeDays).map((ofDay) => {
    const own = senders.flatMap((sender) => one.sendersOn(ofDay).get(sender)?.own ?? []);
    return sumOf(own, (line) => (isCertain(line) ? line.messages : 0));
  });
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
    const change = leaptOn(home.volumes) && leaptOn(ownVolumes(of, home, 0));
    return change === undefined ? [] : [finding(of, home, "leapt", change.messages)];
  });
}

function finding(of: HomesOfDay, home: Home, rule: "stopped" | "leapt", messages: number): RuleFinding {
  const key = { domain: of.one.domain, subject: senderOf(of, home), rule };
  return { key, level: "look", messages, opensAtOnce: true, seenBy: [] };
}
