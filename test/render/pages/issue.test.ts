import { expect, it } from "vitest";
import type { DomainDigest } from "../../../src/digest/digest.ts";
import { type IssueIncident, type IssuePlan, parseIssueBody } from "../../../src/digest/issues/issues.ts";
import { issueEnd } from "../../../src/render/pages/pages.ts";
import { printMarkdown } from "../../../src/render/print/print.ts";
import { languages, wordsOf } from "../../../src/render/words/words.ts";
import { actDigest, actIncidents, makeImpact, makeIncident, telling } from "../digests.ts";
import { makeIssueFacts, makeIssueIncident } from "../issues.ts";
import { issueText } from "../printed.ts";

const domain = actDigest.domains[0] as DomainDigest;
const sendGrid = makeIssueIncident(actIncidents[0]);
const key = makeIssueIncident({
  rule: "key-broken",
  subject: "example.com/s1",
  messages: 40,
  own: makeImpact({ rejected: 40 }),
});

/** What happens to an issue, one step after the other. */
const life: [string, readonly IssueIncident[], Partial<IssuePlan>][] = [
  ["opened", [sendGrid], { do: "open", news: [] }],
  [
    "another incident, and one that is worse",
    [
      { ...sendGrid, news: "worse", age: 2 },
      { ...key, news: "new" },
    ],
    {},
  ],
  [
    "better",
    [
      { ...key, goodDays: 1, news: "better" },
      { ...sendGrid, ended: "2026-11-20", state: "recovered", news: "over" },
    ],
    {},
  ],
  [
    "muted by the file",
    [sendGrid, { ...key, muted: { by: "file", until: "2026-12-24", reason: "the vendor moves" } }],
    {},
  ],
  [
    "closed",
    [{ ...sendGrid, since: "2026-11-12", ended: "2026-11-20", state: "recovered", news: "over" }],
    { do: "close", issue: { number: 7, url: "", state: "open", title: "DMARC: as it was", body: "", comments: 3 } },
  ],
  ["back", [{ ...sendGrid, since: "2026-11-12", age: 14, news: "back" }], { do: "reopen" }],
];

it.each(languages)("the life of an issue reads as reviewed, in %s", async (language) => {
  const options = { ...telling, words: wordsOf(language) };
  const steps = life.map(([name, incidents, said]) => {
    const facts = { ...makeIssueFacts(incidents, said), domain, owner: "@example/mail-team" };
    const { title, body, comment = "(no comment)\n" } = issueText(facts, options);
    return `# ${name}\n\n## ${title}\n\n${body}\n## Comment\n\n${comment}`;
  });
  const many = [sendGrid, makeIssueIncident({ ...makeIncident({ domain: "example.net" }) })];
  const { title, body } = issueText({ ...makeIssueFacts(many, { name: "overview" }), days: [] }, options);
  const end = printMarkdown(issueEnd(options));
  const text = [...steps, `# overview\n\n## ${title}\n\n${body}`, `# the end of each\n\n${end}`].join("\n");
  await expect(text).toMatchFileSnapshot(`../fixtures/issue-life.${language}.md`);
});

it("the title is that of the worst incident, and counts the others that are open", () => {
  const muted = makeIssueIncident({ muted: { by: "issue" } });
  const over = makeIssueIncident({ ended: "2026-11-17" });
  const { title, body } = issueText({ ...makeIssueFacts([sendGrid, key, muted, over]), domain }, telling);
  expect(title).toBe("DMARC: example.com mail sent by SendGrid fails DMARC, all 80 quarantined and 1 more");
  expect(parseIssueBody(body).name).toBe("example.com");
});

it("a closed issue keeps its title", () => {
  const issue = { number: 7, url: "", state: "closed", title: "DMARC: as it was", body: "", comments: 3 } as const;
  expect(issueText(makeIssueFacts([sendGrid], { issue }), telling).title).toBe("DMARC: as it was");
});

it("of a domain of which no source is known, the step is that of the rule", () => {
  const { body } = issueText(makeIssueFacts([key], { name: "overview" }), telling);
  expect(body).toContain(
    "- **`example.com`** Compare the DNS record `s1._domainkey.example.com` with the key that the sender signs with",
  );
});
