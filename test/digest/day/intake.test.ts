import { expect, test } from "vitest";
import { intakeSummary } from "../../../src/digest/day/intake.ts";
import type { IntakeEntry } from "../../../src/history/intake/add-mail.ts";
import type { MailState } from "../../../src/report/mail-state.ts";
import { because } from "../../reasons.ts";

const allRead = { unreadMailboxes: [], toGo: [] };

function entry(state: MailState, mail = "UID 1", reason?: string): IntakeEntry {
  return {
    mailbox: "imap",
    mail,
    state,
    reports: 0,
    messages: 0,
    ...(reason !== undefined && { reason }),
  };
}

test("mails are counted by state, and those that could not be counted are named with their reason", () => {
  const entries = [
    entry("stored"),
    entry("corrupt", "UID 2", "the gzip file is cut off"),
    entry("stored"),
    entry("duplicate", "UID 4", "this report was read before"),
    entry("too-big", "UID 5"),
    { ...entry("foreign-domain", "UID 6", "example.org is not among the domains"), foreignDomains: ["example.org"] },
    entry("not-a-report", "UID 7", "no report in it"),
  ];
  const unread = [{ mailbox: "imap", message: "refused", why: because("refused") }];
  expect(intakeSummary(entries, { unreadMailboxes: unread, toGo: [] })).toEqual({
    mails: 7,
    states: { stored: 2, corrupt: 1, duplicate: 1, "too-big": 1, "foreign-domain": 1, "not-a-report": 1 },
    problems: [
      { mail: "imap UID 2", state: "corrupt", reason: "the gzip file is cut off" },
      { mail: "imap UID 5", state: "too-big", reason: "" },
    ],
    unknownDomains: { domains: ["example.org"], more: 0 },
    unreadMailboxes: unread,
    toGo: [],
  });
});

test("domains of reports that were not kept are asked about, those named most often first", () => {
  const names = [
    "b.example",
    "a.example",
    ...Array.from({ length: 10 }, (_, index) => `x${index}.example`),
    "b.example",
  ];
  const entries = names.map((name) => ({ ...entry("foreign-domain"), foreignDomains: [name] }));
  const summary = intakeSummary(entries, { unreadMailboxes: [], toGo: [] });
  expect(summary.unknownDomains.domains.slice(0, 3)).toEqual(["b.example", "a.example", "x0.example"]);
  expect(summary.unknownDomains.more).toBe(2);
});

test("a domain that a report that counts is about is named before those that strangers make up", () => {
  const foreign = (code: "none-counted" | "not-in-domains", domain: string) => ({
    ...entry("foreign-domain"),
    why: { code, domain },
    foreignDomains: [domain],
  });
  const made = Array.from({ length: 40 }, (_, index) => foreign("none-counted", `x${index % 20}.example`));
  const summary = intakeSummary([...made, foreign("not-in-domains", "z.example")], { unreadMailboxes: [], toGo: [] });
  expect(summary.unknownDomains).toMatchObject({ domains: expect.arrayContaining(["z.example"]), more: 11 });
  expect(summary.unknownDomains.domains[0]).toBe("z.example");
});

test.each<[MailState, boolean]>([
  ["quarantined", true],
  ["too-big", true],
  ["corrupt", true],
  ["unsupported", true],
  ["implausible", true],
  ["conflict", true],
  ["retry", true],
  ["stored", false],
  ["duplicate", false],
  ["foreign-domain", false],
  ["known-empty", false],
  ["other-kind", false],
  ["not-a-report", false],
])("a mail that ended as %s is a problem to tell: %s", (state, isProblem) => {
  const summary = intakeSummary([entry(state)], allRead);
  expect(summary.problems).toHaveLength(isProblem ? 1 : 0);
});

test("at most 20 problems are named, and all are counted", () => {
  const summary = intakeSummary(
    Array.from({ length: 1200 }, (_, index) => entry("corrupt", `UID ${index}`)),
    allRead,
  );
  expect(summary.problems).toHaveLength(20);
  expect(summary.states).toEqual({ corrupt: 1200 });
});
