import { dayAfter, daysUpTo } from "../../history/dates.ts";
import { countBy, sumOf } from "../../history/lists.ts";
import type { Figures } from "../../history/state.ts";
import { type FailParts, type Newcomer, newcomersIn, type Totals } from "../day/day.ts";
import type { Digest, DigestIncident, DigestSource } from "../digest.ts";
import { addUp, makeDomainDays } from "../domain-digest.ts";
import { incidentDay } from "../incident-days.ts";
import { type IdleMute, idleMutes } from "../incidents/incidents.ts";
import { type NewService, newsOf, type PolicyChange } from "../news.ts";
import type { Readiness } from "../readiness.ts";
import { type Senders, type TrendDay, trendOf } from "../senders/senders.ts";
import { incidentsOf, mutedOn } from "../shown-incidents.ts";
import { type TlsHost, tlsHosts } from "../tls/tls.ts";
import { type Verdict, worstVerdict } from "../verdict.ts";
import { coveredShare, type Window, windowUpTo } from "../window/window.ts";
import { type WeekChange, weekChanges } from "./week-change.ts";
import { type WeekDomain, type WeekFailure, weekDomains } from "./week-domains.ts";

export { movedDomains, type WeekChange } from "./week-change.ts";
export type { WeekDomain, WeekFailure } from "./week-domains.ts";

/** The seven days up to a digest's, against the seven before. Names in it are strangers' text, not yet escaped. */
export interface Week {
  /** `YYYY-MM-DD`, both ends inclusive. */
  first: string;
  last: string;
  /** The worst of its days, over all domains. */
  verdict: Verdict;
  /** The days in order. */
  days: { day: string; verdict?: Verdict; firstVerdict?: Verdict }[];
  /** Over all domains. */
  totals: Totals;
  /** The DMARC failures of all domains in parts. */
  fail: FailParts;
  /** Absent when too little can be compared. */
  change?: WeekChange;
  /** The domain with the worst day first, then the most own failures, then by name. */
  domains: WeekDomain[];
  /** Sources of own mail that failed, the most failures first. */
  failing: WeekFailure[];
  trend: WeekTrend;
  /** Inbound sessions with TLS by host; empty where nobody reports any. */
  tls: TlsHost[];
  /** How far each policy domain is from a policy of `reject`. */
  readiness: Readiness[];
  news: WeekNews;
  /** Open ones, the worst first, then those that ended in the week. */
  incidents: DigestIncident[];
  /** Those with failures in the week that a person has muted. */
  muted: DigestIncident[];
  /** Mutes of the file that do nothing: their date is past, or no incident fits them. */
  idleMutes: IdleMute[];
  coverage: WeekCoverage;
  /** Whose reports are authenticated, and don't count unless a person trusts them; see `newcomersIn`. */
  newcomers: Newcomer[];
}

/** The last 20 days, in order; days before the first report that the window knows are left out. */
export interface WeekTrend {
  /** Over all domains. */
  all: TrendDay[];
  /** The domains with the most messages in these days, at most 5; those without any are left out. */
  largest: { domain: string; days: TrendDay[] }[];
  /** How many further domains have messages. */
  moreDomains: number;
}

/** What is new or has changed in a week, the newest last. */
export interface WeekNews {
  newServices: (NewService & { day: string })[];
  newDomains: { domain: string; day: string }[];
  policyChanges: PolicyChange[];
}

/** How complete the days of a week are; all absent while no reporter is known to be usual. */
export interface WeekCoverage {
  /** The mean of the days' coverage, from 0 to 1. */
  share?: number;
  /** The least complete day. */
  least?: { day: string; share: number };
}

/** What a week is made of beside the digest of its last day. */
export interface WeekSource
  extends Pick<DigestSource, "files" | "domainDays" | "senders" | "incidents" | "settingsOf" | "trust"> {
  /** 27 days up to the digest's at least: 14 to compare, 20 to draw; the more it knows, the less is taken for new. */
  window: Window;
  /** The figures of days that were sent, for their verdicts; of several entries of a day the last counts. */
  sent: readonly Pick<Figures, "day" | "verdict" | "firstVerdict">[];
}

const days = { week: 7, trend: 20 };
const mostLargest = 5;

/** The week that ends with a digest's day. The same history gives the same week. */
export function makeWeek(digest: Digest, source: WeekSource): Week {
  const { day: last } = digest;
  const window = windowUpTo(source.window, last);
  const dates = daysOfWeek(last);
  const files = [...source.files].filter(({ day }) => dates.includes(day));
  const domainDays = source.domainDays ?? makeDomainDays(files, source);
  const names = new Set([...digest.domains.map(({ domain }) => domain), ...domainDays.domains]);
  const { senders, incidents } = source;
  const { domains, failing } = weekDomains({
    days: dates,
    domains: [...names],
    domainDays,
    incidents,
  });
  const changes = weekChanges(window, senders, last);
  const told: WeekSource["sent"] = [...source.sent, ...digest.earlierDays, digest];
  const verdicts = new Map(told.map(({ day, verdict, firstVerdict }) => [day, { verdict, firstVerdict }]));
  return {
    first: dayAfter(last, 1 - days.week),
    last,
    verdict: worstVerdict([digest.verdict, ...domains.map(({ verdict }) => verdict)]),
    days: dates.map((day) => ({ day, ...verdicts.get(day) })),
    ...addUp(domains),
    ...(changes.all !== undefined && { change: changes.all }),
    domains: domains.map((domain) => ({ ...domain, change: changes.domains.get(domain.domain) })),
    failing,
    trend: trendUpTo(window, senders, last),
    tls: tlsHosts((window.tls ?? []).filter(({ day }) => dates.includes(day))),
    readiness: digest.readiness,
    news: weekNews(window, senders, dates),
    incidents: incidentsOf({ ...source, days: [last], posted: [], domainDays }, days.week),
    muted: mutedOn({ ...source, days: [last, ...dates], posted: [], domainDays }).muted,
    idleMutes: idleMutes(incidents.mutes ?? [], {
      incidents: incidentDay(incidents, last)?.incidents ?? [],
      day: last,
    }),
    coverage: weekCoverage(window, dates),
    newcomers: newcomersIn(files, source.trust),
  };
}

/** The seven days up to one, in order. */
export function daysOfWeek(last: string): string[] {
  return daysUpTo(last, days.week);
}

function trendUpTo(window: Window, senders: Senders, last: string): WeekTrend {
  const known = window.pairs.reduce((first, { day }) => (day < first ? day : first), last);
  const earliest = dayAfter(last, 1 - days.trend);
  const { days: all, domains } = trendOf({ ...window, first: known > earliest ? known : earliest, last }, senders);
  const sending = countBy(
    domains,
    ([domain]) => domain,
    ([, ofDomain]) => sumOf(ofDomain, ({ messages }) => messages),
  ).filter(({ count }) => count > 0);
  return {
    all,
    largest: sending.slice(0, mostLargest).map(({ name }) => ({ domain: name, days: domains.get(name) ?? [] })),
    moreDomains: Math.max(0, sending.length - mostLargest),
  };
}

/** Without the sources that broke: they are among the failing ones, with since when. */
function weekNews(window: Window, senders: Senders, dates: readonly string[]): WeekNews {
  const news = dates.map((day) => ({ day, ...newsOf(window, senders, day) }));
  return {
    newServices: news.flatMap(({ day, newServices }) => newServices.map((service) => ({ ...service, day }))),
    newDomains: news.flatMap(({ day, newDomains }) => newDomains.map((domain) => ({ domain, day }))),
    policyChanges: news.flatMap(({ policyChanges }) => policyChanges),
  };
}

function weekCoverage(window: Window, dates: readonly string[]): WeekCoverage {
  const shares = dates.flatMap((day) => {
    const share = coveredShare(window, day);
    return share === undefined ? [] : [{ day, share }];
  });
  const [least] = shares.toSorted((a, b) => a.share - b.share);
  if (least === undefined) return {};
  return { share: sumOf(shares, ({ share }) => share) / shares.length, least };
}
