import { isAligned } from "../domain.ts";
import { type Header, readHeader } from "../header.ts";
import type { Reason } from "../reason.ts";
import { findKeys, keyName, type ResolveTxt } from "./dkim-key.ts";
import { type DkimSignature, parseSignature } from "./dkim-signature.ts";
import { verifySignatures } from "./dkim-verifier.ts";
import { fromSenderOf } from "./from-domains.ts";
import { doubledField, unsignedReading } from "./signed-reading.ts";

/** What is asked of a mail. */
export interface DkimQuestion {
  /** The domain of the mail's one From address, as a checked A-label. */
  fromDomain: string;
  at: Date;
  resolve: ResolveTxt;
}

/** What was found of one signature that is aligned with From. */
export interface SignatureFinding {
  /** d=, checked. */
  domain: string;
  /** s=; empty when it is no host name. */
  selector: string;
  kind: DkimOutcome["kind"];
  reason?: Reason;
}

/**
 * What the DKIM signatures of a mail prove: `pass`, it comes from the domain in From; `failed`, a signature that is
 * aligned with From, and whose key is there, does not fit; `none`, nothing either way; `retry`, DNS did not answer.
 */
export type DkimOutcome =
  | { kind: "pass"; domain: string; selector: string; signatures: SignatureFinding[] }
  | { kind: "failed" | "none" | "retry"; reason: Reason; signatures: SignatureFinding[] };

const mostSignatures = 5;

/**
 * What the DKIM signatures of a mail prove about the domain in its From field (RFC 6376, relaxed alignment by
 * organizational domain as in RFC 9989). Never throws.
 *
 * Only signatures aligned with From can decide, so that only those are looked at, at most five. A signature that covers
 * part of the body (l=), uses SHA-1 or a key under 1024 bits, had expired or is from the future proves nothing.
 */
export async function checkDkim(mail: Uint8Array, question: DkimQuestion): Promise<DkimOutcome> {
  try {
    const read = readHeader(mail);
    if (read === undefined) return { kind: "none", reason: { code: "too-many-fields" }, signatures: [] };
    return await checkMail(read, question);
  } catch {
    return { kind: "none", reason: { code: "signatures-unreadable" }, signatures: [] };
  }
}

async function checkMail(mail: Header, question: DkimQuestion): Promise<DkimOutcome> {
  if (fromSenderOf(mail.fields).kind === "several")
    return { kind: "failed", reason: { code: "two-from-addresses" }, signatures: [] };
  const doubled = doubledField(mail.fields);
  if (doubled !== undefined) return { kind: "none", reason: doubled, signatures: [] };
  const fields = mail.fields.filter(({ name }) => name === "dkim-signature");
  const signatures = fields.flatMap((field) => parseSignature(field, question.at) ?? []);
  const aligned = signatures.filter(({ domain }) => isAligned(domain, question.fromDomain));
  if (aligned.length === 0) return { kind: "none", reason: reasonOfNone(fields.length, signatures), signatures: [] };
  const refused = aligned.flatMap((signature) => refuse(signature, fields.length > 1) ?? []);
  const open = aligned.filter((signature) => refuse(signature, fields.length > 1) === undefined);
  const checked = await checkSignatures(mail, open.slice(0, mostSignatures), question);
  return outcomeOf([...checked, ...refused.slice(0, mostSignatures)]);
}

const mostNamed = 3;

function reasonOfNone(fields: number, signatures: readonly DkimSignature[]): Reason {
  if (fields === 0) return { code: "not-signed" };
  const domains = [...new Set(signatures.map(({ domain }) => domain))];
  if (domains.length === 0) return { code: "no-readable-signature" };
  const named = domains.slice(0, mostNamed);
  return { code: "signed-by-others", domains: named, more: domains.length - named.length };
}

function refuse(signature: DkimSignature, isOneOfSeveral: boolean): SignatureFinding | undefined {
  const { domain, selector, signedNames, refusal } = signature;
  const coversOthers = isOneOfSeveral && signedNames.includes("dkim-signature");
  const reason = refusal ?? (coversOthers ? { code: "signature-of-signatures" as const } : undefined);
  return reason === undefined ? undefined : { domain, selector, kind: "none", reason };
}

/** Looks up the keys, all at once, and holds the mail against those that are there. */
async function checkSignatures(
  mail: Header,
  signatures: readonly DkimSignature[],
  { fromDomain, at, resolve }: DkimQuestion,
): Promise<SignatureFinding[]> {
  const keys = await findKeys(signatures, resolve);
  const keyed = signatures.flatMap((signature) => {
    const key = keys.get(keyName(signature));
    return key?.kind === "key" ? [{ signature, record: key.record }] : [];
  });
  const verifications = await verifySignatures(mail, keyed, { fromDomain, at });
  return signatures.map((signature) => {
    const finding = verifications.get(signature) ?? keys.get(keyName(signature));
    const { domain, selector } = signature;
    if (finding === undefined || finding.kind === "key")
      return { domain, selector, kind: "none", reason: { code: "signature-unreadable" } };
    const { signedNames } = signature;
    const open = finding.kind === "pass" ? unsignedReading(mail, (name) => signedNames.includes(name)) : undefined;
    return { domain, selector, ...(open === undefined ? finding : { kind: "none", reason: open }) };
  });
}

/** A signature that passes decides; one whose key did not answer might have. */
const ranks = ["pass", "retry", "failed", "none"] as const;

function outcomeOf(signatures: SignatureFinding[]): DkimOutcome {
  const kind = ranks.find((rank) => signatures.some((finding) => finding.kind === rank)) ?? "none";
  const finding = signatures.find((candidate) => candidate.kind === kind);
  if (finding === undefined) return { kind: "none", reason: { code: "signatures-unreadable" }, signatures };
  const { domain, selector, reason = { code: "signature-unreadable" } } = finding;
  if (kind === "pass") return { kind, domain, selector, signatures };
  return { kind, reason: { code: "signature", domain, outcome: kind, why: reason }, signatures };
}
