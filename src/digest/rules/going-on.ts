import { daysUpTo } from "../../history/dates.ts";
import { sumOf } from "../../history/lists.ts";
import { isOwnFailure, type RuleFinding, sendersOf } from "../incidents/incidents.ts";
import { within } from "../window/window.ts";
import type { KnownBefore } from "./known-before.ts";
import type { RuleDomain } from "./rule-domains.ts";
import type { SenderDay } from "./sender-days.ts";
import { isHeldAt } from "./sender-rules.ts";

/**
 * What goes on failing is so large a part of what failed before, on average of the days of a week on which there was any: fewer messages may be
 * anybody's, in the network that a server has left.
 */
const goingOnAs = { share: 0.3, days: 7 };

/**
 * The findings of a domain and day, with own mail that goes on failing though it passed so long ago that its sender is nobody's by
 * now: an open incident says whose it is, as long as nothing of the sender has passed since. About such a sender nobody is asked.
 */
export function withGoingOn(
  findings: readonly RuleFinding[],
  { sendersOn, daysOf }: Pick<RuleDomain, "sendersOn" | "daysOf">,
  { day, known }: { day: string; known: Pick<KnownBefore, "ofSenders" | "stopped"> },
): RuleFinding[] {
  const told = new Set(findings.filter(({ key }) => isOwnFailure(key.rule)).flatMap(sendersOf));
  const isGone = (sender: string, since: string): boolean =>
    within(daysOf(sender), since, day).every(({ passed }) => passed === 0);
  const open = [...known.ofSenders, ...known.stopped].flatMap((incident) => {
    const senders = sendersOf(incident).filter((sender) => isGone(sender, incident.since));
    const isTold = !isOwnFailure(incident.key.rule) || sendersOf(incident).some((sender) => told.has(sender));
    return isTold || senders.length === 0 ? [] : { ...incident, senders };
  });
  const goingOn = open.flatMap(({ key, badDays, senders }): RuleFinding[] => {
    const failedOn = (of: string): number => sumOf(senders, (sender) => failedIn(sendersOn(of).get(sender)));
    const lately = meanOf(daysUpTo(day, goingOnAs.days).map(failedOn));
    const messages = failedOn(day);
    if (messages === 0 || badDays.length === 0 || lately < goingOnAs.share * meanOf(badDays.map((bad) => bad.messages)))
      return [];
    const held = sumOf(senders, (sender) => heldIn(sendersOn(day).get(sender)));
    const level = isHeldAt({ messages, failed: messages, held }) ? "act" : "look";
    return [{ key, level, messages, opensAtOnce: true, seenBy: [], senders }];
  });
  const answered = new Set(goingOn.flatMap(sendersOf));
  const others = findings.filter(({ key }) => key.rule !== "unknown-sender" || !answered.has(key.subject));
  return [...others, ...goingOn];
}

/** The average of the days on which there were any. */
function meanOf(messages: readonly number[]): number {
  const some = messages.filter((count) => count > 0);
  return sumOf(some, (count) => count) / Math.max(1, some.length);
}

/** Messages of a sender that failed, whosever they are taken for by now, and those of them that were kept from the inbox. */
function failedIn(of: SenderDay | undefined): number {
  return of === undefined ? 0 : of.failed + of.unknown + of.spoofed;
}

function heldIn(of: SenderDay | undefined): number {
  return of === undefined ? 0 : of.held + of.unknownHeld + of.spoofed - of.spoofedDelivered;
}
