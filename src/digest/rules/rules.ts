import { dayAfter } from "../../history/dates.ts";
import type { Health, Incident, RuleFinding } from "../incidents/incidents.ts";
import { median } from "../window/window.ts";
import { noReports, parkedSends, policyWeakened } from "./domain-rules.ts";
import type { RuleDomain } from "./rule-domains.ts";
import { type JudgedLine, type SenderDays, senderDaysOf } from "./sender-days.ts";
import { brokenKeys, isLegLost, legsLost, senderFails, spoofingDelivered, unknownSenders } from "./sender-rules.ts";
import { shareOfUsual } from "./volume.ts";
import { type HomesOfDay, homesLeapt, homesStopped, isWeeklySender, sharesOfUsual, volumesOf } from "./volume-rules.ts";

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

/** One domain with its senders by day. */
interface Known extends RuleDomain {
  senders: SenderDays;
  linesByDay: ReadonlyMap<string, readonly JudgedLine[]>;
  firstDay: string;
}

/** The rules of own mail, over all domains together: what happens to all of them at once is no incident of one. */
export function makeRules(domains: readonly RuleDomain[]): Rules {
  const known = new Map(domains.map((one) => [one.domain, knownOf(one)]));
  const spoken = reportersUpToDate(domains);
  const homesOf = (one: Known, day: string): HomesOfDay => ({
    domain: one.domain,
    day,
    senders: one.senders,
    homes: one.homesOn(day),
    upToDate: spoken(day),
  });
  const isReported = (day: string, domain: string): boolean =>
    domains.some((one) => one.domain !== domain && one.reporters.has(day));

  return {
    findingsOn(day, isSettled) {
      const shares = isSettled ? [...known.values()].flatMap((one) => sharesOfUsual(homesOf(one, day))) : [];
      const usualFall = shares.length < fewestHomes ? 1 : (median(shares) ?? 1);
      return [...known.values()].flatMap((one) => {
        const early = [...ownMailFails(one, day, isSettled)];
        if (!isSettled) return early;
        const isKnown = day >= dayAfter(one.firstDay, learningDays);
        return [...early, ...settledFindings(one, day), ...(isKnown ? usualFindings(one, day) : [])];

        function usualFindings(of: Known, ofDay: string): RuleFinding[] {
          const homes = homesOf(of, ofDay);
          return [
            ...eachSender(of, ofDay, isSettled).flatMap(legsLost),
            ...homesStopped(homes, usualFall),
            ...homesLeapt(homes),
            ...unknownSenders(of.senders, { domain: of.domain, day: ofDay }),
            ...noReports(new Set(of.reporters.keys()), {
              domain: of.domain,
              day: ofDay,
              lateDays: of.lateDays,
              isReported: (one) => isReported(one, of.domain),
            }),
          ];
        }
      });
    },
    healthOn(day, incident) {
      const one = known.get(incident.key.domain);
      if (one === undefined) return { state: "silent", recoveryDays };
      return healthOf(one, { day, incident, homes: homesOf(one, day) });
    },
  };
}

function knownOf(domain: RuleDomain): Known {
  const linesByDay = new Map<string, JudgedLine[]>();
  for (const line of domain.lines) {
    const ofDay = linesByDay.get(line.day);
    if (ofDay === undefined) linesByDay.set(line.day, [line]);
    else ofDay.push(line);
  }
  const firstDay = [...domain.reporters.keys()].sort()[0] ?? "9999-12-31";
  return { ...domain, linesByDay, senders: senderDaysOf(domain.lines), firstDay };
}

/** Reporters that have reported a day, or a later one, for any domain. */
function reportersUpToDate(domains: readonly RuleDomain[]): (day: string) => ReadonlySet<string> {
  const lastDays = new Map<string, string>();
  for (const { reporters } of domains) {
    for (const [day, names] of reporters) {
      for (const name of names) if (day > (lastDays.get(name) ?? "")) lastDays.set(name, day);
    }
  }
  return (day) => new Set([...lastDays].flatMap(([name, last]) => (last >= day ? name : [])));
}

function eachSender(one: Known, day: string, isSettled: boolean) {
  return Array.from(one.senders, ([sender, days]) => ({ domain: one.domain, sender, days, day, isSettled }));
}

/** What counts alone show: it need not wait for the day to be due. */
function ownMailFails(one: Known, day: string, isSettled: boolean): RuleFinding[] {
  const broken = brokenKeys(one.linesByDay.get(day) ?? [], {
    domain: one.domain,
    lastPassed: (name) => one.lastPassed(name, day),
    isSettled,
  });
  return [...broken, ...eachSender(one, day, isSettled).flatMap(senderFails)];
}

function settledFindings(one: Known, day: string): RuleFinding[] {
  const { domain, senders, firstDay } = one;
  const weakened = [...one.policies].flatMap(([policyDomain, seen]) => policyWeakened(policyDomain, seen, day));
  return [
    ...weakened.map((finding) => ({ ...finding, key: { ...finding.key, domain, subject: finding.key.domain } })),
    ...spoofingDelivered(senders, { domain, day }),
    ...parkedSends(senders, { domain, day, firstDay }),
  ];
}

const recoveryDays = 3;
const weeklyRecoveryDays = 2;
/** Half of the limits by which a sender fails. */
const wellShare = 0.25;
/** A stop is over when so much of the usual volume is back. */
const backShare = 0.5;

function healthOf(
  one: Known,
  { day, incident, homes }: { day: string; incident: Incident; homes: HomesOfDay },
): Health {
  const { rule, subject } = incident.key;
  const days = one.senders.get(subject.replace(/ (DKIM|SPF)$/, ""));
  const today = days?.get(day);
  const haveReported = incident.seenBy.every((reporter) => homes.upToDate.has(reporter));
  const good = (isGood: boolean): Health["state"] => (isGood && haveReported ? "good" : "seen");
  const weekly = days !== undefined && isWeeklySender(days, homes) ? weeklyRecoveryDays : recoveryDays;
  return { state: stateOf(), recoveryDays: weekly };

  function stateOf(): Health["state"] {
    switch (rule) {
      case "sender-fails":
      case "threshold":
        if (today === undefined || today.messages === 0) return "silent";
        return good(today.failed < wellShare * today.messages);
      case "key-broken":
      case "dns":
        return one.linesByDay.has(day) ? good(!isBroken(one, subject, day)) : "silent";
      case "leg-lost":
        if (today === undefined || today.messages === 0) return "silent";
        return good(!isLegLost(days ?? new Map(), subject.endsWith(" DKIM") ? "byDkim" : "bySpf", day));
      case "stopped":
        return days !== undefined && (shareOfUsual(volumesOf(days, homes)) ?? 0) >= backShare ? "good" : "silent";
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

function isBroken(one: Known, name: string, day: string): boolean {
  return (one.linesByDay.get(day) ?? []).some(({ broken }) => broken?.names.includes(name) === true);
}
