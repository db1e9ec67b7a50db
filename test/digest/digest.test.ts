import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { intakeSummary } from "../../src/digest/day/intake.ts";
import { failingRecords } from "../../src/digest/day/sources.ts";
import { type Digest, type DigestSource, makeDigest } from "../../src/digest/digest.ts";
import { makeSenders } from "../../src/digest/senders/senders.ts";
import { makeWindow } from "../../src/digest/window/index-window.ts";
import { addReport, type Day } from "../../src/history/day/day.ts";
import { dayOf } from "../../src/history/day/stored-report.ts";
import { parseDayFile } from "../../src/history/day-file/day-file.ts";
import type { Report } from "../../src/report/types.ts";
import { sampleInputs } from "../../src/sample/story.ts";
import { keepReport, makeRecord, makeReport, noTrust } from "../history/reports.ts";
import { because } from "../reasons.ts";
import { makeIntake } from "../render/digests.ts";

const noMails = intakeSummary([], { trust: noTrust, unreadMailboxes: [], toGo: [] });

/** The service that signs as itself is ours. */
const senders = makeSenders([], { saidOf: (sender) => (sender === "crm.example" ? "ours" : undefined) });

function digestOf(reports: Report[], said: Partial<DigestSource> = {}): Digest {
  return makeDigest({
    days: ["2026-11-17"],
    policyDomains: [],
    files: daysOf(reports),
    restated: [],
    window: makeWindow({ first: "2026-09-01", last: "2026-11-20", pairs: [], senders: [] }),
    senders,
    thresholds: { maxFailRate: 0.05, minMessages: 100 },
    trust: noTrust,
    intake: noMails,
    ...said,
  });
}

function daysOf(reports: Report[]): Day[] {
  const days = new Map<string, Day>();
  for (const report of reports) {
    const [domain, day] = [report.policyPublished.domain, dayOf(report.reportMetadata.dateRange)];
    const before = days.get(`${domain} ${day}`) ?? { domain, day, reports: [] };
    days.set(`${domain} ${day}`, addReport(before, keepReport(report)).day);
  }
  return [...days.values()];
}

function on(day: string): { begin: number } {
  return { begin: Date.parse(`${day}T00:00:00Z`) / 1000 };
}

/** Own mail that was rejected: a service that signs as itself alone. */
function failing(count: number, headerFrom = "example.com") {
  const record = makeRecord({ count, dkim: "fail", spf: "fail", headerFrom, disposition: "reject" });
  return { ...record, authResults: { dkim: [{ domain: "crm.example", result: "pass" }], spf: [] } };
}

describe("a domain of a digest", () => {
  test("is an organizational domain with all its policy domains", () => {
    const digest = digestOf([
      makeReport({ domain: "news.example.com", records: [failing(2, "news.example.com")], reportId: "2" }),
      makeReport({
        records: [makeRecord({ count: 100 }), failing(1, "shop.example.com"), failing(1)],
        orgName: "Yahoo",
      }),
      makeReport({ domain: "example.co.uk" }),
    ]);
    expect(digest.domains.map(({ domain }) => domain)).toEqual(["example.com", "example.co.uk"]);
    expect(digest.domains[0]).toMatchObject({
      totals: { reports: 2, messages: 104, dmarcFail: 4 },
      dayFiles: ["example.com/2026/2026-11-17.json", "news.example.com/2026/2026-11-17.json"],
      reporters: ["Yahoo", "google.com"],
      failingSubdomains: [
        { domain: "news.example.com", dmarcFail: 2 },
        { domain: "shop.example.com", dmarcFail: 1 },
      ],
      sources: [{ source: "crm.example", mailClass: "not-aligned", impact: { messages: 4, rejected: 4 } }],
      moreSources: { sources: 0, dmarcFail: 0 },
    });
  });

  test("is known from the history even on a day without a report of it", () => {
    const digest = digestOf([makeReport()], { policyDomains: ["mail.example.org", "example.org", "example.com"] });
    expect(digest.domains).toMatchObject([
      { domain: "example.com", verdict: "ok" },
      { domain: "example.org", verdict: "ok", totals: { reports: 0, messages: 0 }, dayFiles: [], reporters: [] },
    ]);
    expect(digest).toMatchObject({ verdict: "ok", findings: [] });
  });

  test("names its ten worst sources and subdomains, and counts the others", () => {
    const records = Array.from({ length: 13 }, (_, index) => ({
      ...failing(index + 1, `s${index + 1}.example.com`),
      authResults: { dkim: [{ domain: `service-${index + 1}.example`, result: "pass" }], spf: [] },
    }));
    const [domain] = digestOf([makeReport({ records })]).domains;
    expect(domain?.sources.map(({ impact }) => impact.messages)).toEqual([13, 12, 11, 10, 9, 8, 7, 6, 5, 4]);
    expect(domain?.moreSources).toEqual({ sources: 3, dmarcFail: 6 });
    expect(domain?.failingSubdomains).toHaveLength(10);
    expect(domain?.failingSubdomains[0]).toEqual({ domain: "s13.example.com", dmarcFail: 13 });
  });

  test("stands before those that are better, then those with fewer failures, then by name", () => {
    const digest = digestOf([
      makeReport({ domain: "b.example", records: [makeRecord({ count: 1000 })] }),
      makeReport({ domain: "a.example", records: [makeRecord({ count: 1000 })] }),
      makeReport({ domain: "c.example", records: [makeRecord({ count: 1000 }), failing(9)] }),
      makeReport({ domain: "look.example", records: [failing(6)] }),
      makeReport({ domain: "act.example", records: [makeRecord({ count: 94 }), failing(6)] }),
    ]);
    expect(digest.domains.map(({ domain, verdict }) => `${verdict} ${domain}`)).toEqual([
      "act act.example",
      "look look.example",
      "ok c.example",
      "ok a.example",
      "ok b.example",
    ]);
  });
});

describe("the verdict and its reasons", () => {
  test("a passed threshold asks to act, and few messages to look, the worst first", () => {
    const digest = digestOf(
      [
        makeReport({ domain: "example.net", records: [makeRecord({ count: 34 }), failing(6)], unreadableRecords: 2 }),
        makeReport({ records: [makeRecord({ count: 900 }), failing(100)] }),
      ],
      {
        thresholds: { maxFailRate: 0.05, maxFailures: 99, minMessages: 100 },
        intake: makeIntake({
          mails: 3,
          states: { stored: 2, corrupt: 1 },
          trouble: { states: { corrupt: 1 }, senders: ["google.com"] },
          unreadMailboxes: [{ mailbox: "imap", message: "refused", why: because("refused") }],
        }),
      },
    );
    expect(digest.verdict).toBe("act");
    expect(digest.findings).toMatchObject([
      { verdict: "act", kind: "own-failures", domain: "example.com", messages: 1000, own: { rejected: 100 } },
      { verdict: "look", kind: "unread-mailbox", mailbox: "imap" },
      { verdict: "look", kind: "few-messages", domain: "example.net", messages: 40, own: { messages: 6 } },
      { verdict: "look", kind: "unreadable-records", domain: "example.net", records: 2 },
      { verdict: "look", kind: "mail-trouble", mails: 1, states: { corrupt: 1 }, senders: ["google.com"] },
    ]);
  });

  test("a mail that can't be read doesn't take the first line from what the reports say", () => {
    const trouble = { states: { corrupt: 1 }, senders: [] };
    const intake = makeIntake({ mails: 2, states: { stored: 1, corrupt: 1 }, trouble });
    const { findings } = digestOf([makeReport({ unreadableRecords: 2 })], { intake });
    expect(findings.map(({ kind }) => kind)).toEqual(["unreadable-records", "mail-trouble"]);
    const { findings: ofNone } = digestOf([], { policyDomains: ["example.com"], intake });
    expect(ofNone.map(({ kind }) => kind)).toEqual(["no-reports", "mail-trouble"]);
  });

  test("a mail that can't be read, of a sender whom nobody believes, moves no verdict", () => {
    const intake = makeIntake({ mails: 2, states: { stored: 1, corrupt: 1 } });
    expect(digestOf([makeReport()], { intake })).toMatchObject({ verdict: "ok", findings: [] });
  });

  test.each([
    ["nothing was ever read", [], true],
    ["nobody has reported the day", ["example.com"], false],
  ])("silence asks to look when %s", (_, policyDomains, isFirst) => {
    const digest = digestOf([], { policyDomains });
    expect(digest).toMatchObject({
      verdict: "look",
      findings: [{ kind: "no-reports", isFirst }],
      totals: { reports: 0, messages: 0 },
    });
    expect(digest.domains.map(({ domain }) => domain)).toEqual(policyDomains);
  });

  test("a report without messages is no silence", () => {
    expect(digestOf([makeReport({ records: [] })])).toMatchObject({ verdict: "ok", totals: { reports: 1 } });
  });

  test("forwarded failures and others' spoofing within the limits ask for nothing", () => {
    const forwarded = makeRecord({ count: 400, dkim: "fail", spf: "fail", reasons: ["mailing_list"] });
    const spoofed = makeRecord({ count: 300, dkim: "fail", spf: "fail", disposition: "reject" });
    const records = [makeRecord({ count: 570 }), forwarded, spoofed, failing(30)];
    expect(digestOf([makeReport({ records })])).toMatchObject({
      verdict: "ok",
      findings: [],
      totals: { dmarcFail: 730 },
      fail: { own: { messages: 30 }, spoofed: { messages: 300 }, forwarded: { messages: 400 } },
    });
  });
});

describe("earlier days", () => {
  const days: [string, ...string[]] = ["2026-11-17", "2026-11-16", "2026-11-15"];
  const reports = [
    makeReport({ records: [makeRecord({ count: 200 })] }),
    makeReport({ ...on("2026-11-16"), records: [makeRecord({ count: 80 }), failing(20)] }),
    makeReport({ ...on("2026-11-16"), domain: "example.org", records: [makeRecord({ count: 5 })] }),
  ];

  test("are shown in one line each, newest first, and their failures count in no figure of the day", () => {
    const digest = digestOf(reports, { days });
    expect(digest).toMatchObject({ day: "2026-11-17", totals: { messages: 200, dmarcFail: 0 } });
    expect(digest.earlierDays).toMatchObject([
      { day: "2026-11-16", verdict: "act", totals: { reports: 2, messages: 105, dmarcFail: 20 } },
      { day: "2026-11-15", verdict: "ok", totals: { reports: 0, messages: 0 } },
    ]);
    expect(digest.domains.map(({ domain }) => domain)).toEqual(["example.com", "example.org"]);
  });

  test("raise an alarm with their date", () => {
    const digest = digestOf(reports, { days });
    expect(digest.domains[0]).toMatchObject({
      verdict: "act",
      alarm: { day: "2026-11-16", own: { messages: 20 }, evaluated: 100, earlierSource: { source: "crm.example" } },
    });
    expect(digest).toMatchObject({
      verdict: "act",
      findings: [{ kind: "own-failures", alarm: { day: "2026-11-16" }, earlierDay: "2026-11-16" }],
    });
  });

  test("are shown with what failed then, not with what fails on the newest day", () => {
    const survey = { dkim: [{ domain: "survey.example", result: "pass" }], spf: [] };
    const today = makeReport({ orgName: "Yahoo", records: [{ ...failing(2), authResults: survey }] });
    const { findings } = digestOf([...reports, today], { days });
    expect(findings).toMatchObject([
      { messages: 100, own: { messages: 20 }, source: { source: "crm.example", impact: { messages: 20 } } },
    ]);
  });

  test("leave the alarm to the newest day that has one", () => {
    const newest = makeReport({ orgName: "Yahoo", records: [failing(100)] });
    expect(digestOf([...reports, newest], { days }).domains[0]?.alarm).toMatchObject({
      day: "2026-11-17",
      own: { messages: 100 },
    });
  });

  test("that are not shown are in no figure", () => {
    expect(digestOf(reports)).toMatchObject({ verdict: "ok", earlierDays: [], totals: { messages: 200 } });
  });
});

test("the same history gives the same digest, whatever the order of the files", () => {
  const reports = ["example.com", "a.example.com", "example.net"].map((domain) =>
    makeReport({
      domain,
      records: [makeRecord({ count: 50 }), failing(20, "x.example.com"), failing(20, "y.example.com")],
    }),
  );
  expect(digestOf([], { files: daysOf(reports).toReversed() })).toEqual(digestOf(reports));
});

test("every number can be recounted from the day files: those of the sample history, read as plain JSON", () => {
  const day = "2026-11-17";
  const domains = readdirSync("data", { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() && entry.name !== "intake" ? entry.name : [],
  );
  const paths = domains.map((domain) => `${domain}/2026/${day}.json`);
  const texts = paths.map((path) => readFileSync(join("data", path), "utf8"));
  const files = paths.map((path, index) => parseDayFile(path, texts[index] ?? ""));
  const trustedReporters = sampleInputs["trusted-reporters"].split(", ");
  const digest = digestOf([], { files, trust: { ...noTrust, trustedReporters } });
  const rows = texts.map(recountRows);
  expect(rows.flat().length).toBeGreaterThan(50);

  const all = rows.flat();
  expect(digest.totals).toMatchObject({
    messages: sum(all, () => true),
    dmarcPass: sum(all, ({ dkim, spf }) => dkim === "pass" || spf === "pass"),
    dmarcFail: sum(all, ({ dkim, spf }) => dkim === "fail" && spf === "fail"),
    notEvaluated: 0,
    spfOrDkimFail: sum(all, ({ dkim, spf }) => dkim === "fail" || spf === "fail"),
    dispositions: {
      none: sum(all, ({ disposition }) => disposition === "none"),
      quarantine: sum(all, ({ disposition }) => disposition === "quarantine"),
      reject: sum(all, ({ disposition }) => disposition === "reject"),
      pass: sum(all, ({ disposition }) => disposition === "pass"),
    },
  });
  for (const { domain, totals, sources, moreSources } of digest.domains) {
    const own = rows[domains.indexOf(domain)] ?? [];
    const failures = sum(own, ({ dkim, spf }) => dkim === "fail" && spf === "fail");
    expect(totals).toMatchObject({ messages: sum(own, () => true), dmarcFail: failures });
    expect(sources.reduce((total, { impact }) => total + impact.messages, moreSources.dmarcFail)).toBe(failures);
  }
  const listed = failingRecords(files, { senders, factsOf: () => ({}) }).reduce(
    (total, { record }) => total + record.row.count,
    0,
  );
  expect(listed).toBe(digest.totals.spfOrDkimFail);
});

interface PlainRow {
  count: number;
  disposition?: string;
  dkim?: string;
  spf?: string;
}

/** The rows of a day file by its JSON alone. */
function recountRows(text: string): PlainRow[] {
  const { reports } = JSON.parse(text) as {
    reports: { records: { policyEvaluated: Omit<PlainRow, "count">; rows: { count: number }[] }[] }[];
  };
  return reports.flatMap(({ records }) =>
    records.flatMap(({ policyEvaluated, rows }) => rows.map(({ count }) => ({ ...policyEvaluated, count }))),
  );
}

function sum(rows: PlainRow[], isWanted: (row: PlainRow) => boolean): number {
  return rows.reduce((total, row) => total + (isWanted(row) ? row.count : 0), 0);
}
