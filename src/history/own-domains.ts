import { isWithin } from "../report/domain.ts";
import type { Reason } from "../report/reason.ts";
import { isStorable } from "./day-file/day-file.ts";

/**
 * Which domains are ours beside those that are named: `none`; those that have a folder (`kept`), since somebody once let
 * them in; or those, too, that a report that counts is about (`counting`), where the user put every file there by hand.
 */
export type OtherDomains = "none" | "kept" | "counting";

/** Which domains are ours. */
export interface OwnDomains {
  /** Each with its subdomains. */
  domains: readonly string[];
  others: OtherDomains;
  /** Domains that have a folder. */
  known: ReadonlySet<string>;
}

/**
 * Why a report about a domain is not kept; `undefined` when it is.
 *
 * Anybody can make up domains, and subdomains of ours, and the owner of any domain may ask for reports to be sent here. So a
 * domain gets a folder when it is named, and one below it by a report that counts; others wait until a person names them.
 *
 * @param isCounting - Whether the report moves numbers.
 */
export function foreignReason(
  domain: string,
  { domains, others, known }: OwnDomains,
  isCounting: boolean,
): Reason | undefined {
  if (!isStorable(domain)) return { code: "no-folder", domain };
  const isBelow = isWithin(domain, domains);
  if (domains.includes(domain) || (known.has(domain) && (isBelow || others !== "none"))) return undefined;
  if (!isCounting) return { code: "none-counted", domain };
  return isBelow || others === "counting" ? undefined : { code: "not-in-domains", domain };
}
