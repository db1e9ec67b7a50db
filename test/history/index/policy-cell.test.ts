import { expect, test } from "vitest";
import {
  formatPolicyCell,
  parsePolicyCell,
  policyCell,
  type SeenPolicy,
} from "../../../src/history/index/policy-cell.ts";
import type { PolicyPublished } from "../../../src/report/types.ts";

const none: SeenPolicy = { p: "none", sp: "none", np: "none", isTest: false };
const reject: SeenPolicy = { p: "reject", sp: "reject", np: "reject", isTest: false };

test.each<[Partial<PolicyPublished>, string, SeenPolicy]>([
  [{ p: "none" }, "p=none", none],
  [{ p: "none", sp: "none", np: "none", testing: "n" }, "p=none", none],
  [{ p: "quarantine", sp: "none" }, "p=quarantine sp=none", { ...none, p: "quarantine" }],
  [{ p: "reject", sp: "none", np: "reject" }, "p=reject sp=none np=reject", { ...reject, sp: "none" }],
  [{ p: "reject", np: "none" }, "p=reject np=none", { ...reject, np: "none" }],
  [{ p: "reject", testing: "y" }, "p=reject t=y", { ...reject, isTest: true }],
  [{ p: "nonsense", sp: "<b>", np: "=1+1" }, "p=?", { ...none, p: "?", sp: "?", np: "?" }],
  [{ p: "none", sp: "p=reject" }, "p=none sp=?", { ...none, sp: "?", np: "?" }],
  [{}, "p=?", { ...none, p: "?", sp: "?", np: "?" }],
])("of the policy %j the cell is %s", (policy, cell, seen) => {
  expect(formatPolicyCell({ domain: "example.com", adkim: "r", aspf: "r", ...policy })).toBe(cell);
  expect(policyCell.parse(cell)).toBe(cell);
  expect(parsePolicyCell(cell)).toEqual(seen);
});

test.each(["", "none", "p=None", "p=none ", "sp=none", "p=none np=none sp=none", "p=none t=n", "p=none\n"])(
  "%j is no policy of ours",
  (cell) => {
    expect(policyCell.safeParse(cell).success).toBe(false);
  },
);
