import type { KnownBlock } from "@slack/web-api";
import { plainText, slackText } from "./escape.ts";
import { digestLinks } from "./links.ts";
import { contextBlock, headerBlock, paragraphBlock, textElement } from "./slack-blocks.ts";
import { slackLink } from "./slack-links.ts";
import type { Words } from "./words.ts";

/**
 * What the channel is told of a run that failed: that there is no digest, why, and where to look.
 *
 * @param reason - In words for people; a stranger's text may be in it.
 */
export function failureMessage(
  reason: string,
  runUrl: string | undefined,
  words: Words,
): { text: string; blocks: KnownBlock[] } {
  const links = digestLinks({ run: runUrl }, words).map(slackLink);
  return {
    text: `${words.labels.runFailed}: ${slackText(reason, 300)}`,
    blocks: [
      headerBlock(`🔴 ${words.labels.runFailed}`),
      paragraphBlock([textElement(plainText(reason, 1_000))]),
      ...(links.length === 0 ? [] : [contextBlock(links.join(" · "))]),
    ],
  };
}

/** What the channel is told when no run has come for so many hours; that message is written by the run before. */
export function silenceMessage(
  { hours, workflowUrl }: { hours: number; workflowUrl: string },
  words: Words,
): { text: string; blocks: KnownBlock[] } {
  const told = words.silence(hours);
  return {
    text: `🔴 ${told}: ${workflowUrl}`,
    blocks: [headerBlock(`🔴 ${told}`), contextBlock(`<${workflowUrl}|${slackText(words.labels.workflow, 80)}>`)],
  };
}
