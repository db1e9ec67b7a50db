import { isAligned } from "./domain.ts";
import { dmarcOutcome } from "./outcome.ts";
import type { ReportRecord } from "./types.ts";

/**
 * Whether a record that failed DMARC shows that its messages may have been ours, and altered in transit: its receiver
 * says that they were forwarded, or a signature of ours is there that does not hold.
 *
 * @param ownDomain - The organizational domain of the policy.
 */
export function isAltered(record: ReportRecord, ownDomain: string): boolean {
  if (dmarcOutcome(record) !== "fail") return false;
  return hasForwardingReason(record) || hasOwnSignature(record, ownDomain);
}

/** Whether a receiver says that it made an exception since the messages were forwarded (RFC 7489, appendix C; RFC 9990). */
export function hasForwardingReason({ row }: ReportRecord): boolean {
  return row.policyEvaluated.reasons.some(({ type }) => forwardingReasons.has(type));
}

/** Whether a signature of a domain of ours is there, be it good or not. */
export function hasOwnSignature({ authResults }: ReportRecord, ownDomain: string): boolean {
  return authResults.dkim.some(
    ({ domain, result }) => domain !== undefined && isAligned(domain, ownDomain) && result !== "none",
  );
}

const forwardingReasons = new Set(["forwarded", "trusted_forwarder", "mailing_list"]);
