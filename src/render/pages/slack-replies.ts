import type { Digest } from "../../digest/digest.ts";
import type { Verdict } from "../../digest/rules.ts";
import { slackText } from "../escape.ts";
import { contextBlock, headerBlock, paragraphBlock, plainTable, slackName, textElement } from "../print/print.ts";
import { verdictSigns, type Words } from "../words/words.ts";
import { type DigestMessage, type MessageOptions, slackMessage } from "./slack.ts";
import { allDomainsTable } from "./slack-domains.ts";
import type { WeeklyMessage } from "./slack-weekly.ts";

/**
 * An updated message: what its days look like by now, when that was, and the verdict that it showed first, struck
 * through, where that was another one.
 */
export function restatedMessage(digest: Digest, first: Verdict | undefined, options: MessageOptions): DigestMessage {
  const { words, at } = options;
  const { text, blocks, fallbackBlocks } = slackMessage(digest, { ...options, isWithoutIntake: true });
  const note = paragraphBlock([
    ...(first === undefined
      ? []
      : [textElement(`${verdictSigns[first]} ${words.verdict[first]}`, { strike: true }), textElement("  ")]),
    textElement(words.broughtUpToDate(at), { italic: true }),
  ]);
  return { text, blocks: withNote(blocks, note), fallbackBlocks: withNote(fallbackBlocks, note) };
}

/** Blocks with one more below the header. */
function withNote<Block>(blocks: readonly Block[], note: Block): Block[] {
  return [...blocks.slice(0, 1), note, ...blocks.slice(1)];
}

/**
 * A message that may be there already, and says so; the same one when it can't be.
 *
 * @param triedAt - When a run was about to post it, ISO 8601.
 */
export function repeatedMessage<Message extends Pick<WeeklyMessage, "blocks" | "fallbackBlocks">>(
  message: Message,
  triedAt: string | undefined,
  words: Words,
): Message {
  if (triedAt === undefined) return message;
  const note = contextBlock(slackText(words.repeated(triedAt)));
  return {
    ...message,
    blocks: withNote(message.blocks, note),
    fallbackBlocks: withNote(message.fallbackBlocks, note),
  };
}

/** What is posted into the thread and the channel when a day that was posted before looks worse by now. */
export function worsenedMessage(digest: Digest, { words, at }: MessageOptions): DigestMessage {
  const blocks = [headerBlock(words.headline(digest, slackName)), contextBlock(slackText(words.broughtUpToDate(at)))];
  return { text: words.headline(digest, (name) => slackText(name, 60)), blocks, fallbackBlocks: blocks };
}

/** Characters of a message of one table; Slack takes 10,000 in a table. */
const mostCharacters = 9_000;

/** What stands in the thread of a digest: all domains as a table; nothing where there is but one. */
export function threadMessage(digest: Digest, { words }: MessageOptions): DigestMessage | undefined {
  if (digest.domains.length < 2) return undefined;
  const table = allDomainsTable(digest, { words, room: mostCharacters });
  const text = `${words.labels.allDomains}, ${words.day(digest.day)}`;
  return { text, blocks: [table], fallbackBlocks: [plainTable(table)] };
}
