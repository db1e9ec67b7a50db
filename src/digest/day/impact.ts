import type { ReportRecord } from "../../report/types.ts";
import { type FailPart, failParts } from "../senders/senders.ts";

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

/** The DMARC failures in parts: `own` mail, of `unknown` senders, `forwarded`, `spoofed`, and the receiver's `trouble`. */
export type FailParts = Record<FailPart, Impact>;

const impactKeys = ["messages", "delivered", "quarantined", "rejected", "overridden"] as const;

/** Zeros. */
export function noImpact(): Impact {
  return { messages: 0, delivered: 0, quarantined: 0, rejected: 0, overridden: 0 };
}

/** Zeros in all parts. */
export function noFailParts(): FailParts {
  return Object.fromEntries(failParts.map((part) => [part, noImpact()])) as FailParts;
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
