import { isNetwork } from "../../report/source/source.ts";
import type { JudgedLine, SenderDay } from "./sender-days.ts";

/** Own mail of a sender that is a home on a day. */
export interface HomeDay {
  messages: number;
  own: readonly JudgedLine[];
  /** What hosts without a name send; none of a sender with a name. */
  streams: readonly string[];
}

/** The homes of a domain on a day, by sender. */
export type HomeDays = ReadonlyMap<string, HomeDay>;

/** The own mail of those senders of a day that are homes. */
export function homeDaysOf(senders: ReadonlyMap<string, SenderDay>, homes: ReadonlySet<string>): HomeDays {
  const days = new Map<string, HomeDay>();
  for (const [sender, { messages, own }] of senders) {
    if (!homes.has(sender)) continue;
    const streams = isNetwork(sender) ? [...new Set(own.map(({ stream }) => stream))] : [];
    days.set(sender, { messages, own, streams });
  }
  return days;
}

/**
 * The senders of some days, those together that are one home. A sender with a name is one by itself. Hosts without a name are one
 * where they send the same stream, since a provider sends one company's mail from dozens of networks, one day from this and
 * the next from that; and a host that begins to send in another way is still the same.
 */
export function homesIn(days: Iterable<HomeDays>): Set<string>[] {
  const homes = new Map<string, Set<string>>();
  for (const senders of days) {
    for (const [sender, { streams }] of senders) {
      const names = [sender, ...streams.map((stream) => `sends ${stream}`)];
      const [first = new Set<string>(), ...others] = new Set(names.flatMap((name) => homes.get(name) ?? []));
      for (const other of others) {
        for (const name of other) first.add(name);
      }
      for (const name of [...names, ...others.flatMap((other) => [...other])]) {
        first.add(name);
        homes.set(name, first);
      }
    }
  }
  return [...new Set(homes.values())];
}
