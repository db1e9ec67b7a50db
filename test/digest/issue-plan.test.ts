import { expect, test } from "vitest";
import type { DomainDigest } from "../../src/digest/digest.ts";
import { domainOfIssue, type ExistingIssue, issueMarker, planIssues } from "../../src/digest/issue-plan.ts";
import { makeDigest, makeDomain, makeImpact, makeTotals } from "../render/digests.ts";

const alarm = { day: "2026-11-17", own: makeImpact({ quarantined: 95 }), evaluated: 1000, passed: [] };
const loud = makeDomain({ domain: "example.com", alarm, totals: makeTotals({ dmarcFail: 95 }) });
const quiet = makeDomain({ domain: "example.com", totals: makeTotals({ messages: 100 }) });
const few = makeDomain({ domain: "example.com", totals: makeTotals({ messages: 150, notEvaluated: 51 }) });

function issueOf(state: ExistingIssue["state"]): ExistingIssue {
  return { number: 7, state, title: "DMARC", body: issueMarker("example.com") };
}

function plansFor(domain: DomainDigest, issue?: ExistingIssue) {
  const issues = new Map(issue === undefined ? [] : [["example.com", issue]]);
  return planIssues(makeDigest({ domains: [domain] }), issues, 100);
}

test.each([
  ["opened when a threshold is passed first", loud, undefined, "open"],
  ["updated while it is passed", loud, issueOf("open"), "update"],
  ["reopened when it is passed again", loud, issueOf("closed"), "reopen"],
  ["closed when the domain is back within its thresholds", quiet, issueOf("open"), "close"],
  ["left closed while all is well", quiet, issueOf("closed"), undefined],
  ["not opened while all is well", quiet, undefined, undefined],
  ["left open on a day with too few messages to say", few, issueOf("open"), undefined],
  [
    "left open on a day without a report",
    makeDomain({ domain: "example.com", totals: makeTotals({ messages: 0 }) }),
    issueOf("open"),
    undefined,
  ],
])("an issue is %s", (_, domain, issue, expected) => {
  const [plan] = plansFor(domain, issue);
  expect(plan?.do).toBe(expected);
  expect(plan?.domain).toBe(expected && domain);
});

test("each domain has its own plan, in the order of the digest", () => {
  const other = makeDomain({ domain: "example.net", alarm });
  const silent = makeDomain({ domain: "example.org" });
  const plans = planIssues(
    makeDigest({ domains: [other, loud, silent] }),
    new Map([
      ["example.com", issueOf("open")],
      ["gone.example", issueOf("open")],
    ]),
    100,
  );
  expect(plans.map((plan) => [plan.do, plan.domain.domain])).toEqual([
    ["open", "example.net"],
    ["update", "example.com"],
  ]);
});

test("a domain is found again by the marker in its issue, and only there", () => {
  expect(domainOfIssue(`A text\r\n${issueMarker("xn--bcher-kva.example")}\r\n`)).toBe("xn--bcher-kva.example");
  expect(domainOfIssue("dmarc-digest: example.com")).toBeUndefined();
});
