import { parseAddresses } from "../../history/index/index.ts";
import { sumOf } from "../../history/lists.ts";
import { isNetwork } from "../../report/source/source.ts";
import {
  brokenRecords,
  failPartOf,
  isOwnPass,
  type MailClass,
  type SendersOfDomain,
  streamOf,
} from "../senders/senders.ts";
import type { SenderLine } from "../window/window.ts";
import type { JudgedLine } from "./sender-days.ts";

/**
 * The lines of an organizational domain about a day with what their mail is. Of a network each address is judged by itself,
 * since a neighbour of our server is a stranger: its line is split by class, and what receivers did is shared out by messages.
 */
export function judgedLinesOn(senders: SendersOfDomain, day: string): JudgedLine[] {
  const judged: JudgedLine[] = [];
  for (const line of senders.linesOn(day)) {
    const isOne = !isNetwork(line.sender) || !line.addresses.includes(" ");
    const shares = isOne ? [[senders.classOf(line), line.messages] as const] : sharesOf(senders, line);
    for (const [mailClass, messages] of shares) judged.push(judgedLine(senders, line, { mailClass, messages }));
  }
  return judged;
}

/** Messages of a line by their class. */
function sharesOf(senders: SendersOfDomain, line: SenderLine): Map<MailClass, number> {
  const shares = new Map<MailClass, number>();
  const add = (address: string, messages: number): void => {
    if (messages === 0) return;
    const mailClass = senders.classOf({ ...line, address });
    shares.set(mailClass, (shares.get(mailClass) ?? 0) + messages);
  };
  const addresses = parseAddresses(line);
  for (const [address, messages] of addresses) add(address, messages);
  add("", line.messages - sumOf(addresses, ([, messages]) => messages));
  return shares;
}

function judgedLine(
  senders: SendersOfDomain,
  line: SenderLine,
  { mailClass, messages }: { mailClass: MailClass; messages: number },
): JudgedLine {
  const { reporter, sender, evidence } = line;
  const broken = brokenRecords(mailClass, evidence, (name) => senders.healthOf(name, line));
  return {
    reporter,
    sender,
    stream: streamOf(evidence),
    messages,
    held: Math.round(((line.quarantined + line.rejected) * messages) / line.messages),
    part: failPartOf(mailClass),
    isOwnPass: isOwnPass(mailClass),
    byDkim: evidence.dkim === "pass",
    bySpf: evidence.spf === "pass",
    ...(broken && { broken }),
  };
}
