import { expect, test } from "vitest";
import { policiesOn } from "../../../src/digest/day/counting.ts";
import { keepReport, makeReport } from "../../history/reports.ts";

/** A report about a domain that says what it asks for. */
function makePolicyReport(domain: string, p: string | undefined) {
  const report = makeReport({ domain });
  return keepReport({ ...report, policyPublished: { ...report.policyPublished, p } });
}

test("a domain asks for what most reports about itself on that day saw", () => {
  const day = "2026-11-17";
  const reports = (domain: string, ...policies: (string | undefined)[]) => ({
    domain,
    day,
    reports: policies.map((p) => makePolicyReport(domain, p)),
  });
  const files = [
    reports("example.com", "none", "reject", "reject"),
    reports("news.example.com", "quarantine"),
    reports("example.net", "reject", "none"),
    reports("example.org", undefined),
    { ...reports("example.edu", "none"), day: "2026-11-16" },
  ];
  expect(policiesOn(files, day)).toEqual(
    new Map([
      ["example.com", "reject"],
      ["example.net", "none"],
    ]),
  );
});
