import type { KnownBlock, RichTextElement } from "@slack/web-api";
import type { Digest, Finding } from "../../digest/digest.ts";
import { slackText } from "../escape.ts";
import { type DigestLinks, dayFileLinks, detailLinks, digestLinks } from "../links.ts";
import {
  contextBlock,
  countCharacters,
  fittingBlocks,
  headerBlock,
  listBlock,
  paragraphBlock,
  plainTable,
  slackLink,
  slackName,
  textElement,
} from "../print/print.ts";
import type { Words } from "../words/words.ts";
import { hasOwnList } from "../words/words.ts";
import { domainBlocks, leastTable } from "./slack-domains.ts";
import { intakeBlocks, newsBlocks, notCountedBlocks } from "./slack-notes.ts";

/** How much is shown; the rest is in the thread and in the job summary. */
const most = { problems: 3, findings: 5, earlierDays: 7, dayFiles: 6, linkCharacters: 1_500 };

/**
 * Slack refuses a message of about 13,000 characters with `msg_blocks_too_long`, which no page documents
 * (github.com/slackapi/bolt-js/issues/2509), and a table of more than 10,000.
 */
const mostCharacters = 9_000;

/** A digest's message: for its channel, and for its thread. */
export interface DigestMessage {
  /** For notifications, where blocks are not shown: the first line. */
  text: string;
  blocks: KnownBlock[];
  /** The same without a table, for when Slack does not take it. */
  fallbackBlocks: KnownBlock[];
}

/** The words of a message, and what it leads to and leaves out. */
export interface MessageOptions {
  words: Words;
  links: DigestLinks;
  /** The moment of the run, ISO 8601. */
  at: string;
  /** Leaves out what became of the mails of a run. */
  isWithoutIntake?: true;
  /** Whether the CSV of the failing records goes into the message's thread. */
  isCsvInThread?: boolean;
}

/**
 * The digest as a message for Slack, for a bot and for an incoming webhook alike: the first line answers alone, each
 * block below says more of less. What does not fit is counted. A day on which there is nothing to do takes three lines.
 *
 * @returns `text` for notifications, where blocks are not shown; `blocks` with at most one table.
 */
export function slackMessage(digest: Digest, options: MessageOptions): DigestMessage {
  const { words } = options;
  const headline = words.headline(digest, slackName);
  const isQuiet = digest.verdict === "ok";
  const intake = intakeBlocks(digest, words);
  const isIntakeFirst = digest.findings[0]?.kind === "mail-trouble";
  const before = [
    headerBlock(headline),
    ...(isIntakeFirst ? intake : []),
    ...(isQuiet ? quietBlocks(digest, options) : [...problemBlocks(digest, words), ...findingBlocks(digest, words)]),
  ];
  const after = [
    ...(isQuiet ? [] : [figuresBlock(digest, options)]),
    ...newsBlocks(digest, words),
    ...earlierBlocks(digest, words),
    ...notCountedBlocks(digest, words),
    ...(isIntakeFirst ? [] : intake),
    ...(isQuiet ? [] : [contextBlock(footer(digest, options))]),
  ];
  const blocks = fittingBlocks([...before, ...after], mostCharacters - leastTable);
  const domains = domainBlocks(digest, { words, room: mostCharacters - countCharacters(blocks) });
  const around = (tables: KnownBlock[]) => [
    ...blocks.slice(0, before.length),
    ...tables,
    ...blocks.slice(before.length),
  ];
  return {
    text: words.headline(digest, (name) => slackText(name, 60)),
    blocks: around(domains),
    fallbackBlocks: around(domains.map(plainTable)),
  };
}

/** For each domain whose own mail fails: cause, what to do, who saw it. */
function problemBlocks({ findings }: Digest, words: Words): KnownBlock[] {
  return findings
    .filter((finding) => finding.kind === "own-failures")
    .slice(0, most.problems)
    .flatMap((finding, index) => problemBlock(finding, index > 0, words));
}

function problemBlock(
  finding: Extract<Finding, { kind: "own-failures" }>,
  isTitled: boolean,
  words: Words,
): KnownBlock[] {
  const { source, domain } = finding;
  if (source === undefined) return [];
  const title = isTitled ? [textElement(`${words.finding(finding, slackName)}\n`, { bold: true })] : [];
  const lines = [
    [words.labels.cause, words.cause(source, slackName)],
    [words.labels.step, words.step(source, domain, slackName)],
    [words.labels.seenBy, words.seenBy(source, slackName)],
  ] as const;
  return [paragraphBlock([...title, ...labelled(lines)])];
}

/** The other findings; the first of all stands in the headline. */
function findingBlocks({ findings }: Digest, words: Words): KnownBlock[] {
  const shown = findings.filter(({ kind }) => kind === "own-failures").slice(0, most.problems);
  const rest = findings.slice(1).filter((finding) => !shown.includes(finding) && !hasOwnList(finding));
  const items = rest.slice(0, most.findings).map((finding) => [textElement(words.finding(finding, slackName))]);
  const more = rest.length - items.length;
  return rest.length === 0 ? [] : [listBlock([], [...items, ...(more > 0 ? [[textElement(words.more(more))]] : [])])];
}

/** Lines with their labels in bold. */
export function labelled(lines: readonly (readonly [string, string])[]): RichTextElement[] {
  return lines.flatMap(([label, text], index) => [
    ...(index === 0 ? [] : [textElement("\n")]),
    textElement(label, { bold: true }),
    textElement(`  ${text}`),
  ]);
}

function figuresBlock(digest: Digest, { words, isWithoutIntake }: MessageOptions): KnownBlock {
  const advice = words.emptyAdvice(digest);
  const { labels } = words;
  const figures = words.figures(digest);
  const restated = words.restated(digest.restated);
  const lines: [string, string][] = [
    ...(advice === undefined
      ? ([
          [labels.messages, figures.messages],
          [labels.dmarcFail, figures.dmarcFail],
          [labels.spfOrDkimFail, figures.spfOrDkimFail],
          [labels.complete, words.complete(digest.coverage, slackName)],
        ] as [string, string][])
      : []),
    ...(restated === "" ? [] : [[labels.restated, restated] as [string, string]]),
    ...(isWithoutIntake === true ? [] : [[labels.intake, words.intake(digest.intake)] as [string, string]]),
  ];
  const above = advice === undefined ? [] : [textElement(`${advice}\n`)];
  return paragraphBlock([...above, ...labelled(lines)]);
}

function earlierBlocks({ earlierDays }: Digest, words: Words): KnownBlock[] {
  if (earlierDays.length === 0) return [];
  const items = earlierDays.slice(0, most.earlierDays).map((day) => [textElement(words.earlierDay(day))]);
  return [listBlock([textElement(words.labels.earlierDays, { bold: true })], items)];
}

/** As of when, and links to look it up. */
function footer(digest: Digest, { words, links, at, isCsvInThread = false }: MessageOptions): string {
  const files = digest.domains
    .filter(({ verdict }) => verdict !== "ok")
    .flatMap((domain) => dayFileLinks(domain, links))
    .slice(0, most.dayFiles);
  const shown = isCsvInThread ? [words.labels.csv] : [];
  let characters = 0;
  for (const link of [...digestLinks(links, words), ...files]) {
    const text = slackLink(link);
    characters += text.length;
    if (characters <= most.linkCharacters) shown.push(text);
  }
  return [`${words.labels.asOf} ${words.moment(at)}`, ...shown].join(" · ");
}

/**
 * A day on which there is nothing to do, below the first line: the three figures in one line; how complete they are, what
 * was restated, the mails that were read, and a link, in another.
 */
function quietBlocks(digest: Digest, { words, links, isWithoutIntake, isCsvInThread }: MessageOptions): KnownBlock[] {
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
