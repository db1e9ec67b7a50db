import type { IncidentDays } from "../../src/digest/incident-days.ts";
import { foldIncidents, type RuleFinding } from "../../src/digest/incidents/incidents.ts";
import { daysFrom } from "../../src/history/dates.ts";

/** Builders of days as rules have judged them, for tests of what is made of them. */

/** What a rule has found on a day: a failing sender of example.com to act on, unless said otherwise. */
export interface FoundOn extends Partial<Omit<RuleFinding, "key">>, Partial<RuleFinding["key"]> {
  day: string;
}

/**
 * Days up to one of them, on which rules have found some things, and else nothing; those after `settled` are not due.
 *
 * @param state - What a day without a finding shows of a sender.
 */
export function judgedDays(
  found: readonly FoundOn[],
  {
    first = "2026-11-01",
    last = "2026-11-17",
    settled = last,
    state = "good",
  }: { first?: string; last?: string; settled?: string; state?: "good" | "seen" | "silent" } = {},
): IncidentDays {
  let incidents: IncidentDays["snapshot"]["incidents"] = [];
  const days = daysFrom(first, last).map((day) => {
    const findings = found.filter((one) => one.day === day).map(ruleFinding);
    const healthOf = () => ({ state, recoveryDays: 3 });
    const folded = foldIncidents(incidents, [{ day, isSettled: day <= settled, findings, healthOf }]);
    incidents = folded.incidents;
    return { day, isSettled: day <= settled, findings, ...folded };
  });
  return { days, snapshot: { rules: "", until: first, incidents: [] } };
}

function ruleFinding(said: FoundOn): RuleFinding {
  const { day: _, domain = "example.com", subject = "crm.example", rule = "sender-fails", ...rest } = said;
  const facts = { level: "act" as const, messages: 100, opensAtOnce: true, seenBy: ["google.com"] };
  return { ...facts, ...rest, key: { domain, subject, rule } };
}
