import { daysFrom } from "../../history/dates.ts";
import { compareText, entryIn } from "../../history/lists.ts";
import { organizationalDomain } from "../../report/domain.ts";
import { alignedOutcome } from "../../report/outcome.ts";
import { type SenderLine, type Window, within } from "../window/window.ts";
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
  { first, last, pairsOf, sendersOf }: Pick<Window, "first" | "last" | "pairsOf" | "sendersOf">,
  senders: Classes,
): Trend {
  const dates = daysFrom(first, last);
  const noDays = (): TrendDay[] => dates.map((day) => ({ day, messages: 0, dmarcPass: 0, fail: { ...none } }));
  const domains = new Map<string, TrendDay[]>();
  for (const [domain, pairs] of pairsOf) {
    const ofDomain = senders.domain(domain);
    const days = entryIn(domains, organizationalDomain(domain), noDays);
    const dayOf = new Map(days.map((one) => [one.day, one]));
    for (const pair of within(pairs, first, last)) {
      const day = dayOf.get(pair.day);
      if (day === undefined) continue;
      day.messages += pair.messages;
      day.dmarcPass += pair.dmarcPass;
    }
    for (const line of within(sendersOf.get(domain), first, last)) {
      if (alignedOutcome(line.evidence) !== "fail") continue;
      const fail = dayOf.get(line.day)?.fail ?? { ...none };
      for (const [mailClass, messages] of ofDomain.classesOf(line)) {
        const part = failPartOf(mailClass);
        if (part !== undefined) fail[part] += messages;
      }
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
  domain(name: string): { classesOf(line: SenderLine): readonly (readonly [MailClass, number])[] };
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
