import { describe, expect, test } from "vitest";
import { intakeSummary } from "../../../src/digest/day/day.ts";
import { messagesOf } from "../../../src/history/day/day.ts";
import {
  type Days,
  dayPathsOf,
  type IntakeSettings,
  type OriginMail,
  openDays,
} from "../../../src/history/intake/add-mail.ts";
import { openAddition } from "../../../src/history/intake/intake.ts";
import { formatLedger, type LedgerLine, parseLedger } from "../../../src/history/intake/ledger.ts";
import { openLedger } from "../../../src/history/intake/open-ledger.ts";
import { parseWhy } from "../../../src/history/intake/why-cell.ts";
import type { Authenticity } from "../../../src/report/authenticity.ts";
import type { ReadFile, ReadMail } from "../../../src/report/read-mail.ts";
import type { Report } from "../../../src/report/types.ts";
import { because } from "../../reasons.ts";
import { intakeSettings, makeRecord, makeReport, noTrust } from "../reports.ts";

const noDays: Days = new Map();
const path = "example.com/2026/2026-11-17.json";

function mailOf(...files: (Report | ReadFile)[]): ReadMail {
  const authenticity = { verdict: "given" } as const;
  const read = files.map((file): ReadFile => ("state" in file ? file : { state: "read", report: file, authenticity }));
  return { files: read, received: "2026-11-18T10:12:00Z" };
}

function addMail(days: Days, fetched: OriginMail, settings: IntakeSettings): { days: Days; entry: LedgerLine } {
  const open = openDays(settings);
  open.load(days);
  const entry = open.add(open.plan(fetched));
  return { entry, days: open.close() };
}

function add(
  mail: ReadMail,
  { days = noDays, domains = [] }: { days?: Days; domains?: string[] } = {},
): { days: Days; entry: LedgerLine } {
  return addMail(days, { mail, origin: { mailbox: "imap", mail: "reports/7.eml" } }, intakeSettings({ domains }));
}

test.each([
  ["stored", []],
  ["foreign-domain", ["example.com"]],
] as const)(
  "a domain that begins with a hyphen is no formula in the ledger, which can be read again: %s",
  (state, domains) => {
    const { entry } = add(mailOf(makeReport({ domain: "-a.example" })), { domains: [...domains] });
    expect(entry).toMatchObject({ state, domains: "'-a.example" });
    expect(parseWhy(entry.why)).toEqual(
      state === "stored" ? undefined : { code: "not-in-domains", domain: "-a.example" },
    );
    const open = openLedger([parseLedger("intake/2026/11/2026-11-18.csv", undefined)]);
    open.add(entry);
    expect(open.close().map((ledger) => parseLedger(ledger.path, formatLedger(ledger)).lines)).toEqual([[entry]]);
  },
);

const corrupt: ReadFile = { state: "corrupt", reason: { code: "gzip-cut-off" } };

test("a new report is stored on its day, with the date of receipt", () => {
  const { days, entry } = add(mailOf(makeReport()));
  expect(entry).toEqual({
    arrived: "2026-11-18T10:12:00Z",
    mailbox: "imap",
    state: "stored",
    reporter: "google.com",
    domains: "example.com",
    reports: 1,
    messages: 10,
    batch: 3,
  });
  expect([...days.keys()]).toEqual([path]);
  expect(days.get(path)).toMatchObject({ domain: "example.com", day: "2026-11-17" });
  expect(days.get(path)?.reports).toMatchObject([{ received: "2026-11-18T10:12:00Z", reporter: "google.com" }]);
});

test("a reporter without a name is told by the domain of its address, never by the address", () => {
  const { days, entry } = add(mailOf(makeReport({ orgName: "" })));
  expect(entry.reporter).toBe("reports.example.net");
  expect(days.get(path)?.reports).toMatchObject([{ reporter: "reports.example.net" }]);
});

test("a report that is known is a duplicate, adds nothing and leaves its day as it was", () => {
  const { days } = add(mailOf(makeReport()));
  const again = add(mailOf(makeReport()), { days });
  expect(again.entry).toMatchObject({
    state: "duplicate",
    reason: "this report was read before",
    domains: "example.com",
    reports: 0,
    messages: 0,
  });
  expect(again.days).toEqual(days);
});

test("a report with the id of a larger one is a conflict and adds nothing", () => {
  const { days } = add(mailOf(makeReport()));
  const smaller = add(mailOf(makeReport({ records: [makeRecord({ count: 9 })] })), { days });
  expect(smaller.entry).toMatchObject({ state: "conflict", reports: 0, messages: 0, reason: expect.any(String) });
  expect(smaller.days).toEqual(days);
});

const google: Authenticity = { verdict: "verified", by: "dkim", domain: "google.com" };

test.each<[string, string, Authenticity, string]>([
  ["two that are authenticated", "7", google, "with this id, the larger one"],
  ["without an id", "", google, "without an id about this period, the larger one"],
  [
    "one of them by hand",
    "7",
    { verdict: "given", domain: "google.com" },
    "with this id, the better authenticated one",
  ],
])("that of two reports one alone counts is told whichever was read first: %s", (_, reportId, other, which) => {
  const large: ReadFile = { state: "read", report: makeReport({ reportId }), authenticity: google };
  const report = makeReport({ reportId, records: [makeRecord({ count: 9 })] });
  const small: ReadFile = { ...large, report, authenticity: other };
  const told = [
    [large, small],
    [small, large],
  ].map((files) => {
    const open = openDays(intakeSettings());
    const lines = files.map((file) =>
      open.add(open.plan({ mail: mailOf(file), origin: { mailbox: "imap", mail: "" } })),
    );
    const { states, problems } = intakeSummary(lines, { trust: noTrust, unreadMailboxes: [], toGo: [] });
    return { days: open.close(), states, problems };
  });
  expect(told[1]).toEqual(told[0]);
  const reason = `of two reports ${which} was kept`;
  expect(told[0]).toMatchObject({ states: { stored: 1, conflict: 1 }, problems: [{ state: "conflict", reason }] });
});

test("the days that are handed in are left alone", () => {
  const { days } = add(mailOf(makeReport()));
  const before = structuredClone(days);
  add(mailOf(makeReport({ reportId: "2", records: [makeRecord({ count: 1 })] })), { days });
  expect(days).toEqual(before);
});

test.each([
  ["example.com", [], "stored"],
  ["example.com", ["example.com"], "stored"],
  ["news.example.com", ["example.org", "example.com"], "stored"],
  ["example.com", ["news.example.com"], "foreign-domain"],
  ["notexample.com", ["example.com"], "foreign-domain"],
  ["example.org", ["example.com"], "foreign-domain"],
  ["localhost", [], "foreign-domain"],
  ["readme.md", [], "foreign-domain"],
  ["state.json", [], "foreign-domain"],
])("a report about %s, with the domains [%s], is %s", (domain, domains, state) => {
  const mail = mailOf(makeReport({ domain }));
  const { days, entry } = add(mail, { domains });
  expect(entry.state).toBe(state);
  expect(days.size).toBe(state === "stored" ? 1 : 0);
  expect(dayPathsOf(mail, intakeSettings({ domains }))).toEqual([...days.keys()]);
  if (state !== "stored")
    expect(entry).toMatchObject({ reports: 0, messages: 0, reason: expect.stringContaining(domain) });
});

test("a report without records is known to be empty, and stored without records the first time", () => {
  const empty: ReadFile = {
    state: "known-empty",
    report: makeReport({ records: [] }),
    authenticity: { verdict: "given" },
    reason: because("no records"),
  };
  const first = add(mailOf(empty));
  expect(first.entry).toMatchObject({ state: "known-empty", reason: "no records", messages: 0 });
  expect(first.days.get(path)?.reports).toMatchObject([{ reporter: "google.com", records: [] }]);
  const again = add(mailOf(empty), { days: first.days });
  expect(again.entry.state).toBe("duplicate");
  expect(again.days).toEqual(first.days);
});

test("a mail that says there is nothing to report has nothing to store", () => {
  const { days, entry } = add(
    mailOf({ state: "known-empty", reason: because("says that there is nothing to report") }),
  );
  expect(entry).toMatchObject({ state: "known-empty", domains: undefined, reports: 0 });
  expect(days.size).toBe(0);
});

test("a report of an impossible period is never stored", () => {
  const mail = mailOf({
    state: "implausible",
    implausible: makeReport(),
    reason: because("its period is in the future"),
  });
  expect(add(mail)).toMatchObject({ days: new Map(), entry: { state: "implausible", reports: 0 } });
  expect(dayPathsOf(mail, intakeSettings())).toEqual([]);
});

test("of a mail with a good file and a broken one the good one is stored, and the broken one is told", () => {
  const { days, entry } = add(mailOf(makeReport(), corrupt, makeReport({ domain: "example.org" })));
  expect(entry).toMatchObject({
    mailbox: "imap",
    mail: "7.eml",
    state: "corrupt",
    reason: "1 of 3 files: the gzip file is cut off (2 stored)",
    domains: "example.com example.org",
    reports: 2,
    messages: 20,
  });
  expect([...days.keys()].sort()).toEqual([path, "example.org/2026/2026-11-17.json"]);
});

test.each<[string, Partial<ReadMail>, string | undefined]>([
  ["a known reporter", { sender: { verdict: "verified", by: "dkim", domain: "google.com" } }, "google.com"],
  ["somebody who put it there by hand", { sender: { verdict: "given" } }, "given"],
  ["a stranger", { sender: { verdict: "verified", by: "dkim", domain: "stranger.example" } }, undefined],
  ["nobody knows whom", { sender: { verdict: "unverified", domain: "google.com" } }, undefined],
  ["nobody who could be known", {}, undefined],
])("a mail that can't be read names who is believed to have sent it: %s", (_, said, sender) => {
  expect(add({ ...mailOf(corrupt), ...said }).entry).toMatchObject({ state: "corrupt", sender });
});

test("a report of a known reporter does not vouch for what else is in its mail", () => {
  const authenticity: Authenticity = { verdict: "verified", by: "dkim", domain: "google.com" };
  const good: ReadFile = { state: "read", report: makeReport(), authenticity };
  expect(add(mailOf(good, corrupt)).entry.sender).toBeUndefined();
  const { days } = add(mailOf(good));
  const other: ReadFile = { ...good, report: makeReport({ records: [makeRecord({ count: 9 })] }) };
  expect(add(mailOf(other), { days }).entry).toMatchObject({ state: "conflict", sender: "google.com" });
});

test("a mail with a UID needs no other name, and one that was counted no reason", () => {
  const origin = { mailbox: "imap", mail: "UID 7", uid: 7, uidValidity: "1" };
  expect(addMail(noDays, { mail: mailOf(corrupt), origin }, intakeSettings()).entry).toMatchObject({
    mail: undefined,
    why: '{"code":"gzip-cut-off"}',
  });
  expect(add(mailOf(makeReport(), makeReport())).entry).toMatchObject({ mail: undefined, why: undefined });
});

test("one report twice in a mail is counted once", () => {
  const { days, entry } = add(mailOf(makeReport(), makeReport()));
  expect(entry).toMatchObject({
    state: "stored",
    reports: 1,
    messages: 10,
    reason: expect.stringContaining("1 duplicate"),
  });
  expect(messagesOf(days.get(path)?.reports ?? [])).toBe(10);
});

test("the days that a mail needs are those of the middle of its reports' periods", () => {
  const tokyo = makeReport({ begin: Date.UTC(2026, 10, 16, 15) / 1000, end: Date.UTC(2026, 10, 17, 15) / 1000 });
  const yearEnd = makeReport({ domain: "news.example.com", begin: Date.UTC(2026, 11, 31) / 1000 });
  expect(dayPathsOf(mailOf(tokyo, corrupt, yearEnd), intakeSettings())).toEqual([
    path,
    "news.example.com/2026/2026-12-31.json",
  ]);
  expect([...add(mailOf(tokyo, corrupt, yearEnd)).days.keys()]).toEqual([
    path,
    "news.example.com/2026/2026-12-31.json",
  ]);
});

test("a report about a period long ago is implausible, and not kept", () => {
  const mail = mailOf(makeReport());
  const late = intakeSettings({ oldest: "2026-11-19" });
  const { days, entry } = addMail(noDays, { mail, origin: { mailbox: "imap", mail: "reports/7.eml" } }, late);
  expect(entry).toMatchObject({
    state: "implausible",
    reason: "its period ended on 2026-11-17, before 2026-11-19: older than max-report-age",
    reports: 0,
  });
  expect([days.size, dayPathsOf(mail, late)]).toEqual([0, []]);
});

test("where no domain was named, a new one gets no folder by whatever report, but is named", () => {
  const reports = ["a.example", "b.example"].map((domain) => makeReport({ domain }));
  const authenticity: Authenticity = { verdict: "verified", by: "dkim", domain: "google.com" };
  const mail = { files: reports.map((report): ReadFile => ({ state: "read", report, authenticity })) };
  const origin = { mailbox: "imap", mail: "UID 7" };
  const { days, entry } = addMail(noDays, { mail, origin }, intakeSettings({ known: [] }));
  expect(days.size).toBe(0);
  expect(entry).toMatchObject({ state: "foreign-domain", reports: 0 });
  expect(parseWhy(entry.why)).toMatchObject({ reasons: [{ domain: "a.example" }, { domain: "b.example" }] });
});

test("of a mail about thousands of domains the ledger names as many as go into a cell", () => {
  const domains = Array.from({ length: 3000 }, (_, index) => `d${String(index).padStart(4, "0")}.example`);
  const { entry } = add(mailOf(...domains.map((domain) => makeReport({ domain }))));
  expect(entry.domains).toMatch(/^d0000\.example (d\d{4}\.example ){13}and 2986 more$/);
  const [long, other] = ["a", "b"].map((name) => `${`${name.repeat(60)}.`.repeat(4)}example`);
  const two = add(mailOf(makeReport({ domain: long ?? "" }), makeReport({ domain: other ?? "" })));
  expect(two.entry.domains).toBe("2 more");
});

test("a mail whose commit was refused for its size is too big, and nothing of it is added", () => {
  const origin = { mailbox: "imap", mail: "UID 7", uid: 7 };
  const { days, entry } = addMail(
    noDays,
    { mail: mailOf(makeReport()), origin },
    { ...intakeSettings(), isRefused: true },
  );
  expect([days.size, entry]).toMatchObject([
    0,
    {
      state: "too-big",
      reason: expect.stringContaining("a larger commit than the history's repository takes"),
      reports: 0,
    },
  ]);
});

describe("of mails that nobody vouches for", () => {
  const stranger = { verdict: "unverified", domain: "stranger.example" } as const;
  const fileOf = (report: Report): ReadFile => ({ state: "read", report, authenticity: stranger });

  test("at most 50 reports are taken from one, and the rest is named in its reason", () => {
    const reports = Array.from({ length: 60 }, (_, index) =>
      makeReport({ reportId: String(index), records: [makeRecord({ count: index + 1 })] }),
    );
    const { days, entry } = add(mailOf(...reports.map(fileOf)));
    expect(days.get(path)?.uncounted?.reports.length).toBeLessThanOrEqual(50);
    expect(entry).toMatchObject({
      state: "not-kept",
      reason: expect.stringMatching(
        /^\d+ of 60 files: .*reports that don't count are taken from a mail up to 50.* stored\)$/,
      ),
    });
    expect(add(mailOf(...reports)).entry).toMatchObject({ state: "stored", reports: 60 });
  });

  test("no more days are asked for than those of these 50", () => {
    const reports = Array.from({ length: 60 }, (_, index) =>
      makeReport({ domain: index < 50 ? "example.com" : "example.org" }),
    );
    expect(dayPathsOf(mailOf(...reports.map(fileOf)), intakeSettings())).toEqual([path]);
  });

  test("reports about periods that ended more than 14 days ago are not kept", () => {
    const begin = Date.UTC(2026, 10, 5) / 1000;
    const { days, entry } = add(mailOf(fileOf(makeReport({ begin }))));
    expect([days.size, entry.state, entry.reason]).toEqual([
      0,
      "not-kept",
      "it does not count, and its period ended on 2026-11-05, before 2026-11-06",
    ]);
    expect(add(mailOf(makeReport({ begin }))).entry.state).toBe("stored");
  });

  test("a commit takes what they bring as what it is, and not the day file of their day", () => {
    const { days } = add(mailOf(makeReport({ records: manyRecords(5000) })));
    const open = openDays(intakeSettings());
    open.load(days);
    const origin = { mailbox: "imap", mail: "UID 8" };
    const bytesOf = (mail: ReadMail) => open.plan({ mail, origin }).bytes;
    expect(bytesOf(mailOf(fileOf(makeReport({ reportId: "2" }))))).toBeLessThan(2000);
    expect(bytesOf(mailOf(makeReport({ reportId: "2" })))).toBeGreaterThan(100_000);
  });
});

function manyRecords(count: number) {
  return Array.from({ length: count }, (_, index) =>
    makeRecord({ sourceIp: `192.0.${index >> 8}.${index & 255}`, count: index + 1 }),
  );
}

test("one commit takes mails of 16 MB together, in their order, and one that is larger alone", () => {
  const mailWith = (reportId: string, bytes: number): OriginMail => ({
    mail: mailOf(makeReport({ reportId, records: [makeRecord({ envelopeFrom: "x".repeat(bytes) })] })),
    origin: { mailbox: "imap", mail: reportId },
  });
  const small = ["1", "2", "3"].map((id) => mailWith(id, 5_500_000));
  for (const [mails, fitting] of [
    [small, 2],
    [[mailWith("large", 17_000_000), ...small], 1],
  ] as const) {
    const open = openAddition(new Map(), intakeSettings());
    expect(open.add(mails)).toBe(false);
    expect(open.close()).toMatchObject({ mails: fitting, isCut: false });
  }
});
