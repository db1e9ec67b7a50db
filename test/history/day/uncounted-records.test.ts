import fc from "fast-check";
import { expect, test } from "vitest";
import { addReport, type Day } from "../../../src/history/day/day.ts";
import { dayFaults } from "../../../src/history/day/day-faults.ts";
import { type StoredReport, withFewRecords } from "../../../src/history/day/stored-report.ts";
import { dayFilePath, parseDayFile } from "../../../src/history/day-file/day-file.ts";
import { pairLinesOf } from "../../../src/history/index/pair-lines.ts";
import { totalsOf } from "../../../src/history/totals.ts";
import { keepReport, makeRecord, makeReport, noTrust, textOf } from "../reports.ts";

const unverified = { verdict: "unverified", domain: "stranger.example" } as const;

/** A report of so many records, each from its own address. */
function reportOf(reportId: string, records: number, authenticity: StoredReport["authenticity"] = unverified) {
  const made = Array.from({ length: records }, (_, index) =>
    makeRecord({
      sourceIp: `192.0.${index >> 8}.${index & 255}`,
      count: index + reportId.length,
      ...(index % 3 === 0 && { dkim: "fail", spf: "fail" }),
      ...(index % 2 === 0 && { disposition: "reject" }),
    }),
  );
  return keepReport(makeReport({ reportId, records: made }), { authenticity });
}

function dayOf(...reports: StoredReport[]): Day {
  const empty: Day = { domain: "example.com", day: "2026-11-17", reports: [] };
  return reports.reduce((day, report) => withFewRecords(addReport(day, report).day, noTrust), empty);
}

test("a thousand records of reports that don't count are kept as they are", () => {
  const day = dayOf(reportOf("a", 400), reportOf("bb", 600));
  expect(day.reports.map(({ records, recordsLeftOut }) => [records.length, recordsLeftOut])).toEqual([
    [400, undefined],
    [600, undefined],
  ]);
});

test("of a report beyond a thousand records the totals are kept, and nothing of who sent", () => {
  const report = reportOf("a", 1001);
  const day = dayOf(report);
  expect(day.reports[0]?.recordsLeftOut).toBe(1001);
  expect(day.reports[0]?.records.length).toBeLessThan(10);
  expect(totalsOf(day.reports)).toEqual(totalsOf([report]));
  expect(pairLinesOf(day)).toEqual(pairLinesOf({ ...day, reports: [report] }));
  expect(textOf(day)).not.toContain("192.0.");
  expect(parseDayFile(dayFilePath(day), textOf(day))).toEqual(day);
  expect(dayFaults(day)).toEqual([]);
});

test("a report that counts has all its records, however many a stranger sends", () => {
  const genuine = reportOf("a", 1500, { verdict: "verified", by: "dkim", domain: "google.com", standing: "known" });
  const day = dayOf(genuine, reportOf("b", 900), reportOf("cc", 900));
  expect(day.reports.map(({ recordsLeftOut }) => recordsLeftOut).filter(Boolean)).toEqual([900]);
  expect(day.reports.find(({ authenticity }) => authenticity.verdict === "verified")).toEqual(genuine);
});

test("authenticated newcomers go before those that nobody has checked", () => {
  const newcomer = reportOf("new", 900, { verdict: "verified", by: "dkim", domain: "mail.example", standing: "new" });
  const day = dayOf(reportOf("b", 900), newcomer, reportOf("cc", 900));
  expect(day.reports.filter(({ recordsLeftOut }) => recordsLeftOut === undefined)).toEqual([newcomer]);
});

test("adding again changes nothing, not even the day", () => {
  const reports = [reportOf("a", 700), reportOf("bb", 700)];
  const day = dayOf(...reports);
  for (const report of reports) expect(withFewRecords(addReport(day, report).day, noTrust)).toBe(day);
});

test("the order in which reports come does not matter", () => {
  const sizes = [10, 300, 450, 999, 1, 1200];
  const reports = sizes.map((size, index) => reportOf("x".repeat(index + 1), size));
  const expected = dayOf(...reports);
  fc.assert(
    fc.property(fc.shuffledSubarray(reports, { minLength: reports.length }), (order) => {
      expect(dayOf(...order, ...reports)).toEqual(expected);
    }),
    { numRuns: 20 },
  );
});

test("a report that was left out and comes again authenticated has its records", () => {
  const authenticity = { verdict: "unverified", domain: "google.com" } as const;
  const day = dayOf(reportOf("a", 1001, authenticity));
  const genuine = reportOf("a", 1001, { verdict: "verified", by: "header", domain: "google.com", standing: "known" });
  expect(dayOf(...day.reports, genuine).reports).toEqual([genuine]);
});
