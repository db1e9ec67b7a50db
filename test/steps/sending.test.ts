import { expect, test } from "vitest";
import { parseState, type State } from "../../src/history/state.ts";
import { planSending } from "../../src/steps/sending.ts";

/** A state in which some days were told, each by a message of its own. */
function stateOf(...told: string[][]): State {
  const sent = told.map((days) => ({
    route: "summary",
    at: `${days[0]}T12:00:00Z`,
    figures: days.map((day) => ({
      day,
      verdict: "ok" as const,
      messages: 0,
      dmarcFail: 0,
      spfOrDkimFail: 0,
      ownFail: 0,
    })),
  }));
  return { ...parseState(undefined), startDay: "2026-11-15", sent };
}

/** The plan at a time, with 48 hours to settle. */
function planAt(now: string, before: State, complete: string[] = []) {
  const config = { now: new Date(now), settleHours: 48, runId: "1", slack: undefined };
  return planSending(config, before, { isRead: true, isComplete: (day) => complete.includes(day) });
}

test("the first run starts with the newest due day, which may be a complete one", () => {
  const first = { ...stateOf(), startDay: undefined };
  expect(planAt("2026-11-20T09:00:00Z", first)).toMatchObject({
    send: ["2026-11-17"],
    state: { startDay: "2026-11-17" },
  });
  expect(planAt("2026-11-20T09:00:00Z", first, ["2026-11-19"])).toMatchObject({
    days: ["2026-11-19"],
    send: ["2026-11-19"],
    state: { startDay: "2026-11-19" },
  });
});

test("a complete day is sent before an older one, and is not told again when that one has settled", () => {
  const before = stateOf(["2026-11-17", "2026-11-16", "2026-11-15"]);
  expect(planAt("2026-11-20T09:00:00Z", before, ["2026-11-19"])).toMatchObject({
    days: ["2026-11-19"],
    send: ["2026-11-19"],
    isNewest: true,
  });
  const then = stateOf(["2026-11-17", "2026-11-16", "2026-11-15"], ["2026-11-19"]);
  expect(planAt("2026-11-21T09:00:00Z", then, ["2026-11-19"])).toMatchObject({
    days: ["2026-11-18"],
    send: ["2026-11-18"],
    isNewest: false,
  });
});

test("a run made again tells the days of the last message, and sends none", () => {
  const before = stateOf(["2026-11-16", "2026-11-15"], ["2026-11-19", "2026-11-18", "2026-11-17"]);
  expect(planAt("2026-11-20T10:00:00Z", before, ["2026-11-19"])).toMatchObject({
    days: ["2026-11-19", "2026-11-18", "2026-11-17"],
    send: [],
    isNewest: true,
  });
});
