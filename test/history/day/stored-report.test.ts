import fc from "fast-check";
import { expect, test } from "vitest";
import { type Day, dayFaults, openDay } from "../../../src/history/day/day.ts";
import { contentHash } from "../../../src/history/day/records.ts";
import { dayOf, type StoredReport, withTotals } from "../../../src/history/day/stored-report.ts";
import { parseDayFile } from "../../../src/history/day-file/day-file.ts";
import { totalsOf } from "../../../src/history/totals.ts";
import { authenticityVerdicts, standings } from "../../../src/report/authenticity.ts";
import { inWords } from "../../reasons.ts";
import { addReport, keepReport, makeRecord, makeReport, textOf } from "../reports.ts";

const emptyDay: Day = { domain: "example.com", day: "2026-11-17", reports: [] };

function addAll(reports: StoredReport[], day: Day = emptyDay): Day {
  return reports.reduce((sofar, report) => addReport(sofar, report).day, day);
}

test.each([
  ["a UTC day, end inclusive", "2026-11-17T00:00:00Z", "2026-11-17T23:59:59Z", "2026-11-17"],
  ["a UTC day, end exclusive", "2026-11-17T00:00:00Z", "2026-11-18T00:00:00Z", "2026-11-17"],
  ["a day in Tokyo", "2026-11-16T15:00:00Z", "2026-11-17T15:00:00Z", "2026-11-17"],
  ["a day in California", "2026-11-17T08:00:00Z", "2026-11-18T08:00:00Z", "2026-11-17"],
  ["an hour", "2026-11-17T22:00:00Z", "2026-11-17T23:00:00Z", "2026-11-17"],
  ["a moment", "2026-11-17T23:59:59Z", "2026-11-17T23:59:59Z", "2026-11-17"],
  ["a week", "2026-11-14T00:00:00Z", "2026-11-20T23:59:59Z", "2026-11-17"],
])("the day of a period is the date of its middle: %s", (_, begin, end, day) => {
  expect(dayOf({ begin: Date.parse(begin) / 1000, end: Date.parse(end) / 1000 })).toBe(day);
});

test("a report sent twice is counted once", () => {
  const first = addReport(emptyDay, keepReport(makeReport()));
  const second = addReport(first.day, keepReport(makeReport()));
  expect(first.state).toBe("stored");
  expect(inWords(second)).toMatchObject({ state: "duplicate", reason: "this report was read before" });
  expect(totalsOf(second.day.reports).messages).toBe(10);
});

test("what records had in common they still share, lists of results one by one", () => {
  const dkim = [{ domain: "example.com", selector: "s1", result: "pass" }];
  const records = ["pass", "fail"].map((result, index) => {
    const record = makeRecord({ sourceIp: `192.0.2.${index + 1}` });
    return { ...record, authResults: { dkim, spf: [{ domain: "example.com", result }] } };
  });
  const [first, second] = keepReport({ ...makeReport(), records }).records;
  expect(second?.authResults.spf).not.toEqual(first?.authResults.spf);
  expect(second?.authResults.dkim).toBe(first?.authResults.dkim);
});

test("the same content under another id is counted once, and both ids are kept", () => {
  const day = addAll([keepReport(makeReport({ reportId: "b" })), keepReport(makeReport({ reportId: "a" }))]);
  expect(day.reports).toHaveLength(1);
  expect(day.reports[0]).toMatchObject({ reportMetadata: { reportId: "a" }, otherIds: ["b"] });
});

test("an id that a reporter uses again for another period or domain is another report", () => {
  const [first, second] = [
    { begin: Date.UTC(2026, 10, 17) / 1000, end: Date.UTC(2026, 10, 17, 11, 59, 59) / 1000 },
    { begin: Date.UTC(2026, 10, 17, 12) / 1000, end: Date.UTC(2026, 10, 17, 23, 59, 59) / 1000 },
  ].map((dateRange) => {
    const report = makeReport({ reportId: "7" });
    return keepReport({ ...report, reportMetadata: { ...report.reportMetadata, dateRange } });
  }) as [StoredReport, StoredReport];
  const half = addReport(emptyDay, first);
  const whole = addReport(half.day, second);
  expect([half.state, whole.state]).toEqual(["stored", "stored"]);
  expect(totalsOf(whole.day.reports).messages).toBe(20);
  const other = keepReport(makeReport({ reportId: "7", domain: "example.org" }));
  expect(addReport({ ...emptyDay, domain: "example.org" }, other).state).toBe("stored");
});

test("two reporters may use one id and send the same numbers", () => {
  const day = addAll([keepReport(makeReport()), keepReport(makeReport({ orgName: "Yahoo" }))]);
  expect(totalsOf(day.reports)).toMatchObject({ reports: 2, messages: 20 });
});

test("of two reports with one id the one with more messages counts, whichever came first", () => {
  const small = keepReport(makeReport({ records: [makeRecord({ count: 3 })] }));
  const large = keepReport(makeReport({ records: [makeRecord({ count: 4 })] }));
  const smallFirst = addReport(addAll([small]), large);
  const largeFirst = addReport(addAll([large]), small);
  expect(inWords(smallFirst)).toMatchObject({ state: "stored", reason: expect.stringContaining("was kept") });
  expect(largeFirst).toMatchObject({ state: "conflict" });
  expect(smallFirst.day).toEqual(largeFirst.day);
  expect(totalsOf(smallFirst.day.reports).messages).toBe(4);
});

test("records that differ only in count are added up, and recipients and comments are not kept", () => {
  const record = makeRecord({ count: 1 });
  const to = (envelopeTo: string, comment: string): typeof record => ({
    ...record,
    row: { ...record.row, policyEvaluated: { ...record.row.policyEvaluated, reasons: [{ type: "other", comment }] } },
    identifiers: { ...record.identifiers, envelopeTo },
  });
  const { records } = keepReport(makeReport({ records: [to("a.example", "to ann"), to("b.example", "to bob")] }));
  expect(records).toHaveLength(1);
  expect(records[0]?.row.count).toBe(2);
  expect(JSON.stringify(records)).not.toMatch(/ann|bob|a\.example|b\.example/);
});

test("the hash of what is stored is the hash of what came", () => {
  const { records } = makeReport({ records: [makeRecord({ count: 1 }), makeRecord({ count: 2 })] });
  const stored = keepReport(makeReport({ records }));
  expect(stored.hash).toBe(contentHash(records));
  expect(stored.hash).toBe(contentHash(stored.records));
  expect(stored.hash).toMatch(/^[0-9a-f]{64}$/);
});

test("a report that came twice keeps the earliest date of receipt", () => {
  const late = keepReport(makeReport(), { received: "2026-11-19T10:00:00Z" });
  const early = keepReport(makeReport(), { received: "2026-11-18T10:00:00Z" });
  expect(addAll([late, early]).reports[0]?.received).toBe("2026-11-18T10:00:00Z");
  expect(addAll([keepReport(makeReport()), late]).reports[0]?.received).toBe("2026-11-19T10:00:00Z");
});

test("a reporter without orgName is the domain of its address", () => {
  expect(keepReport(makeReport({ orgName: "" })).reporter).toBe("reports.example.net");
});

/** What a report may say differently each time that it is sent, its numbers being the same. */
const anyWording = fc.record({
  p: fc.constantFrom("none", "reject"),
  notes: fc.constantFrom<string[][]>([], ["a note"]),
  extensions: fc.constantFrom<(string[] | undefined)[]>(undefined, ["an extension"]),
  generator: fc.constantFrom(undefined, "one"),
  unreadableRecords: fc.constantFrom(0, 1),
  envelopeFrom: fc.constantFrom("example.com", "example.org"),
});

/** Few ids, reporters and counts, so that duplicates, twins and conflicts are frequent. */
const anyReport = fc
  .record({
    orgName: fc.constantFrom("google.com", "Yahoo"),
    reportId: fc.constantFrom("1", "2", "3"),
    count: fc.constantFrom(1, 2, 3),
    sourceIp: fc.constantFrom("192.0.2.1", "192.0.2.2"),
    received: fc.constantFrom(undefined, "2026-11-18T00:00:00Z", "2026-11-19T00:00:00Z"),
    verdict: fc.constantFrom(...authenticityVerdicts),
    standing: fc.constantFrom(undefined, ...standings),
    isNamed: fc.boolean(),
    isOfTotals: fc.boolean(),
    wording: anyWording,
  })
  .map(({ orgName, reportId, count, sourceIp, received, verdict, standing, isNamed, isOfTotals, wording }) => {
    const { p, generator, envelopeFrom, ...more } = wording;
    const made = makeReport({ orgName, reportId, records: [makeRecord({ count, sourceIp, envelopeFrom })] });
    const { reportMetadata, policyPublished } = made;
    const domain = isNamed || verdict === "verified" ? `${orgName}.example` : undefined;
    const said = {
      ...made,
      ...more,
      reportMetadata: { ...reportMetadata, generator },
      policyPublished: { ...policyPublished, p },
    };
    const kept = keepReport(said, { received, authenticity: { verdict, domain, standing } });
    return isOfTotals ? withTotals(kept) : kept;
  });

test("adding is idempotent and order-free, one by one, together and across files", () => {
  const shuffled = fc
    .array(anyReport, { maxLength: 12 })
    .chain((reports) =>
      fc.tuple(fc.constant(reports), fc.shuffledSubarray(reports, { minLength: reports.length }), fc.nat(12)),
    );
  fc.assert(
    fc.property(shuffled, ([reports, inOtherOrder, cut]) => {
      const once = textOf(addAll(reports));
      const together = openDay(emptyDay);
      for (const report of inOtherOrder) together.add(report);
      expect(textOf(together.close())).toBe(once);
      const path = "example.com/2026/2026-11-17.json";
      const firstRun = parseDayFile(path, textOf(addAll(inOtherOrder.slice(0, cut)))) as Day;
      const secondRun = addAll([...inOtherOrder.slice(cut), ...reports], firstRun);
      expect(textOf(secondRun)).toBe(once);
      expect(dayFaults(parseDayFile(path, once))).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test("a report that loses an id to a larger one loses what came under it, whichever came first", () => {
  const [first, second] = ["2026-11-18T00:00:00Z", "2026-11-19T00:00:00Z"];
  const wordings = { first: ["a repair"], again: ["b repair"] };
  const small = keepReport({ ...makeReport({ reportId: "1" }), notes: wordings.first }, { received: first });
  const again = keepReport({ ...makeReport({ reportId: "2" }), notes: wordings.again }, { received: second });
  const large = keepReport(makeReport({ reportId: "1", records: [makeRecord({ count: 20 })] }), { received: second });
  const both = addAll([small, again]);
  const copies = [{ reportMetadata: { reportId: "2" }, received: second, notes: wordings.again }];
  expect(both.reports).toMatchObject([{ received: first, notes: wordings.first, copies }]);
  for (const day of [addAll([large], both), addAll([large, small, again])]) {
    const left = { reportMetadata: { reportId: "2" }, received: second, notes: wordings.again, copies: undefined };
    expect(day.reports).toMatchObject([{ received: second }, left]);
  }
});

test("that a chain vouches for a message is kept, and the comment that says so is not", () => {
  const record = makeRecord({ dkim: "fail", spf: "fail" });
  record.row.policyEvaluated.arc = "pass";
  record.row.policyEvaluated.reasons = [{ type: "local_policy", comment: "arc=pass for ann@example.org" }];
  const [stored] = keepReport(makeReport({ records: [record] })).records;
  expect(stored?.row.policyEvaluated).toMatchObject({ arc: "pass", reasons: [{ type: "local_policy" }] });
  expect(JSON.stringify(stored)).not.toContain("example.org");
});
