import { expect, test } from "vitest";
import { formatWhy, parseWhy, whyCell } from "../../../src/history/intake/why-cell.ts";
import type { Reason } from "../../../src/report/reason.ts";

test("a reason reads back as it was, in printable ASCII", () => {
  const reason: Reason = { code: "other-root", found: 'a\u202e"b\n日本', expected: "feedback" };
  const cell = formatWhy(reason);
  expect(cell).toMatch(/^\{"code":"other-root",[ -~]*\}$/);
  expect(parseWhy(whyCell.parse(cell))).toEqual(reason);
});

test("no reason, and one that is too long, is no cell", () => {
  expect(formatWhy(undefined)).toBeUndefined();
  expect(formatWhy({ code: "system-error", message: "x".repeat(1_000) })).toBeUndefined();
  expect(parseWhy(whyCell.parse(""))).toBeUndefined();
});

test.each(["not JSON", "{", "null", "[]", '{"line":1}', '"gzip-cut-off"'])(
  "a cell that is no reason is refused: %s",
  (cell) => {
    expect(whyCell.safeParse(cell).error?.issues).toMatchObject([{ message: "expected a reason as JSON" }]);
  },
);
