import { type MailState, mailStates } from "../mail-state.ts";
import type { Reason, StateCount } from "../reason.ts";

/** The state of a mail or of one of its files, and its reason. */
export interface MailSummary {
  state: MailState;
  /** Absent when every file was read. */
  reason?: Reason;
}

/**
 * The state that a mail takes from its files: the first of `mailStates` that fits one of them.
 *
 * The reason is the file's own when there is but one; else it counts: `1 of 3 files: the gzip file is cut off (2 read)`.
 */
export function summarizeMail(files: readonly MailSummary[]): MailSummary {
  const state = mailStates.find((candidate) => files.some((file) => file.state === candidate)) ?? "not-a-report";
  const fitting = files.filter((file) => file.state === state);
  const reasons = differentReasons(fitting);
  const [first] = reasons;
  if (fitting.length === files.length && first === undefined) return { state };
  if (fitting.length === files.length && fitting.length === 1) return { state, reason: first };
  const shown = reasons.slice(0, shownReasons);
  const counts = { count: fitting.length, files: files.length, others: countOthers(files, state) };
  return { state, reason: { code: "of-files", ...counts, reasons: shown, more: reasons.length - shown.length } };
}

const shownReasons = 3;

function differentReasons(files: readonly MailSummary[]): Reason[] {
  return [
    ...new Map(
      files.flatMap(({ reason }) => (reason === undefined ? [] : [[JSON.stringify(reason), reason]])),
    ).values(),
  ];
}

function countOthers(files: readonly MailSummary[], state: MailState): StateCount[] {
  return mailStates
    .filter((other) => other !== state)
    .map((other) => ({ state: other, count: files.filter((file) => file.state === other).length }))
    .filter(({ count }) => count > 0);
}
