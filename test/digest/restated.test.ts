import { expect, test } from "vitest";
import { planRestating, restatedDays } from "../../src/digest/restated.ts";
import { noState } from "../../src/history/state.ts";
import { pairLine, windowOf } from "./windows.ts";

const day = "2026-11-17";
const sent = { day, verdict: "ok" as const, messages: 1000, dmarcFail: 50, spfOrDkimFail: 90, ownFail: 20 };

test.each([
  ["another verdict", { verdict: "look" as const }, true],
  ["9 own failures more", { ownFail: 29 }, false],
  ["10 own failures more", { ownFail: 30 }, true],
  ["10 own failures less", { ownFail: 10 }, false],
  ["4.9 % more messages", { messages: 1049 }, false],
  ["5 % more messages", { messages: 1050 }, true],
  ["5 % fewer messages", { messages: 950 }, true],
  ["many more failures that are not ours", { dmarcFail: 500, spfOrDkimFail: 900 }, false],
])("%s: whether the day is named", (_change, change, isNamed) => {
  const after = { ...sent, ...change };
  expect(restatedDays([sent], [after])).toEqual([{ day, before: sent, after, isNamed }]);
});

test("the first verdict alone is no change, and a day without messages when it was sent is named by its first one", () => {
  expect(restatedDays([sent], [{ ...sent, firstVerdict: "act" }])).toEqual([]);
  const empty = { ...sent, messages: 0, dmarcFail: 0, spfOrDkimFail: 0, ownFail: 0 };
  expect(restatedDays([empty], [{ ...empty, messages: 1 }])).toMatchObject([{ isNamed: true }]);
});

test("a late TLS report restates its day", () => {
  const line = {
    day,
    domain: "example.com",
    reporter: "google.com",
    verdict: "verified" as const,
    policy: "sts enforce",
    unreadableRecords: 0,
  };
  const window = { ...windowOf(pairLine({ day, messages: 1000, dmarcFail: 50, spfOrDkimFail: 90 })) };
  const message = { route: "slack", at: "2026-11-20T09:00:00Z", figures: [sent] };
  const plan = { days: ["2026-11-18"], send: ["2026-11-18"] };
  const planned = (sessions: number) =>
    planRestating(
      { ...noState, sent: [message] },
      { ...window, tls: [{ ...line, mx: undefined, result: undefined, sessions }] },
      plan,
    );
  expect(planned(0).messages).toEqual([]);
  expect(planned(40).messages).toEqual([message]);
  expect(restatedDays([sent], [{ ...sent, tls: { sessions: 40, failed: 4 } }])).toMatchObject([
    { day, isNamed: false },
  ]);
});

test("of a message that was updated since the last digest, the figures of that digest are compared", () => {
  const now = { ...sent, messages: 1200 };
  const message = { route: "slack", at: "2026-11-20T09:00:00Z", figures: [now], before: [sent] };
  const window = windowOf(pairLine({ day, messages: 1200, dmarcFail: 50, spfOrDkimFail: 90 }));
  const plan = { days: ["2026-11-18"], send: ["2026-11-18"] };
  expect(planRestating({ ...noState, sent: [message] }, window, plan)).toEqual({
    messages: [message],
    sentFigures: [sent],
    digests: [["2026-11-18"], [day]],
  });
  const { before: _, ...calm } = message;
  expect(planRestating({ ...noState, sent: [calm] }, window, plan)).toMatchObject({ messages: [], sentFigures: [] });
});
