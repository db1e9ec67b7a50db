import { expect, it } from "vitest";
import type { DomainDigest } from "../../../src/digest/digest.ts";
import { domainOfIssue } from "../../../src/digest/issue-plan.ts";
import {
  actDigest,
  actIncidents,
  makeDomain,
  makeImpact,
  makeIncident,
  makeParts,
  makeTotals,
  telling,
} from "../digests.ts";
import { issueText, recoveryText, reopenText } from "../printed.ts";

const loud = actDigest.domains[0] as DomainDigest;
const [sendGrid] = actIncidents;
const options = { ...telling, day: "2026-11-17" };

it("the issue says what is wrong, since when, where the failures come from and what to do", async () => {
  const { title, body } = issueText(loud, [sendGrid], options);
  expect(title).toBe("DMARC: example.com mail sent by SendGrid fails DMARC, all 80 quarantined");
  expect(domainOfIssue(body)).toBe("example.com");
  expect(body.startsWith("<!-- dmarc-digest: example.com -->\n")).toBe(true);
  await expect(body).toMatchFileSnapshot("../fixtures/act.issue.md");
});

it("each incident has a line with its age, and the title counts them", () => {
  const key = makeIncident({
    rule: "key-broken",
    subject: "example.com/s1",
    since: "2026-11-12",
    age: 6,
    messages: 40,
  });
  const { title, body } = issueText(loud, [sendGrid, key], options);
  expect(title).toContain(" and 1 more");
  expect(body).toContain(
    "- ⛔ DKIM key broken in DNS record `s1._domainkey.example.com`, 40 messages fail. Since Thu 12 Nov, day 6; last seen on Tue 17 Nov.",
  );
});

it("on a day without failures it says so", () => {
  const { body } = issueText(makeDomain({ domain: "example.com" }), [sendGrid], options);
  expect(body).toContain("No message failed DMARC on Tue 17 Nov.");
});

it("the comments say with figures what became of the domain", () => {
  const calm = makeDomain({
    domain: "example.com",
    totals: makeTotals({ messages: 1000, dmarcFail: 3 }),
    fail: makeParts({ own: makeImpact({ delivered: 1 }) }),
  });
  expect(recoveryText(calm, "2026-11-17", telling.words)).toBe(
    "✅ All incidents of `example.com` are over: on Tue 17 Nov, 1 of 1,000 messages of your own failed (0.1%).",
  );
  expect(reopenText([sendGrid], telling.words)).toBe(
    "⛔ It happens again: `example.com` mail sent by `SendGrid` fails DMARC, all 80 quarantined.",
  );
});
