import { expect, test } from "vitest";
import {
  alarmOf,
  isAboveWithFewMessages,
  type RuleFigures,
  type Thresholds,
  verdictOf,
  worstVerdict,
} from "../../src/digest/rules.ts";
import { makeImpact, makeTotals } from "../render/digests.ts";

const day = "2026-11-17";
const thresholds: Thresholds = { maxFailRate: 0.05, minMessages: 100 };

/** Figures of so many messages, of which so many are our own and failed, so many failed otherwise, and so on. */
function figures({ messages = 1000, own = 0, other = 0, notEvaluated = 0 }): RuleFigures {
  return {
    totals: makeTotals({ messages, dmarcFail: own + other, notEvaluated }),
    fail: { own: makeImpact({ delivered: own }) },
  };
}

test.each([
  ["at the limit", { own: 50 }, thresholds, []],
  ["one above it", { own: 51 }, thresholds, ["max-fail-rate"]],
  ["with spoofed and forwarded ones beside", { own: 50, other: 500 }, thresholds, []],
  ["of evaluated messages alone", { own: 30, notEvaluated: 500 }, thresholds, ["max-fail-rate"]],
  ["at the number", { own: 40 }, { ...thresholds, maxFailures: 40 }, []],
  ["above the number", { own: 41 }, { ...thresholds, maxFailures: 40 }, ["max-failures"]],
  ["above both", { own: 60 }, { ...thresholds, maxFailures: 0 }, ["max-fail-rate", "max-failures"]],
  ["with a limit of 0", { own: 1 }, { ...thresholds, maxFailRate: 0 }, ["max-fail-rate"]],
  ["none, with a limit of 0", { own: 0 }, { ...thresholds, maxFailRate: 0, maxFailures: 0 }, []],
  ["all, with a limit of 1", { own: 1000 }, { ...thresholds, maxFailRate: 1 }, []],
])("own failures %s", (_, said, limits, expected) => {
  const passed = alarmOf(figures(said), day, limits)?.passed ?? [];
  expect(passed.map(({ threshold }) => threshold)).toEqual(expected);
});

test("an alarm says the day, the figures and the limits", () => {
  const said = figures({ messages: 210, own: 24, other: 6, notEvaluated: 10 });
  expect(alarmOf(said, day, { ...thresholds, maxFailures: 20 })).toEqual({
    day,
    own: said.fail.own,
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
  const said = figures({ messages: evaluated + 5, own: evaluated, notEvaluated: 5 });
  expect(alarmOf(said, day, thresholds)?.own.messages).toBe(failures);
});

test("with min-messages of 0 a day without messages is no alarm", () => {
  const limits = { maxFailRate: 0, maxFailures: 0, minMessages: 0 };
  expect(alarmOf(figures({ messages: 0 }), day, limits)).toBeUndefined();
});

test.each([
  ["enough to pass the limit of 100 messages", { messages: 40, own: 6 }, true],
  ["not enough for that", { messages: 40, own: 5 }, false],
  ["all of it spoofed", { messages: 40, other: 40 }, false],
  ["a single message", { messages: 1, own: 1 }, false],
  ["on a day that an alarm would look at", { messages: 100, own: 100 }, false],
])("few messages are worth a look when their own failures are %s: %o", (_, said, expected) => {
  expect(isAboveWithFewMessages(figures(said), thresholds)).toBe(expected);
});

test("few messages are worth a look when they pass the number", () => {
  expect(isAboveWithFewMessages(figures({ messages: 4, own: 4 }), { ...thresholds, maxFailures: 3 })).toBe(true);
});

test.each([
  ["quarantined", { delivered: 90, quarantined: 1 }, "act"],
  ["rejected", { rejected: 1 }, "act"],
  ["delivered, since the policy asks for nothing", { delivered: 90 }, "look"],
  ["let through by the receiver", { overridden: 90 }, "look"],
] as const)("own mail that is %s is to %s", (_, impact, verdict) => {
  expect(verdictOf(makeImpact(impact))).toBe(verdict);
});

test("the worst of several verdicts comes back", () => {
  expect(worstVerdict([])).toBe("ok");
  expect(worstVerdict(["ok", "look", "ok"])).toBe("look");
  expect(worstVerdict(["look", "act", "ok"])).toBe("act");
});
