import { expect, test } from "vitest";
import { intakeSummary } from "../../../src/digest/day/intake.ts";
import type { LedgerLine } from "../../../src/history/intake/ledger.ts";
import { formatWhy } from "../../../src/history/intake/why-cell.ts";
import type { MailState } from "../../../src/report/mail-state.ts";
import type { Reason } from "../../../src/report/reason.ts";
import { because } from "../../reasons.ts";

const trust = { countsUnverified: false };
const allRead = { trust, unreadMailboxes: [], toGo: [] };

function mail(state: MailState, said: Partial<LedgerLine> = {}): LedgerLine {
  return { mailbox: "imap", uid: 1, state, reports: 0, messages: 0, batch: 1, ...said };
}

function reasoned(reason: Reason, words: string): Pick<LedgerLine, "why" | "reason"> {
  return { why: formatWhy(reason), reason: words };
}

const foreign = (domain: string) => reasoned({ code: "not-in-domains", domain }, `${domain} is not among the domains`);
const cutOff = reasoned({ code: "gzip-cut-off" }, "the gzip file is cut off");

test("mails are counted by state, and those that could not be counted are named with their reason", () => {
  const mails = [
    mail("stored"),
    mail("corrupt", { uid: 2, ...cutOff }),
    mail("stored"),
    mail("duplicate", { uid: 4, reason: "this report was read before" }),
    mail("too-big", { uid: undefined, mail: "reports/5.eml" }),
    mail("foreign-domain", { uid: 6, ...foreign("example.org") }),
    mail("not-a-report", { uid: 7, reason: "no report in it" }),
  ];
  const unread = [{ mailbox: "imap", message: "refused", why: because("refused") }];
  expect(intakeSummary(mails, { trust, unreadMailboxes: unread, toGo: [] })).toEqual({
    mails: 7,
    states: { stored: 2, corrupt: 1, duplicate: 1, "too-big": 1, "foreign-domain": 1, "not-a-report": 1 },
    trouble: { states: {}, senders: [] },
    problems: [
      { mail: "imap UID 2", state: "corrupt", reason: "the gzip file is cut off", why: { code: "gzip-cut-off" } },
      { mail: "imap reports/5.eml", state: "too-big", reason: "" },
    ],
    unknownDomains: { domains: ["example.org"], more: 0 },
    unreadMailboxes: unread,
    toGo: [],
  });
});

test("mails of believed senders come first and are trouble, those of others are counted", () => {
  const mails = [
    mail("corrupt", { uid: 2 }),
    mail("corrupt", { uid: 3, sender: "yahoo.com" }),
    mail("too-big", { uid: 4, sender: "google.com" }),
    mail("corrupt", { uid: 5, sender: "google.com" }),
    mail("implausible", { uid: 6, sender: "given" }),
  ];
  const { states, trouble, problems } = intakeSummary(mails, allRead);
  expect(states).toEqual({ corrupt: 3, "too-big": 1, implausible: 1 });
  expect(trouble).toEqual({
    states: { corrupt: 2, "too-big": 1, implausible: 1 },
    senders: ["google.com", "yahoo.com"],
  });
  expect(problems.map((problem) => problem.mail)).toEqual([3, 4, 5, 6, 2].map((uid) => `imap UID ${uid}`));
});

test("who counts what nobody vouches for is asked to look at all of it", () => {
  const { trouble } = intakeSummary([mail("corrupt")], { ...allRead, trust: { countsUnverified: true } });
  expect(trouble).toEqual({ states: { corrupt: 1 }, senders: [] });
});

test("domains of reports that were not kept are asked about, those named most often first", () => {
  const names = [
    "b.example",
    "a.example",
    ...Array.from({ length: 10 }, (_, index) => `x${index}.example`),
    "b.example",
  ];
  const summary = intakeSummary(
    names.map((name) => mail("foreign-domain", foreign(name))),
    allRead,
  );
  expect(summary.unknownDomains.domains.slice(0, 3)).toEqual(["b.example", "a.example", "x0.example"]);
  expect(summary.unknownDomains.more).toBe(2);
});

test("a domain that a report that counts is about is named before those that strangers make up", () => {
  const made = Array.from({ length: 40 }, (_, index) =>
    mail("foreign-domain", reasoned({ code: "none-counted", domain: `x${index % 20}.example` }, "")),
  );
  const { unknownDomains } = intakeSummary([...made, mail("foreign-domain", foreign("z.example"))], allRead);
  expect(unknownDomains).toMatchObject({ domains: expect.arrayContaining(["z.example"]), more: 11 });
  expect(unknownDomains.domains[0]).toBe("z.example");
});

test("of a mail with several reports those domains are asked about whose reports were not kept", () => {
  const reasons = ["a.example", "b.example"].map((domain): Reason => ({ code: "not-in-domains", domain }));
  const counts = { count: 2, files: 3, more: 0, others: [{ state: "stored" as const, count: 1 }] };
  const summary = intakeSummary(
    [mail("foreign-domain", reasoned({ code: "of-files", ...counts, reasons }, "2 of 3 files"))],
    allRead,
  );
  expect(summary.unknownDomains.domains).toEqual(["a.example", "b.example"]);
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
])("a mail that ended as %s is a problem to name: %s", (state, isProblem) => {
  const summary = intakeSummary([mail(state)], allRead);
  expect(summary.problems).toHaveLength(isProblem ? 1 : 0);
});

test("at most 20 problems are named, and all are counted", () => {
  const summary = intakeSummary(
    Array.from({ length: 1200 }, (_, index) => mail("corrupt", { uid: index + 1 })),
    allRead,
  );
  expect(summary.problems).toHaveLength(20);
  expect(summary.states).toEqual({ corrupt: 1200 });
});
