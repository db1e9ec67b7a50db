import { ConfigError } from "./config/config.ts";
import { SourceError } from "./io/source.ts";
import { systemAdvice } from "./io/system-failure.ts";
import type { Failure } from "./render/pages/pages.ts";
import { type FailureKind, reasonText, wordsOf } from "./render/words/words.ts";
import { FaultError } from "./report/fault.ts";

/** Errors whose message is written for people, by name; any other is a defect, and its stack helps to find it. */
const kindsForPeople: ReadonlyMap<string, FailureKind> = new Map([
  ["ConfigError", "settings"],
  ["HistoryError", "history"],
  ["BranchMovedError", "history"],
  ["GitError", "history"],
  ["HistoryFormatError", "history-file"],
  ["SettingsError", "settings"],
  ["NotifierError", "other"],
  ["IssueError", "other"],
  ["UsageError", "settings"],
]);

/**
 * What to say of an error: its message, or for a defect its stack and where to report it.
 *
 * @param language - As it was given, `en` or `ja`; where it is absent, that of a file that is wrong. What is said in another
 *   one than English stands above the English.
 */
export function messageOf(error: unknown, language?: unknown): string {
  const given = language ?? (error instanceof ConfigError ? error.language : undefined);
  const logged = loggedOf(error);
  const faults = error instanceof ConfigError ? error.problems : error instanceof FaultError ? [error.fault] : [];
  const said = faults.map(wordsOf(given === "ja" ? "ja" : "en").why).join("\n");
  return said === "" || said === logged ? logged : `${said}\n${logged}`;
}

function loggedOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof SourceError) return reasonText(error.reason);
  if (kindsForPeople.has(error.name)) return error.message;
  return systemAdvice(error) ?? defect(error);
}

function defect(error: Error): string {
  return `This is a defect of dmarc-digest; please report it with these lines.\n${error.stack ?? error.message}`;
}

/** What a run failed of, for the message about it. */
export function failureOf(error: unknown): Failure {
  if (error instanceof SourceError) return { kind: "mailbox", whys: [error.reason] };
  const whys = [error instanceof FaultError ? error.fault : loggedOf(error)];
  if (!(error instanceof Error)) return { kind: "other", whys };
  return { kind: kindsForPeople.get(error.name) ?? (systemAdvice(error) === undefined ? "defect" : "other"), whys };
}
