import type { TlsResult } from "../../../digest/tls/tls.ts";
import { formatCount, formatNumberOf } from "../format.ts";

/** Inbound TLS that fails, with its names as they are shown. */
export interface FoundByTls {
  /** The policy domain. */
  domain: string;
  /** Our hosts at which it fails, as they go into a sentence. */
  hosts: string;
}

/** Inbound TLS (RFC 8460). */
export const tls = {
  label: "Inbound TLS",
  /** In place of hosts that nobody named. */
  anyHost: (domain: string) => `MX of ${domain}`,
  hosts: (names: readonly string[]) => names.join(", "),
  sessions: (sessions: number) => formatNumberOf(sessions, "session"),
  failed: (failed: number, share: string) => `${formatCount(failed)} failed${share}`,
  noneFailed: "none failed",
  found: (what: string, sessions: number) => `${what}: ${formatNumberOf(sessions, "session")} failed`,
  /** What is wrong, in a word or two. */
  results: {
    "starttls-not-supported": "no STARTTLS",
    "certificate-host-mismatch": "certificate of another name",
    "certificate-expired": "certificate expired",
    "certificate-not-trusted": "certificate not trusted",
    "validation-failure": "not validated",
    "tlsa-invalid": "TLSA record invalid",
    "dnssec-invalid": "DNSSEC invalid",
    "dane-required": "DANE required",
    "sts-policy-fetch-error": "MTA-STS policy not fetched",
    "sts-policy-invalid": "MTA-STS policy invalid",
    "sts-webpki-invalid": "certificate of the MTA-STS host invalid",
    unspecified: "cause not said",
  } satisfies Record<TlsResult, string>,
  /** The same as a clause. */
  clauses: {
    "starttls-not-supported": ({ hosts }) => `no STARTTLS at ${hosts}`,
    "certificate-host-mismatch": ({ hosts }) => `certificate of ${hosts} for another name`,
    "certificate-expired": ({ hosts }) => `certificate of ${hosts} expired`,
    "certificate-not-trusted": ({ hosts }) => `certificate of ${hosts} not trusted`,
    "validation-failure": ({ hosts }) => `TLS to ${hosts} not validated`,
    "tlsa-invalid": ({ hosts }) => `TLSA records of ${hosts} do not fit`,
    "dnssec-invalid": ({ hosts }) => `DNSSEC of ${hosts} invalid`,
    "dane-required": ({ hosts }) => `no usable TLSA record for ${hosts}`,
    "sts-policy-fetch-error": ({ domain }) => `MTA-STS policy of ${domain} not fetched`,
    "sts-policy-invalid": ({ domain }) => `MTA-STS policy of ${domain} invalid`,
    "sts-webpki-invalid": ({ domain }) => `certificate of mta-sts.${domain} invalid`,
    unspecified: ({ hosts }) => `TLS to ${hosts} fails`,
  } satisfies Record<TlsResult, (found: FoundByTls) => string>,
  steps: {
    "starttls-not-supported": ({ hosts }) =>
      `Turn STARTTLS on at ${hosts}, and see that no firewall takes it out of the EHLO answer on port 25`,
    "certificate-host-mismatch": ({ hosts }) =>
      `Give ${hosts} a certificate with the very name of the MX record in it, and see that the MTA-STS policy lists that name`,
    "certificate-expired": ({ hosts }) =>
      `Renew the certificate of ${hosts}, reload the mail server, and see why it was not renewed by itself`,
    "certificate-not-trusted": ({ hosts }) =>
      `Let ${hosts} send a certificate of a public CA with its whole chain; with DANE alone, see that no MTA-STS policy enforces`,
    "validation-failure": ({ domain }) =>
      `See that each MX of ${domain} is in its MTA-STS policy, then test TLS on port 25 of each`,
    "tlsa-invalid": ({ hosts }) =>
      `Publish TLSA records for the certificate that ${hosts} uses now; at the next change of the key, publish the new one first`,
    "dnssec-invalid": ({ hosts }) =>
      `See that the signatures and DS records of the zones of ${hosts} are valid: a change of keys or name servers breaks them`,
    "dane-required": ({ hosts }) => `Publish TLSA records for ${hosts} in a zone signed with DNSSEC`,
    "sts-policy-fetch-error": ({ domain }) =>
      `See that https://mta-sts.${domain}/.well-known/mta-sts.txt answers with 200 and no redirect, or remove _mta-sts.${domain}`,
    "sts-policy-invalid": ({ domain }) =>
      `Mend https://mta-sts.${domain}/.well-known/mta-sts.txt (version, mode, mx, max_age), then change the id in _mta-sts.${domain}`,
    "sts-webpki-invalid": ({ domain }) => `Renew the web server's certificate for mta-sts.${domain}`,
    unspecified: ({ hosts }) => `Test TLS on port 25 of ${hosts}, and compare it with the MTA-STS policy`,
  } satisfies Record<TlsResult, (found: FoundByTls) => string>,
  allHosts: (domain: string) => `${domain}, no MX named`,
};
