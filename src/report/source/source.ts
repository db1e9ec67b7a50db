import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { type Evidence, isTenant } from "./evidence.ts";
import { mostTelling, serviceOfDomain } from "./sending-services.ts";

export { type Evidence, evidenceReader, hasSameParts, isTenant, type KeyResult, senderDomain } from "./evidence.ts";
export { parseSaidSender, saidBy } from "./said-sender.ts";
export { type SendingService, sendingServices } from "./sending-service.ts";
export { type NamedService, serviceOfDomain, serviceOfRecord } from "./sending-services.ts";

/**
 * What the sender of a record is called: a domain other than ours as which it authenticated, else the network of its
 * address. No look-ups: the same record always gives the same name.
 *
 * Only a domain that authenticated is believed: anybody may write any domain into an envelope.
 */
export function senderOf(evidence: Evidence, sourceIp: string | undefined): string {
  return senderNameOf(evidence) ?? networkOf(sourceIp);
}

/** A domain other than ours as which a message authenticated; `undefined` for none. See `senderOf`. */
export function senderNameOf({ signers, envelope, spfResult }: Evidence): string | undefined {
  return mostTelling(envelope !== undefined && spfResult === "pass" ? [...signers, envelope] : signers);
}

/** What people call a sender. */
export interface SenderName {
  /** `"SendGrid"` for `"sendgrid.net"`; the domain, the tenant or the network itself where it is no service. */
  name: string;
  /** Of a tenant, the service that it is one of. */
  host?: string;
}

/**
 * What people call a sender.
 *
 * @param service - The name of the service that it is, where more than the sender's own name says so.
 */
export function senderNameFor(sender: string, service = serviceOfDomain(sender)?.name): SenderName {
  if (service === undefined) return { name: sender };
  return isTenant(sender) ? { name: sender, host: service } : { name: service };
}

/** The same in one: `"contoso.onmicrosoft.com (Microsoft 365)"` for a tenant. */
export function knownNameOf(sender: string, service?: string): string {
  const { name, host } = senderNameFor(sender, service);
  return host === undefined ? name : `${name} (${host})`;
}

/** The network of an address: its /24 (IPv4) or /48 (IPv6) in CIDR notation; `unknown` where there is none. */
export function networkOf(sourceIp: string | undefined): string {
  switch (sourceIp === undefined ? 0 : isIP(sourceIp)) {
    case 4:
      return `${sourceIp?.replace(/\d+$/, "0")}/24`;
    case 6:
      // As it is shown, but where zeros at its end would be left out.
      if (sourceIp !== undefined && wide.test(sourceIp)) return `${sourceIp.split(":", 3).join(":")}::/48`;
      return `${ipaddr.IPv6.networkAddressFromCIDR(`${sourceIp}/48`).toString()}/48`;
    default:
      return unknown;
  }
}

/** Whether a name given by `senderOf` is that of a network, or `unknown`, and not of a service. */
export function isNetwork(source: string): boolean {
  return source.includes("/") || source === unknown;
}

/** An IPv6 address in the form of RFC 5952 of whose first three groups all are there, and the third is not zero. */
const wide = /^(?:(?:0|[1-9a-f][0-9a-f]{0,3}):){2}[1-9a-f][0-9a-f]{0,3}:/;

const unknown = "unknown";
