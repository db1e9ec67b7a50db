import { expect, test } from "vitest";
import { dayAfter, daysFrom } from "../../src/history/dates.ts";
import { makeRunPlace, putReport, runAt } from "./place.ts";

test("a domain that was found to be parked stays so while little is reported of it, and what it sends stays open", async () => {
  const place = makeRunPlace();
  const day = "2026-11-17";
  for (const one of daysFrom(dayAfter(day, -104), day)) putReport(place, one, { pass: 900 });
  // Of a parked domain there is a report when somebody has spoofed it.
  for (const back of [95, 70, 40, 15]) {
    const spoofed = { fail: 5, domain: "example.org", signer: "evil.test", reportId: `org ${back}` };
    putReport(place, dayAfter(day, -back), spoofed);
  }
  putReport(place, day, { pass: 30, domain: "example.org", reportId: "org" });
  const found = async (on: string) => {
    for (const one of daysFrom(dayAfter(day, 1), dayAfter(on, -3))) putReport(place, one, { pass: 900 });
    const { digest } = await runAt(place, `${on}T09:00:00Z`, { since: "200d" });
    return [...digest.findings, ...digest.otherIncidents].flatMap((one) =>
      "rule" in one && one.domain === "example.org" ? `${one.rule} ${one.change}` : [],
    );
  };
  expect(await found(dayAfter(day, 3))).toEqual(["parked-sends new"]);
  for (const later of [10, 17, 22]) {
    expect(await found(dayAfter(day, later)), `${later} days later`).toEqual(["parked-sends known"]);
  }
});
