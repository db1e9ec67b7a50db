import { isWithin, normalDomain, organizationalDomain } from "../domain.ts";
import { policyTagOf } from "../outcome.ts";
import type { AlignedResult, AuthResults, PolicyPublished, ReportRecord } from "../types.ts";
import { serviceDomainOf } from "./sending-services.ts";

/**
 * What a record shows of its sender and of what we have in DNS, beside its address and its count: facts alone, and few
 * enough different ones to be counted by.
 */
export interface Evidence {
  /** Which part of the policy is for it. */
  policyTag: "p" | "sp";
  /** The aligned results. */
  dkim?: AlignedResult;
  spf?: AlignedResult;
  /** Other domains than ours whose signatures passed, as `senderDomain` gives them, in the order of the record; at most 3. */
  signers: readonly string[];
  /** Our signatures with their results, sorted; at most 4. */
  keys: readonly KeyResult[];
  /** The domain that SPF was looked up for, where it is ours: in full. */
  ownEnvelope?: string;
  /** Where it is another's: as `senderDomain` gives it. */
  envelope?: string;
  /** Whether that domain is the host's name in HELO, since the envelope was empty: a bounce. */
  isBounce: boolean;
  /** What SPF said of it: a word of RFC 8601, or `other`. */
  spfResult?: string;
  /** By the word of the receiver: passed on by a list or forwarder, or let through since the ARC chain vouches for it. */
  handling?: "list" | "arc";
}

/** A signature of a domain of ours. */
export interface KeyResult {
  /** `example.com/s1`, in lower case; `example.com/?` where no selector was said, or it is none. */
  key: string;
  /** A word of RFC 8601 other than `none`, or `other`. */
  result: string;
}

/**
 * What some records show. One that has all parts in common with the record before it, as most have, shows the same.
 *
 * @param policy - By which it is known whose domains are ours: those that are aligned with its domain.
 */
export function evidenceReader(
  policy: Pick<PolicyPublished, "domain" | "discoveryMethod">,
): (record: ReportRecord) => Evidence {
  const own = organizationalDomain(policy.domain);
  // A receiver that walked up the DNS tree (RFC 9989) takes all below the policy domain for one organization, whatever the
  // Public Suffix List says.
  const isWalked = policy.discoveryMethod === "treewalk";
  const isOurs = (domain: string): boolean =>
    organizationalDomain(domain) === own || (isWalked && isWithin(domain, [policy.domain]));
  const known = new Map<AuthResults["dkim"], Signatures>();
  // Records share lists of signatures more often than all that they show.
  const signaturesOf = ({ dkim }: AuthResults): Signatures => {
    const found = known.get(dkim) ?? signaturesIn(dkim, isOurs);
    known.set(dkim, found);
    return found;
  };
  let last: { record: ReportRecord; evidence: Evidence } | undefined;
  return (record) => {
    if (last === undefined || !hasSameParts(last.record, record))
      last = { record, evidence: makeEvidence(record, policy.domain, { isOurs, signaturesOf }) };
    return last.evidence;
  };
}

/** Whether two records share the very objects, as those that were read or added up together do. */
export function hasSameParts(a: ReportRecord, b: ReportRecord): boolean {
  return (
    a.authResults === b.authResults &&
    a.identifiers === b.identifiers &&
    a.row.policyEvaluated === b.row.policyEvaluated
  );
}

const most = { signers: 3, keys: 4 };

interface Known {
  isOurs: (domain: string) => boolean;
  signaturesOf: (results: AuthResults) => Signatures;
}

function makeEvidence(record: ReportRecord, policyDomain: string, { isOurs, signaturesOf }: Known): Evidence {
  const { dkim, spf, reasons, arc } = record.row.policyEvaluated;
  const isPassedOn = reasons.some(({ type }) => passedOn.has(type));
  const isVouched = arc === "pass" && reasons.some(({ type }) => type === "local_policy");
  return {
    policyTag: policyTagOf(record, policyDomain),
    ...(dkim && { dkim }),
    ...(spf && { spf }),
    ...signaturesOf(record.authResults),
    ...envelopeIn(record, isOurs),
    ...(isPassedOn ? { handling: "list" } : isVouched && { handling: "arc" }),
  };
}

/** Why a receiver made an exception for what was passed on (RFC 7489, appendix C; RFC 9990). */
const passedOn = new Set(["forwarded", "trusted_forwarder", "mailing_list"]);

type Signatures = Pick<Evidence, "signers" | "keys">;

function signaturesIn(dkim: AuthResults["dkim"], isOurs: (domain: string) => boolean): Signatures {
  const signers = new Set<string>();
  const keys = new Map<string, KeyResult>();
  for (const { domain = "", selector = "", result: word } of dkim) {
    if (normalDomain(domain) !== domain) continue;
    if (!isOurs(domain)) {
      if (word === "pass") signers.add(senderDomain(domain));
      continue;
    }
    const result = resultWord(word);
    if (result === "none") continue;
    const key = `${domain}/${/^[\w.-]{1,63}$/.test(selector) ? selector.toLowerCase() : "?"}`;
    keys.set(`${key} ${result}`, { key, result });
  }
  const sorted = [...keys].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, key]) => key);
  return { signers: [...signers].slice(0, most.signers), keys: sorted.slice(0, most.keys) };
}

function envelopeIn(
  { identifiers, authResults }: ReportRecord,
  isOurs: (domain: string) => boolean,
): Pick<Evidence, "ownEnvelope" | "envelope" | "isBounce" | "spfResult"> {
  const ofMail = authResults.spf.find(({ scope }) => scope !== "helo");
  const said = ofMail ?? (identifiers.envelopeFrom ? undefined : authResults.spf[0]);
  const isBounce = said !== undefined && ofMail === undefined;
  const named = said?.domain ?? identifiers.envelopeFrom ?? "";
  const domain = normalDomain(named) === named ? named : undefined;
  const isOwn = domain !== undefined && isOurs(domain);
  return {
    ...(domain !== undefined && (isOwn ? { ownEnvelope: domain } : { envelope: senderDomain(domain) })),
    isBounce,
    ...(said && { spfResult: resultWord(said.result) }),
  };
}

/** The results of RFC 8601, "DKIM" and "SPF". */
const resultWords = new Set(["none", "pass", "fail", "softfail", "policy", "neutral", "temperror", "permerror"]);

function resultWord(word: string): string {
  return resultWords.has(word) ? word : word === "" ? "none" : "other";
}

/** Hosts at which each customer has a name of its own below theirs. */
const hostsOfTenants = ["onmicrosoft.com", "gappssmtp.com"];

/**
 * What of a domain tells a sender: that of the shipped map which it is below, else its organizational domain. At hosts that name
 * their tenants, the tenant: `"contoso.onmicrosoft.com"`; `"example-com.20230601.gappssmtp.com"` is
 * `"example-com.gappssmtp.com"`, since the date is that of the key.
 */
export function senderDomain(domain: string): string {
  const host = hostsOfTenants.find((one) => domain.endsWith(`.${one}`));
  if (host === undefined) return serviceDomainOf(domain) ?? organizationalDomain(domain);
  const labels = domain.slice(0, -host.length - 1).split(".");
  const tenant = host === "gappssmtp.com" ? labels[0] : labels.at(-1);
  return `${tenant}.${host}`;
}

/** Whether a sender's name is that of a tenant at a host of many. */
export function isTenant(sender: string): boolean {
  return hostsOfTenants.some((host) => sender.endsWith(`.${host}`));
}
