import type { FailingSource } from "./day/day.ts";
import { evaluatedOf, type Impact, isHeld, type Totals } from "./day/day.ts";

export { type Verdict, worstVerdict } from "./verdict.ts";

/** When a domain's failures are an alarm. Only own mail is looked at; "passed" means strictly greater. */
export interface Thresholds {
  /** Share of evaluated messages, from 0 to 1. */
  maxFailRate: number;
  /** Messages; `undefined`: no such threshold. */
  maxFailures?: number;
  /** With fewer evaluated messages than this there is no alarm. */
  minMessages: number;
}

/** A domain that passed a threshold. */
export interface Alarm {
  /** The day on which it did, `YYYY-MM-DD`. */
  day: string;
  /** What happened to the own mail that failed DMARC. */
  own: Impact;
  /** Messages that were evaluated. */
  evaluated: number;
  /** The thresholds that were passed. */
  passed: PassedThreshold[];
  /** Where most of it came from, when that was on a day before the digest's; `DomainDigest.sources` has the others. */
  earlierSource?: FailingSource;
}

/** One passed threshold: its input's name, its limit and what came; rates from 0 to 1, failures in messages. */
export interface PassedThreshold {
  threshold: "max-fail-rate" | "max-failures";
  limit: number;
  value: number;
}

/** The figures of a domain on a day that rules look at. */
export interface RuleFigures {
  totals: Totals;
  fail: { own: Impact };
}

/** The alarm that a domain's figures of one day give, or `undefined`. */
export function alarmOf(
  { totals, fail: { own } }: RuleFigures,
  day: string,
  thresholds: Thresholds,
): Alarm | undefined {
  const evaluated = evaluatedOf(totals);
  if (evaluated < thresholds.minMessages) return undefined;
  const passed = passedThresholds(own.messages, evaluated, thresholds);
  return passed.length === 0 ? undefined : { day, own, evaluated, passed };
}

/**
 * Whether a domain with too few messages for an alarm would pass a threshold even if the missing messages had all
 * passed DMARC: worth a look, while a single message is not.
 */
export function isAboveWithFewMessages({ totals, fail }: RuleFigures, thresholds: Thresholds): boolean {
  const isFew = evaluatedOf(totals) < thresholds.minMessages;
  return isFew && passedThresholds(fail.own.messages, thresholds.minMessages, thresholds).length > 0;
}

/** By impact: own mail that receivers kept from the inbox is to act on, own mail that fails and arrives to look at. */
export function verdictOf(own: Impact): "act" | "look" {
  return isHeld(own) ? "act" : "look";
}

/** The thresholds that failures are strictly above, whatever the number of messages. */
function passedThresholds(
  failures: number,
  evaluated: number,
  { maxFailRate, maxFailures }: Thresholds,
): PassedThreshold[] {
  const rate = evaluated === 0 ? 0 : failures / evaluated;
  const passed: PassedThreshold[] = [];
  if (rate > maxFailRate) passed.push({ threshold: "max-fail-rate", limit: maxFailRate, value: rate });
  if (maxFailures !== undefined && failures > maxFailures) {
    passed.push({ threshold: "max-failures", limit: maxFailures, value: failures });
  }
  return passed;
}
