import { dayAfter, daysFrom, daysUpTo } from "../../history/dates.ts";
import { compareText, entryIn, groupBy, sumOf } from "../../history/lists.ts";
import {
  type IncidentKey,
  idOf,
  isOfHost,
  isOwnFailure,
  type RuleFinding,
  senderOfSubject,
  sendersOf,
} from "../incidents/incidents.ts";
import { within } from "../window/window.ts";
import type { KnownBefore } from "./known-before.ts";
import type { RuleDomain } from "./rule-domains.ts";
import type { JudgedLine, SendersOn } from "./sender-days.ts";
import { isHeldAt } from "./sender-rules.ts";

/** So many hosts that begin to fail alike on one day are a provider's; fewer may be servers that fail each by itself. */
const fewestHosts = 5;
/** Another host of the provider fails within so many days, since each is judged over as many; and has less than such a part of what all have. */
const straggling = { days: 7, share: 0.3 };
/** What goes on failing is so large a part of the most that failed on one of the days before. */
const goingOnShare = 0.5;
/** The days that say which host sends most; reports about them have come. */
const usualDays = { count: 28, before: 8 };

/** A day of a domain, and what is known of its senders. */
interface Judged {
  /** `YYYY-MM-DD` */
  day: string;
  sendersOn: SendersOn;
  known: Pick<KnownBefore, "ofSenders">;
}

type Known = KnownBefore["ofSenders"][number];

/**
 * The findings of a domain and day, with one for the hosts of a provider that fail alike: each is known by its network alone, there
 * are dozens of these, and all of them fail when the provider's include is gone. It bears the name of one that fails.
 */
export function joinedHosts(findings: readonly RuleFinding[], judged: Judged): RuleFinding[] {
  const hosts = findings.filter(({ key }) => isOfHost(key));
  if (hosts.length === 0) return [...findings];
  const incidents = judged.known.ofSenders.filter(({ key }) => isOfHost(key));
  const ofIncident = new Map<Known, RuleFinding[]>();
  const begun: RuleFinding[] = [];
  for (const finding of hosts) {
    const incident = incidentOf(finding, incidents, judged);
    if (incident === undefined) begun.push(finding);
    else entryIn(ofIncident, incident, () => []).push(finding);
  }
  const alone = begun.filter((finding) => {
    const provider = incidents.find((one) => isStraggler(finding, one, ofIncident.get(one) ?? [], judged));
    if (provider !== undefined) entryIn(ofIncident, provider, () => []).push(finding);
    return provider === undefined;
  });
  const opened = [...groupBy(alone, likeness).values()].flatMap((alike) =>
    alike.length < fewestHosts ? alike : [asOne(usuallyLargest(alike, judged).key, alike)],
  );
  const goingOn = Array.from(ofIncident, ([{ key }, all]) => asOne(key, all));
  return [...findings.filter(({ key }) => !isOfHost(key)), ...goingOn, ...opened];
}

/** The incident that bears the name of a host, or that it belongs to, unless its mail has passed since. */
function incidentOf(finding: RuleFinding, incidents: readonly Known[], judged: Judged): Known | undefined {
  const sender = senderOfSubject(finding.key.subject);
  return (
    incidents.find(({ key }) => idOf(key) === idOf(finding.key)) ??
    incidents.find(
      (one) => one.senders?.includes(sender) && failsAlike(one, finding) && !hasPassedSince(finding, one, judged),
    )
  );
}

/** Whether a host belongs to a provider that has failed for a few days: it has few messages, and took longer to show it. */
function isStraggler(finding: RuleFinding, incident: Known, found: readonly RuleFinding[], judged: Judged): boolean {
  const { senders = [], since, lastMessages } = incident;
  return (
    senders.length >= fewestHosts &&
    since >= dayAfter(judged.day, -straggling.days) &&
    finding.messages <
      straggling.share *
        Math.max(
          lastMessages,
          sumOf(found, ({ messages }) => messages),
        ) &&
    failsAlike(incident, finding) &&
    !hasPassedSince(finding, incident, judged)
  );
}

/** Whether a stream fails at both, or the same leg is lost by the same key. */
function failsAlike(a: Known, b: RuleFinding): boolean {
  if (a.key.rule !== b.key.rule) return false;
  if (a.key.rule === "leg-lost") return likeness(a) === likeness(b);
  return a.usual?.some(({ stream }) => b.usual?.some((other) => other.stream === stream)) === true;
}

/** Equal for hosts that fail alike on one day. */
function likeness({
  key: { rule, subject },
  usual = [],
  lostKey,
}: Pick<RuleFinding, "key" | "usual" | "lostKey">): string {
  const leg = subject.slice(senderOfSubject(subject).length);
  return JSON.stringify([rule, rule === "leg-lost" ? [leg, lostKey?.key] : usual.map(({ stream }) => stream).sort()]);
}

/** Whether mail of a host still passed in the way that fails now once others had failed, and receivers had forgotten the old record. */
function hasPassedSince({ key, usual = [] }: RuleFinding, { since }: Known, { day, sendersOn }: Judged): boolean {
  const passes = ({ stream, isOwnPass, byDkim, bySpf }: JudgedLine): boolean => {
    if (key.rule === "leg-lost") return key.subject.endsWith(" DKIM") ? byDkim : bySpf;
    return isOwnPass && usual.some((one) => one.stream === stream);
  };
  return daysFrom(dayAfter(since, 2), dayAfter(day, -1)).some((one) =>
    sendersOn(one).get(senderOfSubject(key.subject))?.own.some(passes),
  );
}

/** The host that usually sends most: which of them are seen to fail most hangs on the reports that have come. */
function usuallyLargest(findings: readonly RuleFinding[], { day, sendersOn }: Judged): RuleFinding {
  const days = daysUpTo(dayAfter(day, -usualDays.before), usualDays.count);
  const sent = ({ key }: RuleFinding): number =>
    sumOf(days, (one) => sendersOn(one).get(senderOfSubject(key.subject))?.messages ?? 0);
  const [first] = findings
    .map((finding) => ({ finding, messages: sent(finding) }))
    .sort((a, b) => b.messages - a.messages || compareText(a.finding.key.subject, b.finding.key.subject));
  if (first === undefined) throw new RangeError("There is no finding.");
  return first.finding;
}

/** One finding for those of one incident, under its key. */
function asOne(key: IncidentKey, all: readonly RuleFinding[]): RuleFinding {
  const [only] = all;
  if (only !== undefined && all.length === 1 && idOf(only.key) === idOf(key)) return only;
  const usual = all.flatMap((one) => one.usual ?? []);
  const [lostKey] = all.flatMap((one) => one.lostKey ?? []);
  return {
    key,
    level: all.some(({ level }) => level === "act") ? "act" : "look",
    messages: sumOf(all, ({ messages }) => messages),
    opensAtOnce: all.some(({ opensAtOnce }) => opensAtOnce),
    seenBy: [...new Set(all.flatMap(({ seenBy }) => seenBy))],
    senders: all.map((one) => senderOfSubject(one.key.subject)),
    ...(lostKey && { lostKey }),
    ...(usual.length > 0 && { usual: [...new Map(usual.map((one) => [one.stream, one])).values()] }),
  };
}

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
