import { dayAfter } from "../../history/dates.ts";
import { groupBy } from "../../history/lists.ts";
import type { RuleFinding } from "../incidents/incidents.ts";
import type { SenderDays } from "./sender-days.ts";

/** The policy that one reporter saw for a policy domain on one day; what it did not say is absent. */
export interface SeenPolicyOn {
  day: string;
  reporter: string;
  p: string;
  sp?: string;
  np?: string;
  pct?: number;
  t?: "y" | "n";
}

/** What a policy can ask for, the least first. */
const policyWords = ["none", "quarantine", "reject"];

/** A policy is believed when two reporters saw it, or one on two days. */
const believed = { reporters: 2, days: 2 };
/** What was seen longer ago says nothing of what holds. */
const policyDays = 14;

/**
 * Whether a policy has become weaker: what most reporters saw in the last days before, against what two of them see on the
 * day, or one of them on two days.
 *
 * @param seen - By all reporters that count, for one policy domain; others than the last 14 days are left out.
 */
export function policyWeakened(domain: string, seen: readonly SeenPolicyOn[], day: string): RuleFinding[] {
  const recent = seen.filter((one) => one.day <= day && one.day > dayAfter(day, -policyDays));
  const today = recent.filter((one) => one.day === day);
  const before = mostSeen(recent.filter((one) => one.day < day));
  if (before === undefined) return [];
  const weaker = today.filter((one) => isWeaker(one, before));
  const reporters = new Set(weaker.map(({ reporter }) => reporter));
  const isSeenTwice = recent.some(
    (one) =>
      one.day < day && one.day >= dayAfter(day, -believed.days) && reporters.has(one.reporter) && isWeaker(one, before),
  );
  if (reporters.size < believed.reporters && !isSeenTwice) return [];
  const key = { domain, subject: "", rule: "policy-weakened" } as const;
  return [{ key, level: "look", messages: 0, opensAtOnce: true, seenBy: [...reporters] }];
}

/** The policy that most reports saw. */
function mostSeen(seen: readonly SeenPolicyOn[]): SeenPolicyOn | undefined {
  const groups = [...groupBy(seen, policyKey).values()];
  return groups.sort((a, b) => b.length - a.length)[0]?.[0];
}

function policyKey(policy: SeenPolicyOn): string {
  const { p, sp, np, pct, t } = meaning(policy);
  return [p, sp, np, pct, t].join(" ");
}

function meaning({ p, sp = p, np = sp, pct = 100, t = "n" }: SeenPolicyOn) {
  return { p, sp, np, pct, t };
}

/** Whether a policy asks for less than another in one part, and for more in none. */
function isWeaker(policy: SeenPolicyOn, before: SeenPolicyOn): boolean {
  const [now, then] = [meaning(policy), meaning(before)];
  // RFC 9989 has no pct: one that a reporter leaves out says nothing.
  const isPctSaid = policy.pct !== undefined && before.pct !== undefined;
  const words = [now.p, then.p, now.sp, then.sp, now.np, then.np].map((word) => policyWords.indexOf(word));
  if (words.includes(-1)) return false;
  const [p = 0, pThen = 0, sp = 0, spThen = 0, np = 0, npThen = 0] = words;
  const steps = [
    p - pThen,
    sp - spThen,
    np - npThen,
    isPctSaid ? now.pct - then.pct : 0,
    Number(then.t === "y") - Number(now.t === "y"),
  ];
  return steps.some((step) => step < 0) && steps.every((step) => step <= 0);
}

/** A domain is parked when nothing passed for so many days. */
const parkedDays = 90;

/**
 * A parked domain of which mail passes: somebody has begun to send with it. Only where it is known for long enough.
 *
 * @param firstDay - The first day of which the history knows a report for the domain.
 */
export function parkedSends(
  senders: SenderDays,
  { domain, day, firstDay }: { domain: string; day: string; firstDay: string },
): RuleFinding[] {
  const start = dayAfter(day, -parkedDays);
  if (firstDay > start) return [];
  let messages = 0;
  for (const days of senders.values()) {
    for (const [one, { messages: own, failed }] of days) {
      if (own - failed === 0 || one > day || one < start) continue;
      if (one < day) return [];
      messages += own - failed;
    }
  }
  if (messages === 0) return [];
  return [
    { key: { domain, subject: "", rule: "parked-sends" }, level: "look", messages, opensAtOnce: true, seenBy: [] },
  ];
}

/** A domain is reported regularly when it was on so many of the 28 days before. */
const regularDays = { of: 28, fewest: 20 };
/** So many days without any report, the judged one included, beside those that its reporters usually take. */
const silentDays = 2;

/** A domain that may be silent. */
interface SilentDomain {
  domain: string;
  day: string;
  /** Days that its usual reporters take at the longest, beyond those after which a day is due. */
  lateDays: number;
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
  reported: ReadonlySet<string>,
  { domain, day, lateDays, isReported }: SilentDomain,
): RuleFinding[] {
  const silent = Array.from({ length: silentDays + lateDays }, (_, back) => dayAfter(day, -back));
  if (silent.some((one) => reported.has(one) || !isReported(one))) return [];
  // While it lasts it is judged by the days before it began.
  const last = [...reported]
    .filter((one) => one < day)
    .sort()
    .at(-1);
  if (last === undefined) return [];
  const before = Array.from({ length: regularDays.of }, (_, back) => dayAfter(last, -back));
  if (before.filter((one) => reported.has(one)).length < regularDays.fewest) return [];
  return [
    { key: { domain, subject: "", rule: "no-report" }, level: "look", messages: 0, opensAtOnce: true, seenBy: [] },
  ];
}
