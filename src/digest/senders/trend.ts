import { daysBetween, daysFrom } from "../../history/dates.ts";
import { compareText, entryIn } from "../../history/lists.ts";
import { organizationalDomain } from "../../report/domain.ts";
import { alignedOutcome } from "../../report/outcome.ts";
import type { SenderLine, Window } from "../window/window.ts";
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
export function trendOf(
  { first, last, pairs, senders: lines }: Pick<Window, "first" | "last" | "pairs" | "senders">,
  senders: Classes,
): Trend {
  const dates = daysFrom(first, last);
  const noDays = (): TrendDay[] => dates.map((day) => ({ day, messages: 0, dmarcPass: 0, fail: { ...none } }));
  const domains = new Map<string, TrendDay[]>();
  const policyDomains = new Map<string, TrendDay[]>();
  const dayOf = ({ domain, day }: { domain: string; day: string }): TrendDay | undefined =>
    entryIn(policyDomains, domain, () => entryIn(domains, organizationalDomain(domain), noDays))[
      daysBetween(first, day)
    ];
  for (const pair of pairs) {
    const day = dayOf(pair);
    if (day === undefined) continue;
    day.messages += pair.messages;
    day.dmarcPass += pair.dmarcPass;
  }
  for (const line of lines) {
    const day = alignedOutcome(line.evidence) === "fail" ? dayOf(line) : undefined;
    if (day === undefined) continue;
    for (const [mailClass, messages] of senders.domain(line.domain).classesOf(line)) {
      const part = failPartOf(mailClass);
      if (part !== undefined) day.fail[part] += messages;
    }
  }
  const all = [...domains.values()];
  const days = noDays().map((sum, at) => all.reduce((before, ofDomain) => addDay(before, ofDomain[at]), sum));
  return { days, domains: new Map([...domains].sort(([a], [b]) => compareText(a, b))) };
}

function addDay(sum: TrendDay, day: TrendDay | undefined): TrendDay {
  sum.messages += day?.messages ?? 0;
  sum.dmarcPass += day?.dmarcPass ?? 0;
  for (const part of failParts) sum.fail[part] += day?.fail[part] ?? 0;
  return sum;
}

const none = Object.fromEntries(failParts.map((part) => [part, 0])) as Record<FailPart, number>;

/** What gives lines their classes: the senders. */
interface Classes {
  domain(name: string): { classesOf(line: SenderLine): Iterable<readonly [MailClass, number]> };
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
