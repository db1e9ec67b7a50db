import { expect, test } from "vitest";
import { alignedOutcome, hasSpfOrDkimFail, policyAskedFor } from "../../src/report/outcome.ts";
import { makeRecord } from "../history/reports.ts";

test.each([
  ["pass", "pass", "pass", false],
  ["pass", "fail", "pass", true],
  ["fail", "pass", "pass", true],
  ["fail", "fail", "fail", true],
  ["pass", undefined, "pass", true],
  [undefined, "pass", "pass", true],
  ["fail", undefined, "fail", true],
  [undefined, "fail", "fail", true],
  [undefined, undefined, "not-evaluated", false],
] as const)("DKIM %s and SPF %s: DMARC %s, SPF or DKIM fail %s", (dkim, spf, outcome, isFail) => {
  const record = makeRecord();
  record.row.policyEvaluated = { ...record.row.policyEvaluated, dkim, spf };
  expect(alignedOutcome(record.row.policyEvaluated)).toBe(outcome);
  expect(hasSpfOrDkimFail(record)).toBe(isFail);
});

test("raw results say nothing of alignment and are not looked at", () => {
  const record = makeRecord({ dkim: "fail", spf: "fail", dkimDomain: "example.com" });
  expect(record.authResults.dkim[0]?.result).toBe("pass");
  expect(alignedOutcome(record.row.policyEvaluated)).toBe("fail");
});

const policy = { domain: "example.com", p: "reject", sp: "quarantine" };

test.each([
  ["the domain itself", policy, { headerFrom: "example.com" }, "reject"],
  ["no domain in From: as the domain itself", policy, { headerFrom: "" }, "reject"],
  ["a subdomain", policy, { headerFrom: "news.example.com" }, "quarantine"],
  ["a subdomain of which nothing was said", { ...policy, sp: undefined }, { headerFrom: "news.example.com" }, "reject"],
  ["another domain with the same end", policy, { headerFrom: "notexample.com" }, "reject"],
  ["a test (t=y): one step less", { ...policy, testing: "y" }, { headerFrom: "example.com" }, "quarantine"],
  ["a receiver that names the test", policy, { headerFrom: "", reasons: ["policy_test_mode"] }, "quarantine"],
  ["a test of none", { ...policy, p: "none", testing: "y" }, {}, "none"],
  ["nothing said", { domain: "example.com" }, {}, undefined],
])("what a policy asks for on a record: %s", (_, published, record, expected) => {
  expect(policyAskedFor(published, makeRecord(record))).toBe(expected);
});
