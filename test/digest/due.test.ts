import { expect, test } from "vitest";
import { daysToSend, newestDueDay } from "../../src/digest/due.ts";

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
  expect(newestDueDay(new Date(now), settleHours)).toBe(day);
});

const newest = "2026-11-17";

test("due days of the last 7 that were not sent are sent, newest first", () => {
  expect(daysToSend(newest, "2026-01-01", new Set())).toEqual([
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
  expect(daysToSend(newest, "2026-01-01", sent)).toEqual(["2026-11-17", "2026-11-15"]);
  expect(daysToSend(newest, "2026-01-01", new Set([...sent, "2026-11-17", "2026-11-15"]))).toEqual([]);
});

test("days before the first run are never sent", () => {
  expect(daysToSend(newest, newest, new Set())).toEqual([newest]);
  expect(daysToSend(newest, "2026-11-15", new Set())).toEqual(["2026-11-17", "2026-11-16", "2026-11-15"]);
  expect(daysToSend(newest, "2026-11-18", new Set())).toEqual([]);
});

test("days go back over the turn of a year", () => {
  expect(daysToSend("2027-01-02", "2026-12-30", new Set())).toEqual([
    "2027-01-02",
    "2027-01-01",
    "2026-12-31",
    "2026-12-30",
  ]);
});
