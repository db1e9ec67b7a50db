import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Day } from "../../../src/history/day/day.ts";
import type { StoredReport } from "../../../src/history/day/stored-report.ts";
import { HistoryFormatError } from "../../../src/history/format.ts";
import {
  formatMonthIndex,
  indexPathsOf,
  type MonthIndex,
  parseMonthIndex,
  parseWindowLines,
  recountDay,
} from "../../../src/history/index/month-index.ts";
import type { PolicyPublished, ReportRecord } from "../../../src/report/types.ts";
import { keepReport, makeRecord, makeReport } from "../reports.ts";

const where = { domain: "example.com", month: "2026-11" };
const { reporters: path, sources: sourcesPath } = indexPathsOf(where);
const empty: MonthIndex = { ...where, reporters: [], sources: [] };

/** A day of November 2026 on which each of these reporters has sent a report. */
function makeDay(date: number, reports: Record<string, ReportRecord[]> = {}, received?: string): Day {
  const begin = Date.UTC(2026, 10, date) / 1000;
  return {
    domain: "example.com",
    day: new Date(begin * 1000).toISOString().slice(0, 10),
    reports: Object.entries(reports).map(([orgName, records], index) =>
      keepReport(makeReport({ orgName, reportId: `${index}`, begin, records }), { received }),
    ),
  };
}

function textsOf(index: MonthIndex): Map<string, string> {
  return new Map([...formatMonthIndex(index)].flatMap(([file, text]) => (text === undefined ? [] : [[file, text]])));
}

function linesOf(index: MonthIndex, file = sourcesPath): string[] {
  return (formatMonthIndex(index).get(file) ?? "").split("\n").slice(1, -1);
}

test("the files stand beside the day files of the month", () => {
  expect([path, sourcesPath]).toEqual(["example.com/2026/2026-11.csv", "example.com/2026/2026-11-sources.csv"]);
});

test("a day is one line a reporter, and one a source and outcome", () => {
  const failed = { dkim: "fail", spf: "fail" } as const;
  const unevaluated = makeRecord({ sourceIp: "198.51.100.9", count: 4 });
  unevaluated.row.policyEvaluated = { disposition: undefined, reasons: [] };
  const day = makeDay(
    17,
    {
      Zulu: [makeRecord({ count: 5, disposition: "pass", dkimDomain: "mail.host.example" })],
      Alpha: [
        makeRecord({ count: 20, ...failed, disposition: "reject", sourceIp: "192.0.2.1" }),
        makeRecord({ count: 1, ...failed, disposition: "quarantine", sourceIp: "192.0.2.2" }),
        makeRecord({ count: 2, dkim: "fail", sourceIp: "192.0.2.2" }),
        makeRecord({ count: 0, ...failed, sourceIp: "203.0.113.1" }),
        unevaluated,
      ],
    },
    "2026-11-18T01:02:03Z",
  );
  const repeated = makeReport({ orgName: "Zulu", reportId: "again", unreadableRecords: 3, records: [] });
  day.reports.push(keepReport(repeated, { received: "2026-11-18T00:00:00Z" }));
  expect(Object.fromEntries(formatMonthIndex(recountDay(empty, day)))).toEqual({
    [path]: [
      "day,reporter,verdict,policy,reports,messages,dmarcPass,dmarcFail,notEvaluated,spfOrDkimFail,dispositionNone,dispositionQuarantine,dispositionReject,dispositionPass,unreadableRecords,firstReceived",
      "2026-11-17,Alpha,given,p=none,1,27,2,21,4,23,6,1,20,0,0,2026-11-18T01:02:03Z",
      "2026-11-17,Zulu,given,p=none,2,5,5,0,0,0,0,0,0,5,3,2026-11-18T00:00:00Z",
      "",
    ].join("\n"),
    [sourcesPath]: [
      "day,source,standing,policyTag,dkim,spf,messages,altered,dispositionNone,dispositionQuarantine,dispositionReject,dispositionPass,addresses",
      "2026-11-17,192.0.2.0/24,given,p,fail,fail,21,0,0,1,20,0,2",
      "2026-11-17,192.0.2.0/24,given,p,fail,pass,2,0,2,0,0,0,1",
      "2026-11-17,198.51.100.0/24,given,p,,,4,0,4,0,0,0,1",
      "2026-11-17,host.example,given,p,pass,pass,5,0,0,0,0,5,1",
      "",
    ].join("\n"),
  });
});

test("a day that lost its reports loses its lines, and an index without lines has no files", () => {
  const index = recountDay(recountDay(empty, makeDay(17, { A: [makeRecord()] })), makeDay(18, { A: [makeRecord()] }));
  expect(linesOf(recountDay(index, makeDay(17)), path)).toEqual([expect.stringMatching(/^2026-11-18,A,/)]);
  const none = recountDay(recountDay(index, makeDay(17)), makeDay(18));
  expect([...formatMonthIndex(none)]).toEqual([
    [path, undefined],
    [sourcesPath, undefined],
  ]);
});

test("a report without records counts as one, and has no source", () => {
  const index = recountDay(empty, makeDay(17, { Yahoo: [] }));
  expect(linesOf(index, path)).toEqual(["2026-11-17,Yahoo,given,p=none,1,0,0,0,0,0,0,0,0,0,0,"]);
  expect(linesOf(index)).toEqual([]);
  expect(parseMonthIndex(where, textsOf(index))).toEqual(index);
});

test("of several policies that a reporter saw on a day, the line has that of the report that ends last", () => {
  const hour = (orgName: string, reportId: string, policy: Partial<PolicyPublished>, ends = 0): StoredReport => {
    const begin = Date.UTC(2026, 10, 17) / 1000;
    const report = makeReport({ orgName, reportId, begin, end: begin + 3600 * (1 + ends) });
    return keepReport({ ...report, policyPublished: { ...report.policyPublished, sp: undefined, ...policy } });
  };
  const day = makeDay(17);
  day.reports.push(
    hour("A", "1", { p: "none" }, 1),
    hour("A", "2", { p: "reject", sp: "reject" }, 2),
    hour("A", "3", { p: "quarantine" }, 2),
    hour("B", "1", { p: "=cmd()", sp: "none", testing: "y" }),
  );
  for (const reports of [day.reports, day.reports.toReversed()]) {
    const index = recountDay(empty, { ...day, reports });
    expect(index.reporters.map(({ reporter, policy }) => [reporter, policy])).toEqual([
      ["A", "p=reject"],
      ["B", "p=? sp=none t=y"],
    ]);
    expect(parseMonthIndex(where, textsOf(index))).toEqual(index);
  }
});

test("what a reporter calls itself is guarded, and names alike after that are one line", () => {
  const index = recountDay(empty, makeDay(17, { "=cmd()\n": [makeRecord()], "'=cmd()": [makeRecord()] }));
  expect(linesOf(index, path)).toEqual([expect.stringMatching(/^2026-11-17,'=cmd\(\),given,p=none,2,20,/)]);
  expect(parseMonthIndex(where, textsOf(index))).toEqual(index);
});

test("mail of subdomains, for which sp is, has lines of its own", () => {
  const of = (headerFrom: string): ReportRecord => makeRecord({ headerFrom, count: 3 });
  const records = ["news.example.com", "example.com", "a.news.example.com", "", "badexample.com"].map(of);
  const { sources } = recountDay(empty, makeDay(17, { A: records }));
  expect(sources.map(({ policyTag, messages }) => [policyTag, messages])).toEqual([
    ["p", 9],
    ["sp", 6],
  ]);
});

test("a failure counts as altered when a receiver says forwarded, or a signature of ours does not hold", () => {
  const failed = { dkim: "fail", spf: "fail" } as const;
  const signed = (domain: string, result: string, count: number, rest = {}): ReportRecord => {
    const record = makeRecord({ ...failed, ...rest, count });
    return { ...record, authResults: { dkim: [{ domain, selector: "s1", result }], spf: [] } };
  };
  const records = [
    makeRecord({ ...failed, count: 1, reasons: ["local_policy", "mailing_list"] }),
    signed("mail.example.com", "fail", 10),
    signed("example.com", "permerror", 100),
    signed("example.com", "none", 1000),
    signed("other.example", "fail", 1000),
    makeRecord({ ...failed, count: 1000, reasons: ["local_policy"] }),
    signed("example.com", "fail", 1000, { spf: "pass" }),
  ];
  const { sources } = recountDay(empty, makeDay(17, { A: records }));
  expect(sources.map(({ spf, messages, altered }) => [spf, messages, altered])).toEqual([
    ["fail", 3111, 111],
    ["pass", 1000, 0],
  ]);
});

test("a signature of what is no host name names no source", () => {
  const records = ["other networks", "198.51.100.0/24", "=1+1"].map((dkimDomain) => makeRecord({ dkimDomain }));
  expect(recountDay(empty, makeDay(17, { A: records })).sources.map(({ source }) => source)).toEqual(["192.0.2.0/24"]);
});

test("of the networks of which nothing passes, the 50 largest a day are named", () => {
  const fails = (n: number, count: number): ReportRecord =>
    makeRecord({ sourceIp: `198.51.${n}.1`, dkim: "fail", spf: "fail", count });
  const passing = Array.from({ length: 60 }, (_, n) => makeRecord({ sourceIp: `203.0.${n}.1`, spf: "fail", count: 1 }));
  const services = Array.from({ length: 60 }, (_, n) =>
    makeRecord({ dkim: "fail", spf: "fail", count: 1, dkimDomain: `host${n}.example` }),
  );
  const mixed = [fails(200, 1), makeRecord({ sourceIp: "198.51.200.2", count: 1 })];
  const networks = Array.from({ length: 53 }, (_, n) => fails(n, n < 4 ? 3 : 4));
  const records = [...networks, fails(3, 2), ...passing, ...services, ...mixed];
  const { sources } = recountDay(empty, makeDay(17, { A: records }));
  const failing = sources.filter(({ source }) => source.startsWith("198.51."));
  // 198.51.3.0/24 has 5 messages in two records; of 0, 1 and 2, with 3 each, the first by name is still among the 50.
  expect(failing.map(({ source }) => source)).toContain("198.51.3.0/24");
  expect(failing.map(({ source }) => source)).toContain("198.51.200.0/24");
  expect(failing.map(({ source }) => source)).not.toContain("198.51.0.0/24");
  expect(new Set(failing.map(({ source }) => source)).size).toBe(51);
  expect(sources.filter(({ source }) => source === "other networks")).toEqual([
    expect.objectContaining({ dkim: "fail", spf: "fail", messages: 9, addresses: 3 }),
  ]);
  expect(sources).toHaveLength(50 + 1 + 2 + 60 + 60);
});

test("of networks with as many messages, the first by name are named", () => {
  const records = Array.from({ length: 52 }, (_, n) =>
    makeRecord({ sourceIp: `198.51.${100 + n}.1`, dkim: "fail", spf: "fail" }),
  );
  const { sources } = recountDay(empty, makeDay(17, { A: records.slice(26), B: records.slice(0, 26) }));
  expect(sources.map(({ source }) => source)).toEqual([
    ...Array.from({ length: 50 }, (_, n) => `198.51.${100 + n}.0/24`),
    "other networks",
  ]);
});

const anyRecord = fc
  .record({
    sourceIp: fc.constantFrom("192.0.2.1", "192.0.2.2", "198.51.100.7", "2001:db8::1"),
    count: fc.nat({ max: 1000 }),
    dkim: fc.constantFrom("pass", "fail", undefined),
    spf: fc.constantFrom("pass", "fail", undefined),
    disposition: fc.constantFrom("none", "reject", "pass", "bounced"),
    headerFrom: fc.constantFrom("example.com", "news.example.com", ""),
    dkimDomain: fc.constantFrom(undefined, "example.com", "a.example.net", "-x.example.org"),
  })
  .map((said) => makeRecord(said));

const anyDays = fc.uniqueArray(
  fc
    .tuple(
      fc.integer({ min: 1, max: 30 }),
      fc.dictionary(fc.constantFrom("A", "=B", "Ü;1", "C, Inc."), fc.array(anyRecord, { maxLength: 6 })),
    )
    .map(([date, reports]) => makeDay(date, reports, "2026-12-01T00:00:00Z")),
  { selector: ({ day }) => day, maxLength: 5 },
);

test("days may be recounted in any order and any number of times, and reports stand in any order", () => {
  fc.assert(
    fc.property(anyDays, fc.infiniteStream(fc.nat()), (days, stream) => {
      const once = days.reduce(recountDay, empty);
      const order = [...days, ...days].map((day) => ({ ...day, reports: day.reports.toReversed(), at: next(stream) }));
      const again = order
        .sort((a, b) => a.at - b.at)
        .reduce((index, { at: _, ...day }) => recountDay(index, day), empty);
      expect(formatMonthIndex(again)).toEqual(formatMonthIndex(once));
    }),
  );
});

test("what is written reads back, and other days stay as they are in it", () => {
  fc.assert(
    fc.property(anyDays, (days) => {
      const index = days.reduce(recountDay, empty);
      const read = parseMonthIndex(where, textsOf(index));
      expect(read).toEqual(index);
      expect(days.reduce(recountDay, read)).toEqual(index);
    }),
  );
});

test("a window is read from the same lines, without some cells and with the domain in each", () => {
  fc.assert(
    fc.property(anyDays, (days) => {
      const index = days.reduce(recountDay, empty);
      const { reporters, sources } = parseWindowLines(where, textsOf(index));
      expect(reporters).toHaveLength(index.reporters.length);
      expect(sources).toHaveLength(index.sources.length);
      expect(index.reporters.map((line) => ({ ...line, domain: where.domain }))).toMatchObject(reporters);
      expect(index.sources.map((line) => ({ ...line, domain: where.domain }))).toMatchObject(sources);
    }),
  );
});

test("the lines of a day add up to its messages, by reporter and by source", () => {
  fc.assert(
    fc.property(anyDays, (days) => {
      const messages = days
        .flatMap(({ reports }) => reports.flatMap(({ records }) => records))
        .reduce((sum, { row }) => sum + row.count, 0);
      const { reporters, sources } = days.reduce(recountDay, empty);
      expect(reporters.reduce((sum, line) => sum + line.messages, 0)).toBe(messages);
      expect(sources.reduce((sum, line) => sum + line.messages, 0)).toBe(messages);
    }),
  );
});

test("a day of another month or domain is refused", () => {
  expect(() => recountDay(empty, { ...makeDay(17), domain: "example.net" })).toThrow(RangeError);
  expect(() => recountDay(empty, { ...makeDay(17), day: "2026-12-17" })).toThrow(
    "example.com 2026-12-17 does not belong to the index example.com 2026-11",
  );
});

describe("an index that is not as it was written is refused", () => {
  const texts = textsOf(
    [17, 18].map((date) => makeDay(date, { A: [makeRecord()], B: [makeRecord()] })).reduce(recountDay, empty),
  );
  const text = texts.get(path) ?? "";
  const lines = text.split("\n");

  test.each<[string, Map<string, string>, string]>([
    ["one of the files is missing", new Map([[path, text]]), `${sourcesPath} can't be read (it is missing, but`],
    ["it is cut", new Map(texts).set(path, text.slice(0, -3)), `${path} can't be read (its last line has no end)`],
    [
      "a line is there twice, as after a merge",
      new Map(texts).set(path, [...lines.slice(0, 2), ...lines.slice(1)].join("\n")),
      `${path} can't be read (line 3: it is not in order, or there twice)`,
    ],
    [
      "lines are not in order",
      new Map(texts).set(path, [lines[0], lines[2], lines[1], ""].join("\n")),
      `${path} can't be read (line 3: it is not in order, or there twice)`,
    ],
    [
      "it has a day of another month",
      new Map(texts).set(path, text.replaceAll("2026-11-18", "2026-12-18")),
      `${path} can't be read (line 4: 2026-12-18 is not in 2026-11)`,
    ],
    [
      "a policy is none",
      new Map(texts).set(path, text.replace(",p=none,", ",p=None,")),
      `${path} can't be read (line 2: policy: expected a policy such as p=none sp=reject)`,
    ],
    [
      "an outcome is no outcome",
      new Map(texts).set(sourcesPath, (texts.get(sourcesPath) ?? "").replace(",pass,", ",Pass,")),
      `${sourcesPath} can't be read (line 2: dkim: `,
    ],
  ])("%s", (_, damagedTexts, fault) => {
    for (const parse of [parseMonthIndex, parseWindowLines]) {
      const read = (): unknown => parse(where, damagedTexts);
      expect(read).toThrow(HistoryFormatError);
      expect(read).toThrow(fault);
      expect(read).toThrow("make it anew from the day files with dmarc-digest rebuild");
    }
  });
});

function next(stream: fc.Stream<number>): number {
  return stream.next().value ?? 0;
}
