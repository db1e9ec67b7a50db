import { describe, expect, test } from "vitest";
import { isOnce, type RuleName } from "../../../src/digest/incidents/incidents.ts";
import { spell } from "../../../src/render/page.ts";
import { digestPage, threadPage } from "../../../src/render/pages/pages.ts";
import { displayWidth } from "../../../src/render/print/print.ts";
import texts from "../../../src/render/words/english/rules.json" with { type: "json" };
import { languages, wordsOf } from "../../../src/render/words/words.ts";
import {
  telling as english,
  makeDigest,
  makeImpact,
  makeIncident,
  makeIntake,
  makeSource,
  okDigest,
} from "../digests.ts";
import { slackMessage } from "../printed.ts";
import { slackPage } from "../slack-page.ts";

/* The first line of a message: at most two lines of a phone, with how a problem stands before what it is. */

const plain = (text: string) => spell(text, { name: String, rest: String });
const headlineOf = (...of: Parameters<typeof digestPage>) => plain(digestPage(...of).headline);
const long = `${"a-rather-long-name".repeat(3)}.example.co.jp`;
const subjects: Partial<Record<RuleName, string>> = {
  "key-broken": `${long}/selector1`,
  dns: "SPF",
  "leg-lost": `${long} SPF`,
  "tls-fails": `certificate-expired ${long}`,
};
const source = makeSource({
  source: long,
  mailClass: "not-aligned",
  impact: makeImpact({ quarantined: 12_431 }),
  messages: 98_765,
});

describe.each(languages)("in %s", (language) => {
  const telling = { ...english, words: wordsOf(language) };

  test.each(Object.keys(texts.rules).filter((name) => !name.includes(".")) as RuleName[])(
    "%s takes two lines of a phone at most, however long its names are",
    (rule) => {
      const said = {
        domain: long,
        subject: subjects[rule] ?? long,
        rule,
        messages: 12_431,
        ...(rule === "sender-fails" && { source }),
      };
      for (const change of isOnce({ rule }) ? (["new"] as const) : (["new", "worse", "back", "known"] as const)) {
        const headline = headlineOf(makeDigest({ incidents: [makeIncident({ ...said, change, age: 12 })] }), telling);
        expect(displayWidth(headline), headline).toBeLessThanOrEqual(90);
        // That nothing counts names nobody.
        if (rule !== "nothing-counts") expect(headline).toMatch(/…/);
      }
    },
  );
});

test.each([
  [{ change: "new" }, "⛔ Act, new: example.com mail sent by SendGrid fails DMARC, all 80 quarantined"],
  [
    { change: "worse", age: 6 },
    "⛔ Act, worse, day 6: example.com mail sent by SendGrid fails DMARC, all 80 quarantined",
  ],
  [
    { change: "known", age: 5 },
    "⛔ Still open, day 5: example.com mail sent by SendGrid fails DMARC, all 80 quarantined",
  ],
] as const)("how a problem stands comes first: %o", (said, headline) => {
  const own = makeSource({ source: "sendgrid.net", mailClass: "not-aligned", impact: makeImpact({ quarantined: 80 }) });
  expect(headlineOf(makeDigest({ incidents: [makeIncident({ source: own, ...said })] }), english)).toBe(headline);
});

test("one service that is broken at several domains is one problem, with its domains and its sums", () => {
  const domains = ["a.example", "b.example", "c.example", "d.example"];
  const ofDomain = (domain: string, index: number) => {
    const impact = makeImpact({ quarantined: 10 + index });
    const source = makeSource({
      source: "sendgrid.net",
      service: "SendGrid",
      mailClass: "not-aligned",
      impact,
      messages: 20,
    });
    return makeIncident({ domain, source, own: impact });
  };
  const other = makeIncident({ domain: "e.example", rule: "key-broken", subject: "e.example/s1", level: "look" });
  const page = digestPage(makeDigest({ incidents: [...domains.map(ofDomain), other] }), english);
  expect(page.below).toBe("Tue 17 Nov (UTC) · +1 domain");
  expect(plain(page.headline)).toBe(
    "⛔ Act, new: mail of 4 domains sent by SendGrid fails DMARC, 46 of 80 quarantined",
  );
  const [problem, second] = page.parts.flatMap((part) => (part.kind === "lines" ? [part] : []));
  expect(problem?.lines.map(({ label, text }) => `${label}: ${plain(text)}`)).toEqual([
    "Domains: d.example, c.example, b.example and 1 more",
    "Cause: not aligned: passes as sendgrid.net, not as your domain",
    expect.stringMatching(/^Do: Set up DKIM for d\.example, c\.example, b\.example and 1 more at SendGrid: /),
    "Seen by: Google 46 · policy reject",
  ]);
  expect(plain(second?.head ?? "")).toMatch(
    /^2\. ⚠️ Look, new: DKIM key broken in DNS record s1\._domainkey\.e\.example/,
  );
});

/** What is shown of hosts that fail alike, each of so many messages. */
function hostsPage(hosts: readonly { messages: number; change?: "new" | "known" | "worse" }[]) {
  const incidents = hosts.map(({ messages, change = "new" }, index) => {
    const impact = makeImpact({ rejected: messages });
    const addresses = [1, 2].map((last) => `198.51.${100 + index}.${last}`);
    const subject = `198.51.${100 + index}.0/24`;
    const source = makeSource({ source: subject, mailClass: "missing-in-spf", impact, messages, addresses });
    return makeIncident({ subject, change, messages, likeness: "spf", source, own: makeImpact({ rejected: 60 }) });
  });
  return digestPage(makeDigest({ incidents }), english);
}

test("networks of ours that fail alike are one problem, with the addresses of all", () => {
  const page = hostsPage([20, 20, 20].map((messages) => ({ messages })));
  expect(plain(page.headline)).toBe(
    "⛔ Act, new: example.com mail sent by 198.51.100.0/24 and others fails, 60 rejected",
  );
  const [problem] = page.parts.flatMap((part) => (part.kind === "lines" ? [part] : []));
  expect(problem?.lines.map(({ text }) => plain(text))).toContain("198.51.100.0/24, 198.51.101.0/24, 198.51.102.0/24");
  expect(problem?.lines.map(({ text }) => plain(text))).toContain(
    "Put back what covered them in the SPF record of example.com: an include, or the addresses 198.51.100.1, 198.51.100.2, 198.51.101.1 and 3 more. And let the hosts sign with DKIM",
  );
});

test.each([
  [
    "two may be servers that fail each by itself",
    [{ messages: 20 }, { messages: 30 }],
    /198\.51\.101\.0\/24 fails DMARC, all 30/,
  ],
  [
    "that a few of them are worse is no news",
    [{ messages: 9, change: "worse" }, ...[20, 20].map((messages) => ({ messages, change: "known" as const }))],
    /^⛔ Still open, day \d+: example\.com mail sent by 198…100\.0\/24 and others/,
  ],
  [
    "that most of them are is",
    [{ messages: 9, change: "known" }, ...[20, 20].map((messages) => ({ messages, change: "worse" as const }))],
    /^⛔ Act, worse, day \d+: example\.com mail sent by 198…100\.0\/24 and others/,
  ],
] as const)("of hosts that fail alike %s", (_, hosts, headline) => {
  expect(plain(hostsPage(hosts).headline)).toMatch(headline);
});

test.each([
  ["permerror", /^Publish the DNS record s1\._domainkey\.example\.com: it is not there/],
  ["fail", /^Compare the DNS record s1\._domainkey\.example\.com with the key/],
  ["policy", /^Renew the key/],
  [undefined, /^Let 192\.0\.2\.0\/24 sign with DKIM as example\.com again/],
])("the step of a lost leg is for what its key gave: %s", (result, step) => {
  const lostKey = result === undefined ? undefined : { key: "example.com/s1", result };
  const incident = makeIncident({
    rule: "leg-lost",
    subject: "192.0.2.0/24 DKIM",
    level: "look",
    ...(lostKey && { lostKey }),
  });
  const page = digestPage(makeDigest({ incidents: [{ ...incident, source: undefined }] }), english);
  const [problem] = page.parts.flatMap((part) => (part.kind === "lines" ? [part] : []));
  expect(problem?.lines.map(({ text }) => plain(text))).toContainEqual(expect.stringMatching(step));
});

test("name servers that are silent for several domains are one problem", () => {
  const ofDomain = (domain: string) => {
    const impact = makeImpact({ rejected: 10 });
    const source = makeSource({
      source: "192.0.2.0/24",
      mailClass: "our-dns",
      impact,
      messages: 20,
      signatures: [{ domain, selector: "s1" }],
      results: { dkim: "temperror", spf: "temperror" },
    });
    return makeIncident({ domain, rule: "dns", subject: `${domain}/s1`, source, own: impact });
  };
  const page = digestPage(makeDigest({ incidents: ["a.example", "b.example"].map(ofDomain) }), english);
  expect(plain(page.headline)).toBe(
    "⛔ Act, new: mail of 2 domains sent by 192.0.2.0/24 fails DMARC, 20 of 40 rejected",
  );
  const [problem] = page.parts.flatMap((part) => (part.kind === "lines" ? [part] : []));
  expect(problem?.lines.map(({ text }) => plain(text))).toContain(
    "See that the name servers of a.example, b.example answer: neither DKIM keys nor SPF records could be looked up",
  );
});

test("each tenant of a mail host is a sender of its own, and named", () => {
  const ofTenant = (tenant: string, index: number) => {
    const [subject, impact] = [`${tenant}.onmicrosoft.com`, makeImpact({ rejected: 30 - index })];
    const source = makeSource({ source: subject, service: "Microsoft 365", mailClass: "unknown", impact });
    return makeIncident({ rule: "unknown-sender", level: "look", domain: `${tenant}.example`, subject, source });
  };
  const page = digestPage(makeDigest({ incidents: ["contoso", "fabrikam"].map(ofTenant) }), english);
  const problems = page.parts.flatMap((part) => (part.kind === "lines" ? [part] : []));
  expect(plain(page.headline)).toBe(
    "⚠️ Look, new: is contoso…nmicrosoft.com (Microsoft 365) yours? It sends as contoso.example",
  );
  expect(problems.slice(0, 2).map(({ head = "" }) => plain(head))).toEqual([
    "",
    "2. ⚠️ Look, new: is fabrikam.onmicrosoft.com (Microsoft 365) yours? It sends as fabrikam.example, 29 failed in 7 days",
  ]);
  expect(problems.slice(0, 2).map(({ lines }) => plain(lines[2]?.text ?? ""))).toEqual([
    expect.stringMatching(
      /^If you use contoso\.onmicrosoft\.com \(Microsoft 365\): let it sign with DKIM as contoso\.example/,
    ),
    expect.stringMatching(/^If you use fabrikam\.onmicrosoft\.com/),
  ]);
});

test("what is over is the first line of a day on which there is nothing else", () => {
  const over = makeIncident({ change: "over", since: "2026-11-12", age: 5, day: "2026-11-16" });
  const page = digestPage({ ...okDigest, otherIncidents: [over] }, english);
  expect(plain(page.headline)).toBe(
    "✅ Over (Thu 12 Nov – Mon 16 Nov): example.com mail sent by SendGrid passes again",
  );
  expect(page.below).toBe("Tue 17 Nov (UTC) · 3 domains, your mail passes >99.9%");
  const stopped = digestPage({ ...okDigest, otherIncidents: [{ ...over, hasStopped: true }] }, english);
  expect(plain(stopped.headline)).toBe(
    "✅ Over (Thu 12 Nov – Mon 16 Nov): example.com mail sent by SendGrid: none for 28 days",
  );
});

test("a key is over without the figures of a day on which it failed", () => {
  const source = makeSource({ source: "crm.example", mailClass: "our-dns" });
  const [since, day, subject] = ["2026-11-12", "2026-11-16", "example.com/s1"];
  const over = makeIncident({ rule: "dns", change: "over", since, age: 5, day, subject, source });
  expect(headlineOf({ ...okDigest, otherIncidents: [over] }, english)).toBe(
    "✅ Over (Thu 12 Nov – Mon 16 Nov): example.com mail sent by crm.example fails DMARC",
  );
});

test("problems that the message has no room for stand in the thread with their steps", () => {
  const incidents = Array.from({ length: 7 }, (_, index) =>
    makeIncident({ subject: `s${index}.example`, messages: 90 - index }),
  );
  const digest = makeDigest({ incidents });
  const heads = threadPage(digest, english)?.parts.flatMap((part) =>
    part.kind === "lines" ? [plain(part.head ?? "")] : [],
  );
  expect(heads).toEqual([
    expect.stringMatching(/^6\. ⛔ .*s5\.example/),
    expect.stringMatching(/^7\. ⛔ .*s6\.example/),
  ]);
});

test("before the first mail the message says what to publish, in code, and no more", () => {
  const first = makeDigest({ domains: [], intake: makeIntake({ mails: 0, states: {} }) });
  const awaited = { domains: ["example.com", "example.net"], address: "dmarc@example.com" };
  const { blocks } = slackMessage(first, { ...english, awaited });
  expect(slackPage({ text: "", blocks })).toContain(
    "*Where a domain has a DMARC record, add only the rua= to it. Where it has none, publish*\n" +
      "- `_dmarc.example.com` TXT `v=DMARC1; p=none; rua=mailto:dmarc@example.com`\n" +
      "- `_dmarc.example.net` TXT `v=DMARC1; p=none; rua=mailto:dmarc@example.com`",
  );
  expect(JSON.stringify(blocks)).not.toMatch(/Intake|Complete/);
});
