import { compareText } from "../history/lists.ts";
import { type IntakeSummary, mailsIn } from "./day/day.ts";
import type { DomainDigest } from "./domain-digest.ts";
import type { Digest, Finding } from "./types.ts";
import type { Verdict } from "./verdict.ts";
import type { Coverage } from "./window/window.ts";

/** Less of the usual volume than this is worth a look. */
const fewestReported = 0.8;

/**
 * What gives a digest its verdict, the worst first; empty when there is nothing to do.
 *
 * @param incidents - Those of them that rules have found.
 * @param gone - Usual reporters that have an incident of their own, which says why their reports are missing.
 * @param unreadable - Records of the day's TLS reports that could not be read, by organizational domain.
 */
export function findingsOf(
  digest: Omit<Digest, "version" | "verdict" | "findings">,
  incidents: readonly Finding[],
  gone: readonly string[],
  unreadable: ReadonlyMap<string, number> = new Map(),
): Finding[] {
  const { domains, coverage, intake } = digest;
  const findings: Finding[] = [
    ...[...incidents].sort(compareIncidents),
    ...unreadableRecords(domains, unreadable),
    ...(domains.some(({ totals }) => totals.reports > 0) ? incompleteness(coverage, gone) : absence(digest)),
    ...mailTrouble(intake),
  ];
  return findings.sort((a, b) => Number(a.verdict === "look") - Number(b.verdict === "look"));
}

/** What is of no domain last; what is new or worse first, then the most messages, then by name. */
function compareIncidents(a: Finding, b: Finding): number {
  if (a.kind !== "incident" || b.kind !== "incident") return 0;
  const noDomain = Number(a.domain === "") - Number(b.domain === "");
  const known = Number(a.change === "known") - Number(b.change === "known");
  return (
    noDomain || known || b.messages - a.messages || compareText(`${a.domain} ${a.subject}`, `${b.domain} ${b.subject}`)
  );
}

function unreadableRecords(domains: readonly DomainDigest[], ofTls: ReadonlyMap<string, number>): Finding[] {
  const counts = new Map(domains.map(({ domain, totals }) => [domain, totals.unreadableRecords]));
  for (const [domain, records] of ofTls) counts.set(domain, (counts.get(domain) ?? 0) + records);
  return [...counts].flatMap(([domain, records]): Finding[] =>
    records > 0 ? [{ verdict: "look", kind: "unreadable-records", domain, records }] : [],
  );
}

function mailTrouble({ trouble }: IntakeSummary): Finding[] {
  const mails = mailsIn(trouble);
  return mails === 0 ? [] : [{ verdict: "look", kind: "mail-trouble", mails, ...trouble }];
}

/** Says so when no report of a day came; that none counts is an incident. Before the first one there is nothing to look at. */
function absence({ domains, notCounted, intake }: Pick<Digest, "domains" | "notCounted" | "intake">): Finding[] {
  if (notCounted.reports > 0) return [];
  if (domains.length > 0) return [{ verdict: "look", kind: "no-reports" }];
  return intake.unknownDomains.domains.length > 0 ? [{ verdict: "look", kind: "nothing-kept" }] : [];
}

/** @param gone - Usual reporters that have an incident of their own, which says why their reports are missing. */
function incompleteness({ share, missing: all }: Coverage, gone: readonly string[]): Finding[] {
  if (share === undefined || share >= fewestReported) return [];
  const missing = all.find(({ reporter }) => !gone.includes(reporter));
  return missing === undefined ? [] : [{ verdict: "look", kind: "incomplete", share, missing }];
}

/**
 * Whether a digest is quiet: there is nothing to do, or nothing but what was posted before, as on the day sent before; and
 * nothing is new, or over.
 *
 * @param before - The verdict of the day sent before; absent when none was.
 */
export function isQuiet(
  { verdict, findings, earlierDays, news, unusualClaims, otherIncidents }: Digest,
  before: Verdict | undefined,
): boolean {
  const { newServices, newDomains, policyChanges } = news;
  const ended = otherIncidents.filter(({ change }) => change !== "known");
  const isNothingNew = [newServices, newDomains, policyChanges, unusualClaims, ended].every(
    ({ length }) => length === 0,
  );
  const isKnown = findings.every((finding) => finding.kind === "incident" && finding.change === "known");
  return isNothingNew && isKnown && [verdict, ...earlierDays.map((day) => day.verdict)].every((one) => one === before);
}

/** Whether a day that was sent before has another verdict now. */
export function hasNewVerdict({ restated }: Pick<Digest, "restated">): boolean {
  return restated.some(({ before, after }) => before.verdict !== after.verdict);
}
