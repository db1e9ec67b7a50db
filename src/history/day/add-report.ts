import { type AuthenticityVerdict, authenticityVerdicts, type Standing, standings } from "../../report/authenticity.ts";
import type { Reason } from "../../report/reason.ts";
import { compareText } from "../lists.ts";
import { type Day, dayOf, inOrder, messagesOf, reportKey, type StoredReport } from "./stored-report.ts";

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
 * Two reports with one key (reporter, verdict, From domain, id, policy domain, period) and one content are the same one. With another
 * content, the one with more messages counts, then the one with the smaller hash. One content under several ids counts
 * once. A verified report takes the ids of those that only claim to come from its domain, and of files that were given.
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
  const sameKey = peers.find((other) => idsOf(other).includes(report.reportMetadata.reportId));
  if (sameKey !== undefined && sameKey.hash !== report.hash && !wins(report, sameKey)) {
    return { day, state: "conflict", reason: { code: "another-is-larger" } };
  }
  const rest = sameKey !== undefined && sameKey.hash !== report.hash ? withoutId(day, sameKey, report) : day;
  const twin = peers.find((other) => other.hash === report.hash);
  if (twin === undefined) {
    const reason = rest === day ? {} : { reason: { code: "replaces-smaller" as const } };
    return { day: withReports(rest, [...rest.reports, report]), state: "stored", ...reason };
  }
  const both = mergeTwins(twin, report);
  const changed = JSON.stringify(both) !== JSON.stringify(twin);
  return {
    day: changed ? withReports(rest, [...rest.reports.filter((other) => other !== twin), both]) : rest,
    state: "duplicate",
    reason: { code: sameKey === twin ? "read-before" : "same-content" },
  };
}

function isPeer(a: StoredReport, b: StoredReport): boolean {
  const [ofA, ofB] = [a.authenticity, b.authenticity];
  return a.reporter === b.reporter && ofA.verdict === ofB.verdict && ofA.domain === ofB.domain && hasSamePeriod(a, b);
}

/** Whether a report takes an id of another, which comes from the same domain by a weaker word. */
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

function hasSamePeriod({ reportMetadata: a }: StoredReport, { reportMetadata: b }: StoredReport): boolean {
  return a.dateRange.begin === b.dateRange.begin && a.dateRange.end === b.dateRange.end;
}

function idsOf({ reportMetadata, otherIds = [] }: StoredReport): string[] {
  return [reportMetadata.reportId, ...otherIds];
}

function withIds(report: StoredReport, ids: Iterable<string>): StoredReport {
  const [reportId = "", ...otherIds] = [...new Set(ids)].sort();
  const reportMetadata = { ...report.reportMetadata, reportId };
  return inOrder({ ...report, reportMetadata, otherIds: otherIds.length === 0 ? undefined : otherIds });
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

/**
 * One report of two with the same content: all ids, the earliest `received`, the better standing, and of two wordings
 * the smaller.
 */
function mergeTwins(a: StoredReport, b: StoredReport): StoredReport {
  const ids = [...idsOf(a), ...idsOf(b)];
  const received = [a.received, b.received].filter((date) => date !== undefined).sort()[0];
  const standing = betterStanding(a.authenticity.standing, b.authenticity.standing);
  const fewer = [a, b].filter(({ recordsLeftOut }) => recordsLeftOut !== undefined);
  const [wording = a] = (fewer.length === 0 ? [a, b] : fewer)
    .map((report) => withIds({ ...report, received, authenticity: { ...report.authenticity, standing } }, ids))
    .sort(compareJson);
  return wording;
}

function betterStanding(a: Standing | undefined, b: Standing | undefined): Standing | undefined {
  return standings.find((standing) => standing === a || standing === b);
}

function compareJson(a: unknown, b: unknown): number {
  return compareText(JSON.stringify(a), JSON.stringify(b));
}
