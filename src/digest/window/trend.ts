import { daysFrom } from "../../history/dates.ts";
import { groupBy } from "../../history/lists.ts";
import { organizationalDomain } from "../../report/domain.ts";
import { countsOf, type Window, type WindowReporter } from "./index-window.ts";

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

/**
 * The days of a window with their counts, over all domains and for each.
 *
 * @param domains - The organizational domains to count, those without a report too; by default those that have one.
 */
export function trendOf({ first, last, reporters }: Window, domains?: Iterable<string>): Trend {
  const nameOf = memoized(organizationalDomain);
  const linesByDomain = groupBy(reporters, ({ domain }) => nameOf(domain));
  const names = [...new Set(domains ?? linesByDomain.keys())].sort();
  const dates = daysFrom(first, last);
  const ofDomains = names.map((name) => [name, countDays(dates, linesByDomain.get(name) ?? [])] as const);
  return {
    days: countDays(
      dates,
      names.flatMap((name) => linesByDomain.get(name) ?? []),
    ),
    domains: new Map(ofDomains),
  };
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

function countDays(dates: readonly string[], lines: readonly WindowReporter[]): TrendDay[] {
  const byDay = groupBy(lines, ({ day }) => day);
  return dates.map((day) => {
    const { messages, dmarcPass, dmarcFail } = countsOf(byDay.get(day) ?? []);
    return { day, messages, dmarcPass, dmarcFail };
  });
}

/** Looking up the public suffix of the same name a thousand times takes longer than all the rest. */
function memoized(nameOf: (domain: string) => string): (domain: string) => string {
  const names = new Map<string, string>();
  return (domain) => {
    const known = names.get(domain) ?? nameOf(domain);
    names.set(domain, known);
    return known;
  };
}
