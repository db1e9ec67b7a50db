import { daysUpTo } from "../../history/dates.ts";
import { sumOf } from "../../history/lists.ts";
import { organizationalDomain } from "../../report/domain.ts";
import { failPartOf, type Senders } from "../senders/senders.ts";
import { type TlsFigures, tlsOn } from "../tls/tls.ts";
import { countsOf, type Window } from "../window/window.ts";

/** What was reported of a domain about one day: messages, and inbound sessions with TLS. */
export interface IssueDay {
  /** `YYYY-MM-DD` */
  day: string;
  /** Absent where nobody has reported messages of the day. */
  reported?: { messages: number; ownFail: number; dmarcFail: number };
  /** Absent where nobody has reported sessions of the day. */
  tls?: Pick<TlsFigures, "sessions" | "failed">;
}

const shownDays = 14;

/** The last 14 days of an organizational domain, the newest first. */
export function issueDays(
  domain: string,
  last: string,
  { window, senders }: { window: Pick<Window, "pairsByDay" | "tls">; senders: Senders },
): IssueDay[] {
  const known = senders.domain(domain);
  const ofDomain = window.tls?.filter((line) => organizationalDomain(line.domain) === domain) ?? [];
  return daysUpTo(last, shownDays)
    .reverse()
    .map((day) => {
      const pairs = window.pairsByDay.get(day)?.filter((pair) => organizationalDomain(pair.domain) === domain) ?? [];
      const { tls } = tlsOn({ tls: ofDomain }, day);
      const sessions = tls && { tls: { sessions: tls.sessions, failed: tls.failed } };
      if (pairs.length === 0) return { day, ...sessions };
      const { messages, dmarcFail } = countsOf(pairs);
      const classes = known.linesOn(day).flatMap((line) => known.classesOf(line));
      const ownFail = sumOf(classes, ([mailClass, count]) => (failPartOf(mailClass) === "own" ? count : 0));
      return { day, reported: { messages, ownFail, dmarcFail }, ...sessions };
    });
}
