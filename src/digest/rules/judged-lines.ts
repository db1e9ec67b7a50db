import { brokenRecords, failPartOf, isOwnPass, type MailClass, type SendersOfDomain } from "../senders/senders.ts";
import type { SenderLine } from "../window/window.ts";
import type { JudgedLine } from "./sender-days.ts";

/** The lines of an organizational domain about a day with what their mail is; what receivers did is shared out by messages. */
export function judgedLinesOn(senders: SendersOfDomain, day: string): JudgedLine[] {
  const judged: JudgedLine[] = [];
  for (const line of senders.linesOn(day)) {
    for (const [mailClass, messages] of senders.classesOf(line)) {
      judged.push(judgedLine(senders, line, { mailClass, messages }));
    }
  }
  // A list that has grown keeps room for more.
  return judged.slice();
}

function judgedLine(
  senders: SendersOfDomain,
  line: SenderLine,
  { mailClass, messages }: { mailClass: MailClass; messages: number },
): JudgedLine {
  const { reporter, sender, evidence } = line;
  const broken = brokenRecords(mailClass, evidence, (name) => senders.healthOf(name, line));
  const part = failPartOf(mailClass);
  const failed = part === "own" ? evidence.keys.filter(({ result }) => result !== "pass") : [];
  return {
    reporter,
    sender,
    stream: evidence.stream,
    messages,
    held: Math.round(((line.quarantined + line.rejected) * messages) / line.messages),
    part,
    isOwnPass: isOwnPass(mailClass),
    byDkim: evidence.dkim === "pass",
    bySpf: evidence.spf === "pass",
    ...(broken && { broken }),
    ...(failed.length > 0 && { failedKeys: failed.map(({ key }) => key) }),
  };
}
