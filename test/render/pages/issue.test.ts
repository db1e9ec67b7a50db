import { expect, it } from "vitest";
import type { DomainDigest } from "../../../src/digest/digest.ts";
import { domainOfIssue } from "../../../src/digest/issue-plan.ts";
import { actDigest, makeDomain, makeImpact, makeParts, makeTotals, okDigest, telling } from "../digests.ts";
import { issueText, recoveryText, reopenText } from "../printed.ts";

const loud = actDigest.domains[0] as DomainDigest;

it("the issue says which limit was passed, where the failures come from and what to do", async () => {
  const { title, body } = issueText(loud, actDigest, telling);
  expect(title).toBe("DMARC: example.com has failures: 7.9%, limit 5%");
  expect(domainOfIssue(body)).toBe("example.com");
  expect(body.startsWith("<!-- dmarc-digest: example.com -->\n")).toBe(true);
  await expect(body).toMatchFileSnapshot("../fixtures/act.issue.md");
});

it("the title names the number when it is the number that is above its limit", () => {
  const alarm = {
    day: "2026-11-17",
    own: makeImpact({ rejected: 1204 }),
    evaluated: 90_000,
    passed: [{ threshold: "max-failures" as const, limit: 500, value: 1204 }],
  };
  const { title } = issueText({ ...loud, alarm }, actDigest, telling);
  expect(title).toBe("DMARC: example.com has failures: 1,204 failures, limit 500");
});

it("an alarm of an earlier day says its day, also when the newest day has no failures", () => {
  const alarm = {
    day: "2026-11-15",
    own: makeImpact({ rejected: 95 }),
    evaluated: 1204,
    passed: loud.alarm?.passed ?? [],
  };
  const { body } = issueText(makeDomain({ domain: "example.com", verdict: "act", alarm }), actDigest, telling);
  expect(body).toContain(
    "Sun 15 Nov: 95 of 1,204 messages are your own and failed DMARC: 95 rejected (7.9%, limit 5%).",
  );
  expect(body).toContain("No message failed DMARC on Tue 17 Nov.");
});

it("the comments say with figures what became of the domain", () => {
  const calm = makeDomain({
    domain: "example.com",
    totals: makeTotals({ messages: 1000, dmarcFail: 3 }),
    fail: makeParts({ own: makeImpact({ delivered: 1 }) }),
  });
  expect(recoveryText(calm, okDigest, telling.words)).toBe(
    "✅ `example.com` is back within its limits: on Tue 17 Nov, 1 of 1,000 messages of your own failed (0.1%).",
  );
  expect(reopenText(loud, actDigest, telling.words)).toBe(
    "⛔ `example.com` is above a limit again on Tue 17 Nov: 7.9%, limit 5%.",
  );
});
