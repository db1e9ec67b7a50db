import { expect, test } from "vitest";
import { makeDayMemos } from "../../../src/digest/senders/day-memos.ts";
import { dayAfter } from "../../../src/history/dates.ts";

test("of a year of days those asked for last are kept, and the others are worked out again", () => {
  const memos = makeDayMemos();
  const [alone, named] = [memos.ofDay<string>(), memos.memo<string>()];
  const worked: string[] = [];
  const work = (day: string) => () => {
    worked.push(day);
    return day;
  };
  const ask = (day: string) => [alone(day, work(day)), named(day, "a sender", work(day))];
  const days = Array.from({ length: 365 }, (_, back) => dayAfter("2026-01-01", back));

  expect(days.flatMap(ask)).toEqual(days.flatMap((day) => [day, day]));
  worked.splice(0);
  days.slice(-60).forEach(ask);
  expect(worked).toEqual([]);
  expect(ask("2026-01-01")).toEqual(["2026-01-01", "2026-01-01"]);
  expect(worked).toEqual(["2026-01-01", "2026-01-01"]);

  memos.forgetFrom("2026-12-31");
  ask("2026-12-31");
  expect(worked.slice(2)).toEqual(["2026-12-31", "2026-12-31"]);
});
