import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { normalDomain, organizationalDomain } from "../domain.ts";
import type { AuthResults, ReportRecord } from "../types.ts";

export { type SendingService, sendingServices } from "./sending-service.ts";
export { type NamedService, serviceOfDomain, serviceOfRecord } from "./sending-services.ts";

/**
 * What the sender of a record is called. No look-ups: the same record always gives the same name.
 *
 * Only a domain that authenticated is believed: anybody may write any domain into an envelope. What is no host name
 * names nobody.
 *
 * @param ownDomain - The organizational domain of the policy; it is the author's, and never the sender's name.
 */
export function sourceOf({ row, authResults }: ReportRecord, ownDomain: string): string {
  return serviceOf(authResults, ownDomain) ?? networkOf(row.sourceIp);
}

/** A domain other than our own as which a message authenticated; `undefined` for none. See `sourceOf`. */
export function serviceOf({ dkim, spf }: AuthResults, ownDomain: string): string | undefined {
  for (const { domain = "", result } of [...dkim, ...spf]) {
    if (result !== "pass" || normalDomain(domain) !== domain) continue;
    const service = organizationalDomain(domain);
    if (service !== ownDomain) return service;
  }
  return undefined;
}

/** The network of an address: its /24 (IPv4) or /48 (IPv6) in CIDR notation; `unknown` where there is none. */
export function networkOf(sourceIp: string | undefined): string {
  switch (sourceIp === undefined ? 0 : isIP(sourceIp)) {
    case 4:
      return `${sourceIp?.replace(/\d+$/, "0")}/24`;
    case 6:
      return `${ipaddr.IPv6.networkAddressFromCIDR(`${sourceIp}/48`).toString()}/48`;
    default:
      return unknown;
  }
}

/** Whether a name given by `sourceOf` is that of a network, or `unknown`, and not of a service. */
export function isNetwork(source: string): boolean {
  return source.includes("/") || source === unknown;
}

const unknown = "unknown";
