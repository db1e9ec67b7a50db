import { expect, it } from "vitest";
import type { DomainDigest } from "../../src/digest/digest.ts";
import { domainOfIssue } from "../../src/digest/issue-plan.ts";
import { issueText, recoveryComment, reopenComment } from "../../src/render/issue.ts";
import { actDigest, links, makeDomain, makeTotals, okDigest } from "./digests.ts";

const loud = actDigest.domains[0] as DomainDigest;

it("the issue says which limit was passed, where the failures come from and what to do", async () => {
  const { title, body } = issueText(loud, actDigest, links);
  expect(title).toBe("DMARC: example.com has 7.9 % failures (limit 5 %)");
  expect(domainOfIssue(body)).toBe("example.com");
  expect(body.startsWith("<!-- dmarc-digest: example.com -->\n")).toBe(true);
  await expect(body).toMatchFileSnapshot("fixtures/act.issue.md");
});

it("the title names the number when it is the number that is above its limit", () => {
  const alarm = {
    day: "2026-11-17",
    failures: 1204,
    evaluated: 90_000,
    passed: [{ threshold: "max-failures" as const, limit: 500, value: 1204 }],
  };
  const { title } = issueText({ ...loud, alarm }, actDigest, links);
  expect(title).toBe("DMARC: example.com has 1,204 failures (limit 500)");
});

it("an alarm of an earlier day says its day, also when the newest day has no failures", () => {
  const alarm = { day: "2026-11-15", failures: 95, evaluated: 1204, passed: loud.alarm?.passed ?? [] };
  const { body } = issueText(makeDomain({ domain: "example.com", verdict: "act", alarm }), actDigest, links);
  expect(body).toContain("had **7.9 % failures (limit 5 %)** on Sun 2026-11-15: 95 of 1,204 messages failed DMARC.");
  expect(body).toContain("No message failed DMARC on Tue 2026-11-17.");
});

it("the comments say with figures what became of the domain", () => {
  const calm = makeDomain({
    domain: "example.com",
    totals: makeTotals({ messages: 1000, dmarcFail: 3, forwarded: 2 }),
  });
  expect(recoveryComment(calm, okDigest)).toBe(
    "✅ `example.com` is back within its limits: on Tue 2026-11-17, 1 failure of 1,000 messages (0.1 %).\n",
  );
  expect(reopenComment(loud, actDigest)).toBe(
    "🚨 `example.com` is above a limit again: 7.9 % failures (limit 5 %): 95 of 1,204 messages on Tue 2026-11-17.\n",
  );
});
