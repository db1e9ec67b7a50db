import { standings } from "../../report/authenticity.ts";
import type { AnyRecord } from "../../report/types.ts";
import { compareText, entryIn } from "../lists.ts";
import { idOf, idsOf, inOrder, type StoredReport } from "./stored-report.ts";

/**
 * What came under each of a report's ids. A larger report may take an id away, and what came under that alone must then
 * be gone, too: else it would matter which came first.
 */
export function copiesOf<Rec extends AnyRecord>(report: StoredReport<Rec>): StoredReport<Rec>[] {
  const { otherIds, copies = [] } = report;
  if (otherIds === undefined) return [report];
  const known = new Map(copies.map((copy) => [idOf(copy), copy]));
  return idsOf(report).map((id) => known.get(id) ?? underId(report, id));
}

function underId<Rec extends AnyRecord>(report: StoredReport<Rec>, reportId: string): StoredReport<Rec> {
  const reportMetadata = { ...report.reportMetadata, reportId };
  return { ...report, reportMetadata, otherIds: undefined, copies: undefined };
}

/** The report of which this came under its ids, which are different ones. It says what `mergeCopies` gives. */
export function joinCopies<Rec extends AnyRecord>(copies: readonly StoredReport<Rec>[]): StoredReport<Rec> {
  const report = mergeCopies(copies);
  const sorted = copies.toSorted((a, b) => compareText(idOf(a), idOf(b)));
  const [reportId = "", ...otherIds] = sorted.map(idOf);
  const others = sorted
    .filter((copy) => !isSame(copy, report))
    .map((copy) => inOrder(compareRecords(copy, report) === 0 ? { ...copy, records: report.records } : copy));
  return inOrder({
    ...underId(report, reportId),
    otherIds: otherIds.length === 0 ? undefined : otherIds,
    copies: others.length === 0 ? undefined : others,
  });
}

/**
 * What some copies of a report say together, under the id of one of them: the smallest of their wordings, not one with
 * totals alone, with the best standing and the earliest date of receipt of all. The first copy when it says all of that.
 */
export function mergeCopies<Rec extends AnyRecord>(copies: readonly StoredReport<Rec>[]): StoredReport<Rec> {
  const wording = copies.reduce((a, b) => (compareWording(b, a) < 0 ? b : a));
  const [received] = copies.flatMap((copy) => copy.received ?? []).sort();
  const standing = standings.find((one) => copies.some(({ authenticity }) => authenticity.standing === one));
  const merged = { ...wording, received, authenticity: { ...wording.authenticity, standing } };
  return isSame(merged, wording) ? wording : merged;
}

/** Whether two copies say the same, but for their ids. */
function isSame(a: StoredReport<AnyRecord>, b: StoredReport<AnyRecord>): boolean {
  return a.received === b.received && a.authenticity.standing === b.authenticity.standing && compareWording(a, b) === 0;
}

function compareWording(a: StoredReport<AnyRecord>, b: StoredReport<AnyRecord>): number {
  const [ofA = 0, ofB = 0] = [a, b].map(({ recordsLeftOut }) => Number(recordsLeftOut !== undefined));
  return ofA - ofB || compareText(headText(a), headText(b)) || compareRecords(a, b);
}

function compareRecords(a: StoredReport<AnyRecord>, b: StoredReport<AnyRecord>): number {
  return a.records === b.records ? 0 : compareText(recordsText(a), recordsText(b));
}

/** Reports and their records are never changed in place, and one may be compared with thousands that say the same. */
const knownTexts = new WeakMap<object, string>();

function headText(report: StoredReport<AnyRecord>): string {
  return entryIn(knownTexts, report, () => comparableText({ ...report, records: [] }));
}

function recordsText({ records }: StoredReport<AnyRecord>): string {
  return entryIn(knownTexts, records, () => JSON.stringify(records));
}

/** All that a report says, in one way of writing it, but for ids, date of receipt and standing. */
export function comparableText(report: StoredReport<AnyRecord>): string {
  const { authenticity } = report;
  return JSON.stringify(
    inOrder({ ...underId(report, ""), authenticity: { ...authenticity, standing: undefined }, received: undefined }),
  );
}
