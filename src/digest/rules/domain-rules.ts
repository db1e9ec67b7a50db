import { dayAfter, daysFrom, daysUpTo } from "../../history/dates.ts";
import { type SeenPolicy, seenPolicyIn } from "../../history/index/index.ts";
import { compareText, groupBy, sumOf } from "../../history/lists.ts";
import { lookFinding, type RuleFinding } from "../incidents/incidents.ts";
import { knownDays } from "../senders/senders.ts";
import type { WindowPair } from "../window/window.ts";
import type { SendersOn } from "./sender-days.ts";

/** The policy that one reporter saw for a policy domain on one day. */
export interface SeenPolicyOn extends SeenPolicy {
  day: string;
  reporter: string;
}

/** The policy in what a reporter said of a domain. */
export function seenPolicy({ day, reporter, policy }: Pick<WindowPair, "day" | "reporter" | "policy">): SeenPolicyOn {
  return { day, reporter, ...seenPolicyIn(policy) };
}

/** What a policy can ask for, the least first. */
const policyWords = ["none", "quarantine", "reject"];

/** A policy is believed when two reporters saw it, or one on two days. */
const believed = { reporters: 2, days: 2 };
/** What was seen longer ago says nothing of what holds. */
export const policyDays = 14;

/**
 * Whether a policy has become weaker: what a reporter sees on the day, against what the same one mostly saw before, since others
 * write the same policy in another way. Two reporters have to see it, or one on two days.
 *
 * @param seen - By all reporters that count, for one policy domain, in their order; what they saw longer ago than in four weeks is left out.
 */
export function policyWeakened(domain: string, seen: readonly SeenPolicyOn[], day: string): RuleFinding[] {
  const weaker = weakerOn(seen, day);
  if (weaker.length === 0) return [];
  const earlier = daysUpTo(dayAfter(day, -1), policyDays).flatMap((one) => weakerOn(seen, one));
  // What one reporter leaves out another one may say: each is compared with itself, where it has seen it before.
  const isFurther = weaker.some((one) => {
    const own = earlier.filter(({ reporter }) => reporter === one.reporter);
    return (own.length > 0 ? own : earlier).every((other) => isWeaker(one, other));
  });
  const seenBy = [...new Set(weaker.map(({ reporter }) => reporter))];
  return [{ ...lookFinding("policy-weakened", { domain, seenBy }), ...(isFurther && { isFurther }) }];
}

/** What reporters saw on a day that is weaker than before; nothing where it is not to be believed. */
function weakerOn(seen: readonly SeenPolicyOn[], day: string): SeenPolicyOn[] {
  const recent = seen.filter((one) => one.day <= day && one.day > dayAfter(day, -policyDays));
  const weaker = [...groupBy(recent, ({ reporter }) => reporter).values()].flatMap((ofOne) => {
    const before = mostSeen(ofOne.filter((one) => one.day < day));
    return before === undefined ? [] : ofOne.filter((one) => isWeaker(one, before));
  });
  const today = weaker.filter((one) => one.day === day);
  const reporters = new Set(today.map(({ reporter }) => reporter));
  const isSeenTwice = weaker.some(
    (one) => one.day < day && one.day >= dayAfter(day, -believed.days) && reporters.has(one.reporter),
  );
  return reporters.size >= believed.reporters || isSeenTwice ? today : [];
}

/**
 * Whether a policy that was weakened is what it was before again, or stronger, as most reporters of a day see it; `undefined` where
 * none of them saw it on the day and before.
 *
 * @param since - The day on which it was weakened.
 */
export function isPolicyRestored(
  seen: readonly SeenPolicyOn[],
  { day, since }: { day: string; since: string },
): boolean | undefined {
  const restored = [...groupBy(seen, ({ reporter }) => reporter).values()].flatMap((ofOne) => {
    const before = mostSeen(ofOne.filter((one) => one.day < since && one.day > dayAfter(since, -policyDays)));
    const now = mostSeen(ofOne.filter((one) => one.day === day));
    // Who never saw the weaker one says nothing of its end.
    const hasSeen = before !== undefined && ofOne.some((one) => one.day >= since && isWeaker(one, before));
    return hasSeen && now ? !isWeaker(now, before) : [];
  });
  return restored.length === 0 ? undefined : restored.filter(Boolean).length * 2 > restored.length;
}

/** The policy that most reports saw. */
function mostSeen(seen: readonly SeenPolicyOn[]): SeenPolicyOn | undefined {
  const groups = [...groupBy(seen, policyKey)];
  return groups.sort(([a, ofA], [b, ofB]) => ofB.length - ofA.length || compareText(a, b))[0]?.[1][0];
}

function policyKey(policy: SeenPolicyOn): string {
  return Object.values(meaning(policy)).join(" ");
}

function meaning({ p, sp = p, np = sp, pct = 100, t = "n" }: SeenPolicyOn) {
  return { p, sp, np, pct, t };
}

/** Whether a policy asks for less than another for mail of the domain itself; or in another part, and for more in none. */
function isWeaker(policy: SeenPolicyOn, before: SeenPolicyOn): boolean {
  const [now, then] = [meaning(policy), meaning(before)];
  // RFC 9989 has no pct, and RFC 7489 neither np nor t: what a reporter leaves out says nothing where its format may not have it.
  const isPctSaid = policy.pct !== undefined && before.pct !== undefined;
  const areNewSaid = hasNewTags(policy) && hasNewTags(before);
  const words = [now.p, then.p, now.sp, then.sp, now.np, then.np].map((word) => policyWords.indexOf(word));
  if (words.includes(-1)) return false;
  const [p = 0, pThen = 0, sp = 0, spThen = 0, np = 0, npThen = 0] = words;
  const steps = [
    p - pThen,
    sp - spThen,
    areNewSaid ? np - npThen : 0,
    isPctSaid ? now.pct - then.pct : 0,
    areNewSaid ? Number(then.t === "y") - Number(now.t === "y") : 0,
  ];
  return p < pThen || (steps.some((step) => step < 0) && steps.every((step) => step <= 0));
}

/** Whether a reporter writes np and t where there are any: one that says pct and neither of them reports by RFC 7489. */
function hasNewTags({ pct, np, t }: SeenPolicyOn): boolean {
  return pct === undefined || np !== undefined || t !== undefined;
}

/** Own mail of a domain that passed on a day, in messages. */
type PassedOn = (day: string) => number;

/** A domain that may be parked, on a day. */
interface MaybeParked {
  domain: string;
  day: string;
  /** The first day of which the history knows a report for the domain. */
  firstDay: string;
  /** What a person has said. */
  role?: "sends" | "parked" | undefined;
}

/** Whether a domain sends nothing: by what a person has said, else when nothing passed in the 90 days before. */
export function isParked(passedOn: PassedOn, { day, firstDay, role }: Omit<MaybeParked, "domain">): boolean {
  if (role !== undefined) return role === "parked";
  return firstDay <= dayAfter(day, -knownDays) && hasNotPassed(passedOn, day);
}

/** Whether nothing has passed in the 90 days before a day. */
export function hasNotPassed(passedOn: PassedOn, day: string): boolean {
  // Of nearly all domains something passed the day before.
  return daysUpTo(dayAfter(day, -1), knownDays)
    .reverse()
    .every((one) => passedOn(one) === 0);
}

/**
 * A parked domain of which mail passes: somebody has begun to send with it. Of a domain that is said to be parked, all mail
 * that passes is found.
 */
export function parkedSends(passedOn: PassedOn, { domain, ...judged }: MaybeParked): RuleFinding[] {
  const messages = passedOn(judged.day);
  return messages > 0 && isParked(passedOn, judged) ? [lookFinding("parked-sends", { domain, messages })] : [];
}

/** A domain is reported regularly when it was on so many of the 28 days before. */
const regularDays = { of: 28, fewest: 20 };
/**
 * So many days without any report at the least, the judged one included, beside those that its reporters usually take; as many
 * more as it takes until chance is no reason, since nobody reports a domain of which nobody had mail.
 */
const silent = { days: 2, chance: 0.002 };

/**
 * After how many days without a report it is no chance that none has come, beside those that reports take.
 *
 * @param regular - Days with a report, of the 28 before.
 */
export function daysUntilSilent(regular: number): number {
  const chance = 1 - (regular + 1) / (regularDays.of + 2);
  return Math.max(silent.days, Math.ceil(Math.log(silent.chance) / Math.log(chance)));
}

/** A domain that may be silent. */
interface SilentDomain {
  domain: string;
  day: string;
  /** Days that its usual reporters take at the longest, beyond those after which a day is due; by the days up to one. */
  lateDays: (day: string) => number;
  /** Whether there is a report of a day for another domain of ours. */
  isReported: (day: string) => boolean;
}

/**
 * A domain of which nobody reports any more, while others are reported: its record is gone, its `rua` is broken, or it sends
 * nothing.
 *
 * @param reported - The days of which there is a report for the domain.
 */
export function noReports(
  reported: Pick<ReadonlySet<string>, "has">,
  { domain, day, lateDays, isReported }: SilentDomain,
): RuleFinding[] {
  if (reported.has(day)) return [];
  // While it lasts it is judged by the days before it began.
  let last = dayAfter(day, -1);
  for (let back = 2; !reported.has(last); back += 1) {
    if (back > knownDays) return [];
    last = dayAfter(day, -back);
  }
  const days = daysFrom(dayAfter(last), day);
  const regular = daysUpTo(last, regularDays.of).filter((one) => reported.has(one)).length;
  if (regular < regularDays.fewest) return [];
  const needed = daysUntilSilent(regular) + lateDays(last);
  if (days.length < needed || !days.slice(-needed).every(isReported)) return [];
  return [lookFinding("no-report", { domain })];
}

/** A wave of spoofing that arrives: so many messages, and so many times the 95th percentile of 28 days. */
const wave = { messages: 100, times: 5, days: 28, percentile: 0.95 };

/** Spoofed mail that reaches inboxes in far larger numbers than usual; nothing where the policy holds it. */
export function spoofingDelivered(
  sendersOn: SendersOn,
  { domain, day }: { domain: string; day: string },
): RuleFinding[] {
  const onDay = (one: string): number => sumOf(sendersOn(one).values(), ({ spoofedDelivered }) => spoofedDelivered);
  const messages = onDay(day);
  if (messages < wave.messages) return [];
  const before = Array.from({ length: wave.days }, (_, back) => onDay(dayAfter(day, -back - 1))).sort((a, b) => a - b);
  const usual = before[Math.ceil(before.length * wave.percentile) - 1] ?? 0;
  if (messages < wave.times * usual) return [];
  return [lookFinding("spoofing-delivered", { domain, messages })];
}
