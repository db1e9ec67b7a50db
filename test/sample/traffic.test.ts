import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SampleService } from "../../src/sample/story.ts";
import { daysFrom, messagesOf, splitCount } from "../../src/sample/traffic.ts";

describe("splitCount", () => {
  test("loses no message and makes none", () => {
    const weights = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.nat(10_000), weights, (count, some) => {
        const shares = splitCount(count, some);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBe(count);
        expect(Math.min(...shares)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test("follows the weights", () => {
    expect(splitCount(10, [5, 3, 2])).toEqual([5, 3, 2]);
    expect(splitCount(1, [1, 3])).toEqual([0, 1]);
  });
});

describe("messagesOf", () => {
  const service: SampleService = {
    name: "a service",
    addresses: ["192.0.2.1"],
    messages: [
      ["2026-11-02", 1000],
      ["2026-11-06", 3000],
      ["2026-11-09", 0],
    ],
    dkim: [],
    spf: { result: "none" },
  };
  const messages = (day: string) => messagesOf("example.com", service, day);

  test("is nothing before the first point, on a line between two, and steady after the last", () => {
    expect(messages("2026-11-01")).toBe(0);
    expect(Math.abs(messages("2026-11-02") - 1000)).toBeLessThanOrEqual(60);
    expect(Math.abs(messages("2026-11-04") - 2000)).toBeLessThanOrEqual(120);
    expect(Math.abs(messages("2026-11-06") - 3000)).toBeLessThanOrEqual(180);
    expect(messages("2026-11-09")).toBe(0);
    expect(messages("2026-12-24")).toBe(0);
  });

  test("follows the week, Monday first", () => {
    const weekly: SampleService = { ...service, messages: [["2026-11-02", 1000]], week: [0, 1, 1, 1, 1, 1, 0] };
    expect(messagesOf("example.com", weekly, "2026-11-02")).toBe(0);
    expect(messagesOf("example.com", weekly, "2026-11-03")).toBeGreaterThan(900);
    expect(messagesOf("example.com", weekly, "2026-11-08")).toBe(0);
  });
});

test("daysFrom crosses months, both ends included", () => {
  expect(daysFrom({ first: "2026-10-30", last: "2026-11-02" })).toEqual([
    "2026-10-30",
    "2026-10-31",
    "2026-11-01",
    "2026-11-02",
  ]);
});
