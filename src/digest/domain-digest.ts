import type { Day } from "../history/day/day.ts";
import { dayFilePath } from "../history/day-file/day-file.ts";
import { compareText, countBy, entryIn, groupBy } from "../history/lists.ts";
import { organizationalDomain } from "../report/domain.ts";
import { alignedOutcome } from "../report/outcome.ts";
import type { Trust } from "../report/trust/trust.ts";
import {
  addFailParts,
  addImpacts,
  addTotals,
  countingDays,
  type FailingSource,
  type FailParts,
  type Failures,
  failuresOf,
  type KnownSenders,
  type Totals,
  totalsOf,
} from "./day/day.ts";
import { type IncidentDays, incidentDay } from "./incident-days.ts";
import { failPartOf } from "./senders/senders.ts";
import { type Verdict, worstVerdict } from "./verdict.ts";

/** One organizational domain on the digest's day. */
export interface DomainDigest {
  /** The organizational domain, as A-label. */
  domain: string;
  verdict: Verdict;
  totals: Totals;
  /** The DMARC failures in parts. */
  fail: FailParts;
  /** Paths of the day's files below `data-path`, one a policy domain with reports on that day, sorted. */
  dayFiles: string[];
  /** Labels of the reporters (`orgName`), sorted. */
  reporters: string[];
  /** Subdomains (`headerFrom`) with DMARC failures, the most failures first, at most 10. */
  failingSubdomains: { domain: string; dmarcFail: number }[];
  /** Where DMARC failures came from, own mail first, then the most failures, at most 10. */
  sources: FailingSource[];
  /** How many further failing sources there are beyond `sources`, and their messages. */
  moreSources: { sources: number; dmarcFail: number };
}

const shown = 10;

/** What is known of the days of all domains by reports that count. A day is counted once, however often it is asked for. */
export interface DomainDays {
  /** Organizational domains with day files. */
  domains: ReadonlySet<string>;
  /** The day files of a domain about a day, by policy domain. */
  filesOn(domain: string, day: string): readonly Day[];
  figuresOn(domain: string, day: string): DayFigures;
  /** Whether any mail of a sender has passed of late, as it is known on a day. */
  hasPassed(domain: string, sender: string, day: string): boolean;
}

/** The figures of one day of an organizational domain. */
export type DayFigures = Failures & Pick<DomainDigest, "totals">;

/**
 * The days in some day files.
 *
 * @param incidents - What the rules have found, day by day; absent where nobody asks for causes.
 */
export function makeDomainDays(
  files: Iterable<Day>,
  { trust, senders, incidents = { days: [] } }: DomainDaysSource,
): DomainDays {
  const counting = countingDays(files, trust);
  const known = groupBy(counting, ({ domain, day }) => keyOf(organizationalDomain(domain), day));
  const figures = new Map<string, DayFigures>();
  const missingOn = new Map<string, ReturnType<typeof missingRecords>>();
  const filesOn = (domain: string, day: string): readonly Day[] =>
    (known.get(keyOf(domain, day)) ?? []).toSorted((a, b) => compareText(a.domain, b.domain));
  return {
    domains: new Set(counting.map(({ domain }) => organizationalDomain(domain))),
    filesOn,
    hasPassed: (domain, sender, day) => senders.domain(domain).known(sender, day).hasPassed,
    figuresOn: (domain, day) =>
      entryIn(figures, keyOf(domain, day), () => {
        const ofDay = filesOn(domain, day);
        const missing = entryIn(missingOn, day, () => missingRecords(incidents, day)).get(domain);
        return { totals: totalsOf(ofDay.flatMap(({ reports }) => reports)), ...failuresOf(ofDay, senders, missing) };
      }),
  };
}

interface DomainDaysSource {
  trust: Trust;
  senders: KnownSenders;
  incidents?: Pick<IncidentDays, "days">;
}

/** The records that the rules have found to be missing on a day, by domain. */
function missingRecords({ days }: Pick<IncidentDays, "days">, day: string): Map<string, ReadonlySet<string>> {
  const found = incidentDay({ days }, day)?.findings.filter(({ key }) => key.rule === "dns") ?? [];
  const domains = [...groupBy(found, ({ key }) => key.domain)];
  return new Map(domains.map(([domain, ofDomain]) => [domain, new Set(ofDomain.map(({ key }) => key.subject))]));
}

function keyOf(domain: string, day: string): string {
  return `${domain} ${day}`;
}

/**
 * What there is to say of one organizational domain on a day.
 *
 * @param verdict - What the rules say of it.
 */
export function makeDomainDigest(
  domain: string,
  days: DomainDays,
  { day, verdict }: { day: string; verdict: Verdict },
): DomainDigest {
  const files = days.filesOn(domain, day);
  const reports = files.flatMap((file) => file.reports);
  const { totals, fail, sources } = days.figuresOn(domain, day);
  return {
    domain,
    verdict: worstVerdict([verdict, totals.unreadableRecords > 0 ? "look" : "ok"]),
    totals,
    fail,
    dayFiles: files.map(dayFilePath),
    reporters: [...new Set(reports.map(({ reporter, reportMetadata }) => reportMetadata.orgName || reporter))].sort(),
    failingSubdomains: failingSubdomains(files, domain).slice(0, shown),
    sources: sources.slice(0, shown),
    moreSources: {
      sources: Math.max(0, sources.length - shown),
      dmarcFail: addImpacts(sources.slice(shown).map(({ impact }) => impact)).messages,
    },
  };
}

/** The figures of several domains or days, added up. */
export function addUp(all: readonly Pick<DomainDigest, "totals" | "fail">[]): Pick<DomainDigest, "totals" | "fail"> {
  return { totals: addTotals(all.map(({ totals }) => totals)), fail: addFailParts(all.map(({ fail }) => fail)) };
}

/** The largest source of own failures of a domain; `undefined` when there is none. */
export function mainSource({ sources }: { sources: readonly FailingSource[] }): FailingSource | undefined {
  return sources.find(({ mailClass }) => failPartOf(mailClass) === "own");
}

function failingSubdomains(files: readonly Day[], domain: string): DomainDigest["failingSubdomains"] {
  const records = files.flatMap(({ reports }) => reports).flatMap((report) => report.records);
  return countBy(
    records.filter(
      (one) => alignedOutcome(one.row.policyEvaluated) === "fail" && one.identifiers.headerFrom.endsWith(`.${domain}`),
    ),
    ({ identifiers }) => identifiers.headerFrom,
    ({ row }) => row.count,
  ).map(({ name, count }) => ({ domain: name, dmarcFail: count }));
}

type ComparableDomain = Pick<DomainDigest, "domain" | "verdict" | "totals" | "fail">;

const verdictOrder: readonly Verdict[] = ["act", "look", "ok"];

/** The worst first, then the most own failures, then the most failures, then by name. */
export function compareDomains(a: ComparableDomain, b: ComparableDomain): number {
  return (
    verdictOrder.indexOf(a.verdict) - verdictOrder.indexOf(b.verdict) ||
    b.fail.own.messages - a.fail.own.messages ||
    b.totals.dmarcFail - a.totals.dmarcFail ||
    compareText(a.domain, b.domain)
  );
}
