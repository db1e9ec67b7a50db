import { parseCsvColumns } from "../csv.ts";
import { entryIn } from "../lists.ts";
import { parseEvidence } from "./evidence-cell.ts";
import { indexFile, indexPathsOf, isOutdated, orRebuild } from "./month-index.ts";
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
  isCounting: (reporter: string, verdict: SenderLine["verdict"]) => boolean;
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
    const path = indexPathsOf({ domain, month }).senders;
    const text = texts.get(path);
    if (text === undefined || isOutdated({ domain, month }, texts)) continue;
    orRebuild(() =>
      parseCsvColumns(indexFile(path, text), senderColumns, {
        names: ["day", "reporter", "verdict", "sender", "evidence", "messages"],
        rowOf([day, reporter, verdict, sender, evidence, messages]) {
          if (day < first || day >= end || !isCounting(reporter, verdict)) return;
          const ofSender = entryIn(seen, sender, () => []);
          addLine(ofSender, { day, sender, evidence, messages }, domain);
        },
      }),
    );
  }
  return [...seen.values()].flat();
}

function addLine(
  ofSender: SeenSender[],
  { day, sender, evidence, messages }: Pick<SenderLine, "day" | "sender" | "evidence" | "messages">,
  domain: string,
): void {
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
