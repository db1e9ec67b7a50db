import { dayAfter, daysFrom, daysUpTo } from "../../history/dates.ts";
import { isOtherSenders } from "../../history/index/index.ts";
import { compareText, countBy, groupBy, sumOf } from "../../history/lists.ts";
import { isNetwork } from "../../report/source/source.ts";
import { lookFinding, type RuleFinding, type UsualShare } from "../incidents/incidents.ts";
import type { DayOfSender, SenderHistory } from "../senders/senders.ts";
import { within } from "../window/window.ts";
import type { KnownBefore } from "./known-before.ts";
import {
  addOwnMail,
  type DaysOf,
  type JudgedLine,
  type OwnMail,
  ownMailOfStream,
  type SenderDay,
  type SendersOn,
  seenBy,
} from "./sender-days.ts";
import type { MissingMail } from "./volume-rules.ts";

/** One sender of a domain, and the day that is judged. */
export interface JudgedSender {
  domain: string;
  sender: string;
  days: DaysOf;
  day: string;
  /** Whether the day is due: on one that is not, only what counts alone show is found. */
  isSettled: boolean;
  /** What was usual before its streams failed, of an incident that is open or is over for less than four weeks. */
  usual?: readonly UsualShare[] | undefined;
  /** Whether its incident is open: then it fails until it is well below the limits. */
  isOpen?: boolean;
}

/** Own mail is judged over the last days that hold so many messages, 7 at most. */
const judgedMessages = 10;
const judgedDays = 7;
/** With so many of them failing, and so large a share. */
const fewestFailures = 5;
const failingShare = 0.5;
/** All is well below so much of these limits. */
const half = 0.5;
/** A failure of a part of the mail: so many messages, so large a share, and so many times what is usual. */
const partly = { messages: 50, share: 0.02, timesUsual: 3 };
/** The days before that say what share of a stream usually fails. */
const usualDays = 28;
/** Held is less than this: delivered. */
const fewestHeld = { messages: 5, ofSmall: 2, share: 0.05 };
const smallVolume = 100;

/**
 * A sender of which a stream fails: half of its own mail, or a part of it that is far more than usual. Small senders are judged
 * over the last days that hold 10 of their messages.
 */
export function senderFails({ domain, sender, days, day, isSettled, usual, isOpen }: JudgedSender): RuleFinding[] {
  const today = days.get(day);
  if (today === undefined || today.failed === 0) return [];
  const streams = new Set(today.own.flatMap(({ part, stream }) => (part === "own" ? stream : [])));
  const failing = [...streams].flatMap((stream) => streamFails(days, stream, { day, usual, isOpen }) ?? []);
  if (failing.length === 0) return [];
  if (!isSettled && !isSureEarly(today, days, day)) return [];
  const sum = addOwnMail(failing);
  // Of the few that have come of a day some are held by chance.
  const isSure = isSettled || sum.held >= fewestHeld.messages;
  const level = isSure && isHeldAt(sum) ? "act" : "look";
  const key = { domain, subject: sender, rule: "sender-fails" } as const;
  const shares = failing.map(({ stream, share }) => ({ stream, share }));
  return [{ key, level, messages: today.failed, opensAtOnce: false, seenBy: reportersOf(today), usual: shares }];
}

/** The days of a stream that show that it fails, together, and what was usual before; `undefined` when it does not. */
function streamFails(
  days: DaysOf,
  stream: string,
  { day, usual, isOpen = false }: Pick<JudgedSender, "day" | "usual" | "isOpen">,
): (OwnMail & UsualShare) | undefined {
  const ofLimits = isOpen ? half : 1;
  for (let count = 1; count <= judgedDays; count += 1) {
    const judged = streamOver(days, stream, { day, count });
    if (judged.messages < judgedMessages) continue;
    if (judged.failed < ofLimits * fewestFailures) return undefined;
    const share = usualShareOf(days, stream, { day: dayAfter(day, -count), usual });
    return reaches(judged, share, ofLimits) ? { ...judged, stream, share } : undefined;
  }
  return undefined;
}

/** Whether so much of a stream fails as the limits say, or as a part of them says: half of it, or far more than usual. */
function reaches({ messages, failed }: OwnMail, usualShare: number, ofLimits: number): boolean {
  if (failed >= ofLimits * fewestFailures && failed >= ofLimits * failingShare * messages) return true;
  const share = ofLimits * Math.max(partly.share, partly.timesUsual * usualShare);
  return failed >= ofLimits * partly.messages && failed >= share * messages;
}

/** The share of a stream that fails on the 28 days up to one, or that did before it failed first. */
function usualShareOf(days: DaysOf, stream: string, { day, usual }: Pick<JudgedSender, "day" | "usual">): number {
  const { messages, failed } = streamOver(days, stream, { day, count: usualDays });
  const share = messages === 0 ? 0 : Math.round((failed / messages) * 10_000) / 10_000;
  return Math.min(share, usual?.find((one) => one.stream === stream)?.share ?? 1);
}

/** Whether all that a sender sent on a day stands below half of the limits by which it fails. */
export function isSenderWell({ days, day, usual }: Pick<JudgedSender, "days" | "day" | "usual">): boolean {
  const today = days.get(day);
  if (today === undefined || today.failed === 0) return true;
  if (today.failed >= half * failingShare * today.messages) return false;
  const streams = new Set(today.own.map(({ stream }) => stream));
  return [...streams].every((stream) => {
    const share = usualShareOf(days, stream, { day: dayAfter(day, -1), usual });
    return !reaches(ownMailOfStream([today], stream), share, half);
  });
}

function streamOver(days: DaysOf, stream: string, { day, count }: { day: string; count: number }): OwnMail {
  return ownMailOfStream(
    daysUpTo(day, count).flatMap((one) => days.get(one) ?? []),
    stream,
  );
}

/** Whether receivers keep more than a few of the messages that fail. */
export function isHeldAt({ messages, failed, held }: OwnMail): boolean {
  const fewest = messages < smallVolume ? fewestHeld.ofSmall : fewestHeld.messages;
  return held >= fewest && held >= fewestHeld.share * failed;
}

function reportersOf(today: Pick<SenderDay, "own">): string[] {
  return [...seenBy(today)].flatMap(([reporter, { failed }]) => (failed > 0 ? reporter : []));
}

/** So many own failures that one reporter saw are enough before the day is due. */
const earlyFailures = 50;
/** The same where a domain has one usual reporter: on one day, or half of the usual and so many on two. */
const earlyAlone = { oneDay: 20, twoDays: 5 };

/** Whether a day that is not due shows enough: two reporters, or one that saw many. */
function isSureEarly(today: Pick<SenderDay, "own" | "failed">, days: DaysOf, day: string): boolean {
  if (reportersOf(today).length >= 2 && today.failed >= fewestFailures) return true;
  if (today.failed >= earlyFailures) return true;
  const before = daysUpTo(dayAfter(day, -1), usualDays)
    .map((one) => days.get(one))
    .filter((one) => one !== undefined && one.messages > 0);
  const reporters = new Set([today, ...before].flatMap((one) => one?.own ?? []).map(({ reporter }) => reporter));
  if (reporters.size > 1) return false;
  if (today.failed >= earlyAlone.oneDay) return true;
  const usual = sumOf(before, (one) => one?.messages ?? 0) / Math.max(1, before.length);
  const last = before.at(-1)?.failed ?? 0;
  return today.failed >= earlyAlone.twoDays && today.failed >= usual / 2 && last >= earlyAlone.twoDays;
}

/** The records of a domain, and the day that is judged. */
interface JudgedRecords {
  domain: string;
  day: string;
  /** The lines of a day that fail since a record of ours is broken. */
  brokenOn: (day: string) => readonly JudgedLine[];
  /** What is told of records whose failure is known. */
  records?: KnownBefore["records"];
  /**
   * The last day on which mail passed by a key, or by SPF under the name `SPF`; absent for none in 90 days. A key that never
   * worked is a sender that is not set up yet, and the other rules see it.
   */
  lastPassed: (name: string) => string | undefined;
  /** The senders that fail: what fails of a record is told as that, be it enough for a sender alone. */
  found?: ReadonlySet<string>;
  /** Senders of which a part fails, and whose incident is open: what a receiver shows of the key on a bad day is the same one. */
  partly?: ReadonlySet<string>;
  isSettled: boolean;
}

/** Keys of ours that are broken, and parts of our DNS that do not answer, where mail fails of it. */
export function brokenKeys({
  domain,
  day,
  brokenOn,
  records,
  lastPassed,
  found,
  partly,
  isSettled,
}: JudgedRecords): RuleFinding[] {
  const broken = brokenOn(day).flatMap((line) => namesToTell(line, records).map((name) => ({ name, line })));
  return [...groupBy(broken, ({ name }) => name)].flatMap(([name, ofName]): RuleFinding[] => {
    const messages = sumOf(ofName, ({ line }) => line.messages);
    const reporters = [...new Set(ofName.map(({ line }) => line.reporter))];
    const isMany =
      reporters.length >= 2 ? messages >= fewestFailures : messages >= (isSettled ? judgedMessages : earlyFailures);
    const isEnough = isMany || ofName.some(({ line }) => found?.has(line.sender));
    const known = records?.get(name);
    const passed = lastPassed(name);
    // What is known to fail goes on with ever so few.
    if (known === undefined && (!isEnough || passed === undefined)) return [];
    // What it is told as on its first day it stays, though a second one may show more: it is one incident.
    const lasting = daysFrom(dayAfter(passed ?? dayAfter(day, -1)), day).map((one) => rulesIn(brokenOn(one), name));
    const isDns = lasting.find(({ size }) => size > 0)?.has("dns") === true;
    const rule = known ?? (isDns ? "dns" : "key-broken");
    const isKnownOf = ({ line }: { line: JudgedLine }): boolean => partly?.has(line.sender) === true;
    if (known === undefined && !isDns && ofName.every(isKnownOf)) return [];
    const [most] = countBy(
      ofName,
      ({ line }) => line.sender,
      ({ line }) => line.messages,
    );
    const key = { domain, subject: name, rule } as const;
    const senders = most && { senders: [most.name] };
    return [{ key, level: "act", messages, opensAtOnce: true, seenBy: reporters, ...senders }];
  });
}

/** The records of which a line fails. When name servers are silent all are out: the SPF record is told where no key is. */
function namesToTell({ broken }: JudgedLine, records: JudgedRecords["records"]): readonly string[] {
  const names = broken?.names ?? [];
  const keys = names.filter((name) => name !== "SPF");
  return keys.length === 0 || records?.has("SPF") ? names : keys;
}

function rulesIn(lines: readonly JudgedLine[], name: string): Set<string> {
  return new Set(lines.flatMap(({ broken }) => (broken?.names.includes(name) === true ? broken.rule : [])));
}

/**
 * A sender of which nobody has said whose it is: on 3 of the last 7 days, 20 messages. Hosts without a name must stand out by a
 * tenth of what such hosts sent: those of a wave of spoofing are many, and nobody can answer for each. One with a name may send
 * rarely, and much: a newsletter.
 */
const unknown = { days: 3, of: 7, messages: 20, most: 5, share: 0.1, rarely: { of: 28, messages: 500 } };

/** The unknown senders of a domain, and the day that is judged. */
interface AskedSenders {
  domain: string;
  day: string;
  /** Asked only where somebody is asked about. */
  missingOn: () => MissingMail | undefined;
  daysOf: SenderHistory["daysOf"];
}

/**
 * Who sends so large a part of what is missing of a domain's own mail may be where that comes from now; if it sent hardly any in the four
 * weeks before.
 */
const inPlace = { share: 0.5, before: 0.1 };

/**
 * The largest unknown senders of a domain; see `unknown`. One whose mail is held while hardly any of a home's comes stands in
 * each verdict: green never stands beside a server whose mail all fails since it has moved.
 */
export function unknownSenders(sendersOn: SendersOn, { domain, day, missingOn, daysOf }: AskedSenders): RuleFinding[] {
  const asking = [...sendersOn(day)].filter(([sender, today]) => today.unknown > 0 && !isOtherSenders(sender));
  if (asking.length === 0) return [];
  const week = daysUpTo(day, unknown.of).map(sendersOn);
  const byHosts = sumOf(week, (senders) => sumOf(senders, ([sender, one]) => (isHost(sender) ? nobodysIn(one) : 0)));
  const isNewsletter = (sender: string): boolean => {
    if (isHost(sender)) return false;
    const sent = daysUpTo(day, unknown.rarely.of).map((one) => sendersOn(one).get(sender)?.unknown ?? 0);
    return sent.filter((messages) => messages >= unknown.rarely.messages).length >= unknown.days;
  };
  // Of many senders it is worked out once.
  let known: { missing: MissingMail | undefined } | undefined;
  const found = asking.flatMap(([sender, today]) => {
    // Of a host it is known by these days alone that it is none of a spoofer's many.
    const messagesOf = (one: SenderDay): number => (isHost(sender) ? nobodysIn(one) : one.unknown);
    const days = week.flatMap((senders) => senders.get(sender) ?? []);
    const seen = days.map(messagesOf).filter((messages) => messages > 0);
    const messages = sumOf(seen, (ofDay) => ofDay);
    const fewest = Math.max(unknown.messages, isHost(sender) ? unknown.share * byHosts : 0);
    if ((seen.length < unknown.days || messages < fewest) && !isNewsletter(sender)) return [];
    const isHeld = isHeldAt({ messages: today.unknown, failed: today.unknown, held: today.unknownHeld });
    if (isHeld) known ??= { missing: missingOn() };
    const missing = isHeld ? known?.missing : undefined;
    return [{ sender, messages, lasts: missing !== undefined && isInPlace(today.unknown, daysOf(sender), missing) }];
  });
  return found
    .sort((a, b) => b.messages - a.messages || compareText(a.sender, b.sender))
    .slice(0, unknown.most)
    .map(({ sender, messages, lasts }) => ({
      ...lookFinding("unknown-sender", { domain, subject: sender, messages }),
      ...(lasts && { lasts }),
    }));
}

/** Whether a sender may be where own mail comes from now: what sent before that ceased has not taken its place. */
function isInPlace(unknownToday: number, days: readonly DayOfSender[], { messages, lastGood }: MissingMail): boolean {
  const before = within(days, dayAfter(lastGood, 1 - usualDays), lastGood);
  const isNew = sumOf(before, (one) => one.messages) < inPlace.before * messages * usualDays;
  return unknownToday >= inPlace.share * messages && isNew;
}

function isHost(sender: string): boolean {
  return isNetwork(sender) || isOtherSenders(sender);
}

function nobodysIn({ unknown: messages, spoofed }: SenderDay): number {
  return messages + spoofed;
}
