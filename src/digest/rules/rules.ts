import { dayAfter, daysUpTo } from "../../history/dates.ts";
import { entryIn } from "../../history/lists.ts";
import type { Health, Incident, RuleFinding } from "../incidents/incidents.ts";
import { median } from "../window/window.ts";
import { noReports, parkedSends, policyDays, policyWeakened } from "./domain-rules.ts";
import type { RuleDomain, RuleDomains } from "./rule-domains.ts";
import type { DaysOf } from "./sender-days.ts";
import { brokenKeys, isLegLost, legsLost, senderFails, spoofingDelivered, unknownSenders } from "./sender-rules.ts";
import { isWeekly } from "./volume.ts";
import { type HomesOfDay, homesLeapt, homesOfDay, homesStopped } from "./volume-rules.ts";

export { ruleDomainsOf } from "./rule-domains.ts";

/** Rules over some domains. */
export interface Rules {
  /** What they find on a day, at most one finding a key. */
  findingsOn(day: string, isSettled: boolean): RuleFinding[];
  /** What a day without a finding shows of an incident. */
  healthOn(day: string, incident: Incident): Health;
}

/** In the first days of a domain nothing is known of what is usual. */
const learningDays = 14;
/** With fewer homes there is no fall that they share. */
const fewestHomes = 3;

/**
 * The rules of own mail, over all domains together: what happens to all of them at once is no incident of one. What was
 * found on a day is found once, until more becomes known of it.
 */
export function makeRules({ domains, lastDays }: RuleDomains): Rules {
  const judges = new Map<string, DomainRules>();

  function judgeOf(one: RuleDomain): DomainRules {
    return entryIn(judges, one.domain, () => domainRules(one));
  }

  /** Reporters that have reported a day, or a later one, for any domain. */
  function upToDateOn(day: string): ReadonlySet<string> {
    return new Set([...lastDays].flatMap(([name, last]) => (last >= day ? name : [])));
  }

  function usualFallOn(day: string, upToDate: ReadonlySet<string>): number {
    const shares = Array.from(domains.values(), (one) => judgeOf(one).homesOf(day, upToDate).homes)
      .flat()
      .flatMap(({ share }) => share ?? []);
    return shares.length < fewestHomes ? 1 : (median(shares) ?? 1);
  }

  return {
    findingsOn(day, isSettled) {
      const upToDate = upToDateOn(day);
      const usualFall = isSettled ? usualFallOn(day, upToDate) : 1;
      const isReported = (one: string): boolean =>
        Array.from(domains.values()).some(({ reporters }) => reporters.has(one));
      return Array.from(domains.values(), (one) => {
        const { domain, reporters, lateDays, firstDay } = one;
        const found = judgeOf(one).findingsOn(day, { isSettled, upToDate, usualFall });
        if (!isSettled || day < dayAfter(firstDay, learningDays)) return found;
        // Of itself it knows that nobody reports it.
        return [...found, ...noReports(reporters, { domain, day, lateDays, isReported })];
      }).flat();
    },
    healthOn(day, incident) {
      const one = domains.get(incident.key.domain);
      if (one === undefined) return { state: "silent", recoveryDays };
      const upToDate = upToDateOn(day);
      return healthOf(one, { day, incident, homes: judgeOf(one).homesOf(day, upToDate), upToDate });
    },
  };
}

/** What a domain's day is judged with, beside what is known of the domain. */
interface Judging {
  isSettled: boolean;
  upToDate: ReadonlySet<string>;
  usualFall: number;
}

/** The rules over one domain. */
interface DomainRules {
  findingsOn(day: string, judging: Judging): readonly RuleFinding[];
  homesOf(day: string, upToDate: ReadonlySet<string>): HomesOfDay;
}

function domainRules(one: RuleDomain): DomainRules {
  const { domain, sendersOn, memos } = one;
  const homes = memos.memo<HomesOfDay>();
  const findings = memos.memo<readonly RuleFinding[]>();
  // Reporters only become more.
  const homesOf = (day: string, upToDate: ReadonlySet<string>): HomesOfDay =>
    homes(day, `${upToDate.size}`, () => homesOfDay({ domain, day, sendersOn, names: one.homesOn(day), upToDate }));
  return {
    homesOf,
    findingsOn(day, { isSettled, upToDate, usualFall }) {
      if (!isSettled) return findings(day, "early", () => ownMailFails(one, day, false));
      return findings(day, `${upToDate.size} ${usualFall}`, () => {
        const isKnown = day >= dayAfter(one.firstDay, learningDays);
        const unusual = isKnown ? unusualFindings(one, homesOf(day, upToDate), usualFall) : [];
        return [...ownMailFails(one, day, true), ...settledFindings(one, day), ...unusual];
      });
    },
  };
}

function daysOf({ sendersOn }: RuleDomain, sender: string): DaysOf {
  return { get: (day) => sendersOn(day).get(sender) };
}

function eachSender(one: RuleDomain, day: string, isSettled: boolean) {
  return Array.from(one.sendersOn(day).keys(), (sender) => ({
    domain: one.domain,
    sender,
    days: daysOf(one, sender),
    day,
    isSettled,
  }));
}

/** What counts alone show: it need not wait for the day to be due. */
function ownMailFails(one: RuleDomain, day: string, isSettled: boolean): RuleFinding[] {
  const broken = brokenKeys(one.brokenOn(day), {
    domain: one.domain,
    lastPassed: (name) => one.lastPassed(name, day),
    isSettled,
  });
  return [...broken, ...eachSender(one, day, isSettled).flatMap(senderFails)];
}

function settledFindings({ domain, sendersOn, policies, firstDay }: RuleDomain, day: string): RuleFinding[] {
  const days = daysUpTo(day, policyDays);
  const weakened = [...policies].flatMap(([policyDomain, seen]) =>
    policyWeakened(
      policyDomain,
      days.flatMap((one) => seen.get(one) ?? []),
      day,
    ),
  );
  return [
    ...weakened.map((finding) => ({ ...finding, key: { ...finding.key, domain, subject: finding.key.domain } })),
    ...spoofingDelivered(sendersOn, { domain, day }),
    ...parkedSends(sendersOn, { domain, day, firstDay }),
  ];
}

/** What is found by what is usual. */
function unusualFindings(one: RuleDomain, homes: HomesOfDay, usualFall: number): RuleFinding[] {
  const { domain, sendersOn } = one;
  const { day } = homes;
  return [
    ...eachSender(one, day, true).flatMap(legsLost),
    ...homesStopped(homes, usualFall),
    ...homesLeapt(homes),
    ...unknownSenders(sendersOn, { domain, day }),
  ];
}

const recoveryDays = 3;
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
    homes,
    upToDate,
  }: { day: string; incident: Incident; homes: HomesOfDay; upToDate: ReadonlySet<string> },
): Health {
  const { rule, subject } = incident.key;
  const sender = subject.replace(/ (DKIM|SPF)$/, "");
  const days = daysOf(one, sender);
  const today = days.get(day);
  const home = homes.homes.find((it) => it.sender === sender);
  const haveReported = incident.seenBy.every((reporter) => upToDate.has(reporter));
  const good = (isGood: boolean): Health["state"] => (isGood && haveReported ? "good" : "seen");
  const weekly = home !== undefined && isWeekly(home.volumes) ? weeklyRecoveryDays : recoveryDays;
  return { state: stateOf(), recoveryDays: weekly };

  function stateOf(): Health["state"] {
    switch (rule) {
      case "sender-fails":
      case "threshold":
        if (today === undefined || today.messages === 0) return "silent";
        return good(today.failed < wellShare * today.messages);
      case "key-broken":
      case "dns":
        return one.reporters.has(day) ? good(!isBroken(one, subject, day)) : "silent";
      case "leg-lost":
        if (today === undefined || today.messages === 0) return "silent";
        return good(!isLegLost(days, subject.endsWith(" DKIM") ? "byDkim" : "bySpf", day));
      case "stopped":
        return (home?.share ?? 0) >= backShare ? "good" : "silent";
      case "leapt":
        return today === undefined ? "silent" : "good";
      case "no-report":
        return one.reporters.has(day) ? "good" : "silent";
      case "unknown-sender":
        return today !== undefined && today.unknown > 0 ? "seen" : "silent";
      case "policy-weakened":
      case "spoofing-delivered":
      case "parked-sends":
      case "reporter-silent":
      case "reporter-unverified":
        return "silent";
      default:
        return rule satisfies never;
    }
  }
}

function isBroken(one: RuleDomain, name: string, day: string): boolean {
  return one.brokenOn(day).some(({ broken }) => broken?.names.includes(name) === true);
}
