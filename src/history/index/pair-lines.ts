import * as z from "zod";
import { authenticityVerdicts } from "../../report/authenticity.ts";
import type { Dispositions } from "../../report/outcome.ts";
import type { PolicyPublished } from "../../report/types.ts";
import { countCell, csvCell, optionalCell, textCell } from "../csv.ts";
import { type Day, reportKey, type StoredReport, wholeDay } from "../day/day.ts";
import { compareBy, entryIn, groupBy } from "../lists.ts";
import { addTotals, type Totals, totalsOf } from "../totals.ts";
import { formatPolicyCell, policyCell } from "./policy-cell.ts";

/** What receivers did, in messages; unknown and missing words count as none. */
const dispositionCells = {
  dispositionNone: countCell,
  dispositionQuarantine: countCell,
  dispositionReject: countCell,
  dispositionPass: countCell,
};

/** The columns of `2026-11-pairs.….csv`. */
export const pairColumns = z.strictObject({
  day: z.iso.date(),
  reporter: textCell,
  verdict: z.enum(authenticityVerdicts),
  policy: policyCell,
  reports: countCell,
  messages: countCell,
  dmarcPass: countCell,
  dmarcFail: countCell,
  notEvaluated: countCell,
  spfOrDkimFail: countCell,
  ...dispositionCells,
  unreadableRecords: countCell,
  firstReceived: optionalCell,
});

/**
 * What one reporter said of one day by reports of one verdict, counted as in `Totals`; `policy` is what it saw last, and
 * `firstReceived` is the earliest.
 */
export type PairLine = z.output<typeof pairColumns>;

/** One line a reporter and verdict, sorted by them. The order of the reports does not matter. */
export function pairLinesOf({ day, reports }: Day): PairLine[] {
  return [...groupBy(reports, ({ authenticity }) => authenticity.verdict)]
    .flatMap(([verdict, ofVerdict]) =>
      [...groupBy(ofVerdict, ({ reporter }) => csvCell(reporter))].map(([reporter, group]) =>
        pairLine({ day, reporter, verdict }, group),
      ),
    )
    .sort(compareBy(...pairKeys));
}

function pairLine(key: Pick<PairLine, "day" | "reporter" | "verdict">, reports: StoredReport[]): PairLine {
  const [large, others] = [true, false].map((isLarge) => reports.filter((one) => isLargeReport(one) === isLarge));
  const ofLarge = large?.map((report) => entryIn(knownTotals, report, () => totalsOf([report]))) ?? [];
  const { dispositions, dkimAlone: _, spfAlone: __, ...totals } = addTotals([...ofLarge, totalsOf(others ?? [])]);
  const [firstReceived] = reports.flatMap(({ received }) => (received === undefined ? [] : csvCell(received))).sort();
  const policy = formatPolicyCell(lastPolicy(reports));
  return { ...key, policy, ...totals, ...dispositionColumns(dispositions), firstReceived };
}

/** Whether its totals are kept in mind: of a small one they are added up sooner. */
function isLargeReport({ records }: StoredReport): boolean {
  return records.length > 500;
}

/** Reports are never changed in place, and stand in many versions of a day. */
const knownTotals = new WeakMap<StoredReport, Totals>();

/** The policy of the report that ends last; of several, of the one whose key is the smallest. */
function lastPolicy(reports: readonly StoredReport[]): PolicyPublished {
  return reports.reduce((last, report) => (isLater(report, last) ? report : last)).policyPublished;
}

function isLater(a: StoredReport, b: StoredReport): boolean {
  const seconds = a.reportMetadata.dateRange.end - b.reportMetadata.dateRange.end;
  return seconds === 0 ? reportKey(a) < reportKey(b) : seconds > 0;
}

function dispositionColumns({ none, quarantine, reject, pass }: Dispositions): {
  [Key in keyof typeof dispositionCells]: number;
} {
  return { dispositionNone: none, dispositionQuarantine: quarantine, dispositionReject: reject, dispositionPass: pass };
}

/** What of a line is compared with a day file; whatever a release counts otherwise, it is the same. */
export type CountedPair = Pick<
  PairLine,
  "reporter" | "verdict" | "messages" | "dmarcPass" | "dmarcFail" | "spfOrDkimFail"
>;

/**
 * Whether lines of an index say of the messages of a day what its reports do. If not, one of the two was edited by hand.
 *
 * @param lines - The lines of the day.
 * @param isMeant - Which of the lines that the reports give are looked for.
 */
export function areCountedFrom(
  lines: readonly CountedPair[],
  day: Day,
  isMeant: (line: CountedPair) => boolean,
): boolean {
  return countsText(lines) === countsText(pairLinesOf(wholeDay(day)).filter(isMeant));
}

function countsText(lines: readonly CountedPair[]): string {
  const counts = lines.map(({ reporter, verdict, messages, dmarcPass, dmarcFail, spfOrDkimFail }) =>
    JSON.stringify([reporter, verdict, messages, dmarcPass, dmarcFail, spfOrDkimFail]),
  );
  return counts.sort().join();
}

/** The first columns, which tell the lines of one file apart and order them. */
export const pairKeys = ["day", "reporter", "verdict"] as const;
