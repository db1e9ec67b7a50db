import { type MailState, mailStates } from "../types.ts";

/** The state of a mail or of one of its files, and its reason. */
export interface MailSummary {
  state: MailState;
  /** Absent when every file was read. */
  reason?: string;
}

/**
 * The state that a mail takes from its files: the first of `mailStates` that fits one of them.
 *
 * The reason is the file's own when there is but one; else it counts: `1 of 3 files: the gzip file is cut off (2 read)`.
 */
export function summarizeMail(files: readonly MailSummary[]): MailSummary {
  const state = mailStates.find((candidate) => files.some((file) => file.state === candidate)) ?? "not-a-report";
  const fitting = files.filter((file) => file.state === state);
  const reasons = reasonsOf(fitting);
  if (fitting.length === files.length && fitting.length === 1) return withReason(state, reasons);
  if (fitting.length === files.length && reasons === undefined) return { state };
  const others = countOthers(files, state);
  const count = `${fitting.length} of ${files.length} files`;
  return withReason(state, [count, reasons === undefined ? "" : `: ${reasons}`, others].join(""));
}

function withReason(state: MailState, reason: string | undefined): MailSummary {
  return reason === undefined ? { state } : { state, reason };
}

const shownReasons = 3;

function reasonsOf(files: readonly MailSummary[]): string | undefined {
  const reasons = [...new Set(files.flatMap(({ reason }) => reason ?? []))];
  if (reasons.length === 0) return undefined;
  const more = reasons.length - shownReasons;
  return reasons.slice(0, shownReasons).join("; ") + (more > 0 ? `; and ${more} more` : "");
}

function countOthers(files: readonly MailSummary[], state: MailState): string {
  const counts = mailStates
    .filter((other) => other !== state)
    .map((other) => ({ other, count: files.filter((file) => file.state === other).length }))
    .filter(({ count }) => count > 0)
    .map(({ other, count }) => `${count} ${other}`);
  return counts.length === 0 ? "" : ` (${counts.join(", ")})`;
}
