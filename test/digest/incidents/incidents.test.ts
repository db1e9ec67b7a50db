import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type DayOfFindings,
  foldIncidents,
  type Health,
  haveReported,
  type Incident,
  type RuleFinding,
} from "../../../src/digest/incidents/incidents.ts";
import { dayAfter, daysFrom } from "../../../src/history/dates.ts";

const key = { domain: "example.com", subject: "mailer.example", rule: "sender-fails" } as const;
const first = "2026-11-01";

describe("an incident opens", () => {
  test("at once when it asks to act", () => {
    expect(eventsOf([act(3)])).toEqual(["2026-11-01 opened 3"]);
  });

  test("on the second finding when it asks to look", () => {
    expect(eventsOf([look(20), "good", look(20)])).toEqual(["2026-11-03 opened 20"]);
  });

  test("at once when 100 messages show it, or its rule says so", () => {
    expect(eventsOf([look(100)])).toEqual(["2026-11-01 opened 100"]);
    expect(eventsOf([{ ...look(1), opensAtOnce: true }])).toEqual(["2026-11-01 opened 1"]);
  });

  test.each([
    ["as hosts that fail alike show them together", [35, 35, 30], 3],
    ["not as fewer show them", [35, 35, 29], 0],
    ["not as two hosts show them", [60, 60], 0],
  ])("at once when 100 messages show it, %s", (_, messages, count) => {
    const findings = messages.map((of, at) => ({ ...look(of), key: { ...key, subject: `192.0.${at}.0/24` } }));
    const day = {
      day: first,
      isSettled: true,
      findings,
      healthOf: () => ({ state: "good", recoveryDays: 3 }) as const,
    };
    expect(foldIncidents([], [day]).events.map(({ event }) => event)).toEqual(Array(count).fill("opened"));
  });

  test("early on a day that is not due", () => {
    expect(eventsOf([act(50)], { settled: 0 })).toEqual(["2026-11-01 early 50"]);
  });

  test("not after one finding that was followed by three good days", () => {
    expect(eventsOf([look(20), "good", "good", "good", look(20)])).toEqual([]);
  });
});

describe("an open incident", () => {
  test("is worse when look becomes act, and stays at its worst level", () => {
    const { incidents, events } = fold([look(100), act(100), look(100)]);
    expect(events.map(wordsOf)).toEqual(["2026-11-01 opened 100", "2026-11-02 worse 100"]);
    expect(incidents[0]?.level).toBe("act");
  });

  test("is worse on a settled day with three times the largest of the last 7", () => {
    expect(eventsOf([act(10), act(29), act(30), act(90)])).toEqual(["2026-11-01 opened 10", "2026-11-04 worse 90"]);
  });

  test("is worse where a finding goes further than those before it", () => {
    const further = { ...look(0), opensAtOnce: true, isFurther: true };
    expect(eventsOf([further, { ...further, isFurther: false }, "silent", further])).toEqual([
      "2026-11-01 opened 0",
      "2026-11-04 worse 0",
    ]);
  });

  test("is not worse by the figures of a day that is not due", () => {
    expect(eventsOf([act(10), act(100)], { settled: 1 })).toEqual(["2026-11-01 opened 10"]);
  });

  test.each<[string, number[], string | undefined]>([
    ["has leapt on a day with three times the largest of the 28 before, and 100", [40, 39, 120], "2026-11-03"],
    ["has leapt on none by less, or on its first", [500, 1499], undefined],
    ["has leapt on none with fewer than 100", [3, 99], undefined],
    ["has leapt on the last of such days", [50, 150, 450, 450], "2026-11-03"],
    ["has leapt for as long as it lasts", [...Array(8).fill(100), ...Array(40).fill(400)], "2026-11-09"],
  ])("%s", (_, messages, leapt) => {
    expect(fold(messages.map(act)).incidents[0]?.leapt).toBe(leapt);
  });

  test.each<[string, Played[], string | undefined]>([
    ["after 28 days without a finding", [act(90), ...days("silent", 28), act(100)], "2026-11-30"],
    ["when it is long over", [act(90), ...days("good", 60), act(100)], "2027-01-01"],
    ["not with fewer than 100", [act(90), ...days("silent", 28), act(99)], undefined],
    ["not within them", [act(90), ...days("silent", 27), act(100)], undefined],
  ])("has leapt on any day with 100 %s", (_, played, leapt) => {
    expect(fold(played).incidents[0]?.leapt).toBe(leapt);
  });

  test("has not leapt on the second of two days that are not due", () => {
    expect(fold([act(90), act(100)], { settled: 0 }).incidents[0]).not.toHaveProperty("leapt");
  });

  test("recovers after 3 good days, of which days without mail are none", () => {
    expect(eventsOf([act(10), "good", "silent", "good", "seen", "good"])).toEqual([
      "2026-11-01 opened 10",
      "2026-11-06 recovered 0",
    ]);
  });

  test("recovers after 2 good days where its sender sends on one weekday", () => {
    expect(eventsOf([act(10), "good", "good"], { recoveryDays: 2 })).toEqual([
      "2026-11-01 opened 10",
      "2026-11-03 recovered 0",
    ]);
  });

  test("counts its good days anew after a finding", () => {
    expect(eventsOf([act(10), "good", "good", act(10), "good", "good"])).toEqual(["2026-11-01 opened 10"]);
  });

  test("ends by no day that is not due", () => {
    expect(eventsOf([act(10), "good", "good", "good"], { settled: 3 })).toEqual(["2026-11-01 opened 10"]);
  });

  test("has stopped when nothing was seen of its sender for 28 days", () => {
    expect(eventsOf([act(10), ...days("silent", 27)])).toEqual(["2026-11-01 opened 10"]);
    expect(eventsOf([act(10), ...days("silent", 28)])).toEqual(["2026-11-01 opened 10", "2026-11-29 stopped 0"]);
  });

  test("knows all reporters that saw it", () => {
    const { incidents } = fold([
      { ...act(10), seenBy: ["yahoo.com"] },
      { ...act(10), seenBy: ["google.com", "yahoo.com"] },
    ]);
    expect(incidents[0]?.seenBy).toEqual(["google.com", "yahoo.com"]);
  });

  test("of a key knows the senders that most of each finding came from", () => {
    const found = ["203.0.113.0/24", "198.51.100.0/24", "203.0.113.0/24"].map((sender) => ({
      ...act(10),
      senders: [sender],
    }));
    const { incidents } = fold(found);
    expect(incidents[0]?.senders).toEqual(["198.51.100.0/24", "203.0.113.0/24"]);
  });
});

test.each([
  ["has reported the day", ["2026-11-20"], true],
  ["reported last on the day of the last finding", ["2026-11-18"], false],
  ["seldom reports, and has since the last finding", ["2026-11-10", "2026-11-19"], true],
  ["reports each day, and not this one, but the next", [...daysFrom("2026-11-06", "2026-11-19"), "2026-11-21"], false],
  ["reported last two weeks before it", ["2026-11-06"], false],
  ["has sent nothing for longer, and is not waited for", ["2026-11-05"], true],
  ["is not known any more", [], true],
])("of the reporters that saw an incident, one that %s", (_, reported, expected) => {
  const incident = { seenBy: ["google.com", "yahoo.com"], lastBad: "2026-11-18" };
  const hasReported = (name: string, day: string): boolean => name === "google.com" || reported.includes(day);
  expect(haveReported(incident, "2026-11-20", hasReported)).toBe(expected);
});

describe("an incident that is over", () => {
  const over = [act(10), "good", "good", "good"] as const;

  test("is the same again when it is back within 30 days", () => {
    const { incidents, events } = fold([...over, ...days("good", 29), act(10)]);
    expect(events.map(wordsOf).at(-1)).toBe("2026-12-04 back 10");
    expect(incidents[0]).toMatchObject({ state: "open", since: first });
    expect(incidents[0]).not.toHaveProperty("ended");
  });

  test("is another one after that", () => {
    const { incidents, events } = fold([...over, ...days("good", 30), act(10)]);
    expect(events.map(wordsOf).at(-1)).toBe("2026-12-05 opened 10");
    expect(incidents[0]?.since).toBe("2026-12-05");
  });

  test("is remembered for 90 days", () => {
    expect(fold([...over, ...days("good", 89)]).incidents).toMatchObject([{ state: "recovered" }]);
    expect(fold([...over, ...days("good", 90)]).incidents).toEqual([]);
  });
});

test("incidents of other keys don't touch each other", () => {
  const other = { ...key, domain: "example.org" };
  const days = [act(10), "good", "good", "good"] as const;
  const both = days.map((day, index) => {
    const one = dayOf(day, index);
    return { ...one, findings: [...one.findings, { ...act(10), key: other }] };
  });
  const { incidents } = foldIncidents([], both);
  expect(incidents.map(({ key, state }) => [key.domain, state])).toEqual([
    ["example.com", "recovered"],
    ["example.org", "open"],
  ]);
});

test("days folded in pieces come to what they come to at once", () => {
  const anyDay = fc.oneof(
    fc.constantFrom<Health["state"]>("good", "seen", "silent"),
    fc.record({ level: fc.constantFrom("look" as const, "act" as const), messages: fc.integer({ min: 1, max: 300 }) }),
  );
  fc.assert(
    fc.property(fc.array(anyDay, { maxLength: 90 }), fc.nat(90), (days, cut) => {
      const all = days.map((day, index) => dayOf(typeof day === "string" ? day : { ...act(1), ...day }, index));
      const whole = foldIncidents([], all);
      const start = foldIncidents([], all.slice(0, cut));
      const rest = foldIncidents(start.incidents, all.slice(cut));
      expect(rest.incidents).toEqual(whole.incidents);
      expect([...start.events, ...rest.events]).toEqual(whole.events);
    }),
  );
});

type Played = RuleFinding | Health["state"];

function act(messages: number): RuleFinding {
  return { key, level: "act", messages, opensAtOnce: false, seenBy: ["google.com"] };
}

function look(messages: number): RuleFinding {
  return { ...act(messages), level: "look" };
}

function days(state: Health["state"], count: number): Played[] {
  return Array<Played>(count).fill(state);
}

/** @param settled - How many of the days are due. */
function fold(played: readonly Played[], { settled = played.length, recoveryDays = 3 } = {}) {
  return foldIncidents(
    [],
    played.map((day, index) => dayOf(day, index, { isSettled: index < settled, recoveryDays })),
  );
}

function dayOf(played: Played, index: number, { isSettled = true, recoveryDays = 3 } = {}): DayOfFindings {
  return {
    day: dayAfter(first, index),
    isSettled,
    findings: typeof played === "string" ? [] : [played],
    healthOf: (_: Incident) => ({ state: typeof played === "string" ? played : "seen", recoveryDays }),
  };
}

function eventsOf(played: readonly Played[], options?: Parameters<typeof fold>[1]): string[] {
  return fold(played, options).events.map(wordsOf);
}

function wordsOf({ day, event, messages }: ReturnType<typeof fold>["events"][number]): string {
  return `${day} ${event} ${messages}`;
}
