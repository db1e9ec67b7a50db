import { dayAfter } from "../../history/dates.ts";
import { isOtherSenders, parseAddresses } from "../../history/index/index.ts";
import { entryIn } from "../../history/lists.ts";
import { alignedOutcome } from "../../report/outcome.ts";
import { isNetwork, isTenant, serviceOfDomain } from "../../report/source/source.ts";
import { insertDay, placeOf, type SenderLine } from "../window/window.ts";
import { type DayMemos, fewDays } from "./day-memos.ts";
import { addMessages, type DayOfSender, dayIn, knownDays, knownUpTo, recentDays } from "./day-of-sender.ts";
import { type FailingSince, failingSinceIn } from "./failing-since.ts";
import { makeKeyPasses } from "./key-passes.ts";
import type { KnownSender } from "./mail-class.ts";

/** The senders of an organizational domain, and what is known of them up to a day. */
export interface SenderHistory {
  /** What is known of a sender on a day. `address` is that of a record; without it the sender as a whole counts. */
  known(sender: string, day: string, address?: string): KnownSender;
  /** Whether our own mail starts at a sender, or at one of its addresses, by what is known on a day. */
  isHome(sender: string, day: string, address?: string): boolean;
  /** Whether half of what passes by a key of ours comes from a sender, wherever it starts. */
  hasHalf(key: string, sender: string, day: string): boolean;
  /** The senders at which it does. */
  homesOn(day: string): ReadonlySet<string>;
  /** The days of a sender, in order. */
  daysOf(sender: string): readonly DayOfSender[];
  /** The first day on which a sender was seen; absent for none that is known. */
  firstSeen(sender: string): string | undefined;
  /** The first day on which mail of a sender passed DMARC; absent for none that is known. */
  firstPassed(sender: string): string | undefined;
  /** How long the mail of a sender has failed that passed before a day; absent where it never passed for a while. */
  failingSince(sender: string, day: string): FailingSince | undefined;
  /** The last day before one on which mail passed by a key, or by SPF under the name `SPF`; absent for none that is known. */
  lastPassed(name: string, day: string): string | undefined;
}

/** What passed longer ago begins to leave the days by which a key has owners. */
const restedDays = 14;

/** What a person has said of senders. */
export type SaidOf = (sender: string, address?: string, domain?: string) => "ours" | "not-ours" | undefined;

const noDays: readonly DayOfSender[] = [];

/**
 * What the senders of one organizational domain did, line by line.
 *
 * @param ownDomains - All organizational domains that are ours.
 * @param memos - Those of the domain: whoever adds lines makes them forget.
 */
export function makeSenderHistory({
  ownDomains,
  saidOf,
  memos,
}: {
  ownDomains: ReadonlySet<string>;
  saidOf: SaidOf;
  memos: DayMemos;
}): SenderHistory & { add(line: SenderLine): void } {
  const senders = new Map<string, OneSender>();
  /** Those that may be homes: of the others nothing has ever passed. */
  const passing = new Set<string>();
  const passes = makeKeyPasses();
  /** The days of addresses of networks. */
  const hosts = new Map<string, DayOfSender[]>();
  const homes = memos.ofDay<ReadonlySet<string>>(fewDays);
  const keyOwners = memos.ofDay<ReadonlySet<string>>(fewDays);
  const knownSenders = memos.memo<KnownSender>(fewDays);
  /** By address. */
  const knownHosts = memos.memo<KnownSender>(fewDays);
  /** By network of which nothing has passed: what its addresses sent of late. */
  const seenOfLate = memos.memo<ReadonlyMap<string, Recent>>(fewDays);

  /** Its failures are our own, too, where a key no longer passes for anybody. */
  function ownersOfKeys(day: string): ReadonlySet<string> {
    return keyOwners(day, () => passes.ownersOn(day, knownDays));
  }

  /** Whether a sender owns a key, or did when its mail passed last: that others' mail passes since takes nothing from it. */
  function isOwner(sender: string, day: string, lastPassed: string = day): boolean {
    if (ownersOfKeys(day).has(sender)) return true;
    return !isNetwork(sender) && lastPassed <= dayAfter(day, -restedDays) && ownersOfKeys(lastPassed).has(sender);
  }

  function daysOf(sender: string): readonly DayOfSender[] {
    const one = senders.get(sender);
    if (one === undefined) return noDays;
    for (const line of one.waiting.splice(0)) {
      addMessages(dayIn(one.days, line.day), line, line.messages);
      one.unnamed.push(line);
    }
    return one.days;
  }

  /** The days of an address of a network; those of the network where it is the only one. */
  function daysOfHost(sender: string, address: string): readonly DayOfSender[] {
    const days = daysOf(sender);
    const one = senders.get(sender);
    if (address !== "" && one?.onlyAddress === address) return days;
    for (const line of one?.unnamed.splice(0) ?? []) {
      for (const [name, messages] of parseAddresses(line)) {
        addMessages(dayIn(entryIn(hosts, name, noDaysYet), line.day), line, messages);
      }
    }
    return hosts.get(address) ?? noDays;
  }

  /** Whether more than one address of a network has sent. */
  function hasSeveralAddresses(network: string): boolean {
    return senders.get(network)?.onlyAddress === "";
  }

  function makeKnown(sender: string, day: string): KnownSender {
    // The small senders of a day stand together, and are somebody else on the next.
    const days = isOtherSenders(sender) ? noDays : daysOf(sender);
    const { byKey, wasAligned, lastPassed, ...sums } = knownUpTo(days, day);
    const { hasPassed, bySpf } = sums;
    const service = isNetwork(sender) ? undefined : serviceOfDomain(sender);
    const passesOn = service?.passesOn !== undefined;
    const isService = service !== undefined && !passesOn;
    // That a network is not ours is said of the others in it, where a host of ours stands there.
    const said = bySpf && hasSeveralAddresses(sender) && saidOf(sender) === "not-ours" ? undefined : saidOf(sender);
    // Whoever is at a mail host may forward what we send.
    const isOurService = isService && !isTenant(sender);
    const isHomeByPasses = hasPassed && (isOurService || bySpf || (!passesOn && isOwner(sender, day, lastPassed)));
    const isHome = said === undefined ? isHomeByPasses : said === "ours";
    return {
      isHome,
      isCarrier: !isHome && byKey,
      said,
      isService,
      passesOn,
      isTenant: isTenant(sender),
      isOwnDomain: ownDomains.has(sender),
      passedBefore: wasAligned,
      wasAligned: isHome && wasAligned,
      ...sums,
    };
  }

  function known(sender: string, day: string): KnownSender {
    return knownSenders(day, sender, () => makeKnown(sender, day));
  }

  function isHome(sender: string, day: string, address?: string): boolean {
    // Forwarders are many, and known by DKIM alone.
    const mayBe =
      senders.get(sender)?.passedSpf === true ||
      !isNetwork(sender) ||
      saidOf(sender, address) ||
      saidOf(sender) ||
      ownersOfKeys(day).has(sender);
    return Boolean(mayBe) && knownAt(sender, day, address).isHome;
  }

  function knownAt(sender: string, day: string, address?: string): KnownSender {
    if (address === undefined || !isNetwork(sender)) return known(sender, day);
    const one = senders.get(sender);
    if (one?.passed === false && one.days.length === 0) return knownStranger(one.waiting, { sender, day, address });
    return knownHosts(day, address || sender, () => makeKnownHost(sender, day, address));
  }

  /** What is known of a network, as far as it holds for one of its addresses. */
  function makeKnownHost(sender: string, day: string, address: string): KnownSender {
    const network = known(sender, day);
    const days = daysOfHost(sender, address);
    const host = days === daysOf(sender) ? network : knownUpTo(days, day);
    // What is said of a whole network, and not taken of it since a host of ours stands there, is not said of that host.
    const ofHost = saidOf(sender, address) ?? network.said;
    const said = network.said === undefined && host.bySpf && ofHost === saidOf(sender) ? undefined : ofHost;
    // A network is the home of the addresses that pass alone; where SPF makes it one, of those by SPF, or that have taken their place.
    const isPlaced = (): boolean => host.bySpf || (host.hasPassed && (!network.bySpf || ownersOfKeys(day).has(sender)));
    const isHome = said === undefined ? network.isHome && isPlaced() : said === "ours";
    const isCarrier = !isHome && (network.isCarrier || host.hasPassed);
    const passedBefore = "passedBefore" in host ? host.passedBefore : host.wasAligned;
    return { ...network, ...host, said, isHome, isCarrier, passedBefore, wasAligned: network.wasAligned && isHome };
  }

  /** The same of a network for which nothing has passed: all that tells is how often the address was seen of late. */
  function knownStranger(
    lines: readonly SenderLine[],
    { sender, day, address }: Record<"sender" | "day" | "address", string>,
  ): KnownSender {
    const said = saidOf(sender, address) ?? saidOf(sender);
    const [first, last] = [placeOf(lines, dayAfter(day, 1 - recentDays)), placeOf(lines, dayAfter(day))];
    const seen =
      last - first > fewLines
        ? seenOfLate(day, sender, () => addressesSeen(lines.slice(first, last))).get(address)
        : addressSeen(lines, { first, last, address });
    return { ...nothingKnown, said, isHome: said === "ours", ...seen };
  }

  return {
    known: knownAt,
    isHome,
    hasHalf: (key, sender, day) => passes.hasHalf(key, sender, { day, days: knownDays }),
    homesOn: (day) => homes(day, () => new Set([...passing].filter((sender) => isHome(sender, day)))),
    daysOf,
    firstSeen: (sender) => daysOf(sender)[0]?.day,
    firstPassed: (sender) => daysOf(sender).find(({ passed }) => passed > 0)?.day,
    failingSince: (sender, day) => failingSinceIn(daysOf(sender), day),
    lastPassed: (name, day) => passes.lastPassed(name, dayAfter(day, -1), knownDays),
    add(line) {
      const { sender, day, evidence } = line;
      const one = entryIn(senders, sender, noMail);
      one.onlyAddress ??= line.addresses;
      if (one.onlyAddress !== line.addresses) one.onlyAddress = "";
      // An empty list that grows takes room for 17 at once, and most networks send once.
      if (isNetwork(sender) && one.waiting.length === 0) one.waiting = [line];
      else if (isNetwork(sender)) insertDay(one.waiting, line);
      else addMessages(dayIn(one.days, day), line, line.messages);
      if (alignedOutcome(evidence) !== "pass") return;
      if (!one.passed) passing.add(sender);
      one.passed = true;
      if (evidence.spf === "pass") {
        one.passedSpf = true;
        passes.add("SPF", line);
      }
      if (evidence.dkim !== "pass") return;
      for (const { key, result } of evidence.keys) if (result === "pass") passes.add(key, line);
    },
  };
}

/** What is known of one sender. */
interface OneSender {
  /** In order. */
  days: DayOfSender[];
  /**
   * Lines of a network that are not in its days yet, nor in those of its addresses; in the order of days. Most digests ask about
   * few networks, and spam comes from ever new ones, by the thousand.
   */
  waiting: SenderLine[];
  /** Lines that are in its days, but not in those of its addresses. */
  unnamed: SenderLine[];
  /** The one address that all lines of a network name; empty when there is none, absent before the first. */
  onlyAddress: string | undefined;
  /** Whether any of its mail has passed, and by SPF. */
  passed: boolean;
  passedSpf: boolean;
}

function noMail(): OneSender {
  return { days: [], waiting: [], unnamed: [], onlyAddress: undefined, passed: false, passedSpf: false };
}

function noDaysYet(): DayOfSender[] {
  return [];
}

const nothingKnown: KnownSender = {
  isHome: false,
  isCarrier: false,
  said: undefined,
  isService: false,
  passesOn: false,
  isTenant: false,
  passedBefore: false,
  isOld: false,
  wasAligned: false,
  passedSpf: false,
  bySpf: false,
  isInSpf: false,
  hasPassed: false,
  isHandled: false,
  recentDays: 0,
  recentMessages: 0,
  isOwnDomain: false,
};

/** What so few lines of a network show is not remembered: nearly all spam is of such, and remembering takes more than looking again. */
const fewLines = 20;

/** On how many of the last days an address was seen, and with how many messages. */
type Recent = Pick<KnownSender, "recentDays" | "recentMessages">;

/** What an address sent by the lines at some places, which are in the order of days. */
function addressSeen(
  lines: readonly SenderLine[],
  { first, last, address }: { first: number; last: number; address: string },
): Recent {
  const seen: Recent = { recentDays: 0, recentMessages: 0 };
  let before: string | undefined;
  for (let at = first; at < last; at += 1) {
    const line = lines[at];
    if (line === undefined || !line.addresses.includes(address)) continue;
    const messages = parseAddresses(line).find(([name]) => name === address)?.[1];
    if (messages === undefined) continue;
    if (line.day !== before) seen.recentDays += 1;
    before = line.day;
    seen.recentMessages += messages;
  }
  return seen;
}

/** What each address sent by some lines, which are in the order of days: of all at once, since one network may have sent thousands. */
function addressesSeen(lines: readonly SenderLine[]): ReadonlyMap<string, Recent> {
  const seen = new Map<string, Recent & { last: string }>();
  for (const line of lines) {
    for (const [address, messages] of parseAddresses(line)) {
      const one = entryIn(seen, address, () => ({ recentDays: 0, recentMessages: 0, last: "" }));
      if (one.last !== line.day) one.recentDays += 1;
      one.last = line.day;
      one.recentMessages += messages;
    }
  }
  return seen;
}
