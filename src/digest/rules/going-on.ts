import { isOwnFailure, type RuleFinding, sendersOf } from "../incidents/incidents.ts";
import { within } from "../window/window.ts";
import type { KnownBefore } from "./known-before.ts";
import type { RuleDomain } from "./rule-domains.ts";
import { isHeldAt } from "./sender-rules.ts";

/** What goes on failing is so large a part of the most that failed on one of the days before. */
const goingOnShare = 0.5;

/**
 * The findings of a domain and day, with own mail that goes on failing though it passed so long ago that its sender is nobody's by
 * now: an open incident says whose it is, as long as nothing of the sender has passed since. About such a sender nobody is asked.
 */
export function withGoingOn(
  findings: readonly RuleFinding[],
  { sendersOn, daysOf }: Pick<RuleDomain, "sendersOn" | "daysOf">,
  { day, known }: { day: string; known: Pick<KnownBefore, "ofSenders"> },
): RuleFinding[] {
  const told = new Set(findings.filter(({ key }) => isOwnFailure(key.rule)).flatMap(sendersOf));
  const goingOn = known.ofSenders.flatMap((incident): RuleFinding[] => {
    const { key, since, badDays } = incident;
    const senders = sendersOf(incident);
    if (!isOwnFailure(key.rule) || senders.some((sender) => told.has(sender))) return [];
    const isGone = (sender: string): boolean => within(daysOf(sender), since, day).every(({ passed }) => passed === 0);
    let [messages, held] = [0, 0];
    for (const sender of senders.filter(isGone)) {
      const today = sendersOn(day).get(sender);
      messages += today?.unknown ?? 0;
      held += today?.unknownHeld ?? 0;
    }
    // Few may be anybody's, in the network that a server has left.
    if (badDays.length === 0 || messages < goingOnShare * Math.max(1, ...badDays.map((bad) => bad.messages))) return [];
    const level = isHeldAt({ messages, failed: messages, held }) ? "act" : "look";
    return [{ key, level, messages, opensAtOnce: true, seenBy: [], senders }];
  });
  const asked = new Set(goingOn.flatMap(sendersOf));
  const others = findings.filter(({ key }) => key.rule !== "unknown-sender" || !asked.has(key.subject));
  return [...others, ...goingOn];
}
