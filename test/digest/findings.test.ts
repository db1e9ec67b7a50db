import { expect, test } from "vitest";
import { findingsOf } from "../../src/digest/findings.ts";
import { makeDigest, makeDomain, makeTotals, okDigest } from "../render/digests.ts";

/* A finding that says why another one is true takes its place. */

const google = { reporter: "google.com", share: 0.6, lastDay: "2026-11-13" };
const yahoo = { reporter: "yahoo.com", share: 0.2, lastDay: "2026-11-13" };
const coverage = (...missing: { reporter: string; share: number }[]) => ({ share: 0.2, missing });
const kindsOf = (...said: Parameters<typeof makeDigest>) =>
  findingsOf(makeDigest(...said), [], []).map(({ kind }) => kind);

test("that little has come is said with who is missing most", () => {
  const { domains } = okDigest;
  expect(findingsOf(makeDigest({ domains, coverage: coverage(google, yahoo) }), [], [])).toEqual([
    { verdict: "look", kind: "incomplete", share: 0.2, missing: google },
  ]);
});

test("that little has come is not said of reporters that are missing by an incident of their own", () => {
  const { domains } = okDigest;
  const gone = (...names: string[]) =>
    findingsOf(makeDigest({ domains, coverage: coverage(google, yahoo) }), [], names);
  expect(gone("google.com", "yahoo.com")).toEqual([]);
  expect(gone("google.com")).toMatchObject([{ kind: "incomplete", missing: { reporter: "yahoo.com" } }]);
});

test("on a day that nobody has reported that is all", () => {
  const domains = [makeDomain({ domain: "example.com", totals: makeTotals({ reports: 0, messages: 0 }) })];
  expect(kindsOf({ domains, coverage: { share: 0, missing: [google] } })).toEqual(["no-reports"]);
});
