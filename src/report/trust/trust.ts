import type { Authenticity } from "../authenticity.ts";
import { isWithin } from "../domain.ts";
import type { Reason } from "../reason.ts";
import { impersonatedReporter, standingOf } from "./known-reporters.ts";

export { type BelievedSender, believedSender, isBelieved, senderFields } from "./believed-sender.ts";
export { checkDkim, type DkimOutcome } from "./dkim.ts";
export type { DnsAnswer, ResolveTxt } from "./dkim-key.ts";
export { fromSenderOf } from "./from-domains.ts";
export { isOwn, judgeReports, type SenderSettings } from "./judge.ts";
export { claimedReporter, isSharedDomain, knownReporter, knownReporters, standingOf } from "./known-reporters.ts";
export {
  hostOnTop,
  isAuthenticationResults,
  parseTrustedHost,
  type TrustedHost,
  topmostAuthservId,
  trustedPresets,
} from "./trusted-hosts.ts";
export { hasTrustedResults, judgeByHeader } from "./trusted-results.ts";

/** Whom the user believes. */
export interface Trust {
  /** Domains of reporters that are believed beside the known ones, their subdomains included. */
  trustedReporters: readonly string[];
  /** Those that are believed beside them in what they say about a domain of ours alone; absent for none. */
  trustedFor?: ((policyDomain: string) => readonly string[]) | undefined;
  /** Whether reports count of which nothing shows whether they are authentic. */
  countsUnverified: boolean;
}

/** Whom the user believes in what is said about one domain. */
export interface TrustAbout extends Pick<Trust, "trustedReporters" | "countsUnverified"> {
  policyDomain: string;
}

/** Whom the user believes in what is said about a domain. */
export function trustAbout(
  policyDomain: string,
  { trustedReporters, trustedFor, countsUnverified }: Trust,
): TrustAbout {
  const own = trustedFor?.(policyDomain) ?? [];
  return { policyDomain, trustedReporters: [...trustedReporters, ...own], countsUnverified };
}

/**
 * Whether a report moves numbers and alarms: a file that was given by hand, a verified report of a domain that is
 * believed, and an unverified one only where the user has said so. By today's trust, whatever held when it came.
 */
export function isCounting({ verdict, domain = "" }: Authenticity, trust: TrustAbout): boolean {
  if (verdict === "given") return true;
  return verdict === "verified" ? standingOf(domain, trust) !== "new" : trust.countsUnverified;
}

/**
 * Why a verified report is an impersonation: it goes by the name of a known reporter, under another domain; `undefined`
 * when it is none.
 */
export function impersonationReason(
  orgName: string,
  domain: string,
  { trustedReporters }: TrustAbout,
): Reason | undefined {
  const claimed = impersonatedReporter({ orgName, fromDomain: domain });
  if (claimed === undefined || isWithin(domain, trustedReporters)) return undefined;
  return { code: "impersonation", name: claimed.name, domain };
}
