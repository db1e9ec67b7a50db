import { dayAfter, type Window, type WindowReporter } from "../../src/digest/window.ts";

/** A line for tests: a report that Google sent of 100 messages of example.com, which passed, 10 hours after the day's end. */
export function makeLine(
  day: string,
  { delayHours = 10, ...rest }: Partial<WindowReporter> & { delayHours?: number } = {},
): WindowReporter {
  const messages = rest.messages ?? 100;
  return {
    domain: "example.com",
    day,
    reporter: "google.com",
    verdict: "verified",
    policy: "p=none",
    reports: 1,
    messages,
    dmarcPass: messages,
    dmarcFail: 0,
    notEvaluated: 0,
    spfOrDkimFail: 0,
    dispositionNone: messages,
    dispositionQuarantine: 0,
    dispositionReject: 0,
    dispositionPass: 0,
    unreadableRecords: 0,
    firstReceived: new Date(Date.parse(dayAfter(day)) + delayHours * 3_600_000).toISOString(),
    ...rest,
  };
}

/** The same line on each of some days. */
export function makeLines(days: readonly string[], rest: Parameters<typeof makeLine>[1] = {}): WindowReporter[] {
  return days.map((day) => makeLine(day, rest));
}

/** A window of lines in the order in which they are given. */
export function windowOf(...lines: (WindowReporter | WindowReporter[])[]): Window {
  return { first: "2026-01-01", last: "2026-12-31", reporters: lines.flat(), sources: [] };
}

/** So many days that end before a day, sorted. */
export function daysUpTo(day: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => dayAfter(day, index - count));
}
