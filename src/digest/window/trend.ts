import { daysFrom } from "../../history/dates.ts";
import { compareText, groupBy } from "../../history/lists.ts";
import { organizationalDomain } from "../../report/domain.ts";
import { countsOf, type Window, type WindowPair } from "./index-window.ts";

/** The messages of one day; zeros where nobody reported. */
export interface TrendDay {
  /** `YYYY-MM-DD` */
  day: string;
  /** All messages; what is neither pass nor fail was not evaluated. */
  messages: number;
  dmarcPass: number;
  dmarcFail: number;
}

/** How messages went over the days of a window. */
export interface Trend {
  /** Over all domains; one entry for each day of the window, in order. */
  days: TrendDay[];
  /** The same by organizational domain, sorted by name. */
  domains: Map<string, TrendDay[]>;
}

/** The days of a window with their counts, over all domains and for each that has a report. */
export function trendOf({ first, last, pairs }: Window): Trend {
  const dates = daysFrom(first, last);
  const policyDomains = groupBy(pairs, ({ domain }) => domain);
  const domains = [...groupBy(policyDomains, ([domain]) => organizationalDomain(domain))]
    .sort(([a], [b]) => compareText(a, b))
    .map(([domain, group]) => [domain, countDays(dates, Array.from(group, ([, lines]) => lines).flat())] as const);
  return { days: countDays(dates, pairs), domains: new Map(domains) };
}

/** The share of messages that passed DMARC over some days, from 0 to 1; `undefined` when none was evaluated. */
export function passRateOf(days: Iterable<Pick<TrendDay, "dmarcPass" | "dmarcFail">>): number | undefined {
  let [passed, evaluated] = [0, 0];
  for (const { dmarcPass, dmarcFail } of days) {
    passed += dmarcPass;
    evaluated += dmarcPass + dmarcFail;
  }
  return evaluated === 0 ? undefined : passed / evaluated;
}

function countDays(dates: readonly string[], lines: readonly WindowPair[]): TrendDay[] {
  const byDay = groupBy(lines, ({ day }) => day);
  return dates.map((day) => {
    const { messages, dmarcPass, dmarcFail } = countsOf(byDay.get(day) ?? []);
    return { day, messages, dmarcPass, dmarcFail };
  });
}
