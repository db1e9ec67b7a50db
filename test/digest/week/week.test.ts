import { describe, expect, test } from "vitest";
import { intakeSummary } from "../../../src/digest/day/intake.ts";
import { makeDigest } from "../../../src/digest/digest.ts";
import { foldDays } from "../../../src/digest/incident-days.ts";
import { rulesOver } from "../../../src/digest/rules/rules.ts";
import { makeSenders } from "../../../src/digest/senders/senders.ts";
import { makeWeek, type Week, type WeekSource } from "../../../src/digest/week/week.ts";
import { movedDomains } from "../../../src/digest/week/week-change.ts";
import { makeWindow, type Window } from "../../../src/digest/window/index-window.ts";
import { dayAfter } from "../../../src/history/dates.ts";
import type { Day } from "../../../src/history/day/day.ts";
import { parseEvidence } from "../../../src/history/index/evidence-cell.ts";
import { pairLinesOf } from "../../../src/history/index/pair-lines.ts";
import { senderLinesOf } from "../../../src/history/index/sender-lines.ts";
import type { ReportRecord } from "../../../src/report/types.ts";
import { keepReport, makeRecord, makeReport, noTrust } from "../../history/reports.ts";

/** A Sunday; its week begins on Mon 16 Nov. */
const last = "2026-11-22";
const ago = (days: number): string => dayAfter(last, -days);

interface ReportOf {
  domain?: string;
  reporters?: string[];
  records: ReportRecord[];
}

/** The day file of a report by each of some reporters, Google alone unless said otherwise. */
function dayFile(day: string, { domain = "example.com", reporters = ["google.com"], records }: ReportOf): Day {
  const begin = Date.parse(`${day}T00:00:00Z`) / 1000;
  const reports = reporters.map((orgName) => keepReport(makeReport({ orgName, domain, begin, records })));
  return { domain, day, reports };
}

/** Day files of each of some days, counted back from the last. */
function dayFiles(daysAgo: number[], report: ReportOf): Day[] {
  return daysAgo.map((days) => dayFile(ago(days), report));
}

function windowOf(files: Day[]): Window {
  const sorted = files.toSorted((a, b) => (a.day < b.day ? -1 : 1));
  return makeWindow({
    first: ago(92),
    last: dayAfter(last, 2),
    pairs: sorted.flatMap((file) => pairLinesOf(file).map((line) => ({ ...line, domain: file.domain }))),
    senders: sorted.flatMap((file) =>
      senderLinesOf(file).map((line) => ({ ...line, domain: file.domain, evidence: parseEvidence(line.evidence) })),
    ),
  });
}

function weekOf(files: Day[], said: Partial<WeekSource> = {}): Week {
  const window = windowOf(files);
  const senders = makeSenders(window.senders, { saidOf: (sender) => (sender === "crm.example" ? "ours" : undefined) });
  const ofDay = files.filter(({ day }) => day === last);
  const intake = intakeSummary([], { trust: noTrust, unreadMailboxes: [], toGo: [] });
  const policyDomains = files.map(({ domain }) => domain);
  const incidents = foldDays(window, rulesOver(window, senders), {
    now: new Date(`${dayAfter(last, 2)}T09:00:00Z`),
    settleHours: 24,
    hash: "",
    before: undefined,
  });
  const settingsOf = () => ({ thresholds: { minMessages: 100 } });
  const facts = { window, senders, incidents, settingsOf, trust: noTrust };
  const digest = makeDigest({
    ...facts,
    days: [last],
    policyDomains,
    files: ofDay,
    restated: [],
    posted: [],
    intake,
  });
  const ofWeek = files.filter(({ day }) => day > ago(7) && day <= last);
  return makeWeek(digest, { ...facts, files: ofWeek, sent: [], ...said });
}

const passing = (count: number) => [makeRecord({ count })];
/** Own mail that was rejected: a service that signs as itself alone. */
function failing(count: number): ReportRecord {
  const record = makeRecord({ count, dkim: "fail", spf: "fail", disposition: "reject" });
  return { ...record, authResults: { dkim: [{ domain: "crm.example", result: "pass" }], spf: [] } };
}
const range = (first: number, end: number) => Array.from({ length: end - first + 1 }, (_, index) => first + index);

describe("the days of a week", () => {
  test("are the seven up to the digest's, and no others are added up", () => {
    const week = weekOf(dayFiles(range(0, 13), { records: [makeRecord({ count: 90 }), failing(2)] }));
    expect(week).toMatchObject({
      first: ago(6),
      last,
      totals: { reports: 7, messages: 7 * 92, dmarcFail: 14 },
      fail: { own: { messages: 14, rejected: 14 }, spoofed: { messages: 0 } },
      domains: [{ domain: "example.com", totals: { messages: 7 * 92 } }],
    });
    expect(week.days.map(({ day }) => day)).toEqual(range(0, 6).map(ago).reverse());
  });

  test("have the verdict that was sent last, and none where none was sent", () => {
    const sent = [
      { day: ago(3), verdict: "ok" },
      { day: ago(3), verdict: "act" },
      { day: ago(1), verdict: "look" },
    ] as const;
    const { days, verdict } = weekOf(dayFiles([0], { records: passing(100) }), { sent });
    expect(verdict).toBe("ok");
    expect(days.map((day) => day.verdict)).toEqual([undefined, undefined, undefined, "act", undefined, "look", "ok"]);
  });

  test("count reports alone that count", () => {
    const [day = dayFile(last, { records: [] })] = dayFiles([0], { records: passing(100) });
    const [report] = day.reports;
    const stranger = { ...report, authenticity: { verdict: "unverified" } } as Day["reports"][number];
    const files = [{ ...day, reports: [...day.reports, { ...stranger, reporter: "stranger.example" }] }];
    expect(weekOf([day], { files }).totals.messages).toBe(100);
  });
});

describe("the incidents of a week", () => {
  const incidentsOf = (bad: number[], rest: number[]) => {
    const files = [
      ...dayFiles(bad, { records: [makeRecord({ count: 90 }), failing(30)] }),
      ...dayFiles(rest, { records: passing(100) }),
    ];
    return weekOf(files).incidents.map(({ rule, change, level }) => [rule, change, level]);
  };

  test("are those that are open, new in it or not, and those that ended in it", () => {
    expect(incidentsOf([1, 0], range(2, 40))).toEqual([["sender-fails", "new", "act"]]);
    expect(incidentsOf(range(0, 10), range(11, 40))).toEqual([["sender-fails", "known", "act"]]);
  });

  test("give it the verdict of its worst day", () => {
    const files = [
      ...dayFiles([5], { records: [makeRecord({ count: 90 }), failing(30)] }),
      ...dayFiles([0, 1, 2, 3, 4, ...range(6, 40)], { records: passing(100) }),
    ];
    expect(weekOf(files)).toMatchObject({ verdict: "act", domains: [{ verdict: "act" }] });
  });
});

describe("the domains of a week", () => {
  test("the one with the worst day comes first, and a domain without a report is among them", () => {
    const files = [
      ...dayFiles(range(0, 6), { domain: "large.example", records: passing(5000) }),
      ...dayFiles([3], { domain: "bad.example", records: [makeRecord({ count: 90 }), failing(30)] }),
      ...dayFiles([1], { domain: "bad.example", records: passing(100) }),
      ...dayFiles([30], { domain: "quiet.example", records: passing(9) }),
    ];
    expect(weekOf(files).domains).toMatchObject([
      { domain: "bad.example", verdict: "act", totals: { messages: 220 }, fail: { own: { messages: 30 } } },
      { domain: "large.example", verdict: "ok" },
      { domain: "quiet.example", verdict: "ok", totals: { reports: 0, messages: 0 } },
    ]);
  });

  test("subdomains belong to their organizational domain", () => {
    const files = [
      ...dayFiles([0], { records: passing(5) }),
      ...dayFiles([0], { domain: "news.example.com", records: passing(7) }),
    ];
    expect(weekOf(files).domains).toMatchObject([{ domain: "example.com", totals: { messages: 12 } }]);
  });

  test.each([
    [3, [["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"]]],
    [2, [undefined, undefined]],
  ])("of %i hosts that are not in one SPF record", (count, expected) => {
    const addresses = ["192.0.2.1", "198.51.100.1", "203.0.113.1"].slice(0, count);
    const sent = (result: "pass" | "fail") =>
      addresses.map((sourceIp, index) => makeRecord({ count: 50 - index, sourceIp, dkim: "fail", spf: result }));
    const files = [
      ...dayFiles(range(10, 20), { records: sent("pass") }),
      ...dayFiles([4, 2], { records: sent("fail") }),
    ];
    expect(weekOf(files).failing.map(({ networks }) => networks)).toEqual(expected);
    expect(weekOf(files).failing[0]).toMatchObject({ days: 2, source: { source: "192.0.2.0/24" } });
  });

  test("a source of own failures is one entry over its days, the largest first", () => {
    const missing = makeRecord({ count: 9, dkim: "fail", spf: "fail" });
    const files = [
      ...dayFiles(range(10, 20), { records: [makeRecord({ count: 50 })] }),
      ...dayFiles([4, 2], { records: [failing(40)], reporters: ["google.com", "Yahoo"] }),
      ...dayFiles([1], { records: [missing, failing(1)] }),
    ];
    expect(weekOf(files).failing).toMatchObject([
      {
        domain: "example.com",
        days: 3,
        lastDay: ago(1),
        source: {
          source: "crm.example",
          mailClass: "not-aligned",
          impact: { messages: 161, rejected: 161 },
          messages: 161,
          seenBy: [
            { reporter: "google.com", messages: 81 },
            { reporter: "Yahoo", messages: 80 },
          ],
        },
      },
      { days: 1, source: { source: "192.0.2.0/24", mailClass: "missing-in-spf", impact: { messages: 9 } } },
    ]);
  });

  test("what others spoof is no own failure", () => {
    const spoofed = makeRecord({
      count: 50,
      dkim: "fail",
      spf: "fail",
      disposition: "reject",
      sourceIp: "203.0.113.9",
    });
    const week = weekOf(dayFiles([2], { records: [spoofed] }));
    expect(week).toMatchObject({ failing: [], fail: { spoofed: { messages: 50 } } });
  });
});

describe("the change against the week before", () => {
  test("compares the same weekdays by the same reporters", () => {
    const files = [
      ...dayFiles(range(0, 6), { records: passing(110), reporters: ["google.com", "new.example"] }),
      ...dayFiles(range(7, 13), { records: passing(100), reporters: ["google.com", "gone.example"] }),
    ];
    const { change, domains } = weekOf(files);
    expect(change).toMatchObject({ days: 7, now: { messages: 770 }, before: { messages: 700 } });
    expect(change?.ratio).toBeCloseTo(0.1);
    expect(domains[0]?.change).toEqual(change);
  });

  test("leaves out a weekday that a reporter missed in one of the weeks", () => {
    const files = [
      ...dayFiles(range(0, 6), { records: passing(100) }),
      ...dayFiles(range(7, 12), { records: passing(100) }),
    ];
    expect(weekOf(files).change).toMatchObject({ days: 6, ratio: 0 });
  });

  test("a domain of which nothing is reported on either side is not compared", () => {
    const files = [
      ...dayFiles(range(0, 13), { records: passing(100) }),
      ...dayFiles(range(7, 13), { domain: "gone.example", records: passing(100) }),
    ];
    expect(weekOf(files).change?.ratio).toBe(0);
  });

  test.each([
    [3, undefined],
    [4, 4],
  ])("with %i weekdays of both weeks is of %s", (days, compared) => {
    const files = [
      ...dayFiles(range(0, 6), { records: passing(9) }),
      ...dayFiles(range(7, 6 + days), { records: passing(9) }),
    ];
    expect(weekOf(files).change?.days).toBe(compared);
  });

  test("gives the share of failures in both weeks", () => {
    const files = [
      ...dayFiles(range(0, 6), { records: [makeRecord({ count: 98 }), failing(2)] }),
      ...dayFiles(range(7, 13), { records: [makeRecord({ count: 99 }), failing(1)] }),
    ];
    const { change } = weekOf(files);
    expect(change).toMatchObject({ now: { dmarcFail: 14, passRate: 0.98 }, before: { dmarcFail: 7, passRate: 0.99 } });
  });
});

describe("a domain that moved", () => {
  const moved = (now: number, before: number, records = passing) =>
    movedDomains(
      weekOf([
        ...dayFiles(range(0, 6), { records: records(now) }),
        ...dayFiles(range(7, 13), { records: passing(before) }),
      ]).domains,
    ).length;

  test.each([
    ["a quarter more", 125, 100, 1],
    ["less than that", 124, 100, 0],
    ["a quarter less", 75, 100, 1],
    ["none before", 100, 0, 1],
    ["too few messages", 14, 1, 0],
  ])("%s", (_, now, before, count) => {
    expect(moved(now, before)).toBe(count);
  });

  test("by a percentage point of its pass rate", () => {
    expect(moved(100, 100, (count) => [makeRecord({ count: count - 1 }), failing(1)])).toBe(1);
    expect(moved(200, 200, (count) => [makeRecord({ count: count - 1 }), failing(1)])).toBe(0);
  });
});

describe("what is drawn", () => {
  test("is the last 20 days of all domains and of the five largest, and how many more there are", () => {
    const files = range(1, 8).flatMap((number) =>
      dayFiles(range(0, 30), { domain: `d${number}.example`, records: passing(number) }),
    );
    const { trend } = weekOf(files);
    expect(trend.all).toHaveLength(20);
    expect(trend.all.at(-1)).toMatchObject({ day: last, messages: 36, dmarcPass: 36, fail: { own: 0 } });
    expect(trend.largest.map(({ domain }) => domain)).toEqual([8, 7, 6, 5, 4].map((number) => `d${number}.example`));
    expect(trend.largest[0]?.days).toHaveLength(20);
    expect(trend.moreDomains).toBe(3);
  });

  test("begins with the first day that the history knows, and has days without a report in it", () => {
    const { trend } = weekOf(dayFiles([5, 3, 0], { records: passing(10) }));
    expect(trend.all.map(({ messages }) => messages)).toEqual([10, 0, 10, 0, 0, 10]);
  });
});

test("news are those of all seven days, each with its day", () => {
  const service = (domain: string) => ({
    ...makeRecord({ count: 20 }),
    authResults: { dkim: [{ domain, result: "pass" }], spf: [] },
  });
  const files = [
    ...dayFiles(range(0, 40), { records: passing(50) }),
    ...dayFiles([3, 2], { domain: "new.example", records: passing(5) }),
    ...dayFiles([5, 4], { domain: "mail.example.com", records: [service("shop.example")] }),
  ];
  const { news } = weekOf(files);
  expect(news.newDomains).toEqual([
    { domain: "mail.example.com", day: ago(5) },
    { domain: "new.example", day: ago(3) },
  ]);
  expect(news.newServices).toEqual([
    { domain: "example.com", source: "shop.example", messages: 20, passed: 20, day: ago(5) },
  ]);
});

test("the coverage is the mean of the days', and names the least complete", () => {
  const both = { records: passing(50), reporters: ["google.com", "Yahoo"] };
  const files = [...dayFiles([0, 1, 2, 4, 5, 6, ...range(7, 40)], both), ...dayFiles([3], { records: passing(50) })];
  const { coverage } = weekOf(files);
  expect(coverage.least).toEqual({ day: ago(3), share: 0.5 });
  expect(coverage.share).toBeCloseTo(6.5 / 7);
});

test("while nobody is known to be usual there is no coverage", () => {
  expect(weekOf(dayFiles([0, 1], { records: passing(5) })).coverage).toEqual({});
});

test("a week without a report is one of zeros", () => {
  const week = weekOf([]);
  expect(week).toMatchObject({ domains: [], failing: [], totals: { messages: 0 }, verdict: "ok" });
  expect(week.trend.all.every(({ messages }) => messages === 0)).toBe(true);
  expect(week.change).toBeUndefined();
});

test("the order of files and lines does not matter", () => {
  const files = [
    ...dayFiles(range(0, 20), { records: [makeRecord({ count: 90 }), failing(9)], reporters: ["google.com", "Yahoo"] }),
    ...dayFiles(range(0, 20), { domain: "example.net", records: passing(8) }),
  ];
  expect(weekOf(files.toReversed())).toEqual(weekOf(files));
});
