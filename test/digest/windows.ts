import { makeWindow, type SenderLine, type Window, type WindowPair } from "../../src/digest/window/index-window.ts";
import { dayAfter } from "../../src/history/dates.ts";
import { streamOf } from "../../src/history/index/evidence-cell.ts";
import type { PairLine } from "../../src/history/index/pair-lines.ts";
import type { Evidence } from "../../src/report/source/source.ts";

/** Builders of windows for tests of what is made of them. */

/** Whole lines of an index, with more in them than a window has. */
type IndexReporter = PairLine & { domain: string };

/**
 * A line of a reporter: Google saw `p=none` and 10 messages of example.com that passed, unless said otherwise; of
 * outcomes that are given without them, the messages are the sum.
 */
export function pairLine(line: Partial<IndexReporter> & { day: string }): IndexReporter {
  const { dmarcPass = 0, dmarcFail = 0, notEvaluated = 0 } = line;
  const sum = dmarcPass + dmarcFail + notEvaluated;
  const messages = line.messages ?? (sum === 0 ? 10 : sum);
  return {
    domain: "example.com",
    reporter: "google.com",
    verdict: "verified",
    policy: "p=none",
    reports: 1,
    messages,
    dmarcPass: line.messages === undefined && sum > 0 ? dmarcPass : messages,
    dmarcFail: 0,
    notEvaluated: 0,
    spfOrDkimFail: dmarcFail,
    dispositionNone: messages,
    dispositionQuarantine: 0,
    dispositionReject: 0,
    dispositionPass: 0,
    unreadableRecords: 0,
    firstReceived: undefined,
    ...line,
  };
}

/** A report that Google sent of 100 messages, 10 hours after the day's end. */
export function makeLine(
  day: string,
  { delayHours = 10, ...rest }: Partial<IndexReporter> & { delayHours?: number } = {},
): IndexReporter {
  const firstReceived = new Date(Date.parse(dayAfter(day)) + delayHours * 3_600_000).toISOString();
  return pairLine({ day, messages: 100, firstReceived, ...rest });
}

/** The same line on each of some days. */
export function makeLines(days: readonly string[], rest: Parameters<typeof makeLine>[1] = {}): IndexReporter[] {
  return days.map((day) => makeLine(day, rest));
}

/** What a line of a sender is made of: `altered` has a signature of ours in it that does not hold. */
type SenderSaid = Partial<Omit<SenderLine, "evidence">> &
  Partial<Pick<Evidence, "policyTag" | "dkim" | "spf">> & {
    day: string;
    evidence?: Partial<Evidence>;
    altered?: boolean;
  };

/** A line of a sender: 10 messages of a service that passed by both and were let through, unless said otherwise. */
export function senderLine({ altered = false, evidence, ...said }: SenderSaid): SenderLine {
  const { policyTag = "p", dkim, spf, ...line } = { dkim: "pass", spf: "pass", ...said } as const;
  const keys = altered ? [{ key: "example.com/s1", result: "fail" }] : [];
  const shown: Evidence = { policyTag, dkim, spf, signers: [], keys, isBounce: false, ...evidence };
  return {
    domain: "example.com",
    reporter: "google.com",
    sender: "crm.example",
    messages: 10,
    quarantined: 0,
    rejected: 0,
    addresses: "1",
    ...line,
    evidence: { ...shown, stream: streamOf(shown) },
  };
}

/** What a line says of messages that failed both. */
export const failing = { dkim: "fail", spf: "fail" } as const;

/** A window of reporters' lines in the order in which they are given. */
export function windowOf(...lines: (WindowPair | WindowPair[])[]): Window {
  return makeWindowOf({ first: "2026-01-01", last: "2026-12-31" }, lines.flat());
}

/** A window of some days. */
export function makeWindowOf(
  days: Pick<Window, "first" | "last">,
  pairs: readonly WindowPair[],
  senders: readonly SenderLine[] = [],
): Window {
  return makeWindow({ ...days, pairs, senders });
}

/** So many days that end before a day, sorted. */
export function daysUpTo(day: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => dayAfter(day, index - count));
}
