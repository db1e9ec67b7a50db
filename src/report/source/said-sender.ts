import ipaddr from "ipaddr.js";
import { normalDomain } from "../domain.ts";
import { senderDomain } from "./evidence.ts";

/** What a person has said of a sender: whose it is. */
export interface SaidSender {
  said: "ours" | "not-ours";
  /** A sender's domain, as `senderDomain` gives it; absent for a network. */
  domain?: string;
  /** A network in CIDR notation; a single address has all of its bits. */
  network?: string;
}

/**
 * What a line says: `ours: crm.vendor.example`, `not-ours: 192.0.2.7`, `ours: 2001:db8::/48`.
 *
 * @returns `undefined` when it says nothing of a domain, an address or a network.
 */
export function parseSaidSender(line: string): SaidSender | undefined {
  const [, said, name = ""] = /^(ours|not-ours):\s*(\S+)$/.exec(line.trim()) ?? [];
  if (said !== "ours" && said !== "not-ours") return undefined;
  const network = networkIn(name);
  if (network !== undefined) return { said, network };
  const domain = normalDomain(name);
  // No top-level domain is a number: that is a mistyped address.
  return domain !== undefined && /\.(?!\d+$)[^.]+$/.test(domain) ? { said, domain: senderDomain(domain) } : undefined;
}

function networkIn(name: string): string | undefined {
  if (ipaddr.isValidCIDR(name)) {
    const [address, bits] = ipaddr.parseCIDR(name);
    const kind = address.kind() === "ipv4" ? ipaddr.IPv4 : ipaddr.IPv6;
    return `${kind.networkAddressFromCIDR(name).toString()}/${bits}`;
  }
  // `10` and `0x7f.1` are addresses to some readers, and to no person.
  if (!/^[\da-fA-F:.]+$/.test(name) || !(ipaddr.IPv4.isValidFourPartDecimal(name) || name.includes(":")))
    return undefined;
  if (!ipaddr.isValid(name)) return undefined;
  const address = ipaddr.process(name);
  return `${address.toString()}/${address.kind() === "ipv4" ? 32 : 128}`;
}

/**
 * Who a person has said a sender is. The narrowest that fits decides: an address before its network, and that before a domain;
 * of two that are as narrow, the last.
 *
 * @returns A function of a sender's name, and of an address of it where one is looked at.
 */
export function saidBy(
  all: readonly SaidSender[],
): (sender: string, address?: string) => SaidSender["said"] | undefined {
  const networks = all
    .toReversed()
    .flatMap(({ said, network }) => (network === undefined ? [] : { said, cidr: ipaddr.parseCIDR(network) }))
    .sort((a, b) => b.cidr[1] - a.cidr[1]);
  const domains = new Map(all.flatMap(({ said, domain }) => (domain === undefined ? [] : [[domain, said]])));
  const saidOfNetwork = (sender: string, address?: string): SaidSender["said"] | undefined => {
    const isAddress = address !== undefined && ipaddr.isValid(address);
    if (!isAddress && !ipaddr.isValidCIDR(sender)) return undefined;
    const [ip, bits] = isAddress ? ([ipaddr.process(address), 128] as const) : ipaddr.parseCIDR(sender);
    return networks.find(({ cidr }) => cidr[1] <= bits && ip.kind() === cidr[0].kind() && ip.match(cidr))?.said;
  };
  // Reading an address takes long, and most people name none.
  if (networks.length === 0) return (sender) => domains.get(sender);
  return (sender, address) => saidOfNetwork(sender, address) ?? domains.get(sender);
}
