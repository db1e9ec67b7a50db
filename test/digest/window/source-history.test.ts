import { expect, test } from "vitest";
import type { SenderLine } from "../../../src/digest/window/index-window.ts";
import { type SourceHistory, sourceHistoryOf } from "../../../src/digest/window/source-history.ts";
import { dayAfter } from "../../../src/history/dates.ts";
import { failing, makeWindowOf, senderLine } from "../windows.ts";

const day = "2026-11-22";

function windowOf(lines: SenderLine[]) {
  return makeWindowOf({ first: "2026-08-22", last: day }, [], lines);
}

/** What is known before Sun 22 Nov of the service, of which on each day so many messages passed and failed. */
function historyOf(days: Record<string, [passed: number, failed: number]>): SourceHistory | undefined {
  const lines = Object.entries(days).flatMap(([date, [passed, failed]]) => [
    senderLine({ day: `2026-${date}`, messages: passed, spf: "fail" }),
    senderLine({ day: `2026-${date}`, messages: failed, ...failing }),
  ]);
  const history = sourceHistoryOf(windowOf(lines), day)("example.com", "crm.example");
  expect(sourceHistoryOf(windowOf(lines.toReversed()), day)("example.com", "crm.example")).toEqual(history);
  return history;
}

test("a service that broke passed until its last good day, and fails since the day after", () => {
  expect(historyOf({ "11-18": [1000, 1], "11-19": [500, 0], "11-20": [499, 1], "11-21": [3, 400] })).toEqual({
    firstSeen: "2026-11-18",
    lastSeen: "2026-11-21",
    messages: 2404,
    passed: 2002,
    passedBefore: true,
    lastGoodDay: "2026-11-20",
    passRateBefore: 1999 / 2001,
    failsSince: "2026-11-21",
  });
});

test.each<[string, Parameters<typeof historyOf>[0], Partial<SourceHistory>]>([
  ["passed the day before fails since the day", { "11-21": [10, 0] }, { failsSince: day, passRateBefore: 1 }],
  ["sends on some days fails since the next", { "11-13": [95, 5], "11-18": [94, 6] }, { failsSince: "2026-11-18" }],
  ["never passed is not known to pass", { "11-20": [0, 900], "11-21": [0, 900] }, { passedBefore: false }],
  ["passed 9 times is not known to pass", { "11-20": [9, 0] }, { passedBefore: false, lastGoodDay: "2026-11-20" }],
  ["passed 10 times in a week is", { "11-14": [5, 0], "11-20": [5, 0] }, { passedBefore: true }],
  ["passed 10 times in 8 days is not", { "11-14": [5, 0], "11-21": [5, 0] }, { passedBefore: false }],
  ["passes at 90 % is known to pass", { "11-20": [90, 10] }, { passedBefore: true }],
  ["passes below that is not", { "11-20": [899, 101] }, { passedBefore: false }],
  [
    "passed in one week of many still passed before",
    { "09-01": [0, 50], "09-08": [12, 0], "09-15": [0, 50], "11-21": [0, 50] },
    { passedBefore: true, lastGoodDay: "2026-09-08", passRateBefore: 12 / 62, failsSince: "2026-09-15" },
  ],
  ["was seen on the day alone is not known of it", { "11-21": [1, 0], "11-22": [50, 50] }, { messages: 1, passed: 1 }],
])("what %s", (_, days, expected) => {
  expect(historyOf(days)).toMatchObject(expected);
});

test("a source that never had a good day has none", () => {
  expect(historyOf({ "11-20": [0, 5] })).not.toHaveProperty("failsSince");
  expect(historyOf({ "11-20": [0, 5] })).not.toHaveProperty("passRateBefore");
});

test("messages that were not evaluated are in no share", () => {
  const sources = [
    senderLine({ day: "2026-11-20", messages: 20 }),
    senderLine({ day: "2026-11-20", messages: 80, dkim: undefined, spf: undefined }),
    senderLine({ day: "2026-11-21", messages: 80, dkim: undefined, spf: undefined }),
  ];
  expect(sourceHistoryOf(windowOf(sources), day)("example.com", "crm.example")).toMatchObject({
    messages: 180,
    passed: 20,
    passedBefore: true,
    lastGoodDay: "2026-11-20",
    failsSince: day,
  });
});

test("policy domains below one organizational domain are taken together, others are apart", () => {
  const sources = ["example.com", "news.example.com", "example.net"].map((domain) =>
    senderLine({ day: "2026-11-20", domain, messages: 6 }),
  );
  const known = sourceHistoryOf(windowOf(sources), day);
  expect(known("example.com", "crm.example")).toMatchObject({ messages: 12, passedBefore: true });
  expect(known("example.net", "crm.example")).toMatchObject({ messages: 6, passedBefore: false });
  expect(known("example.com", "shop.example")).toBeUndefined();
  expect(known("example.org", "crm.example")).toBeUndefined();
});

test("what was seen on the day alone is not known before it", () => {
  expect(sourceHistoryOf(windowOf([senderLine({ day })]), day)("example.com", "crm.example")).toBeUndefined();
});

test("the lines are read once, however many sources are asked for", () => {
  let read = 0;
  const sources: SenderLine[] = Array.from({ length: 90 }, (_, n) => ({
    ...senderLine({ day: dayAfter(day, -1 - n), sender: `host${n % 9}.example` }),
    get messages(): number {
      read += 1;
      return 10;
    },
  }));
  const known = sourceHistoryOf(windowOf(sources), day);
  const once = read;
  for (let n = 0; n < 90; n += 1) expect(known("example.com", `host${n % 9}.example`)?.messages).toBe(100);
  expect(once).toBeGreaterThan(0);
  expect(read).toBe(once);
});
