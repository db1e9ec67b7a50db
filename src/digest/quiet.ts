import type { Verdict } from "./rules.ts";
import type { Digest } from "./types.ts";

/**
 * Whether a digest tells no change: there is nothing to do on any of its days, as on the day told before, and nothing is
 * new.
 *
 * @param before - The verdict of the day told before; absent when none was.
 */
export function isQuiet({ verdict, earlierDays, news }: Digest, before: Verdict | undefined): boolean {
  const { newServices, brokenSources, newDomains, policyChanges } = news;
  const isNothingNew = [newServices, brokenSources, newDomains, policyChanges].every(({ length }) => length === 0);
  return isNothingNew && [before, verdict, ...earlierDays.map((day) => day.verdict)].every((told) => told === "ok");
}

/** Whether a day that was told before has another verdict now. */
export function hasNewVerdict({ restated }: Pick<Digest, "restated">): boolean {
  return restated.some(({ before, after }) => before.verdict !== after.verdict);
}
