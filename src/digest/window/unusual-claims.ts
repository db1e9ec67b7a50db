import { dayAfter, daysUpTo } from "../../history/dates.ts";
import { groupBy, sumOf } from "../../history/lists.ts";
import { pairOf, type Window, type WindowPair } from "./index-window.ts";
import { median } from "./usual.ts";

/** A reporter that counts, and claims at least ten times the messages of a domain that it usually does. */
export interface UnusualClaim {
  reporter: string;
  /** Policy domain. */
  domain: string;
  /** `YYYY-MM-DD` */
  day: string;
  messages: number;
  /** The median of the days on which it reported the domain, of the 28 before. */
  usual: number;
}

const times = 10;
const usualDays = { most: 28, least: 7 };
/** Fewer messages than this move no figure that anybody looks at. */
const leastMessages = 1000;

/**
 * What reporters claim on a day that is far beyond their own median for the domain, the most messages first. It counts all
 * the same: a campaign looks like that, and so does a reporter whose key was stolen.
 */
export function unusualClaims(window: Window, day: string): UnusualClaim[] {
  const days = window.pairsByDay;
  const before = daysUpTo(dayAfter(day, -1), usualDays.most).flatMap((earlier) => days.get(earlier) ?? []);
  const usual = groupBy(before, pairOf);
  return [...groupBy(days.get(day) ?? [], pairOf)]
    .flatMap(([pair, lines]) => {
      const [first] = lines;
      const messages = messagesIn(lines);
      const counts = [...groupBy(usual.get(pair) ?? [], (line) => line.day).values()].map(messagesIn);
      const middle = counts.length < usualDays.least ? undefined : median(counts);
      if (first === undefined || middle === undefined || messages < Math.max(leastMessages, times * middle)) return [];
      return [{ reporter: first.reporter, domain: first.domain, day, messages, usual: middle }];
    })
    .sort((a, b) => b.messages - a.messages);
}

function messagesIn(lines: readonly WindowPair[]): number {
  return sumOf(lines, ({ messages }) => messages);
}
