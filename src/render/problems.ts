import { addImpacts, addSources, isSilent } from "../digest/day/day.ts";
import type { DigestIncident, Finding } from "../digest/digest.ts";
import type { IncidentKey, RuleName } from "../digest/incidents/incidents.ts";
import { isOfPolicy, tlsSubject } from "../digest/tls/tls.ts";
import { groupBy, sumOf } from "../history/lists.ts";
import { knownNameOf } from "../report/source/source.ts";

/** An incident, or the same one at several domains. */
export type Told<Incident extends DigestIncident = DigestIncident> = Incident & {
  /** All its domains, the one with the most messages first; absent for one. */
  domains?: readonly string[];
};

/** An incident that is found: something is to be done about it. */
export type Problem = Told<Extract<Finding, { kind: "incident" }>>;

/** Whether a finding has a cause and a step, which stand below it. */
export function isProblem(finding: Finding): finding is Problem {
  return finding.kind === "incident";
}

/** Findings, with one service or mail host that is broken at several domains as one of them, in the place of its first. */
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

/** How an incident stands, and whether what is told of it is of the day. */
function standing({ level, change, isEarlier, isResting }: DigestIncident): unknown[] {
  return [level, change, isEarlier, isResting];
}

function together<Item extends object>(
  items: readonly Item[],
  incidentOf: (item: Item) => (DigestIncident & Item) | undefined,
  apart: (incident: DigestIncident & Item) => readonly unknown[] = standing,
) {
  const groups = groupBy(items, (item): unknown => {
    const incident = incidentOf(item);
    const shared = incident && problemOf(incident);
    if (incident === undefined || shared === undefined) return item;
    return JSON.stringify([...shared, ...apart(incident)]);
  });
  return [...groups.values()].flatMap((group): Item[] => {
    const incidents = group.flatMap((item) => incidentOf(item) ?? []);
    return incidents.length < 2 ? group : [asOne(incidents)];
  });
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

function asOne<Incident extends DigestIncident>(incidents: readonly Incident[]): Told<Incident> {
  const sorted = incidents.toSorted((a, b) => b.messages - a.messages);
  const [first = incidents[0] as Incident] = sorted;
  const sources = sorted.flatMap(({ source }) => source ?? []);
  const { passed: _, ...one } = first;
  return {
    ...(one as Incident),
    domains: [...new Set(sorted.map(domainOf))],
    ...(first.hosts && { hosts: [...new Set(sorted.flatMap(({ hosts = [] }) => hosts))] }),
    messages: sumOf(sorted, ({ messages }) => messages),
    own: addImpacts(sorted.map(({ own }) => own)),
    evaluated: sumOf(sorted, ({ evaluated }) => evaluated),
    seenBy: [...new Set(sorted.flatMap(({ seenBy }) => seenBy))],
    since: sorted.map(({ since }) => since).sort()[0] ?? first.since,
    age: Math.max(...sorted.map(({ age }) => age)),
    ...(first.source && { source: addSources(first.source, sources) }),
  };
}
