import { groupBy } from "../history/group.ts";
import { addDisposition, type Dispositions, dmarcOutcome, noDispositions } from "../report/outcome.ts";
import { sourceOf } from "../report/sender.ts";
import type { ReportRecord } from "../report/types.ts";
import { isForwarded } from "./totals.ts";

/** A sending service whose messages failed DMARC. */
export interface FailingSource {
  /**
   * What the service is called: a domain that it authenticated as (a DKIM `d=` that passed, or the envelope's domain
   * that SPF passed), else the network (`192.0.2.0/24`, `2001:db8::/48`), else `unknown`.
   */
  source: string;
  /** DMARC failures in messages, those forwarded included. */
  dmarcFail: number;
  /** Part of `dmarcFail` that was forwarded, by the word of the receiver. */
  forwarded: number;
  /** What receivers did with the failures, in messages. */
  dispositions: Dispositions;
  /** Its addresses, the most failures first, at most 5. */
  addresses: string[];
  /** How many further addresses it has. */
  moreAddresses: number;
}

const addressesShown = 5;

/** The sources of the records that failed DMARC, the most failures first, then by name. */
export function failingSources(records: Iterable<ReportRecord>, ownDomain: string): FailingSource[] {
  const groups = groupBy(failing(records), (record) => sourceOf(record, ownDomain));
  return [...groups]
    .map(([source, group]) => failingSource(source, group))
    .sort((a, b) => b.dmarcFail - a.dmarcFail || (a.source < b.source ? -1 : 1));
}

function failing(records: Iterable<ReportRecord>): ReportRecord[] {
  return [...records].filter((record) => dmarcOutcome(record) === "fail" && record.row.count > 0);
}

function failingSource(source: string, records: ReportRecord[]): FailingSource {
  const dispositions = noDispositions();
  const addresses = new Map<string, number>();
  let [dmarcFail, forwarded] = [0, 0];
  for (const record of records) {
    const { count, sourceIp, policyEvaluated } = record.row;
    dmarcFail += count;
    if (isForwarded(record)) forwarded += count;
    addDisposition(dispositions, policyEvaluated.disposition, count);
    if (sourceIp !== undefined) addresses.set(sourceIp, (addresses.get(sourceIp) ?? 0) + count);
  }
  const sorted = [...addresses].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([address]) => address);
  return {
    source,
    dmarcFail,
    forwarded,
    dispositions,
    addresses: sorted.slice(0, addressesShown),
    moreAddresses: Math.max(0, sorted.length - addressesShown),
  };
}
