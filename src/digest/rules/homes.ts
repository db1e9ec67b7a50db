import { dayAfter, daysBetween } from "../../history/dates.ts";
import { isNetwork } from "../../report/source/source.ts";
import { type DayOfSender, knownDays, type SenderHistory } from "../senders/senders.ts";
import { within } from "../window/window.ts";
import { volumeDays } from "./volume.ts";

/**
 * A home in a week: a sender with a name, or several hosts without one that send the same stream, since a provider sends one
 * company's mail from dozens of networks, one day from this and the next from that.
 */
export interface Home {
  senders: readonly string[];
  /** What passed, which is nearly all that a home sends: for each day of the week, and for those before that say what is usual. */
  messages: readonly number[];
}

/** The homes of a domain, by what is known of its senders when a week begins. */
export function homesOfWeek(one: Pick<SenderHistory, "homesOn" | "daysOf">, sunday: string): Home[] {
  const first = dayAfter(sunday, -volumeDays);
  const hosts = new Map<string, string[]>();
  const named: string[][] = [];
  for (const sender of one.homesOn(sunday)) {
    const of = one.daysOf(sender);
    const lately = within(of, first, sunday);
    // One that has ceased belongs to those that sent as it did.
    if (isNetwork(sender))
      joinHost(hosts, sender, lately.length > 0 ? lately : within(of, dayAfter(sunday, -knownDays), sunday));
    else named.push([sender]);
  }
  return [...named, ...new Set(hosts.values())].map((senders): Home => {
    const messages = Array.from({ length: volumeDays + 7 }, () => 0);
    for (const sender of senders) {
      for (const { day, passed } of within(one.daysOf(sender), first, dayAfter(sunday, 6))) {
        const at = daysBetween(first, day);
        messages[at] = (messages[at] ?? 0) + passed;
      }
    }
    return { senders, messages };
  });
}

/** Puts a host to those that send one of its streams: one that begins to send in another way, too, is still the same. */
function joinHost(hosts: Map<string, string[]>, sender: string, days: readonly DayOfSender[]): void {
  const streams = new Set(days.flatMap((day) => [...day.streams]));
  const known = new Set([...streams].flatMap((stream) => [hosts.get(stream) ?? []]));
  const all = [sender, ...[...known].flat()];
  for (const [stream, others] of hosts) if (known.has(others)) hosts.set(stream, all);
  for (const stream of streams) hosts.set(stream, all);
}
