import { dayAfter } from "../../history/dates.ts";
import { parseAddresses } from "../../history/index/index.ts";
import { alignedOutcome } from "../../report/outcome.ts";
import { isNetwork } from "../../report/source/source.ts";
import type { SenderLine } from "../window/window.ts";
import { entryOf, within } from "./sorted-days.ts";

/** What is known of one address of a network on a day. */
export interface KnownHost {
  /** Whether it has passed SPF for us: up to the day, and before it. */
  bySpf: boolean;
  passedSpf: boolean;
  /** Whether any of its mail has passed DMARC. */
  hasPassed: boolean;
  /** Days of the last 7 on which it sent, and its messages on them. */
  recentDays: number;
  recentMessages: number;
}

interface DayOfHost {
  day: string;
  messages: number;
  isPass: boolean;
  isSpfPass: boolean;
}

/** The addresses of a network. */
interface Hosts {
  /** Lines of which the addresses have not been looked at: most digests ask about few networks. */
  waiting: SenderLine[];
  /** The one address that all lines name; empty when there is none. */
  only: string;
}

/**
 * What the addresses of networks did for an organizational domain: in one network there may be a server of ours, a
 * forwarder and a stranger.
 */
export interface HostHistory {
  add(line: SenderLine): void;
  /** What is known of an address; `undefined` where it is the only one of its network, and known as that is. */
  known(
    host: { sender: string; address: string; day: string },
    days: { known: number; recent: number },
  ): KnownHost | undefined;
}

/** No addresses yet. */
export function makeHostHistory(): HostHistory {
  const hosts = new Map<string, DayOfHost[]>();
  const networks = new Map<string, Hosts>();
  return {
    add(line) {
      if (!isNetwork(line.sender)) return;
      const network = networks.get(line.sender);
      if (network === undefined) networks.set(line.sender, { waiting: [line], only: line.addresses });
      else {
        network.waiting.push(line);
        if (network.only !== line.addresses) network.only = "";
      }
    },
    known({ sender, address, day }, days) {
      const network = networks.get(sender);
      if (address !== "" && network?.only === address) return undefined;
      for (const line of network?.waiting.splice(0) ?? []) addHosts(hosts, line);
      const recentFrom = dayAfter(day, 1 - days.recent);
      const known = { bySpf: false, passedSpf: false, hasPassed: false, recentDays: 0, recentMessages: 0 };
      for (const one of within(hosts.get(address), dayAfter(day, 1 - days.known), day)) {
        if (one.isPass) known.hasPassed = true;
        if (one.isSpfPass) known.bySpf = true;
        if (one.isSpfPass && one.day < day) known.passedSpf = true;
        if (one.day < recentFrom) continue;
        known.recentDays += 1;
        known.recentMessages += one.messages;
      }
      return known;
    },
  };
}

function addHosts(hosts: Map<string, DayOfHost[]>, line: SenderLine): void {
  const { day, evidence } = line;
  const isPass = alignedOutcome(evidence) === "pass";
  for (const [address, messages] of parseAddresses(line)) {
    const one = entryOf(hosts, { name: address, day }, () => ({ day, messages: 0, isPass: false, isSpfPass: false }));
    one.messages += messages;
    one.isPass ||= isPass;
    one.isSpfPass ||= evidence.spf === "pass";
  }
}
