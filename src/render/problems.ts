import { addImpacts, addSources } from "../digest/day/day.ts";
import type { DigestIncident, Finding } from "../digest/digest.ts";
import type { RuleName } from "../digest/incidents/incidents.ts";
import { groupBy, sumOf } from "../history/lists.ts";
import { serviceOfDomain } from "../report/source/source.ts";

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

/** Findings, with one service that is broken at several domains as one of them, in the place of its first. */
export function toldFindings(findings: readonly Finding[]): Finding[] {
  return together(findings, (finding) => (isProblem(finding) ? finding : undefined));
}

/** Incidents in the same way. */
export function toldIncidents(incidents: readonly DigestIncident[]): Told[] {
  return together(incidents, (incident) => incident);
}

function together<Item extends object>(
  items: readonly Item[],
  incidentOf: (item: Item) => (DigestIncident & Item) | undefined,
) {
  const groups = groupBy(items, (item): unknown => {
    const incident = incidentOf(item);
    return (incident && problemOf(incident)) ?? item;
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
function problemOf({ rule, domain, subject, level, change, source, isEarlier }: DigestIncident): string | undefined {
  if (!ofSenders.has(rule) || domain === "") return undefined;
  const sender = serviceOfDomain(subject)?.name ?? subject;
  return JSON.stringify([rule, sender, level, change, source?.mailClass, isEarlier]);
}

function asOne<Incident extends DigestIncident>(incidents: readonly Incident[]): Told<Incident> {
  const sorted = incidents.toSorted((a, b) => b.messages - a.messages);
  const [first = incidents[0] as Incident] = sorted;
  const sources = sorted.flatMap(({ source }) => source ?? []);
  const { passed: _, ...one } = first;
  return {
    ...(one as Incident),
    domains: [...new Set(sorted.map(({ domain }) => domain))],
    messages: sumOf(sorted, ({ messages }) => messages),
    own: addImpacts(sorted.map(({ own }) => own)),
    evaluated: sumOf(sorted, ({ evaluated }) => evaluated),
    seenBy: [...new Set(sorted.flatMap(({ seenBy }) => seenBy))],
    since: sorted.map(({ since }) => since).sort()[0] ?? first.since,
    age: Math.max(...sorted.map(({ age }) => age)),
    ...(first.source && { source: addSources(first.source, sources) }),
  };
}
