import { createHash } from "node:crypto";
import type { AnyRecord } from "../../report/types.ts";
import { compareText, groupBy } from "../lists.ts";

/**
 * SHA-256 in hex over the sorted lines `sourceIp|headerFrom|disposition|dkim|spf|count` of the records.
 *
 * Counts of records alike in the other five are added up first, so that it can be checked on what is stored. Of records
 * of other kinds, all that they say stands in a line.
 */
export function contentHash(records: readonly AnyRecord[]): string {
  const counts = new Map<string, number>();
  for (const record of records) {
    const line = hashedText(record);
    counts.set(line, (counts.get(line) ?? 0) + record.row.count);
  }
  const lines = [...counts].map(([line, count]) => `${line}|${count}\n`).sort();
  return createHash("sha256").update(lines.join("")).digest("hex");
}

function hashedText(record: AnyRecord): string {
  if ("session" in record) return [record.row.sourceIp, sharedText(record)].join("|");
  const { row, identifiers } = record;
  const { disposition, dkim, spf } = row.policyEvaluated;
  return [row.sourceIp, identifiers.headerFrom, disposition, dkim, spf].map((part) => part ?? "").join("|");
}

/** A record as it is kept, its keys in a fixed order; recipients' domains and comments may name people. */
export function storedRecord(record: AnyRecord, keepsRecipients: boolean): AnyRecord {
  if ("session" in record) return record;
  const { row, identifiers, authResults } = record;
  const { disposition, dkim, spf, arc, reasons } = row.policyEvaluated;
  const { headerFrom, envelopeFrom, envelopeTo } = identifiers;
  return {
    row: {
      sourceIp: row.sourceIp,
      count: row.count,
      policyEvaluated: {
        disposition,
        dkim,
        spf,
        ...(arc && { arc }),
        reasons: reasons.map(({ type, comment }) => ({ type, ...(keepsRecipients && { comment }) })),
      },
    },
    identifiers: { headerFrom, envelopeFrom, ...(keepsRecipients && { envelopeTo }) },
    authResults: {
      dkim: authResults.dkim.map(({ domain, selector, result }) => ({ domain, selector, result })),
      spf: authResults.spf.map(({ domain, scope, result }) => ({ domain, scope, result })),
    },
  };
}

/** What a record may share with others, as JSON: all but its address and count. Empty lists are left out. */
export function sharedText(record: AnyRecord): string {
  if ("session" in record) {
    const { row: _, session, ...more } = record;
    const { policyType, mode, result, mx, reasonCode, ...others } = session;
    return JSON.stringify({ session: { policyType, mode, result, mx, reasonCode, ...others }, ...more });
  }
  const { row, identifiers, authResults, ...more } = record;
  const { policyEvaluated } = row;
  const { disposition, dkim, spf, arc, reasons, ...others } = policyEvaluated;
  return JSON.stringify({
    policyEvaluated: { disposition, dkim, spf, arc, reasons: unlessEmpty(reasons), ...others },
    identifiers,
    authResults: { ...authResults, dkim: unlessEmpty(authResults.dkim), spf: unlessEmpty(authResults.spf) },
    ...more,
  });
}

function unlessEmpty<T>(list: T[]): T[] | undefined {
  return list.length === 0 ? undefined : list;
}

/** Records that differ only in `count` added up; sorted by what they share, then by address. */
export function addUpRecords<Rec extends AnyRecord>(records: readonly Rec[]): Rec[] {
  const groups = [...groupBy(records, sharedText)].sort(([a], [b]) => compareText(a, b));
  return groups.flatMap(([, group]) => {
    const [first] = group;
    const counts = new Map<string | undefined, number>();
    for (const { row } of group) counts.set(row.sourceIp, (counts.get(row.sourceIp) ?? 0) + row.count);
    const rows = [...counts].sort(([a = ""], [b = ""]) => compareText(a, b));
    return first === undefined ? [] : rows.map(([sourceIp, count]) => withRow(first, sourceIp, count));
  });
}

/** A record with another address and count; the rest is shared with the given one. */
function withRow<Rec extends AnyRecord>(record: Rec, sourceIp: string | undefined, count: number): Rec {
  return { ...record, row: { ...record.row, sourceIp, count } };
}
