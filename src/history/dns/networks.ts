import * as z from "zod";
import { growing, parseHistoryJson, plainJson } from "../format.ts";

const network: z.ZodType<KeptNetwork> = growing({
  asn: z.int().positive().optional(),
  name: z.string().optional(),
  country: z.string().optional(),
  host: z.string().optional(),
  unanswered: z.int().positive().optional(),
});

const networksFile = growing({ version: z.literal(1), networks: z.record(z.string(), network) });

/** Whose an address is, as DNS said when it was asked; all of it absent where DNS knows nothing. */
export interface NetworkName {
  /** The number of the autonomous system that announces it. */
  asn?: number | undefined;
  /** What the system calls itself. A stranger's text, on one line and cut. */
  name?: string | undefined;
  /** Two letters, as the registry has it. */
  country?: string | undefined;
  /** The host's name, where its address is one that the name has. */
  host?: string | undefined;
}

/** What is kept of an address. */
export interface KeptNetwork extends NetworkName {
  /** How often DNS was asked and did not answer for a part of it; absent once it has. */
  unanswered?: number | undefined;
}

/** Where the answers are kept, below `data-path`: the same history gives the same digest, whatever DNS says by then. */
export const networksPath = "networks.json";

/** Addresses that are kept, the newest. */
const mostKept = 1000;

/**
 * What is kept, by address.
 *
 * @throws HistoryFormatError when the text is not as `formatNetworks` writes it.
 */
export function parseNetworks(text: string | undefined): Map<string, KeptNetwork> {
  return new Map(text === undefined ? [] : Object.entries(parseHistoryJson(networksPath, text, networksFile).networks));
}

/** The text of the file, the addresses in the order in which they were asked about. */
export function formatNetworks(networks: ReadonlyMap<string, KeptNetwork>): string {
  const file = { version: 1, networks: Object.fromEntries([...networks].slice(-mostKept)) };
  return plainJson(`${JSON.stringify(file, null, 2)}\n`);
}
