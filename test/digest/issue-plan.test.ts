import { expect, test } from "vitest";
import { domainOfIssue, type ExistingIssue, issueMarker, planIssues } from "../../src/digest/issue-plan.ts";
import { makeDomain, makeIncident } from "../render/digests.ts";

const domain = makeDomain({ domain: "example.com" });
const incident = makeIncident();

function issueOf(state: ExistingIssue["state"]): ExistingIssue {
  return { number: 7, state, title: "DMARC", body: issueMarker("example.com") };
}

test.each([
  ["opened with the first incident", [incident], undefined, "open"],
  ["updated while one is open", [incident], issueOf("open"), "update"],
  ["reopened when there is one again", [incident], issueOf("closed"), "reopen"],
  ["closed when all are over", [], issueOf("open"), "close"],
  ["left closed while all is well", [], issueOf("closed"), undefined],
  ["not opened while all is well", [], undefined, undefined],
])("an issue is %s", (_, incidents, issue, expected) => {
  const [plan] = planIssues([domain], incidents, new Map(issue === undefined ? [] : [["example.com", issue]]));
  expect(plan?.do).toBe(expected);
  expect(plan?.domain).toBe(expected && domain);
});

test("each domain has its own plan, with its own incidents, in the order of the digest", () => {
  const other = makeIncident({ domain: "example.net" });
  const plans = planIssues(
    ["example.net", "example.com", "example.org"].map((name) => makeDomain({ domain: name })),
    [incident, other],
    new Map([
      ["example.com", issueOf("open")],
      ["gone.example", issueOf("open")],
    ]),
  );
  expect(plans).toMatchObject([
    { do: "open", domain: { domain: "example.net" }, incidents: [other] },
    { do: "update", domain: { domain: "example.com" }, incidents: [incident] },
  ]);
});

test("a domain is found again by the marker in its issue, and only there", () => {
  expect(domainOfIssue(`A text\r\n${issueMarker("xn--bcher-kva.example")}\r\n`)).toBe("xn--bcher-kva.example");
  expect(domainOfIssue("dmarc-digest: example.com")).toBeUndefined();
});
