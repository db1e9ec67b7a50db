import { dayAfter, daysUpTo } from "../../history/dates.ts";
import { seenPolicyIn } from "../../history/index/index.ts";
import { entryIn, groupBy, sortedRecord, sumOf } from "../../history/lists.ts";
import {
  type Health,
  haveReported,
  type Incident,
  type RuleFinding,
  recoveryDays,
  senderOfSubject,
} from "../incidents/incidents.ts";
import { judgedDays, type Senders } from "../senders/senders.ts";
import { makeTlsRules, type TlsWindowLine } from "../tls/tls.ts";
import { learningDays, median, type Window, type WindowPair } from "../window/window.ts";
import {
  hasNotPassed,
  isParked,
  isPolicyRestored,
  noReports,
  parkedSends,
  policyDays,
  policyWeakened,
  type SeenPolicyOn,
} from "./domain-rules.ts";
import { reportersMissing } from "./reporter-rules.ts";
import { type RuleDomain, type RuleDomains, ruleDomainsOf } from "./rule-domains.ts";
import type { DaysOf, JudgedLine, SenderDay } from "./sender-days.ts";
import {
  brokenKeys,
  type JudgedSender,
  legsLost,
  senderFails,
  spoofingDelivered,
  unknownSenders,
} from "./sender-rules.ts";
import { isWithinThresholds, type Thresholds, thresholdFindings } from "./thresholds.ts";
import {
  type HomesOfDay,
  homesLeapt,
  homesOfDay,
  homesStopped,
  isWeeklySender,
  mayHaveStopped,
  shareAt,
} from "./volume-rules.ts";

export { ruleDomainsOf } from "./rule-domains.ts";
export { type PassedThreshold, passedThresholds, type Thresholds } from "./thresholds.ts";

/** Rules over some domains. */
export interface Rules {
  /** What they find on a day, at most one finding a key. */
  findingsOn(day: string, isSettled: boolean): RuleFinding[];
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
    findingsOn(day, isSettled) {
      const inbound = tls.findingsOn(day, isSettled);
      const ofDomains = all().flatMap(({ one, findingsOn, stoppedOn }) => {
        if (!isSettled) return findingsOn(day, false);
        const { domain, lateDays, firstDay } = one;
        const found = findingsOn(day, true);
        if (day < dayAfter(firstDay, learningDays)) return found;
        const stopped = stops(day, domain, () =>
          homesStopped(stoppedOn(day), (back) => usualFallOn(dayAfter(day, -back))),
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
      const isSeenByAll = haveReported(incident, day, (name) => known.reporters.get(name)?.lastDay);
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
  findingsOn: (day: string, isSettled: boolean) => readonly RuleFinding[];
  homesOn: (day: string) => HomesOfDay;
  /** What came at each of its homes, of what is usual. */
  sharesOn: (day: string) => readonly number[];
  /** Homes that have stopped, unless all fell with them. */
  stoppedOn: (day: string) => HomesOfDay;
}

function domainRules(one: RuleDomain, { thresholds, role }: DomainJudging): DomainRules {
  const shares = one.memos.ofDay<readonly number[]>(judgedDays);
  const stopped = one.memos.ofDay<HomesOfDay>(judgedDays);
  const due = one.memos.ofDay<readonly RuleFinding[]>(judgedDays);
  const early = one.memos.ofDay<readonly RuleFinding[]>(judgedDays);
  const homesOn = (day: string): HomesOfDay => homesOfDay(one, day);
  return {
    one,
    homesOn,
    sharesOn: (day) => shares(day, () => homesOn(day).homes.flatMap((home) => shareAt(home, day) ?? [])),
    stoppedOn: (day) => stopped(day, () => mayHaveStopped(homesOn(day))),
    findingsOn: (day, isSettled) =>
      (isSettled ? due : early)(day, () => {
        const failing = ownMailFails(one, { day, isSettled, thresholds });
        if (!isSettled) return failing;
        const isKnown = day >= dayAfter(one.firstDay, learningDays);
        const isSpfBroken = failing.some(({ key }) => key.rule === "dns" && key.subject === "SPF");
        // Where the SPF record fails, senders that pass by DKIM lose that leg by the same cause.
        const unusual = (isKnown ? unusualFindings(one, homesOn(day)) : []).filter(
          ({ key }) => !(isSpfBroken && key.rule === "leg-lost" && key.subject.endsWith(" SPF")),
        );
        // Nobody is asked about senders of a domain that sends nothing.
        const asked = unusual.filter(
          ({ key }) => key.rule !== "unknown-sender" || !isParked(one.passedOn, { day, firstDay: one.firstDay, role }),
        );
        return [...failing, ...settledFindings(one, day, role), ...asked];
      }),
  };
}

function daysOf({ sendersOn }: RuleDomain, sender: string): DaysOf {
  return { get: (day) => sendersOn(day).get(sender) };
}

/** The senders of which own mail fails on a day. */
function failingSenders(one: RuleDomain, day: string, isSettled: boolean): JudgedSender[] {
  return [...one.sendersOn(day)].flatMap(([sender, { failed }]) =>
    failed === 0 ? [] : [{ domain: one.domain, sender, days: daysOf(one, sender), day, isSettled }],
  );
}

/** What counts alone show: it need not wait for the day to be due. */
function ownMailFails(
  one: RuleDomain,
  judged: { day: string; isSettled: boolean; thresholds: Thresholds },
): RuleFinding[] {
  const { day, isSettled } = judged;
  const lines = one.brokenOn(day);
  const { domain, brokenOn } = one;
  const broken = brokenKeys({ domain, day, brokenOn, lastPassed: (name) => one.lastPassed(name, day), isSettled });
  const names = new Set(broken.map(({ key }) => key.subject));
  const ofCause = lines.filter((line) => line.broken?.names.some((name) => names.has(name)));
  // What fails of a broken record is told once, with its cause.
  const isOwnCause = ({ key, messages }: RuleFinding): boolean =>
    sumOf(ofCause, (line) => (line.sender === key.subject ? line.messages : 0)) * 2 < messages;
  const failing = failingSenders(one, day, isSettled).flatMap(senderFails).filter(isOwnCause);
  return [...broken, ...failing, ...thresholdFindings(one, judged)];
}

function settledFindings(
  { domain, sendersOn, passedOn, pairsOn, firstDay }: RuleDomain,
  day: string,
  role: DomainJudging["role"],
): RuleFinding[] {
  const recent = daysUpTo(day, policyDays).flatMap(pairsOn);
  // Most domains ask for the same all the time.
  const isSame = recent.every(({ policy }) => policy === recent[0]?.policy);
  const domains = isSame ? [] : [...groupBy(recent, (pair) => pair.domain)];
  const weakened = domains.flatMap(([policyDomain, pairs]) => policyWeakened(policyDomain, pairs.map(seenPolicy), day));
  return [
    ...weakened.map((finding) => ({ ...finding, key: { ...finding.key, domain, subject: finding.key.domain } })),
    ...spoofingDelivered(sendersOn, { domain, day }),
    ...parkedSends(passedOn, { domain, day, firstDay, role }),
  ];
}

function seenPolicy({ day, reporter, policy }: WindowPair): SeenPolicyOn {
  return { day, reporter, ...seenPolicyIn(policy) };
}

/** What is found by what is usual. */
function unusualFindings(one: RuleDomain, homes: HomesOfDay): RuleFinding[] {
  const { domain, sendersOn } = one;
  const { day } = homes;
  return [
    ...homes.homes
      .flatMap(({ senders }) => senders)
      .flatMap((sender) => {
        const lost = legsLost({ domain, sender, days: one.daysOf(sender), day });
        return lost.map((found) => ({ ...found, seenBy: reportersOf(sendersOn(day).get(sender)) }));
      }),
    ...homesLeapt(homes),
    ...unknownSenders(sendersOn, { domain, day }),
  ];
}

function reportersOf(today: SenderDay | undefined): string[] {
  return [...new Set(today?.own.map(({ reporter }) => reporter))];
}

const weeklyRecoveryDays = 2;
/** Half of the limits by which a sender fails. */
const wellShare = 0.25;
/** A stop is over when so much of the usual volume is back. */
const backShare = 0.5;

function healthOf(
  one: RuleDomain,
  {
    day,
    incident,
    homesOn,
    isSeenByAll,
    thresholds,
  }: {
    day: string;
    incident: Incident;
    homesOn: (day: string) => HomesOfDay;
    /** Whether those that saw the incident have reported the day. */
    isSeenByAll: boolean;
    thresholds: Thresholds;
  },
): Health {
  const { rule, subject } = incident.key;
  const sender = senderOfSubject(subject);
  const today = one.sendersOn(day).get(sender);
  const good = (isGood: boolean): Health["state"] => (isGood && isSeenByAll ? "good" : "seen");
  const senders = incident.senders ?? [sender];
  return {
    state: stateOf(),
    recoveryDays: senders.every((name) => isWeeklySender(one.daysOf(name), day)) ? weeklyRecoveryDays : recoveryDays,
  };

  function stateOf(): Health["state"] {
    switch (rule) {
      case "threshold": {
        const isWithin = isWithinThresholds(one, { day, thresholds });
        return isWithin === undefined ? "silent" : good(isWithin);
      }
      case "sender-fails":
        if (today === undefined || today.messages === 0) return "silent";
        return good(today.failed < wellShare * today.messages);
      case "key-broken":
      case "dns":
        if (isBroken(one, subject, day)) return "seen";
        return passesAgain(one, { incident, day }) ? good(true) : "silent";
      case "leg-lost":
        if (today === undefined || today.messages === 0) return "silent";
        // What is lost for weeks becomes usual, and is not well by that.
        return good(today[subject.endsWith(" DKIM") ? "byDkim" : "bySpf"] * 2 >= today.messages);
      case "stopped": {
        const home = homesOn(day).homes.find(({ senders }) => senders.includes(sender));
        return home !== undefined && (shareAt(home, day) ?? 0) >= backShare ? "good" : "silent";
      }
      case "leapt":
        return today === undefined ? "silent" : "good";
      case "no-report":
        return one.pairsOn(day).length > 0 ? "good" : "silent";
      case "unknown-sender":
        if (today === undefined || today.unknown + today.messages === 0) return "silent";
        return today.unknown > 0 ? "seen" : "good";
      case "policy-weakened": {
        const pairs = [day, ...daysUpTo(dayAfter(incident.since, -1), policyDays)].flatMap(one.pairsOn);
        const seen = pairs.filter((pair) => pair.domain === subject).map(seenPolicy);
        return isPolicyRestored(seen, { day, since: incident.since }) === true ? good(true) : "silent";
      }
      case "spoofing-delivered":
      case "parked-sends":
      case "reporter-silent":
      case "reporter-unverified":
      case "tls-fails":
      case "unread-mailbox":
      case "mails-to-go":
      case "nothing-counts":
        return "silent";
      default:
        return rule satisfies never;
    }
  }
}

function isBroken(one: RuleDomain, name: string, day: string): boolean {
  return one.brokenOn(day).some(isOfRecord(name));
}

/** Whether a line fails by a key, or by SPF. */
function isOfRecord(name: string): (line: JudgedLine) => boolean {
  return ({ broken }) => broken?.names.includes(name) === true;
}

/**
 * Whether mail passes by a key that was broken, or by another one or SPF in the way in which the mail was sent that failed: of a
 * sender that did not send, a day says nothing.
 */
function passesAgain(one: RuleDomain, { incident, day }: { incident: Incident; day: string }): boolean {
  const { subject } = incident.key;
  if (subject !== "SPF" && one.lastPassed(subject, dayAfter(day)) === day) return true;
  const wayOf = ({ sender, stream }: JudgedLine): string => `${sender} ${stream}`;
  const failed = new Set(one.brokenOn(incident.lastBad).filter(isOfRecord(subject)).map(wayOf));
  return one
    .linesOn(day)
    .some((line) => line.isOwnPass && (subject === "SPF" || line.byDkim) && failed.has(wayOf(line)));
}
