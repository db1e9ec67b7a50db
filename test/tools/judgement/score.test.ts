import { describe, expect, test } from "vitest";
import type { IncidentName } from "../../../tools/bench/judgement/incidents.ts";
import {
  goalsOf,
  outcomeOf,
  parseReplay,
  type QuietLives,
  type ReplayEvent,
  type Truth,
} from "../../../tools/bench/judgement/score.ts";

const shownAt = "2026-08-04T11:00:00Z";

function truth(name: IncidentName, domains = ["shop.example"]): Truth {
  return { name, domains, start: "2026-08-03", shownAt };
}

function event(changes: Partial<ReplayEvent> = {}): ReplayEvent {
  return {
    at: "2026-08-05T06:37:00Z",
    day: "2026-08-03",
    event: "opened",
    key: "shop.example CRM fails",
    domain: "shop.example",
    rule: "fails",
    verdict: "act",
    messages: 120,
    words: "",
    ...changes,
  };
}

const key = truth("key removed, called fail");

describe("an incident that deserves an act", () => {
  test("is right when it is told as one in time, and the delay counts from the report that shows it", () => {
    expect(outcomeOf(key, [event()], [])).toMatchObject({ told: "act", hours: 19 + 37 / 60, isRight: true });
  });

  test("is wrong when it is told too late, as a look, among the news, or not at all", () => {
    expect(outcomeOf(key, [event({ at: "2026-08-05T13:37:00Z" })], [])).toMatchObject({ told: "act", isRight: false });
    expect(outcomeOf(key, [event({ verdict: "look" })], [])).toMatchObject({ told: "look", isRight: false });
    expect(outcomeOf(key, [event({ verdict: "ok" })], [])).toMatchObject({ told: "news", isRight: false });
    expect(outcomeOf(key, [], [])).toMatchObject({ told: "nothing", isRight: false });
  });

  test("is right when a look became an act in time, and the delay is that of the act", () => {
    const look = event({ verdict: "look", at: "2026-08-04T13:37:00Z" });
    expect(outcomeOf(key, [look, event({ event: "worse" })], [])).toMatchObject({ told: "act", hours: 19 + 37 / 60 });
  });

  test("is not told by what the twin without it tells, too", () => {
    expect(outcomeOf(key, [event()], [event()])).toMatchObject({ told: "nothing", isRight: false });
  });

  test("is not told by an alarm about another domain, which is counted beside", () => {
    const other = event({ domain: "labs.example", key: "labs.example" });
    expect(outcomeOf(key, [other], [])).toMatchObject({ told: "nothing", isRight: false, beside: [other] });
  });
});

test("a look that is told as an act is wrong, and so is anything loud about what deserves nothing", () => {
  const weakened = truth("policy weakened");
  expect(outcomeOf(weakened, [event({ verdict: "look" })], [])).toMatchObject({ told: "look", isRight: true });
  expect(outcomeOf(weakened, [event()], [])).toMatchObject({ told: "act", isRight: false });
  const refused = truth("spoofing wave, refused");
  expect(outcomeOf(refused, [], [])).toMatchObject({ told: "nothing", isRight: true });
  expect(outcomeOf(refused, [event({ verdict: "ok" })], [])).toMatchObject({ told: "news", isRight: true });
  expect(outcomeOf(refused, [event({ verdict: "look" })], [])).toMatchObject({ isRight: false });
});

test("recovery is news, whatever the verdict of what has recovered", () => {
  const recovered = event({ event: "recovered", domain: "office.example" });
  const mended = truth("service mended", ["office.example"]);
  expect(outcomeOf(mended, [recovered], [])).toMatchObject({ told: "news", isRight: true });
});

test("what befalls reporters is told by an event of no domain", () => {
  const silent = truth("a reporter falls silent", []);
  const { domain: _, ...look } = event({ verdict: "look", rule: "reporters" });
  expect(outcomeOf(silent, [look], [])).toMatchObject({ told: "look", isRight: true });
  expect(outcomeOf(key, [look], [])).toMatchObject({ told: "nothing", beside: [look] });
});

test("of a replay's lines those of days are left out", () => {
  const day = { day: "2026-08-03", verdict: "act" };
  const text = `${JSON.stringify(event())}\n${JSON.stringify(day)}\n`;
  expect(parseReplay(text)).toEqual([event()]);
});

describe("the goals", () => {
  const quiet: QuietLives = { lives: 2, days: 120, domains: 10, alarms: [] };
  const marks = (outcomes: ReturnType<typeof outcomeOf>[], lives = quiet): boolean[] =>
    goalsOf(outcomes, lives).map(({ isMet }) => isMet);
  const right = outcomeOf(key, [event()], []);

  test("are met when all is right", () => {
    expect(marks([right])).toEqual([true, true, true, true, true, true]);
    expect(marks([right], { lives: 0, days: 0, domains: 0, alarms: [] })).not.toContain(false);
  });

  test("are missed by one false act, and by more than two false looks a month for 5 domains", () => {
    expect(marks([right], { ...quiet, alarms: [event()] }).slice(0, 2)).toEqual([false, true]);
    const looks = (count: number) => Array.from({ length: count }, () => event({ verdict: "look" }));
    expect(marks([right], { ...quiet, alarms: looks(8) }).slice(0, 2)).toEqual([true, true]);
    expect(marks([right], { ...quiet, alarms: looks(9) }).slice(0, 2)).toEqual([true, false]);
  });

  test("are missed by a key that is not told, and by a single act for spoofing", () => {
    expect(marks([right, outcomeOf(key, [], [])])).toEqual([true, true, false, false, true, true]);
    const spoofed = outcomeOf(truth("spoofing wave, refused"), [event()], []);
    expect(marks([right, spoofed])).toEqual([true, true, true, true, true, false]);
  });
});
