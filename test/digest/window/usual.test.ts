import fc from "fast-check";
import { expect, test } from "vitest";
import { kindOfDay, learning, usualReporters } from "../../../src/digest/window/usual.ts";
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

test("usual reporters come with share, volume and delay, the largest first", () => {
  const window = windowOf(
    makeLines(before, { reporter: "microsoft.com", messages: 300, delayHours: 32 }),
    makeLines(before, { messages: 600 }),
    makeLines(before, { messages: 100, domain: "example.org", delayHours: 9 }),
  );
  expect(usualReporters(window, day)).toEqual([
    { reporter: "google.com", share: 0.7, messages: 700, delayHours: 9 },
    { reporter: "microsoft.com", share: 0.3, messages: 300, delayHours: 32 },
  ]);
});

test.each([
  [16, true],
  [15, false],
])("a reporter of %s of 20 weekdays is usual: %s", (count, isUsual) => {
  const window = windowOf(makeLines(before), makeLines(weekdays.slice(0, count), { reporter: "dmarc.yahoo.com" }));
  expect(usualReporters(window, day).some(({ reporter }) => reporter === "dmarc.yahoo.com")).toBe(isUsual);
});

test.each([
  [5, true],
  [4, false],
])("a reporter of %s of 100 messages is usual: %s", (messages, isUsual) => {
  const rest = { reporter: "dmarc.yahoo.com", messages };
  const window = windowOf(makeLines(before, { messages: 100 - messages }), makeLines(before, rest));
  expect(usualReporters(window, day)).toHaveLength(isUsual ? 2 : 1);
});

test("weekdays and weekends have usual reporters of their own", () => {
  const window = windowOf(
    makeLines(weekdays, { messages: 100 }),
    makeLines(weekend, { messages: 10 }),
    makeLines(weekdays, { reporter: "microsoft.com", messages: 100 }),
  );
  expect(usualReporters(window, day)).toMatchObject([{ share: 0.5 }, { share: 0.5 }]);
  expect(usualReporters(window, "2026-11-21")).toMatchObject([{ reporter: "google.com", share: 1, messages: 10 }]);
});

test("the day itself, later ones and those more than 28 days before say nothing", () => {
  const window = windowOf(
    makeLines(before),
    makeLines([day, "2026-11-18", "2026-10-19"], { reporter: "late.example" }),
  );
  const oldDay = makeLine("2026-10-19", { reporter: "old.example" });
  const withOld = windowOf(oldDay, makeLines(weekdays.slice(0, 16)));
  for (const it of [window, withOld]) expect(usualReporters(it, day)).toMatchObject([{ reporter: "google.com" }]);
});

test("days before the first that is known were missed by nobody", () => {
  const window = windowOf(makeLines(before.slice(-14)));
  expect(usualReporters(window, day)).toMatchObject([{ reporter: "google.com" }]);
  expect(usualReporters(windowOf(makeLine(before[0] ?? ""), makeLines(before.slice(-14))), day)).toEqual([]);
});

test("one wave does not make a reporter large, and one day's delay does not make it late", () => {
  const wave = makeLine(before[5] ?? "", { messages: 1_000_000, delayHours: 200 });
  const others = before.filter((it) => it !== wave.day);
  const window = windowOf(wave, makeLines(others), makeLines(before, { reporter: "microsoft.com" }));
  expect(usualReporters(window, day)).toMatchObject([
    { reporter: "google.com", share: 0.5, delayHours: 10 },
    { reporter: "microsoft.com", share: 0.5 },
  ]);
});

test("the delay of files that were given is not known", () => {
  const window = windowOf(makeLines(before, { verdict: "given", firstReceived: undefined }));
  expect(usualReporters(window, day)).toEqual([{ reporter: "google.com", share: 1, messages: 100 }]);
});

test("a reporter of no message is not usual", () => {
  expect(usualReporters(windowOf(makeLines(before, { messages: 0 })), day)).toEqual([]);
  expect(usualReporters(windowOf(), day)).toEqual([]);
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
  expect(usualReporters(window, day)).toMatchObject([{ reporter: "google.com", share: 1, delayHours: 30 }]);
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
      expect(usualReporters(b ?? windowOf(), day)).toEqual(usualReporters(a ?? windowOf(), day));
    }),
    { numRuns: 30 },
  );
});
