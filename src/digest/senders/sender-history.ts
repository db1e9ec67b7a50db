import { dayAfter } from "../../history/dates.ts";
import { isOtherSenders } from "../../history/index/index.ts";
import { alignedOutcome } from "../../report/outcome.ts";
import { isNetwork, isTenant, serviceOfDomain } from "../../report/source/source.ts";
import type { SenderLine } from "../window/window.ts";
import { hostHistoryOf } from "./host-history.ts";
import type { KnownSender } from "./mail-class.ts";

/** What one sender did for an organizational domain on one day, in messages. */
interface DayOfSender {
  messages: number;
  /** Passed DMARC. */
  passed: number;
  /** Aligned by SPF. */
  bySpf: number;
  /** Passed by each of our keys. */
  byKey: Map<string, number>;
}

/** The senders of an organizational domain, and what is known of them up to a day. */
export interface SenderHistory {
  /** What is known of a sender on a day. `address` is that of a record; without it the sender as a whole counts. */
  known(sender: string, day: string, address?: string): KnownSender;
  /** The senders at which our own mail starts, by what is known on a day. */
  homesOn(day: string): ReadonlySet<string>;
  /** The last day before one, in 90, on which mail passed by a key, or by SPF under the name `SPF`. */
  lastPassed(name: string, day: string): string | undefined;
}

/** What a person has said of senders. */
export type SaidOf = (sender: string, address?: string) => "ours" | "not-ours" | undefined;

/** For so many days what a sender did is looked at. */
const knownDays = 90;
/** What was before: so many days and messages. */
const before = { days: 3, messages: 10 };
/** A sender with so large a part of a key's passes in 28 days is a home. */
const keyShare = 0.5;
const keyDays = 28;
const recentDays = 7;

/**
 * The senders in some lines of one organizational domain.
 *
 * @param ownDomains - All organizational domains that are ours.
 */
export function senderHistoryOf(
  lines: readonly SenderLine[],
  { ownDomains, saidOf }: { ownDomains: ReadonlySet<string>; saidOf: SaidOf },
): SenderHistory {
  const senders = new Map<string, Map<string, DayOfSender>>();
  const hostOn = hostHistoryOf(lines);
  const passes = new Map<string, Set<string>>();
  for (const line of lines) {
    const { sender, day, evidence } = line;
    const days = senders.get(sender) ?? new Map<string, DayOfSender>();
    senders.set(sender, days);
    addLine(days, line);
    if (evidence.spf === "pass") addTo(passes, "SPF", day);
    for (const { key, result } of evidence.keys) if (result === "pass") addTo(passes, key, day);
  }
  const homes = new Map<string, ReadonlySet<string>>();
  const keyPasses = new Map<string, ReturnType<typeof addKeyPasses>>();
  const knownOf = new Map<string, KnownSender>();

  function daysOf(sender: string, { day, count }: { day: string; count: number }): [string, DayOfSender][] {
    const first = dayAfter(day, 1 - count);
    const found: [string, DayOfSender][] = [];
    for (const entry of senders.get(sender) ?? []) if (entry[0] >= first && entry[0] <= day) found.push(entry);
    return found;
  }

  function homesOn(day: string): ReadonlySet<string> {
    const found = homes.get(day) ?? new Set([...senders.keys()].filter((sender) => isHome(sender, day)));
    homes.set(day, found);
    return found;
  }

  function isHome(sender: string, day: string): boolean {
    if (isOtherSenders(sender)) return false;
    const said = saidOf(sender);
    if (said !== undefined) return said === "ours";
    const days = daysOf(sender, { day, count: knownDays });
    if (days.some(([, { bySpf }]) => bySpf > 0)) return true;
    const service = serviceOfDomain(sender);
    if (service?.passesOn !== undefined) return false;
    if (service !== undefined && days.some(([, { passed }]) => passed > 0)) return true;
    return hasHalfOfKey(sender, day);
  }

  function hasHalfOfKey(sender: string, day: string): boolean {
    const passesOf = keyPassesOn(day);
    return [...(passesOf.bySender.get(sender) ?? [])].some(
      ([key, messages]) => messages >= keyShare * (passesOf.all.get(key) ?? 0),
    );
  }

  /** What passed by each key in the 28 days up to a day, by sender and in all. */
  function keyPassesOn(day: string) {
    const found = keyPasses.get(day) ?? addKeyPasses(day);
    keyPasses.set(day, found);
    return found;
  }

  function addKeyPasses(day: string) {
    const all = new Map<string, number>();
    const bySender = new Map<string, Map<string, number>>();
    for (const sender of senders.keys()) {
      const own = new Map<string, number>();
      for (const [, { byKey }] of daysOf(sender, { day, count: keyDays })) {
        for (const [key, messages] of byKey) own.set(key, (own.get(key) ?? 0) + messages);
      }
      for (const [key, messages] of own) all.set(key, (all.get(key) ?? 0) + messages);
      if (own.size > 0) bySender.set(sender, own);
    }
    return { all, bySender };
  }

  function makeKnown(sender: string, day: string): KnownSender {
    const isHomeNow = isHome(sender, day);
    const days = daysOf(sender, { day, count: knownDays });
    const earlier = days.filter(([one]) => one < day);
    const recent = days.filter(([one, { messages }]) => one > dayAfter(day, -recentDays) && messages > 0);
    const alignedDays = earlier.filter(([, { passed }]) => passed > 0);
    const aligned = alignedDays.reduce((sum, [, one]) => sum + one.passed, 0);
    const service = serviceOfDomain(sender);
    const passed = days.some(([, one]) => one.passed > 0);
    const said = saidOf(sender);
    return {
      isHome: isHomeNow,
      isCarrier: !isHomeNow && days.some(([, { byKey }]) => byKey.size > 0),
      ...(said && { said }),
      isService: service !== undefined && service.passesOn === undefined,
      passesOn: service?.passesOn !== undefined,
      isTenant: isTenant(sender),
      wasAligned: isHomeNow && alignedDays.length >= before.days && aligned >= before.messages,
      passedSpf: earlier.some(([, { bySpf }]) => bySpf > 0),
      hasPassed: passed,
      recentDays: recent.length,
      recentMessages: recent.reduce((sum, [, { messages }]) => sum + messages, 0),
      isOwnDomain: ownDomains.has(sender),
    };
  }

  /** What is known of a network, as far as it holds for one of its addresses. */
  function ofHost(known: KnownSender, { sender, day, address }: { sender: string; day: string; address: string }) {
    const { bySpf, ...host } = hostOn(address, day);
    const said = saidOf(sender, address) ?? known.said;
    // Where SPF makes a network a home, it is the home of the addresses that pass alone.
    const isSpfHome = daysOf(sender, { day, count: knownDays }).some(([, one]) => one.bySpf > 0);
    const isHome = said === undefined ? known.isHome && (bySpf || !isSpfHome) : said === "ours";
    const isCarrier = !isHome && (known.isCarrier || host.hasPassed);
    return { ...known, ...host, isHome, isCarrier, wasAligned: known.wasAligned && isHome, ...(said && { said }) };
  }

  return {
    homesOn,
    known(sender, day, address) {
      const key = `${sender} ${day}`;
      const known = knownOf.get(key) ?? makeKnown(sender, day);
      knownOf.set(key, known);
      if (address === undefined || !isNetwork(sender)) return known;
      return ofHost(known, { sender, day, address });
    },
    lastPassed(name, day) {
      const first = dayAfter(day, -knownDays);
      return [...(passes.get(name) ?? [])]
        .filter((one) => one >= first && one < day)
        .sort()
        .at(-1);
    },
  };
}

function addLine(days: Map<string, DayOfSender>, { day, evidence, messages }: SenderLine): void {
  const one = days.get(day) ?? { messages: 0, passed: 0, bySpf: 0, byKey: new Map() };
  days.set(day, one);
  const isPass = alignedOutcome(evidence) === "pass";
  one.messages += messages;
  if (isPass) one.passed += messages;
  if (evidence.spf === "pass") one.bySpf += messages;
  if (evidence.dkim !== "pass") return;
  for (const { key, result } of evidence.keys) {
    if (result === "pass") one.byKey.set(key, (one.byKey.get(key) ?? 0) + messages);
  }
}

function addTo(map: Map<string, Set<string>>, key: string, value: string): void {
  const set = map.get(key) ?? new Set();
  map.set(key, set.add(value));
}
