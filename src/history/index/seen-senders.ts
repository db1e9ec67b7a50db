import { parseCsvColumns } from "../csv.ts";
import { entryIn } from "../lists.ts";
import { parseEvidence } from "./evidence-cell.ts";
import { type DomainMonth, indexFile, indexPathsOf, isOutdated, orRebuild } from "./month-index.ts";
import { type SenderLine, senderColumns } from "./sender-lines.ts";

/** What was seen of a sender in some months, without its days. */
export interface SeenSender extends Pick<SenderLine, "sender"> {
  /** Policy domain, as A-label. */
  domain: string;
  policyTag: "p" | "sp";
  /** `YYYY-MM-DD` */
  lastSeen: string;
  messages: number;
  /** Messages that passed by SPF, as those of a host of ours do; what a forwarder passes on does by DKIM alone. */
  passedBySpf: number;
}

/** Which lines of an index are looked at. */
export interface SeenLines {
  /** From `first` to before `end`, `YYYY-MM-DD`. */
  first: string;
  end: string;
  isCounting: (line: Pick<SenderLine, "reporter" | "verdict">) => boolean;
}

/**
 * The senders in the index files of a domain, one entry a sender and policy tag; a missing file, or one of another release,
 * has none.
 *
 * Only what is needed is read of the files, since they are many.
 *
 * @param months - `YYYY-MM`
 * @param texts - By path; what else is in it is not looked at.
 * @throws HistoryFormatError when a file is not as `formatMonthIndex` writes it.
 */
export function seenSenders(
  { domain, months }: { domain: string; months: readonly string[] },
  { first, end, isCounting }: SeenLines,
  texts: ReadonlyMap<string, string>,
): SeenSender[] {
  const seen = new Map<string, SeenSender[]>();
  for (const month of months) {
    for (const line of linesOf({ domain, month }, texts)) {
      if (line.day < first || line.day >= end || !isCounting(line)) continue;
      addLine(
        entryIn(seen, line.sender, () => []),
        line,
        domain,
      );
    }
  }
  return [...seen.values()].flat();
}

const neededColumns = ["day", "reporter", "verdict", "sender", "evidence", "messages"] as const;

function linesOf(of: DomainMonth, texts: ReadonlyMap<string, string>): SeenLine[] {
  const path = indexPathsOf(of).senders;
  const text = texts.get(path);
  if (text === undefined || isOutdated(of, texts)) return [];
  return orRebuild(() => parseCsvColumns(indexFile(path, text), senderColumns, { names: neededColumns, beside: {} }));
}

type SeenLine = Pick<SenderLine, (typeof neededColumns)[number]>;

function addLine(ofSender: SeenSender[], { day, sender, evidence, messages }: SeenLine, domain: string): void {
  const { policyTag, spf } = parseEvidence(evidence);
  let seen = ofSender.find((one) => one.policyTag === policyTag);
  if (seen === undefined) {
    seen = { domain, sender, policyTag, lastSeen: day, messages: 0, passedBySpf: 0 };
    ofSender.push(seen);
  }
  seen.messages += messages;
  if (spf === "pass") seen.passedBySpf += messages;
  if (day > seen.lastSeen) seen.lastSeen = day;
}
