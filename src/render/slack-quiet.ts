import type { KnownBlock } from "@slack/web-api";
import type { Digest } from "../digest/digest.ts";
import { slackText } from "./escape.ts";
import { detailLinks } from "./links.ts";
import type { SlackTelling } from "./slack.ts";
import { contextBlock, paragraphBlock, textElement } from "./slack-blocks.ts";
import { slackLink } from "./slack-links.ts";
import { slackName } from "./slack-names.ts";

/**
 * A day on which there is nothing to do, below the first line: the three figures in one line; how complete they are, what
 * was restated, the mails that were read, and a link, in another.
 */
export function quietBlocks(
  digest: Digest,
  { words, links, isWithoutIntake, isCsvInThread }: SlackTelling,
): KnownBlock[] {
  const { quiet, labels } = words;
  const restated = words.restated(digest.restated);
  const notes = [
    quiet.complete(digest.coverage, slackName),
    ...(restated === "" ? [] : [`${labels.restated} ${restated}`]),
    ...(isWithoutIntake === true ? [] : [quiet.intake(digest.intake)]),
  ].map((note) => slackText(note, 700));
  const csv = isCsvInThread === true ? [labels.csv] : [];
  return [
    paragraphBlock([textElement(quiet.figures(digest))]),
    contextBlock([...notes, ...csv, ...detailLinks(links, words).map(slackLink)].join(" · ")),
  ];
}
