import { expect, test } from "vitest";
import { seasonedReporters, withSightings } from "../../src/history/seasoning.ts";
import { formatState, noState, parseState } from "../../src/history/state.ts";
import type { Authenticity } from "../../src/report/authenticity.ts";
import type { ReadMail } from "../../src/report/read-mail.ts";
import { makeReport } from "./reports.ts";

function mailFrom(domain: string, day: number, verdict: Authenticity["verdict"] = "verified"): ReadMail {
  const received = `2026-11-${String(day).padStart(2, "0")}T10:00:00Z`;
  return { received, files: [{ state: "read", report: makeReport(), authenticity: { verdict, domain } }] };
}

const days = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

test("a domain counts when verified reports of it have come on 14 different days", () => {
  const thirteen = withSightings(
    noState,
    days(13).flatMap((day) => [mailFrom("a.example", day), mailFrom("a.example", day)]),
  );
  expect(seasonedReporters(thirteen).size).toBe(0);
  const fourteen = withSightings(thirteen, [mailFrom("a.example", 14)]);
  expect([...seasonedReporters(fourteen)]).toEqual(["a.example"]);
  expect(parseState(formatState(fourteen))).toEqual(fourteen);
});

test("neither mails of one day count twice, nor those that are unverified, known, or from a mailbox provider", () => {
  const mails = days(20).flatMap((day) => [
    mailFrom("forged.example", day, "unverified"),
    mailFrom("google.com", day),
    mailFrom("gmail.com", day),
    mailFrom("yahoo.com", day),
    mailFrom("busy.example", 3),
  ]);
  expect(withSightings(noState, mails).reporters).toEqual({ "busy.example": { days: 1, last: "2026-11-03" } });
});

test("mails that are read again add nothing, and in any order of one reading they add the same", () => {
  const mails = days(10).map((day) => mailFrom("a.example", day));
  const once = withSightings(noState, mails);
  expect(withSightings(once, mails)).toBe(once);
  expect(withSightings(noState, mails.toReversed())).toEqual(once);
});

test("a stranger with many domains pushes out none that has been seen on more days", () => {
  const old = withSightings(
    noState,
    days(5).map((day) => mailFrom("old.example", day)),
  );
  const flooded = withSightings(
    old,
    Array.from({ length: 1000 }, (_, index) => mailFrom(`x${index}.example`, 9)),
  );
  expect(Object.keys(flooded.reporters ?? {})).toHaveLength(200);
  expect(flooded.reporters?.["old.example"]).toEqual({ days: 5, last: "2026-11-05" });
});
