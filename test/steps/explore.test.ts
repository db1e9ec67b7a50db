import { expect, test } from "vitest";
import { windowDays } from "../../src/digest/incident-days.ts";
import { exploredDays } from "../../src/steps/explore.ts";

test("the page shows 13 months, of very many domains those days that fit, and those of a digest in any case", () => {
  const lines = [0, 100_000, 400_000, 700_000, 5_000_000];
  expect(lines.map(exploredDays)).toEqual([396, 396, 2 * windowDays, windowDays, windowDays]);
});
