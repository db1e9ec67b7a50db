import { groupBy } from "../../history/group.ts";
import { compareText } from "../../history/order.ts";
import type { WindowReporter } from "./index-window.ts";

/** The policy of a domain on a day, as reporters with at least half of its messages saw it. */
export interface PolicyOnDay {
  /** `YYYY-MM-DD` */
  day: string;
  /** As `formatPolicyCell` gives it. */
  policy: string;
}

/**
 * The policies of one policy domain, in the order of the days. The order of the lines does not matter.
 *
 * Reporters keep a DNS record for hours, so that on the day of a change they differ: a day of which no policy has half
 * of the messages has none, and neither has one without messages. Of two halves the one that is not the day before's
 * counts, which is the newer. Who reports a word that is no policy has not said what the policy is.
 */
export function seenPolicies(lines: Iterable<WindowReporter>): PolicyOnDay[] {
  const seen: PolicyOnDay[] = [];
  const days = [...groupBy(lines, ({ day }) => day)].sort(([a], [b]) => compareText(a, b));
  for (const [day, ofDay] of days) {
    const policy = policyOfMost(ofDay, seen.at(-1)?.policy);
    if (policy !== undefined) seen.push({ day, policy });
  }
  return seen;
}

function policyOfMost(lines: readonly WindowReporter[], dayBefore: string | undefined): string | undefined {
  const told = lines.filter(({ policy }) => !policy.startsWith("p=?"));
  const halves = [...groupBy(told, ({ policy }) => policy)]
    .filter(([, group]) => sumOfMessages(group) > 0 && sumOfMessages(group) * 2 >= sumOfMessages(told))
    .map(([policy]) => policy)
    .sort(compareText);
  return halves.find((policy) => policy !== dayBefore) ?? halves[0];
}

function sumOfMessages(lines: readonly WindowReporter[]): number {
  return lines.reduce((sum, line) => sum + line.messages, 0);
}
