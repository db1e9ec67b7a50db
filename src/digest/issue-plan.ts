import { evaluatedOf } from "./day/day.ts";
import type { Digest, DomainDigest } from "./digest.ts";

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

/** What to do with the one issue of a domain. */
export type IssuePlan =
  | { do: "open"; domain: DomainDigest }
  | { do: "reopen"; domain: DomainDigest; issue: ExistingIssue }
  | { do: "update"; domain: DomainDigest; issue: ExistingIssue }
  | { do: "close"; domain: DomainDigest; issue: ExistingIssue };

/**
 * What to do with the issues of all domains: one plan a domain that needs one.
 *
 * A domain has one issue for ever: it is opened when a threshold is first passed, updated while it is,
 * closed when the domain is back within its thresholds, and reopened when it passes one again.
 * On a day with fewer evaluated messages than `min-messages` an open issue stays as it is: too little is known to close it.
 *
 * @param issues - The existing issue of a domain, by domain.
 * @param minMessages - The threshold below which a day says nothing.
 */
export function planIssues(
  digest: Digest,
  issues: ReadonlyMap<string, ExistingIssue>,
  minMessages: number,
): IssuePlan[] {
  return digest.domains.flatMap((domain) => planIssue(domain, issues.get(domain.domain), minMessages) ?? []);
}

function planIssue(domain: DomainDigest, issue: ExistingIssue | undefined, minMessages: number): IssuePlan | undefined {
  if (domain.alarm !== undefined) {
    if (issue === undefined) return { do: "open", domain };
    return { do: issue.state === "open" ? "update" : "reopen", domain, issue };
  }
  if (issue?.state !== "open" || evaluatedOf(domain.totals) < minMessages) return undefined;
  return { do: "close", domain, issue };
}
