import { expect, it } from "vitest";
import { wordsOf } from "../../../src/render/words/words.ts";
import { makeDigest, makeDomain, makeImpact, makeSource, makeTotals, telling } from "../digests.ts";
import { digestMarkdown, digestTable, slackMessage } from "../printed.ts";
import { slackPage } from "../slack-page.ts";

/* A late run tells several days: a domain passed a threshold on an earlier one, and nothing failed on the newest. */

const crm = makeSource({
  source: "crm.example",
  mailClass: "not-aligned",
  impact: makeImpact({ rejected: 300 }),
  seenBy: [{ reporter: "google.com", messages: 300 }],
  policy: "reject",
});
const alarm = {
  day: "2026-11-15",
  own: makeImpact({ rejected: 300 }),
  evaluated: 1200,
  passed: [{ threshold: "max-fail-rate" as const, limit: 0.05, value: 0.25 }],
  earlierSource: crm,
};
const digest = makeDigest({
  domains: [
    makeDomain({ domain: "example.com", verdict: "act", totals: makeTotals({ messages: 900 }), alarm }),
    makeDomain({ domain: "example.org", totals: makeTotals({ messages: 80 }) }),
  ],
});

it("the first line and the table name its day, with what failed then and what to do", () => {
  const page = slackPage(slackMessage(digest, telling));
  expect(page).toContain(
    "# ⛔ Act: example.com mail sent by crm.example failed DMARC on Sun 15 Nov, 300 of 1,200 rejected (25%, limit 5%) · Tue 17 Nov (UTC)",
  );
  expect(page).toContain("*Seen by*  Google 300 · policy reject");
  expect(page).toContain("⛔ example.com | Sun 15 Nov: 300 rejected | 0\n1 other | nothing to do | 0");
});

it.each([
  ["the summary", digestMarkdown(digest, telling)],
  ["the terminal", digestTable(digest, wordsOf("en"), { colour: false })],
])("%s names its day beside the limit, and says what to do", (_, text) => {
  expect(text).toContain("Sun 15 Nov: 25%, limit 5%");
  expect(text).toMatch(/[Nn]ot aligned: passes as `?crm\.example/);
});
