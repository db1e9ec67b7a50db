import { describe, expect, it, test } from "vitest";
import type { DomainDigest } from "../../../src/digest/digest.ts";
import { digestPage, issuePage, weekPage } from "../../../src/render/pages/pages.ts";
import { printMarkdown } from "../../../src/render/print/print.ts";
import { languages, wordsOf } from "../../../src/render/words/words.ts";
import { actDigest, actIncidents, keptDigests, telling } from "../digests.ts";
import { expectShown, shownByGitHub } from "../github.ts";
import { makeIssueFacts, makeIssueIncident } from "../issues.ts";
import { emptyWeek, loudWeek } from "../weeks.ts";

describe.each(languages)("GitHub shows in %s, with each cell, line, link and folded part as meant,", (language) => {
  const options = { ...telling, words: wordsOf(language) };
  it.each(keptDigests)("the digest %s", (_, digest) => {
    const page = digestPage(digest, options);
    expectShown(page, printMarkdown(page));
  });

  it.each([
    ["loud", loudWeek],
    ["empty", emptyWeek],
  ])("the week %s", (_, week) => {
    const page = weekPage(week, options);
    expectShown(page, printMarkdown(page));
  });

  it("an issue", () => {
    const facts = {
      ...makeIssueFacts(actIncidents.map((one) => makeIssueIncident(one))),
      domain: actDigest.domains[0] as DomainDigest,
    };
    const page = issuePage(facts, options);
    expectShown(page, printMarkdown(page));
  });
});

test("a cell that a stranger's text would break is seen", () => {
  expect(shownByGitHub("| a | b |\n| --- | --- |\n| x|y | z |").tables).toEqual([
    [
      ["a", "b"],
      ["x", "y"],
    ],
  ]);
  expect(shownByGitHub("| a |\n| --- |\n| see www.evil.example |").links).toEqual(["http://www.evil.example"]);
});
