import { expect, test } from "vitest";
import { newcomersIn, notCountedIn, policiesOn } from "../../../src/digest/day/counting.ts";
import type { Authenticity } from "../../../src/report/authenticity.ts";
import { keepReport, makeReport, noTrust } from "../../history/reports.ts";

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

/** A day with a report by each of some From domains. */
function dayOf(day: string, domains: string[], verdict: Authenticity["verdict"] = "verified") {
  const reports = domains.map((domain, index) =>
    keepReport(makeReport({ reportId: String(index) }), { authenticity: { verdict, domain } }),
  );
  return { domain: "example.com", day, reports };
}

test("senders below one domain are one sender, however many names it has", () => {
  const names = Array.from({ length: 198 }, (_, index) => `s${index}.evil.example`);
  const { senders, moreSenders, reports } = notCountedIn(
    [dayOf("2026-11-17", [...names, "mail.example.net"])],
    noTrust,
  );
  expect([senders.map(({ reporter }) => reporter).sort(), moreSenders, reports]).toEqual([
    ["evil.example", "mail.example.net"],
    0,
    199,
  ]);
});

test("newcomers are authenticated, not believed and not of a mailbox provider; those of the most days come first", () => {
  const files = [
    dayOf("2026-11-16", ["mail.example.net", "google.com", "trusted.example", "gmail.com"]),
    dayOf("2026-11-17", ["evil.example", "mail.example.net", "a.example.org", "b.example.org"]),
    dayOf("2026-11-17", ["forged.example"], "unverified"),
  ];
  const trust = { ...noTrust, trustedReporters: ["trusted.example"] };
  expect(newcomersIn(files, trust)).toEqual([
    { reporter: "mail.example.net", days: 2, reports: 2, messages: 20 },
    { reporter: "evil.example", days: 1, reports: 1, messages: 10 },
    { reporter: "example.org", days: 1, reports: 2, messages: 20 },
  ]);
});
