import { isAligned } from "../../report/domain.ts";
import { dmarcOutcome, hasForwardingReason, hasOwnSignature } from "../../report/outcome.ts";
import { evidenceReader, senderNameOf } from "../../report/source/source.ts";
import type { ReportRecord } from "../../report/types.ts";

/** What a record shows, in the order in which the first that fits wins. */
export const mailClasses = [
  "not-evaluated",
  "aligned",
  "dkim-alone",
  "forwarded",
  "spf-alone",
  "trouble",
  "altered",
  "broken-signature",
  "not-aligned",
  "missing-in-spf",
  "spoofed",
] as const;

/**
 * What a record shows. Passing: `aligned` (both), `dkim-alone`, `spf-alone`, `forwarded` (DKIM survived). Failing:
 * `trouble` (the receiver could not look something up), `altered` in transit, `broken-signature` (of ours, at a service
 * or host of ours), `not-aligned` (a service passes as itself), `missing-in-spf` (a host that passed before), `spoofed`.
 */
export type MailClass = (typeof mailClasses)[number];

/** The parts of the DMARC failures. `own`: our own mail. `trouble`: the receiver's. */
export const failParts = ["own", "spoofed", "forwarded", "trouble"] as const;

/** See `failParts`. */
export type FailPart = (typeof failParts)[number];

/** What is known of the source of a record, beyond the record. */
export interface SourceFacts {
  /** Whether it authenticated as a sending service of the shipped map, which sends for many. */
  isService: boolean;
  /** Whether its messages have passed DMARC for this domain on the days before. */
  hasPassed: boolean;
}

/** The class of a record. The same record and facts always give the same class; nothing is looked up. */
export function mailClassOf(record: ReportRecord, ownDomain: string, { isService, hasPassed }: SourceFacts): MailClass {
  const { dkim, spf } = record.row.policyEvaluated;
  const outcome = dmarcOutcome(record);
  if (outcome === "not-evaluated") return "not-evaluated";
  if (dkim === "pass" && spf === "pass") return "aligned";
  if (dkim === "pass") return isForwarded(record, ownDomain, isService) ? "forwarded" : "dkim-alone";
  if (spf === "pass") return "spf-alone";
  if (isTrouble(record, ownDomain)) return "trouble";
  if (hasForwardingReason(record)) return "altered";
  if (hasOwnSignature(record, ownDomain)) return isService || hasPassed ? "broken-signature" : "altered";
  if (senderNameOf(evidenceReader({ domain: ownDomain })(record)) !== undefined) return "not-aligned";
  return hasPassed ? "missing-in-spf" : "spoofed";
}

/** The part of the DMARC failures that a class belongs to; `undefined` for one that passed, or was not evaluated. */
export function failPartOf(mailClass: MailClass): FailPart | undefined {
  switch (mailClass) {
    case "broken-signature":
    case "not-aligned":
    case "missing-in-spf":
      return "own";
    case "altered":
      return "forwarded";
    case "spoofed":
    case "trouble":
      return mailClass;
    case "not-evaluated":
    case "aligned":
    case "dkim-alone":
    case "spf-alone":
    case "forwarded":
      return undefined;
    default:
      return mailClass satisfies never;
  }
}

/** Whether a message that passed by DKIM was forwarded: our envelope from a host that SPF does not know, or a foreign one. */
function isForwarded({ identifiers, authResults }: ReportRecord, ownDomain: string, isService: boolean): boolean {
  if (isService) return false;
  const envelopes = [identifiers.envelopeFrom, ...authResults.spf.map(({ domain }) => domain)].filter(isSaid);
  const isOurs = envelopes.some((domain) => isAligned(domain, ownDomain));
  const hasFailed = authResults.spf.some(({ result }) => result === "fail" || result === "softfail");
  return envelopes.length > 0 && (isOurs ? hasFailed : true);
}

/** Whether it would have been decided by a look-up that the receiver could not make. */
function isTrouble({ authResults: { dkim, spf } }: ReportRecord, ownDomain: string): boolean {
  return [...dkim, ...spf].some(
    ({ domain, result }) => result === "temperror" && domain !== undefined && isAligned(domain, ownDomain),
  );
}

function isSaid(text: string | undefined): text is string {
  return text !== undefined && text !== "";
}

/** What happened to messages that failed DMARC; all but `messages` add up to it. */
export interface Impact {
  messages: number;
  /** They reached the inbox as far as DMARC is concerned: the policy asks for nothing. */
  delivered: number;
  quarantined: number;
  rejected: number;
  /** The policy asks for more, but the receiver did nothing. */
  overridden: number;
}

/** The DMARC failures in parts: `own` mail, `spoofed`, `forwarded`, and the receiver's `trouble`. */
export type FailParts = Record<FailPart, Impact>;

const impactKeys = ["messages", "delivered", "quarantined", "rejected", "overridden"] as const;

/** Zeros. */
export function noImpact(): Impact {
  return { messages: 0, delivered: 0, quarantined: 0, rejected: 0, overridden: 0 };
}

/** Zeros in all parts. */
export function noFailParts(): FailParts {
  return { own: noImpact(), spoofed: noImpact(), forwarded: noImpact(), trouble: noImpact() };
}

/**
 * Counts the messages of a record that failed.
 *
 * @param policy - What the domain asks for: `none`, `quarantine` or `reject`; another word asks for nothing.
 */
export function addImpact(impact: Impact, { row }: ReportRecord, policy: string | undefined): void {
  const { count, policyEvaluated } = row;
  impact.messages += count;
  if (policyEvaluated.disposition === "quarantine") impact.quarantined += count;
  else if (policyEvaluated.disposition === "reject") impact.rejected += count;
  else if (policy === "quarantine" || policy === "reject") impact.overridden += count;
  else impact.delivered += count;
}

/** The sums of several impacts. */
export function addImpacts(impacts: Iterable<Impact>): Impact {
  const sum = noImpact();
  for (const impact of impacts) for (const key of impactKeys) sum[key] += impact[key];
  return sum;
}

/** The sums of several failures in parts. */
export function addFailParts(all: readonly FailParts[]): FailParts {
  const sum = noFailParts();
  for (const part of failParts) sum[part] = addImpacts(all.map((parts) => parts[part]));
  return sum;
}

/** Whether receivers have kept any of the messages from the inbox. */
export function isHeld({ quarantined, rejected }: Impact): boolean {
  return quarantined + rejected > 0;
}
