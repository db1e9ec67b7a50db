import { expect, test } from "vitest";
import type { Day, StoredReport } from "../../../src/history/day/day.ts";
import {
  bytesOfDay,
  bytesOfReport,
  dayFilePath,
  domainOfFolder,
  filePathsOf,
  folderOf,
  formatDay,
  isStorable,
  parseDayFile,
} from "../../../src/history/day-file/day-file.ts";
import { addReport, keepReport, makeRecord, makeReport, textOf } from "../reports.ts";

const path = "example.com/2026/2026-11-17.json";
const report = makeReport({
  records: [
    makeRecord({ dkimDomain: "example.com" }),
    makeRecord({ sourceIp: "2001:db8::1", count: 2, dkim: "fail", spf: undefined, reasons: ["mailing_list"] }),
  ],
});
const { day } = addReport(
  { domain: "example.com", day: "2026-11-17", reports: [] },
  keepReport(report, { received: "2026-11-18T10:12:00Z" }),
);

test("a day file is written for git diff: one record a line", () => {
  expect(textOf(day)).toMatchInlineSnapshot(`
    "{
      "version": 1,
      "domain": "example.com",
      "day": "2026-11-17",
      "reports": [
        {
          "reporter": "google.com",
          "authenticity": {"verdict":"given"},
          "hash": "37b5fb557f6f2ed30bc20f83baf9dd9915cc1efa563e7229cb605c27b2a98f1a",
          "received": "2026-11-18T10:12:00Z",
          "reportMetadata": {"orgName":"google.com","reportId":"1","dateRange":{"begin":1794873600,"end":1794959999}},
          "policyPublished": {"domain":"example.com","adkim":"r","aspf":"r","p":"none","sp":"none"},
          "records": [
            {"policyEvaluated":{"disposition":"none","dkim":"fail","spf":"pass","reasons":[{"type":"mailing_list"}]},"identifiers":{"headerFrom":"example.com"},"authResults":{},"rows":[{"sourceIp":"2001:db8::1","count":2}]},
            {"policyEvaluated":{"disposition":"none","dkim":"pass","spf":"pass"},"identifiers":{"headerFrom":"example.com"},"authResults":{"dkim":[{"domain":"example.com","selector":"s1","result":"pass"}]},"rows":[{"sourceIp":"192.0.2.1","count":10}]}
          ]
        }
      ]
    }
    "
  `);
});

test("what a reporter says beyond the records is kept, and what it did not say is not made up", () => {
  const said = {
    ...report,
    reportMetadata: {
      ...report.reportMetadata,
      extraContactInfo: "https://a.example",
      errors: ["x"],
      generator: "y 1",
    },
    policyPublished: { domain: "example.com", p: "none" },
    extensions: ["notes"],
  };
  const { day: kept } = addReport({ domain: "example.com", day: "2026-11-17", reports: [] }, keepReport(said));
  expect(textOf(kept)).toContain(
    '"extraContactInfo":"https://a.example","reportId":"1","dateRange":{"begin":1794873600,"end":1794959999},"errors":["x"],"generator":"y 1"}',
  );
  expect(textOf(kept)).toContain(
    '"policyPublished": {"domain":"example.com","p":"none"},\n      "extensions": ["notes"],',
  );
  expect(textOf(parseDayFile(path, textOf(kept)) as Day)).toBe(textOf(kept));
});

test("what is written reads back as it was", () => {
  const again = parseDayFile(path, textOf(day)) as Day;
  expect(textOf(again)).toBe(textOf(day));
  expect(JSON.parse(JSON.stringify(again))).toEqual(JSON.parse(JSON.stringify(day)));
});

test.each([
  ["not JSON", "{", /example\.com\/2026\/2026-11-17\.json can't be read .*Bring back an earlier version/],
  ["a cut file", textOf(day).slice(0, 200), /can't be read/],
  ["an empty file", "", /can't be read/],
  ["JSON of another shape", "[]", /can't be read/],
  ["a negative count", textOf(day).replace('"count":10', '"count":-10'), /reports\.0\.records\.\d\.rows\.0\.count/],
  ["another day's file", textOf(day).replace("2026-11-17", "2026-11-18"), /it says that it is example\.com 2026-11-18/],
  ["a newer version", textOf(day).replace('"version": 1', '"version": 2'), /version 2.*Upgrade/],
])("a damaged day file is named and never taken for empty: %s", (_, text, message) => {
  expect(() => parseDayFile(path, text)).toThrow(message);
});

test("the path of a day file comes from a domain and a date alone", () => {
  expect(dayFilePath({ domain: "example.com", day: "2026-11-17" })).toBe(path);
});

test.each([
  ["example.com", true],
  ["xn--bcher-kva.example", true],
  ["localhost", false],
  ["intake", false],
  ["state.json", false],
  ["readme.md", false],
])("a domain may have a folder unless its name is one of ours: %s", (domain, expected) => {
  expect(isStorable(domain)).toBe(expected);
});

test.each([
  ["aux.example", "~aux.example"],
  ["con.xn--bcher-kva.example", "~con.xn--bcher-kva.example"],
  ["com1.example", "~com1.example"],
  ["console.example", "console.example"],
  ["mail.nul.example", "mail.nul.example"],
])("a domain that Windows would take for a device has a folder of another name: %s", (domain, folder) => {
  expect(folderOf(domain)).toBe(folder);
  expect(domainOfFolder(folder)).toBe(domain);
  expect(dayFilePath({ domain, day: "2026-11-17" })).toBe(`${folder}/2026/2026-11-17.json`);
});

test("a folder that an older release wrote under the name of a device is named, with what to do", () => {
  expect(() => domainOfFolder("aux.example")).toThrow(/folder aux\.example .*git mv aux\.example \.\/~aux\.example/);
});

test.each(["~example.com", "~~aux.example", "Aux.example", "intake", "a b.example"])(
  "a folder %s is no domain's",
  (name) => {
    expect(domainOfFolder(name)).toBeUndefined();
  },
);

test("every character of a stranger can be seen in the file, and reads back as it was", () => {
  const strange = "a\u202Eb\u2066c\u200Bd\u0085e\uFEFF\u{E0041}é漢🙂";
  const said = { ...report, reportMetadata: { ...report.reportMetadata, orgName: strange } };
  const kept = keepReport({ ...said, records: [makeRecord({ headerFrom: strange })] });
  const { day: strangeDay } = addReport({ domain: "example.com", day: "2026-11-17", reports: [] }, kept);
  const text = textOf(strangeDay);
  expect(text.match(/[\p{Cf}\p{Cc}]/gu)?.filter((character) => character !== "\n") ?? []).toEqual([]);
  expect(text).toContain("a\\u202eb\\u2066c\\u200bd\\u0085e\\ufeff\\udb40\\udc41é漢🙂");
  expect(parseDayFile(path, text)).toEqual(strangeDay);
});

/** A day with reports of so many records each; the numbers of records tell the reports apart. */
function dayOfReports(counts: number[]): Day {
  const empty: Day = { domain: "example.com", day: "2026-11-17", reports: [] };
  return counts.reduce((before, count, index) => {
    const records = Array.from({ length: count }, (_, n) =>
      makeRecord({ sourceIp: `198.51.${n >> 8}.${n & 255}`, count: index + 1 }),
    );
    return addReport(before, keepReport(makeReport({ reportId: String(index), records }))).day;
  }, empty);
}

const many = Array<number>(5).fill(4000);

test.each([
  { counts: [5000], apart: 0 },
  { counts: [5001, 5000], apart: 1 },
  { counts: many, apart: 0 },
  { counts: [...many, 1, 500, 501], apart: 6 },
  { counts: [...many, 5001], apart: 1 },
])("reports of $counts records have $apart files of their own", ({ counts, apart }) => {
  const full = dayOfReports(counts);
  const files = formatDay(full);
  expect([...files.keys()].sort()).toEqual(filePathsOf(full).sort());
  expect(files.size).toBe(1 + apart);
  const again = parseDayFile(path, files.get(path) ?? "", files);
  expect(formatDay(again)).toEqual(files);
});

test("the file of a large report is written once, and again only when the report is another", () => {
  const before = dayOfReports([5001]);
  const { day: after } = addReport(before, keepReport(makeReport({ reportId: "small" })));
  expect([...formatDay(after, before).keys()]).toEqual([path]);
  expect(bytesOfDay(after)).toBeLessThan(2000);
  expect(bytesOfReport(before.reports[0] as StoredReport)).toBeGreaterThan(100_000);
});

test("the report with which a day has too many records moves the others to files of their own", () => {
  const before = dayOfReports(many);
  const { day: after } = addReport(before, keepReport(makeReport({ reportId: "small" })));
  expect(formatDay(after, before).size).toBe(1 + many.length);
});
