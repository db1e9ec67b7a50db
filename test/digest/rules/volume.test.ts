import { describe, expect, test } from "vitest";
import { againstUsual, leaptOn, stoppedOn } from "../../../src/digest/rules/volume.ts";
import { dayAfter, weekdayOf } from "../../../src/history/dates.ts";
import { makeRandom } from "../../../src/sample/random.ts";

const first = "2026-01-01";
const year = Array.from({ length: 365 }, (_, index) => dayAfter(first, index));
const weekend = [0, 6];

describe("a home that stops", () => {
  test("is seen on the second day that it should have sent", () => {
    // 2026-06-10 is a Wednesday.
    const volumes = stopped(life({ usual: 500, spread: 0.3 }), "2026-06-10");
    expect(["2026-06-10", "2026-06-11"].map((day) => stoppedOn(upTo(volumes, day)) !== undefined)).toEqual([
      false,
      true,
    ]);
    expect(stoppedOn(upTo(volumes, "2026-06-11"))?.messages).toBe(0);
  });

  test("is judged by its own days: an office does not stop at a weekend", () => {
    const office = life({ usual: 500, spread: 0.3, isSilent: (weekday) => weekend.includes(weekday) });
    expect(daysWith((day) => stoppedOn(upTo(office, day)))).toEqual([]);
    // It fails on a Friday; the next day on which it should have sent is a Monday.
    const stoppedOffice = stopped(office, "2026-06-12");
    expect(daysWith((day) => stoppedOn(upTo(stoppedOffice, day)))[0]).toBe("2026-06-15");
  });

  test("is judged by its weekday, twice, when it sends on one alone", () => {
    const newsletter = life({ usual: 5000, spread: 0.3, isSilent: (weekday) => weekday !== 2 });
    const ended = stopped(newsletter, "2026-06-10");
    expect(daysWith((day) => stoppedOn(upTo(ended, day)))[0]).toBe("2026-06-23");
  });

  test.each([
    ["has not, where its mail comes on another weekday from then on", [2], [4], undefined],
    ["has, where its other weekday goes on", [2, 5], [5], "2026-06-09"],
  ])("of one or two weekdays %s", (_, before, after, told) => {
    const on = (weekdays: number[]) =>
      life({ usual: 5000, spread: 0.1, isSilent: (weekday) => !weekdays.includes(weekday) });
    const moved = new Map([
      ...stopped(on(before), "2026-06-02"),
      ...[...on(after)].filter(([day]) => day >= "2026-06-02"),
    ]);
    expect(daysWith((day) => stoppedOn(upTo(moved, day)))[0]).toBe(told);
  });

  test("is not judged when it sent on three days of the last 28", () => {
    const seldom = new Map(["2026-05-20", "2026-05-21", "2026-05-22"].map((day) => [day, 500]));
    expect(daysWith((day) => stoppedOn(upTo(seldom, day)))).toEqual([]);
  });

  test("is no news on a day when all homes fall alike", () => {
    const holiday = life({ usual: 500, spread: 0.2 });
    for (const day of ["2026-06-09", "2026-06-10", "2026-06-11"])
      holiday.set(day, Math.round((holiday.get(day) ?? 0) * 0.15));
    expect(stoppedOn(upTo(holiday, "2026-06-11"))).toBeDefined();
    const fall = (back: number): number => {
      const change = againstUsual(upTo(holiday, dayAfter("2026-06-11", -back)));
      return change === undefined ? 1 : change.messages / change.expected;
    };
    expect(stoppedOn(upTo(holiday, "2026-06-11"), fall)).toBeUndefined();
  });

  test("gives at most one false look a year, at spreads from 20 to 58 %", () => {
    const falseLooks = [0.2, 0.35, 0.58].map((spread) => {
      const lives = Array.from({ length: 20 }, (_, seed) => life({ usual: 300, spread, seed }));
      return lives.reduce((sum, volumes) => sum + daysWith((day) => stoppedOn(upTo(volumes, day))).length, 0) / 20;
    });
    expect(Math.max(...falseLooks)).toBeLessThanOrEqual(1);
  });

  test("is seen in 95 of 100 lives on the second day without mail", () => {
    const seen = Array.from({ length: 100 }, (_, seed) => {
      const volumes = stopped(life({ usual: 100, spread: 0.58, seed }), "2026-06-10");
      return stoppedOn(upTo(volumes, "2026-06-11")) !== undefined;
    });
    expect(seen.filter(Boolean).length).toBeGreaterThanOrEqual(95);
  });
});

describe("a home that leaps", () => {
  test("sends five times as much as on such days, and 1,000 messages", () => {
    const volumes = life({ usual: 500, spread: 0.2 });
    expect(leaptOn(upTo(new Map(volumes).set("2026-06-10", 2200), "2026-06-10"))).toBeUndefined();
    expect(leaptOn(upTo(new Map(volumes).set("2026-06-10", 4000), "2026-06-10"))?.messages).toBe(4000);
    const small = life({ usual: 30, spread: 0.2 });
    expect(leaptOn(upTo(small.set("2026-06-10", 900), "2026-06-10"))).toBeUndefined();
  });

  test("on a day on which it hardly sends, five times as much as on those on which it does", () => {
    const office = new Map(
      [...life({ usual: 500, spread: 0.2 })].map(([day, sent]) => [day, weekdayOf(day) % 6 === 0 ? 9 : sent]),
    );
    const [saturday, monday] = ["2026-06-13", "2026-06-15"];
    expect(leaptOn(upTo(new Map(office).set(saturday, 2200), saturday))).toBeUndefined();
    expect(leaptOn(upTo(new Map(office).set(saturday, 4000), saturday))?.messages).toBe(4000);
    expect(leaptOn(upTo(new Map(office).set(monday, 4000), monday))?.messages).toBe(4000);
  });

  test("is not seen where that is within its own spread", () => {
    const volumes = life({ usual: 500, spread: 0.9 });
    expect(leaptOn(upTo(volumes.set("2026-06-10", 4000), "2026-06-10"))).toBeUndefined();
  });
});

/** A year of a sender whose days are spread by a logarithmic normal distribution. */
function life({
  usual,
  spread,
  seed = 0,
  isSilent = () => false,
}: {
  usual: number;
  spread: number;
  seed?: number;
  isSilent?: (weekday: number) => boolean;
}): Map<string, number> {
  const random = makeRandom(`volume ${usual} ${spread} ${seed}`);
  return new Map(
    year.map((day) => {
      const normal = Math.sqrt(-2 * Math.log(1 - random.between(0, 1))) * Math.cos(random.between(0, 2 * Math.PI));
      const weekday = new Date(day).getUTCDay();
      return [day, isSilent(weekday) ? 0 : Math.round(usual * Math.exp(spread * normal))];
    }),
  );
}

function stopped(volumes: Map<string, number>, from: string): Map<string, number> {
  return new Map([...volumes].filter(([day]) => day < from));
}

/** The days of the year from the 43rd on for which something was found. */
function daysWith(find: (day: string) => unknown): string[] {
  return year.slice(42).filter((day) => find(day) !== undefined);
}

function upTo(volumes: Map<string, number>, day: string) {
  const weekday = new Date(day).getUTCDay();
  return {
    weekday,
    last: 42,
    messages: Array.from({ length: 43 }, (_, index) => volumes.get(dayAfter(day, index - 42)) ?? 0),
  };
}
