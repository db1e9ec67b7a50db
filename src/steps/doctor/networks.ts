import type { Config } from "../../config/config.ts";
import type { Finding } from "../../digest/digest.ts";
import { isOpenNetwork, lookUpNetwork, namelessAddresses } from "../../digest/setup/setup.ts";
import { formatNetworks, type NetworkName, networksPath, parseNetworks } from "../../history/dns/dns.ts";
import { withDns } from "../../io/dns.ts";
import type { History } from "../../io/history.ts";

const mostAsked = 20;

/**
 * The names of networks by address: those that the history keeps, and what DNS says now of nameless senders in findings
 * of which not all is known. Nothing unless `network-names` is on.
 */
export async function nameNetworks(
  { namesNetworks, dnsServers }: Pick<Config, "namesNetworks" | "dnsServers">,
  history: History,
  findings: readonly Finding[],
): Promise<{ networks: Map<string, NetworkName>; files: Map<string, string> }> {
  if (!namesNetworks) return { networks: new Map(), files: new Map() };
  const networks = parseNetworks((await history.readFiles([networksPath])).get(networksPath));
  const asked = namelessAddresses(findings).filter((address) => isOpenNetwork(networks.get(address)));
  const found = await withDns({ servers: dnsServers }, ({ resolve }) =>
    Promise.all(
      asked
        .slice(0, mostAsked)
        .map(async (address) => [address, await lookUpNetwork(address, resolve, networks.get(address))] as const),
    ),
  );
  const told = found.flatMap(([address, name]) => (name === undefined ? [] : [[address, name] as const]));
  for (const [address, name] of told) networks.set(address, name);
  return { networks, files: new Map(told.length > 0 ? [[networksPath, formatNetworks(networks)]] : []) };
}
