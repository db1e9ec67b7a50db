import { describe, expect, it } from "vitest";
import type { DigestLinks } from "../../../src/render/links.ts";
import { countCharacters } from "../../../src/render/print/slack-blocks.ts";
import { because } from "../../reasons.ts";
import { findBlockTrouble } from "../../servers/slack/blocks.ts";
import {
  actDigest,
  actIncidents,
  keptDigests,
  lookDigest,
  makeDigest,
  makeDomain,
  makeIncident,
  makeIntake,
  makeLargeDigest,
  makeSource,
  newsDigest,
  okDigest,
  telling,
} from "../digests.ts";
import { digestMarkdown, slackMessage, threadMessage } from "../printed.ts";
import { slackPage } from "../slack-page.ts";

describe("a digest reads well in Slack", () => {
  it.each(keptDigests)("%s", async (name, digest) => {
    const message = slackMessage(digest, telling);
    expect(findBlockTrouble(message.blocks)).toBeUndefined();
    await expect(slackPage(message)).toMatchFileSnapshot(`../fixtures/${name}.slack.txt`);
  });
});

it("the CSV is named where it is in the thread, and nowhere else", () => {
  expect(slackPage(slackMessage(okDigest, { ...telling, isCsvInThread: true }))).toMatch(/failures.{1,2}csv in thread/);
  expect(slackPage(slackMessage(okDigest, telling))).not.toContain("csv");
});

it("300 domains: those to act on or look at come first, and the others are counted", () => {
  const message = slackMessage(makeLargeDigest(300), telling);
  expect(findBlockTrouble(message.blocks)).toBeUndefined();
  expect(slackPage(message)).toContain("⛔ example.com | 95 quarantined (7.9%) | 1,");
  expect(slackPage(message)).toContain("⚠️ department-10.example.com | 20 delivered (3.9%) | ");
  expect(slackPage(message)).toContain("289 others | nothing to do | ");
});

it("300 domains in alarm, each with much to say: the message stays within Slack's limits and says what is left out", () => {
  const [loud] = actDigest.domains;
  const domains = Array.from({ length: 300 }, (_, index) =>
    makeDomain({ ...loud, domain: `${"long-label-".repeat(5)}${index}.example.com` }),
  );
  const problem = { mail: "x".repeat(1000), state: "corrupt" as const, reason: "y", why: because("y".repeat(1000)) };
  const problems = Array.from({ length: 20 }, () => problem);
  const unreadMailboxes = Array.from({ length: 30 }, (_, index) => ({
    mailbox: `${"z".repeat(500)}${index}`,
    message: "m",
    why: because("m".repeat(5000)),
  }));
  const intake = {
    mails: 20,
    states: { corrupt: 20 },
    trouble: { states: { corrupt: 20 }, senders: [] },
    problems,
    unreadMailboxes,
    unknownDomains: { domains: [], more: 0 },
    toGo: [],
  };
  const earlierDays = Array.from({ length: 40 }, () => actDigest.earlierDays).flat();
  const incidents = domains.map(({ domain }) =>
    makeIncident({ ...actIncidents[0], domain, rule: "threshold", subject: "" }),
  );
  const names = domains.map(({ domain }) => domain);
  const policies = ["p=none", "p=none sp=reject", "p=quarantine", "p=quarantine sp=none np=reject", "p=reject t=y"];
  const news = {
    newServices: names.map((domain) => ({ domain, source: domain, messages: 10, passed: 10 })),
    newDomains: names,
    policyChanges: names.map((domain, index) => {
      const [from = "p=none", to = "p=reject"] = [policies[index % 5], policies[(index + 2) % 5]];
      return { domain, from, to, since: "2026-11-17" };
    }),
  };
  const message = slackMessage(makeDigest({ incidents, domains, intake, earlierDays, news }), telling);
  expect(findBlockTrouble(message.blocks)).toBeUndefined();
  expect(slackPage(message)).toMatch(/2\d\d others \| [\d,]+ quarantined \(7\.9%\) \| [\d,]+\n/);
  expect(slackPage(message)).toMatch(/and 319 more/);
  expect(slackPage(message)).toContain("and 300 more\n");
  expect(countCharacters(message.blocks)).toBeLessThanOrEqual(9_000);
});

it("97 domains in alarm with names of different lengths: the plain table with its blanks is within the limits, too", () => {
  const [loud] = actDigest.domains;
  const domains = Array.from({ length: 97 }, (_, index) =>
    makeDomain({ ...loud, domain: index === 0 ? `${"long".repeat(14)}.com` : `d${index}.com` }),
  );
  for (const message of [
    slackMessage(makeDigest({ domains }), telling),
    threadMessage(makeDigest({ domains }), telling),
  ]) {
    expect(findBlockTrouble(message?.fallbackBlocks)).toBeUndefined();
  }
});

it("mails that could not be read are told first where they are the reason, and those left out are counted", () => {
  const problems = Array.from({ length: 20 }, (_, index) => ({
    mail: `files reports/that/came/in/this/year/and/this/quarter/and/month/report-${index}.xml.gz`,
    state: "corrupt" as const,
    reason: "the gzip file is cut off",
    why: { code: "gzip-cut-off" as const },
  }));
  const trouble = { states: { corrupt: 28 }, senders: ["google.com"] };
  const intake = makeIntake({ mails: 40, states: { stored: 12, corrupt: 28 }, trouble, problems });
  const page = slackPage(slackMessage(makeDigest({ intake }), telling)).split("\n\n");
  expect(page[3]).toMatch(
    /month\/report-0\.xml\.gz\* {2}unreadable: the gzip file is cut off\n(.*\n){5}- and 22 more$/,
  );
  expect(page.join().match(/28 mails from google.{1,2}com not fully counted/g)).toHaveLength(2);
});

it("a first line has the names that it has room for, and what it has no room for stands below", () => {
  const domain = `${"a-rather-long-name".repeat(3)}.example.co.jp`;
  const limits = [{ threshold: "max-fail-rate" as const, limit: 0.05, value: 0.079 }];
  const passed = [...limits, ...limits, ...limits];
  const incidents = [makeIncident({ domain, source: makeSource(), passed, change: "known", age: 5 })];
  const { blocks } = slackMessage(makeDigest({ incidents }), telling);
  expect(findBlockTrouble(blocks)).toBeUndefined();
  const page = slackPage({ text: "", blocks: blocks.slice(0, 2) });
  expect(page).toMatch(
    /^# ⛔ Still open, day 5: .* mail sent by 192\.0\.2\.0\/24 .*\n\n\(Tue 17 Nov \(UTC\) · 7\.9%, limit 5%/m,
  );
});

it("without links there is no link but to the service's own page", () => {
  for (const digest of [actDigest, okDigest]) {
    expect(JSON.stringify(slackMessage(digest, { ...telling, links: {} }))).not.toMatch(/http(?!s:\/\/www\.twilio)/);
  }
});

it("a link that is no web address is left out, and one with signs of mrkdwn is encoded", () => {
  const page = slackPage(
    slackMessage(actDigest, { ...telling, links: { run: "javascript:alert(1)", commit: "https://git.example/a|b>c" } }),
  );
  expect(page).not.toContain("javascript");
  expect(page).toContain("<https://git.example/a%7Cb%3Ec|History at this commit>");
});

describe("on a day on which there is nothing to do", () => {
  const quiet = makeDigest({ domains: okDigest.domains, restated: actDigest.restated.slice(1) });

  it("the message is its first line, its figures, and one line with the rest", () => {
    const { blocks } = slackMessage(okDigest, telling);
    expect(blocks.map(({ type }) => type)).toEqual(["header", "rich_text", "context"]);
  });

  it("what was restated is told, and when the message itself is brought up to date, no mails", () => {
    const bare = { ...telling, links: {} };
    const told = slackPage(slackMessage(quiet, bare));
    expect(told).toContain("(Complete 97% · Restated 1 day a little, same verdict · 14 mails, all accounted for)");
    const restated = slackPage(slackMessage(quiet, { ...bare, isWithoutIntake: true }));
    expect(restated).toContain("(Complete 97% · Restated 1 day a little, same verdict)");
  });

  it("it leads to the run and to the commit, where they are on the web", () => {
    const linksOf = (links: DigestLinks) => slackPage(slackMessage(okDigest, { ...telling, links })).match(/<[^>]*>/g);
    const [run, commit] = ["https://git.example/run", "https://git.example/commit"];
    expect(linksOf({ run, commit })).toEqual([`<${run}|Run>`, `<${commit}|History at this commit>`]);
    expect(linksOf({ run: "javascript:alert(1)", commit })).toEqual([`<${commit}|History at this commit>`]);
  });

  it("a share that Slack would take for a tag is shown as it is", () => {
    const coverage = { share: 0.9999, missing: [] };
    expect(slackPage(slackMessage(makeDigest({ coverage }), telling))).toContain("(Complete &gt;99.9% · ");
  });

  it("earlier days, reports that do not count and what is new stand below", () => {
    const { earlierDays } = lookDigest;
    const senders = [{ reporter: "reports.example", reports: 2, messages: 14, standing: "new" as const }];
    const notCounted = { reports: 2, messages: 14, senders, moreSenders: 0 };
    const { blocks } = slackMessage(makeDigest({ earlierDays, notCounted, news: newsDigest.news }), telling);
    expect(blocks.map(({ type }) => type).slice(3)).toEqual(["rich_text", "rich_text", "rich_text"]);
  });
});

it("what is known takes one line, and its step stands where there is room", () => {
  const message = slackPage(slackMessage(actDigest, telling));
  expect(message).toMatch(
    /^2\. ⚠️ Still open, day 5: example\.net mail sent by 198\.51\.100\.0\/24 fails, 6 messages still delivered$/m,
  );
  expect(message).not.toContain("See how 198.51.100.0/24");
  expect(digestMarkdown(actDigest, telling)).toContain("See how `198.51.100.0/24`");
});
