import { failRate, ruleFailures, type Totals } from "./totals.ts";

/** What a reader has to do: nothing, have a look when there is time, or act today. */
export type Verdict = "ok" | "look" | "act";

/** The worst of several verdicts; `ok` for none. */
export function worstVerdict(verdicts: readonly Verdict[]): Verdict {
  return verdicts.includes("act") ? "act" : verdicts.includes("look") ? "look" : "ok";
}

/** When a domain's failures are an alarm. Forwarded failures are not looked at; "passed" means strictly greater. */
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
  /** DMARC failures without forwarded ones, in messages. */
  failures: number;
  /** Messages that were evaluated. */
  evaluated: number;
  /** The thresholds that were passed. */
  passed: PassedThreshold[];
}

/** One passed threshold: its input's name, its limit and what came; rates from 0 to 1, failures in messages. */
export interface PassedThreshold {
  threshold: "max-fail-rate" | "max-failures";
  limit: number;
  value: number;
}

/** The alarm that a domain's totals of one day give, or `undefined`. */
export function alarmOf(totals: Totals, day: string, thresholds: Thresholds): Alarm | undefined {
  const evaluated = totals.dmarcPass + totals.dmarcFail;
  if (evaluated < thresholds.minMessages) return undefined;
  const passed = passedThresholds(totals, thresholds);
  return passed.length === 0 ? undefined : { day, failures: ruleFailures(totals), evaluated, passed };
}

/**
 * The thresholds that a domain with too few messages for an alarm would pass even if the missing messages had all
 * passed DMARC: worth a look, while a single spoofed message to a parked domain is not.
 */
export function passedWithFewMessages(totals: Totals, thresholds: Thresholds): PassedThreshold[] {
  const missing = thresholds.minMessages - totals.dmarcPass - totals.dmarcFail;
  return missing <= 0 ? [] : passedThresholds({ ...totals, dmarcPass: totals.dmarcPass + missing }, thresholds);
}

/** The thresholds that totals are strictly above, whatever the number of messages. */
function passedThresholds(totals: Totals, { maxFailRate, maxFailures }: Thresholds): PassedThreshold[] {
  const rate = failRate(totals) ?? 0;
  const failures = ruleFailures(totals);
  const passed: PassedThreshold[] = [];
  if (rate > maxFailRate) passed.push({ threshold: "max-fail-rate", limit: maxFailRate, value: rate });
  if (maxFailures !== undefined && failures > maxFailures) {
    passed.push({ threshold: "max-failures", limit: maxFailures, value: failures });
  }
  return passed;
}
