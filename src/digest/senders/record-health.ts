import { dayAfter, daysUpTo } from "../../history/dates.ts";
import { entryIn, sumOf } from "../../history/lists.ts";
import { type Evidence, isNetwork, isTenant, serviceOfDomain } from "../../report/source/source.ts";
import type { SenderLine } from "../window/window.ts";
import { type DayMemos, fewDays } from "./day-memos.ts";
import { isLookUp, type RecordHealth, spfRecordsOf } from "./mail-class.ts";

/** Messages of one key of ours (or of our SPF record) that one reporter saw on one day, by what came of it. */
interface Seen {
  passed: number;
  /** Passed, from a service that has a name of its own. */
  passedOfServices: number;
  /** Look-ups that failed: temperror or permerror. */
  troubled: number;
  all: number;
}

/** What the reporters saw of the records of a domain on a day, by record and by reporter. */
type SeenRecords = ReadonlyMap<string, ReadonlyMap<string, Seen>>;

const nobody: ReadonlyMap<string, Seen> = new Map();

/** The messages that passed by a key on a day: all, and those of each sender. */
interface Passes {
  all: number;
  bySender: ReadonlyMap<string, number>;
}

const noPasses: Passes = { all: 0, bySender: new Map() };

/** Our own trouble: for so large a part of the messages of each of two pairs, and so many of both; or for half of them by one with many, or on two days. */
const trouble = { share: 0.1, messages: 10, pairs: 2, half: 0.5, ofOne: 50, days: 3 };
/** Where a reporter has trouble with so many of our domains, and so large a part of them, it is the reporter's. */
const reporters = { domains: 3, share: 0.5 };
/** A key is broken where less than this part of what passed before passes by it. */
const brokenShare = 0.1;
/** With fewer messages a pair shows nothing of a key that passes at others: those of its last days are taken together. */
const fewMessages = 20;
/** So large a part of the last messages passes by a record that is there. */
const passingLately = 0.25;
const pairDays = 7;
/** Where it passes for others in so large a part of its messages of the day, or of the last days, who signs by it alone fails. */
const ofOthers = { share: 0.1, days: 3 };
/** And it is gone where nothing passes, and so large a part of that fails. */
const goneShare = 0.5;
const usualDays = 28;

/** What the health of a domain's records is worked out from. */
export interface RecordSources {
  linesOn: (day: string) => readonly SenderLine[];
  /** Where our own mail starts. */
  homesOn: (day: string) => ReadonlySet<string>;
  /** See `troubledReporters`. */
  troubledOn: (day: string) => ReadonlyMap<string, boolean>;
  memos: DayMemos;
}

/** The health of a key of ours, or of an SPF record, for mail of a sender at a reporter on a day. */
export type HealthOf = (name: string, of: { reporter: string; day: string; sender: string }) => RecordHealth;

/** The health of the records of one organizational domain. */
export function recordHealthOf({ linesOn, troubledOn, homesOn, memos }: RecordSources): HealthOf {
  const seenRecords = memos.ofDay<SeenRecords>();
  const outOfReach = memos.ofDay<ReadonlySet<string>>(fewDays);
  const healths = memos.memo<RecordHealth>(fewDays);
  const passing = memos.ofDay<ReadonlyMap<string, Passes>>(fewDays);
  const left = memos.memo<boolean>(fewDays);
  const outages = memos.memo<boolean>(fewDays);

  function recordsOn(day: string): SeenRecords {
    return seenRecords(day, () => recordsSeenIn(linesOn(day)));
  }

  function seenOn(name: string, day: string): ReadonlyMap<string, Seen> {
    return recordsOn(day).get(name) ?? nobody;
  }

  /** Whether a reporter's trouble is its own: with many domains of ours, or with all records of this one. */
  function isTheirs(reporter: string, day: string): boolean {
    if (troubledOn(day).get(reporter) === true) return true;
    return outOfReach(day, () => reportersOutOfReach(recordsOn(day), recordsOn(dayAfter(day, -1)))).has(reporter);
  }

  function isOurTrouble(name: string, { reporter, day }: { reporter: string; day: string }): boolean {
    if (isTheirs(reporter, day)) return false;
    if (outages(day, name, () => isOut(name, day))) return true;
    const today = seenOn(name, day);
    const isMostly = (seen: Iterable<Seen>): boolean =>
      sumOf(seen, ({ troubled }) => troubled) >= trouble.half * sumOf(seen, ({ all }) => all);
    const ofReporter = today.get(reporter);
    if (ofReporter === undefined || !isMostly([ofReporter]) || !isMostly([...today.values()])) return false;
    // A day of few messages goes on with what the days before it have shown.
    return daysUpTo(dayAfter(day, -1), trouble.days).some((one) => outages(one, name, () => isOut(name, one)));
  }

  /** Whether what could not be looked up on a day is enough for trouble of our own. */
  function isOut(name: string, day: string): boolean {
    const today = seenOn(name, day);
    const all = sumOf(today.values(), (seen) => seen.all);
    // A pair with a single message that could not be looked up has what all receivers have every day.
    const failing = [...today].filter(
      ([one, seen]) => seen.troubled > 0 && seen.troubled >= trouble.share * seen.all && !isTheirs(one, day),
    );
    const messages = sumOf(failing, ([, seen]) => seen.troubled);
    if (failing.length >= trouble.pairs && messages >= trouble.messages && messages >= trouble.share * all) return true;
    return failing.some(([one, seen]) => {
      if (seen.troubled < trouble.half * seen.all) return false;
      const yesterday = seenOn(name, dayAfter(day, -1)).get(one);
      return (
        seen.all >= trouble.ofOne || (yesterday !== undefined && yesterday.troubled >= trouble.half * yesterday.all)
      );
    });
  }

  function passesOn(name: string, day: string): Passes {
    return passing(day, () => passesIn(linesOn(day))).get(name) ?? noPasses;
  }

  /** Whether a key passes for others alone: then it is there, and the sender signs wrong. */
  function isOfOthers(name: string, { sender, day }: { sender: string; day: string }): boolean {
    return isOfOthersOn(name, sender, [day]) || isOfOthersOn(name, sender, daysUpTo(day, ofOthers.days));
  }

  function isOfOthersOn(name: string, sender: string, days: readonly string[]): boolean {
    const passes = days.map((one) => passesOn(name, one));
    const passed = sumOf(passes, ({ all }) => all);
    const all = sumOf(days, (one) => sumOf(seenOn(name, one).values(), (seen) => seen.all));
    return passed > 0 && !passes.some(({ bySender }) => bySender.has(sender)) && passed >= ofOthers.share * all;
  }

  /** Whether a home by whose mail a key passed sends without it, and none with it. */
  function isLeft(name: string, day: string): boolean {
    return left(day, name, () => {
      const homes = homesOn(day);
      const ofHomes = linesOn(day).filter(({ sender }) => homes.has(sender));
      if (ofHomes.some(({ evidence }) => hasKey(evidence, name))) return false;
      const sending = new Set(ofHomes.map(({ sender }) => sender));
      return daysUpTo(dayAfter(day, -1), usualDays).some((one) =>
        [...passesOn(name, one).bySender.keys()].some((sender) => sending.has(sender)),
      );
    });
  }

  return (name, of) =>
    healths(of.day, `${name} ${of.reporter} ${of.sender}`, () => {
      const today = seenOn(name, of.day);
      const passedAt = (seen: ReadonlyMap<string, Seen>): number => seen.get(of.reporter)?.passed ?? 0;
      const passed = passedAt(today);
      const passesElsewhere = [...today.values()].some((seen) => seen.passed > 0);
      // Few are asked about trouble, or about what is usual.
      return {
        get isOurTrouble() {
          return isOurTrouble(name, of);
        },
        get isLeft() {
          return isLeft(name, of.day);
        },
        get isBroken() {
          if (isOfOthers(name, of)) return false;
          const { all } = today.get(of.reporter) ?? { all: fewMessages };
          const isShownByPair = (): boolean => {
            let seen = 0;
            for (const one of daysUpTo(of.day, pairDays).toReversed()) {
              const pair = seenOn(name, one).get(of.reporter);
              if (pair !== undefined && pair.passed > 0) return false;
              seen += pair?.all ?? (one === of.day ? all : 0);
              if (seen >= fewMessages) return true;
            }
            return false;
          };
          const sums = {
            all: sumOf(today.values(), (seen) => seen.all),
            passed: sumOf(today.values(), (seen) => seen.passed),
          };
          if (sums.passed >= brokenShare * sums.all && !isShownByPair()) return false;
          if (passed < brokenShare * all) return true;
          return passed === 0 || passed < brokenShare * usualPasses(of.day, (one) => passedAt(seenOn(name, one)));
        },
        passesElsewhere,
        get passesLately() {
          let [all, passing] = [0, 0];
          for (const one of daysUpTo(of.day, pairDays).toReversed()) {
            const ofSender = linesOn(one).filter(({ sender }) => sender === of.sender);
            for (const { evidence, messages } of ofSender) {
              if (evidence.ownEnvelope === undefined || !spfRecordsOf(evidence.ownEnvelope).includes(name)) continue;
              all += messages;
              if (evidence.spfResult === "pass") passing += messages;
            }
            if (all >= fewMessages) break;
          }
          return passing > 0 && passing >= passingLately * all;
        },
        get isGone() {
          if (passesElsewhere) return false;
          const all = sumOf(today.values(), (seen) => seen.all);
          return this.usual > 0 && all >= goneShare * this.usual;
        },
        get isGoneHere() {
          const passedOn = (one: string): number => passesOn(name, one).bySender.get(of.sender) ?? 0;
          if (passedOn(of.day) > 0) return false;
          const ofSender = linesOn(of.day).filter(
            ({ sender, evidence }) => sender === of.sender && hasKey(evidence, name),
          );
          const usual = usualPasses(of.day, passedOn);
          return usual > 0 && sumOf(ofSender, ({ messages }) => messages) >= goneShare * usual;
        },
        get usual() {
          return usualPasses(of.day, (one) => sumOf(seenOn(name, one).values(), (ofOne) => ofOne.passed));
        },
        get isOfService() {
          const all = sumOf(today.values(), (seen) => seen.passed);
          return sumOf(today.values(), (seen) => seen.passedOfServices) * 2 > all;
        },
      };
    });
}

/** What passed on the days before on which anything did, on average. */
function usualPasses(day: string, passedOn: (day: string) => number): number {
  const counts = daysUpTo(dayAfter(day, -1), usualDays).map(passedOn);
  const passing = counts.filter((count) => count > 0);
  return passing.length === 0 ? 0 : sumOf(passing, (count) => count) / passing.length;
}

function hasKey({ keys }: Evidence, name: string): boolean {
  return keys.some(({ key }) => key === name);
}

/** What passed by each key. */
function passesIn(lines: readonly SenderLine[]): ReadonlyMap<string, Passes> {
  const passes = new Map<string, { all: number; bySender: Map<string, number> }>();
  for (const { evidence, sender, messages } of lines) {
    for (const { key, result } of evidence.keys) {
      if (result !== "pass") continue;
      const ofKey = entryIn(passes, key, () => ({ all: 0, bySender: new Map() }));
      ofKey.all += messages;
      ofKey.bySender.set(sender, (ofKey.bySender.get(sender) ?? 0) + messages);
    }
  }
  return passes;
}

function recordsSeenIn(lines: readonly SenderLine[]): SeenRecords {
  const records = new Map<string, Map<string, Seen>>();
  const add = (name: string, result: string, { sender, reporter, messages }: SenderLine): void => {
    const ofRecord = entryIn(records, name, () => new Map());
    const seen = entryIn(ofRecord, reporter, () => ({ passed: 0, passedOfServices: 0, troubled: 0, all: 0 }));
    seen.all += messages;
    if (result === "pass") seen.passed += messages;
    if (result === "pass" && isServiceName(sender)) seen.passedOfServices += messages;
    if (isLookUp(result)) seen.troubled += messages;
  };
  for (const line of lines) {
    const { keys, ownEnvelope, spfResult } = line.evidence;
    for (const { key, result } of keys) add(key, result, line);
    if (ownEnvelope !== undefined && spfResult !== undefined)
      for (const name of spfRecordsOf(ownEnvelope)) add(name, spfResult, line);
  }
  return records;
}

/** Whether a sender has a name, and not as one that passes on what others send, or as our own tenant at a mail host. */
function isServiceName(sender: string): boolean {
  return !isNetwork(sender) && !isTenant(sender) && serviceOfDomain(sender)?.passesOn === undefined;
}

/**
 * Reporters that could look up none of our records, neither keys nor SPF, while the others, on the day or else on the day before,
 * could look up nearly all.
 */
function reportersOutOfReach(today: SeenRecords, yesterday: SeenRecords): ReadonlySet<string> {
  // All SPF records together are one of them.
  const records = [...today].flatMap(([name, seen]) => (name.startsWith("SPF ") ? [] : [seen]));
  const seenBy = (reporter: string): Seen[] => records.flatMap((seen) => seen.get(reporter) ?? []);
  const out = [...new Set([...today.values()].flatMap((seen) => [...seen.keys()]))].filter((reporter) => {
    const records = seenBy(reporter);
    return records.length > 1 && records.every(({ troubled, all }) => troubled >= trouble.half * all);
  });
  const others = (records: SeenRecords, reporter: string): Seen[] =>
    [...records.values()].flatMap((seen) => [...seen].flatMap(([one, ofOne]) => (one === reporter ? [] : ofOne)));
  const isReached = (seen: readonly Seen[]): boolean =>
    sumOf(seen, ({ troubled }) => troubled) < trouble.share * sumOf(seen, ({ all }) => all);
  return new Set(
    out.filter((reporter) => {
      const now = others(today, reporter);
      return isReached(now.length > 0 ? now : others(yesterday, reporter));
    }),
  );
}

/** Whether a record of ours could not be looked up for mail. */
export function isTroubled({ keys, ownEnvelope, spfResult }: Evidence): boolean {
  return keys.some(({ result }) => isLookUp(result)) || (ownEnvelope !== undefined && isLookUp(spfResult));
}

/** What one reporter saw on a day: of how many of our domains, and of how many it could not look up records. */
interface Lookups {
  domains: number;
  troubled: number;
  messages: number;
}

/**
 * Reporters that could not look up records of many of our domains on a day, and whether the trouble is theirs: others, who saw most
 * of the other mail, could. What most others have as well, or where there are none, is our own.
 *
 * @param domains - The lines of the day, of each organizational domain.
 */
export function troubledReporters(domains: Iterable<readonly SenderLine[]>): ReadonlyMap<string, boolean> {
  const counts = new Map<string, Lookups>();
  for (const lines of domains) {
    const sums = new Map<string, { all: number; troubled: number }>();
    for (const { reporter, evidence, messages } of lines) {
      const sum = entryIn(sums, reporter, () => ({ all: 0, troubled: 0 }));
      sum.all += messages;
      if (isTroubled(evidence)) sum.troubled += messages;
    }
    for (const [reporter, { all, troubled }] of sums) {
      const count = entryIn(counts, reporter, () => ({ domains: 0, troubled: 0, messages: 0 }));
      count.domains += 1;
      count.messages += all;
      if (troubled >= trouble.share * all) count.troubled += 1;
    }
  }
  const hasTrouble = (count: Lookups): boolean => count.troubled >= reporters.share * count.domains;
  const all = sumOf(counts.values(), ({ messages }) => messages);
  const troubled = sumOf(counts.values(), (count) => (hasTrouble(count) ? count.messages : 0));
  const largest = Math.max(0, ...Array.from(counts.values(), (count) => (hasTrouble(count) ? count.messages : 0)));
  // What several have who saw half of the mail is one outage, and nobody's own.
  const isOurs = troubled * 2 >= all && troubled - largest >= trouble.share * (all - largest);
  const isTheirs = ({ messages }: Lookups): boolean => !isOurs && (troubled - messages) * 2 < all - messages;
  const many = [...counts].filter(([, count]) => count.troubled >= reporters.domains && hasTrouble(count));
  return new Map(many.map(([reporter, count]) => [reporter, isTheirs(count)]));
}
