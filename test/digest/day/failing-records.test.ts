import { expect, test } from "vitest";
import { failingRecords } from "../../../src/digest/day/failing-records.ts";
import { makeSenders } from "../../../src/digest/senders/senders.ts";
import type { Day } from "../../../src/history/day/day.ts";
import { failuresCsv } from "../../../src/render/csv.ts";
import type { ReportRecord } from "../../../src/report/types.ts";
import { keepReport, makeRecord, makeReport } from "../../history/reports.ts";
import { csvCells } from "../../render/csv-cells.ts";
import { senderLine } from "../windows.ts";

const day = "2026-11-17";

function dayWith(records: ReportRecord[], said: Partial<Day> = {}): Day {
  return { domain: "example.com", day, reports: [keepReport(makeReport({ records }))], ...said };
}

/** Judged by what the records show alone; a service that signs as itself is ours. */
function sendersIn(...lines: Parameters<typeof senderLine>[0][]) {
  return makeSenders(lines.map(senderLine), { saidOf: (sender) => (sender === "crm.example" ? "ours" : undefined) });
}

const failed = { dkim: "fail", spf: "fail" } as const;

test("DMARC failures come first, then what one of SPF and DKIM saved, each with the most messages first", () => {
  const records = failingRecords(
    [
      dayWith([
        makeRecord({ count: 900, spf: "fail" }),
        makeRecord({ count: 3, sourceIp: "192.0.2.2", ...failed }),
        makeRecord({ count: 1000 }),
        makeRecord({ count: 40, ...failed }),
        makeRecord({ count: 950, dkim: "fail" }),
        makeRecord({ count: 0, ...failed }),
      ]),
    ],
    sendersIn(),
  );
  expect(records.map(({ record, mailClass }) => [record.row.count, mailClass])).toEqual([
    [40, "spoofed"],
    [3, "spoofed"],
    [950, "spf-alone"],
    [900, "dkim-alone"],
  ]);
});

test("a source was first seen on the earliest day that the window knows for the organizational domain", () => {
  const senders = sendersIn(
    { day: "2026-10-05", sender: "crm.example", domain: "news.example.com" },
    { day: "2026-11-01", sender: "crm.example" },
    { day: "2026-09-01", sender: "crm.example", domain: "example.org" },
    { day, sender: "198.51.100.0/24" },
    { day: "2026-11-18", sender: "198.51.100.0/24" },
  );
  const crm = makeRecord({ ...failed, dkimDomain: "crm.example" });
  const records = failingRecords([dayWith([crm, makeRecord({ ...failed, sourceIp: "198.51.100.7" })])], senders);
  expect(records.map(({ source, firstSeen }) => [source, firstSeen])).toEqual([
    ["crm.example", "2026-10-05"],
    ["198.51.100.0/24", day],
  ]);
});

test("on an earlier day, too, a source was first seen on that day at the latest", () => {
  const senders = sendersIn({ day: "2026-11-16", sender: "192.0.2.0/24" });
  const days = ["2026-11-15", "2026-11-16", day].map((day) => dayWith([makeRecord(failed)], { day }));
  expect(failingRecords(days, senders).map((failing) => [failing.day, failing.firstSeen])).toEqual([
    ["2026-11-15", "2026-11-15"],
    ["2026-11-16", "2026-11-16"],
    ["2026-11-17", "2026-11-16"],
  ]);
});

test("of 10,000 failing sources each has its line", () => {
  const records = Array.from({ length: 10_000 }, (_, n) =>
    makeRecord({ ...failed, count: 1 + (n % 7), sourceIp: `10.${n >> 8}.${n & 255}.1` }),
  );
  const [header = [], ...rows] = csvCells(failuresCsv(failingRecords([dayWith(records)], sendersIn())));
  const cellsOf = (name: string) => rows.map((row) => row[header.indexOf(name)]);
  expect(rows).toHaveLength(10_000);
  expect(new Set(cellsOf("source")).size).toBe(10_000);
  expect(cellsOf("count").reduce((sum, count) => sum + Number(count), 0)).toBe(
    records.reduce((sum, { row }) => sum + row.count, 0),
  );
});
