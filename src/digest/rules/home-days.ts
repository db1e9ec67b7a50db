import { entryIn } from "../../history/lists.ts";
import { isNetwork } from "../../report/source/source.ts";
import type { JudgedLine, SenderDay } from "./sender-days.ts";

/**
 * Own mail of one home on one day. A home with a name is a sender; hosts without one are a home together where they send the
 * same stream, since a provider sends one company's mail from dozens of networks, one day from this and the next from that.
 */
export interface HomeDay {
  messages: number;
  lines: JudgedLine[];
}

/** The own mail of a domain's homes on a day, by home. */
export type HomeDays = ReadonlyMap<string, HomeDay>;

/** The own mail of those senders of a day that are homes. */
export function homeDaysOf(senders: ReadonlyMap<string, SenderDay>, homes: ReadonlySet<string>): HomeDays {
  const days = new Map<string, HomeDay>();
  for (const [sender, { own }] of senders) {
    if (!homes.has(sender)) continue;
    const isHost = isNetwork(sender);
    for (const line of own) {
      const one = entryIn(days, isHost ? `hosts ${line.stream}` : sender, () => ({ messages: 0, lines: [] }));
      one.messages += line.messages;
      one.lines.push(line);
    }
  }
  return days;
}
