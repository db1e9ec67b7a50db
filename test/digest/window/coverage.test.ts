import fc from "fast-check";
import { expect, test } from "vitest";
import { coverageOf, isComplete } from "../../../src/digest/window/coverage.ts";
import { kindOfDay } from "../../../src/digest/window/usual.ts";
import { weekdayOf } from "../../../src/history/dates.ts";
import { daysUpTo, makeLine, makeLines, windowOf } from "../windows.ts";

/** A Friday: the two days before it are weekdays, too. */
const day = "2026-11-20";
const before = daysUpTo(day, 60);
const google = makeLines(before, { messages: 600 });
const microsoft = makeLines(before, { reporter: "microsoft.com", messages: 360, delayHours: 32 });
const godaddy = makeLines(before, { reporter: "dmarc.godaddy.example", messages: 40, delayHours: 72 });

test("a day that Microsoft has not reported yet lacks its part, and it is said when it usually comes", () => {
  const coverage = coverageOf(windowOf(google, microsoft, makeLine(day)), day);
  expect(coverage).toEqual({
    share: 0.625,
    missing: [{ reporter: "microsoft.com", share: 0.375, delayHours: 32 }],
  });
  expect(isComplete(coverage)).toBe(false);
});

test("a day that all usual reporters have reported is complete, with whatever volume", () => {
  const come = [makeLine(day, { messages: 1 }), makeLine(day, { messages: 0, reporter: "microsoft.com" })];
  expect(coverageOf(windowOf(google, microsoft, come), day)).toEqual({ share: 1, missing: [] });
});

test("a small reporter that is late lacks little, and is named all the same", () => {
  const come = [makeLine(day), makeLine(day, { reporter: "microsoft.com" })];
  const coverage = coverageOf(windowOf(google, microsoft, godaddy, come), day);
  expect(coverage).toEqual({
    share: 0.96,
    missing: [{ reporter: "dmarc.godaddy.example", share: 0.04, delayHours: 72 }],
  });
  expect(isComplete(coverage)).toBe(true);
});

test("a reporter that misses one of its domains lacks the usual volume of that one, and the domain is named", () => {
  const org = { domain: "example.org", reporter: "microsoft.com" };
  const window = windowOf(google, microsoft, makeLines(before, { ...org, messages: 40 }), [
    makeLine(day),
    makeLine(day, { ...org, messages: 9000 }),
  ]);
  expect(coverageOf(window, day)).toEqual({
    share: 0.64,
    missing: [{ reporter: "microsoft.com", share: 0.36, delayHours: 32, domains: ["example.com"] }],
  });
});

test("a pair weighs what it has on that weekday", () => {
  const fridays = before.map((it) => makeLine(it, { messages: weekdayOf(it) === 5 ? 400 : 100 }));
  const { share } = coverageOf(windowOf(fridays, makeLines(before, { reporter: "x.example" }), makeLine(day)), day);
  expect(share).toBe(0.8);
});

test("those missing come the largest first", () => {
  const yahoo = makeLines(before, { reporter: "dmarc.yahoo.com", messages: 200 });
  const { share, missing } = coverageOf(
    windowOf(yahoo, microsoft, google, makeLine(day, { reporter: "x.example" })),
    day,
  );
  expect(share).toBe(0);
  expect(missing.map(({ reporter }) => reporter)).toEqual(["google.com", "microsoft.com", "dmarc.yahoo.com"]);
});

test.each([
  [0.95, true],
  [0.9499, false],
  [1, true],
  [undefined, false],
])("a coverage of %s is complete: %s", (share, complete) => {
  expect(isComplete({ share })).toBe(complete);
});

test("with under 14 days of history there is no coverage, but the day of learning", () => {
  const young = (days: number) => coverageOf(windowOf(makeLines(daysUpTo(day, days)), makeLine(day)), day);
  expect(young(0)).toEqual({ share: undefined, learning: { day: 1, of: 14 }, missing: [] });
  expect(young(13)).toEqual({ share: undefined, learning: { day: 14, of: 14 }, missing: [] });
  expect(young(14)).toEqual({ share: 1, missing: [] });
});

test("without a usual reporter there is no coverage, and no learning", () => {
  const rare = makeLines(before.filter((_, index) => index % 3 === 0));
  expect(coverageOf(windowOf(rare, makeLine(day)), day)).toEqual({ share: undefined, missing: [] });
});

test("one that rests on weekends is not missing on them", () => {
  const weekdays = before.filter((it) => kindOfDay(it) === "weekday");
  const window = windowOf(google, makeLines(weekdays, { reporter: "microsoft.com", messages: 360 }));
  expect(coverageOf(windowOf(...window.pairs, makeLine("2026-11-21")), "2026-11-21")).toEqual({
    share: 1,
    missing: [],
  });
});

test("what is missing and what is there add up, in whichever order the lines come", () => {
  const names = ["a.example", "b.example", "c.example", "d.example"];
  const volumes = fc.tuple(...names.map(() => fc.integer({ min: 1, max: 1000 })));
  fc.assert(
    fc.property(volumes, fc.subarray(names), fc.boolean(), (messages, present, isReversed) => {
      const past = names.map((reporter, index) => makeLines(before, { reporter, messages: messages[index] }));
      const lines = [...past.flat(), ...present.map((reporter) => makeLine(day, { reporter }))];
      const { share = 0, missing } = coverageOf(windowOf(isReversed ? lines.reverse() : lines), day);
      const all = coverageOf(windowOf(...past), day).missing;
      const sum = (parts: typeof missing) => parts.reduce((total, part) => total + part.share, 0);
      expect(share).toBeCloseTo((sum(all) - sum(missing)) / sum(all), 9);
      expect(missing.every(({ reporter }) => !present.includes(reporter))).toBe(true);
    }),
  );
});

/** The days before the last so many that end with `day`. */
