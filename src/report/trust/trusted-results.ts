import { isAligned, normalDomain } from "../domain.ts";
import { fieldValue, type Header, type HeaderField } from "../header.ts";
import type { Reason } from "../reason.ts";
import {
  type AuthenticationResult,
  type AuthenticationResults,
  parseAuthenticationResults,
} from "./authentication-results.ts";
import { uncoveredReading } from "./signed-reading.ts";
import { isAuthenticationResults, type TrustedHost } from "./trusted-hosts.ts";

/** What the receiving host says about the sender of a mail. */
export type HeaderVerdict =
  | {
      kind: "pass";
      method: "dmarc" | "dkim" | "spf";
      /** What authenticated, as A-label: the From domain itself for `dmarc`, else one of the same organizational domain. */
      domain: string;
      host: string;
    }
  | { kind: "fail"; host: string }
  | {
      kind: "nothing";
      /** The setting by which a host is trusted that wrote a field; absent when none did. */
      host?: string;
      reason: Reason;
    };

/**
 * What the trusted hosts' `Authentication-Results` say about a mail.
 *
 * Each host puts its fields above what it received (RFC 8601, section 4.1), so that only the topmost field of a trusted
 * host counts, and those of trusted hosts that follow it with no `Received` between. All of them must agree. A trusted
 * host's `dmarc=fail` further down turns a pass into nothing, as does doubt that who is authenticated wrote what is read.
 */
export function judgeByHeader(mail: Header, trusted: readonly TrustedHost[], fromDomain: string): HeaderVerdict {
  const { host, counting, below } = findTrustedFields(mail.fields, trusted);
  if (host === undefined) return nothing({ code: "no-trusted-results" });
  const problem = counting.find((field) => field.problem !== undefined)?.problem;
  if (problem !== undefined) return nothing({ code: "results-unreadable", host, why: problem }, host);
  const verdict = judgeResults(
    counting.flatMap(({ results }) => results),
    { host, fromDomain },
  );
  if (verdict.kind !== "pass") return verdict;
  if (below.some(({ results }) => results.some(isDmarcFail)))
    return nothing({ code: "results-contradict", host }, host);
  const uncovered = uncoveredReading(mail, fromDomain);
  return uncovered === undefined ? verdict : nothing(uncovered, host);
}

/** Whether any field of a mail is of a trusted host. */
export function hasTrustedResults(fields: readonly HeaderField[], trusted: readonly TrustedHost[]): boolean {
  return findTrustedFields(fields, trusted).host !== undefined;
}

interface TrustedFields {
  /** The setting of the host that wrote the topmost of them; `undefined` when there is none. */
  host?: string;
  counting: AuthenticationResults[];
  /** Fields that a trusted host may have written, and that don't count. */
  below: AuthenticationResults[];
}

function findTrustedFields(fields: readonly HeaderField[], trusted: readonly TrustedHost[]): TrustedFields {
  const found: TrustedFields = { counting: [], below: [] };
  if (trusted.length === 0) return found;
  let isTopmost = true;
  let isOver = false;
  for (const field of fields) {
    if (field.name === "received") isOver ||= found.host !== undefined;
    if (!isAuthenticationResults(field)) continue;
    const results = parseAuthenticationResults(fieldValue(field));
    const host = trusted.find((one) => one.wrote(results.authservId) && (isTopmost || !one.isTopmost));
    isTopmost = false;
    if (host === undefined) continue;
    if (isOver) found.below.push(results);
    else found.counting.push(results);
    found.host ??= host.setting;
    isOver ||= host.isSingle;
  }
  return found;
}

interface Judging {
  host: string;
  fromDomain: string;
}

function judgeResults(results: readonly AuthenticationResult[], { host, fromDomain }: Judging): HeaderVerdict {
  const dmarc = results.filter(({ method }) => method === "dmarc");
  if (dmarc.length === 0) return judgeByAlignment(results, { host, fromDomain });
  const isAbout = (result: AuthenticationResult): boolean =>
    valuesOf(result, "header.from").every((value) => domainIn(value) === fromDomain);
  if (dmarc.some((result) => isDmarcFail(result) && isAbout(result))) return { kind: "fail", host };
  const isPass = dmarc.every(
    (result) => result.result === "pass" && isAbout(result) && valuesOf(result, "header.from").length > 0,
  );
  if (isPass) return { kind: "pass", method: "dmarc", domain: fromDomain, host };
  const other = dmarc.find(({ result }) => result !== "pass");
  return nothing(
    other === undefined
      ? { code: "results-other-domain", host, domain: fromDomain }
      : { code: "results-say", host, result: other.result },
    host,
  );
}

function isDmarcFail({ method, result }: AuthenticationResult): boolean {
  return method === "dmarc" && result === "fail";
}

/** What DMARC would say: one pass of the From domain's organization is enough (RFC 9989, "Identifier Alignment"). */
function judgeByAlignment(results: readonly AuthenticationResult[], { host, fromDomain }: Judging): HeaderVerdict {
  for (const method of ["dkim", "spf"] as const) {
    for (const result of results) {
      const domain = result.method === method && result.result === "pass" ? domainsBy[method](result) : undefined;
      if (domain !== undefined && isAligned(domain, fromDomain)) return { kind: "pass", method, domain, host };
    }
  }
  return nothing({ code: "results-without-alignment", host }, host);
}

const domainsBy = {
  dkim: (result: AuthenticationResult) => {
    const signers = valuesOf(result, "header.d");
    return onlyDomain(signers.length > 0 ? signers : valuesOf(result, "header.i"));
  },
  // SPF is about the HELO name only where the sender is empty (RFC 7208, section 2.4).
  spf: (result: AuthenticationResult) => {
    const senders = valuesOf(result, "smtp.mailfrom");
    return onlyDomain(senders.length > 0 ? senders : valuesOf(result, "smtp.helo"));
  },
};

/** The values of a property that are more than an empty address. */
function valuesOf({ properties }: AuthenticationResult, name: string): string[] {
  return properties
    .filter((property) => property.name === name && !/^(<>)?$/.test(property.value))
    .map(({ value }) => value);
}

/** The domain of the only value; of several none is the right one. */
function onlyDomain([value, ...others]: readonly string[]): string | undefined {
  return value === undefined || others.length > 0 ? undefined : domainIn(value);
}

/** The domain of an address or a bare domain; `undefined` when it is no host name. */
function domainIn(value: string): string | undefined {
  return normalDomain(value.slice(value.lastIndexOf("@") + 1).replace(/>$/, ""));
}

function nothing(reason: Reason, host?: string): HeaderVerdict {
  return { kind: "nothing", host, reason };
}
