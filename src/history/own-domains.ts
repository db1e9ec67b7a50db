import { isWithin } from "../report/domain.ts";
import type { Reason } from "../report/reason.ts";
import { isStorable } from "./day-file/day-file.ts";

/** So many domains that were not known before get a folder in one run, unless the user named them. */
export const mostNewDomains = 5;

/** Which domains are ours. */
export interface OwnDomains {
  /** The input `domains`: each with its subdomains. None named: those that a reporter that counts reports. */
  domains: readonly string[];
  /** Domains that have a folder. */
  known: ReadonlySet<string>;
  /** How many more may get one. */
  mostNew: number;
}

/**
 * Why a report about a domain is not kept; `undefined` when it is.
 *
 * Anybody can make up domains, and subdomains of ours. So a domain gets a folder when the user has named it, or by a
 * report that counts; without `domains` only a few a run, since the owner of any domain may ask for reports to be sent here.
 *
 * @param isCounting - Whether the report moves numbers.
 * @param opened - How many domains have got a folder by now.
 */
export function foreignReason(
  domain: string,
  { domains, known, mostNew }: OwnDomains,
  { isCounting, opened }: { isCounting: boolean; opened: () => number },
): Reason | undefined {
  if (!isStorable(domain)) return { code: "no-folder", domain };
  const isNamed = isWithin(domain, domains);
  if (domains.length > 0 && !isNamed) return { code: "not-in-domains", domain };
  if (known.has(domain) || domains.includes(domain) || (isNamed && isCounting)) return undefined;
  if (!isCounting && !isNamed) return { code: "none-counted", domain };
  return opened() < mostNew ? undefined : { code: "too-many-domains", domain };
}

/** Those of some domains that have no folder so far, and were not named by the user. */
export function newDomains(domains: Iterable<string>, { domains: named, known }: OwnDomains): Set<string> {
  return new Set([...domains].filter((domain) => !known.has(domain) && !named.includes(domain)));
}

/** Our domains when some of them have got a folder: fewer more may get one. */
export function withFolders(ownDomains: OwnDomains, domains: Iterable<string>): OwnDomains {
  const { known, mostNew } = ownDomains;
  return {
    ...ownDomains,
    known: new Set([...known, ...domains]),
    mostNew: Math.max(0, mostNew - newDomains(domains, ownDomains).size),
  };
}
