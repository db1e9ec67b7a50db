import type { PolicyEvaluated, PolicyPublished, ReportRecord } from "./types.ts";

/** The outcome of two aligned results. */
type DmarcOutcome = "pass" | "fail" | "not-evaluated";

/**
 * Whether a record's messages passed DMARC, by `policyEvaluated` alone, or by what an index keeps of it.
 *
 * Raw results in `authResults` say nothing of alignment and are not looked at (RFC 9990, "policy_evaluated").
 * When only one of the two results is missing, it counts as not `pass`.
 */
export function alignedOutcome({ dkim, spf }: Pick<PolicyEvaluated, "dkim" | "spf">): DmarcOutcome {
  if (dkim === undefined && spf === undefined) return "not-evaluated";
  return dkim === "pass" || spf === "pass" ? "pass" : "fail";
}

/** Whether SPF or DKIM (or both) failed to align, among messages that were evaluated. */
export function hasSpfOrDkimFail(record: ReportRecord): boolean {
  const { dkim, spf } = record.row.policyEvaluated;
  return alignedOutcome(record.row.policyEvaluated) !== "not-evaluated" && (dkim !== "pass" || spf !== "pass");
}

/** The domain in From; of a record that names none (RFC 9990 asks for it) the policy domain, which nothing speaks against. */
export function authorDomainOf({ identifiers }: ReportRecord, policyDomain: string): string {
  return identifiers.headerFrom || policyDomain;
}

/** Which part of a policy is for a record: `sp` where the domain in From is a subdomain of the policy domain, else `p`. */
export function policyTagOf(record: ReportRecord, policyDomain: string): "p" | "sp" {
  return authorDomainOf(record, policyDomain).endsWith(`.${policyDomain}`) ? "sp" : "p";
}

/**
 * What a policy asks of receivers for a record, as a word of RFC 9989 or as it came; `undefined` when not said. A test
 * (`t=y`, or a receiver that names `policy_test_mode`) asks for one step less than the policy says.
 */
export function policyAskedFor(policy: PolicyPublished, record: ReportRecord): string | undefined {
  const asked = policyTagOf(record, policy.domain) === "sp" ? (policy.sp ?? policy.p) : policy.p;
  const { reasons } = record.row.policyEvaluated;
  const isTest = policy.testing === "y" || reasons.some(({ type }) => type === "policy_test_mode");
  return isTest ? (oneStepLess.get(asked) ?? asked) : asked;
}

const oneStepLess: ReadonlyMap<string | undefined, string> = new Map([
  ["reject", "quarantine"],
  ["quarantine", "none"],
]);

/** Messages by what the receiver did with them. */
export interface Dispositions {
  none: number;
  quarantine: number;
  reject: number;
  /** RFC 9990: the message passed, so that no policy was applied. */
  pass: number;
}

/** The words that `Dispositions` counts, in their order. */
export const dispositionKeys = ["none", "quarantine", "reject", "pass"] as const;

/** Zeros. */
export function noDispositions(): Dispositions {
  return { none: 0, quarantine: 0, reject: 0, pass: 0 };
}

/** Counts messages under their disposition; a missing or unknown word counts as none. */
export function addDisposition(dispositions: Dispositions, word: string | undefined, count: number): void {
  dispositions[dispositionKeys.find((key) => key === word) ?? "none"] += count;
}
