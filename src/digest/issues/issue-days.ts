import { daysUpTo } from "../../history/dates.ts";
import { sumOf } from "../../history/lists.ts";
import { organizationalDomain } from "../../report/domain.ts";
import { failPartOf, type Senders } from "../senders/senders.ts";
import { countsOf, type Window } from "../window/window.ts";

/** What was reported of a domain about one day, in messages. */
export interface IssueDay {
  /** `YYYY-MM-DD` */
  day: string;
  /** Absent where nobody has reported the day. */
  reported?: { messages: number; ownFail: number; dmarcFail: number };
}

const shownDays = 14;

/** The last 14 days of an organizational domain, the newest first. */
export function issueDays(
  domain: string,
  last: string,
  { window, senders }: { window: Pick<Window, "pairsByDay">; senders: Senders },
): IssueDay[] {
  const known = senders.domain(domain);
  return daysUpTo(last, shownDays)
    .reverse()
    .map((day) => {
      const pairs = window.pairsByDay.get(day)?.filter((pair) => organizationalDomain(pair.domain) === domain) ?? [];
      if (pairs.length === 0) return { day };
      const { messages, dmarcFail } = countsOf(pairs);
      const classes = known.linesOn(day).flatMap((line) => known.classesOf(line));
      const ownFail = sumOf(classes, ([mailClass, count]) => (failPartOf(mailClass) === "own" ? count : 0));
      return { day, reported: { messages, ownFail, dmarcFail } };
    });
}
