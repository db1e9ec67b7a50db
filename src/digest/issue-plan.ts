import type { DigestIncident, DomainDigest } from "./digest.ts";

/** An issue of ours on GitHub, as found by label and hidden marker. */
export interface ExistingIssue {
  number: number;
  state: "open" | "closed";
  title: string;
  body: string;
}

/** The label of every issue of ours. */
export const issueLabel = "dmarc-digest";

/** The hidden line of Markdown by which a domain's issue is found again. */
export function issueMarker(domain: string): string {
  return `<!-- dmarc-digest: ${domain} -->`;
}

/** The domain of the marker in an issue's body, or `undefined` for an issue that is not ours. */
export function domainOfIssue(body: string): string | undefined {
  return /<!-- dmarc-digest: ([a-z0-9.-]+) -->/.exec(body)?.[1];
}

/** What to do with the one issue of a domain; `incidents` are those that are open, the worst first. */
export type IssuePlan =
  | { do: "open"; domain: DomainDigest; incidents: readonly DigestIncident[] }
  | { do: "reopen" | "update"; domain: DomainDigest; incidents: readonly DigestIncident[]; issue: ExistingIssue }
  | { do: "close"; domain: DomainDigest; issue: ExistingIssue };

/**
 * What to do with the issues of all domains: one plan a domain that needs one.
 *
 * A domain has one issue for ever: it is opened with its first incident to act on (or that passes a threshold that a person
 * has set), updated while one is open, closed when all are over, and reopened when there is one again.
 *
 * @param incidents - Those that an issue is for; see `issueIncidents`.
 * @param issues - The existing issue of a domain, by domain.
 */
export function planIssues(
  domains: readonly DomainDigest[],
  incidents: readonly DigestIncident[],
  issues: ReadonlyMap<string, ExistingIssue>,
): IssuePlan[] {
  return domains.flatMap((domain): IssuePlan[] => {
    const ofDomain = incidents.filter((incident) => incident.domain === domain.domain);
    const issue = issues.get(domain.domain);
    if (ofDomain.length === 0) return issue?.state === "open" ? [{ do: "close", domain, issue }] : [];
    if (issue === undefined) return [{ do: "open", domain, incidents: ofDomain }];
    return [{ do: issue.state === "open" ? "update" : "reopen", domain, incidents: ofDomain, issue }];
  });
}
