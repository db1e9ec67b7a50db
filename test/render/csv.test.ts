import { expect, it } from "vitest";
import type { FailingRecord } from "../../src/digest/day/failing-records.ts";
import { failuresCsv } from "../../src/render/csv.ts";
import type { ReportRecord } from "../../src/report/types.ts";
import { keepReport, makeReport } from "../history/reports.ts";

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

const report = keepReport(makeReport({ reportId: "1234", records: [] }), {
  authenticity: { verdict: "verified", by: "dkim", domain: "google.com", standing: "known" },
});

function makeFailing(said: Partial<FailingRecord> & { count?: number } = {}): FailingRecord {
  const { count = 12, ...rest } = said;
  return {
    day: "2026-11-17",
    domain: "example.com",
    source: "example.net",
    mailClass: "not-aligned",
    firstSeen: "2026-10-02",
    record: { ...record, row: { ...record.row, count } },
    report,
    ...rest,
  };
}

it("a failing record is one line that says everything, with a byte order mark in front of the first", () => {
  expect(failuresCsv([makeFailing()])).toBe(
    [
      "\uFEFFday,domain,headerFrom,envelopeFrom,sourceIp,source,class,count,disposition,dkim,spf,dkimDomains,dkimSelectors,dkimResults,spfDomain,spfResult,overrideReasons,firstSeen,reporter,reportId,begin,end,authenticity",
      '2026-11-17,example.com,news.example.com,bounce.example.net,192.0.2.10,example.net,not-aligned,12,reject,fail,fail,"example.net; example.com","s1;","pass; fail","bounce.example.net; mail.example.net","pass; none","local_policy (arc=fail, ""none""); forwarded",2026-10-02,google.com,1234,2026-11-17T00:00:00Z,2026-11-17T23:59:59Z,known',
      "",
    ].join("\r\n"),
  );
});

it("a service of the map goes by its name, and what a reporter did not say is an empty cell", () => {
  const bare: ReportRecord = {
    row: { count: 1, policyEvaluated: { reasons: [], dkim: "fail" } },
    identifiers: { headerFrom: "" },
    authResults: { dkim: [], spf: [{ result: "none" }] },
  };
  expect(failuresCsv([makeFailing({ record: bare, service: "SendGrid" })])).toContain(
    "example.com,,,,SendGrid,not-aligned,1,,fail,,,,,,none,,",
  );
});

it("no records are no file", () => {
  expect(failuresCsv([])).toBe("");
});
