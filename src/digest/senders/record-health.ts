import { dayAfter } from "../../history/dates.ts";
import { groupBy, sumOf } from "../../history/lists.ts";
import { organizationalDomain } from "../../report/domain.ts";
import type { SenderLine } from "../window/window.ts";
import type { RecordHealth } from "./mail-class.ts";

/** Messages of one key of ours (or of our SPF record) that one reporter saw on one day, by what came of it. */
interface Seen {
  passed: number;
  /** Look-ups that failed: temperror or permerror. */
  troubled: number;
  all: number;
}

/** The health of our keys and of our SPF record, by reporter, domain and day. */
export interface RecordHealths {
  /** `name`: a key, or `SPF`. */
  healthOf(name: string, of: { domain: string; reporter: string; day: string }): RecordHealth;
}

/** Our own trouble: for so large a part of the messages, and so many, by two pairs; or for half of them by one with many, or on two days. */
const trouble = { share: 0.1, messages: 10, pairs: 2, half: 0.5, ofOne: 50 };
/** Where a reporter has trouble with so many of our domains, and so large a part of them, it is the reporter's. */
const reporters = { domains: 3, share: 0.5 };
/** A key is broken where less than this part of what passed before passes by it. */
const brokenShare = 0.1;
const usualDays = 28;

/** The health of our records in the lines of all domains, by organizational domain. */
export function recordHealthsOf(lines: ReadonlyMap<string, readonly SenderLine[]>): RecordHealths {
  const byDomain = new Map<string, ReadonlyMap<string, ReadonlyMap<string, Seen>>>();
  const troubled = troubledReporters(lines);
  const known = new Map<string, RecordHealth>();

  function seenOn(domain: string, name: string, day: string): ReadonlyMap<string, Seen> {
    // Of most domains nothing fails that our records could be asked about.
    const days = byDomain.get(domain) ?? seenByDay(domain, lines.get(domain) ?? []);
    byDomain.set(domain, days);
    return days.get(idOf(domain, name, day)) ?? new Map();
  }

  function isOurTrouble(domain: string, name: string, { reporter, day }: { reporter: string; day: string }): boolean {
    if (troubled(reporter, day)) return false;
    const today = seenOn(domain, name, day);
    const all = sumOf(today.values(), (seen) => seen.all);
    const failing = [...today].filter(([one, seen]) => seen.troubled > 0 && !troubled(one, day));
    const messages = sumOf(failing, ([, seen]) => seen.troubled);
    if (failing.length >= trouble.pairs && messages >= trouble.messages && messages >= trouble.share * all) return true;
    return failing.some(([one, seen]) => {
      if (seen.troubled < trouble.half * seen.all) return false;
      const yesterday = seenOn(domain, name, dayAfter(day, -1)).get(one);
      return (
        seen.all >= trouble.ofOne || (yesterday !== undefined && yesterday.troubled >= trouble.half * yesterday.all)
      );
    });
  }

  function makeHealth(domain: string, name: string, of: { reporter: string; day: string }): RecordHealth {
    const today = seenOn(domain, name, of.day);
    const passed = today.get(of.reporter)?.passed ?? 0;
    const usual = passed === 0 ? 0 : usualPasses(domain, name, of);
    return {
      get isOurTrouble() {
        return isOurTrouble(domain, name, of);
      },
      isBroken: passed === 0 || passed < brokenShare * usual,
      passesElsewhere: [...today.values()].some((seen) => seen.passed > 0),
    };
  }

  /** What passed at the reporter on the days before on which anything did, on average. */
  function usualPasses(domain: string, name: string, { reporter, day }: { reporter: string; day: string }): number {
    const counts = Array.from({ length: usualDays }, (_, back) => seenOn(domain, name, dayAfter(day, -back - 1)))
      .map((seen) => seen.get(reporter)?.passed ?? 0)
      .filter((count) => count > 0);
    return counts.length === 0 ? 0 : sumOf(counts, (count) => count) / counts.length;
  }

  return {
    healthOf(name, { domain, reporter, day }) {
      const ownDomain = organizationalDomain(domain);
      const id = `${idOf(ownDomain, name, day)} ${reporter}`;
      const health = known.get(id) ?? makeHealth(ownDomain, name, { reporter, day });
      known.set(id, health);
      return health;
    },
  };
}

/** What came of each record by its name and day, and by reporter. */
function seenByDay(domain: string, lines: readonly SenderLine[]): Map<string, Map<string, Seen>> {
  const byDay = new Map<string, Map<string, Seen>>();
  for (const line of lines) {
    for (const { name, result } of recordsIn(line)) {
      const id = idOf(domain, name, line.day);
      const ofReporters = byDay.get(id) ?? new Map<string, Seen>();
      byDay.set(id, ofReporters);
      const seen = ofReporters.get(line.reporter) ?? { passed: 0, troubled: 0, all: 0 };
      ofReporters.set(line.reporter, seen);
      seen.all += line.messages;
      if (result === "pass") seen.passed += line.messages;
      if (result === "temperror" || result === "permerror") seen.troubled += line.messages;
    }
  }
  return byDay;
}

function idOf(domain: string, name: string, day: string): string {
  return `${domain} ${name} ${day}`;
}

function recordsIn({ evidence }: SenderLine): { name: string; result: string }[] {
  const keys = evidence.keys.map(({ key, result }) => ({ name: key, result }));
  const { ownEnvelope, spfResult } = evidence;
  return ownEnvelope === undefined || spfResult === undefined ? keys : [...keys, { name: "SPF", result: spfResult }];
}

/** Whether a reporter could not look up records of many of our domains on a day. */
function troubledReporters(
  lines: ReadonlyMap<string, readonly SenderLine[]>,
): (reporter: string, day: string) => boolean {
  let days: ReadonlyMap<string, readonly SenderLine[]> | undefined;
  const known = new Map<string, boolean>();
  return (reporter, day) => {
    const id = `${reporter} ${day}`;
    days ??= groupBy([...lines.values()].flat(), (line) => `${line.reporter} ${line.day}`);
    const isTroubled = known.get(id) ?? isTroubledIn(days.get(id) ?? []);
    known.set(id, isTroubled);
    return isTroubled;
  };
}

function isTroubledIn(lines: readonly SenderLine[]): boolean {
  const domains = [...groupBy(lines, ({ domain }) => organizationalDomain(domain)).values()];
  const troubled = domains.filter((ofDomain) => {
    const failing = ofDomain.filter((line) => recordsIn(line).some(({ result }) => /^(temp|perm)error$/.test(result)));
    return sumOf(failing, ({ messages }) => messages) >= trouble.share * sumOf(ofDomain, ({ messages }) => messages);
  });
  return troubled.length >= reporters.domains && troubled.length >= reporters.share * domains.length;
}
