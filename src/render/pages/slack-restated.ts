import type { Digest } from "../../digest/digest.ts";
import type { Verdict } from "../../digest/rules.ts";
import { slackText } from "../escape.ts";
import { contextBlock, headerBlock, paragraphBlock, slackName, textElement } from "../print/print.ts";
import { verdictSigns } from "../words/words.ts";
import { type DigestMessage, type SlackTelling, slackMessage } from "./slack.ts";

/**
 * A message brought up to date: what its days look like by now, when that was, and the verdict that it told first,
 * struck through, where that was another one.
 */
export function restatedMessage(digest: Digest, first: Verdict | undefined, telling: SlackTelling): DigestMessage {
  const { words, at } = telling;
  const { text, blocks, fallbackBlocks } = slackMessage(digest, { ...telling, isWithoutIntake: true });
  const note = paragraphBlock([
    ...(first === undefined
      ? []
      : [textElement(`${verdictSigns[first]} ${words.verdict[first]}`, { strike: true }), textElement("  ")]),
    textElement(words.broughtUpToDate(at), { italic: true }),
  ]);
  const withNote = (all: DigestMessage["blocks"]) => [...all.slice(0, 1), note, ...all.slice(1)];
  return { text, blocks: withNote(blocks), fallbackBlocks: withNote(fallbackBlocks) };
}

/** What is posted into the thread and the channel when a day that was told looks worse by now. */
export function worsenedMessage(digest: Digest, { words, at }: SlackTelling): DigestMessage {
  const blocks = [headerBlock(words.headline(digest, slackName)), contextBlock(slackText(words.broughtUpToDate(at)))];
  return { text: words.headline(digest, (name) => slackText(name, 60)), blocks, fallbackBlocks: blocks };
}
