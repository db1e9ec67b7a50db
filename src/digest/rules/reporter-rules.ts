import { dayAfter, daysBetween, daysUpTo } from "../../history/dates.ts";
import { sumOf } from "../../history/lists.ts";
import { lookFinding, type RuleFinding } from "../incidents/incidents.ts";
import { daysUntilSilent } from "./domain-rules.ts";

/** What is known of one reporter, over all domains. */
export interface ReporterDays {
  /** Messages of its reports that count, by day. */
  counted: ReadonlyMap<string, number>;
  /** The days of which reports came in its name that nothing shows to be authentic. */
  unverified: ReadonlySet<string>;
  /** The last day that it has reported by such as count. */
  lastDay: string;
}

/** Somebody is usual who reported on so many of the last days that he did, and so large a part of all messages. */
const usual = { days: 24, of: 28, share: 0.05 };
/** So many days make it worth to see why mails in its name prove nothing. */
const unverifiedDays = 2;

/** What is known of a reporter's reports beside their days. */
export interface ReporterHabits {
  /** Days that they took at the longest, of those about the days up to one, beyond those after which a day is due. */
  longestDelay: (reporter: string, last: string) => number;
  /** Whether others have reported a day, for a domain that it has reported on the last of its own. */
  hasOthers: (reporter: string, last: string, day: string) => boolean;
}

/** Usual reporters that have fallen silent while others report, and those whose mails are no longer authenticated. */
export function reportersMissing(
  reporters: ReadonlyMap<string, ReporterDays>,
  day: string,
  { longestDelay, hasOthers }: ReporterHabits,
): RuleFinding[] {
  return [...reporters].flatMap(([name, reporter]): RuleFinding[] => {
    const last = lastBefore(reporter, day);
    if (last === undefined || last > dayAfter(day, -unverifiedDays) || !isUsual(reporter, last, reporters)) return [];
    if (!hasOthers(name, last, day)) return [];
    const isUnverified = daysUpTo(day, unverifiedDays).some((one) => reporter.unverified.has(one));
    const isSilent = (): boolean => {
      const regular = daysUpTo(last, usual.of).filter((one) => reporter.counted.has(one)).length;
      return daysBetween(last, day) >= daysUntilSilent(regular) + longestDelay(name, last);
    };
    if (!isUnverified && !isSilent()) return [];
    const rule = isUnverified ? "reporter-unverified" : "reporter-silent";
    return [lookFinding(rule, { subject: name })];
  });
}

/** The last day up to one that a reporter has reported. */
function lastBefore({ counted }: ReporterDays, day: string): string | undefined {
  if (counted.has(day)) return day;
  return daysUpTo(dayAfter(day, -1), usual.of).findLast((one) => counted.has(one));
}

function isUsual({ counted }: ReporterDays, last: string, reporters: ReadonlyMap<string, ReporterDays>): boolean {
  const days = daysUpTo(last, usual.of);
  if (days.filter((day) => counted.has(day)).length < usual.days) return false;
  const messagesIn = (of: ReporterDays): number => sumOf(days, (day) => of.counted.get(day) ?? 0);
  return (
    messagesIn({ counted, unverified: new Set(), lastDay: "" }) >= usual.share * sumOf(reporters.values(), messagesIn)
  );
}
