import type { Config } from "../../config/config.ts";
import type { Digest } from "../../digest/digest.ts";
import { lookUpNetwork, namelessAddresses, withNetworkNames } from "../../digest/setup/setup.ts";
import { formatNetworks, networksPath, parseNetworks } from "../../history/dns/dns.ts";
import { withDns } from "../../io/dns.ts";
import type { History } from "../../io/history.ts";

/** So many new addresses are asked about in a run. */
const mostAsked = 20;

/**
 * Gives the nameless senders of a digest's incidents the names of their networks: those that the history keeps, and of others
 * what DNS says now. Nothing unless `network-names` is on.
 *
 * @returns `files`: what the history is to keep, by path; empty when nothing is new.
 */
export async function nameNetworks(
  { namesNetworks, dnsServers }: Pick<Config, "namesNetworks" | "dnsServers">,
  history: History,
  digest: Digest,
): Promise<{ digest: Digest; files: Map<string, string> }> {
  const addresses = namesNetworks ? namelessAddresses(digest) : [];
  if (addresses.length === 0) return { digest, files: new Map() };
  const names = parseNetworks((await history.readFiles([networksPath])).get(networksPath));
  const fresh = addresses.filter((address) => !names.has(address)).slice(0, mostAsked);
  const found = await withDns({ servers: dnsServers }, ({ resolve }) =>
    Promise.all(fresh.map(async (address) => [address, await lookUpNetwork(address, resolve)] as const)),
  );
  for (const [address, name] of found) if (name !== undefined) names.set(address, name);
  const files = new Map(found.some(([, name]) => name !== undefined) ? [[networksPath, formatNetworks(names)]] : []);
  return { digest: withNetworkNames(digest, names), files };
}
