import { expect, test } from "vitest";
import {
  formatPolicyCell,
  type PolicyMeaning,
  parsePolicyCell,
  policyCell,
  policyMeaning,
  seenPolicyIn,
} from "../../../src/history/index/policy-cell.ts";
import type { PolicyPublished } from "../../../src/report/types.ts";

const none: PolicyMeaning = { p: "none", sp: "none", np: "none", isTest: false };
const reject: PolicyMeaning = { p: "reject", sp: "reject", np: "reject", isTest: false };

test.each<[Partial<PolicyPublished>, string, PolicyMeaning]>([
  [{ p: "none" }, "p=none", none],
  [{ p: "none", sp: "none", np: "none", testing: "n" }, "p=none sp=none np=none t=n", none],
  [{ p: "none", pct: "50", adkim: "s", aspf: "r" }, "p=none pct=50 adkim=s aspf=r", none],
  [{ p: "none", pct: "=1", adkim: "x", aspf: "", testing: "?" }, "p=none", none],
  [{ p: "quarantine", sp: "none" }, "p=quarantine sp=none", { ...none, p: "quarantine" }],
  [{ p: "reject", sp: "none", np: "reject" }, "p=reject sp=none np=reject", { ...reject, sp: "none" }],
  [{ p: "reject", np: "none" }, "p=reject np=none", { ...reject, np: "none" }],
  [{ p: "reject", testing: "y" }, "p=reject t=y", { ...reject, isTest: true }],
  [{ p: "nonsense", sp: "<b>", np: "=1+1" }, "p=? sp=? np=?", { ...none, p: "?", sp: "?", np: "?" }],
  [{ p: "none", sp: "p=reject" }, "p=none sp=?", { ...none, sp: "?", np: "?" }],
  [{}, "p=?", { ...none, p: "?", sp: "?", np: "?" }],
])("of the policy %j the cell is %s", (policy, cell, seen) => {
  expect(formatPolicyCell({ domain: "example.com", ...policy })).toBe(cell);
  expect(policyCell.parse(cell)).toBe(cell);
  expect(parsePolicyCell(cell)).toEqual(seen);
});

test.each(["", "none", "p=None", "p=none ", "sp=none", "p=none np=none sp=none", "p=none t=x", "p=none\n"])(
  "%j is no policy of ours",
  (cell) => {
    expect(policyCell.safeParse(cell).success).toBe(false);
  },
);

test("a cell says what a reporter said, and nothing that it did not", () => {
  expect(seenPolicyIn("p=none")).toEqual({ p: "none" });
  expect(seenPolicyIn("p=reject sp=none np=? pct=50 adkim=s aspf=r t=n")).toEqual({
    p: "reject",
    sp: "none",
    np: "?",
    pct: 50,
    adkim: "s",
    aspf: "r",
    t: "n",
  });
});

test("reporters write one policy in different ways", () => {
  const same = ["p=none", "p=none sp=none", "p=none np=none adkim=r aspf=s t=n", "p=none pct=50"];
  expect(new Set(same.map(policyMeaning))).toEqual(new Set(["p=none"]));
  expect(policyMeaning("p=reject sp=none np=none adkim=s t=y")).toBe("p=reject sp=none t=y");
});
