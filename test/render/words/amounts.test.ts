import { expect, it } from "vitest";
import { wordsOf } from "../../../src/render/words/words.ts";

const { part, passed } = wordsOf("en");

it.each([
  [95 / 1204, 0.05, "7.9%, limit 5%"],
  [0.05004, 0.05, "5.004%, limit 5%"],
  [0.0501, 0.05, "5.01%, limit 5%"],
  [0.0500000001, 0.05, "just over 5%, limit 5%"],
  [0.9999, 0.9, "99.99%, limit 90%"],
  [1, 0.05, "100%, limit 5%"],
  [0.0001, 0, "0.01%, limit 0%"],
  [0.1, 0.07, "10%, limit 7%"],
  [0.1, 0.0025, "10%, limit 0.25%"],
])(
  "a share of %d above the limit %d is seen to be above it, and the limit is shown as it was set: %s",
  (value, limit, text) => {
    expect(passed({ threshold: "max-fail-rate", limit, value })).toBe(text);
  },
);

it.each([
  [636, 12_431, "636 (5.1%)"],
  [1, 100_000, "1 (<0.1%)"],
  [99_999, 100_000, "99,999 (>99.9%)"],
  [0, 100, "0"],
  [3, 0, "3"],
])("%d of %d is %s", (count, whole, text) => {
  expect(part(count, whole)).toBe(text);
});
