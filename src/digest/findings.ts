import { type IntakeSummary, mailsIn } from "./day/day.ts";
import { type DomainDigest, mainSource } from "./domain-digest.ts";
import type { Verdict } from "./rules.ts";
import type { Digest, Finding } from "./types.ts";
import type { Coverage } from "./window/window.ts";

/** Less of the usual volume than this is worth a look. */
const fewestReported = 0.8;

/** What gives a digest its verdict, the worst first; empty when there is nothing to do. */
export function findingsOf(digest: Omit<Digest, "version" | "verdict" | "findings">): Finding[] {
  const { domains, coverage, silentReporters, unverifiedReporters, intake } = digest;
  const absent = absence(digest);
  const gone = [...silentReporters, ...unverifiedReporters].map(({ reporter }) => reporter);
  const findings: Finding[] = [
    ...domains.flatMap((domain) => ownFailures(domain, digest.day)),
    ...intake.unreadMailboxes.map(({ mailbox }): Finding => ({ verdict: "look", kind: "unread-mailbox", mailbox })),
    ...mailsToGo(intake),
    ...domains.flatMap(smallFindings),
    ...silentReporters.map((reporter): Finding => ({ verdict: "look", kind: "silent-reporter", ...reporter })),
    ...unverifiedReporters.map((reporter): Finding => ({ verdict: "look", kind: "unverified-reporter", ...reporter })),
    ...(absent.length > 0 ? absent : incompleteness(coverage, gone)),
    ...mailTrouble(intake),
  ];
  return findings.sort((a, b) => Number(a.verdict === "look") - Number(b.verdict === "look"));
}

function mailsToGo({ toGo }: IntakeSummary): Finding[] {
  const ofBelieved = toGo.filter(({ isOfStrangers }) => isOfStrangers !== true);
  return ofBelieved.map(({ mailbox, mails }) => ({ verdict: "look", kind: "mails-to-go", mailbox, mails }));
}

function ownFailures(digest: DomainDigest, day: string): Finding[] {
  const { domain, verdict, alarm, totals, fail } = digest;
  const earlierDay = alarm !== undefined && alarm.day !== day ? alarm.day : undefined;
  const source = earlierDay === undefined ? mainSource(digest) : alarm?.earlierSource;
  const isLoud = alarm !== undefined || source?.since !== undefined;
  if (verdict === "ok" || !isLoud) return [];
  const facts = {
    domain,
    ...(alarm !== undefined && earlierDay !== undefined
      ? { messages: alarm.evaluated, own: alarm.own }
      : { messages: totals.messages, own: fail.own }),
    ...(alarm && { alarm }),
    ...(source && { source }),
    ...(earlierDay && { earlierDay }),
  };
  return [{ verdict, kind: "own-failures", ...facts }];
}

function smallFindings({ domain, isAboveWithFew, totals, fail }: DomainDigest): Finding[] {
  const few = { kind: "few-messages", domain, messages: totals.messages, own: fail.own } as const;
  const unreadable = { kind: "unreadable-records", domain, records: totals.unreadableRecords } as const;
  return [
    ...(isAboveWithFew ? [{ verdict: "look", ...few } as const] : []),
    ...(totals.unreadableRecords > 0 ? [{ verdict: "look", ...unreadable } as const] : []),
  ];
}

function mailTrouble({ trouble }: IntakeSummary): Finding[] {
  const mails = mailsIn(trouble);
  return mails === 0 ? [] : [{ verdict: "look", kind: "mail-trouble", mails, ...trouble }];
}

/** Says so when no report of the day counts, or none came. */
function absence({ domains, notCounted, intake }: Pick<Digest, "domains" | "notCounted" | "intake">): Finding[] {
  if (domains.some(({ totals }) => totals.reports > 0)) return [];
  if (notCounted.reports > 0) return [{ verdict: "look", kind: "nothing-counts", reports: notCounted.reports }];
  const isFirst = domains.length === 0;
  if (isFirst && intake.unknownDomains.domains.length > 0) return [{ verdict: "look", kind: "nothing-kept" }];
  return [{ verdict: "look", kind: "no-reports", isFirst }];
}

/** @param gone - Usual reporters that have a finding of their own, which says why their reports are missing. */
function incompleteness({ share, missing: all }: Coverage, gone: readonly string[]): Finding[] {
  if (share === undefined || share >= fewestReported) return [];
  const missing = all.find(({ reporter }) => !gone.includes(reporter));
  return missing === undefined ? [] : [{ verdict: "look", kind: "incomplete", share, missing }];
}

/**
 * Whether a digest is quiet: there is nothing to do on any of its days, nor on the day sent before, and nothing is new.
 *
 * @param before - The verdict of the day sent before; absent when none was.
 */
export function isQuiet({ verdict, earlierDays, news, unusualClaims }: Digest, before: Verdict | undefined): boolean {
  const { newServices, brokenSources, newDomains, policyChanges } = news;
  const isNothingNew = [newServices, brokenSources, newDomains, policyChanges, unusualClaims].every(
    ({ length }) => length === 0,
  );
  return isNothingNew && [before, verdict, ...earlierDays.map((day) => day.verdict)].every((one) => one === "ok");
}

/** Whether a day that was sent before has another verdict now. */
export function hasNewVerdict({ restated }: Pick<Digest, "restated">): boolean {
  return restated.some(({ before, after }) => before.verdict !== after.verdict);
}
