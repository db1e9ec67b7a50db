import { dayAfter, daysUpTo } from "../../history/dates.ts";
import { entryIn, groupBy, sortedRecord, sumOf } from "../../history/lists.ts";
import {
  type Health,
  haveReported,
  type Incident,
  idOf,
  type RuleFinding,
  recoveryDays,
} from "../incidents/incidents.ts";
import { judgedDays, type Senders } from "../senders/senders.ts";
import { makeTlsRules, type TlsWindowLine } from "../tls/tls.ts";
import { learningDays, median, type Window } from "../window/window.ts";
import {
  hasNotPassed,
  isParked,
  noReports,
  parkedSends,
  policyDays,
  policyWeakened,
  seenPolicy,
  spoofingDelivered,
} from "./domain-rules.ts";
import { withGoingOn } from "./going-on.ts";
import { healthOf } from "./health.ts";
import { type KnownBefore, knownBefore, nothingKnown } from "./known-before.ts";
import { excusedIn, legsLost, lostKeyOn, openLegs } from "./lost-legs.ts";
import { reportersMissing } from "./reporter-rules.ts";
import { type RuleDomain, type RuleDomains, ruleDomainsOf } from "./rule-domains.ts";
import { addOwnMail, type DaysOf, daysOf, type SenderDay } from "./sender-days.ts";
import { brokenKeys, senderFails, unknownSenders } from "./sender-rules.ts";
import { type Thresholds, thresholdFindings } from "./thresholds.ts";
import {
  type HomesOfDay,
  homesLeapt,
  homesOfDay,
  homesStopped,
  mayHaveStopped,
  missingOn,
  shareAt,
} from "./volume-rules.ts";

export { ruleDomainsOf } from "./rule-domains.ts";
export { type PassedThreshold, passedThresholds, type Thresholds } from "./thresholds.ts";

/** Rules over some domains. */
export interface Rules {
  /**
   * What they find on a day, at most one finding a key.
   *
   * @param known - The incidents as they stood before it: what fails of them is not taken for usual.
   */
  findingsOn(day: string, isSettled: boolean, known?: readonly Incident[]): RuleFinding[];
  /** What a day without a finding shows of an incident. */
  healthOn(day: string, incident: Incident): Health;
  /** Inbound TLS sessions that have become known, by reports that count. */
  addSessions(lines: Iterable<TlsWindowLine>): void;
  /** What an earlier run has known of domains of which nothing passes; see `unpassedOn`. */
  remember(unpassed: Readonly<Record<string, string>>): void;
  /**
   * The organizational domains of which nothing has passed in the 90 days before a day, with the first day of which a report is known.
   * Of a parked domain there are so few that a run may not see it: the next ones are told of it by `remember`.
   */
  unpassedOn(day: string): Record<string, string> | undefined;
}

/** What a person has set of one domain. */
export interface DomainJudging {
  /** Limits beside the rules. */
  thresholds: Thresholds;
  /** Whether it sends, or is parked; found out by what passes when absent. */
  role?: "sends" | "parked";
}

/** Nothing. */
export const nothingSet: DomainJudging = { thresholds: { minMessages: 0 } };

/** With fewer homes there is no fall that they share. */
const fewestHomes = 3;

/**
 * The rules of own mail, over all domains together: what happens to all of them at once is no incident of one. What was
 * found on a day is found once, until more becomes known of it.
 *
 * @param settingsOf - What a person has set of a domain.
 */
export function makeRules(known: RuleDomains, settingsOf: (domain: string) => DomainJudging = () => nothingSet): Rules {
  const tls = makeTlsRules();
  const judges = new Map<string, DomainRules>();
  const rulesOf = (one: RuleDomain): DomainRules =>
    entryIn(judges, one.domain, () => domainRules(one, settingsOf(one.domain)));
  const all = (): DomainRules[] => Array.from(known.domains.values(), rulesOf);
  const isReported = (day: string): boolean =>
    Array.from(known.domains.values()).some(({ pairsOn }) => pairsOn(day).length > 0);

  const falls = known.memos.ofDay<number>();
  const stops = known.memos.memo<readonly RuleFinding[]>();

  /** The share of what is usual that came at most homes. */
  function usualFallOn(day: string): number {
    return falls(day, () => {
      const shares = all().flatMap((domain) => domain.sharesOn(day));
      return shares.length < fewestHomes ? 1 : (median(shares) ?? 1);
    });
  }

  let earlier: Readonly<Record<string, string>> = {};
  return {
    addSessions: (lines) => tls.add(lines),
    remember(unpassed) {
      earlier = unpassed;
      for (const [domain, first] of Object.entries(unpassed)) known.domains.get(domain)?.knowSince(first);
    },
    unpassedOn(day) {
      const unseen = Object.entries(earlier).filter(([domain]) => !known.domains.has(domain));
      const found = all().flatMap(({ one: { domain, passedOn, firstDay } }): [string, string][] =>
        firstDay < day && hasNotPassed(passedOn, day) ? [[domain, firstDay]] : [],
      );
      return sortedRecord([...unseen, ...found]);
    },
    findingsOn(day, isSettled, incidents = []) {
      const inbound = tls.findingsOn(day, isSettled);
      const before = knownBefore(incidents, day);
      const ofDomains = all().flatMap(({ one, findingsOn, stoppedOn }) => {
        const { domain, lateDays, firstDay } = one;
        const found = findingsOn(day, isSettled, before.get(domain));
        if (!isSettled) return found;
        if (day < dayAfter(firstDay, learningDays)) return found;
        const known = before.get(domain) ?? nothingKnown;
        const ids = known.ofSenders.map(({ key, since }) => `${idOf(key)} ${since}`);
        const stopped = stops(day, [domain, ...ids].join("\n"), () =>
          homesStopped(stoppedOn(day), (back) => usualFallOn(dayAfter(day, -back)), known),
        );
        return [...found, ...stopped, ...noReports(reportedDays([one]), { domain, day, lateDays, isReported })];
      });
      return [...ofDomains, ...inbound, ...(isSettled ? overall(known, day) : [])];
    },
    healthOn(day, incident) {
      const { domain, subject, rule } = incident.key;
      if (rule === "tls-fails") return tls.healthOn(day, incident);
      if (domain === "") {
        const has = subject === "" ? isReported(day) : known.reporters.get(subject)?.counted.has(day);
        return { state: has === true ? "good" : "silent", recoveryDays };
      }
      const one = known.domains.get(domain);
      if (one === undefined) return { state: "silent", recoveryDays };
      const hasReported = (name: string, on: string): boolean =>
        one.pairsOn(on).some(({ reporter }) => reporter === name);
      const isSeenByAll = haveReported(incident, day, hasReported);
      const { thresholds } = settingsOf(domain);
      return healthOf(one, { day, incident, homesOn: rulesOf(one).homesOn, isSeenByAll, thresholds });
    },
  };
}

/** The days of which there is a report for any of some domains. */
function reportedDays(domains: readonly RuleDomain[]): { has(day: string): boolean } {
  return { has: (day) => domains.some(({ pairsOn }) => pairsOn(day).length > 0) };
}

/** The rules over all that a window knows. */
export function rulesOver(
  { pairs, uncounted, tls = [] }: Pick<Window, "pairs" | "uncounted" | "tls">,
  senders: Senders,
  settingsOf?: (domain: string) => DomainJudging,
): Rules {
  const rules = makeRules(ruleDomainsOf(pairs, senders, uncounted), settingsOf);
  rules.addSessions(tls);
  return rules;
}

/** What is found over all domains: of reporters, and that no report comes at all. */
function overall({ domains, reporters, habits }: RuleDomains, day: string): RuleFinding[] {
  const all = Array.from(domains.values());
  const lateDays = (one: string): number => Math.min(...all.map((domain) => domain.lateDays(one)));
  const nobody = noReports(reportedDays(all), { domain: "", day, lateDays, isReported: () => true });
  return [...nobody, ...reportersMissing(reporters, day, habits)];
}

/** The rules over one domain. */
interface DomainRules {
  one: RuleDomain;
  /** All but what hangs on other domains. */
  findingsOn: (day: string, isSettled: boolean, before?: KnownBefore) => readonly RuleFinding[];
  homesOn: (day: string) => HomesOfDay;
  /** What came at each of its homes, of what is usual. */
  sharesOn: (day: string) => readonly number[];
  /** Homes that have stopped, unless all fell with them. */
  stoppedOn: (day: string) => HomesOfDay;
}

function domainRules(one: RuleDomain, { thresholds, role }: DomainJudging): DomainRules {
  const shares = one.memos.ofDay<readonly number[]>(judgedDays);
  const stopped = one.memos.ofDay<HomesOfDay>(judgedDays);
  const failing = one.memos.memo<readonly RuleFinding[]>(judgedDays);
  const others = one.memos.memo<readonly RuleFinding[]>(judgedDays);
  const homesOn = (day: string): HomesOfDay => homesOfDay(one, day);
  const othersOn = (day: string, told: ReadonlySet<string>, known: KnownBefore["ofSenders"]): RuleFinding[] => {
    const isKnown = day >= dayAfter(one.firstDay, learningDays);
    const unusual = isKnown ? unusualFindings(one, homesOn(day), { told, known }) : [];
    // Nobody is asked about senders of a domain that sends nothing.
    const asked = unusual.filter(
      ({ key }) => key.rule !== "unknown-sender" || !isParked(one.passedOn, { day, firstDay: one.firstDay, role }),
    );
    return [...settledFindings(one, day, role), ...asked];
  };
  return {
    one,
    homesOn,
    sharesOn: (day) => shares(day, () => homesOn(day).homes.flatMap((home) => shareAt(home, day) ?? [])),
    stoppedOn: (day) => stopped(day, () => mayHaveStopped(homesOn(day))),
    findingsOn(day, isSettled, before = nothingKnown) {
      const judged = { day, isSettled, thresholds, before };
      const name = JSON.stringify([isSettled, ...before.usual, ...before.open, ...before.records]);
      const ownMail = failing(day, name, () => ownMailFails(one, judged));
      if (!isSettled) return ownMail;
      const records = ownMail.flatMap(({ key: { rule, subject } }) =>
        rule === "key-broken" || rule === "dns" ? subject : [],
      );
      const told = new Set([...before.records.keys(), ...records].sort());
      const known = before.ofSenders.filter(({ key }) => key.rule === "leg-lost" || key.rule === "leapt");
      const of = JSON.stringify([[...told], known.map(({ key }) => key.subject)]);
      const found = [...ownMail, ...others(day, of, () => othersOn(day, told, known))];
      return withGoingOn(found, one, { day, known: before });
    },
  };
}

/** What counts alone show: it need not wait for the day to be due. */
function ownMailFails(
  one: RuleDomain,
  judged: { day: string; isSettled: boolean; thresholds: Thresholds; before: KnownBefore },
): RuleFinding[] {
  const { day, isSettled, before } = judged;
  const { domain, brokenOn, sendersOn } = one;
  const { usual, open, records } = before;
  const lastPassed = (name: string): string | undefined => one.lastPassed(name, day);
  const failing = [...sendersOn(day)].flatMap(([sender, { failed }]) => {
    if (failed === 0) return [];
    const known = { usual: usual.get(sender), isOpen: open.has(sender) };
    return senderFails({ domain, sender, days: daysOf(sendersOn, sender), day, isSettled, ...known });
  });
  const found = new Set(failing.map(({ key }) => key.subject));
  const partly = new Set([...open].filter((sender) => failsPartly(daysOf(sendersOn, sender), day)));
  const broken = brokenKeys({ domain, day, brokenOn, records, lastPassed, found, partly, isSettled });
  const names = new Set(broken.map(({ key }) => key.subject));
  const ofCause = one
    .linesOn(day)
    .filter(
      ({ broken: by, failedKeys = [] }) =>
        by?.names.some((name) => names.has(name)) === true || failedKeys.some((key) => names.has(key)),
    );
  // What fails of a broken record is told once, with its cause.
  const isOwnCause = ({ key, messages }: RuleFinding): boolean =>
    sumOf(ofCause, (line) => (line.sender === key.subject ? line.messages : 0)) * 2 < messages;
  return [...broken, ...failing.filter(isOwnCause), ...thresholdFindings(one, judged)];
}

/** Nearly all fails of a key that is another one; by a day of so many messages, or else by the last days. */
const nearlyAll = { share: 0.95, messages: 50, days: 3 };

/** Whether some of what a sender sent on a day passed. */
function failsPartly(days: DaysOf, day: string): boolean {
  const today = days.get(day);
  const isEnough = today !== undefined && today.messages >= nearlyAll.messages;
  const judged = isEnough ? [today] : daysUpTo(day, nearlyAll.days).flatMap((one) => days.get(one) ?? []);
  const { messages, failed } = addOwnMail(judged);
  return failed < nearlyAll.share * messages;
}

function settledFindings(
  { domain, sendersOn, passedOn, pairsOn, firstDay }: RuleDomain,
  day: string,
  role: DomainJudging["role"],
): RuleFinding[] {
  const recent = daysUpTo(day, policyDays).flatMap(pairsOn);
  // Most domains ask for the same all the time.
  const isSame = recent.every(({ policy }) => policy === recent[0]?.policy);
  // What was found on these days was found by the days before them.
  const seen = isSame ? [] : [...daysUpTo(dayAfter(day, -policyDays), policyDays).flatMap(pairsOn), ...recent];
  const domains = [...groupBy(seen, (pair) => pair.domain)];
  const weakened = domains.flatMap(([policyDomain, pairs]) => policyWeakened(policyDomain, pairs.map(seenPolicy), day));
  return [
    ...weakened.map((finding) => ({ ...finding, key: { ...finding.key, domain, subject: finding.key.domain } })),
    ...spoofingDelivered(sendersOn, { domain, day }),
    ...parkedSends(passedOn, { domain, day, firstDay, role }),
  ];
}

/**
 * What is found by what is usual.
 *
 * @param told - The records of ours whose failure is told: what they take from mail that still passes is no other cause.
 * @param known - The legs that are known to be lost, and the homes that have leapt.
 */
function unusualFindings(
  one: RuleDomain,
  homes: HomesOfDay,
  { told, known }: { told: ReadonlySet<string>; known: KnownBefore["ofSenders"] },
): RuleFinding[] {
  const { domain, sendersOn } = one;
  const { day } = homes;
  return [
    ...homes.homes.flatMap(({ senders }) =>
      senders.flatMap((sender) => {
        const excused = excusedIn(one, { sender, told });
        const others = senders.filter((other) => other !== sender).map((other) => one.daysOf(other));
        const open = openLegs(known, sender);
        const lost = legsLost({ domain, sender, days: one.daysOf(sender), others, day, open, excused });
        return lost.map((found) => {
          const lostKey = found.key.subject.endsWith(" DKIM") ? lostKeyOn(one, sender, day) : undefined;
          return { ...found, seenBy: reportersOf(sendersOn(day).get(sender)), ...(lostKey && { lostKey }) };
        });
      }),
    ),
    ...homesLeapt(homes, known),
    ...unknownSenders(sendersOn, { domain, day, missingOn: () => missingOn(homes), daysOf: one.daysOf }),
  ];
}

function reportersOf(today: SenderDay | undefined): string[] {
  return [...new Set(today?.own.map(({ reporter }) => reporter))];
}
