import { expect, test } from "vitest";
import { dmarcOutcome, hasSpfOrDkimFail } from "../../src/report/outcome.ts";
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
  expect(dmarcOutcome(record)).toBe(outcome);
  expect(hasSpfOrDkimFail(record)).toBe(isFail);
});

test("raw results say nothing of alignment and are not looked at", () => {
  const record = makeRecord({ dkim: "fail", spf: "fail", dkimDomain: "example.com" });
  expect(record.authResults.dkim[0]?.result).toBe("pass");
  expect(dmarcOutcome(record)).toBe("fail");
});
