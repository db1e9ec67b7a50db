/** What became of a mail or of one file in it. The order of `mailStates` decides which of several a mail takes. */
export type MailState = (typeof mailStates)[number];

/**
 * Every state in which a mail can end; of several reports in one mail, the first of these that fits one of them.
 * `unsupported`: by its subject or file name a report of somebody who is believed, in a format that is not read.
 * `not-kept`: a report that does not count, for which there is no room.
 * `read` stands before the history has seen it (`stored`, `duplicate`, `conflict` and `foreign-domain` need the history).
 */
export const mailStates = [
  "quarantined",
  "too-big",
  "corrupt",
  "unsupported",
  "implausible",
  "foreign-domain",
  "conflict",
  "retry",
  "not-kept",
  "stored",
  "read",
  "duplicate",
  "known-empty",
  "other-kind",
  "not-a-report",
] as const;

/** Mails in these states hold something that people should know of and that is in no total. */
export const troubleStates: readonly MailState[] = [
  "quarantined",
  "too-big",
  "corrupt",
  "unsupported",
  "implausible",
  "conflict",
  "retry",
];

/** Whether a mail in this state holds something that could not be counted. */
export function isTrouble(state: MailState): boolean {
  return troubleStates.includes(state);
}
