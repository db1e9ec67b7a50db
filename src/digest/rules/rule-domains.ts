import { dayLength } from "../../history/dates.ts";
import { seenPolicyIn } from "../../history/index/index.ts";
import { groupBy } from "../../history/lists.ts";
import { organizationalDomain } from "../../report/domain.ts";
import type { Senders } from "../senders/senders.ts";
import type { WindowPair } from "../window/window.ts";
import type { SeenPolicyOn } from "./domain-rules.ts";
import { judgedLinesOf } from "./judged-lines.ts";
import type { JudgedLine } from "./sender-days.ts";

/** What the rules know of one organizational domain. */
export interface RuleDomain {
  domain: string;
  /** Of all days that are known, 92 before the first that is judged. */
  lines: readonly JudgedLine[];
  /** What reporters saw of its policies, by policy domain. */
  policies: ReadonlyMap<string, readonly SeenPolicyOn[]>;
  /** The days of which there is a report that counts, with their reporters. */
  reporters: ReadonlyMap<string, ReadonlySet<string>>;
  /** The senders at which our own mail starts, on a day. */
  homesOn: (day: string) => ReadonlySet<string>;
  /** The last day before one on which mail passed by a key, or by SPF under the name `SPF`; absent for none in 90 days. */
  lastPassed: (name: string, day: string) => string | undefined;
  /** Days that its usual reporters take at the longest, beyond those after which a day is due. */
  lateDays: number;
}

/** Reports that take longer than this after the end of their day are late: by then a day is due. */
const dueHours = 48;

/** What the rules know of each organizational domain in a window. */
export function ruleDomainsOf(pairs: readonly WindowPair[], senders: Senders): RuleDomain[] {
  return Array.from(
    groupBy(pairs, ({ domain }) => organizationalDomain(domain)),
    ([domain, ofDomain]): RuleDomain => {
      const history = senders.historyOf(domain);
      return {
        domain,
        lines: judgedLinesOf(senders, domain),
        policies: new Map(
          Array.from(
            groupBy(ofDomain, (pair) => pair.domain),
            ([name, ofName]) => [
              name,
              ofName.map(({ day, reporter, policy }) => ({ day, reporter, ...seenPolicyIn(policy) })),
            ],
          ),
        ),
        reporters: reportersByDay(ofDomain),
        homesOn: (day) => history.homesOn(day),
        lastPassed: (name, day) => history.lastPassed(name, day),
        lateDays: lateDaysOf(ofDomain),
      };
    },
  );
}

function reportersByDay(pairs: readonly WindowPair[]): Map<string, Set<string>> {
  const days = new Map<string, Set<string>>();
  for (const { day, reporter } of pairs) days.set(day, (days.get(day) ?? new Set<string>()).add(reporter));
  return days;
}

/** Days beyond those of a due day that reports of a domain usually take: nine of ten come within them. */
function lateDaysOf(pairs: readonly WindowPair[]): number {
  const hours = pairs
    .flatMap(({ day, firstReceived }) =>
      firstReceived === undefined ? [] : (Date.parse(firstReceived) - Date.parse(day) - dayLength) / 3_600_000,
    )
    .sort((a, b) => a - b);
  const usual = hours[Math.floor(hours.length * 0.9)] ?? 0;
  return Math.max(0, Math.ceil((usual - dueHours) / 24));
}
