import { expect, it } from "vitest";
import { formatLimit, formatPart, formatShareAbove } from "../../../src/render/words/number.ts";

it.each([
  [0.05, "5 %"],
  [0.07, "7 %"],
  [0.0025, "0.25 %"],
  [0, "0 %"],
  [1, "100 %"],
])("a limit of %d is shown as it was set: %s", (limit, text) => {
  expect(formatLimit(limit)).toBe(text);
});

it.each([
  [95 / 1204, 0.05, "7.9 %"],
  [0.05004, 0.05, "5.004 %"],
  [0.0501, 0.05, "5.01 %"],
  [0.0500000001, 0.05, "just over 5 %"],
  [0.9999, 0.9, "99.99 %"],
  [1, 0.05, "100 %"],
  [0.0001, 0, "0.01 %"],
])("a share of %d above the limit %d is seen to be above it: %s", (share, limit, text) => {
  expect(formatShareAbove(share, limit)).toBe(text);
});

it.each([
  [636, 12_431, "636 (5.1 %)"],
  [1, 100_000, "1 (<0.1 %)"],
  [99_999, 100_000, "99,999 (>99.9 %)"],
  [0, 100, "0"],
  [3, 0, "3"],
])("%d of %d is %s", (part, whole, text) => {
  expect(formatPart(part, whole)).toBe(text);
});
