import { describe, expect, it } from "vitest";
import { slackMessage } from "../../src/render/slack.ts";
import { countCharacters } from "../../src/render/slack-blocks.ts";
import { findBlockTrouble } from "../servers/slack-blocks.ts";
import {
  actDigest,
  emptyDigest,
  lookDigest,
  makeDigest,
  makeDomain,
  makeLargeDigest,
  newsDigest,
  okDigest,
  telling,
} from "./digests.ts";
import { slackPage } from "./slack-page.ts";

describe("a digest reads well in Slack", () => {
  it.each([
    ["ok", okDigest],
    ["look", lookDigest],
    ["act", actDigest],
    ["empty", emptyDigest],
    ["news", newsDigest],
  ])("%s", async (name, digest) => {
    const message = slackMessage(digest, telling);
    expect(findBlockTrouble(message.blocks)).toBeUndefined();
    await expect(slackPage(message)).toMatchFileSnapshot(`fixtures/${name}.slack.txt`);
  });
});

it("300 domains: those to act on or look at come first, and the others are counted", () => {
  const message = slackMessage(makeLargeDigest(300), telling);
  expect(findBlockTrouble(message.blocks)).toBeUndefined();
  expect(slackPage(message)).toContain("🔴 example.com | 1,216 | 95 (7.9 %) | 95 quarantined");
  expect(slackPage(message)).toContain("🟡 department-10.example.com | 509");
  expect(slackPage(message)).toContain("289 others | 189,006 | 0 | nothing to do");
});

it("300 domains in alarm, each with much to say: the message stays within Slack's limits and says what is left out", () => {
  const [loud] = actDigest.domains;
  const domains = Array.from({ length: 300 }, (_, index) =>
    makeDomain({ ...loud, domain: `${"long-label-".repeat(5)}${index}.example.com` }),
  );
  const problem = { mail: "x".repeat(1000), state: "corrupt" as const, reason: "y".repeat(1000) };
  const problems = Array.from({ length: 20 }, () => problem);
  const unreadMailboxes = Array.from({ length: 30 }, () => ({ mailbox: "z".repeat(500), message: "m".repeat(5000) }));
  const intake = {
    mails: 20,
    states: { corrupt: 20 },
    problems,
    unreadMailboxes,
    unknownDomains: { domains: [], more: 0 },
    toGo: [],
  };
  const earlierDays = Array.from({ length: 40 }, () => actDigest.earlierDays).flat();
  const names = domains.map(({ domain }) => domain);
  const policies = ["p=none", "p=none sp=reject", "p=quarantine", "p=quarantine sp=none np=reject", "p=reject t=y"];
  const news = {
    newServices: names.map((domain) => ({ domain, source: domain, messages: 10, passed: 10 })),
    brokenSources: [],
    newDomains: names,
    policyChanges: names.map((domain, index) => {
      const [from = "p=none", to = "p=reject"] = [policies[index % 5], policies[(index + 2) % 5]];
      return { domain, from, to, since: "2026-11-17" };
    }),
  };
  const message = slackMessage(makeDigest({ domains, intake, earlierDays, news }), telling);
  expect(findBlockTrouble(message.blocks)).toBeUndefined();
  expect(slackPage(message)).toMatch(/2\d\d others \| [\d,]+ \| [\d,]+ \| [\d,]+ quarantined/);
  expect(slackPage(message)).toMatch(/and 29\d more/);
  expect(slackPage(message)).toContain("and 300 more\n");
  expect(countCharacters(message.blocks)).toBeLessThanOrEqual(9_000);
});

it("without links there is no link", () => {
  expect(JSON.stringify(slackMessage(actDigest, { ...telling, links: {} }))).not.toContain("http");
});

it("a link that is no web address is left out, and one with signs of mrkdwn is encoded", () => {
  const page = slackPage(
    slackMessage(okDigest, { ...telling, links: { run: "javascript:alert(1)", commit: "https://git.example/a|b>c" } }),
  );
  expect(page).not.toContain("javascript");
  expect(page).toContain("<https://git.example/a%7Cb%3Ec|History at this commit>");
});
