import { dayAfter, daysFrom, daysUpTo } from "../../history/dates.ts";
import { compareText, countBy, groupBy, sumOf } from "../../history/lists.ts";
import { isNetwork } from "../../report/source/source.ts";
import {
  type IncidentKey,
  idOf,
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

/** A host that fails within so many days of another fails of the same cause: each is judged over as many. */
const sameCauseDays = 7;
/** The days that say which host sends most; reports about them have come. */
const usualDays = { count: 28, before: 8 };

interface Judged {
  day: string;
  sendersOn: SendersOn;
  known: Pick<KnownBefore, "ofSenders">;
}

/**
 * The findings of a domain and day, with one for all hosts that fail alike: a host is known by its network alone, a provider has
 * dozens of these, and all of them fail when its include is gone.
 */
export function joinedHosts(findings: readonly RuleFinding[], { day, sendersOn, known }: Judged): RuleFinding[] {
  const hosts = findings
    .filter(({ key }) => isOfHost(key))
    .sort((a, b) => b.messages - a.messages || compareKeys(a, b));
  if (hosts.length === 0) return [...findings];
  const incidents = known.ofSenders.filter(({ key }) => isOfHost(key));
  const recent = incidents.filter(({ since }) => since >= dayAfter(day, -sameCauseDays));
  const opened: RuleFinding[] = [];
  const named = hosts.map((finding) => {
    const { subject } = finding.key;
    const alike = (some: readonly Failing[]): Failing[] => some.filter((one) => failsAlike(one, finding));
    const begun = recent.filter(({ since }) => !hasPassedSince(finding, { day, since, sendersOn }));
    const [first] = [
      ...alike(incidents.filter(({ key }) => key.subject === subject)),
      ...alike(incidents.filter(({ senders }) => senders?.includes(senderOfSubject(subject)))),
      ...alike([...begun, ...opened]),
    ];
    if (first === undefined) opened.push(finding);
    return { finding, key: first?.key ?? finding.key };
  });
  const ids = new Set(incidents.map(({ key }) => idOf(key)));
  const joined = [...groupBy(named, ({ key }) => idOf(key))].map(([id, group]): RuleFinding[] => {
    const all = group.map(({ finding }) => finding);
    const [first] = group;
    if (first === undefined || (all.length === 1 && id === idOf(first.finding.key))) return all;
    const key = ids.has(id) ? first.key : { ...first.key, subject: subjectFor(all, { day, sendersOn, ids }) };
    return [asOne(key, all)];
  });
  return [...findings.filter(({ key }) => !isOfHost(key)), ...joined.flat()];
}

type Failing = Pick<RuleFinding, "key" | "senders" | "usual">;

function isOfHost({ rule, subject }: IncidentKey): boolean {
  return (rule === "sender-fails" || rule === "leg-lost") && isNetwork(senderOfSubject(subject));
}

function compareKeys(a: RuleFinding, b: RuleFinding): number {
  return compareText(a.key.subject, b.key.subject);
}

/** Whether a stream fails at both, or the same leg is lost. */
function failsAlike(a: Failing, b: RuleFinding): boolean {
  if (a.key.rule !== b.key.rule) return false;
  if (a.key.rule === "leg-lost") return legOf(a.key) === legOf(b.key);
  return a.usual?.some(({ stream }) => b.usual?.some((other) => other.stream === stream)) === true;
}

/** Whether mail of a host still passed in the way that fails now once others had failed, and receivers had forgotten the old record. */
function hasPassedSince(
  { key, usual = [] }: RuleFinding,
  { day, since, sendersOn }: Pick<Judged, "day" | "sendersOn"> & { since: string },
): boolean {
  const passes = ({ stream, isOwnPass, byDkim, bySpf }: JudgedLine): boolean => {
    if (key.rule === "leg-lost") return legOf(key) === " DKIM" ? byDkim : bySpf;
    return isOwnPass && usual.some((one) => one.stream === stream);
  };
  return daysFrom(dayAfter(since, 2), dayAfter(day, -1)).some((one) =>
    sendersOn(one).get(senderOfSubject(key.subject))?.own.some(passes),
  );
}

function legOf({ subject }: IncidentKey): string {
  return subject.slice(senderOfSubject(subject).length);
}

/**
 * What several hosts are known by: the one that usually sends most in this way, be it among them or not. Which of them are seen to
 * fail hangs on the reports that have come.
 */
function subjectFor(
  findings: readonly RuleFinding[],
  { day, sendersOn, ids }: Pick<Judged, "day" | "sendersOn"> & { ids: ReadonlySet<string> },
): string {
  const [first] = findings;
  if (first === undefined) return "";
  const streams = new Set(findings.flatMap(({ usual = [] }) => usual.map(({ stream }) => stream)));
  const sent = daysUpTo(dayAfter(day, -usualDays.before), usualDays.count).flatMap((one) =>
    [...sendersOn(one)].flatMap(([sender, { own }]) =>
      isNetwork(sender) ? own.map(({ stream, messages }) => ({ sender, stream, messages })) : [],
    ),
  );
  const usual = countBy(
    sent.filter(({ stream }) => streams.size === 0 || streams.has(stream)),
    ({ sender }) => `${sender}${legOf(first.key)}`,
    ({ messages }) => messages,
  );
  const isFree = (subject: string): boolean => !ids.has(idOf({ ...first.key, subject }));
  return usual.find(({ name }) => isFree(name))?.name ?? first.key.subject;
}

function asOne(key: IncidentKey, all: readonly RuleFinding[]): RuleFinding {
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
    const { key, since } = incident;
    const senders = sendersOf(incident);
    if (!isOwnFailure(key.rule) || senders.some((sender) => told.has(sender))) return [];
    const isGone = (sender: string): boolean => within(daysOf(sender), since, day).every(({ passed }) => passed === 0);
    let [messages, held] = [0, 0];
    for (const sender of senders.filter(isGone)) {
      const today = sendersOn(day).get(sender);
      messages += today?.unknown ?? 0;
      held += today?.unknownHeld ?? 0;
    }
    if (messages === 0) return [];
    const level = isHeldAt({ messages, failed: messages, held }) ? "act" : "look";
    return [{ key, level, messages, opensAtOnce: true, seenBy: [], senders }];
  });
  const asked = new Set(goingOn.flatMap(sendersOf));
  const others = findings.filter(({ key }) => key.rule !== "unknown-sender" || !asked.has(key.subject));
  return [...others, ...goingOn];
}
