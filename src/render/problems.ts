import { addImpacts, addSources, asOneSource, isSilent } from "../digest/day/day.ts";
import type { DigestIncident, Finding } from "../digest/digest.ts";
import { fewestAlike, type IncidentKey, type RuleName, senderOfSubject } from "../digest/incidents/incidents.ts";
import { isOfPolicy, tlsSubject } from "../digest/tls/tls.ts";
import { compareText, groupBy, sumOf } from "../history/lists.ts";
import { knownNameOf } from "../report/source/source.ts";

/** An incident, or the same one at several domains or hosts. */
export type Told<Incident extends DigestIncident = DigestIncident> = Incident & {
  /** All its domains, the one with the most messages first; absent for one. */
  domains?: readonly string[];
  /** Of hosts that fail alike their networks, the one that it is called by first; absent for one sender. */
  networks?: readonly string[];
};

/** An incident that is found: something is to be done about it. */
export type Problem = Told<Extract<Finding, { kind: "incident" }>>;

/** Whether a finding has a cause and a step, which stand below it. */
export function isProblem(finding: Finding): finding is Problem {
  return finding.kind === "incident";
}

/** Findings, with hosts that fail alike, and one service or mail host that is broken at several domains, as one, in the place of its first. */
export function toldFindings(findings: readonly Finding[]): Finding[] {
  return together(findings, (finding) => (isProblem(finding) ? finding : undefined));
}

/**
 * Incidents in the same way.
 *
 * @param apart - What those that are told as one have in common beside the problem; nothing where it is what to do about it.
 */
export function toldIncidents<Incident extends DigestIncident>(
  incidents: readonly Incident[],
  apart: (incident: Incident) => readonly unknown[] = standing,
): Told<Incident>[] {
  return together(incidents, (incident) => incident, apart);
}

/** The same of incidents that are over, withdrawn or still open: those with the same days, and hosts whatever their days. */
export function endedTogether(incidents: readonly DigestIncident[]): Told[] {
  return toldIncidents(incidents, ({ change, hasStopped, since, day, likeness }) => [
    change,
    hasStopped,
    ...(likeness ? [] : [since, day]),
  ]);
}

/** Hosts of one domain that fail alike as one, and all else by itself. */
export function hostsTogether<Incident extends DigestIncident>(
  incidents: readonly Incident[],
  apart: (incident: Incident) => readonly unknown[],
): Told<Incident>[] {
  return withHostsAsOne(incidents, (one) => one, apart);
}

/** How an incident stands, and whether what is told of it is of the day. That a few of several hosts are worse is no news. */
function standing({ level, change, isEarlier, isResting, likeness }: DigestIncident): unknown[] {
  if (likeness !== undefined) return [level, change === "worse" ? "known" : change];
  return [level, change, isEarlier, isResting];
}

/** The same, and then what is one problem at several domains as one. */
function together<Item extends object>(
  items: readonly Item[],
  incidentOf: (item: Item) => (DigestIncident & Item) | undefined,
  apart: (incident: DigestIncident & Item) => readonly unknown[] = standing,
): Item[] {
  return joined(withHostsAsOne(items, incidentOf, apart), incidentOf, {
    fewest: 2,
    keyOf: (one) => {
      const problem = problemOf(one);
      return problem && [...problem, ...apart(one)];
    },
    asOne: ofAllDomains,
  });
}

/** Items with hosts of one domain that fail alike as one. */
function withHostsAsOne<Item extends object>(
  items: readonly Item[],
  incidentOf: (item: Item) => (DigestIncident & Item) | undefined,
  apart: (incident: DigestIncident & Item) => readonly unknown[],
): Item[] {
  return joined(items, incidentOf, {
    fewest: fewestAlike,
    keyOf: (one) => one.likeness && [one.likeness, ...apart(one)],
    asOne: asOneProvider,
  });
}

/** Items in which so many or more of an equal key are made one; what has no key stays as it is. */
function joined<Item extends object>(
  items: readonly Item[],
  incidentOf: (item: Item) => (DigestIncident & Item) | undefined,
  {
    fewest,
    keyOf,
    asOne,
  }: {
    fewest: number;
    keyOf: (incident: DigestIncident & Item) => readonly unknown[] | "" | undefined;
    asOne: (all: readonly (DigestIncident & Item)[]) => Item;
  },
): Item[] {
  const groups = groupBy(items, (item): unknown => {
    const incident = incidentOf(item);
    const key = incident && keyOf(incident);
    return key ? JSON.stringify(key) : item;
  });
  return [...groups.values()].flatMap((group): Item[] =>
    group.length < fewest ? group : [asOne(group.flatMap((item) => incidentOf(item) ?? []))],
  );
}

/** Rules that find something wrong with a sender, or with who reports; the others speak of one domain's own records. */
const ofSenders: ReadonlySet<RuleName> = new Set([
  "sender-fails",
  "unknown-sender",
  "stopped",
  "leapt",
  "leg-lost",
  "no-report",
]);

/** What incidents that are one problem share; `undefined` for one that stands for itself. */
function problemOf({
  rule,
  domain,
  subject,
  source,
  hosts = [],
  isDane,
  addresses,
}: DigestIncident): unknown[] | undefined {
  // A host is the same behind all domains; a policy is a domain's own.
  const [host] = hosts.toSorted();
  const { result } = tlsSubject(subject);
  if (rule === "tls-fails" && host !== undefined && !isOfPolicy(result)) return [rule, result, host, isDane];
  if (source !== undefined && rule === "dns" && isSilent(source)) return [rule, knownNameOf(source.source)];
  if (!ofSenders.has(rule) || domain === "") return undefined;
  return [rule, knownNameOf(subject), source?.mailClass, addresses];
}

/** The domain that an incident is about: of inbound TLS the policy domain, which has the MX. */
function domainOf({ rule, domain, subject }: IncidentKey): string {
  return rule === "tls-fails" ? tlsSubject(subject).domain : domain;
}

/** The same problem at several domains. */
function ofAllDomains<Incident extends DigestIncident>(incidents: readonly Incident[]): Told<Incident> {
  const sorted = incidents.toSorted((a, b) => b.messages - a.messages);
  const { passed: _, ...one } = addUp(sorted);
  return {
    ...(one as Told<Incident>),
    domains: [...new Set(sorted.map(domainOf))],
    ...(one.hosts && { hosts: [...new Set(sorted.flatMap(({ hosts = [] }) => hosts))] }),
    own: addImpacts(sorted.map(({ own }) => own)),
    evaluated: sumOf(sorted, ({ evaluated }) => evaluated),
  };
}

/** Hosts of one domain that fail alike, by the name of the first and on the newest of their days. */
function asOneProvider<Incident extends DigestIncident>(incidents: readonly Incident[]): Told<Incident> {
  const sorted = incidents.toSorted((a, b) => compareText(a.subject, b.subject));
  const { isEarlier: _, ...one } = addUp(sorted);
  const sources = sorted.flatMap(({ source }) => source ?? []);
  const worse = sumOf(sorted, ({ change, messages }) => (change === "worse" ? messages : 0));
  const change = one.change === "worse" || worse > 0 ? (worse * 2 >= one.messages ? "worse" : "known") : one.change;
  return {
    ...(one as Told<Incident>),
    change,
    day:
      sorted
        .map(({ day }) => day)
        .sort()
        .at(-1) ?? one.day,
    ...(sorted.every(({ isEarlier }) => isEarlier) && { isEarlier: true }),
    networks: sorted.map(({ subject }) => senderOfSubject(subject)),
    ...(one.source && { source: asOneSource(one.source, sources) }),
  };
}

/** The first of some incidents, with the messages, reporters, days and sources of all. */
function addUp<Incident extends DigestIncident>(incidents: readonly Incident[]): Incident {
  const [first = incidents[0] as Incident] = incidents;
  const sources = incidents.flatMap(({ source }) => source ?? []);
  return {
    ...first,
    messages: sumOf(incidents, ({ messages }) => messages),
    seenBy: [...new Set(incidents.flatMap(({ seenBy }) => seenBy))],
    since: incidents.map(({ since }) => since).sort()[0] ?? first.since,
    age: Math.max(...incidents.map(({ age }) => age)),
    ...(incidents.some(({ wasEarly }) => wasEarly) && { wasEarly: true }),
    ...(first.source && { source: addSources(first.source, sources) }),
  };
}
