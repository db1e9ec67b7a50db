import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Digest, Finding } from "../../../src/digest/digest.ts";
import { worstVerdict } from "../../../src/digest/verdict.ts";
import {
  digestPage,
  earlyPage,
  failurePage,
  type PageOptions,
  repeatedPage,
  restatedPage,
  threadPage,
  weekPage,
  weekThreadPage,
  withdrawnPage,
  worsenedPage,
} from "../../../src/render/pages/pages.ts";
import { printSlack, withMentions } from "../../../src/render/print/print.ts";
import { countCharacters } from "../../../src/render/print/slack-blocks.ts";
import { isProblem } from "../../../src/render/problems.ts";
import { languages, wordsOf } from "../../../src/render/words/words.ts";
import { findBlockTrouble } from "../../servers/slack/blocks.ts";
import { actDigest, makeDigest, makeDomain, makeIncident, telling } from "../digests.ts";
import { threadMessage } from "../printed.ts";
import { slackPage } from "../slack-page.ts";
import { loudWeek } from "../weeks.ts";
import { allFindings } from "../words/said.ts";

/** Up to 500 findings of every kind, each about a domain of its own, or all about one, with names short or long. */
const someFindings = fc
  .record({
    findings: fc.oneof(
      fc.array(fc.constantFrom(...allFindings), { maxLength: 500 }),
      fc
        .tuple(fc.constantFrom(...allFindings), fc.nat({ max: 500 }))
        .map(([one, count]) => Array.from({ length: count }, () => one)),
    ),
    label: fc.constantFrom("d", "a-rather-long-label.".repeat(3)),
    change: fc.constantFrom(undefined, "new", "known", "worse", "back"),
    isOneDomain: fc.boolean(),
  })
  .map(({ findings, label, change, isOneDomain }) =>
    findings.map((one, index): Finding => {
      if (!isProblem(one)) return one;
      const domain = isOneDomain ? "example.com" : `${label}${index}.example`;
      return { ...one, domain, subject: one.subject.replace("example.com", domain), ...(change && { change }) };
    }),
  );

function digestOf(findings: readonly Finding[]): Digest {
  const [loud] = actDigest.domains;
  const names = new Set(findings.filter(isProblem).map(({ domain }) => domain));
  const domains = [...names, "example.org"].map((domain) => makeDomain({ ...loud, domain }));
  const said = { ...actDigest, domains, findings: [...findings] };
  return makeDigest({ ...said, verdict: worstVerdict(findings.map(({ verdict }) => verdict)) });
}

/** Each kind of message that tells of a digest's findings, or of as many things of another kind. */
function pagesOf(digest: Digest, options: PageOptions) {
  const incidents = digest.findings.filter(isProblem);
  const week = { ...loudWeek, incidents };
  const whys = incidents.map(({ subject }) => `The run could not post ${subject}.`);
  const page = digestPage(digest, options);
  return Object.entries({
    page,
    repeated: repeatedPage(page, options.at, options.words),
    thread: threadPage(digest, options),
    early: earlyPage(digest, options),
    restated: restatedPage(digest, "ok", options),
    worsened: worsenedPage(digest, options),
    withdrawn: withdrawnPage(incidents.length === 0 ? [makeIncident()] : incidents, options),
    week: weekPage(week, options),
    weekThread: weekThreadPage(week, options),
    failure: failurePage({ kind: "partial", whys }, options.links.run, options.words),
  });
}

describe.each(languages)("in %s", (language) => {
  it("no message breaks a limit of Slack's, whatever was found and however much", () => {
    const options = { ...telling, words: wordsOf(language) };
    const property = fc.property(someFindings, (findings) => {
      for (const [name, page] of pagesOf(digestOf(findings), options)) {
        if (page === undefined) continue;
        const { blocks, fallbackBlocks } = withMentions(printSlack(page), ["U012ABCDEF", "S012ABCDEF"]);
        expect([name, findBlockTrouble(blocks), findBlockTrouble(fallbackBlocks)]).toEqual([
          name,
          undefined,
          undefined,
        ]);
      }
    });
    fc.assert(property, { numRuns: 25, seed: 50, endOnFailure: true });
  });
});

describe("what has no room in the thread is counted", () => {
  const incidents = Array.from({ length: 205 }, (_, index) =>
    makeIncident({ rule: "tls-fails", domain: `d${index}.example`, subject: `sts-policy-invalid d${index}.example` }),
  );

  it("and each problem above that has what to do, with the run to look the others up", () => {
    const message = threadMessage(makeDigest({ incidents }), telling);
    const page = slackPage(message ?? { text: "", blocks: [], fallbackBlocks: [] });
    const told = page.match(/^\*.*\d+\. ⛔.*\*$/gm) ?? [];
    expect(told.length).toBeGreaterThan(15);
    expect(page.match(/Mend `?https/g)).toHaveLength(told.length);
    expect(page).toContain(`\nand ${200 - told.length} more\n`);
    expect(page).toMatch(/\(<https:[^|]*\|Run>/);
    expect(countCharacters(message?.blocks ?? [])).toBeLessThanOrEqual(9_000);
  });
});
