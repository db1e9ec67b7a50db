import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Day,
  dayFaults,
  messagesOf,
  openDay,
  type StoredReport,
  uncountedFaults,
  wholeDay,
} from "../../../src/history/day/day.ts";
import { filePathsOf, formatDay, parseDay } from "../../../src/history/day-file/day-file.ts";
import { pairLinesOf } from "../../../src/history/index/pair-lines.ts";
import { keepReport, makeRecord, makeReport } from "../reports.ts";

const emptyDay: Day = { domain: "example.com", day: "2026-11-17", reports: [] };
const dayPath = "example.com/2026/2026-11-17.json";
const path = "example.com/2026/2026-11-17.not-counted.json";
const unverified = { verdict: "unverified", domain: "stranger.example" } as const;
const google = { verdict: "verified", by: "dkim", domain: "google.com", standing: "known" } as const;
const newcomer = { verdict: "verified", by: "dkim", domain: "mail.example", standing: "new" } as const;

function reportOf(
  reportId: string,
  { records = 1, authenticity = unverified, orgName = "Stranger" }: Partial<Made> = {},
): StoredReport {
  const made = Array.from({ length: records }, (_, index) =>
    makeRecord({ sourceIp: `192.0.${index >> 8}.${index & 255}`, count: index + reportId.length }),
  );
  return keepReport(makeReport({ orgName, reportId, records: made }), { authenticity });
}

interface Made {
  records: number;
  authenticity: StoredReport["authenticity"];
  orgName: string;
}

function addUncounted(day: Day, reports: Iterable<StoredReport>): Day {
  const open = openDay(day);
  for (const report of reports) open.addUncounted(report);
  return open.close();
}

function textOf(day: Day): string {
  return formatDay(day).get(path) ?? "";
}

function readBack(day: Day): Day {
  return (parseDay(dayPath, formatDay(day)) as Day | undefined) ?? emptyDay;
}

/** So many reports, each with another content. */
function manyReports(count: number): StoredReport[] {
  return Array.from({ length: count }, (_, index) =>
    keepReport(makeReport({ reportId: `id-${index}`, records: [makeRecord({ count: index + 1 })] }), {
      authenticity: unverified,
    }),
  );
}

test("what does not count is in a file of its own, and the day file is as if it had never come", () => {
  const open = openDay(emptyDay);
  open.add(reportOf("genuine", { authenticity: google }));
  const genuine = open.close();
  const both = addUncounted(genuine, [reportOf("forged")]);
  expect([...formatDay(both).keys()]).toEqual([dayPath, path]);
  expect(formatDay(both).get(dayPath)).toBe(formatDay(genuine).get(dayPath));
  expect([...formatDay(both, genuine).keys()]).toEqual([path]);
  expect(readBack(both)).toEqual(both);
});

test("a day of which nothing counts has no day file", () => {
  const day = addUncounted(emptyDay, [reportOf("forged")]);
  expect(filePathsOf(day)).toEqual([path]);
  expect([...formatDay(day).keys()]).toEqual([path]);
  expect(readBack(day)).toEqual(day);
});

test("20,000 reports make a file of 50 KB, and of those beyond it the totals are kept", () => {
  const reports = manyReports(20_000);
  const day = addUncounted(emptyDay, reports);
  expect(Buffer.byteLength(textOf(day))).toBeLessThan(50_000);
  expect(day.uncounted?.reports.length).toBeGreaterThan(30);
  expect(day.uncounted?.hasMore).toBe(true);
  expect(readBack(day)).toEqual(day);
  expect(day.uncounted && uncountedFaults(day.uncounted)).toEqual([]);
});

test("characters that are escaped in JSON take no more room", () => {
  const reports = manyReports(200).map((report) => {
    const { orgName: _, ...metadata } = report.reportMetadata;
    return { ...report, reportMetadata: { orgName: "\u202e".repeat(300), ...metadata } };
  });
  expect(Buffer.byteLength(textOf(addUncounted(emptyDay, reports)))).toBeLessThan(50_000);
});

test("as long as what is left out can be told apart, nothing is missing in the totals", () => {
  const reports = manyReports(300);
  const { uncounted } = addUncounted(emptyDay, [...reports, ...reports]);
  const { leftOut = [], hasMore } = uncounted ?? {};
  expect(hasMore).toBe(false);
  expect((uncounted?.reports.length ?? 0) + leftOut.length).toBe(300);
  const messages = leftOut.reduce((sum, one) => sum + one.messages, messagesOf(uncounted?.reports ?? []));
  expect(messages).toBe(messagesOf(reports));
});

test("a report that is large is kept without its records, and one that is larger still is in the totals alone", () => {
  const large = reportOf("large", { records: 5000 });
  const huge = reportOf("huge ".repeat(4000));
  const day = addUncounted(emptyDay, [huge, large]);
  expect(day.uncounted?.reports).toMatchObject([{ reportMetadata: { reportId: "large" }, recordsLeftOut: 5000 }]);
  expect(day.uncounted?.reports[0]?.records.length).toBe(1);
  expect(day.uncounted?.leftOut).toMatchObject([{ messages: messagesOf([huge]), records: 1 }]);
  expect(pairLinesOf(wholeDay(addUncounted(emptyDay, [large])))).toEqual(
    pairLinesOf({ ...emptyDay, reports: [large] }),
  );
});

test("a report too large for the file does not keep the others out, whatever its hash", () => {
  const huge = Array.from({ length: 40 }, (_, index) => reportOf(`${index}`.repeat(12_000)));
  const small = Array.from({ length: 10 }, (_, index) => reportOf("s".repeat(index + 1)));
  expect(addUncounted(emptyDay, [...huge, ...small]).uncounted?.reports).toHaveLength(10);
});

test("authenticated newcomers go before those that nobody has checked", () => {
  const signed = Array.from({ length: 5 }, (_, index) => reportOf(`n${index}`, { authenticity: newcomer }));
  const day = addUncounted(emptyDay, [...manyReports(200), ...signed]);
  const kept = day.uncounted?.reports.filter(({ authenticity }) => authenticity.verdict === "verified");
  expect(kept).toHaveLength(5);
});

const sizes = [1, 3, 30, 150, 800];
const pool = Array.from({ length: 160 }, (_, index) =>
  reportOf(`id-${index % 90}`, {
    records: sizes[index % sizes.length],
    orgName: `Sender ${index % 7}`,
    authenticity: index % 5 === 0 ? newcomer : unverified,
  }),
).map((report, index) => ({ ...report, received: `2026-11-18T10:00:${String(10 + (index % 50))}Z` }));

test("any order and any batches give the same bytes, and what came again changes nothing", () => {
  const expected = textOf(addUncounted(emptyDay, pool));
  expect(expected).toContain('"leftOut":');
  const again = fc.subarray(pool, { maxLength: 40 });
  const cuts = fc.array(fc.nat(200), { maxLength: 4 });
  fc.assert(
    fc.property(fc.shuffledSubarray(pool, { minLength: pool.length }), again, cuts, (order, more, ends) => {
      const all = [...order, ...more];
      const starts = [0, ...ends.sort((a, b) => a - b)];
      const day = starts.reduce(
        (before, start, index) => readBack(addUncounted(before, all.slice(start, starts[index + 1]))),
        emptyDay,
      );
      expect(textOf(day)).toBe(expected);
    }),
    { numRuns: 15 },
  );
});

describe("with what counts, it is one set", () => {
  const claimed = { verdict: "unverified", domain: "google.com" } as const;
  const forged = reportOf("1", { records: 3, authenticity: claimed });
  const genuine = reportOf("1", { records: 2, authenticity: google });

  test("a better authenticated report takes the place of one that does not count, whichever came first", () => {
    const late = openDay(addUncounted(emptyDay, [forged]));
    expect(late.add(genuine)).toEqual({ state: "stored", reason: { code: "replaces-weaker" } });
    expect(late.close()).toEqual({ ...emptyDay, reports: [genuine] });
    const early = openDay({ ...emptyDay, reports: [genuine] });
    expect(early.addUncounted(forged)).toMatchObject({ state: "conflict" });
    expect(early.close()).toEqual({ ...emptyDay, reports: [genuine] });
  });

  test("what does not count stands in no way of what does: not by its number, nor by its id", () => {
    const open = openDay(addUncounted(emptyDay, [...manyReports(3000), forged]));
    open.add(genuine);
    expect(open.close().reports).toEqual([genuine]);
  });

  test("a report that counts by today's trust moves to the day file when its day changes", () => {
    const trusted = (report: StoredReport) =>
      report.authenticity.domain === "mail.example"
        ? { ...report, authenticity: { ...report.authenticity, standing: "trusted" as const } }
        : undefined;
    const before = addUncounted(emptyDay, [reportOf("n", { authenticity: newcomer }), reportOf("other")]);
    const after = openDay(before, trusted).close();
    expect(after.reports).toMatchObject([{ reportMetadata: { reportId: "n" }, authenticity: { standing: "trusted" } }]);
    expect(after.uncounted?.reports).toMatchObject([{ reportMetadata: { reportId: "other" } }]);
    expect(dayFaults(after)).toEqual([]);
  });

  test("its records come back when it is read again", () => {
    const whole = reportOf("n", { records: 5000, authenticity: newcomer });
    const cut = openDay(addUncounted(emptyDay, [whole]), (report) => report);
    cut.add(whole);
    expect(cut.close()).toEqual({ ...emptyDay, reports: [whole] });
  });

  test("a report that counted when it came stays in the day file when its sender is not believed any more", () => {
    const before = { ...emptyDay, reports: [reportOf("n", { authenticity: newcomer })] };
    const open = openDay(before);
    expect(open.addUncounted(reportOf("n", { authenticity: newcomer }))).toMatchObject({ state: "duplicate" });
    expect(open.close()).toBe(before);
  });

  test("the index has the lines of both, as it would have of one file", () => {
    const [a, b] = [reportOf("a"), reportOf("b", { records: 2 })];
    const open = openDay(emptyDay);
    for (const report of [a, b, genuine]) open.add(report);
    const parts = addUncounted({ ...emptyDay, reports: [genuine] }, [b, a]);
    expect(pairLinesOf(wholeDay(parts))).toEqual(pairLinesOf(open.close()));
  });
});
