import { expect, test } from "vitest";
import { hasMissedAlarm, incidentOf, shownAs } from "../../src/digest/incidents/incidents.ts";
import { planSending } from "../../src/digest/sending-plan.ts";
import { parseState, type State } from "../../src/history/state.ts";

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
  const config = {
    now: new Date(now),
    settleHours: 48,
    runId: "1",
    isWatch: false,
    toSlack: false,
    weekday: undefined,
  };
  return planSending(config, before, {
    isRead: true,
    isComplete: (day) => complete.includes(day),
    isWeekKnown: true,
    earlyBeside: () => [],
  });
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
    isNewest: true,
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

test.each([
  ["in the week of the first run nothing has become due before", "2026-11-16T09:00:00Z", [], "2026-11-15", undefined],
  ["on its weekday", "2026-11-23T00:30:00Z", [], "2026-11-15", "2026-11-23"],
  ["a run that was late or skipped sends it on a later day", "2026-11-26T09:00:00Z", [], "2026-11-15", "2026-11-23"],
  ["once it was sent, not again", "2026-11-24T09:00:00Z", ["2026-11-23"], "2026-11-15", undefined],
  ["a week later", "2026-11-30T09:00:00Z", ["2026-11-23"], "2026-11-15", "2026-11-30"],
])("the weekly message: %s", (_name, now, weeks, startDay, expected) => {
  const sent = weeks.map((week) => ({ route: "slack", at: `${week}T09:00:00Z`, week, figures: [] }));
  const before = { ...stateOf(), startDay, sent };
  const config = { now: new Date(now), settleHours: 48, runId: "1", isWatch: false, weekday: 1 };
  const ways = { isRead: true, isComplete: () => false, isWeekKnown: true, earlyBeside: () => [] };
  expect(planSending({ ...config, toSlack: true }, before, ways).week).toBe(expected);
  expect(planSending({ ...config, toSlack: false }, before, ways).week).toBe(expected);
  expect(planSending({ ...config, toSlack: true, weekday: undefined }, before, ways).week).toBeUndefined();
  expect(planSending({ ...config, toSlack: true }, before, { ...ways, isWeekKnown: false }).week).toBeUndefined();
  expect(planSending({ ...config, toSlack: true }, before, { ...ways, isRead: false }).week).toBeUndefined();
});

test("a watch leaves due days to the next run, and claims what it posts early", () => {
  const before = stateOf(["2026-11-15"]);
  const config = { now: new Date("2026-11-19T13:37:00Z"), settleHours: 48, runId: "1", isWatch: true, toSlack: true };
  const id = "example.com key-broken example.com/s1";
  const early = [shownAs(incidentOf({ id, since: "2026-11-18", level: "act", messages: 60 }), "new")];
  const ways = { isRead: true, isComplete: () => false, isWeekKnown: true, earlyBeside: () => early };
  const plan = planSending(config, before, ways);
  const alarms = [{ id, day: "2026-11-18", level: "act", messages: 60 }];
  expect(plan).toMatchObject({ send: [], early, state: { sending: { days: [], alarms, runId: "1" } } });
  expect(planSending({ ...config, runId: "2" }, plan.state, ways)).toMatchObject({
    early: [],
    isClaimedElsewhere: true,
  });
  const later = { ...config, runId: "2", now: new Date("2026-11-19T14:00:00Z") };
  expect(planSending(later, plan.state, ways).triedAt.early).toBe("2026-11-19T13:37:00.000Z");
  // What it may have posted is kept in mind by who takes over, whatever that one sends, to be withdrawn.
  const without = { ...ways, earlyBeside: () => [], isDueElsewhere: true };
  const { sent } = planSending(later, plan.state, without).state;
  const left = alarms.map((one) => ({ ...one, isUncertain: true }));
  expect(sent.at(-1)).toEqual({ route: "unknown", at: "2026-11-19T13:37:00.000Z", figures: [], alarms: left });
  expect(planSending(config, plan.state, without).state.sent).toEqual(before.sent);
});

test("what a place of its own is to get is claimed, too: of two runs one sends it", () => {
  const config = { now: new Date("2026-11-19T13:37:00Z"), settleHours: 48, runId: "1", isWatch: true, toSlack: true };
  const ways = {
    isRead: true,
    isComplete: () => false,
    isWeekKnown: true,
    earlyBeside: () => [],
    isDueElsewhere: true,
  };
  const plan = planSending(config, stateOf(["2026-11-15"]), ways);
  expect(plan).toMatchObject({ isSending: true, state: { sending: { days: [], runId: "1" } } });
  expect(planSending({ ...config, runId: "2" }, plan.state, ways).isSending).toBe(false);
  const alarm = { id: "example.com dns SPF", day: "2026-11-18", level: "act" as const, messages: 60 };
  const sent = [{ route: "slack", at: "2026-11-19T13:37:00Z", figures: [], alarms: [alarm] }];
  const placeOf = () => ({ name: "com" });
  expect([[], sent].map((com) => hasMissedAlarm({ sent, routed: { com } }, placeOf))).toEqual([true, false]);
});

test("early alarms are those that no digest of the same run tells", () => {
  const config = { now: new Date("2026-11-19T06:37:00Z"), settleHours: 48, runId: "1", isWatch: false, toSlack: true };
  const asked: (readonly string[])[] = [];
  const earlyBeside = (days: readonly string[]) => {
    asked.push(days);
    return [];
  };
  planSending(
    config,
    { ...stateOf(), startDay: "2026-11-15" },
    { isRead: true, isComplete: () => false, isWeekKnown: true, earlyBeside },
  );
  expect(asked).toEqual([["2026-11-16", "2026-11-15"]]);
});

test("the weekly message alone is claimed, too, and not sent by two runs at once", () => {
  const told = stateOf(["2026-11-20", "2026-11-19", "2026-11-18", "2026-11-17", "2026-11-16", "2026-11-15"]);
  const before = { ...told, sent: told.sent.map((message) => ({ ...message, route: "slack-webhook" })) };
  const config = {
    now: new Date("2026-11-23T09:00:00Z"),
    settleHours: 48,
    runId: "1",
    isWatch: false,
    weekday: 1,
    toSlack: true,
  };
  const ways = { isRead: true, isComplete: () => false, isWeekKnown: true, earlyBeside: () => [] };
  const plan = planSending(config, before, ways);
  expect(plan).toMatchObject({
    send: [],
    week: "2026-11-23",
    state: { sending: { days: [], runId: "1", at: "2026-11-23T09:00:00.000Z" } },
  });
  const other = planSending({ ...config, runId: "2" }, plan.state, ways);
  expect([other.week, other.isClaimedElsewhere]).toEqual([undefined, true]);
});
