import { expect, test } from "vitest";
import { addTotals, failRate, isForwarded, totalsOf } from "../../src/digest/totals.ts";
import { makeRecord, makeReport } from "../history/reports.ts";

test.each([
  ["forwarded", true],
  ["trusted_forwarder", true],
  ["mailing_list", true],
  ["local_policy", false],
  ["sampled_out", false],
  ["other", false],
  ["policy_test_mode", false],
])("a failure with the reason %s is forwarded: %s", (reason, expected) => {
  expect(isForwarded(makeRecord({ dkim: "fail", spf: "fail", reasons: ["other", reason] }))).toBe(expected);
});

test("a message that passed is not counted as forwarded, whatever the reason", () => {
  const totals = totalsOf([makeReport({ records: [makeRecord({ spf: "fail", reasons: ["forwarded"] })] })]);
  expect(totals).toMatchObject({ dmarcPass: 10, forwarded: 0 });
});

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
    forwarded: 7,
    spfOrDkimFail: 79,
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

test("the rate that rules look at leaves out forwarded failures and what was not evaluated", () => {
  const totals = { ...totalsOf([]), messages: 300, dmarcPass: 80, dmarcFail: 20, notEvaluated: 200, forwarded: 15 };
  expect(failRate(totals)).toBe(0.05);
});

test("where nothing was evaluated there is no rate", () => {
  expect(failRate({ ...totalsOf([]), messages: 5, notEvaluated: 5 })).toBeUndefined();
});
