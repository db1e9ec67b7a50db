import { expect, it } from "vitest";
import type { DomainDigest } from "../../../src/digest/digest.ts";
import { parseIssueBody } from "../../../src/digest/issues/issues.ts";
import { issueEnd } from "../../../src/render/pages/pages.ts";
import { printMarkdown } from "../../../src/render/print/print.ts";
import { languages, wordsOf } from "../../../src/render/words/words.ts";
import { actDigest, makeImpact, makeIncident, makeSource, telling } from "../digests.ts";
import {
  issueLife,
  keyBroken,
  makeIssueFacts,
  makeIssueIncident,
  overviewFacts,
  sendGridFails,
  tlsFails,
} from "../issues.ts";
import { issueText } from "../printed.ts";

const domain = actDigest.domains[0] as DomainDigest;
it.each(languages)("the life of an issue reads as reviewed, in %s", async (language) => {
  const options = { ...telling, words: wordsOf(language) };
  const steps = issueLife.map(({ name, facts }) => {
    const { title, body, comment = "(no comment)\n" } = issueText(facts, options);
    return `# ${name}\n\n## ${title}\n\n${body}\n## Comment\n\n${comment}`;
  });
  const { title, body } = issueText(overviewFacts, options);
  const end = printMarkdown(issueEnd(options));
  const text = [...steps, `# overview\n\n## ${title}\n\n${body}`, `# the end of each\n\n${end}`].join("\n");
  await expect(text).toMatchFileSnapshot(`../fixtures/issue-life.${language}.md`);
});

it("the title is that of the worst incident, and counts the others that are open", () => {
  const muted = makeIssueIncident({ muted: { by: "issue" } });
  const over = makeIssueIncident({ ended: "2026-11-17" });
  const { title, body } = issueText({ ...makeIssueFacts([sendGridFails, keyBroken, muted, over]), domain }, telling);
  expect(title).toBe("DMARC: example.com mail sent by SendGrid fails DMARC, all 80 quarantined and 1 more");
  expect(parseIssueBody(body).name).toBe("example.com");
});

it("the title counts a certificate of one mail host once, though it failed for another domain on another day", () => {
  const [first, second] = [
    tlsFails("certificate-expired", "example.com"),
    tlsFails("certificate-expired", "example.org", { day: "2026-11-16" }),
  ];
  const { title } = issueText({ ...makeIssueFacts([first, second]), domain }, telling);
  expect(title).toBe("Inbound TLS: certificate of mx1.example.com expired: 20 sessions failed");
});

it("hosts that fail alike are one row, one step and one problem, on whatever days they failed", () => {
  const days = ["2026-11-16", "2026-11-17", "2026-11-17"];
  const hosts = days.map((day, index) => {
    const subject = `198.51.${100 + index}.0/24`;
    const impact = makeImpact({ rejected: 20 });
    const addresses = [`198.51.${100 + index}.7`];
    const source = makeSource({ source: subject, mailClass: "missing-in-spf", impact, messages: 20, addresses });
    return makeIssueIncident({ subject, day, likeness: "spf", messages: 20, source, news: "new" });
  });
  const sources = hosts.flatMap(({ source }) => source ?? []);
  const facts = { ...makeIssueFacts(hosts), domain: { ...domain, sources } };
  const { title, body, comment } = issueText(facts, telling);
  expect(title).toBe("DMARC: example.com mail sent by 198.51.100.0/24 and others fails DMARC, all 60 rejected");
  expect(body.match(/sent by `198\.51\.\d+\.0\/24` and others/g)).toHaveLength(1);
  expect(body).toContain("Add `198.51.100.7`, `198.51.101.7`, `198.51.102.7` to the SPF record of `example.com`");
  expect(comment?.match(/sent by/g)).toHaveLength(1);
});

it("a limit that was passed is told from the sender that passed it", () => {
  const limit = makeIssueIncident({ ...sendGridFails, rule: "threshold", subject: "", messages: 200 });
  const { body } = issueText({ ...makeIssueFacts([sendGridFails, limit]), domain }, telling);
  expect(body).toContain("| ⛔ `example.com` mail sent by `SendGrid` fails DMARC, all 80 quarantined. |");
  expect(body).toContain("| ⛔ `example.com` mail fails above your limit, 200 messages. |");
});

it("a limit that was passed on earlier days counts their messages where nothing failed on this one", () => {
  const limit = makeIncident({ rule: "threshold", subject: "", own: makeImpact(), evaluated: 0, messages: 200 });
  const { headline } = wordsOf("en");
  const told = { ...actDigest, findings: [{ kind: "incident", verdict: "act", ...limit } as const] };
  expect(headline(told, String).text).toBe("⛔ Act, new: example.com mail fails above your limit, 200 messages");
});

it.each([
  ["en", "| Sessions |", "| 37 sessions |", "| Messages |"],
  ["ja", "| セッション |", "| 37セッション |", "| メール数 |"],
] as const)("inbound TLS is counted by sessions, beside mail too, in %s", (language, title, sessions, messages) => {
  const tls = tlsFails("sts-policy-fetch-error", "example.com", { messages: 37 });
  const options = { ...telling, words: wordsOf(language) };
  const { body } = issueText(makeIssueFacts([tls]), options);
  expect(body).toContain(title);
  expect(body).toContain(sessions);
  expect(body).toContain("`https://mta-sts.example.com/.well-known/mta-sts.txt`");
  const { body: mixed } = issueText(makeIssueFacts([sendGridFails, tls]), options);
  expect(mixed).toContain(messages);
  expect(mixed).toContain(sessions);
  expect(mixed).toMatch(
    /\| 1,216 \| 95.* \| 122 \| 448 \| 37.*\n\| .* \| (no reports|レポートなし) \| – \| – \| 1,450 \| 0 \|\n/,
  );
});

it("a closed issue keeps its title", () => {
  const issue = { number: 7, url: "", state: "closed", title: "DMARC: as it was", body: "", comments: 3 } as const;
  expect(issueText(makeIssueFacts([sendGridFails], { issue }), telling).title).toBe("DMARC: as it was");
});

it.each([
  ["not-aligned", ["This is ours", "This is not ours", "Mute until a day, at most a year from now"]],
  ["broken-signature", ["This is not ours", "Mute until a day, at most a year from now"]],
  ["strict-alignment", ["Mute until a day, at most a year from now"]],
] as const)(
  "of a sender whose mail is %s the lines to paste are those that have an effect, for the file that is read",
  (mailClass, titles) => {
    const { source } = sendGridFails;
    const failing = makeIssueIncident({ ...sendGridFails, ...(source && { source: { ...source, mailClass } }) });
    const { body } = issueText({ ...makeIssueFacts([failing]), file: "settings/dmarc_1.yml" }, telling);
    expect(Array.from(body.matchAll(/<summary>(.*)<\/summary>/g), ([, title]) => title)).toEqual(titles);
    expect(body.split("\n# Into settings/dmarc_1.yml. Keep the")).toHaveLength(titles.length + 1);
  },
);

it("of a domain of which no source is known, the step is that of the rule", () => {
  const { body } = issueText(makeIssueFacts([keyBroken], { name: "overview" }), telling);
  expect(body).toContain(
    "- **`example.com`** Compare the DNS record `s1._domainkey.example.com` with the key that the sender signs with",
  );
});

it("of hundreds of incidents the worst hundred are shown, and the rest is counted", () => {
  const many = Array.from({ length: 150 }, (_, index) =>
    makeIssueIncident({ domain: `d${index}.example`, subject: `s${index}.example` }),
  );
  const { body } = issueText({ ...makeIssueFacts(many, { name: "overview" }), days: [] }, telling);
  const [, table = ""] = body.split("### What is wrong");
  expect(table.split("\n").filter((line) => line.startsWith("| ⛔"))).toHaveLength(100);
  expect(table).toContain("\n| and 50 more |  |  |\n");
  const [, steps = ""] = body.split("### What to do");
  expect(steps.split("\n").filter((line) => line.startsWith("- "))).toHaveLength(101);
  expect(parseIssueBody(body).record?.incidents).toHaveLength(150);
});

it("what is wrong at one mail host or sender of several domains has one step, whatever its level and since whenever", () => {
  const hosts = ["mx2.host.example", "mx1.host.example"];
  const tls = { rule: "tls-fails" as const, hosts, messages: 60 };
  const ofDomain = (domain: string) => ({ ...tls, domain, subject: `certificate-expired ${domain}` });
  const many = [
    makeIssueIncident(ofDomain("a.example")),
    makeIssueIncident({ ...ofDomain("b.example"), change: "known", age: 2, hosts: ["mx1.host.example"] }),
    makeIssueIncident({ ...ofDomain("c.example"), level: "look", isEarlier: true }),
    makeIssueIncident({ ...ofDomain("d.example"), subject: "dnssec-invalid d.example" }),
    makeIssueIncident({ ...ofDomain("e.example"), subject: "sts-policy-invalid e.example" }),
    makeIssueIncident({ ...ofDomain("f.example"), subject: "sts-policy-invalid f.example" }),
  ];
  const { body } = issueText({ ...makeIssueFacts(many, { name: "overview" }), days: [] }, telling);
  const [, steps = ""] = body.split("### What to do");
  expect(steps.split("\n").filter((line) => line.startsWith("- "))).toEqual([
    expect.stringMatching(/^- \*\*`a.example`, `b.example`, `c.example`\*\* Renew the certificate of `mx2.*`, `mx1/),
    expect.stringMatching(/^- \*\*`d.example`\*\* See that the signatures/),
    expect.stringMatching(/^- \*\*`e.example`\*\* Mend `https:\/\/mta-sts.e.example/),
    expect.stringMatching(/^- \*\*`f.example`\*\* Mend/),
  ]);
  expect(body).toContain("Certificate of `mx2.host.example` and 1 more expired: 60 sessions of `a.example` failed");
});

it("the title of the issue of many domains counts those that are in alarm, and not those that are over", () => {
  const over = makeIssueIncident({ domain: "over.example", ended: "2026-11-16" });
  const plan = { ...overviewFacts.plan, incidents: [...overviewFacts.plan.incidents, over] };
  expect(issueText({ ...overviewFacts, plan }, telling).title).toMatch(/^24 domains in alarm\. /);
});

it("what to do about a record of ours is said once, however many networks fail by it", () => {
  const signatures = [{ domain: "example.com", selector: "s1" }];
  const sources = ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"].map((source) =>
    makeSource({ source, mailClass: "our-dns", signatures, results: { dkim: "permerror" } }),
  );
  const { body } = issueText({ ...makeIssueFacts([sendGridFails]), domain: { ...domain, sources } }, telling);
  expect(body.match(/Publish the DNS record/g)).toHaveLength(1);
  expect(body.match(/DNS record fails: d=/g)).toHaveLength(1);
});
