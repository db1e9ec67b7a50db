import { compareText, groupBy } from "../../history/lists.ts";
import { addSources, asOneSource, type FailingSource, missingHostsKey } from "../day/day.ts";
import { addUp, compareDomains, type DomainDays, type DomainDigest, makeDomainDigest } from "../domain-digest.ts";
import { type IncidentDays, incidentDay, verdictOn } from "../incident-days.ts";
import { fewestAlike } from "../incidents/incidents.ts";
import { failPartOf } from "../senders/senders.ts";
import { worstVerdict } from "../verdict.ts";
import type { WeekChange } from "./week-change.ts";

/** One organizational domain over the days of a week. */
export interface WeekDomain extends Pick<DomainDigest, "domain" | "verdict" | "totals" | "fail"> {
  /** Absent when too little can be compared. */
  change?: WeekChange;
}

/** A source of own mail that failed DMARC in a week. */
export interface WeekFailure {
  /** Organizational domain. */
  domain: string;
  /** On how many days it failed. */
  days: number;
  /** The newest of these days, `YYYY-MM-DD`. */
  lastDay: string;
  /** As of the newest of these days; `impact`, `messages` and `seenBy` are those of the week. */
  source: FailingSource;
  /** Of hosts that the same SPF record does not know their networks, that of the source first; absent for one. */
  networks?: string[];
}

/** Domains and days, and what their failures are judged with. */
export interface WeekDays {
  /** All of a week, in order. */
  days: readonly string[];
  /** Organizational domains. */
  domains: readonly string[];
  domainDays: DomainDays;
  incidents: IncidentDays;
}

/**
 * The domains of a week: each day is judged as its digest judged it, and then added up.
 *
 * @returns `domains`: the one with the worst day first, then the most own failures, then by name. `failing`: the most
 *   failures first.
 */
export function weekDomains({ days, domains, domainDays, incidents }: WeekDays): {
  domains: WeekDomain[];
  failing: WeekFailure[];
} {
  const byDomain = new Map<string, DomainDigest[]>(domains.map((domain) => [domain, []]));
  const failures: DayFailure[] = [];
  for (const day of days) {
    const judged = incidentDay(incidents, day);
    for (const [domain, ofDays] of byDomain) {
      if (domainDays.filesOn(domain, day).length === 0) continue;
      const verdict = judged === undefined ? "ok" : verdictOn(judged, domain);
      const digest = makeDomainDigest(domain, domainDays, { day, verdict });
      ofDays.push(digest);
      const own = digest.sources.filter(({ mailClass }) => failPartOf(mailClass) === "own");
      failures.push(...own.map((source) => ({ domain, day, source })));
    }
  }
  return {
    domains: [...byDomain].map(([domain, ofDays]) => weekDomain(domain, ofDays)).sort(compareDomains),
    failing: weekFailures(failures),
  };
}

function weekDomain(domain: string, days: readonly DomainDigest[]): WeekDomain {
  return { domain, verdict: worstVerdict(days.map(({ verdict }) => verdict)), ...addUp(days) };
}

/** A source of own mail that failed DMARC on a day. */
interface DayFailure {
  domain: string;
  day: string;
  source: FailingSource;
}

/** One entry a domain, source and class; three hosts or more that are not in one SPF record are one. */
function weekFailures(failures: DayFailure[]): WeekFailure[] {
  const groups = groupBy(failures, ({ domain, source }) =>
    [domain, source.source, source.service, source.mailClass].join("\0"),
  );
  const ofSources = [...groups.values()].flatMap((group) => {
    const [newest, days] = [group.at(-1), group.map(({ source }) => source)];
    return newest === undefined ? [] : [weekFailure(newest, days)];
  });
  const alike = groupBy(ofSources.sort(compareFailures), (one): unknown => {
    const key = missingHostsKey(one.source);
    return key === undefined ? one : `${one.domain} ${key}`;
  });
  return [...alike.values()]
    .flatMap((hosts) => (hosts.length < fewestAlike ? hosts : [ofHosts(hosts)]))
    .sort(compareFailures);
}

function compareFailures(a: WeekFailure, b: WeekFailure): number {
  return (
    b.source.impact.messages - a.source.impact.messages ||
    compareText(a.domain, b.domain) ||
    compareText(a.source.source, b.source.source)
  );
}

/** Hosts as one of them, by the name of the one with the most failures. */
function ofHosts(hosts: readonly WeekFailure[]): WeekFailure {
  const [first = hosts[0] as WeekFailure] = hosts;
  const sources = hosts.map(({ source }) => source);
  return {
    ...first,
    days: Math.max(...hosts.map(({ days }) => days)),
    lastDay:
      hosts
        .map(({ lastDay }) => lastDay)
        .sort()
        .at(-1) ?? first.lastDay,
    source: asOneSource(first.source, sources),
    networks: sources.map(({ source }) => source),
  };
}

function weekFailure({ domain, day, source }: DayFailure, days: readonly FailingSource[]): WeekFailure {
  return { domain, days: days.length, lastDay: day, source: addSources(source, days) };
}
