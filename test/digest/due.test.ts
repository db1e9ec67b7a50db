import fc from "fast-check";
import { expect, test } from "vitest";
import { daysToSend, dueDays, newestDueDay } from "../../src/digest/due.ts";

test.each([
  ["2026-11-19T23:59:59.999Z", 48, "2026-11-16"],
  ["2026-11-20T00:00:00.000Z", 48, "2026-11-17"],
  ["2026-11-20T23:59:59.999Z", 48, "2026-11-17"],
  ["2026-11-18T00:00:00.000Z", 0, "2026-11-17"],
  ["2026-11-17T23:59:59.999Z", 0, "2026-11-16"],
  ["2026-11-20T05:59:59.999Z", 30, "2026-11-17"],
  ["2026-11-20T06:00:00.000Z", 30, "2026-11-18"],
  ["2026-11-20T05:59:59.999Z", 54, "2026-11-16"],
  ["2026-11-20T06:00:00.000Z", 54, "2026-11-17"],
  ["2026-03-02T00:00:00.000Z", 48, "2026-02-27"],
  ["2028-03-02T00:00:00.000Z", 24, "2028-02-29"],
  ["2027-01-01T12:00:00.000Z", 48, "2026-12-29"],
])("at %s, with %s hours to settle, the newest due day is %s", (now, settleHours, day) => {
  expect(newestDueDay(new Date(now), settleHours, () => false)).toBe(day);
});

test.each([
  ["2026-11-20T09:00:00Z", ["2026-11-19"], "2026-11-19"],
  ["2026-11-19T23:59:59.999Z", ["2026-11-19"], "2026-11-16"],
  ["2026-11-20T00:00:00.000Z", ["2026-11-19"], "2026-11-19"],
  ["2026-11-20T09:00:00Z", ["2026-11-18"], "2026-11-18"],
  ["2026-11-20T09:00:00Z", ["2026-11-20", "2026-11-21", "2026-11-01"], "2026-11-17"],
])("at %s, with 48 hours to settle and %j complete, the newest due day is %s", (now, complete, day) => {
  expect(newestDueDay(new Date(now), 48, (it) => complete.includes(it))).toBe(day);
});

test("a newer complete day is due before an older one that is neither complete nor settled, which comes later", () => {
  const isComplete = (day: string) => day === "2026-11-19" || day === "2026-11-15";
  const settled = ["2026-11-17", "2026-11-16", "2026-11-15", "2026-11-14", "2026-11-13", "2026-11-12", "2026-11-11"];
  const due = dueDays(new Date("2026-11-20T09:00:00Z"), 48, isComplete);
  expect(due).toEqual(["2026-11-19", ...settled]);
  const nextDue = dueDays(new Date("2026-11-21T09:00:00Z"), 48, isComplete);
  expect(daysToSend(nextDue, "2026-01-01", new Set(due))).toEqual(["2026-11-18"]);
});

test("two days that become complete at once are both due, with those that settled", () => {
  const isComplete = (day: string) => day >= "2026-11-18";
  expect(dueDays(new Date("2026-11-20T09:00:00Z"), 48, isComplete).slice(0, 3)).toEqual([
    "2026-11-19",
    "2026-11-18",
    "2026-11-17",
  ]);
});

test("run every hour, each day is sent exactly once: when it is complete, at the latest when it has settled", () => {
  const start = Date.parse("2026-11-10T00:00:00Z");
  const hoursToComplete = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 10, maxLength: 10 });
  fc.assert(
    fc.property(hoursToComplete, fc.integer({ min: 0, max: 240 }), (hours, settleHours) => {
      const sentAt = new Map<string, number>();
      for (let at = start; at < start + 21 * 86_400_000; at += 3_600_000) {
        const isComplete = (day: string) => at >= endOf(day) + (hours[dayNumber(day)] ?? 999) * 3_600_000;
        const due = dueDays(new Date(at), settleHours, isComplete);
        for (const day of daysToSend(due, "2026-11-10", new Set(sentAt.keys()))) sentAt.set(day, at);
      }
      for (let number = 0; number < 10; number += 1) {
        const day = `2026-11-${10 + number}`;
        const wait = Math.min(settleHours, hours[number] ?? 999);
        expect(sentAt.get(day)).toBe(endOf(day) + wait * 3_600_000);
      }
    }),
    { numRuns: 30 },
  );
});

function endOf(day: string): number {
  return Date.parse(day) + 86_400_000;
}

function dayNumber(day: string): number {
  return (Date.parse(day) - Date.parse("2026-11-10")) / 86_400_000;
}

/** What is due at 2026-11-20, when nothing is complete. */
const settledDays = dueDays(new Date("2026-11-20T09:00:00Z"), 48, () => false);

test("due days of the last 7 that were not sent are sent, newest first", () => {
  expect(daysToSend(settledDays, "2026-01-01", new Set())).toEqual([
    "2026-11-17",
    "2026-11-16",
    "2026-11-15",
    "2026-11-14",
    "2026-11-13",
    "2026-11-12",
    "2026-11-11",
  ]);
});

test("a day is sent once, and a gap is filled", () => {
  const sent = new Set(["2026-11-16", "2026-11-14", "2026-11-13", "2026-11-12", "2026-11-11"]);
  expect(daysToSend(settledDays, "2026-01-01", sent)).toEqual(["2026-11-17", "2026-11-15"]);
  expect(daysToSend(settledDays, "2026-01-01", new Set([...sent, "2026-11-17", "2026-11-15"]))).toEqual([]);
});

test("days before the first run are never sent", () => {
  expect(daysToSend(settledDays, "2026-11-17", new Set())).toEqual(["2026-11-17"]);
  expect(daysToSend(settledDays, "2026-11-15", new Set())).toEqual(["2026-11-17", "2026-11-16", "2026-11-15"]);
  expect(daysToSend(settledDays, "2026-11-18", new Set())).toEqual([]);
});

test("days go back over the turn of a year", () => {
  const due = dueDays(new Date("2027-01-05T09:00:00Z"), 48, () => false);
  expect(daysToSend(due, "2026-12-30", new Set())).toEqual(["2027-01-02", "2027-01-01", "2026-12-31", "2026-12-30"]);
});
