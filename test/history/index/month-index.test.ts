import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Day } from "../../../src/history/day/day.ts";
import type { StoredReport } from "../../../src/history/day/stored-report.ts";
import { HistoryFormatError } from "../../../src/history/format.ts";
import { parseEvidence } from "../../../src/history/index/evidence-cell.ts";
import {
  formatMonthIndex,
  indexFilesOf,
  indexPathsOf,
  isOutdated,
  type MonthIndex,
  parseMonthIndex,
  recountDay,
} from "../../../src/history/index/month-index.ts";
import { countedPairs, recountedTexts } from "../../../src/history/index/recounted-texts.ts";
import { parseAddresses } from "../../../src/history/index/sender-lines.ts";
import { parseWindowLines } from "../../../src/history/index/window-lines.ts";
import type { PolicyPublished, ReportRecord } from "../../../src/report/types.ts";
import { keepReport, makeRecord, makeReport } from "../reports.ts";

const where = { domain: "example.com", month: "2026-11" };
const { pairs: path, senders: sendersPath } = indexPathsOf(where);
const empty: MonthIndex = { ...where, pairs: [], senders: [] };

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

function linesOf(index: MonthIndex, file = sendersPath): string[] {
  return (formatMonthIndex(index).get(file) ?? "").split("\n").slice(1, -1);
}

test("the files stand beside the day files of the month", () => {
  expect([path, sendersPath]).toEqual([
    "example.com/2026/2026-11-pairs.7936a04e.csv",
    "example.com/2026/2026-11-senders.1d38a604.csv",
  ]);
});

test("of no two index files the last 16 characters are alike, by which git looks for what a file was before", () => {
  const months = ["2026-01", "2026-10", "2026-11"];
  const domains = ["example.com", "example.net", "www.example.com", `${"a".repeat(60)}.example.com`];
  const paths = domains.flatMap((domain) =>
    months.flatMap((month) => [...indexFilesOf({ domain, month }), ...indexFilesOf({ kind: "tls", domain, month })]),
  );
  expect(new Set(paths.map((one) => one.slice(-16))).size).toBe(36);
});

test("a day is one line a reporter, and one a reporter, sender and what its messages show", () => {
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
      "day v2,reporter,verdict,policy,reports,messages,dmarcPass,dmarcFail,notEvaluated,spfOrDkimFail,dispositionNone,dispositionQuarantine,dispositionReject,dispositionPass,unreadableRecords,firstReceived",
      "2026-11-17,Alpha,given,p=none sp=none adkim=r aspf=r,1,27,2,21,4,23,6,1,20,0,0,2026-11-18T01:02:03Z",
      "2026-11-17,Zulu,given,p=none sp=none adkim=r aspf=r,2,5,5,0,0,0,0,0,0,5,3,2026-11-18T00:00:00Z",
      "",
    ].join("\n"),
    [sendersPath]: [
      "day v2,reporter,verdict,sender,evidence,messages,quarantined,rejected,addresses",
      "2026-11-17,Alpha,given,192.0.2.0/24,p fail/fail,21,1,20,192.0.2.1=20 192.0.2.2=1",
      "2026-11-17,Alpha,given,192.0.2.0/24,p fail/pass,2,0,0,192.0.2.2",
      "2026-11-17,Alpha,given,198.51.100.0/24,p -/-,4,0,0,198.51.100.9",
      "2026-11-17,Zulu,given,host.example,p pass/pass d=host.example,5,0,0,1",
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
    [sendersPath, undefined],
  ]);
});

test("a report without records counts as one, and has no source", () => {
  const index = recountDay(empty, makeDay(17, { Yahoo: [] }));
  expect(linesOf(index, path)).toEqual(["2026-11-17,Yahoo,given,p=none sp=none adkim=r aspf=r,1,0,0,0,0,0,0,0,0,0,0,"]);
  expect(linesOf(index)).toEqual([]);
  expect(parseMonthIndex(where, textsOf(index))).toEqual(index);
});

test("of several policies that a reporter saw on a day, the line has that of the report that ends last", () => {
  const hour = (orgName: string, reportId: string, policy: Partial<PolicyPublished>, ends = 0): StoredReport => {
    const begin = Date.UTC(2026, 10, 17) / 1000;
    const report = makeReport({ orgName, reportId, begin, end: begin + 3600 * (1 + ends) });
    return keepReport({
      ...report,
      policyPublished: { ...report.policyPublished, sp: undefined, adkim: undefined, aspf: undefined, ...policy },
    });
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
    expect(index.pairs.map(({ reporter, policy }) => [reporter, policy])).toEqual([
      ["A", "p=reject sp=reject"],
      ["B", "p=? sp=none t=y"],
    ]);
    expect(parseMonthIndex(where, textsOf(index))).toEqual(index);
  }
});

test("what a reporter calls itself is guarded, and names alike after that are one line", () => {
  const index = recountDay(empty, makeDay(17, { "=cmd()\n": [makeRecord()], "'=cmd()": [makeRecord()] }));
  expect(linesOf(index, path)).toEqual([
    expect.stringMatching(/^2026-11-17,'=cmd\(\),given,p=none sp=none adkim=r aspf=r,2,20,/),
  ]);
  expect(parseMonthIndex(where, textsOf(index))).toEqual(index);
});

test("mail of subdomains, for which sp is, has lines of its own", () => {
  const of = (headerFrom: string): ReportRecord => makeRecord({ headerFrom, count: 3 });
  const records = ["news.example.com", "example.com", "a.news.example.com", "", "badexample.com"].map(of);
  const { senders } = recountDay(empty, makeDay(17, { A: records }));
  expect(senders.map(({ evidence, messages }) => [evidence, messages])).toEqual([
    ["p pass/pass", 9],
    ["sp pass/pass", 6],
  ]);
});

test("a signature of what is no host name names no source", () => {
  const records = ["other senders", "198.51.100.0/24", "=1+1"].map((dkimDomain) => makeRecord({ dkimDomain }));
  expect(recountDay(empty, makeDay(17, { A: records })).senders.map(({ sender }) => sender)).toEqual(["192.0.2.0/24"]);
});

const failed = { dkim: "fail", spf: "fail" } as const;

test("of the networks and the names for which nothing passes, the 50 largest a day have lines of their own", () => {
  const fails = (n: number, count: number): ReportRecord => makeRecord({ sourceIp: `198.51.${n}.1`, ...failed, count });
  const passing = Array.from({ length: 60 }, (_, n) => makeRecord({ sourceIp: `203.0.${n}.1`, spf: "fail", count: 1 }));
  const named = Array.from({ length: 60 }, (_, n) =>
    makeRecord({ ...failed, count: n < 50 ? 2 : 1, dkimDomain: `host${n}.example` }),
  );
  const service = makeRecord({ ...failed, count: 1, dkimDomain: "mcsv.net" });
  const mixed = [fails(200, 1), makeRecord({ sourceIp: "198.51.200.2", count: 1 })];
  const networks = Array.from({ length: 53 }, (_, n) => fails(n, n < 4 ? 3 : 4));
  const records = [...networks, fails(3, 2), ...passing, ...named, service, ...mixed];
  const { senders } = recountDay(empty, makeDay(17, { A: records }));
  const names = new Set(senders.map(({ sender }) => sender));
  const ofNetworks = [...names].filter((sender) => sender.startsWith("198.51."));
  // 198.51.3.0/24 has 5 messages in two records; of 0, 1 and 2, with 3 each, the first by name is still among the 50.
  expect(ofNetworks).toContain("198.51.3.0/24");
  expect(ofNetworks).toContain("198.51.200.0/24");
  expect(ofNetworks).not.toContain("198.51.2.0/24");
  expect(ofNetworks).toHaveLength(51);
  expect([...names].filter((sender) => sender.startsWith("host"))).toHaveLength(50);
  expect(names).toContain("mcsv.net");
  expect(senders.filter(({ sender }) => sender === "other senders")).toEqual([
    expect.objectContaining({ evidence: "p fail/fail", messages: 9 + 10, addresses: "4" }),
  ]);
});

test("of networks with as many messages, the first by name have their lines", () => {
  const records = Array.from({ length: 52 }, (_, n) => makeRecord({ sourceIp: `198.51.${100 + n}.1`, ...failed }));
  const { senders } = recountDay(empty, makeDay(17, { A: records.slice(26), B: records.slice(0, 26) }));
  expect(senders.map(({ sender }) => sender).sort()).toEqual([
    ...Array.from({ length: 50 }, (_, n) => `198.51.${100 + n}.0/24`),
    "other senders",
  ]);
});

test("of what a sender shows at a reporter and did not pass, the 50 largest lines stand, and one of totals, in any order", () => {
  const spoofed = Array.from({ length: 300 }, (_, n) => ({
    ...makeRecord({ ...failed, count: n === 299 ? 7 : 1 }),
    authResults: {
      dkim: n % 2 === 0 ? [] : [{ domain: "example.com", selector: `s${n}`, result: "fail" }],
      spf: [{ domain: n % 2 === 0 ? `e${n}.example.com` : "example.com", result: "fail" }],
    },
  }));
  const dayOf = (A: ReportRecord[], B: ReportRecord[]) => recountDay(empty, makeDay(17, { A, B })).senders;
  const senders = dayOf([...spoofed, makeRecord()], spoofed.slice(0, 50));
  const [ofA, ofB] = ["A", "B"].map((name) => senders.filter(({ reporter }) => reporter === name));
  expect([ofA?.length, ofB?.length]).toEqual([52, 50]);
  const failing = ofA?.filter(({ evidence }) => evidence.startsWith("p fail/fail"));
  expect(failing?.filter(({ messages }) => messages > 1).map(({ evidence, messages }) => [evidence, messages])).toEqual(
    [
      ["p fail/fail", 250],
      ["p fail/fail own=example.com spf=fail key=example.com/s299:fail", 7],
    ],
  );
  expect(dayOf([makeRecord(), ...spoofed.toReversed()], spoofed.slice(0, 50))).toEqual(senders);
});

test("reports of strangers take nobody's line", () => {
  const wave = Array.from({ length: 80 }, (_, n) => makeRecord({ sourceIp: `198.51.${n}.1`, ...failed, count: 9999 }));
  const stranger = keepReport(makeReport({ orgName: "x", records: wave }), { authenticity: { verdict: "unverified" } });
  const day = makeDay(17, { A: [makeRecord({ ...failed, count: 1 })] });
  const { senders } = recountDay(empty, { ...day, reports: [...day.reports, stranger] });
  expect(senders.find(({ reporter }) => reporter === "A")).toMatchObject({ sender: "192.0.2.0/24", messages: 1 });
});

test("what a record shows stands in its line: who signs, the envelope, our keys with their results", () => {
  const record = makeRecord({ ...failed, count: 3, reasons: ["mailing_list"] });
  const results = {
    dkim: [
      { domain: "example.com", selector: "S2", result: "fail" },
      { domain: "example.com", selector: "a b", result: "odd" },
      { domain: "mail.list.example", result: "pass" },
      { domain: "bank.example", result: "fail" },
    ],
    spf: [{ domain: "bounce.news.example.com", result: "softfail" }],
  };
  const bounce = { dkim: [], spf: [{ domain: "mta.example.com", scope: "helo", result: "none" }] };
  const records = [
    { ...record, authResults: results },
    { ...makeRecord({ ...failed, sourceIp: "198.51.100.1" }), authResults: bounce },
  ];
  const index = recountDay(empty, makeDay(17, { A: records }));
  expect(index.senders.map(({ sender, evidence }) => [sender, evidence])).toEqual([
    ["198.51.100.0/24", "p fail/fail own=mta.example.com spf=none helo"],
    [
      "list.example",
      "p fail/fail d=list.example own=bounce.news.example.com spf=softfail key=example.com/?:other+example.com/s2:fail list",
    ],
  ]);
});

test("of more than 20 addresses of a network those with the most messages are named", () => {
  const records = Array.from({ length: 22 }, (_, n) => makeRecord({ sourceIp: `192.0.2.${n}`, count: 100 - n }));
  const [line] = recountDay(empty, makeDay(17, { A: records })).senders;
  expect(line?.addresses).toMatch(/^192\.0\.2\.0=100 .* 192\.0\.2\.19=81 \+2$/);
  expect(parseAddresses(line ?? { addresses: "", messages: 0 })).toHaveLength(20);
});

describe("an index of another release", () => {
  const index = recountDay(empty, makeDay(17, { A: [makeRecord()] }));

  test.each<[string, (texts: Map<string, string>) => void]>([
    ["a newer format", (texts) => texts.set(path, (texts.get(path) ?? "").replace("day v2,", "day v3,"))],
    ["an older one", (texts) => texts.set(sendersPath, "day,source,standing\n")],
    [
      "files that only an earlier release writes",
      (texts) => texts.set("example.com/2026/2026-11.csv", "day,reporter\n"),
    ],
  ])("is one with %s: it is to be counted anew, and has no lines until then", (_, change) => {
    const texts = textsOf(index);
    expect(isOutdated(where, texts)).toBe(false);
    change(texts);
    expect(isOutdated(where, texts)).toBe(true);
    expect(parseMonthIndex(where, texts)).toEqual(empty);
  });

  test("is not a month without files", () => {
    expect(isOutdated(where, new Map())).toBe(false);
  });
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

test("days are counted anew in the texts of an index as they are in the index", () => {
  fc.assert(
    fc.property(anyDays, anyDays, (before, days) => {
      const index = before.reduce(recountDay, empty);
      const expected = formatMonthIndex(days.reduce(recountDay, index));
      const changed = days.map((day) => ({ day }));
      expect(recountedTexts(where, textsOf(index), changed)).toEqual(expected);
      const counted = countedPairs(where, textsOf(index), days);
      const of = new Set(days.map(({ day }) => day));
      expect(index.pairs.filter(({ day }) => of.has(day))).toMatchObject(counted);
    }),
  );
});

test("a day that grows over several commits has the lines of all its reports counted at once", () => {
  fc.assert(
    fc.property(anyDays, (days) => {
      for (const day of days) {
        let [texts, before] = [new Map<string, string>(), { ...day, reports: day.reports.slice(0, 0) }];
        for (const at of day.reports.keys()) {
          const grown = { ...day, reports: day.reports.slice(0, at + 1) };
          const counted = recountedTexts(where, texts, [{ day: grown, before }]);
          texts = new Map(Array.from(counted, ([file, text = ""]) => [file, text]));
          before = grown;
        }
        expect(texts).toEqual(textsOf(recountDay(empty, day)));
      }
    }),
  );
});

test("what a day had no lines for is counted as it came when the day grows", () => {
  const networks = Array.from({ length: 55 }, (_, n) =>
    [1, 2].map((host) => makeRecord({ ...failed, sourceIp: `198.51.${100 + n}.${host}`, count: n < 5 ? 1 : 2 })),
  );
  // One sender that shows more than has lines, and what is left of that beside it.
  const shown = Array.from({ length: 55 }, (_, n) => {
    const rest = n === 0 ? { count: 900 } : { count: 30, disposition: "reject" };
    const record = makeRecord({ ...failed, sourceIp: "203.0.113.1", ...rest });
    const dkim = n === 0 ? [] : [{ domain: "example.com", selector: `s${n}`, result: "fail" }];
    return { ...record, authResults: { dkim, spf: [] } };
  });
  // What was counted of a large day alone is kept in mind.
  const many = Array.from({ length: 5000 }, (_, n) => makeRecord({ sourceIp: `10.0.${n >> 8}.${n & 255}`, count: 1 }));
  const before = makeDay(17, { A: [...networks.flat(), ...shown, ...many] });
  const more = makeDay(17, { A: [], B: [makeRecord({ ...failed, sourceIp: "198.51.100.9", count: 50 })] }).reports;
  const day = { ...before, reports: [...before.reports, ...more] };
  const texts = textsOf(recountDay(empty, before));
  const grown = recountedTexts(where, texts, [{ day, before }]);
  expect(grown).toEqual(textsOf(recountDay(empty, { ...day })));
});

test("columns of a newer release stay in the lines of other days when one is counted anew", () => {
  const texts = textsOf([17, 18].map((date) => makeDay(date, { A: [makeRecord()] })).reduce(recountDay, empty));
  const newer = new Map(
    [...texts].map(([file, text]): [string, string] => [
      file,
      text.replaceAll("\n", ",7\n").replace(",7\n", ",more\n"),
    ]),
  );
  const text = recountedTexts(where, newer, [{ day: makeDay(18, { B: [makeRecord()] }) }]).get(path);
  const [header, first, second, ...rest] = text?.split("\n") ?? [];
  expect([header?.slice(-5), first?.slice(-2), second?.slice(0, 13), second?.at(-1), rest]).toEqual([
    ",more",
    ",7",
    "2026-11-18,B,",
    ",",
    [""],
  ]);
});

test("a window is read from the same lines, without some cells and with the domain in each", () => {
  fc.assert(
    fc.property(anyDays, (days) => {
      const index = days.reduce(recountDay, empty);
      const { pairs, senders } = parseWindowLines(where, textsOf(index));
      expect(pairs).toHaveLength(index.pairs.length);
      expect(senders).toHaveLength(index.senders.length);
      expect(index.pairs.map((line) => ({ ...line, domain: where.domain }))).toMatchObject(pairs);
      const shown = index.senders.map((line) => ({ ...line, ...where, evidence: parseEvidence(line.evidence) }));
      expect(shown).toMatchObject(senders);
    }),
  );
});

test("the lines of a day add up to its messages, by pair and by sender", () => {
  fc.assert(
    fc.property(anyDays, (days) => {
      const messages = days
        .flatMap(({ reports }) => reports.flatMap(({ records }) => records))
        .reduce((sum, { row }) => sum + row.count, 0);
      const { pairs, senders } = days.reduce(recountDay, empty);
      expect(pairs.reduce((sum, line) => sum + line.messages, 0)).toBe(messages);
      expect(senders.reduce((sum, line) => sum + line.messages, 0)).toBe(messages);
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
    ["one of the files is missing", new Map([[path, text]]), `${sendersPath} can't be read (it is missing, but`],
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
      new Map(texts).set(path, text.replace(",p=none sp=none adkim=r aspf=r,", ",p=None,")),
      `${path} can't be read (line 2: policy: expected a policy such as p=none sp=reject)`,
    ],
    [
      "a verdict is none",
      new Map(texts).set(sendersPath, (texts.get(sendersPath) ?? "").replace(",given,", ",Given,")),
      `${sendersPath} can't be read (line 2: verdict: `,
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

test.each<[string, (lines: string[]) => string[]]>([
  ["is cut", (lines) => lines.slice(0, -1)],
  ["has its days in another order", ([head = "", ...lines]) => [head, ...lines.slice(0, -1).reverse(), ""]],
  ["has a day of another month", (lines) => lines.map((line) => line.replace("2026-11-18", "2026-12-18"))],
])("no day is counted anew in a file that %s", (_, damage) => {
  const texts = textsOf([17, 18].map((date) => makeDay(date, { A: [makeRecord()] })).reduce(recountDay, empty));
  const damagedTexts = new Map(texts).set(path, damage((texts.get(path) ?? "").split("\n")).join("\n"));
  expect(() => recountedTexts(where, damagedTexts, [{ day: makeDay(17) }])).toThrow(HistoryFormatError);
});

function next(stream: fc.Stream<number>): number {
  return stream.next().value ?? 0;
}

test("lines that stand together share what they show, however many others there are: a window has millions", () => {
  for (let other = 0; other < 25_000; other += 1) parseEvidence(`p pass/- key=brand${other}.example/s1:pass`);
  const cell = "p pass/- key=example.com/s1:pass";
  expect(parseEvidence(cell)).toBe(parseEvidence(`${cell} `.trimEnd()));
});
