import { describe, expect, it } from "vitest";
import { addFailParts, noFailParts } from "../../../src/digest/day/impact.ts";
import type { Digest, DomainDigest } from "../../../src/digest/digest.ts";
import type { Readiness } from "../../../src/digest/readiness.ts";
import { makeSenders } from "../../../src/digest/senders/senders.ts";
import { dayAfter } from "../../../src/history/dates.ts";
import { addTotals, totalsOf } from "../../../src/history/totals.ts";
import { dashboard } from "../../../src/render/pages/dashboard.ts";
import { type Language, wordsOf } from "../../../src/render/words/words.ts";
import { makeWindowOf, pairLine, senderLine } from "../../digest/windows.ts";
import { makeSource as makeFailure, makeIncident } from "../digests.ts";
import { shownByGitHub } from "../github.ts";

const day = "2026-11-22";
const words = wordsOf("en");

function makeDomain(domain: string, ownFail = 0): DomainDigest {
  const fail = noFailParts();
  fail.own = { ...fail.own, messages: ownFail, quarantined: ownFail };
  return {
    domain,
    verdict: ownFail > 0 ? "act" : "ok",
    totals: { ...totalsOf([]), reports: 1, messages: 1000, dmarcPass: 1000 - ownFail, dmarcFail: ownFail },
    fail,
    dayFiles: [],
    reporters: [],
    failingSubdomains: [],
    sources: [],
    moreSources: { sources: 0, dmarcFail: 0 },
  };
}

function makeReadiness(given: Partial<Readiness>): Readiness {
  const data = { days: 90, messages: 5000, coverage: 0.99, lacks: [] };
  const nothing = { blockers: [], toConfirm: [], missingSources: [] };
  return {
    domain: "example.com",
    policyTag: "p",
    state: "ready",
    lost: { messages: 0, share: 0, senders: [] },
    ...nothing,
    data,
    ...given,
  };
}

function makeDigest(domains: DomainDigest[], readiness: Digest["readiness"] = []): Digest {
  return {
    version: 1,
    verdict: "ok",
    findings: [],
    day,
    totals: addTotals(domains.map(({ totals }) => totals)),
    fail: addFailParts(domains.map(({ fail }) => fail)),
    usual: {},
    domains,
    otherIncidents: [],
    earlierDays: [],
    restated: [],
    coverage: { share: 0.97, missing: [] },
    news: {},
    readiness,
    notCounted: { reports: 0, messages: 0, senders: [], moreSenders: 0 },
    intake: {
      mails: 1,
      states: { stored: 1 },
      problems: [],
      unknownDomains: { domains: [], more: 0 },
      toGo: [],
      unreadMailboxes: [],
    },
  } as unknown as Digest;
}

/** So many days of so many domains up to the digest's day, and what sent for them. */
function makeSource(domains: string[], days: number, service = "sendgrid.net") {
  const dates = Array.from({ length: days }, (_, index) => dayAfter(day, index + 1 - days));
  const lines = dates.flatMap((date) =>
    domains.map((domain) => pairLine({ day: date, domain, dmarcPass: 95, dmarcFail: 5 })),
  );
  const sources = dates.flatMap((date) =>
    domains.flatMap((domain) => [
      senderLine({ day: date, domain, sender: service, messages: 60, spf: "fail" }),
      senderLine({ day: date, domain, sender: service, messages: 20, dkim: "fail", spf: "fail", altered: true }),
      senderLine({ day: date, domain, sender: "203.0.113.0/24", messages: 5, dkim: "fail", spf: "fail" }),
    ]),
  );
  return {
    digest: makeDigest(
      domains.map((domain, index) => makeDomain(domain, index === 0 ? 50 : 0)),
      domains.slice(0, 1).map((domain) => makeReadiness({ domain })),
    ),
    policies: new Map<string, string>(),
    window: makeWindowOf({ first: dayAfter(day, -120), last: day }, lines, sources),
    senders: makeSenders(sources),
  };
}

function readmeOf(files: Map<string, string>): string {
  return files.get("README.md") ?? "";
}

describe("the dashboard", () => {
  const source = {
    ...makeSource(["example.com", "example.net"], 90),
    policies: new Map([["example.com", "quarantine"]]),
  };

  it.each<Language>(["en", "ja"])("reads well in %s", async (language) => {
    const files = dashboard(source, wordsOf(language));
    expect([...files.keys()]).toEqual(["README.md", "trend-light.svg", "trend-dark.svg"]);
    await expect(readmeOf(files)).toMatchFileSnapshot(`../fixtures/dashboard-${language}.md`);
    const { tables, folded } = shownByGitHub(readmeOf(files));
    expect(tables.map((rows) => [...new Set(rows.map((cells) => cells.length))])).toEqual([[3], [3], [3]]);
    expect(folded).toHaveLength(2);
  });

  it("begins with the line by which it is known", () => {
    expect(readmeOf(dashboard(source, words)).split("\n")[0]).toBe("<!-- dmarc-digest dashboard -->");
  });

  it("counts 30 days of a domain, and links to its newest day", () => {
    expect(readmeOf(dashboard(source, words))).toContain(
      "\n| [⛔ example.com](example.com/2026/2026-11-22.json) | 50 | 82.6% of 3,450 |\n",
    );
  });

  it("links each problem to its issue, below its cause and step", () => {
    const sender = { source: makeFailure({ source: "sendgrid.net", service: "SendGrid", mailClass: "not-aligned" }) };
    const finding = (domain: string, subject: string) =>
      ({ kind: "incident", verdict: "act", ...makeIncident({ domain, subject, ...sender }) }) as const;
    const findings = [finding("example.com", "sendgrid.net"), finding("example.net", "crm.example")];
    const issue = (domain: string) =>
      domain === "example.net" ? { number: 42, url: "https://github.com/octo-org/dmarc/issues/42" } : undefined;
    const readme = readmeOf(dashboard({ ...source, digest: { ...source.digest, findings }, issue }, words));
    expect(readme).toMatch(
      /\*\*2\\\. .*`example\.net`.*\n\n- \*\*Cause\*\* .*\n- \*\*Do\*\* .*\n- \*\*Seen by\*\* .*\n\n\[Issue .*42\]\(https:\/\/github\.com\/octo-org\/dmarc\/issues\/42\)\n\n/,
    );
    expect(readme.match(/\[Issue /g)).toHaveLength(1);
  });

  it("lists the incidents of 90 days, the open ones first, folded", () => {
    const incidents = [
      makeIncident({ change: "known", since: "2026-11-13", age: 10 }),
      makeIncident({ change: "over", subject: "crm.example", since: "2026-09-09", day: "2026-09-11" }),
    ];
    const readme = readmeOf(dashboard({ ...source, incidents }, words));
    expect(readme).toContain(
      "<details>\n<summary>Incidents of 90 days</summary>\n\n" +
        "- ⛔ Still open, day 10: `example.com` mail sent by `SendGrid` fails, 95 messages held\n" +
        "- ✅ Over (Wed 9 Sep – Fri 11 Sep): `example.com` mail sent by `crm.example` passes again\n\n</details>",
    );
  });

  it("names the services of which something passed, with the share that did", () => {
    const readme = readmeOf(dashboard(source, words));
    expect(readme).toContain("| `SendGrid`<br>for `example.com`, `example.net` | 75%: 75% by DKIM alone | 4,800 |");
    expect(readme).not.toContain("203.0.113");
  });

  it("names each tenant of a host by itself", () => {
    const tenants = ["contoso", "fabrikam"].map((name) =>
      senderLine({ day, domain: "example.com", sender: `${name}.onmicrosoft.com`, messages: 30 }),
    );
    const window = makeWindowOf({ first: day, last: day }, [], tenants);
    const readme = readmeOf(dashboard({ ...source, window }, words));
    expect(readme).toContain(
      "| `contoso.onmicrosoft.com (Microsoft 365)`<br>for `example.com` | 100%: 100% by both | 30 |",
    );
    expect(readme).toContain("`fabrikam.onmicrosoft.com (Microsoft 365)`");
  });

  it("is the same whatever the run read, and whatever came for later days", () => {
    const later = pairLine({ day: dayAfter(day), domain: "example.com", dmarcPass: 9 });
    const { digest, window } = source;
    const again = {
      ...source,
      digest: { ...digest, intake: { ...digest.intake, mails: 77 } },
      window: { ...window, last: dayAfter(day), reporters: [...window.pairs, later] },
    };
    expect(dashboard(again, words)).toEqual(dashboard(source, words));
  });
});

it.each([0, 1, 90])("a history of %i days has its dashboard", (days) => {
  const files = dashboard(makeSource(days === 0 ? [] : ["example.com"], days), words);
  expect(readmeOf(files)).not.toMatch(/NaN|undefined|Infinity/);
  expect(files.get("trend-dark.svg")?.includes("No reports yet")).toBe(days === 0);
});

it("a young history has a chart of 30 days", () => {
  expect(dashboard(makeSource(["example.com"], 1), words).get("trend-light.svg")).toContain("24 Oct – 22 Nov");
});

it("500 domains are in the table and more are counted; even the longest names stay below what GitHub shows", () => {
  const names = (count: number, stem: string) => Array.from({ length: count }, (_, index) => `${stem}${index}.example`);
  const readme = readmeOf(dashboard(makeSource(names(501, "department-"), 30), words));
  expect(readme.match(/^\| \[[✅⛔] department-/gmu)).toHaveLength(500);
  expect(readme).toContain("\n| 1 further domain | ");
  expect(Buffer.byteLength(readme)).toBeLessThan(500 * 1024);
  const long = readmeOf(dashboard(makeSource(names(501, "x".repeat(240)), 30), words));
  expect(Buffer.byteLength(long)).toBeLessThan(500 * 1024);
});

const attacks = [
  "<script>alert(1)</script>",
  "x|y\\|z",
  "](https://evil.example) ![i](//evil.example/i.png)",
  "--> <!-- dmarc-digest -->",
  "`` ``` `@octocat` #12",
  "//evil.example/..",
  "javascript:alert(1)",
  "../../../evil",
  "a\nb\r\n# heading\n\n| x |",
  "\u202Egnp.exe\u0000\u001B[31m",
  "\uD800",
  "=cmd'\"&quot; onload=x",
  "",
];

describe.each(attacks)("%j", (text) => {
  const hostile = makeSource([text], 2, text);
  const readme = readmeOf(dashboard({ ...hostile, policies: new Map([[text, text]]) }, words));

  it("stays text in the dashboard", () => {
    const ours =
      /^(<!-- dmarc-digest dashboard -->|<\/?(picture|details)>| {2}<(source|img) [^<>]*>|<(sub|summary)>[^<>]*<\/(sub|summary)>)$/gm;
    const outside = readme
      .replace(ours, "")
      .replace(/(?<=^\| )\[[✅⛔](?:[^[\]<>@`\\]|\\.|@(?!\w))*\]\((?!\/)[\w.%/-]+\)(?= \| )/gmu, "")
      .replace(/(?<!`)(`+)(?!`)(.*?[^`])\1(?!`)/g, "")
      .replaceAll("<br>", "");
    expect(outside).not.toMatch(/[<>[\]`]|@\w|:\/\/|#\d/);
    expect(readme).not.toMatch(/[^\P{Cc}\n]|[\u202A-\u202E]/u);
    for (const table of readme.split("\n\n").filter((paragraph) => paragraph.startsWith("| "))) {
      expect(new Set(table.split("\n").map((row) => row.match(/(?<!\\)\|/g)?.length)).size).toBe(1);
    }
  });
});

describe("readiness in the dashboard", () => {
  const blockers = [{ source: "sendgrid.net", messages: 1204, why: "not-aligned" as const }];
  const cellOf = (...readiness: Partial<Readiness>[]): string | undefined => {
    const digest = makeDigest([makeDomain("example.com")], readiness.map(makeReadiness));
    const readme = readmeOf(dashboard({ ...makeSource([], 1), digest }, words));
    return readme.match(/<summary>Ready for p=reject\?<\/summary>[\s\S]*\n\| `example.com` \| {2}\| (.*) \|\n/)?.[1];
  };

  it("says of subdomains only what is not said of their domain", () => {
    expect(cellOf({}, { policyTag: "sp" })).toBe("ready");
    expect(cellOf({}, { policyTag: "sp", state: "blocked", blockers })).toBe(
      "ready<br>subdomains: blocked by: `SendGrid` (1,204 messages, not aligned)",
    );
    const senders = [{ source: "192.0.2.0/24", messages: 1 }];
    expect(cellOf({}, { policyTag: "sp", lost: { messages: 1, share: 0.002, senders } })).toBe(
      "ready<br>subdomains: ready; reject would lose 0.2%: `192.0.2.0/24` (1)",
    );
  });

  it("names the other policy domains of an organizational domain, after it", () => {
    const others = ["a", "b", "c", "d", "e"].map(
      (label) => ({ domain: `${label}.example.com`, state: "blocked", blockers }) as const,
    );
    const blocked = "blocked by: `SendGrid` (1,204 messages, not aligned)";
    expect(cellOf(...others, {})?.split("<br>")).toEqual([
      "ready",
      ...["a", "b", "c"].map((label) => `\`${label}.example.com\`: ${blocked}`),
      "and 2 more",
    ]);
  });

  it("is not said of a domain of which nothing is known", () => {
    expect(cellOf({ domain: "example.net" })).toBeUndefined();
  });
});
