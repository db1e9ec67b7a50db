import type { Digest, DomainDigest } from "../../src/digest/digest.ts";
import type { FailingSource } from "../../src/digest/sources.ts";
import { addTotals, type Totals } from "../../src/digest/totals.ts";
import type { DigestLinks } from "../../src/render/links.ts";

/** Builders of digests for tests of what is made of them; every number can be said, the rest follows. */

export function makeTotals(said: Partial<Totals> = {}): Totals {
  const { messages = 1000, dmarcFail = 0, notEvaluated = 0, ...rest } = said;
  return {
    reports: messages === 0 ? 0 : 3,
    messages,
    dmarcPass: messages - dmarcFail - notEvaluated,
    dmarcFail,
    notEvaluated,
    forwarded: 0,
    spfOrDkimFail: dmarcFail,
    dispositions: { none: messages - dmarcFail, quarantine: 0, reject: dmarcFail, pass: 0 },
    unreadableRecords: 0,
    ...rest,
  };
}

export function makeSource(said: Partial<FailingSource> = {}): FailingSource {
  const dmarcFail = said.dmarcFail ?? 10;
  return {
    source: "192.0.2.0/24",
    dmarcFail,
    forwarded: 0,
    dispositions: { none: 0, quarantine: 0, reject: dmarcFail, pass: 0 },
    addresses: ["192.0.2.10"],
    moreAddresses: 0,
    ...said,
  };
}

export function makeDomain(said: Partial<DomainDigest> & { domain: string }): DomainDigest {
  return {
    verdict: "ok",
    totals: makeTotals(),
    dayFiles: [`${said.domain}/2026/2026-11-17.json`],
    reporters: ["google.com", "Yahoo"],
    failingSubdomains: [],
    sources: [],
    moreSources: { sources: 0, dmarcFail: 0 },
    ...said,
  };
}

export function makeDigest(said: Partial<Digest> = {}): Digest {
  const domains = said.domains ?? [makeDomain({ domain: "example.com" })];
  return {
    version: 1,
    day: "2026-11-17",
    verdict: domains[0]?.verdict ?? "ok",
    reasons: [],
    totals: addTotals(domains.map(({ totals }) => totals)),
    domains,
    earlierDays: [],
    notCounted: { reports: 0, messages: 0, senders: [], moreSenders: 0 },
    intake: {
      mails: 14,
      states: { stored: 12, duplicate: 2 },
      problems: [],
      unknownDomains: { domains: [], more: 0 },
      toGo: [],
      unreadMailboxes: [],
    },
    ...said,
  };
}

export const links: DigestLinks = {
  run: "https://github.com/example/dmarc-reports/actions/runs/4711",
  commit: "https://github.com/example/dmarc-reports/commit/3f2a9c1",
  dayFile: (path) => `https://github.com/example/dmarc-reports/blob/3f2a9c1/data/${path}`,
};

export const okDigest = makeDigest({
  domains: [
    makeDomain({ domain: "example.com", totals: makeTotals({ messages: 9214, dmarcFail: 3, spfOrDkimFail: 210 }) }),
    makeDomain({ domain: "example.net", totals: makeTotals({ messages: 3120 }) }),
    makeDomain({ domain: "example.org", totals: makeTotals({ messages: 0 }), dayFiles: [], reporters: [] }),
  ],
});

export const lookDigest = makeDigest({
  verdict: "look",
  reasons: ["1 mail ended as too-big", "1 mail ended as corrupt"],
  domains: okDigest.domains,
  earlierDays: [{ day: "2026-11-16", verdict: "ok", totals: makeTotals({ messages: 11_020, dmarcFail: 7 }) }],
  intake: {
    mails: 16,
    states: { stored: 12, duplicate: 2, corrupt: 1, "too-big": 1 },
    problems: [
      { mail: "UID 4711", state: "corrupt", reason: "The gzip stream ends early after 1,024 bytes" },
      { mail: "UID 4712", state: "too-big", reason: "31 MB, above the limit mailBytes of 25 MB" },
    ],
    unknownDomains: { domains: [], more: 0 },
    toGo: [],
    unreadMailboxes: [],
  },
});

export const actDigest = makeDigest({
  verdict: "act",
  reasons: [
    "example.com: 95 of 1,204 messages failed DMARC (7.9 %, limit 5 %)",
    "mailbox archive could not be read",
    "1 mail ended as corrupt",
    "example.net: 6 of only 40 messages failed DMARC, too few for an alarm",
  ],
  domains: [
    makeDomain({
      domain: "example.com",
      verdict: "act",
      totals: makeTotals({
        messages: 1216,
        dmarcFail: 107,
        forwarded: 12,
        notEvaluated: 12,
        spfOrDkimFail: 140,
        dispositions: { none: 1123, quarantine: 13, reject: 80, pass: 0 },
      }),
      dayFiles: ["example.com/2026/2026-11-17.json", "news.example.com/2026/2026-11-17.json"],
      reporters: ["Enterprise Outlook", "google.com", "Yahoo"],
      alarm: {
        day: "2026-11-17",
        failures: 95,
        evaluated: 1204,
        passed: [{ threshold: "max-fail-rate", limit: 0.05, value: 95 / 1204 }],
      },
      failingSubdomains: [{ domain: "news.example.com", dmarcFail: 80 }],
      sources: [
        makeSource({
          source: "newsletter.example",
          dmarcFail: 80,
          dispositions: { none: 2, quarantine: 13, reject: 65, pass: 0 },
          addresses: ["203.0.113.5", "203.0.113.6", "203.0.113.9"],
          moreAddresses: 4,
        }),
        makeSource({ dmarcFail: 15 }),
        makeSource({
          source: "lists.example.edu",
          dmarcFail: 12,
          forwarded: 12,
          dispositions: { none: 12, quarantine: 0, reject: 0, pass: 0 },
          addresses: ["2001:db8::25"],
        }),
      ],
    }),
    makeDomain({
      domain: "example.net",
      verdict: "look",
      totals: makeTotals({ messages: 40, dmarcFail: 6 }),
      sources: [makeSource({ dmarcFail: 6, source: "198.51.100.0/24", addresses: ["198.51.100.3"] })],
    }),
    makeDomain({ domain: "example.org", totals: makeTotals({ messages: 11_175, spfOrDkimFail: 960 }) }),
  ],
  earlierDays: [{ day: "2026-11-16", verdict: "look", totals: makeTotals({ messages: 11_020, dmarcFail: 96 }) }],
  intake: {
    mails: 15,
    states: { stored: 12, duplicate: 2, corrupt: 1 },
    problems: [{ mail: "UID 4711", state: "corrupt", reason: "The gzip stream ends early after 1,024 bytes" }],
    unknownDomains: { domains: [], more: 0 },
    toGo: [],
    unreadMailboxes: [
      { mailbox: "archive", message: "mail.example.com refused the password. Gmail needs an app password." },
    ],
  },
});

export const emptyDigest = makeDigest({
  verdict: "look",
  reasons: ["no DMARC report was read so far"],
  domains: [],
  intake: {
    mails: 0,
    states: {},
    problems: [],
    unknownDomains: { domains: [], more: 0 },
    toGo: [],
    unreadMailboxes: [],
  },
});

/** So many domains, the first with an alarm, ten more to look at. */
export function makeLargeDigest(count: number): Digest {
  const [loud] = actDigest.domains;
  const rest = Array.from({ length: count - 1 }, (_, index) =>
    makeDomain({
      domain: `department-${index + 1}.example.com`,
      verdict: index < 10 ? "look" : "ok",
      totals: makeTotals({ messages: 500 + index, dmarcFail: index < 10 ? 20 : 0 }),
      sources: index < 10 ? [makeSource({ dmarcFail: 20 })] : [],
    }),
  );
  return makeDigest({ domains: loud === undefined ? rest : [loud, ...rest] });
}
