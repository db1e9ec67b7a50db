import { expect, test } from "vitest";
import { issuesOf, makeQuarter } from "../../../tools/bench/judgement/issues.ts";

test("five domains over 55 days: each incident has one issue, closed in time, and reopened when it is back", () => {
  const { lines, goals } = issuesOf(makeQuarter(1, 55));
  expect(lines.slice(0, 2)).toEqual([
    "5 domains, 112 runs, 3 incidents to act on, 1 of them back",
    expect.stringMatching(/^issues: 2 opened, 3 closed, 1 reopened, \d+ comments$/),
  ]);
  expect(goals.map(({ goal, isMet }) => [goal, isMet])).toEqual(goals.map(({ goal }) => [goal, true]));
  expect(goals).toHaveLength(5);
  // Of what is back within 30 days nobody is told again by name.
  expect(lines[2]).toMatch(/; 2 of them name somebody, for 2 incidents$/);
});
