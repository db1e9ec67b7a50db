import fc from "fast-check";
import { expect, test } from "vitest";
import { kindOfDay, learning, usualDelay, usualPairs } from "../../../src/digest/window/usual.ts";
import { daysUpTo, makeLine, makeLines, windowOf } from "../windows.ts";

/** A Tuesday. */
const day = "2026-11-17";
const before = daysUpTo(day, 28);
const weekdays = before.filter((it) => kindOfDay(it) === "weekday");
const weekend = before.filter((it) => kindOfDay(it) === "weekend");

test.each([
  ["2026-11-13", "weekday"],
  ["2026-11-14", "weekend"],
  ["2026-11-15", "weekend"],
  ["2026-11-16", "weekday"],
])("%s is a %s", (it, kind) => {
  expect(kindOfDay(it)).toBe(kind);
});

test.each([
  [16, true],
  [15, false],
])("a pair of %s of 20 weekdays is usual: %s", (count, isUsual) => {
  const window = windowOf(makeLines(before), makeLines(weekdays.slice(0, count), { reporter: "dmarc.yahoo.com" }));
  expect(usualPairs(window, day).some(({ reporter }) => reporter === "dmarc.yahoo.com")).toBe(isUsual);
});

test("weekdays and weekends have usual pairs of their own", () => {
  const window = windowOf(
    makeLines(weekdays, { messages: 100 }),
    makeLines(weekend, { messages: 10 }),
    makeLines(weekdays, { reporter: "microsoft.com", messages: 100 }),
  );
  expect(usualPairs(window, day)).toMatchObject([{ messages: 100 }, { messages: 100 }]);
  expect(usualPairs(window, "2026-11-21")).toEqual([{ reporter: "google.com", domain: "example.com", messages: 10 }]);
});

test("the day itself, later ones and those more than 28 days before say nothing", () => {
  const window = windowOf(
    makeLines(before),
    makeLines([day, "2026-11-18", "2026-10-19"], { reporter: "late.example" }),
  );
  const oldDay = makeLine("2026-10-19", { reporter: "old.example" });
  const withOld = windowOf(oldDay, makeLines(weekdays.slice(0, 16)));
  for (const it of [window, withOld]) expect(usualPairs(it, day)).toMatchObject([{ reporter: "google.com" }]);
});

test("days before the first that is known were missed by nobody", () => {
  const window = windowOf(makeLines(before.slice(-14)));
  expect(usualPairs(window, day)).toMatchObject([{ reporter: "google.com" }]);
  expect(usualPairs(windowOf(makeLine(before[0] ?? ""), makeLines(before.slice(-14))), day)).toEqual([]);
});

test("a pair that never came on the weekday has what is usual on the others", () => {
  // The first of these weekdays is a Tuesday, too.
  const others = weekdays.filter((_, at) => at % 5 !== 0);
  const window = windowOf(makeLines(before), makeLines(others, { domain: "example.org" }));
  expect(usualPairs(window, day)).toMatchObject([{}, { domain: "example.org", messages: 100 }]);
});

test("one day's delay does not make a pair late", () => {
  const late = makeLine(before[5] ?? "", { delayHours: 200 });
  const window = windowOf(late, makeLines(before.filter((it) => it !== late.day)));
  expect(usualDelay(window, day, late)).toBe(10);
});

test("the delay of files that were given is not known", () => {
  const given = makeLines(before, { verdict: "given", firstReceived: undefined });
  expect(usualDelay(windowOf(given), day, { reporter: "google.com", domain: "example.com" })).toBeUndefined();
});

test("a pair of no message is not usual", () => {
  expect(usualPairs(windowOf(makeLines(before, { messages: 0 })), day)).toEqual([]);
  expect(usualPairs(windowOf(), day)).toEqual([]);
});

test.each([
  [0, 0],
  [1, 1],
  [13, 13],
  [14, undefined],
  [60, undefined],
])("with %s days before, learning is %s", (count, days) => {
  expect(learning(windowOf(makeLines(daysUpTo(day, count))), day)).toBe(days);
  expect(learning(windowOf(makeLines([...daysUpTo(day, count), day, "2026-11-18"])), day)).toBe(days);
});

test("the first run over 60 days of old reports has learned already", () => {
  const window = windowOf(makeLines(daysUpTo(day, 60), { delayHours: 30 }));
  expect(learning(window, day)).toBeUndefined();
  expect(usualPairs(window, day)).toMatchObject([{ reporter: "google.com" }]);
});

test("the order of the lines does not matter", () => {
  const line = fc.record({
    day: fc.constantFrom(...before, day),
    reporter: fc.constantFrom("a.example", "b.example", "c.example"),
    domain: fc.constantFrom("example.com", "example.org"),
    messages: fc.nat(50),
    delayHours: fc.nat(80),
  });
  const lines = fc.array(line, { minLength: 60, maxLength: 120 });
  const shuffled = lines.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
  );
  fc.assert(
    fc.property(shuffled, ([one, other]) => {
      const [a, b] = [one, other].map((all) => windowOf(all.map((it) => makeLine(it.day, it))));
      const [ofA, ofB] = [a ?? windowOf(), b ?? windowOf()].map((window) => new Set(usualPairs(window, day)));
      expect(ofB).toEqual(ofA);
    }),
    { numRuns: 30 },
  );
});
