import * as z from "zod";
import { authenticityVerdicts, authenticityWord, authenticityWords } from "../../report/authenticity.ts";
import { organizationalDomain } from "../../report/domain.ts";
import {
  addDisposition,
  type Dispositions,
  dmarcOutcome,
  isAltered,
  noDispositions,
  policyTagOf,
} from "../../report/outcome.ts";
import { isNetwork, networkOf, serviceOf } from "../../report/source/source.ts";
import type { AuthResults, PolicyPublished, ReportRecord } from "../../report/types.ts";
import { countCell, csvCell, optionalCell, textCell } from "../csv.ts";
import { type Day, reportKey, type StoredReport } from "../day/day.ts";
import { compareText, groupBy, sumOf } from "../lists.ts";
import { totalsOf } from "../totals.ts";
import { formatPolicyCell, policyCell } from "./policy-cell.ts";

/** What receivers did, in messages; unknown and missing words count as none. */
const dispositionCells = {
  dispositionNone: countCell,
  dispositionQuarantine: countCell,
  dispositionReject: countCell,
  dispositionPass: countCell,
};

/** The columns of `2026-11.csv`. */
export const reporterColumns = z.strictObject({
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

const alignedCell = z
  .enum(["pass", "fail", ""])
  .transform((word): "pass" | "fail" | undefined => (word === "" ? undefined : word));

/** The columns of `2026-11-sources.csv`. */
export const sourceColumns = z.strictObject({
  day: z.iso.date(),
  source: textCell,
  standing: z.enum(authenticityWords),
  policyTag: z.enum(["p", "sp"]),
  dkim: alignedCell,
  spf: alignedCell,
  messages: countCell,
  altered: countCell,
  ...dispositionCells,
  addresses: countCell,
});

/**
 * What one reporter said of one day by reports of one verdict, counted as in `Totals`; `policy` is what it saw last, and
 * `firstReceived` is the earliest.
 */
export type ReporterLine = z.output<typeof reporterColumns>;

/**
 * The messages of one source on one day that were evaluated alike: facts alone, no judgement.
 *
 * `standing` is how far the reports were to be believed when they came, as `authenticityWord` gives it; `source` is a
 * name as `sourceOf` gives it, or `other networks`; `policyTag` is what of the policy is for them: `sp` where the domain
 * in From is a subdomain, else `p`; `dkim` and `spf` are the aligned results, `undefined` when not said; `altered` are
 * the messages of which `isAltered` is true; `addresses` are the different ones that the messages came from.
 */
export type SourceLine = z.output<typeof sourceColumns>;

/** The name for all networks without a message that passed, beyond the largest of a day. */
const otherNetworks = "other networks";

/** Whether the name in a line is that of a service, and not of a network or of several. */
export function isService(source: string): boolean {
  return !isNetwork(source) && source !== otherNetworks;
}

/** Whether the name in a line stands for all networks without a message that passed, beyond the largest. */
export function isOtherNetworks(source: string): boolean {
  return source === otherNetworks;
}

const networksShown = 50;

/** One line a reporter and verdict, sorted by them. The order of the reports does not matter. */
export function reporterLinesOf({ day, reports }: Day): ReporterLine[] {
  return [...groupBy(reports, ({ authenticity }) => authenticity.verdict)]
    .flatMap(([verdict, ofVerdict]) =>
      [...groupBy(ofVerdict, ({ reporter }) => csvCell(reporter))].map(([reporter, group]) =>
        reporterLine({ day, reporter, verdict }, group),
      ),
    )
    .sort(compareReporters);
}

function reporterLine(key: Pick<ReporterLine, "day" | "reporter" | "verdict">, reports: StoredReport[]): ReporterLine {
  const { dispositions, dkimAlone: _, spfAlone: __, ...totals } = totalsOf(reports);
  const [firstReceived] = reports.flatMap(({ received }) => (received === undefined ? [] : csvCell(received))).sort();
  const policy = formatPolicyCell(lastPolicy(reports));
  return { ...key, policy, ...totals, ...dispositionColumns(dispositions), firstReceived };
}

/** The policy of the report that ends last; of several, of the one whose key is the smallest. */
function lastPolicy(reports: readonly StoredReport[]): PolicyPublished {
  return reports.reduce((last, report) => (isLater(report, last) ? report : last)).policyPublished;
}

function isLater(a: StoredReport, b: StoredReport): boolean {
  const seconds = a.reportMetadata.dateRange.end - b.reportMetadata.dateRange.end;
  return seconds === 0 ? reportKey(a) < reportKey(b) : seconds > 0;
}

/**
 * One line a standing, source, policy tag and outcome, sorted by day, source, standing, tag, DKIM and SPF. The order of the reports does
 * not matter.
 *
 * Spam in our name comes from ever new networks. Of the networks without a message that passed DMARC, only the 50 with
 * the most messages have lines of their own (of equal ones the first by name); the others share one line an outcome.
 */
export function sourceLinesOf({ domain, day, reports }: Day): SourceLine[] {
  return [...groupBy(reports, ({ authenticity }) => authenticityWord(authenticity))]
    .flatMap(([standing, ofStanding]) => linesOfSources({ day, standing, domain }, ofStanding))
    .sort(compareSources);
}

function linesOfSources(
  { domain, ...key }: Pick<SourceLine, "day" | "standing"> & { domain: string },
  reports: StoredReport[],
): SourceLine[] {
  const ownDomain = organizationalDomain(domain);
  const records = reports.flatMap((report) => report.records).filter(({ row }) => row.count > 0);
  // Many records share the very object.
  const services = new Map<AuthResults, string | undefined>();
  const sources = groupBy(records, ({ row, authResults }) => {
    if (!services.has(authResults)) services.set(authResults, serviceOf(authResults, ownDomain));
    return services.get(authResults) ?? networkOf(row.sourceIp);
  });
  const small = new Set(smallNetworks(sources));
  const rest = [...small].flatMap((source) => sources.get(source) ?? []);
  const named = [...sources].filter(([source]) => !small.has(source));
  return [...named, [otherNetworks, rest] as const].flatMap(([source, group]) =>
    outcomeLines({ ...key, domain, source: csvCell(source) }, group),
  );
}

/** The networks without a message that passed, beyond the largest. */
function smallNetworks(sources: ReadonlyMap<string, ReportRecord[]>): string[] {
  return [...sources]
    .filter(([source, records]) => isNetwork(source) && records.every((record) => dmarcOutcome(record) !== "pass"))
    .map(([source, records]) => ({ source, messages: sumOf(records, countOf) }))
    .sort((a, b) => b.messages - a.messages || compareText(a.source, b.source))
    .slice(networksShown)
    .map(({ source }) => source);
}

/** A source of a day, and the policy domain. */
type SourceName = Pick<SourceLine, "day" | "source" | "standing"> & { domain: string };

function outcomeLines(name: SourceName, records: ReportRecord[]): SourceLine[] {
  const outcomes = groupBy(records, (record) => {
    const { dkim, spf } = record.row.policyEvaluated;
    return `${policyTagOf(record, name.domain)} ${dkim} ${spf}`;
  });
  return [...outcomes.values()].map((group) => sourceLine(name, group));
}

function sourceLine({ domain, ...name }: SourceName, records: ReportRecord[]): SourceLine {
  const ownDomain = organizationalDomain(domain);
  const [first] = records;
  const dispositions = noDispositions();
  for (const { row } of records) addDisposition(dispositions, row.policyEvaluated.disposition, row.count);
  const addresses = new Set(records.map(({ row }) => row.sourceIp));
  addresses.delete(undefined);
  return {
    ...name,
    policyTag: first === undefined ? "p" : policyTagOf(first, domain),
    dkim: first?.row.policyEvaluated.dkim,
    spf: first?.row.policyEvaluated.spf,
    messages: sumOf(records, countOf),
    altered: sumOf(
      records.filter((record) => isAltered(record, ownDomain)),
      countOf,
    ),
    ...dispositionColumns(dispositions),
    addresses: addresses.size,
  };
}

function countOf({ row }: ReportRecord): number {
  return row.count;
}

function dispositionColumns({ none, quarantine, reject, pass }: Dispositions): {
  [Key in keyof typeof dispositionCells]: number;
} {
  return { dispositionNone: none, dispositionQuarantine: quarantine, dispositionReject: reject, dispositionPass: pass };
}

/** The order in which the lines of one reporter file stand; 0 for two lines with the same key. */
export const compareReporters = comparing("day", "reporter", "verdict");

/** The order in which the lines of one source file stand; 0 for two lines with the same key. */
export const compareSources = comparing("day", "source", "standing", "policyTag", "dkim", "spf");

/** Order by some cells, the first of them first; an empty one comes before all others. */
function comparing<Name extends string>(...names: Name[]) {
  type Cells = { day: string } & { [Key in Name]?: string };
  return (a: Cells, b: Cells): number => {
    for (const name of names) {
      const order = compareText(a[name] ?? "", b[name] ?? "");
      if (order !== 0) return order;
    }
    return 0;
  };
}
