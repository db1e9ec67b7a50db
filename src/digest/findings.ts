import { sumOf } from "../history/lists.ts";
import { type IntakeSummary, troubleIn } from "./day/day.ts";
import { type DomainDigest, mainSource } from "./domain-digest.ts";
import type { Verdict } from "./rules.ts";
import type { Digest, Finding } from "./types.ts";
import type { Coverage } from "./window/window.ts";

/** Less of the usual volume than this is worth a look. */
const fewestReported = 0.8;

/** What a digest's verdict comes of, the worst first; nothing when there is nothing to do. */
export function findingsOf(digest: Omit<Digest, "version" | "verdict" | "findings">): Finding[] {
  const { domains, coverage, silentReporters, unverifiedReporters, intake } = digest;
  const nobody = absence(digest);
  const gone = [...silentReporters, ...unverifiedReporters].map(({ reporter }) => reporter);
  const findings: Finding[] = [
    ...domains.flatMap((domain) => ownFailures(domain, digest.day)),
    ...intake.unreadMailboxes.map(({ mailbox }): Finding => ({ verdict: "look", kind: "unread-mailbox", mailbox })),
    ...intake.toGo.map((toGo): Finding => ({ verdict: "look", kind: "mails-to-go", ...toGo })),
    ...domains.flatMap(smallFindings),
    ...silentReporters.map((reporter): Finding => ({ verdict: "look", kind: "silent-reporter", ...reporter })),
    ...unverifiedReporters.map((reporter): Finding => ({ verdict: "look", kind: "unverified-reporter", ...reporter })),
    ...(nobody.length > 0 ? nobody : incompleteness(coverage, gone)),
    // Anybody can send a mail that can't be read: what the reports say, or don't, is never told below it.
    ...mailTrouble(intake),
  ];
  return findings.sort((a, b) => Number(a.verdict === "look") - Number(b.verdict === "look"));
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

function mailTrouble({ states }: IntakeSummary): Finding[] {
  const trouble = troubleIn(states);
  const mails = sumOf(Object.values(trouble), (count) => count);
  return mails === 0 ? [] : [{ verdict: "look", kind: "mail-trouble", mails, states: trouble }];
}

/** Whether there is anything to tell of the day at all. */
function absence({ domains, notCounted, intake }: Pick<Digest, "domains" | "notCounted" | "intake">): Finding[] {
  if (domains.some(({ totals }) => totals.reports > 0)) return [];
  if (notCounted.reports > 0) return [{ verdict: "look", kind: "nothing-counts", reports: notCounted.reports }];
  const isFirst = domains.length === 0;
  if (isFirst && intake.unknownDomains.domains.length > 0) return [{ verdict: "look", kind: "nothing-kept" }];
  return [{ verdict: "look", kind: "no-reports", isFirst }];
}

/** @param told - Usual reporters of which a finding says already why nothing of theirs counts. */
function incompleteness({ share, missing: all }: Coverage, told: readonly string[]): Finding[] {
  if (share === undefined || share >= fewestReported) return [];
  const missing = all.find(({ reporter }) => !told.includes(reporter));
  return missing === undefined ? [] : [{ verdict: "look", kind: "incomplete", share, missing }];
}

/**
 * Whether a digest tells no change: there is nothing to do on any of its days, as on the day told before, and nothing is
 * new.
 *
 * @param before - The verdict of the day told before; absent when none was.
 */
export function isQuiet({ verdict, earlierDays, news }: Digest, before: Verdict | undefined): boolean {
  const { newServices, brokenSources, newDomains, policyChanges } = news;
  const isNothingNew = [newServices, brokenSources, newDomains, policyChanges].every(({ length }) => length === 0);
  return isNothingNew && [before, verdict, ...earlierDays.map((day) => day.verdict)].every((told) => told === "ok");
}

/** Whether a day that was told before has another verdict now. */
export function hasNewVerdict({ restated }: Pick<Digest, "restated">): boolean {
  return restated.some(({ before, after }) => before.verdict !== after.verdict);
}
