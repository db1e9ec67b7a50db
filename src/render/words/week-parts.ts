import { evaluatedOf } from "../../digest/day/day.ts";
import type { Readiness } from "../../digest/readiness.ts";
import type { Week, WeekChange, WeekDomain, WeekFailure } from "../../digest/week/week.ts";
import { groupBy } from "../../history/group.ts";
import type { Words } from "./phrases.ts";
import type { ReadinessCounts } from "./week-words.ts";

/** What is the same in all languages that tell a week. */

/** The pass rate of a domain's week, and that of the week before where it reads otherwise; none where none was evaluated. */
export function passRates(
  { totals, change }: WeekDomain,
  format: (share: number) => string,
): { now?: string; before?: string } {
  const evaluated = evaluatedOf(totals);
  if (evaluated === 0) return {};
  const now = format(totals.dmarcPass / evaluated);
  const moved = change === undefined ? undefined : passRatesOf(change, format);
  return moved === undefined ? { now } : { now, before: moved.before };
}

/** The pass rates of both weeks, as the same reporters saw them; `undefined` where they read the same, or one is not known. */
export function passRatesOf(
  { now, before }: WeekChange,
  format: (share: number) => string,
): { now: string; before: string } | undefined {
  if (now.passRate === undefined || before.passRate === undefined) return undefined;
  const rates = { now: format(now.passRate), before: format(before.passRate) };
  return rates.now === rates.before ? undefined : rates;
}

/** The shares of failures in both weeks, as the same reporters saw them; none where one of the weeks has no message. */
export function failShares(
  { now, before }: WeekChange,
  format: (share: number) => string,
): Partial<Record<"dmarcFail" | "spfOrDkimFail", { now: string; before: string }>> {
  if (now.evaluated === 0 || before.evaluated === 0) return {};
  const shares = (part: "dmarcFail" | "spfOrDkimFail") => ({
    now: format(now[part] / now.evaluated),
    before: format(before[part] / before.evaluated),
  });
  return { dmarcFail: shares("dmarcFail"), spfOrDkimFail: shares("spfOrDkimFail") };
}

/** The largest source of own failures, where any day of the week asked for a person; `undefined` otherwise. */
export function worstFailure({ domains, failing }: Week): WeekFailure | undefined {
  return domains.some(({ verdict }) => verdict !== "ok") ? failing[0] : undefined;
}

/** How many policy domains are how ready: a domain and its subdomains count once, as the one of them that needs more. */
export function readinessCounts(readiness: Week["readiness"]): ReadinessCounts {
  const counts = { losing: 0, blocked: 0, notEnough: 0, ready: 0, enforced: 0 };
  for (const ofDomain of groupBy(readiness, ({ domain }) => domain).values()) {
    const states = ofDomain.map(countOf);
    const worst = (Object.keys(counts) as (keyof ReadinessCounts)[]).find((state) => states.includes(state));
    if (worst !== undefined) counts[worst] += 1;
  }
  return counts;
}

function countOf({ state, blockers }: Readiness): keyof ReadinessCounts {
  switch (state) {
    case "enforced":
      return blockers.length > 0 ? "losing" : "enforced";
    case "not-enough-data":
      return "notEnough";
    case "blocked":
    case "ready":
      return state;
    default:
      return state satisfies never;
  }
}

/** The verdicts of the days beside their label; days that nobody was told of are left out, and the line with all of them. */
export function dayVerdicts({ days }: Week, { week }: Words): [label: string, days: string][] {
  const told = days.flatMap(({ day, verdict }) => (verdict === undefined ? [] : [week.day({ day, verdict })]));
  return told.length === 0 ? [] : [[week.labels.days, told.join(" · ")]];
}
