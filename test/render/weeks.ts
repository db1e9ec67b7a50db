import { addFailParts } from "../../src/digest/day/impact.ts";
import type { Readiness } from "../../src/digest/readiness.ts";
import type { TrendDay } from "../../src/digest/senders/trend.ts";
import type { Week } from "../../src/digest/week/week.ts";
import type { ComparedWeek, WeekChange } from "../../src/digest/week/week-change.ts";
import type { WeekDomain } from "../../src/digest/week/week-domains.ts";
import { addTotals } from "../../src/history/totals.ts";
import { daysUpTo } from "../digest/windows.ts";
import { actDigest, makeImpact, makeParts, makeSource, makeTotals } from "./digests.ts";

/** Builders of weeks for tests of what is made of them; every number can be said, the rest follows. */

const days = daysUpTo("2026-11-18", 20);

/** One side of a comparison: 1,000 messages of which 10 fail, unless told otherwise. */
function compared({ messages = 1000, dmarcFail = 10 }: Partial<ComparedWeek> = {}): ComparedWeek {
  const passRate = messages === 0 ? undefined : (messages - dmarcFail) / messages;
  return { messages, evaluated: messages, dmarcFail, spfOrDkimFail: 2 * dmarcFail, passRate };
}

export function makeChange(said: { now?: Partial<ComparedWeek>; before?: Partial<ComparedWeek> }): WeekChange {
  const [now, before] = [compared(said.now), compared(said.before)];
  const ratio = before.messages === 0 ? undefined : now.messages / before.messages - 1;
  return { days: 7, now, before, ratio };
}

export function makeWeekDomain(said: Partial<WeekDomain> & { domain: string }): WeekDomain {
  return { verdict: "ok", totals: makeTotals(), fail: makeParts({}), ...said };
}

/** The 20 days up to 17 November, so many messages a day, of which so many fail that are our own; days with none had no report. */
export function makeTrend(count: (index: number) => { messages: number; dmarcFail?: number }): TrendDay[] {
  return days.map((day, index) => {
    const { messages, dmarcFail = 0 } = count(index);
    const fail = { own: dmarcFail, unknown: 0, forwarded: 0, spoofed: 0, trouble: 0 };
    return { day, messages, dmarcPass: messages - dmarcFail, fail };
  });
}

export function makeWeek(said: Partial<Week> = {}): Week {
  const domains = said.domains ?? [makeWeekDomain({ domain: "example.com" })];
  const all = makeTrend(() => ({ messages: 150, dmarcFail: 1 }));
  const [example] = domains;
  return {
    first: "2026-11-11",
    last: "2026-11-17",
    verdict: "ok",
    days: days.slice(-7).map((day) => ({ day, verdict: "ok" })),
    totals: addTotals(domains.map(({ totals }) => totals)),
    fail: addFailParts(domains.map(({ fail }) => fail)),
    domains,
    failing: [],
    trend: { all, largest: example === undefined ? [] : [{ domain: example.domain, days: all }], moreDomains: 0 },
    tls: [],
    readiness: [],
    news: { newServices: [], newDomains: [], policyChanges: [] },
    incidents: [],
    muted: [],
    idleMutes: [],
    coverage: { share: 0.97, least: { day: "2026-11-15", share: 0.97 } },
    newcomers: [],
    ...said,
  };
}

export function makeReadiness(said: Partial<Readiness> & { domain: string }): Readiness {
  const data: Readiness["data"] = { days: 90, messages: 12_000, coverage: 0.97, lacks: [] };
  return {
    policyTag: "p",
    policy: "p=none",
    state: "ready",
    lost: { messages: 0, share: 0, senders: [] },
    blockers: [],
    toConfirm: [],
    missingSources: [],
    data,
    ...said,
  };
}

const [loud] = actDigest.domains;
const sendGrid = loud?.sources[0] ?? makeSource();

/** A week with something of everything: a day without a report, and one on which the second domain had no mail. */
export const loudWeek = makeWeek({
  verdict: "act",
  days: days.slice(-7).map((day, index) => ({ day, verdict: (["ok", "look", "act"] as const)[index] })),
  change: makeChange({ now: { messages: 9100, dmarcFail: 128 }, before: { messages: 9400, dmarcFail: 80 } }),
  domains: [
    makeWeekDomain({
      domain: "example.com",
      verdict: "act",
      totals: makeTotals({ messages: 7216, dmarcFail: 122, notEvaluated: 12, spfOrDkimFail: 940 }),
      fail: makeParts({ own: makeImpact({ quarantined: 95 }), spoofed: makeImpact({ rejected: 27 }) }),
      change: makeChange({ now: { messages: 7200, dmarcFail: 122 }, before: { messages: 7300, dmarcFail: 14 } }),
    }),
    makeWeekDomain({
      domain: "example.net",
      totals: makeTotals({ messages: 2011, dmarcFail: 6 }),
      fail: makeParts({ spoofed: makeImpact({ rejected: 6 }) }),
      change: makeChange({ now: { messages: 2000, dmarcFail: 6 }, before: { messages: 3300, dmarcFail: 10 } }),
    }),
    makeWeekDomain({ domain: "example.org", totals: makeTotals({ messages: 0 }) }),
  ],
  failing: [
    { domain: "example.com", days: 2, lastDay: "2026-11-16", source: sendGrid },
    {
      domain: "example.com",
      days: 1,
      lastDay: "2026-11-17",
      source: makeSource({ mailClass: "missing-in-spf", impact: makeImpact({ delivered: 7 }) }),
    },
  ],
  trend: {
    all: makeTrend((index) => ({ messages: index === 4 ? 0 : 1300 + 20 * index, dmarcFail: index === 4 ? 0 : index })),
    largest: [
      {
        domain: "example.com",
        days: makeTrend((index) => ({ messages: index === 4 ? 0 : 1000, dmarcFail: index === 4 ? 0 : index })),
      },
      {
        domain: "example.net",
        days: makeTrend((index) => ({ messages: index === 4 || index === 9 ? 0 : 300 + 20 * index })),
      },
    ],
    moreDomains: 0,
  },
  readiness: [
    makeReadiness({
      domain: "example.com",
      state: "blocked",
      blockers: [{ source: "sendgrid.net", messages: 1204, why: "not-aligned" }],
      missingSources: [{ source: "crm.example", lastSeen: "2026-03-03", messages: 40 }],
    }),
    makeReadiness({ domain: "example.net", toConfirm: [{ source: "192.0.2.0/24", messages: 12 }] }),
    makeReadiness({ domain: "example.org", state: "enforced", policy: "p=reject" }),
  ],
  news: {
    newServices: [{ domain: "example.com", source: "mcsv.net", day: "2026-11-12", messages: 1204, passed: 1200 }],
    newDomains: [{ domain: "news.example.com", day: "2026-11-13" }],
    policyChanges: [{ domain: "example.net", from: "p=none", to: "p=quarantine", since: "2026-11-14" }],
  },
  coverage: { share: 0.95, least: { day: "2026-11-15", share: 0.79 } },
  newcomers: [{ reporter: "reports.example", days: 5, reports: 6, messages: 1204 }],
});

/** A week in which nobody reported anything. */
export const emptyWeek = makeWeek({
  verdict: "look",
  domains: [makeWeekDomain({ domain: "example.org", totals: makeTotals({ messages: 0 }) })],
  trend: { all: makeTrend(() => ({ messages: 0 })), largest: [], moreDomains: 0 },
  coverage: {},
});
