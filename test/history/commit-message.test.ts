import { expect, test } from "vitest";
import { commitMessage, sentMessage } from "../../src/history/commit-message.ts";
import type { DayChange, LedgerLine } from "../../src/history/intake/intake.ts";

function entry(said: Partial<LedgerLine> = {}): LedgerLine {
  return { mailbox: "imap", state: "stored", reports: 0, messages: 0, ...said };
}

function change(said: Partial<DayChange> = {}): DayChange {
  return { domain: "example.com", day: "2026-11-18", reports: 1, messages: 1, ...said };
}

const sent = { route: "slack", at: "2026-11-20T09:00:00.000Z", figures: [] };
const week = { ...sent, week: "2026-11-16" };

test("a commit says how the history has grown, and the mails by state", () => {
  const changes = [
    change({ reports: 2, messages: 12_000 }),
    change({ domain: "example.org", messages: 430 }),
    change({ domain: "example.net", reports: 1 }),
    change({ domain: "example.edu", reports: 0, messages: 0 }),
  ];
  expect(commitMessage([entry(), entry(), entry({ state: "corrupt" })], changes, () => false)).toBe(
    "dmarc: 4 reports for 3 domains, 12,431 messages\n\nMails by state\ncorrupt: 1\nstored: 2\n",
  );
});

test("TLS reports are counted apart from messages, and sessions are none", () => {
  const tls = change({ kind: "tls", reports: 2, messages: 448 });
  expect(commitMessage([], [change(), tls], () => true)).toBe(
    "dmarc: 1 report for 1 domain, 1 message, 2 TLS reports\n\nrestated 2026-11-18: +1 message, +448 TLS sessions\n",
  );
  expect(commitMessage([], [tls], () => true)).toBe("dmarc: 2 TLS reports\n\nrestated 2026-11-18: +448 TLS sessions\n");
});

test("one of each is no plural, and a report that took the place of a smaller one is none more", () => {
  expect(commitMessage([entry()], [change()], () => false)).toBe(
    "dmarc: 1 report for 1 domain, 1 message\n\nMails by state\nstored: 1\n",
  );
  expect(commitMessage([entry()], [change({ reports: 0, messages: 7 })], () => false)).toMatch(
    /^dmarc: 0 reports for 1 domain, 7 messages\n/,
  );
});

test("days that were told before are named with what changed", () => {
  const changes = [
    change({ day: "2026-11-18", messages: 200 }),
    change({ day: "2026-11-18", domain: "example.org", messages: 70 }),
    change({ day: "2026-11-16", messages: -1 }),
    change({ day: "2026-11-17", messages: 0 }),
    change({ day: "2026-11-19", messages: 1000 }),
  ];
  expect(commitMessage([], changes, (day) => day <= "2026-11-18")).toBe(
    "dmarc: 5 reports for 2 domains, 1,269 messages\n\nrestated 2026-11-16: -1 message\nrestated 2026-11-18: +270 messages\n",
  );
});

test("mails without a new report are counted, and a run without mails says so", () => {
  expect(commitMessage([entry({ state: "duplicate" }), entry({ state: "not-a-report" })], [], () => false)).toBe(
    "dmarc: no new reports that count in 2 mails\n\nMails by state\nduplicate: 1\nnot-a-report: 1\n",
  );
  expect(commitMessage([], [], () => false)).toBe("dmarc: no new mail\n");
});

test("no wording of a stranger is in it", () => {
  const stranger = "\n\nCo-authored-by: Mallory";
  const message = commitMessage(
    [entry({ state: "corrupt", mail: stranger, mailbox: stranger, reason: stranger })],
    [],
    () => false,
  );
  expect(message).toBe("dmarc: no new reports that count in 1 mail\n\nMails by state\ncorrupt: 1\n");
});

test.each([
  [["2026-11-17"], [sent], 0, "dmarc: digest of 2026-11-17 sent\n"],
  [["2026-11-17", "2026-11-16"], [sent], 0, "dmarc: digest of 2026-11-17 and 1 earlier day sent\n"],
  [["2026-11-17"], [sent], 2, "dmarc: digest of 2026-11-17 sent, 2 messages brought up to date\n"],
  [[], [], 1, "dmarc: 1 message brought up to date\n"],
  [
    ["2026-11-17", "2026-11-16", "2026-11-15"],
    [],
    0,
    "dmarc: digest of 2026-11-17 and 2 earlier days could not be sent\n",
  ],
  [[], [sent], 0, "dmarc: CSV file sent\n"],
  [[], [week], 0, "dmarc: weekly message of 2026-11-16 sent\n"],
  [["2026-11-17"], [sent, week], 0, "dmarc: digest of 2026-11-17 sent, weekly message of 2026-11-16 sent\n"],
  [["2026-11-17"], [week], 0, "dmarc: digest of 2026-11-17 could not be sent, weekly message of 2026-11-16 sent\n"],
  [[], [], 0, "dmarc: nothing was sent\n"],
])(
  "a commit of what was sent names the newest day and counts the earlier ones: %s",
  (days, message, updated, expected) => {
    expect(sentMessage(days, { sent: message, updated, isUncertain: false })).toBe(expected);
  },
);

test("a digest of which nobody knows whether it was sent is said to be one", () => {
  const uncertain = { sent: [], updated: 0, isUncertain: true };
  expect(sentMessage(["2026-11-17"], uncertain)).toBe("dmarc: digest of 2026-11-17 may have been sent\n");
});
