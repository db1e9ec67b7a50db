import { sumOf } from "../../history/lists.ts";
import type { RuleFinding } from "../incidents/incidents.ts";
import type { RuleDomain } from "./rule-domains.ts";
import { isHeldAt } from "./sender-rules.ts";

/** Limits that a person has set for the own mail of a domain that fails on one day. "Passed" means strictly greater. */
export interface Thresholds {
  /** Share of evaluated messages, from 0 to 1. */
  maxFailRate?: number;
  /** Messages. */
  maxFailures?: number;
  /** With fewer evaluated messages than this on a day, no limit is passed. */
  minMessages: number;
}

/** One passed threshold: its input's name, its limit and what came; rates from 0 to 1, failures in messages. */
export interface PassedThreshold {
  threshold: "max-fail-rate" | "max-failures";
  limit: number;
  value: number;
}

/** The thresholds that failures are above. */
export function passedThresholds(
  failures: number,
  evaluated: number,
  { maxFailRate, maxFailures, minMessages }: Thresholds,
): PassedThreshold[] {
  if (evaluated < minMessages || evaluated === 0) return [];
  const rate = failures / evaluated;
  const passed: PassedThreshold[] = [];
  if (maxFailRate !== undefined && rate > maxFailRate) {
    passed.push({ threshold: "max-fail-rate", limit: maxFailRate, value: rate });
  }
  if (maxFailures !== undefined && failures > maxFailures) {
    passed.push({ threshold: "max-failures", limit: maxFailures, value: failures });
  }
  return passed;
}

/** Whether a day shows that a domain is well within the limits; `undefined` where too little was evaluated to say so. */
export function isWithinThresholds(
  { evaluatedOn, linesOn }: Pick<RuleDomain, "evaluatedOn" | "linesOn">,
  { day, thresholds }: { day: string; thresholds: Thresholds },
): boolean | undefined {
  const { maxFailRate, maxFailures, minMessages } = thresholds;
  const all = evaluatedOn(day);
  if (all < Math.max(1, minMessages)) return undefined;
  const failed = sumOf(linesOn(day), ({ part, messages }) => (part === "own" ? messages : 0));
  return failed <= all * (maxFailRate ?? 1) * half && failed <= (maxFailures ?? Infinity) * half;
}

/** All is well below half of a limit. */
const half = 0.5;

/** A domain that has passed a threshold on a day; on one that is not due only a number of failures can be passed. */
export function thresholdFindings(
  { domain, evaluatedOn, linesOn }: Pick<RuleDomain, "domain" | "evaluatedOn" | "linesOn">,
  { day, isSettled, thresholds }: { day: string; isSettled: boolean; thresholds: Thresholds },
): RuleFinding[] {
  const { maxFailRate: _, ...byCount } = thresholds;
  const own = linesOn(day).filter(({ part }) => part === "own");
  const failed = sumOf(own, ({ messages }) => messages);
  const all = evaluatedOn(day);
  if (passedThresholds(failed, all, isSettled ? thresholds : byCount).length === 0) return [];
  const level = isHeldAt({ messages: all, failed, held: sumOf(own, ({ held }) => held) }) ? "act" : "look";
  const seenBy = [...new Set(own.map(({ reporter }) => reporter))];
  return [{ key: { domain, subject: "", rule: "threshold" }, level, messages: failed, opensAtOnce: true, seenBy }];
}
