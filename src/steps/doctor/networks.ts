import type { Config } from "../../config/config.ts";
import type { Finding } from "../../digest/digest.ts";
import { lookUpNetwork, namelessAddresses } from "../../digest/setup/setup.ts";
import { formatNetworks, type NetworkName, networksPath, parseNetworks } from "../../history/dns/dns.ts";
import { withDns } from "../../io/dns.ts";
import type { History } from "../../io/history.ts";

/** So many new addresses are asked about in a run. */
const mostAsked = 20;

/**
 * The names of networks by address: those that the history keeps, and of nameless senders in findings that are not among them
 * what DNS says now. Nothing unless `network-names` is on.
 *
 * @returns `files`: what the history is to keep, by path; empty when nothing is new.
 */
export async function nameNetworks(
  { namesNetworks, dnsServers }: Pick<Config, "namesNetworks" | "dnsServers">,
  history: History,
  findings: readonly Finding[],
): Promise<{ networks: Map<string, NetworkName>; files: Map<string, string> }> {
  if (!namesNetworks) return { networks: new Map(), files: new Map() };
  const networks = parseNetworks((await history.readFiles([networksPath])).get(networksPath));
  const { size } = networks;
  const fresh = namelessAddresses(findings).filter((address) => !networks.has(address));
  const asked = fresh.slice(0, mostAsked);
  const found = await withDns({ servers: dnsServers }, ({ resolve }) =>
    Promise.all(asked.map(async (address) => [address, await lookUpNetwork(address, resolve)] as const)),
  );
  for (const [address, name] of found) if (name !== undefined) networks.set(address, name);
  return { networks, files: new Map(networks.size > size ? [[networksPath, formatNetworks(networks)]] : []) };
}
