import { parseCsvColumns } from "../csv.ts";
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
      const ofSender = seen.get(line.sender) ?? [];
      if (ofSender.length === 0) seen.set(line.sender, ofSender);
      addLine(ofSender, line, domain);
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

/** What one line says of its sender. */
function seenSenderOf({ day, sender, evidence, messages }: SeenLine, domain: string): SeenSender {
  const { policyTag, spf } = parseEvidence(evidence);
  return { domain, sender, policyTag, lastSeen: day, messages, passedBySpf: spf === "pass" ? messages : 0 };
}

type SeenLine = Pick<SenderLine, (typeof neededColumns)[number]>;

function addLine(ofSender: SeenSender[], line: SeenLine, domain: string): void {
  const { policyTag, spf } = parseEvidence(line.evidence);
  const seen = ofSender.find((one) => one.policyTag === policyTag);
  if (seen === undefined) {
    ofSender.push(seenSenderOf(line, domain));
    return;
  }
  seen.messages += line.messages;
  if (spf === "pass") seen.passedBySpf += line.messages;
  if (line.day > seen.lastSeen) seen.lastSeen = line.day;
}
