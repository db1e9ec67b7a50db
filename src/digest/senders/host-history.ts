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

/**
 * What the addresses of networks did for an organizational domain: in one network there may be a server of ours, a
 * forwarder and a stranger.
 */
export interface HostHistory {
  add(line: SenderLine): void;
  known(address: string, day: string, days: { known: number; recent: number }): KnownHost;
}

/** No addresses yet. */
export function makeHostHistory(): HostHistory {
  const hosts = new Map<string, DayOfHost[]>();
  // Most digests ask about few networks.
  let waiting: SenderLine[] = [];
  return {
    add(line) {
      if (isNetwork(line.sender)) waiting.push(line);
    },
    known(address, day, days) {
      for (const line of waiting) addHosts(hosts, line);
      waiting = [];
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
