import { hash } from "node:crypto";
import { hasSameParts } from "../../report/source/source.ts";
import type {
  AnyRecord,
  AuthResults,
  DkimAuthResult,
  Identifiers,
  PolicyEvaluated,
  ReportRecord,
  SpfAuthResult,
  TlsRecord,
} from "../../report/types.ts";
import { compareText, entryIn, groupBy } from "../lists.ts";

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
  return hash("sha256", lines.join(""));
}

function hashedText(record: AnyRecord): string {
  if ("session" in record) return [record.row.sourceIp, sessionText(record)].join("|");
  const { row, identifiers } = record;
  const { disposition, dkim, spf } = row.policyEvaluated;
  return [row.sourceIp, identifiers.headerFrom, disposition, dkim, spf].map((part) => part ?? "").join("|");
}

/**
 * Makes records as they are kept, their keys in a fixed order; recipients' domains and comments may name people. Parts that
 * records share stay shared.
 */
export function recordStorer(keepsRecipients: boolean): (record: AnyRecord) => AnyRecord {
  const evaluated = onceEach(({ disposition, dkim, spf, arc, reasons }: PolicyEvaluated) => ({
    disposition,
    dkim,
    spf,
    ...(arc && { arc }),
    reasons: reasons.map(({ type, comment }) => ({ type, ...(keepsRecipients && { comment }) })),
  }));
  const identified = onceEach(({ headerFrom, envelopeFrom, envelopeTo }: Identifiers) => ({
    headerFrom,
    envelopeFrom,
    ...(keepsRecipients && { envelopeTo }),
  }));
  const signed = onceEach(({ domain, selector, result }: DkimAuthResult) => ({ domain, selector, result }));
  const looked = onceEach(({ domain, scope, result }: SpfAuthResult) => ({ domain, scope, result }));
  const allSigned = onceEach((dkim: DkimAuthResult[]) => dkim.map(signed));
  const allLooked = onceEach((spf: SpfAuthResult[]) => spf.map(looked));
  const authenticated = onceEach(({ dkim, spf }: AuthResults) => ({ dkim: allSigned(dkim), spf: allLooked(spf) }));
  return (record) => {
    if ("session" in record) return record;
    const { sourceIp, count, policyEvaluated } = record.row;
    return {
      row: { sourceIp, count, policyEvaluated: evaluated(policyEvaluated) },
      identifiers: identified(record.identifiers),
      authResults: authenticated(record.authResults),
    };
  };
}

/** What is made of the parts of records, once of each. */
function onceEach<T extends object, U>(make: (part: T) => U): (part: T) => U {
  const known = new Map<T, U>();
  return (part) => entryIn(known, part, () => make(part));
}

/**
 * Writes what records may share with others, as JSON: all but address and count. Empty lists are left out. Parts that
 * records share are written once.
 */
export function sharedTexts(): (record: AnyRecord) => string {
  const evaluated = onceEach(({ disposition, dkim, spf, arc, reasons, ...others }: PolicyEvaluated) =>
    JSON.stringify({ disposition, dkim, spf, arc, reasons: unlessEmpty(reasons), ...others }),
  );
  const identified = onceEach((identifiers: Identifiers) => JSON.stringify(identifiers));
  const authenticated = onceEach((results: AuthResults) =>
    JSON.stringify({ ...results, dkim: unlessEmpty(results.dkim), spf: unlessEmpty(results.spf) }),
  );
  let last: { record: ReportRecord; text: string } | undefined;
  return (record) => {
    if ("session" in record) return sessionText(record);
    if (last !== undefined && hasSameParts(last.record, record)) return last.text;
    const { row, identifiers, authResults, ...more } = record;
    const parts = `"policyEvaluated":${evaluated(row.policyEvaluated)},"identifiers":${identified(identifiers)},"authResults":${authenticated(authResults)}`;
    const others = JSON.stringify(more).slice(1, -1);
    const text = others === "" ? `{${parts}}` : `{${parts},${others}}`;
    last = { record, text };
    return text;
  };
}

function sessionText({ row: _, session, ...more }: TlsRecord): string {
  const { policyType, mode, result, mx, reasonCode, ...others } = session;
  return JSON.stringify({ session: { policyType, mode, result, mx, reasonCode, ...others }, ...more });
}

function unlessEmpty<T>(list: T[]): T[] | undefined {
  return list.length === 0 ? undefined : list;
}

/** Records that differ only in `count` added up; sorted by what they share, then by address. */
export function addUpRecords<Rec extends AnyRecord>(records: readonly Rec[]): Rec[] {
  const groups = [...groupBy(records, sharedTexts())].sort(([a], [b]) => compareText(a, b));
  return groups.flatMap(([, group]) => {
    const [first] = group;
    if (group.length < 2 || first === undefined) return group;
    const counts = new Map<string | undefined, number>();
    for (const { row } of group) counts.set(row.sourceIp, (counts.get(row.sourceIp) ?? 0) + row.count);
    const rows = [...counts].sort(([a = ""], [b = ""]) => compareText(a, b));
    // All but address and count is shared with the first.
    return rows.map(([sourceIp, count]) => ({ ...first, row: { ...first.row, sourceIp, count } }));
  });
}
