import type { Digest } from "../../src/digest/digest.ts";
import type { PageOptions } from "../../src/render/pages/pages.ts";
import { daysUpTo } from "../../test/digest/windows.ts";
import {
  makeDigest,
  makeDomain,
  makeImpact,
  makeIncident,
  makeIntake,
  makeParts,
  makeSource,
  makeTotals,
} from "../../test/render/digests.ts";
import { slackMessage, weeklyMessage } from "../../test/render/printed.ts";
import { makeChange, makeReadiness, makeTrend, makeWeek, makeWeekDomain } from "../../test/render/weeks.ts";

/** Days that the sample mailbox has not: what each of them tells Slack. */

/** A day as its reader sees it. */
export interface Scenario {
  name: string;
  title: string;
  message: (options: PageOptions) => ReturnType<typeof slackMessage>;
}

const digestOf = (name: string, title: string, digest: Digest): Scenario => ({
  name,
  title,
  message: (options) => slackMessage(digest, options),
});

const held = makeImpact({ quarantined: 412 });
const mailchimp = makeSource({
  source: "mcsv.net",
  service: "Mailchimp",
  mailClass: "not-aligned",
  impact: held,
  messages: 415,
  policy: "quarantine",
  seenBy: [
    { reporter: "google.com", messages: 371 },
    { reporter: "yahoo.com", messages: 41 },
  ],
});
const ofMailchimp = { subject: "mcsv.net", source: mailchimp, own: held };
const failing = makeDomain({
  domain: "example.com",
  verdict: "act",
  totals: makeTotals({ messages: 9214, dmarcFail: 520, spfOrDkimFail: 1210 }),
  fail: makeParts({ own: held, spoofed: makeImpact({ rejected: 96 }), forwarded: makeImpact({ delivered: 12 }) }),
  sources: [mailchimp],
});
const fine = [
  makeDomain({ domain: "example.net", totals: makeTotals({ messages: 3120 }) }),
  makeDomain({ domain: "example.org", totals: makeTotals({ messages: 640 }) }),
];
const domains = [failing, ...fine];
const isUsual = { change: { messages: 12_334, usual: 11_860, ratio: 0.04, weeks: 8, weekday: 2, isUsual: true } };

const threeProblems = makeDigest({
  ...isUsual,
  incidents: [
    makeIncident(ofMailchimp),
    makeIncident({ domain: "example.net", rule: "key-broken", subject: "example.net/s1", level: "look", messages: 60 }),
    makeIncident({
      domain: "example.org",
      subject: "198.51.100.0/24",
      level: "look",
      change: "known",
      age: 9,
      messages: 14,
    }),
  ],
  domains: [failing, ...fine.map((domain) => ({ ...domain, verdict: "look" as const }))],
});

const unknownSenders = makeDigest({
  ...isUsual,
  incidents: ["crm.vendor.example", "192.0.2.0/24"].map((subject, index) =>
    makeIncident({
      rule: "unknown-sender",
      level: "look",
      subject,
      messages: 88 - 20 * index,
      since: "2026-11-15",
      age: 3,
    }),
  ),
  domains: [
    {
      ...failing,
      verdict: "look",
      totals: makeTotals({ messages: 9214, dmarcFail: 168, spfOrDkimFail: 858 }),
      fail: makeParts({ unknown: makeImpact({ delivered: 156 }), forwarded: makeImpact({ delivered: 12 }) }),
    },
    ...fine,
  ],
});

const spoofingRefused = makeDigest({
  ...isUsual,
  domains: [
    makeDomain({
      domain: "example.com",
      totals: makeTotals({ messages: 23_400, dmarcFail: 14_180, spfOrDkimFail: 14_900 }),
      fail: makeParts({ spoofed: makeImpact({ rejected: 14_168 }), forwarded: makeImpact({ delivered: 12 }) }),
    }),
    ...fine,
  ],
});

const senders = [{ reporter: "google.com", reports: 3, messages: 1204, standing: "unverified" as const }];
const onlyUnverified = makeDigest({
  domains: domains.map(({ domain }) => makeDomain({ domain, totals: makeTotals({ messages: 0 }), dayFiles: [] })),
  notCounted: { reports: 3, messages: 1204, senders, moreSenders: 0 },
  coverage: { share: undefined, learning: { day: 3, of: 14 }, missing: [] },
});

const firstDay = makeDigest({
  domains: [],
  coverage: { share: undefined, learning: { day: 1, of: 14 }, missing: [] },
  intake: makeIntake({ mails: 0, states: {} }),
});

const over = makeDigest({
  ...isUsual,
  domains: fine,
  otherIncidents: [makeIncident({ ...ofMailchimp, change: "over", since: "2026-11-09", age: 6, day: "2026-11-14" })],
});

/** Forty brands, of which two need something. */
const brands = Array.from({ length: 40 }, (_, index) => `brand${String(index + 1).padStart(2, "0")}.example`);
const fortyDomains = makeWeek({
  verdict: "act",
  days: daysUpTo("2026-11-18", 7).map((day, index) => ({ day, verdict: index < 4 ? "look" : "act" })),
  change: makeChange({ now: { messages: 81_000, dmarcFail: 497 }, before: { messages: 83_600, dmarcFail: 420 } }),
  domains: brands.map((domain, index) => {
    const own = index === 0 ? makeImpact({ rejected: 27 }) : makeImpact(index === 1 ? { delivered: 310 } : {});
    const messages = 3000 - 50 * index;
    return makeWeekDomain({
      domain,
      verdict: (["act", "look"] as const)[index] ?? "ok",
      totals: makeTotals({ messages, dmarcFail: own.messages + 4, spfOrDkimFail: 2 * (own.messages + 4) }),
      fail: makeParts({ own, spoofed: makeImpact({ rejected: 4 }) }),
      change: makeChange({ now: { messages, dmarcFail: own.messages }, before: { messages, dmarcFail: 0 } }),
    });
  }),
  failing: [
    {
      domain: "brand02.example",
      days: 7,
      lastDay: "2026-11-17",
      source: { ...mailchimp, impact: makeImpact({ delivered: 310 }) },
    },
    {
      domain: "brand01.example",
      days: 3,
      lastDay: "2026-11-17",
      source: makeSource({ mailClass: "missing-in-spf", impact: makeImpact({ rejected: 27 }), messages: 27 }),
    },
  ],
  incidents: [
    makeIncident({
      domain: "brand01.example",
      subject: "192.0.2.0/24",
      since: "2026-11-15",
      age: 3,
      messages: 9,
      source: makeSource({ mailClass: "missing-in-spf", impact: makeImpact({ rejected: 9 }), messages: 9 }),
    }),
    makeIncident({
      ...ofMailchimp,
      domain: "brand02.example",
      level: "look",
      change: "known",
      since: "2026-10-02",
      age: 47,
    }),
    makeIncident({
      domain: "brand09.example",
      subject: "sendgrid.net",
      change: "over",
      since: "2026-11-04",
      day: "2026-11-12",
    }),
    makeIncident({
      domain: "brand03.example",
      rule: "unknown-sender",
      level: "look",
      subject: "crm.vendor.example",
      messages: 88,
    }),
  ],
  trend: {
    all: makeTrend((index) => ({ messages: 13_000 + 90 * index, dmarcFail: index < 16 ? 44 : 60 })).map(
      (day, index) => ({
        ...day,
        fail: { ...day.fail, spoofed: index % 6 === 2 ? 400 : 25, forwarded: 60 + index, unknown: 12 },
      }),
    ),
    largest: brands.slice(0, 3).map((domain, index) => ({
      domain,
      days: makeTrend((day) => ({ messages: 430 - 30 * index, dmarcFail: [day > 16 ? 9 : 0, 44, 2][index] ?? 0 })),
    })),
    moreDomains: 37,
  },
  readiness: [
    makeReadiness({
      domain: "brand02.example",
      state: "blocked",
      next: "quarantine-test",
      blockers: [{ source: "mcsv.net", messages: 310, why: "not-aligned" }],
      lost: { messages: 310, share: 0.008, senders: [{ source: "mcsv.net", messages: 310 }] },
    }),
    makeReadiness({
      domain: "brand01.example",
      state: "blocked",
      next: "quarantine-test",
      blockers: [{ source: "192.0.2.0/24", messages: 27, why: "missing-in-spf" }],
      lost: { messages: 27, share: 0.009, senders: [{ source: "192.0.2.0/24", messages: 27 }] },
    }),
    makeReadiness({ domain: "brand04.example", next: "reject" }),
    makeReadiness({
      domain: "brand07.example",
      state: "not-enough-data",
      data: { days: 22, messages: 12_000, coverage: 0.97, lacks: ["days"] },
    }),
    ...brands.slice(10).map((domain) => makeReadiness({ domain, state: "enforced", policy: "p=reject" })),
  ],
});

/** In the order in which they are shown. */
export const scenarios: readonly Scenario[] = [
  digestOf("first-day", "The first day", firstDay),
  digestOf("new", "One problem, new", makeDigest({ ...isUsual, incidents: [makeIncident(ofMailchimp)], domains })),
  digestOf(
    "day-5",
    "The same on its fifth day",
    makeDigest({
      ...isUsual,
      incidents: [makeIncident({ ...ofMailchimp, change: "known", since: "2026-11-13", age: 5 })],
      domains,
    }),
  ),
  digestOf(
    "worse",
    "The same, worse",
    makeDigest({
      ...isUsual,
      incidents: [makeIncident({ ...ofMailchimp, change: "worse", since: "2026-11-12", age: 6 })],
      domains,
    }),
  ),
  digestOf("over", "The same, over", over),
  digestOf("three-problems", "Three problems", threeProblems),
  { name: "40-domains", title: "The week of 40 domains", message: (options) => weeklyMessage(fortyDomains, options) },
  digestOf("unknown-senders", "Unknown senders", unknownSenders),
  digestOf("spoofing-refused", "A wave of spoofing that receivers refuse", spoofingRefused),
  digestOf("only-unverified", "Reports of which none is authenticated", onlyUnverified),
];
