import { dayAfter, daysFrom, daysUpTo } from "../../history/dates.ts";
import { type Health, type Incident, recoveryDays, senderOfSubject } from "../incidents/incidents.ts";
import type { SenderLine } from "../window/window.ts";
import { isPolicyRestored, policyDays, seenPolicy } from "./domain-rules.ts";
import type { RuleDomain } from "./rule-domains.ts";
import { daysOf, type JudgedLine } from "./sender-days.ts";
import { isSenderWell } from "./sender-rules.ts";
import { isWithinThresholds, type Thresholds } from "./thresholds.ts";
import { type HomesOfDay, isWeeklySender, shareAt } from "./volume-rules.ts";

const weeklyRecoveryDays = 2;
/** A stop is over when so much of the usual volume is back. */
const backShare = 0.5;

/** What a day without a finding shows of an incident. */
export function healthOf(
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
  const senders = incident.senders ?? [sender];
  const today = one.sendersOn(day).get(sender);
  const good = (isGood: boolean): Health["state"] => (isGood && isSeenByAll ? "good" : "seen");
  const sending = senders.filter((name) => (one.sendersOn(day).get(name)?.messages ?? 0) > 0);
  return {
    state: stateOf(),
    recoveryDays: senders.every((name) => isWeeklySender(one.daysOf(name), day)) ? weeklyRecoveryDays : recoveryDays,
  };

  function hasLeg(name: string): boolean {
    const ofDay = one.sendersOn(day).get(name);
    return ofDay !== undefined && ofDay[subject.endsWith(" DKIM") ? "byDkim" : "bySpf"] * 2 >= ofDay.messages;
  }

  function stateOf(): Health["state"] {
    switch (rule) {
      case "threshold": {
        const isWithin = isWithinThresholds(one, { day, thresholds });
        return isWithin === undefined ? "silent" : good(isWithin);
      }
      case "sender-fails":
        if (sending.length === 0) return "silent";
        return good(
          sending.every((name) => isSenderWell({ days: daysOf(one.sendersOn, name), day, usual: incident.usual })),
        );
      case "key-broken":
      case "dns":
        if (isBroken(one, subject, day)) return "seen";
        return passesAgain(one, { incident, day }) ? good(true) : "silent";
      case "leg-lost":
        if (sending.length === 0) return "silent";
        // What is lost for weeks becomes usual, and is not well by that.
        return good(sending.every(hasLeg));
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
        const before = daysUpTo(dayAfter(incident.since, -1), policyDays);
        const pairs = [...before, ...daysFrom(incident.since, day)].flatMap(one.pairsOn);
        const seen = pairs.filter((pair) => pair.domain === subject).map(seenPolicy);
        const isRestored = isPolicyRestored(seen, { day, since: incident.since });
        return isRestored === undefined ? "silent" : good(isRestored);
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
  const { senders = [] } = incident;
  // What others pass on by it may have been sent before.
  const passesBy = ({ sender, evidence }: SenderLine): boolean =>
    (senders.length === 0 || senders.includes(sender)) &&
    evidence.keys.some(({ key, result }) => key === subject && result === "pass");
  if (one.seenOn(day).some(passesBy)) return true;
  const wayOf = ({ sender, stream }: JudgedLine): string => `${sender} ${stream}`;
  const failed = new Set(one.brokenOn(incident.lastBad).filter(isOfRecord(subject)).map(wayOf));
  return one
    .linesOn(day)
    .some((line) => line.isOwnPass && (subject === "SPF" || line.byDkim) && failed.has(wayOf(line)));
}
