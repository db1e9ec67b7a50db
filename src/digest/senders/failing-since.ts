import { dayAfter, daysUpTo } from "../../history/dates.ts";
import { sumOf } from "../../history/lists.ts";
import type { SenderLine } from "../window/window.ts";
import { type DayOfSender, knownDays } from "./day-of-sender.ts";

/** How long the messages of a sender have failed, or those with a record of ours, that passed before. */
export interface FailingSince {
  /** The last day on which they passed, `YYYY-MM-DD`: 95 % of them at least, since some are forwarded on the way. */
  lastGoodDay: string;
  /** Share of its messages that passed up to then, from 0 to 1. */
  passRate: number;
  /** The first day on which they failed. */
  failsSince: string;
}

/** A day is good with so large a share of messages that pass; they passed for a while with so many of them. */
const good = { share: 0.95, messages: 10, rate: 0.9 };

/** What passed and failed on days, in their order. */
type PassedDays = readonly Pick<DayOfSender, "day" | "passed" | "failed">[];

/** How long messages have failed that passed before a day; `undefined` where they never passed for a while. */
export function failingSinceIn(all: PassedDays, day: string): FailingSince | undefined {
  const days = all.filter((one) => one.day < day && one.passed + one.failed > 0);
  const last = days.findLastIndex(({ passed, failed }) => passed >= good.share * (passed + failed));
  const lastGoodDay = days[last]?.day;
  const before = days.slice(0, last + 1);
  const passed = sumOf(before, (one) => one.passed);
  const passRate = passed / (passed + sumOf(before, ({ failed }) => failed));
  if (lastGoodDay === undefined || passed < good.messages || passRate < good.rate) return undefined;
  return { lastGoodDay, passRate, failsSince: days[last + 1]?.day ?? day };
}

/**
 * How long a sender's messages have failed by a record of ours that passed by it before: by one of our keys, or by SPF under the name
 * `SPF`. What else of the sender fails says nothing of the record.
 */
export function recordFailingSince(
  linesOn: (day: string) => readonly SenderLine[],
  { sender, name, day }: { sender: string; name: string; day: string },
): FailingSince | undefined {
  const days = daysUpTo(dayAfter(day, -1), knownDays).map((ofDay) => {
    const seen = linesOn(ofDay).flatMap((line) => {
      const result = line.sender === sender ? resultOf(line.evidence, name) : undefined;
      return result === undefined ? [] : [{ isPass: result === "pass", messages: line.messages }];
    });
    const passed = sumOf(seen, ({ isPass, messages }) => (isPass ? messages : 0));
    return { day: ofDay, passed, failed: sumOf(seen, ({ messages }) => messages) - passed };
  });
  return failingSinceIn(days, day);
}

function resultOf({ keys, ownEnvelope, spfResult }: SenderLine["evidence"], name: string): string | undefined {
  if (name === "SPF") return ownEnvelope === undefined ? undefined : spfResult;
  return keys.find(({ key }) => key === name)?.result;
}
