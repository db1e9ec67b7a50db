import * as z from "zod";
import { dayAfter } from "../dates.ts";
import { folderOf } from "../day-file/day-file.ts";
import { growing, parseHistoryJson, plainJson } from "../format.ts";
import { sortedRecord } from "../lists.ts";

export { formatNetworks, type KeptNetwork, type NetworkName, networksPath, parseNetworks } from "./networks.ts";

const change = growing({
  name: z.string(),
  type: z.string(),
  change: z.enum(["gone", "new", "changed"]),
  /** The day on which it was still as before, and the one on which it no longer was. */
  last: z.iso.date(),
  day: z.iso.date(),
}) satisfies z.ZodType<DnsChange>;

const dnsFile = growing({
  version: z.literal(1),
  /** `TXT _dmarc.example.com`, with its records, sorted. */
  records: z.record(z.string(), z.array(z.string())),
  /** Of the last 30 days, the newest last. */
  changes: z.array(change),
});

/** A record that is no longer what it was, between two days on which DNS was asked. */
export interface DnsChange {
  name: string;
  type: string;
  change: "gone" | "new" | "changed";
  /** `YYYY-MM-DD`: it was still as before. */
  last: string;
  /** `YYYY-MM-DD`: it no longer was. */
  day: string;
}

/** What DNS said of a domain when it was last asked. */
export type KeptDns = z.infer<typeof dnsFile>;

/** What DNS says of a name now; no records for none. */
export interface NamedRecords {
  name: string;
  type: string;
  records: readonly string[];
}

const keptDays = 30;

/** Where the answers about a domain are kept, below `data-path`: `dns/example.com.json`. */
export function dnsPath(domain: string): string {
  return `dns/${folderOf(domain)}.json`;
}

/**
 * What was kept of a domain.
 *
 * @throws HistoryFormatError when the text is not as `formatDns` writes it.
 */
export function parseDns(path: string, text: string | undefined): KeptDns {
  return text === undefined ? { version: 1, records: {}, changes: [] } : parseHistoryJson(path, text, dnsFile);
}

/** The text of the file, a record a line, written for `git diff`. */
export function formatDns({ records, ...rest }: KeptDns): string {
  const sorted = sortedRecord(Object.entries(records)) ?? {};
  return plainJson(`${JSON.stringify(dnsFile.parse({ ...rest, records: sorted }), null, 2)}\n`);
}

/**
 * What is kept with today's answers, and what has changed. A name that was never asked for before is no change.
 *
 * @param last - The day on which DNS was asked before; absent when it never was.
 */
export function withAnswers(
  kept: KeptDns,
  answers: readonly NamedRecords[],
  { day, last }: { day: string; last?: string | undefined },
): KeptDns {
  const records = { ...kept.records };
  const changes = kept.changes.filter((one) => one.day > dayAfter(day, -keptDays));
  for (const { name, type, records: found } of answers) {
    const key = `${type} ${name}`;
    const [before, now] = [records[key], [...found].sort()];
    records[key] = now;
    if (before === undefined || last === undefined || before.join("\n") === now.join("\n")) continue;
    const kind = now.length === 0 ? "gone" : before.length === 0 ? "new" : "changed";
    changes.push({ name, type, change: kind, last, day });
  }
  return { ...kept, records, changes };
}
