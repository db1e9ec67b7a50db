import { expect, test } from "vitest";
import { type ReporterDays, reportersMissing } from "../../../src/digest/rules/reporter-rules.ts";
import { dayAfter } from "../../../src/history/dates.ts";

const day = "2026-11-20";

/** A reporter that has reported each of 40 days but the last `gone`. */
function reporter({ gone = 0, messages = 100, every = 1, unverified = [] as number[] } = {}): ReporterDays {
  const days = Array.from({ length: 40 - gone }, (_, index) => dayAfter(day, -gone - index));
  return {
    counted: new Map(days.filter((_, index) => index % every === 0).map((one) => [one, messages])),
    unverified: new Set(unverified.map((back) => dayAfter(day, -back))),
    lastDay: dayAfter(day, -gone),
  };
}

function missing(yahoo: ReporterDays, { google = reporter(), longest = 0, hasOthers = true } = {}): string[] {
  const reporters = new Map([
    ["google.com", google],
    ["yahoo.com", yahoo],
  ]);
  const habits = { longestDelay: () => longest, hasOthers: () => hasOthers };
  return reportersMissing(reporters, day, habits).map(({ key, level }) => `${key.rule} ${key.subject} ${level}`);
}

test("a usual reporter has fallen silent two days past the longest that its reports take", () => {
  expect(missing(reporter({ gone: 2 }))).toEqual(["reporter-silent yahoo.com look"]);
  expect(missing(reporter({ gone: 1 }))).toEqual([]);
  expect(missing(reporter({ gone: 7 }), { longest: 5 })).toEqual(["reporter-silent yahoo.com look"]);
  expect(missing(reporter({ gone: 6 }), { longest: 5 })).toEqual([]);
});

test("of one that leaves days out it takes as many more as make it no chance", () => {
  const counted = new Map([...reporter({ gone: 3 }).counted].filter((_, at) => at % 8 !== 7));
  expect(missing({ ...reporter({ gone: 3 }), counted })).toEqual([]);
  const fourDays = new Map([...reporter({ gone: 4 }).counted].filter((_, at) => at % 8 !== 7));
  expect(missing({ ...reporter({ gone: 4 }), counted: fourDays })).toEqual(["reporter-silent yahoo.com look"]);
});

test("it stays so while it lasts, and is forgotten after four weeks", () => {
  expect(missing(reporter({ gone: 10 }))).toEqual(["reporter-silent yahoo.com look"]);
  expect(missing(reporter({ gone: 29 }))).toEqual([]);
});

test("nobody misses one that reports seldom, or little", () => {
  expect(missing(reporter({ gone: 6, every: 2 }))).toEqual([]);
  expect(missing(reporter({ gone: 6, messages: 5 }))).toEqual([]);
});

test("where nobody reports its domains, no single reporter is to blame", () => {
  expect(missing(reporter({ gone: 6 }), { hasOthers: false })).toEqual([]);
});

test("mails in its name that prove nothing are told on the second day on which no others come", () => {
  expect(missing(reporter({ gone: 2, unverified: [0, 1] }))).toEqual(["reporter-unverified yahoo.com look"]);
  expect(missing(reporter({ gone: 1, unverified: [0] }))).toEqual([]);
  expect(missing(reporter({ unverified: [0, 1] }))).toEqual([]);
});

test("strangers' mails make nobody usual", () => {
  expect(missing({ counted: new Map(), unverified: new Set([day]), lastDay: "" })).toEqual([]);
});
