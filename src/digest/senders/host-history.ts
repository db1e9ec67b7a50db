import { dayAfter } from "../../history/dates.ts";
import { parseAddresses } from "../../history/index/index.ts";
import { alignedOutcome } from "../../report/outcome.ts";
import { isNetwork } from "../../report/source/source.ts";
import type { SenderLine } from "../window/window.ts";

/** What is known of one address of a network on a day. */
export interface KnownHost {
  /** Whether it has passed SPF for us in 90 days: up to the day, and before it. */
  bySpf: boolean;
  passedSpf: boolean;
  /** Whether any of its mail has passed DMARC in 90 days. */
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

const days = { known: 90, recent: 7 };

/**
 * What the addresses of networks did for an organizational domain: in one network there may be a server of ours, a
 * forwarder and a stranger.
 *
 * @param lines - Sorted by day.
 */
export function hostHistoryOf(lines: readonly SenderLine[]): (address: string, day: string) => KnownHost {
  let hosts: ReadonlyMap<string, readonly DayOfHost[]> | undefined;
  return (address, day) => {
    // Most digests have no failing network to ask about.
    hosts ??= addUpHosts(lines);
    const first = dayAfter(day, 1 - days.known);
    const known = (hosts.get(address) ?? []).filter((one) => one.day >= first && one.day <= day);
    const recent = known.filter((one) => one.day > dayAfter(day, -days.recent));
    return {
      bySpf: known.some(({ isSpfPass }) => isSpfPass),
      passedSpf: known.some((one) => one.isSpfPass && one.day < day),
      hasPassed: known.some(({ isPass }) => isPass),
      recentDays: new Set(recent.map((one) => one.day)).size,
      recentMessages: recent.reduce((sum, { messages }) => sum + messages, 0),
    };
  };
}

function addUpHosts(lines: readonly SenderLine[]): Map<string, DayOfHost[]> {
  const hosts = new Map<string, DayOfHost[]>();
  for (const line of lines) {
    if (!isNetwork(line.sender)) continue;
    const { day, evidence } = line;
    const isPass = alignedOutcome(evidence) === "pass";
    for (const [address, messages] of parseAddresses(line)) {
      const ofHost = hosts.get(address) ?? [];
      if (ofHost.length === 0) hosts.set(address, ofHost);
      ofHost.push({ day, messages, isPass, isSpfPass: evidence.spf === "pass" });
    }
  }
  return hosts;
}
