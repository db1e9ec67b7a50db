import type { KnownBlock } from "@slack/web-api";
import type { Reason } from "../../report/reason.ts";
import { plainText, slackText } from "../escape.ts";
import { digestLinks } from "../links.ts";
import { contextBlock, headerBlock, paragraphBlock, slackLink, textElement } from "../print/print.ts";
import type { FailureKind, Words } from "../words/words.ts";

/** A run that failed. */
export interface Failure {
  kind: FailureKind;
  /** In English, for people, as it stands in the log; a stranger's text may be in it. */
  reason: string;
  /** The same as data, where it is about mailboxes. */
  why?: Reason;
}

/**
 * The message of a run that failed: that there is no digest, or what else is missing, what that means, why, and where to look. The
 * reason comes as it stands in the log, too, so that it can be searched for.
 */
export function failureMessage(
  { kind, reason, why }: Failure,
  runUrl: string | undefined,
  words: Words,
): { text: string; blocks: KnownBlock[] } {
  const links = digestLinks({ run: runUrl }, words).map(slackLink);
  const meaning = words.failure[kind];
  const headline = kind === "partial" ? words.labels.runFailedInPart : words.labels.runFailed;
  const said = why === undefined ? reason : words.reason(why);
  return {
    text: `${headline}: ${slackText(said === reason ? `${meaning} ${reason}` : said, 300)}`,
    blocks: [
      headerBlock(`🔴 ${headline}`),
      paragraphBlock([textElement(meaning, { bold: true })]),
      ...(said === reason ? [] : [paragraphBlock([textElement(plainText(said, 1_000))])]),
      paragraphBlock([textElement(plainText(reason, 1_000))]),
      ...(links.length === 0 ? [] : [contextBlock(links.join(" · "))]),
    ],
  };
}

/** The message for when no run has come for so many hours; the run before schedules it. */
export function silenceMessage(
  { hours, workflowUrl }: { hours: number; workflowUrl: string },
  words: Words,
): { text: string; blocks: KnownBlock[] } {
  const headline = words.silence(hours);
  return {
    text: `🔴 ${headline}: ${workflowUrl}`,
    blocks: [headerBlock(`🔴 ${headline}`), contextBlock(`<${workflowUrl}|${slackText(words.labels.workflow, 80)}>`)],
  };
}
