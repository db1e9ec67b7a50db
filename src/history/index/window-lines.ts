import { parseCsvColumns } from "../csv.ts";
import { parseEvidence, type ShownEvidence } from "./evidence-cell.ts";
import { type DomainMonth, parseFiles } from "./month-index.ts";
import { type PairLine, pairColumns } from "./pair-lines.ts";
import { type SenderLine, senderColumns } from "./sender-lines.ts";

/** What one reporter said of one policy domain and day, without what no digest needs of it. */
export type WindowPair = Pick<
  PairLine,
  | "day"
  | "reporter"
  | "verdict"
  | "policy"
  | "reports"
  | "messages"
  | "dmarcPass"
  | "dmarcFail"
  | "spfOrDkimFail"
  | "firstReceived"
> & { domain: string };

/** A line of senders with the policy domain in it, and what it shows read from its cell. */
export interface WindowSender
  extends Pick<SenderLine, "day" | "reporter" | "sender" | "messages" | "quarantined" | "rejected"> {
  domain: string;
  evidence: ShownEvidence;
  /** As a cell; see `parseAddresses`. */
  addresses: string;
}

/** Whether lines of a day and of such reports are looked at. */
export type IsRead = (day: string, reporter: string, verdict: SenderLine["verdict"]) => boolean;

/**
 * The lines of an index with the policy domain in each, and only those cells that a digest needs: it reads hundreds of
 * thousands of them.
 *
 * @param texts - By path; what else is in it is not looked at.
 * @param isRead - Which lines of senders are taken.
 * @throws HistoryFormatError as `parseMonthIndex` does, but for what is in the other cells.
 */
export function parseWindowLines(
  { domain, month }: DomainMonth,
  texts: ReadonlyMap<string, string>,
  isRead: IsRead = () => true,
): { pairs: WindowPair[]; senders: WindowSender[] } {
  return parseFiles({ domain, month }, texts, {
    pairs: (file) =>
      parseCsvColumns(file, pairColumns, {
        names: [
          "day",
          "reporter",
          "verdict",
          "policy",
          "reports",
          "messages",
          "dmarcPass",
          "dmarcFail",
          "spfOrDkimFail",
          "firstReceived",
        ],
        rowOf: (cells) => ({
          domain,
          day: cells[0],
          reporter: cells[1],
          verdict: cells[2],
          policy: cells[3],
          reports: cells[4],
          messages: cells[5],
          dmarcPass: cells[6],
          dmarcFail: cells[7],
          spfOrDkimFail: cells[8],
          firstReceived: cells[9],
        }),
      }),
    senders: (file) =>
      parseCsvColumns(file, senderColumns, {
        names: ["day", "reporter", "verdict", "sender", "evidence", "messages", "quarantined", "rejected", "addresses"],
        rowOf: (cells) =>
          isRead(cells[0], cells[1], cells[2])
            ? {
                domain,
                day: cells[0],
                reporter: cells[1],
                sender: cells[3],
                evidence: parseEvidence(cells[4]),
                messages: cells[5],
                quarantined: cells[6],
                rejected: cells[7],
                addresses: cells[8],
              }
            : undefined,
      }),
  });
}
