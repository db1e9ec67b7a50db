import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { normalDomain, organizationalDomain } from "./domain.ts";
import type { ReportRecord } from "./types.ts";

/**
 * What the sender of a record is called. No look-ups: the same record always gives the same name.
 *
 * Only a domain that authenticated is believed: anybody may write any domain into an envelope. What is no host name
 * names nobody.
 *
 * @param ownDomain - The organizational domain of the policy; it is the author's, and never the sender's name.
 */
export function sourceOf({ row, authResults }: ReportRecord, ownDomain: string): string {
  const passed = [...authResults.dkim, ...authResults.spf]
    .filter(({ domain = "", result }) => result === "pass" && normalDomain(domain) === domain)
    .map(({ domain }) => organizationalDomain(domain ?? ""))
    .filter((domain) => domain !== ownDomain);
  return passed[0] ?? networkOf(row.sourceIp);
}

/** The network of an address: its /24 (IPv4) or /48 (IPv6) in CIDR notation; `unknown` where there is none. */
export function networkOf(sourceIp: string | undefined): string {
  if (sourceIp === undefined || isIP(sourceIp) === 0) return unknown;
  const address = ipaddr.parse(sourceIp);
  const bits = address.kind() === "ipv4" ? 24 : 48;
  const kind = address.kind() === "ipv4" ? ipaddr.IPv4 : ipaddr.IPv6;
  return `${kind.networkAddressFromCIDR(`${sourceIp}/${bits}`).toString()}/${bits}`;
}

/** Whether a name given by `sourceOf` is that of a network, or `unknown`, and not of a service. */
export function isNetwork(source: string): boolean {
  return source.includes("/") || source === unknown;
}

const unknown = "unknown";
