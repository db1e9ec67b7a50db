import { parseAddresses } from "../../history/index/index.ts";
import { sumOf } from "../../history/lists.ts";
import { isNetwork } from "../../report/source/source.ts";
import { brokenRecords, failPartOf, isOwnPass, type MailClass, type Senders, streamOf } from "../senders/senders.ts";
import type { SenderLine } from "../window/window.ts";
import type { JudgedLine } from "./sender-days.ts";

/**
 * The lines of an organizational domain with what their mail is. Of a network each address is judged by itself, since a
 * neighbour of our server is a stranger: its line is split by class, and what receivers did is shared out by messages.
 */
export function judgedLinesOf(senders: Senders, domain: string): JudgedLine[] {
  return senders.linesOf(domain).flatMap((line) => {
    const shares = isNetwork(line.sender) ? sharesOf(senders, line) : new Map([[senders.classOf(line), line.messages]]);
    return Array.from(shares, ([mailClass, messages]) => judgedLine(line, mailClass, messages));
  });
}

/** Messages of a line by their class. */
function sharesOf(senders: Senders, line: SenderLine): Map<MailClass, number> {
  const shares = new Map<MailClass, number>();
  const add = (mailClass: MailClass, messages: number): void => {
    if (messages > 0) shares.set(mailClass, (shares.get(mailClass) ?? 0) + messages);
  };
  const addresses = parseAddresses(line);
  for (const [address, messages] of addresses) add(senders.classOf({ ...line, address }), messages);
  add(senders.classOf({ ...line, address: "" }), line.messages - sumOf(addresses, ([, messages]) => messages));
  return shares;
}

function judgedLine(line: SenderLine, mailClass: MailClass, messages: number): JudgedLine {
  const { day, reporter, sender, evidence } = line;
  const part = failPartOf(mailClass);
  const broken = brokenRecords(mailClass, evidence);
  const share = messages / line.messages;
  return {
    day,
    reporter,
    sender,
    stream: streamOf(evidence),
    messages,
    quarantined: Math.round(line.quarantined * share),
    rejected: Math.round(line.rejected * share),
    ...(part && { part }),
    isOwnPass: isOwnPass(mailClass),
    byDkim: evidence.dkim === "pass",
    bySpf: evidence.spf === "pass",
    ...(broken && { broken }),
  };
}
