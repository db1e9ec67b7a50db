import { dayAfter, daysUpTo } from "../../history/dates.ts";
import { entryIn, runsOf, sumOf } from "../../history/lists.ts";
import { organizationalDomain } from "../../report/domain.ts";
import { claimedReporter, knownReporter } from "../../report/trust/trust.ts";
import {
  type DayMemos,
  type DayOfSender,
  fewDays,
  judgedDays,
  knownDays,
  type Senders,
  type SendersOfDomain,
} from "../senders/senders.ts";
import { hoursLate, type SenderLine, type WindowPair } from "../window/window.ts";
import { type Home, homesOfWeek } from "./homes.ts";
import { judgedLinesOn } from "./judged-lines.ts";
import type { ReporterDays, ReporterHabits } from "./reporter-rules.ts";
import { type JudgedLine, passedIn, type SenderDay, type SendersOn, senderDaysOf } from "./sender-days.ts";

/** What the rules know of one organizational domain. */
export interface RuleDomain {
  domain: string;
  sendersOn: SendersOn;
  /** Own mail of a day that passed, in messages. */
  passedOn: (day: string) => number;
  /** Its homes, as they are known when a week begins; by its Sunday. */
  homesOfWeek: (sunday: string) => readonly Home[];
  /** See `SenderHistory`. */
  daysOf: (sender: string) => readonly DayOfSender[];
  linesOn: (day: string) => readonly JudgedLine[];
  /** See `SendersOfDomain`: what was seen on a day, as it is not judged yet, and the health of our records. */
  seenOn: (day: string) => readonly SenderLine[];
  healthOf: SendersOfDomain["healthOf"];
  /** Messages that were evaluated on a day. */
  evaluatedOn: (day: string) => number;
  /** The lines of a day that fail since a record of ours is broken. */
  brokenOn: (day: string) => readonly JudgedLine[];
  /** What reporters said of a day, by reports that count. */
  pairsOn: (day: string) => readonly WindowPair[];
  /** The first of these days, or an earlier one of which an earlier run has known. */
  firstDay: string;
  /** Notes such a day. */
  knowSince(day: string): void;
  /** The senders at which our own mail starts, on a day. */
  homesOn: (day: string) => ReadonlySet<string>;
  /** See `SenderHistory`. */
  lastPassed: (name: string, day: string) => string | undefined;
  /** Days that its usual reporters took at the longest in the four weeks up to a day, beyond those after which a day is due. */
  lateDays: (day: string) => number;
  memos: DayMemos;
}

/** What the rules know of all domains. */
export interface RuleDomains {
  domains: ReadonlyMap<string, RuleDomain>;
  /** By name, over all domains. */
  reporters: ReadonlyMap<string, ReporterDays>;
  habits: ReporterHabits;
  /** For what is worked out over all of them. */
  memos: DayMemos;
  /** Pairs that have become known, of which `Senders` knows the lines; those that do not count beside them. */
  add(pairs: Iterable<WindowPair>, uncounted?: Iterable<WindowPair>): void;
}

/** What the rules know of the domains in a window. */
export function ruleDomainsOf(
  pairs: Iterable<WindowPair>,
  senders: Senders,
  uncounted: Iterable<WindowPair> = [],
): RuleDomains {
  const domains = new Map<string, ReturnType<typeof makeRuleDomain>>();
  const reporters = new Map<string, GrowingReporter>();
  /** Days of which reports came in a reporter's name that nothing shows to be authentic. */
  const claims = new Map<string, Set<string>>();

  function domainOf(name: string) {
    const own = organizationalDomain(name);
    return entryIn(domains, own, () => makeRuleDomain(own, senders.domain(own)));
  }

  function add(more: Iterable<WindowPair>, notCounted: Iterable<WindowPair> = []): void {
    const known = new Map<string, ReturnType<typeof domainOf>>();
    const changed = new Map<RuleDomain, string>();
    for (const ofDay of runsOf(more, (a, b) => a.domain === b.domain && a.day === b.day)) {
      const [{ domain: name, day }] = ofDay;
      const domain = entryIn(known, name, domainOf);
      domain.add(day, ofDay);
      const first = changed.get(domain);
      if (first === undefined || day < first) changed.set(domain, day);
      for (const pair of ofDay) addReport(entryIn(reporters, pair.reporter, makeReporter), pair);
    }
    for (const pair of notCounted) {
      // Nobody has shown who sent it: there is but the name that it gives itself.
      if (pair.verdict === "unverified") claimsOf(claimedReporter(pair.reporter)?.name ?? pair.reporter).add(pair.day);
    }
    for (const [{ memos }, day] of changed) memos.forgetFrom(day);
  }

  function claimsOf(name: string): Set<string> {
    return entryIn(claims, name, () => new Set());
  }

  function makeReporter(reporter: string): GrowingReporter {
    const unverified = claimsOf(knownReporter(reporter)?.name ?? reporter);
    return { counted: new Map(), unverified, lastDay: "" };
  }

  const delays = senders.memos.memo<number>();
  const allPairsOn = (day: string): WindowPair[] => Array.from(domains.values()).flatMap(({ pairsOn }) => pairsOn(day));
  const habits: ReporterHabits = {
    longestDelay: (reporter, last) =>
      delays(last, reporter, () => {
        const hours = daysUpTo(last, knownDays).flatMap((day) =>
          allPairsOn(day).flatMap((pair) => (pair.reporter === reporter ? hoursLate(day, [pair]) : [])),
        );
        return daysBeyondDue(Math.max(0, ...hours));
      }),
    hasOthers: (reporter, last, day) =>
      Array.from(domains.values()).some(
        ({ pairsOn }) => pairsOn(day).length > 0 && pairsOn(last).some((pair) => pair.reporter === reporter),
      ),
  };
  add(pairs, uncounted);
  return { domains, reporters, habits, memos: senders.memos, add };
}

/** One that grows as more becomes known. */
interface GrowingReporter extends ReporterDays {
  counted: Map<string, number>;
}

function addReport(reporter: GrowingReporter, { day, messages }: WindowPair): void {
  reporter.counted.set(day, (reporter.counted.get(day) ?? 0) + messages);
  if (day > reporter.lastDay) reporter.lastDay = day;
}

/** Reports that take longer than this after the end of their day are late: by then a day is due. */
const dueHours = 48;
/** Later than all days. */
const lastDay = "9999-12-31";
/** Days by which it is known how long reports take. */
const habitDays = 28;

function makeRuleDomain(
  domain: string,
  senders: SendersOfDomain,
): RuleDomain & { add(day: string, pairs: readonly WindowPair[]): void } {
  const { memos } = senders;
  const judged = memos.ofDay<readonly JudgedLine[]>(judgedDays);
  const homes = memos.ofDay<readonly Home[]>(fewDays);
  const senderDays = memos.ofDay<ReadonlyMap<string, SenderDay>>();
  // Of a domain that sends nothing, what passed is asked of as many days as are known.
  const passed = memos.ofDay<number>(knownDays * 2);
  const pairs = new Map<string, readonly WindowPair[]>();
  const pairsOn = (day: string): readonly WindowPair[] => pairs.get(day) ?? [];
  const linesOn = (day: string): readonly JudgedLine[] => judged(day, () => judgedLinesOn(senders, day));
  const sendersOn = (day: string): ReadonlyMap<string, SenderDay> => senderDays(day, () => senderDaysOf(linesOn(day)));
  const known: ReturnType<typeof makeRuleDomain> = {
    domain,
    memos,
    firstDay: lastDay,
    sendersOn,
    passedOn: (day) => passed(day, () => passedIn(sendersOn(day))),
    // They hold the volumes of all days of the week.
    homesOfWeek: (sunday) => homes(dayAfter(sunday, 6), () => homesOfWeek(senders, sunday)),
    daysOf: (sender) => senders.daysOf(sender),
    linesOn,
    seenOn: (day) => senders.linesOn(day),
    healthOf: senders.healthOf,
    evaluatedOn: (day: string) => sumOf(pairsOn(day), ({ dmarcPass, dmarcFail }) => dmarcPass + dmarcFail),
    pairsOn,
    brokenOn: (day: string) => linesOn(day).filter(({ broken }) => broken !== undefined),
    homesOn: (day: string) => senders.homesOn(day),
    lastPassed: (name: string, day: string) => senders.lastPassed(name, day),
    lateDays: (day: string) =>
      lateDaysOf(daysUpTo(day, habitDays).flatMap((one) => pairsOn(one).flatMap((pair) => hoursLate(one, [pair])))),
    add(day, more) {
      // A list of two that are spread has room for 17.
      pairs.set(day, pairsOn(day).concat(more));
      known.knowSince(day);
    },
    knowSince(day) {
      if (day < known.firstDay) known.firstDay = day;
    },
  };
  return known;
}

/** Days beyond those of a due day that nine of ten reports come within. */
function lateDaysOf(late: readonly number[]): number {
  const hours = late.toSorted((a, b) => a - b);
  return daysBeyondDue(hours[Math.floor(hours.length * 0.9)] ?? 0);
}

function daysBeyondDue(hours: number): number {
  return Math.max(0, Math.ceil((hours - dueHours) / 24));
}
