import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { makeRunPlace, putReport, runAt } from "./place.ts";

test("a run writes the page to explore where it is asked for, and names its path", async () => {
  const place = makeRunPlace();
  putReport(place, "2026-11-17", { pass: 900 });
  const { published, problems } = await runAt(place, "2026-11-20T09:00:00Z", { explore: "true" });
  expect(problems).toEqual([]);
  const page = readFileSync(published.outputs["explore-path"] ?? "", "utf8");
  expect(page).toContain("Content-Security-Policy");
  for (const [explore, mode] of [
    ["false", "digest"],
    ["true", "watch"],
  ] as const)
    expect(
      (await runAt(place, "2026-11-20T10:00:00Z", { explore, mode })).published.outputs["explore-path"],
    ).toBeUndefined();
});
