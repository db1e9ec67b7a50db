import { expect, test } from "vitest";
import { alarmOf, passedWithFewMessages, type Thresholds, worstVerdict } from "../../src/digest/rules.ts";
import { makeTotals } from "../render/digests.ts";

const day = "2026-11-17";
const thresholds: Thresholds = { maxFailRate: 0.05, minMessages: 100 };

test.each([
  ["at the limit", { messages: 1000, dmarcFail: 50 }, thresholds, []],
  ["one above it", { messages: 1000, dmarcFail: 51 }, thresholds, ["max-fail-rate"]],
  ["with forwarded ones beside", { messages: 1000, dmarcFail: 90, forwarded: 40 }, thresholds, []],
  ["of evaluated messages alone", { messages: 1000, dmarcFail: 30, notEvaluated: 500 }, thresholds, ["max-fail-rate"]],
  ["at the number", { dmarcFail: 40 }, { ...thresholds, maxFailures: 40 }, []],
  ["above the number", { dmarcFail: 41 }, { ...thresholds, maxFailures: 40 }, ["max-failures"]],
  ["forwarded to the number", { dmarcFail: 41, forwarded: 1 }, { ...thresholds, maxFailures: 40 }, []],
  ["above both", { dmarcFail: 60 }, { ...thresholds, maxFailures: 0 }, ["max-fail-rate", "max-failures"]],
  ["with a limit of 0", { dmarcFail: 1 }, { ...thresholds, maxFailRate: 0 }, ["max-fail-rate"]],
  ["none, with a limit of 0", { dmarcFail: 0 }, { ...thresholds, maxFailRate: 0, maxFailures: 0 }, []],
  ["all, with a limit of 1", { dmarcFail: 1000 }, { ...thresholds, maxFailRate: 1 }, []],
])("failures %s", (_, totals, limits, expected) => {
  const passed = alarmOf(makeTotals(totals), day, limits)?.passed ?? [];
  expect(passed.map(({ threshold }) => threshold)).toEqual(expected);
});

test("an alarm says the day, the figures and the limits", () => {
  const totals = makeTotals({ messages: 210, dmarcFail: 30, forwarded: 6, notEvaluated: 10 });
  expect(alarmOf(totals, day, { ...thresholds, maxFailures: 20 })).toEqual({
    day,
    failures: 24,
    evaluated: 200,
    passed: [
      { threshold: "max-fail-rate", limit: 0.05, value: 0.12 },
      { threshold: "max-failures", limit: 20, value: 24 },
    ],
  });
});

test.each([
  [100, 100],
  [99, undefined],
  [0, undefined],
])("of %s evaluated messages that all failed, an alarm tells %s", (evaluated, failures) => {
  const totals = makeTotals({ messages: evaluated + 5, dmarcFail: evaluated, notEvaluated: 5 });
  expect(alarmOf(totals, day, thresholds)?.failures).toBe(failures);
});

test("with min-messages of 0 a day without messages is no alarm", () => {
  expect(alarmOf(makeTotals({ messages: 0 }), day, { maxFailRate: 0, maxFailures: 0, minMessages: 0 })).toBeUndefined();
});

test.each([
  ["enough to pass the limit of 100 messages", 40, 6, ["max-fail-rate"]],
  ["not enough for that", 40, 5, []],
  ["a single spoofed message", 1, 1, []],
  ["on a day that an alarm would look at", 100, 100, []],
])("few messages are worth a look when their failures are %s", (_, messages, dmarcFail, expected) => {
  const passed = passedWithFewMessages(makeTotals({ messages, dmarcFail }), thresholds);
  expect(passed.map(({ threshold }) => threshold)).toEqual(expected);
});

test("few messages are worth a look when they pass the number", () => {
  const totals = makeTotals({ messages: 4, dmarcFail: 4 });
  expect(passedWithFewMessages(totals, { ...thresholds, maxFailures: 3 })).toMatchObject([
    { threshold: "max-failures", limit: 3, value: 4 },
  ]);
});

test("the worst verdict of several is told", () => {
  expect(worstVerdict([])).toBe("ok");
  expect(worstVerdict(["ok", "look", "ok"])).toBe("look");
  expect(worstVerdict(["look", "act", "ok"])).toBe("act");
});
