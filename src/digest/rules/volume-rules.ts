import { dayAfter, daysBetween, daysUpTo, weekdayOf } from "../../history/dates.ts";
import { countBy, sumOf } from "../../history/lists.ts";
import { lookFinding, type RuleFinding } from "../incidents/incidents.ts";
import { type DayOfSender, knownDays } from "../senders/senders.ts";
import { median, within } from "../window/window.ts";
import type { Home } from "./homes.ts";
import { type KnownBefore, nothingKnown } from "./known-before.ts";
import type { RuleDomain } from "./rule-domains.ts";
import {
  againstUsual,
  fewestSendingDays,
  leaptOn,
  stoppedOn,
  type VolumeChange,
  type Volumes,
  volumeDays,
} from "./volume.ts";

/** The homes of a domain on a day. */
export interface HomesOfDay {
  one: RuleDomain;
  day: string;
  homes: readonly Home[];
}

/** What begins to send within a week is no home of it yet: nothing is usual there. */
function weekOf(day: string): string {
  return dayAfter(day, -weekdayOf(day));
}

/** The homes of a domain on a day. */
export function homesOfDay(one: RuleDomain, day: string): HomesOfDay {
  return { one, day, homes: one.homesOfWeek(weekOf(day)) };
}

/** The volumes of a home up to a day. */
function volumesOf({ messages }: Home, day: string): Volumes {
  return { weekday: weekdayOf(day), messages, last: volumeDays + weekdayOf(day) };
}

/** What came of what is usual at a home, from 0; absent where nothing is usual on such a day. */
export function shareAt(home: Home, day: string): number | undefined {
  const change = againstUsual(volumesOf(home, day));
  return change && change.messages / change.expected;
}

/** Hardly any came: less than this part of what is usual. */
const hardlyAny = 0.1;
/** A home is large that usually sends this part of a domain's mail. */
const largeHome = 0.25;

/** After so many days without a message that passes, where some passed on so many of 28, all that comes is what is missing. */
const ceased = { days: 7, of: 28, before: 14 };

/** Own mail that is missing: messages a day, and the last day on which it came. */
export interface MissingMail {
  messages: number;
  lastGood: string;
}

/**
 * What is usual on such a day, by the reporters that have reported it, where hardly anything has passed: at all homes together, or
 * at one that sends a quarter of it. `undefined` where that is there: of a small sender that is gone nobody asks for long.
 */
export function missingOn(of: HomesOfDay): MissingMail | undefined {
  const ofAll = missingAt(of, of.one.passedOn);
  if (ofAll !== undefined) return ofAll;
  const alone = of.homes.map((home) => ({ ...of, homes: [home] }));
  const usual = sumOf(alone, (home) => usualAt(home));
  const missing = alone.flatMap((home) => {
    const found = missingAt(home, passedAt(home));
    return found !== undefined && found.messages >= largeHome * usual ? found : [];
  });
  return missing.sort((a, b) => b.messages - a.messages)[0];
}

/** What usually passes at some homes on a day like this. */
function usualAt({ day, homes }: HomesOfDay): number {
  return sumOf(homes, (home) => againstUsual(volumesOf(home, day))?.expected ?? 0);
}

/** What passed at some homes on a day. */
function passedAt({ one, homes }: HomesOfDay): (day: string) => number {
  const senders = homes.flatMap((home) => home.senders);
  return (day) => sumOf(senders, (sender) => sumOf(within(one.daysOf(sender), day, day), ({ passed }) => passed));
}

function missingAt(of: HomesOfDay, passedOn: (day: string) => number): MissingMail | undefined {
  const { day, homes } = of;
  const passed = passedOn(day);
  const isMissing = (messages: number): boolean => messages > 0 && passed < hardlyAny * messages;
  const before = passed === 0 ? beforeCeasing(passedOn, day) : undefined;
  if (!isMissing(usualAt(of)) && before === undefined) return undefined;
  const reported = sumOf(homes, (home) => againstUsual(ownVolumes(of, home, [0]))?.expected ?? 0);
  const messages = reported || (before ?? 0);
  if (!isMissing(messages)) return undefined;
  const isGood = (ofDay: string): boolean => passedOn(ofDay) >= hardlyAny * messages;
  return { messages, lastGood: daysUpTo(day, knownDays).findLast(isGood) ?? dayAfter(day, -knownDays) };
}

/** What passed a day, where it did on most days and none does any more; `undefined` where it has not ceased. */
function beforeCeasing(passedOn: (day: string) => number, day: string): number | undefined {
  const last = daysUpTo(day, knownDays).findLast((ofDay) => passedOn(ofDay) > 0);
  if (last === undefined || daysBetween(last, day) < ceased.days) return undefined;
  const passed = daysUpTo(last, ceased.of)
    .map(passedOn)
    .filter((messages) => messages > 0);
  return passed.length < ceased.before ? undefined : median(passed);
}

/** Whether a sender sends on one or two weekdays alone: then two good days show that all is well. */
export function isWeeklySender(days: readonly DayOfSender[], day: string): boolean {
  const sent = within(days, dayAfter(day, 1 - volumeDays), day).filter(({ messages }) => messages > 0);
  return sent.length >= fewestSendingDays && new Set(sent.map((one) => weekdayOf(one.day))).size <= 2;
}

/** The sender that a home is called by: of several networks the one that has fallen, or risen, most. A judged day weighs as much as all before. */
function senderOf({ one, day }: HomesOfDay, { senders }: Home, { backs, expected, messages }: VolumeChange): string {
  const judged = Math.max(...backs) + 1;
  const passedIn = (sender: string, days: number): number =>
    sumOf(within(one.daysOf(sender), dayAfter(day, 1 - days), day), ({ passed }) => passed);
  const riseOf = (sender: string): number =>
    (volumeDays / judged) * passedIn(sender, judged) - passedIn(sender, volumeDays);
  const sign = Math.sign(messages - expected);
  const [largest] = countBy(senders, String, (sender) => sign * riseOf(sender));
  return largest?.name ?? "";
}

/**
 * Homes that have stopped, or send far less than usual. They are judged by the reporters that have reported the domain on
 * each of the judged days: of the others nobody knows what they saw.
 *
 * @param of - See `mayHaveStopped`.
 * @param usualFall - See `stoppedOn`.
 */
export function homesStopped(
  of: HomesOfDay,
  usualFall: (back: number) => number,
  known: Pick<KnownBefore, "ofSenders"> = nothingKnown,
): RuleFinding[] {
  return of.homes.flatMap((home): RuleFinding[] => {
    const change = stoppedOn(volumesOf(home, of.day), usualFall);
    if (change === undefined) return [];
    const sure = stoppedOn(ownVolumes(of, home, change.backs), usualFall);
    if (sure === undefined || carriedByNew(of, home, sure) * 2 >= sure.expected - sure.messages) return [];
    return [
      lookFinding("stopped", {
        domain: of.one.domain,
        subject: stoppedHost(of, home, { change: sure, known }),
        messages: Math.round(sure.expected - sure.messages),
      }),
    ];
  });
}

/** The host that has stopped; one of which that is known, where the other has not sent since. */
function stoppedHost(
  of: HomesOfDay,
  home: Home,
  { change, known }: { change: VolumeChange; known: Pick<KnownBefore, "ofSenders"> },
): string {
  const host = senderOf(of, home, change);
  const before = known.ofSenders.find(
    ({ key: { rule, subject }, since }) =>
      rule === "stopped" &&
      home.senders.includes(subject) &&
      within(of.one.daysOf(host), since, of.day).every(({ passed }) => passed === 0),
  );
  return before?.key.subject ?? host;
}

/** The same with those homes alone that have stopped if no others fell with them: hardly any. */
export function mayHaveStopped(of: HomesOfDay): HomesOfDay {
  return { ...of, homes: of.homes.filter((home) => stoppedOn(volumesOf(home, of.day)) !== undefined) };
}

/** The own mail of a home, failed or not, over the reporters that have reported each of some days. */
function ownVolumes({ one, day }: HomesOfDay, { senders }: Home, backs: readonly number[]): Volumes {
  const last = backs.map((back) => new Set(one.pairsOn(dayAfter(day, -back)).map(({ reporter }) => reporter)));
  const [first] = last;
  const certain = first && new Set([...first].filter((reporter) => last.every((ofDay) => ofDay.has(reporter))));
  const messages = daysUpTo(day, volumeDays).map((ofDay) => {
    const sent = one.sendersOn(ofDay);
    return sumOf(senders, (sender) =>
      sumOf(sent.get(sender)?.own ?? [], (line) => (certain?.has(line.reporter) === false ? 0 : line.messages)),
    );
  });
  return { weekday: weekdayOf(day), messages, last: volumeDays - 1 };
}

/** What a sender carries that began in so many days before a stop, or since, may have been carried by the other one before. */
const newDays = 14;

/** Messages of the judged days by senders that were first seen when a home stopped: mail that has moved. */
function carriedByNew({ one, day }: HomesOfDay, home: Home, { backs, expected }: VolumeChange): number {
  const last = backs.map((back) => dayAfter(day, -back));
  const { messages } = home;
  const today = volumesOf(home, day).last;
  const lastGood = messages.findLastIndex((ofDay, at) => at <= today && ofDay * 2 * backs.length >= expected);
  const firstNew = dayAfter(day, lastGood - today - newDays);
  const firstKnown = dayAfter(firstNew, 1 - knownDays);
  const ownOn = (ofDay: string, sender: string): number => one.sendersOn(ofDay).get(sender)?.messages ?? 0;
  const names = new Set(last.flatMap((ofDay) => [...one.sendersOn(ofDay).keys()]));
  // Mostly the last of its days shows it.
  const wasThere = (sender: string): boolean =>
    within(one.daysOf(sender), firstKnown, firstNew).findLast((ofDay) => ownOn(ofDay.day, sender) > 0) !== undefined;
  return sumOf(names, (sender) => (wasThere(sender) ? 0 : sumOf(last, (ofDay) => ownOn(ofDay, sender))));
}

/** Homes that send far more than on the same kind of day before; one that goes on to do so keeps its name. */
export function homesLeapt(of: HomesOfDay, known: KnownBefore["ofSenders"] = []): RuleFinding[] {
  return of.homes.flatMap((home): RuleFinding[] => {
    const change = leaptOn(volumesOf(home, of.day)) && leaptOn(ownVolumes(of, home, []));
    if (change === undefined) return [];
    const before = known.find(({ key: { rule, subject } }) => rule === "leapt" && home.senders.includes(subject));
    const subject = before?.key.subject ?? senderOf(of, home, change);
    return [lookFinding("leapt", { domain: of.one.domain, subject, messages: change.messages })];
  });
}
