import { expect, test } from "vitest";
import { addTotals, evaluatedOf, totalsOf } from "../../src/history/totals.ts";
import { makeRecord, makeReport } from "./reports.ts";

test("pass, fail and not evaluated add up to the messages, and so do the dispositions", () => {
  const unevaluated = makeRecord({ count: 4 });
  unevaluated.row.policyEvaluated = { disposition: undefined, reasons: [] };
  const records = [
    makeRecord({ count: 100, disposition: "pass" }),
    makeRecord({ count: 50, dkim: "fail" }),
    makeRecord({ count: 20, dkim: "fail", spf: "fail", disposition: "reject" }),
    makeRecord({ count: 7, dkim: "fail", spf: "fail", disposition: "quarantine", reasons: ["forwarded"] }),
    makeRecord({ count: 2, dkim: "fail", spf: "fail", disposition: "bounced" }),
    makeRecord({ count: 0, dkim: "fail", spf: "fail", disposition: "reject" }),
    unevaluated,
  ];
  expect(totalsOf([makeReport({ records, unreadableRecords: 3 }), makeReport({ records: [] })])).toEqual({
    reports: 2,
    messages: 183,
    dmarcPass: 150,
    dmarcFail: 29,
    notEvaluated: 4,
    spfOrDkimFail: 79,
    dkimAlone: 0,
    spfAlone: 50,
    dispositions: { none: 56, quarantine: 7, reject: 20, pass: 100 },
    unreadableRecords: 3,
  });
});

test("the sum of totals is the totals of all", () => {
  const reports = [
    makeReport({ records: [makeRecord({ count: 3, dkim: "fail", spf: "fail", reasons: ["forwarded"] })] }),
    makeReport({ unreadableRecords: 2 }),
    makeReport({ records: [makeRecord({ disposition: "reject", spf: "fail" })] }),
  ];
  expect(addTotals(reports.map((report) => totalsOf([report])))).toEqual(totalsOf(reports));
  expect(addTotals([])).toEqual(totalsOf([]));
});

test("what fails SPF or DKIM is by DKIM alone, by SPF alone, or neither", () => {
  const records = [
    makeRecord({ count: 5, spf: "fail" }),
    makeRecord({ count: 3, dkim: "fail" }),
    makeRecord({ count: 2, dkim: "fail", spf: "fail" }),
    makeRecord({ count: 90 }),
  ];
  const totals = totalsOf([makeReport({ records })]);
  expect(totals).toMatchObject({ spfOrDkimFail: 10, dkimAlone: 5, spfAlone: 3, dmarcFail: 2 });
  expect(evaluatedOf(totals)).toBe(100);
});
