import { expect, test } from "vitest";
import { intakeSummary } from "../../../src/digest/day/intake.ts";
import type { LedgerLine } from "../../../src/history/intake/intake.ts";
import { formatWhy } from "../../../src/history/intake/why-cell.ts";

const said = { failure: "bodyhash", domain: "example.com", key: "example.com/s1", network: "192.0.2.0/24" } as const;

function line(
  reason: Partial<Record<keyof typeof said, string>> = {},
  sender: string | undefined = "google.com",
): LedgerLine {
  const why = formatWhy({ code: "failure-report", ...said, ...reason } as Parameters<typeof formatWhy>[0]);
  return {
    mailbox: "imap",
    state: "other-kind",
    reports: 0,
    messages: 0,
    why,
    ...(sender !== undefined && { sender }),
  };
}

function reportsIn(lines: LedgerLine[]) {
  return intakeSummary(lines, { trust: { countsUnverified: false }, unreadMailboxes: [], toGo: [] }).failureReports;
}

test("failure reports of believed senders are counted by what failed, of which key, from which network", () => {
  const lines = [line(), line({ failure: "signature" }), line(), line({ network: "198.51.100.0/24" })];
  expect(reportsIn(lines)).toEqual([
    { ...said, mails: 2 },
    { ...said, failure: "signature", mails: 1 },
    { ...said, network: "198.51.100.0/24", mails: 1 },
  ]);
});

test("those that nobody vouches for settle nothing", () => {
  const { sender: _, ...unsent } = line();
  expect(reportsIn([unsent])).toBeUndefined();
});
