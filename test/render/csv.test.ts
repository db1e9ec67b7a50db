import { expect, it } from "vitest";
import type { FailingRecord } from "../../src/digest/failures.ts";
import { failuresCsv } from "../../src/render/csv.ts";
import type { ReportRecord } from "../../src/report/types.ts";
import { csvCells } from "./csv-cells.ts";

const record: ReportRecord = {
  row: {
    sourceIp: "192.0.2.10",
    count: 12,
    policyEvaluated: {
      disposition: "reject",
      dkim: "fail",
      spf: "fail",
      reasons: [{ type: "local_policy", comment: 'arc=fail, "none"' }, { type: "forwarded" }],
    },
  },
  identifiers: { headerFrom: "news.example.com", envelopeFrom: "bounce.example.net" },
  authResults: {
    dkim: [
      { domain: "example.net", selector: "s1", result: "pass" },
      { domain: "example.com", result: "fail" },
    ],
    spf: [
      { domain: "bounce.example.net", scope: "mfrom", result: "pass" },
      { domain: "mail.example.net", scope: "helo", result: "none" },
    ],
  },
};

function makeFailing(said: Partial<FailingRecord> & { count?: number } = {}): FailingRecord {
  const { count = 12, ...rest } = said;
  return {
    day: "2026-11-17",
    domain: "example.com",
    orgName: "google.com",
    reportId: "1234",
    source: "example.net",
    dmarc: "fail",
    record: { ...record, row: { ...record.row, count } },
    ...rest,
  };
}

it("a failing record is one line that says everything", () => {
  expect(failuresCsv([makeFailing()])).toBe(
    [
      "day,domain,dmarc,reporter,report_id,source,source_ip,count,disposition,dkim,spf,header_from,envelope_from,dkim_results,spf_results,reasons",
      '2026-11-17,example.com,fail,google.com,1234,example.net,192.0.2.10,12,reject,fail,fail,news.example.com,bounce.example.net,"example.net/s1=pass; example.com=fail","bounce.example.net=pass; helo:mail.example.net=none","local_policy (arc=fail, ""none""); forwarded"',
      "",
    ].join("\r\n"),
  );
});

it("what a reporter did not say is an empty cell", () => {
  const bare: ReportRecord = {
    row: { count: 1, policyEvaluated: { reasons: [], dkim: "fail" } },
    identifiers: { headerFrom: "" },
    authResults: { dkim: [], spf: [{ result: "none" }] },
  };
  expect(failuresCsv([makeFailing({ record: bare })])).toContain(",example.net,,1,,fail,,,,,'=none,\r\n");
});

it("DMARC failures come first, then the most messages, then the order they came in", () => {
  const order = [
    makeFailing({ reportId: "a", count: 5, dmarc: "pass" }),
    makeFailing({ reportId: "b", count: 1 }),
    makeFailing({ reportId: "c", count: 7 }),
    makeFailing({ reportId: "d", count: 9, dmarc: "pass" }),
    makeFailing({ reportId: "e", count: 7 }),
  ];
  const cells = csvCells(failuresCsv(order)).slice(1);
  expect(cells.map((row) => row[4])).toEqual(["c", "e", "b", "d", "a"]);
});

it("no records are no file", () => {
  expect(failuresCsv([])).toBe("");
});
