import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadHistoryWindow } from "../../src/commands/history-window.ts";
import { failingRecords } from "../../src/digest/day/failing-records.ts";
import { intakeSummary } from "../../src/digest/day/intake.ts";
import { type Digest, type DigestSource, makeDigest } from "../../src/digest/digest.ts";
import { makeSenders } from "../../src/digest/senders/senders.ts";
import { countsOf, makeWindow } from "../../src/digest/window/index-window.ts";
import { dayAfter } from "../../src/history/dates.ts";
import type { Day } from "../../src/history/day/day.ts";
import { dayOf } from "../../src/history/day/stored-report.ts";
import { dayFilePath, parseDayFile } from "../../src/history/day-file/day-file.ts";
import type { PostedIncident } from "../../src/history/state.ts";
import { wordsOf } from "../../src/render/words/words.ts";
import type { Report } from "../../src/report/types.ts";
import { sampleInputs } from "../../src/sample/story.ts";
import { addReport, keepReport, makeRecord, makeReport, noTrust } from "../history/reports.ts";
import { because } from "../reasons.ts";
import { makeIntake } from "../render/digests.ts";
import { digestMarkdown } from "../render/printed.ts";
import { judgedDays } from "./judged-days.ts";

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
    incidents: judgedDays([]),
    posted: [],
    settingsOf: () => ({ thresholds: { maxFailRate: 0.05, minMessages: 100 } }),
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
    const reports = [
      makeReport({ domain: "b.example", records: [makeRecord({ count: 1000 })] }),
      makeReport({ domain: "a.example", records: [makeRecord({ count: 1000 })] }),
      makeReport({ domain: "c.example", records: [makeRecord({ count: 1000 }), failing(9)] }),
      makeReport({ domain: "look.example", records: [failing(6)] }),
      makeReport({ domain: "act.example", records: [makeRecord({ count: 94 }), failing(6)] }),
    ];
    const incidents = judgedDays([
      { day: "2026-11-17", domain: "act.example" },
      { day: "2026-11-17", domain: "look.example", level: "look" },
    ]);
    const digest = digestOf(reports, { incidents });
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
  test("are those of the incidents and of all else, the worst first", () => {
    const digest = digestOf(
      [
        makeReport({ domain: "example.net", records: [makeRecord({ count: 34 }), failing(6)], unreadableRecords: 2 }),
        makeReport({ records: [makeRecord({ count: 900 }), failing(100)] }),
      ],
      {
        incidents: judgedDays([
          { day: "2026-11-17" },
          { day: "2026-11-17", domain: "example.net", level: "look", messages: 6 },
        ]),
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
      {
        verdict: "act",
        kind: "incident",
        domain: "example.com",
        change: "new",
        own: { messages: 100 },
        evaluated: 1000,
        source: { source: "crm.example", impact: { rejected: 100 } },
        passed: [{ threshold: "max-fail-rate", limit: 0.05, value: 0.1 }],
      },
      { verdict: "look", kind: "incident", domain: "example.net", messages: 6, own: { messages: 6 } },
      { verdict: "look", kind: "incident", rule: "unread-mailbox", subject: "imap", change: "new" },
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
    ["nothing, before the first report", [], "ok", []],
    ["to look, when nobody has reported the day", ["example.com"], "look", [{ kind: "no-reports" }]],
  ])("silence asks for %s", (_, policyDomains, verdict, findings) => {
    const digest = digestOf([], { policyDomains });
    expect(digest).toMatchObject({ verdict, findings, totals: { reports: 0, messages: 0 } });
    expect(digest.domains.map(({ domain }) => domain)).toEqual(policyDomains);
  });

  test("a report without messages is no silence", () => {
    expect(digestOf([makeReport({ records: [] })])).toMatchObject({ verdict: "ok", totals: { reports: 1 } });
  });

  test("failures in which no rule has found anything ask for nothing", () => {
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

  const incidents = judgedDays([{ day: "2026-11-16", messages: 20 }]);

  test("are shown in one line each, newest first, and their failures count in no figure of the day", () => {
    const digest = digestOf(reports, { days, incidents });
    expect(digest).toMatchObject({ day: "2026-11-17", totals: { messages: 200, dmarcFail: 0 } });
    expect(digest.earlierDays).toMatchObject([
      { day: "2026-11-16", verdict: "act", totals: { reports: 2, messages: 105, dmarcFail: 20 } },
      { day: "2026-11-15", verdict: "ok", totals: { reports: 0, messages: 0 } },
    ]);
    expect(digest.domains.map(({ domain }) => domain)).toEqual(["example.com", "example.org"]);
  });

  test("give the digest their verdict, and are shown with what failed then", () => {
    const survey = { dkim: [{ domain: "survey.example", result: "pass" }], spf: [] };
    const today = makeReport({ orgName: "Yahoo", records: [{ ...failing(2), authResults: survey }] });
    const digest = digestOf([...reports, today], { days, incidents });
    expect(digest.domains[0]).toMatchObject({ domain: "example.com", verdict: "act" });
    expect(digest).toMatchObject({
      verdict: "act",
      findings: [
        {
          kind: "incident",
          day: "2026-11-16",
          isEarlier: true,
          own: { messages: 20 },
          evaluated: 100,
          source: { source: "crm.example", impact: { messages: 20 } },
        },
      ],
    });
  });

  test("that are not shown are in no figure", () => {
    expect(digestOf(reports)).toMatchObject({ verdict: "ok", earlierDays: [], totals: { messages: 200 } });
  });
});

describe("an incident", () => {
  const [first, day] = ["2026-11-15", "2026-11-17"] as const;
  const id = "example.com sender-fails crm.example";
  const reports = [makeReport({ records: [makeRecord({ count: 100 }), failing(100)] })];
  const bad = [first, "2026-11-16", day].map((one) => ({ day: one }));
  const posted: PostedIncident[] = [{ id, since: first, level: "act", messages: 100, day: first }];
  const changesOf = (...[incidents, said]: [DigestSource["incidents"], Partial<DigestSource>?]) => {
    const { findings, otherIncidents } = digestOf(reports, { incidents, ...said });
    return [
      findings.map((finding) => finding.kind === "incident" && finding.change),
      otherIncidents.map(({ change }) => change),
    ];
  };

  test("is new on the day that opened it, and where nothing was posted of it, and known on the days after", () => {
    expect(changesOf(judgedDays([{ day }]))).toEqual([["new"], []]);
    expect(changesOf(judgedDays(bad))).toEqual([["new"], []]);
    expect(changesOf(judgedDays(bad), { posted })).toEqual([["known"], []]);
    const today = [{ id, since: day, level: "act" as const, messages: 100, day }];
    expect(changesOf(judgedDays([{ day }]), { posted: today })).toEqual([["new"], []]);
  });

  test("is worse with three times the messages", () => {
    const worse = judgedDays([...bad.slice(0, 2), { day, messages: 300 }]);
    expect(changesOf(worse, { posted })).toEqual([["worse"], []]);
  });

  test("without a failure on the day is still open, and moves no verdict; over, it is said once", () => {
    const quiet = judgedDays([{ day: "2026-11-16" }]);
    expect(changesOf(quiet, { posted })).toEqual([[], ["known"]]);
    expect(digestOf(reports, { incidents: quiet, posted })).toMatchObject({ verdict: "ok" });
    const over = judgedDays([{ day: "2026-11-14" }]);
    expect(changesOf(over, { posted })).toEqual([[], ["over"]]);
    const ended = posted.map((one) => ({ ...one, ended: "2026-11-16" }));
    expect(changesOf(judgedDays([{ day: "2026-11-13" }]), { posted: ended })).toEqual([[], []]);
  });

  test("posted early is said to have been, and withdrawn where the settled day does not bear it out", () => {
    const alarms = [{ id, day, level: "act" as const, messages: 60 }];
    expect(digestOf(reports, { incidents: judgedDays([{ day }]), alarms }).findings).toMatchObject([
      { change: "new", wasEarly: true },
    ]);
    expect(changesOf(judgedDays([]), { alarms })).toEqual([[], ["withdrawn"]]);
  });

  test("that other settings find in days that were told is still open, and news again when it fails after them", () => {
    const anew = { told: "2026-11-16", until: "2026-11-20", opened: new Set<string>() };
    const known = [{ id, since: first, level: "act" as const, messages: 100 }];
    expect(changesOf({ ...judgedDays(bad), anew })).toEqual([["known"], []]);
    expect(changesOf({ ...judgedDays(bad), anew }, { posted: known })).toEqual([["known"], []]);
    expect(changesOf({ ...judgedDays(bad), anew: { ...anew, until: "2026-11-16" } })).toEqual([["new"], []]);
    expect(changesOf({ ...judgedDays([{ day }]), anew })).toEqual([["new"], []]);
    expect(changesOf({ ...judgedDays(bad.slice(1)), anew: { ...anew, opened: new Set([id]) } })).toEqual([["new"], []]);
    // It was over when it was posted last, and is not by these settings.
    const over = posted.map((one) => ({ ...one, ended: "2026-11-10" }));
    expect(changesOf({ ...judgedDays(bad), anew }, { posted: over })).toEqual([["known"], []]);
    const recovered = { ...judgedDays([{ day: "2026-11-14" }]), anew };
    expect(changesOf(recovered)).toEqual([[], []]);
    expect(changesOf(recovered, { posted: known })).toEqual([[], ["over"]]);
    // A day is not green beside own mail that fails, told again or restated; for another reason, what was told stays as it was.
    const told = { ...judgedDays(bad), anew: { ...anew, told: day } };
    expect(changesOf(told, { posted: known })).toEqual([["known"], []]);
    expect(digestOf(reports, { incidents: told }).verdict).toBe("act");
    expect(changesOf(told, { posted: known, keepsVerdict: true })).toEqual([["known"], []]);
    const byLimit = judgedDays(bad.map((one) => ({ ...one, subject: "", rule: "threshold" as const })));
    const toldByLimit = { ...byLimit, anew: { ...anew, told: day } };
    expect(changesOf(toldByLimit, { keepsVerdict: true })).toEqual([[], []]);
    expect(changesOf({ ...judgedDays(bad), anew: { ...anew, told: day } }, { posted })).toEqual([["known"], []]);
  });

  test("of an unknown sender is asked about once a week and domain, whatever names a stranger has", () => {
    const unknown = (subject: string) => ({ day, subject, rule: "unknown-sender" as const, level: "look" as const });
    const incidents = judgedDays([unknown("a.example"), unknown("b.example")]);
    const asked = (on: string) => [
      { id: "example.com unknown-sender c.example", since: on, level: "look" as const, messages: 30, day: on },
    ];
    expect(digestOf(reports, { incidents }).findings).toHaveLength(2);
    expect(digestOf(reports, { incidents, posted: asked("2026-11-11") }).findings).toEqual([]);
    expect(digestOf(reports, { incidents, posted: asked("2026-11-10") }).findings).toHaveLength(2);
    const elsewhere = asked("2026-11-16").map((one) => ({ ...one, id: one.id.replace("example.com", "example.net") }));
    expect(digestOf(reports, { incidents, posted: elsewhere }).findings).toHaveLength(2);
  });

  test("of a rule that is posted once weighs on the day of its post alone", () => {
    const unknown = bad.map((one) => ({ ...one, rule: "unknown-sender" as const, level: "look" as const }));
    const of = { id: "example.com unknown-sender crm.example", since: first, level: "look" as const, messages: 100 };
    expect(digestOf(reports, { incidents: judgedDays(unknown) })).toMatchObject({ verdict: "look" });
    expect(digestOf(reports, { incidents: judgedDays(unknown), posted: [{ ...of, day: first }] })).toMatchObject({
      verdict: "ok",
      otherIncidents: [],
    });
    expect(digestOf(reports, { incidents: judgedDays(unknown), posted: [{ ...of, day }] })).toMatchObject({
      verdict: "look",
    });
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
  const files = paths.map((path, index) => parseDayFile(path, texts[index] ?? "") as Day);
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
  const listed = failingRecords(files, senders).reduce((total, { record }) => total + record.row.count, 0);
  expect(listed).toBe(digest.totals.spfOrDkimFail);
});

test("Microsoft's report about one of three domains is missing: the day lacks that one, and the mail has not fallen", async () => {
  const day = "2026-11-18";
  const trust = { ...noTrust, trustedReporters: sampleInputs["trusted-reporters"].split(", ") };
  const { window } = await loadHistoryWindow("data", { trust }, { command: "" });
  const files = ["example.com", "example.net", "example.org"].map((domain) => {
    const path = dayFilePath({ domain, day });
    return parseDayFile(path, readFileSync(join("data", path), "utf8")) as Day;
  });
  const digest = digestOf([], { days: [day], window, files, trust });
  expect(digest.coverage.share).toBeCloseTo(0.83, 2);
  expect(digest.coverage.missing).toMatchObject([{ reporter: "microsoft.com", domains: ["example.com"] }]);
  expect(digest.change?.ratio).toBeCloseTo(-0.02, 2);
  const text = digestMarkdown(digest, { words: wordsOf("en"), links: {}, at: "2026-11-20T06:37:00Z" });
  expect(text).toContain("**Messages** 4,190 (like a normal Wednesday)");
  expect(text).toContain("**Complete** 83.1% · `Microsoft` for `example.com` missing, usually 34 h after the day");

  // By reporters alone nobody is missing, and the same messages are a fall.
  const messagesOn = (one: string): number => countsOf(window.pairsByDay.get(one) ?? []).messages;
  const before = [7, 14, 21, 28].map((back) => messagesOn(dayAfter(day, -back)));
  expect(new Set(window.pairsByDay.get(day)?.map(({ reporter }) => reporter))).toContain("microsoft.com");
  expect((4 * messagesOn(day)) / before.reduce((all, one) => all + one) - 1).toBeCloseTo(-0.19, 2);
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
