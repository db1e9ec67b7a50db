import { type MailState, mailStates } from "../mail-state.ts";
import type { Reason } from "../reason.ts";

/** The state of a mail or of one of its files, and its reason. */
export interface MailSummary {
  state: MailState;
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
  const said = fitting.flatMap(({ reason }) => reason ?? []);
  const reasons = [...new Map(said.map((reason) => [JSON.stringify(reason), reason])).values()];
  const [first] = reasons;
  if (fitting.length === files.length && first === undefined) return { state };
  if (fitting.length === files.length && fitting.length === 1) return { state, reason: first };
  const shown = reasons.slice(0, shownReasons);
  const others = mailStates
    .filter((other) => other !== state)
    .map((other) => ({ state: other, count: files.filter((file) => file.state === other).length }))
    .filter(({ count }) => count > 0);
  const counts = { count: fitting.length, files: files.length, others };
  return { state, reason: { code: "of-files", ...counts, reasons: shown, more: reasons.length - shown.length } };
}

const shownReasons = 3;
