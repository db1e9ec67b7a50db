import { expect, test } from "vitest";
import { commitMessage, sentMessage } from "../../src/history/commit-message.ts";
import type { IntakeEntry } from "../../src/history/intake.ts";

function entry(said: Partial<IntakeEntry> = {}): IntakeEntry {
  return { mailbox: "imap", mail: "UID 1", state: "stored", domains: [], reports: 0, messages: 0, ...said };
}

const sent = { route: "slack", at: "2026-11-20T09:00:00.000Z", figures: [] };

test("a commit says what came in, and the mails by state", () => {
  const entries = [
    entry({ domains: ["example.com", "example.org"], reports: 2, messages: 12_000 }),
    entry({ domains: ["example.com"], reports: 1, messages: 431 }),
    entry({ state: "duplicate" }),
    entry({ state: "corrupt", domains: ["example.net"], reports: 1, messages: 0 }),
  ];
  expect(commitMessage(entries)).toBe(
    "dmarc: 4 reports for 3 domains, 12,431 messages\n\nMails by state\ncorrupt: 1\nduplicate: 1\nstored: 2\n",
  );
});

test("one of each is no plural", () => {
  expect(commitMessage([entry({ domains: ["example.com"], reports: 1, messages: 1 })])).toBe(
    "dmarc: 1 report for 1 domain, 1 message\n\nMails by state\nstored: 1\n",
  );
});

test("mails without a new report are counted, and a run without mails says so", () => {
  expect(commitMessage([entry({ state: "duplicate" }), entry({ state: "not-a-report" })])).toBe(
    "dmarc: no new reports in 2 mails\n\nMails by state\nduplicate: 1\nnot-a-report: 1\n",
  );
  expect(commitMessage([])).toBe("dmarc: no new reports in 0 mails\n");
});

test("no wording of a stranger is in it", () => {
  const stranger = "\n\nCo-authored-by: Mallory";
  const message = commitMessage([entry({ state: "corrupt", mail: stranger, mailbox: stranger, reason: stranger })]);
  expect(message).toBe("dmarc: no new reports in 1 mail\n\nMails by state\ncorrupt: 1\n");
});

test.each([
  [["2026-11-17"], sent, "dmarc: digest of 2026-11-17 sent\n"],
  [["2026-11-17", "2026-11-16"], sent, "dmarc: digest of 2026-11-17 and 1 earlier day sent\n"],
  [
    ["2026-11-17", "2026-11-16", "2026-11-15"],
    undefined,
    "dmarc: digest of 2026-11-17 and 2 earlier days could not be sent\n",
  ],
  [[], sent, "dmarc: CSV file sent\n"],
])("a commit of what was sent names the newest day and counts the earlier ones: %s", (days, message, expected) => {
  expect(sentMessage(days, message)).toBe(expected);
});
