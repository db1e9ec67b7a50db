import { daysFrom } from "../../history/dates.ts";
import { compareText, entryIn, groupBy } from "../../history/lists.ts";
import { organizationalDomain } from "../../report/domain.ts";
import { alignedOutcome } from "../../report/outcome.ts";
import { countsOf, pairOf, type SenderLine, type Window, type WindowPair } from "../window/window.ts";
import { type FailPart, failPartOf, failParts, type MailClass } from "./mail-class.ts";

/** The messages of one day; zeros where nobody reported. */
export interface TrendDay {
  /** `YYYY-MM-DD` */
  day: string;
  /** All messages; what is neither pass nor fail was not evaluated. */
  messages: number;
  dmarcPass: number;
  /** The DMARC failures in parts. */
  fail: Record<FailPart, number>;
}

/** How messages went over the days of a window. */
export interface Trend {
  /** Over all domains; one entry for each day of the window, in order. */
  days: TrendDay[];
  /** The same by organizational domain, sorted by name. */
  domains: Map<string, TrendDay[]>;
}

/** The days of a window with their counts, over all domains and for each that has a report. */
export function trendOf(window: Pick<Window, "first" | "last" | "pairs" | "senders">, senders: Classes): Trend {
  const dates = daysFrom(window.first, window.last);
  const failing = failingOf(window, senders);
  const policyDomains = groupBy(window.pairs, ({ domain }) => domain);
  const domains = [...groupBy(policyDomains, ([domain]) => organizationalDomain(domain))]
    .sort(([a], [b]) => compareText(a, b))
    .map(([domain, group]) => {
      const lines = Array.from(group, ([, ofDomain]) => ofDomain).flat();
      return [domain, countDays(dates, lines, failing)] as const;
    });
  return { days: countDays(dates, window.pairs, failing), domains: new Map(domains) };
}

/** The share of own mail that passed DMARC over some days, from 0 to 1; `undefined` when there was none. */
export function ownPassRateOf(days: Iterable<{ dmarcPass: number; fail: { own: number } }>): number | undefined {
  let [passed, failed] = [0, 0];
  for (const { dmarcPass, fail } of days) {
    passed += dmarcPass;
    failed += fail.own;
  }
  return passed + failed === 0 ? undefined : passed / (passed + failed);
}

/** What gives lines their classes: the senders. */
interface Classes {
  domain(name: string): { classesOf(line: SenderLine): Iterable<readonly [MailClass, number]> };
}

/** The failures of a reporter's line, in parts. */
export type FailingOf = (line: WindowPair) => Record<FailPart, number>;

const none = Object.fromEntries(failParts.map((part) => [part, 0])) as Record<FailPart, number>;

/** Of some days, the parts of the failures that each reporter saw of each policy domain. */
export function failingOf(
  { first, last, senders: lines }: Pick<Window, "first" | "last" | "senders">,
  senders: Classes,
): FailingOf {
  const known = new Map<string, Map<string, Record<FailPart, number>>>();
  for (const line of lines) {
    if (line.day < first || line.day > last || alignedOutcome(line.evidence) !== "fail") continue;
    const ofDay = entryIn(known, line.day, () => new Map<string, Record<FailPart, number>>());
    const counts = entryIn(ofDay, pairOf(line), () => ({ ...none }));
    for (const [mailClass, messages] of senders.domain(line.domain).classesOf(line)) {
      const part = failPartOf(mailClass);
      if (part !== undefined) counts[part] += messages;
    }
  }
  return (line) => known.get(line.day)?.get(pairOf(line)) ?? none;
}

/** The parts of the failures of several lines, added up. */
export function addFailing(lines: Iterable<WindowPair>, failing: FailingOf): Record<FailPart, number> {
  const sum = { ...none };
  for (const line of lines) {
    const counts = failing(line);
    for (const part of failParts) sum[part] += counts[part];
  }
  return sum;
}

function countDays(dates: readonly string[], lines: readonly WindowPair[], failing: FailingOf): TrendDay[] {
  const byDay = groupBy(lines, ({ day }) => day);
  return dates.map((day) => {
    const ofDay = byDay.get(day) ?? [];
    const { messages, dmarcPass } = countsOf(ofDay);
    return { day, messages, dmarcPass, fail: addFailing(ofDay, failing) };
  });
}
