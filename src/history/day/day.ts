import { type AuthenticityVerdict, authenticityVerdicts } from "../../report/authenticity.ts";
import type { Reason } from "../../report/reason.ts";
import { compareText } from "../lists.ts";
import {
  dayOf,
  hasSamePeriod,
  idsOf,
  mergeTwins,
  messagesOf,
  reportKey,
  type StoredReport,
  withIds,
} from "./stored-report.ts";

export { dayFaults } from "./day-faults.ts";
export { sharedText } from "./records.ts";
export {
  dayOf,
  messagesOf,
  reporterOf,
  reportKey,
  type StoredReport,
  storedReport,
  withFewRecords,
} from "./stored-report.ts";

/**
 * All that is known of one policy domain on one day: a set of reports, not a sum. Totals are recounted from it, and
 * `day-file.ts` writes it down as it is.
 *
 * A report of a mail gets its day by `dayOf` and its kept form by `storedReport`; `addReport` adds it, `withFewRecords`
 * bounds what does not count.
 */
export interface Day {
  /** Policy domain, as A-label. */
  domain: string;
  /** `YYYY-MM-DD`, see `dayOf`. */
  day: string;
  /** One entry a report, sorted by `reportKey`; none counts twice. */
  reports: StoredReport[];
}

/** What became of a report that was added. */
export interface Added {
  /** The day with the report in it; the same object when nothing changed. */
  day: Day;
  state: "stored" | "duplicate" | "conflict";
  reason?: Reason;
}

/**
 * A day with one more report. Adding is idempotent, and the order in which reports are added does not matter.
 *
 * Two reports with one key (reporter, verdict, From domain, id, policy domain, period) and the same content are one. With
 * other content, the one with more messages is kept, then the one with the smaller hash. The same content under several
 * ids counts once. A better authenticated report takes its ids from others of the same From domain and period.
 *
 * @throws RangeError when the report is about another domain or day.
 */
export function addReport(day: Day, report: StoredReport): Added {
  if (report.policyPublished.domain !== day.domain || dayOf(report.reportMetadata.dateRange) !== day.day) {
    throw new RangeError(`a report for ${report.policyPublished.domain} does not belong to ${day.domain} ${day.day}`);
  }
  const better = day.reports.find((other) => supersedes(other, report));
  if (better !== undefined) {
    return better.hash === report.hash
      ? { day, state: "duplicate", reason: { code: "read-before-better" } }
      : { day, state: "conflict", reason: { code: "another-is-better" } };
  }
  const worse = day.reports.filter((other) => supersedes(report, other));
  if (worse.length === 0) return addAmongPeers(day, report);
  const added = addAmongPeers(
    worse.reduce((rest, other) => withoutId(rest, other, report), day),
    report,
  );
  return added.state === "stored" ? { ...added, reason: { code: "replaces-weaker" } } : added;
}

/** Adds a report among those of the same reporter and verdict. */
function addAmongPeers(day: Day, report: StoredReport): Added {
  const peers = day.reports.filter((other) => isPeer(other, report));
  const hasItsId = (other: StoredReport) => idsOf(other).includes(report.reportMetadata.reportId);
  const rival = peers.find((other) => hasItsId(other) && other.hash !== report.hash);
  if (rival !== undefined && !wins(report, rival)) {
    return { day, state: "conflict", reason: { code: "another-is-larger" } };
  }
  const rest = rival === undefined ? day : withoutId(day, rival, report);
  const twin = peers.find((other) => other.hash === report.hash);
  if (twin === undefined) {
    const reason = rival && ({ code: "replaces-smaller" } as const);
    return { day: withReports(rest, [...rest.reports, report]), state: "stored", ...(reason && { reason }) };
  }
  const both = mergeTwins(twin, report);
  const isChanged = JSON.stringify(both) !== JSON.stringify(twin);
  return {
    day: isChanged ? withReports(rest, [...rest.reports.filter((other) => other !== twin), both]) : rest,
    state: "duplicate",
    reason: { code: hasItsId(twin) ? "read-before" : "same-content" },
  };
}

function isPeer(a: StoredReport, b: StoredReport): boolean {
  const [ofA, ofB] = [a.authenticity, b.authenticity];
  return a.reporter === b.reporter && ofA.verdict === ofB.verdict && ofA.domain === ofB.domain && hasSamePeriod(a, b);
}

/** Whether a report takes an id of another that names the same From domain, but is less well authenticated. */
function supersedes(a: StoredReport, b: StoredReport): boolean {
  const { domain, verdict } = a.authenticity;
  return (
    domain !== undefined &&
    domain === b.authenticity.domain &&
    rankOf(verdict) < rankOf(b.authenticity.verdict) &&
    hasSamePeriod(a, b) &&
    idsOf(a).some((id) => idsOf(b).includes(id))
  );
}

function rankOf(verdict: AuthenticityVerdict): number {
  return authenticityVerdicts.indexOf(verdict);
}

function withReports(day: Day, reports: StoredReport[]): Day {
  return { ...day, reports: reports.sort((a, b) => compareText(reportKey(a), reportKey(b))) };
}

/** The day in which `loser` no longer stands under the id of `winner`; its other ids, if any, keep it. */
function withoutId(day: Day, loser: StoredReport, winner: StoredReport): Day {
  const ids = idsOf(loser).filter((id) => id !== winner.reportMetadata.reportId);
  const kept = ids.length === 0 ? [] : [withIds(loser, ids)];
  return withReports(day, [...day.reports.filter((other) => other !== loser), ...kept]);
}

function wins(a: StoredReport, b: StoredReport): boolean {
  const [ofA, ofB] = [messagesOf([a]), messagesOf([b])];
  return ofA === ofB ? a.hash < b.hash : ofA > ofB;
}
