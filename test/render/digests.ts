import { addFailParts, type FailParts, type Impact, noFailParts } from "../../src/digest/day/impact.ts";
import type { IntakeSummary } from "../../src/digest/day/intake.ts";
import type { FailingSource } from "../../src/digest/day/sources.ts";
import type { Digest, DomainDigest } from "../../src/digest/digest.ts";
import { findingsOf } from "../../src/digest/findings.ts";
import { intakeIncidents } from "../../src/digest/incidents/incidents.ts";
import type { DigestIncident, Finding } from "../../src/digest/types.ts";
import { worstVerdict } from "../../src/digest/verdict.ts";
import { addTotals, type Totals } from "../../src/history/totals.ts";
import type { DigestLinks } from "../../src/render/links.ts";
import { wordsOf } from "../../src/render/words/words.ts";

/** Builders of digests for tests of what is made of them; every number can be said, the rest follows. */

/** What happened to failures; their sum is what is said of the others. */
export function makeImpact(said: Partial<Omit<Impact, "messages">> = {}): Impact {
  const { delivered = 0, quarantined = 0, rejected = 0, overridden = 0 } = said;
  return { messages: delivered + quarantined + rejected + overridden, delivered, quarantined, rejected, overridden };
}

export function makeTotals(said: Partial<Totals> = {}): Totals {
  const { messages = 1000, dmarcFail = 0, notEvaluated = 0, spfOrDkimFail = dmarcFail, ...rest } = said;
  return {
    reports: messages === 0 ? 0 : 3,
    messages,
    dmarcPass: messages - dmarcFail - notEvaluated,
    dmarcFail,
    notEvaluated,
    spfOrDkimFail,
    dkimAlone: spfOrDkimFail - dmarcFail,
    spfAlone: 0,
    dispositions: { none: messages - dmarcFail, quarantine: 0, reject: dmarcFail, pass: 0 },
    unreadableRecords: 0,
    ...rest,
  };
}

export function makeSource(said: Partial<FailingSource> = {}): FailingSource {
  const impact = said.impact ?? makeImpact({ rejected: 10 });
  return {
    source: "192.0.2.0/24",
    mailClass: "spoofed",
    impact,
    messages: impact.messages,
    headerFroms: ["example.com"],
    signatures: [],
    results: {},
    isBounce: false,
    policy: "reject",
    seenBy: [{ reporter: "google.com", messages: impact.messages }],
    addresses: ["192.0.2.10"],
    moreAddresses: 0,
    ...said,
  };
}

export function makeDomain(said: Partial<DomainDigest> & { domain: string }): DomainDigest {
  return {
    verdict: "ok",
    totals: makeTotals(),
    fail: noFailParts(),
    dayFiles: [`${said.domain}/2026/2026-11-17.json`],
    reporters: ["google.com", "Yahoo"],
    failingSubdomains: [],
    sources: [],
    moreSources: { sources: 0, dmarcFail: 0 },
    ...said,
  };
}

export function makeParts(said: Partial<FailParts>): FailParts {
  return { ...noFailParts(), ...said };
}

export function makeIntake(said: Partial<IntakeSummary> = {}): IntakeSummary {
  return {
    mails: 14,
    states: { stored: 12, duplicate: 2 },
    trouble: { states: {}, senders: [] },
    problems: [],
    unknownDomains: { domains: [], more: 0 },
    toGo: [],
    unreadMailboxes: [],
    ...said,
  };
}

/** An incident of SendGrid for example.com that was opened on the digest's day, unless said otherwise. */
export function makeIncident(said: Partial<DigestIncident> = {}): DigestIncident {
  const own = said.own ?? said.source?.impact ?? makeImpact({ quarantined: 95 });
  return {
    domain: "example.com",
    subject: "sendgrid.net",
    rule: "sender-fails",
    level: "act",
    change: "new",
    since: "2026-11-17",
    age: 1,
    day: "2026-11-17",
    messages: own.messages,
    seenBy: ["google.com", "yahoo.com"],
    own,
    evaluated: 1204,
    ...said,
  };
}

/** What is wrong with the mails of a digest's run, told for the first time. */
function ofMails(digest: Pick<Digest, "day" | "intake" | "domains" | "notCounted">): DigestIncident[] {
  const first = { days: [digest.day] as [string], posted: [], incidents: {} };
  return intakeIncidents(digest, first).map(({ incident: { key, level, since }, change, age, messages }) =>
    makeIncident({ ...key, level, change, since, age, messages, seenBy: [], own: makeImpact(), evaluated: 0 }),
  );
}

/** Incidents as findings. */
function incidentFindings(incidents: readonly DigestIncident[]): Finding[] {
  return incidents.map((incident) => ({ kind: "incident", verdict: incident.level, ...incident }));
}

/** A digest with the findings and the verdict that follow from what is said, unless these are said. */
export function makeDigest({
  incidents = [],
  ...said
}: Partial<Digest> & { incidents?: readonly DigestIncident[] } = {}): Digest {
  const domains = said.domains ?? [makeDomain({ domain: "example.com" })];
  const digest: Omit<Digest, "verdict" | "findings"> = {
    version: 1,
    day: "2026-11-17",
    totals: addTotals(domains.map(({ totals }) => totals)),
    fail: addFailParts(domains.map(({ fail }) => fail)),
    usual: {},
    domains,
    otherIncidents: [],
    earlierDays: [],
    restated: [],
    coverage: { share: 0.97, missing: [{ reporter: "secureserver.net", share: 0.03, delayHours: 72 }] },
    news: { newServices: [], newDomains: [], policyChanges: [] },
    unusualClaims: [],
    readiness: [],
    notCounted: { reports: 0, messages: 0, senders: [], moreSenders: 0 },
    intake: makeIntake(),
    ...said,
  };
  const all = incidentFindings([...incidents, ...ofMails(digest)]);
  const findings = said.findings ?? findingsOf(digest, all, []);
  return { ...digest, findings, verdict: said.verdict ?? worstVerdict(findings.map(({ verdict }) => verdict)) };
}

export const links: DigestLinks = {
  run: "https://github.com/example/dmarc-reports/actions/runs/4711",
  commit: "https://github.com/example/dmarc-reports/commit/3f2a9c1",
  dayFile: (path) => `https://github.com/example/dmarc-reports/blob/3f2a9c1/data/${path}`,
};

/** What a digest is told with in English. */
export const telling = { words: wordsOf("en"), links, at: "2026-11-19T06:40:00.000Z" };

export const okDigest = makeDigest({
  change: { messages: 12_334, usual: 11_860, ratio: 0.04, weeks: 8, weekday: 2, isUsual: true },
  usual: { spfOrDkimFail: { share: 0.017, low: 0.01, high: 0.02, isUsual: true } },
  domains: [
    makeDomain({
      domain: "example.com",
      totals: makeTotals({ messages: 9214, dmarcFail: 73, spfOrDkimFail: 210 }),
      fail: makeParts({ own: makeImpact({ delivered: 3 }), spoofed: makeImpact({ rejected: 68, delivered: 2 }) }),
    }),
    makeDomain({ domain: "example.net", totals: makeTotals({ messages: 3120 }) }),
    makeDomain({ domain: "example.org", totals: makeTotals({ messages: 0 }), dayFiles: [], reporters: [] }),
  ],
});

export const lookDigest = makeDigest({
  domains: okDigest.domains,
  coverage: { share: undefined, learning: { day: 3, of: 14 }, missing: [] },
  earlierDays: [
    {
      day: "2026-11-16",
      verdict: "ok",
      totals: makeTotals({ messages: 11_020, dmarcFail: 7 }),
      fail: makeParts({ spoofed: makeImpact({ rejected: 7 }) }),
    },
  ],
  intake: makeIntake({
    mails: 16,
    states: { stored: 12, duplicate: 2, corrupt: 1, "too-big": 1 },
    trouble: { states: { corrupt: 1, "too-big": 1 }, senders: ["google.com"] },
    problems: [
      { mail: "UID 4711", state: "corrupt", reason: "the gzip file is cut off", why: { code: "gzip-cut-off" } },
      {
        mail: "UID 4712",
        state: "too-big",
        reason: "larger than 26214400 bytes (limits: mailBytes)",
        why: { code: "limit", limit: "mailBytes", most: 26214400 },
      },
    ],
  }),
});

const sendGrid = makeSource({
  source: "sendgrid.net",
  service: "SendGrid",
  mailClass: "broken-key",
  results: { dkim: "permerror" },
  impact: makeImpact({ quarantined: 80 }),
  messages: 80,
  signatures: [{ domain: "example.com", selector: "s1" }],
  policy: "quarantine",
  seenBy: [
    { reporter: "google.com", messages: 71 },
    { reporter: "Yahoo", messages: 9 },
  ],
  addresses: ["203.0.113.5", "203.0.113.6", "203.0.113.9"],
  moreAddresses: 4,
  since: { lastGoodDay: "2026-11-15", passRate: 0.999, failsSince: "2026-11-16" },
});

/** The two incidents of the digest to act on. */
export const actIncidents: [DigestIncident, DigestIncident] = [
  makeIncident({
    source: sendGrid,
    own: makeImpact({ quarantined: 95 }),
    passed: [{ threshold: "max-fail-rate", limit: 0.05, value: 95 / 1204 }],
  }),
  makeIncident({
    domain: "example.net",
    subject: "198.51.100.0/24",
    level: "look",
    change: "known",
    since: "2026-11-13",
    age: 5,
    own: makeImpact({ rejected: 6 }),
    evaluated: 40,
    seenBy: ["google.com"],
  }),
];

export const actDigest = makeDigest({
  incidents: actIncidents,
  change: { messages: 12_431, usual: 12_900, ratio: -0.036, weeks: 6, weekday: 2, isUsual: true },
  domains: [
    makeDomain({
      domain: "example.com",
      verdict: "act",
      totals: makeTotals({
        messages: 1216,
        dmarcFail: 122,
        notEvaluated: 12,
        spfOrDkimFail: 140,
        dispositions: { none: 1123, quarantine: 80, reject: 13, pass: 0 },
      }),
      fail: makeParts({
        own: makeImpact({ quarantined: 95 }),
        spoofed: makeImpact({ rejected: 13, overridden: 2 }),
        forwarded: makeImpact({ delivered: 12 }),
      }),
      dayFiles: ["example.com/2026/2026-11-17.json", "news.example.com/2026/2026-11-17.json"],
      reporters: ["Enterprise Outlook", "google.com", "Yahoo"],
      failingSubdomains: [{ domain: "news.example.com", dmarcFail: 80 }],
      sources: [
        sendGrid,
        makeSource({
          source: "newsletter.example",
          mailClass: "not-aligned",
          impact: makeImpact({ quarantined: 15 }),
          messages: 20,
        }),
        makeSource({ impact: makeImpact({ rejected: 13, overridden: 2 }) }),
        makeSource({
          source: "lists.example.edu",
          mailClass: "altered",
          impact: makeImpact({ delivered: 12 }),
          addresses: ["2001:db8::25"],
        }),
      ],
    }),
    makeDomain({
      domain: "example.net",
      verdict: "look",
      totals: makeTotals({ messages: 40, dmarcFail: 6 }),
      fail: makeParts({ own: makeImpact({ rejected: 6 }) }),
      sources: [
        makeSource({
          mailClass: "missing-in-spf",
          impact: makeImpact({ rejected: 6 }),
          source: "198.51.100.0/24",
          addresses: ["198.51.100.3"],
        }),
      ],
    }),
    makeDomain({ domain: "example.org", totals: makeTotals({ messages: 11_175, spfOrDkimFail: 960 }) }),
  ],
  earlierDays: [
    {
      day: "2026-11-16",
      verdict: "look",
      totals: makeTotals({ messages: 11_020, dmarcFail: 96 }),
      fail: makeParts({ own: makeImpact({ delivered: 96 }) }),
    },
  ],
  restated: [
    {
      day: "2026-11-15",
      before: { day: "2026-11-15", verdict: "ok", messages: 9_000, dmarcFail: 5, spfOrDkimFail: 90, ownFail: 0 },
      after: { day: "2026-11-15", verdict: "look", messages: 9_271, dmarcFail: 44, spfOrDkimFail: 130, ownFail: 39 },
      isNamed: true,
    },
    {
      day: "2026-11-14",
      before: { day: "2026-11-14", verdict: "ok", messages: 9_000, dmarcFail: 5, spfOrDkimFail: 90, ownFail: 0 },
      after: { day: "2026-11-14", verdict: "ok", messages: 9_001, dmarcFail: 5, spfOrDkimFail: 90, ownFail: 0 },
      isNamed: false,
    },
  ],
  intake: makeIntake({
    mails: 15,
    states: { stored: 12, duplicate: 2, corrupt: 1 },
    trouble: { states: { corrupt: 1 }, senders: ["google.com"] },
    problems: [
      { mail: "UID 4711", state: "corrupt", reason: "the gzip file is cut off", why: { code: "gzip-cut-off" } },
    ],
    unreadMailboxes: [
      {
        mailbox: "archive",
        message: 'Mailbox "archive" at mail.example.com:993: the login was refused. Check imap-user and imap-password.',
        why: { code: "mailbox", name: "archive", place: "mail.example.com:993", why: { code: "login-refused" } },
      },
    ],
  }),
});

/** A quiet day on which something is new. */
export const newsDigest = makeDigest({
  domains: okDigest.domains,
  news: {
    newServices: [
      { domain: "example.com", source: "hubspotemail.net", messages: 1204, passed: 1204 },
      { domain: "example.net", source: "shop.example", messages: 90, passed: 88 },
    ],
    newDomains: ["brand.example", "shop.example.com"],
    policyChanges: [
      { domain: "example.com", from: "p=none", to: "p=quarantine sp=none", since: "2026-11-17" },
      { domain: "example.net", from: "p=none", to: "p=reject", since: "2026-11-17" },
      { domain: "example.org", from: "p=none", to: "p=reject", since: "2026-11-17" },
    ],
  },
  unusualClaims: [{ reporter: "google.com", domain: "example.com", day: "2026-11-17", messages: 99_000, usual: 900 }],
  otherIncidents: [
    makeIncident({ subject: "crm.example.net", change: "over", since: "2026-11-09", day: "2026-11-13", messages: 12 }),
    makeIncident({
      subject: "hubspotemail.net",
      domain: "example.net",
      change: "known",
      since: "2026-11-09",
      age: 9,
      messages: 90,
    }),
  ],
});

export const emptyDigest = makeDigest({
  domains: [],
  coverage: { share: undefined, learning: { day: 1, of: 14 }, missing: [] },
  intake: makeIntake({ mails: 0, states: {} }),
});

/** So many domains, the first with an incident, ten more to look at. */
export function makeLargeDigest(count: number): Digest {
  const [loud] = actDigest.domains;
  const own = makeImpact({ delivered: 20 });
  const rest = Array.from({ length: count - 1 }, (_, index) =>
    makeDomain({
      domain: `department-${index + 1}.example.com`,
      verdict: index < 10 ? "look" : "ok",
      totals: makeTotals({ messages: 500 + index, dmarcFail: index < 10 ? 20 : 0 }),
      fail: makeParts(index < 10 ? { own } : {}),
      sources: index < 10 ? [makeSource({ mailClass: "not-aligned", impact: own })] : [],
    }),
  );
  return makeDigest({ incidents: [actIncidents[0]], domains: loud === undefined ? rest : [loud, ...rest] });
}

/** Digests whose prints are kept as files, by the name of the file. */
export const keptDigests: [name: string, digest: Digest][] = [
  ["ok", okDigest],
  ["look", lookDigest],
  ["act", actDigest],
  ["empty", emptyDigest],
  ["news", newsDigest],
];
