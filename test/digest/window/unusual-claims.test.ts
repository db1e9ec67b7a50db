import { expect, test } from "vitest";
import { unusualClaims } from "../../../src/digest/window/unusual-claims.ts";
import { daysUpTo, makeLine, makeLines, windowOf } from "../windows.ts";

const day = "2026-11-17";
const before = daysUpTo(day, 28);

test("a reporter that claims ten times its own median for a domain is named, others and other domains are not", () => {
  const window = windowOf(
    makeLines(before, { messages: 100 }),
    makeLines(before, { messages: 5000, reporter: "dmarc.yahoo.com" }),
    makeLines(before, { messages: 5000, domain: "example.net" }),
    makeLine(day, { messages: 1000 }),
    makeLine(day, { messages: 49_999, reporter: "dmarc.yahoo.com" }),
    makeLine(day, { messages: 49_999, domain: "example.net" }),
  );
  expect(unusualClaims(window, day)).toEqual([
    { reporter: "google.com", domain: "example.com", day, messages: 1000, usual: 100 },
  ]);
});

test("the largest claims come first, and lines of one reporter are added up, whatever their verdict", () => {
  const window = windowOf(
    makeLines(before, { messages: 10 }),
    makeLines(before, { messages: 10, domain: "example.net" }),
    [600, 700].map((messages, index) => makeLine(day, { messages, verdict: index === 0 ? "verified" : "unverified" })),
    makeLine(day, { messages: 9_900_000_000, domain: "example.net" }),
  );
  expect(unusualClaims(window, day).map(({ domain, messages }) => [domain, messages])).toEqual([
    ["example.net", 9_900_000_000],
    ["example.com", 1300],
  ]);
});

test.each([
  ["of fewer than 1,000 messages", 28, 10, 999],
  ["of one that reported fewer than 7 days before", 6, 10, 5000],
  ["below ten times what is usual", 28, 600, 5999],
])("nothing is said %s", (_, days, usual, messages) => {
  const window = windowOf(makeLines(daysUpTo(day, days), { messages: usual }), makeLine(day, { messages }));
  expect(unusualClaims(window, day)).toEqual([]);
});
