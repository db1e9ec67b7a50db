import type { KnownBlock, RichTextElement, TableBlock } from "@slack/web-api";
import type { Digest, DomainDigest } from "../digest/digest.ts";
import { intakeSentence, problemSentence, stateWords, unknownDomainsSentence } from "../digest/intake.ts";
import { formatCount } from "../digest/number.ts";
import { plainText, slackText } from "./escape.ts";
import { type DigestLinks, dayFileLinks, digestLinks, type Link } from "./links.ts";
import { notCountedText } from "./not-counted.ts";
import { formatPart } from "./number.ts";
import { alarmBlocks } from "./slack-alarms.ts";
import {
  contextBlock,
  countCharacters,
  headerBlock,
  listBlock,
  moreItems,
  paragraphBlock,
  tableBlock,
  textElement,
} from "./slack-blocks.ts";
import {
  earlierDaySentence,
  emptyAdvice,
  evaluatedOf,
  figureLines,
  formatFigure,
  headline,
  mainFigures,
  restSentence,
  shownCount,
  verdictEmoji,
} from "./wording.ts";

/** How much is shown; the rest is in the job summary. */
const most = {
  reasons: 6,
  domains: 99,
  fineDomains: 20,
  earlierDays: 7,
  problems: 3,
  notCounted: 5,
  mailboxes: 3,
  dayFiles: 6,
  linkCharacters: 1_500,
};

/**
 * Slack refuses a message of about 13,000 characters with `msg_blocks_too_long`, which no page documents
 * (github.com/slackapi/bolt-js/issues/2509), and a table of more than 10,000.
 */
const mostCharacters = 9_000;

/** Room for the line on the domains that are not in the table. */
const restCharacters = 100;

/**
 * The digest as a message for Slack, for a bot and for an incoming webhook alike.
 *
 * The header answers alone; each block below says more of less. The worst comes first, and what does not fit is counted.
 *
 * @returns `text` for notifications, where blocks are not shown; `blocks` with at most one table.
 */
export function slackMessage(digest: Digest, links: DigestLinks): { text: string; blocks: KnownBlock[] } {
  const before = [
    headerBlock(headline(digest, (domain) => plainText(domain, 60))),
    figuresBlock(digest),
    ...reasonBlocks(digest),
  ];
  const after = [
    ...alarmBlocks(digest),
    ...earlierBlocks(digest),
    ...notCountedBlocks(digest),
    ...intakeBlocks(digest),
    ...linkBlocks(digest, links),
  ];
  const room = mostCharacters - countCharacters([...before, ...after]) - restCharacters;
  return { text: notificationText(digest), blocks: [...before, ...domainBlocks(digest, room), ...after] };
}

function notificationText(digest: Digest): string {
  const figures = emptyAdvice(digest) ?? mainFigures(digest.totals).map(formatFigure).join(", ");
  return [
    `${headline(digest, (domain) => slackText(domain, 60))}: ${figures}`,
    ...digest.reasons.slice(0, 1).map((reason) => slackText(reason)),
  ].join("\n");
}

function figuresBlock(digest: Digest): KnownBlock {
  const advice = emptyAdvice(digest);
  if (advice !== undefined) return paragraphBlock([textElement(advice)]);
  const figures = mainFigures(digest.totals).flatMap(({ value, label, share }, index) => [
    ...(index === 0 ? [] : [textElement("  ·  ")]),
    textElement(value, { bold: true }),
    textElement(share === undefined ? ` ${label}` : ` ${label} (${share})`),
  ]);
  return paragraphBlock([...figures, textElement(`\n${figureLines(digest.totals).join("\n")}`)]);
}

function reasonBlocks({ reasons }: Digest): KnownBlock[] {
  if (reasons.length === 0) return [];
  const items = reasons.slice(0, most.reasons).map((reason) => [textElement(plainText(reason, 200))]);
  return [listBlock([], [...items, ...moreItems(reasons.length - items.length, "reason")])];
}

/** The table of domains, as many rows as fit into so many characters, and one line on the others. */
function domainBlocks({ domains }: Digest, room: number): KnownBlock[] {
  if (domains.length === 0) return [];
  let rows = shownCount(domains, { most: most.domains, mostFine: most.fineDomains });
  while (rows > 1 && countCharacters([domainTable(domains.slice(0, rows))]) > room) rows = Math.floor(rows * 0.9);
  const table = domainTable(domains.slice(0, rows));
  const sentence = restSentence(domains.slice(rows));
  return sentence === undefined ? [table] : [table, contextBlock(`… ${sentence}`)];
}

function domainTable(domains: DomainDigest[]): TableBlock {
  return tableBlock([
    ["Domain", "Messages", "DMARC fail", "SPF or DKIM fail", "Quarantined", "Rejected"],
    ...domains.map(({ domain, verdict, totals }) => [
      `${verdictEmoji[verdict]} ${plainText(domain, 60)}`,
      totals.reports === 0 ? "no reports" : formatCount(totals.messages),
      formatPart(totals.dmarcFail, evaluatedOf(totals)),
      formatPart(totals.spfOrDkimFail, evaluatedOf(totals)),
      formatCount(totals.dispositions.quarantine),
      formatCount(totals.dispositions.reject),
    ]),
  ]);
}

function earlierBlocks({ earlierDays }: Digest): KnownBlock[] {
  const items = earlierDays
    .slice(0, most.earlierDays)
    .map((day) => [textElement(`${verdictEmoji[day.verdict]} ${earlierDaySentence(day)}`)]);
  return titledList("Earlier days that were not told yet", [
    ...items,
    ...moreItems(earlierDays.length - items.length, "day"),
  ]);
}

function notCountedBlocks(digest: Digest): KnownBlock[] {
  const told = notCountedText(digest, most.notCounted);
  if (told === undefined) return [];
  const items = told.items.map(({ reporter, text }) => [
    textElement(plainText(reporter, 60), { code: true }),
    textElement(`  ${text}`),
  ]);
  return [...titledList(told.title, items), ...(told.rest === "" ? [] : [contextBlock(slackText(told.rest))])];
}

/** What was not read: mailboxes, then mails. */
function intakeBlocks({ intake }: Digest): KnownBlock[] {
  const mailboxes = intake.unreadMailboxes
    .slice(0, most.mailboxes)
    .map(({ mailbox, message }) => [
      textElement(plainText(mailbox, 60), { code: true }),
      textElement(`  ${plainText(message, 250)}`),
    ]);
  const problems = intake.problems
    .slice(0, most.problems)
    .map(({ mail, state, reason }) => [
      textElement(plainText(mail, 60), { code: true }),
      textElement(`  ${stateWords[state]}: ${plainText(reason, 150)}`),
    ]);
  const rest = intake.unreadMailboxes.length - mailboxes.length;
  const unknown = unknownDomainsSentence(intake);
  return [
    ...titledList("Mailboxes that could not be read", [
      ...mailboxes,
      ...(rest > 0 ? [[textElement(`and ${formatCount(rest)} more`)]] : []),
    ]),
    ...titledList(problemSentence(intake) ?? "Mails not fully counted", problems),
    ...(unknown === undefined ? [] : [paragraphBlock([textElement(plainText(unknown, 1_000))])]),
  ];
}

/** A list below a bold title; nothing when there are no items. */
function titledList(title: string, items: RichTextElement[][]): KnownBlock[] {
  return items.length === 0 ? [] : [listBlock([textElement(title, { bold: true })], items)];
}

function linkBlocks(digest: Digest, links: DigestLinks): KnownBlock[] {
  const dayFiles = digest.domains.flatMap((domain) => dayFileLinks(domain, links)).slice(0, most.dayFiles);
  const line = [...digestLinks(links), ...dayFiles].reduce((text, link) => addLink(text, link), "");
  return [contextBlock([slackText(intakeSentence(digest.intake)), ...(line === "" ? [] : [line])].join("  ·  "))];
}

/** A line with one more link, as long as it stays well below the 3,000 characters of a text in a context block. */
function addLink(line: string, { label, url }: Link): string {
  const link = `<${url}|${slackText(label, 100)}>`;
  if (line.length + link.length > most.linkCharacters) return line;
  return line === "" ? link : `${line}  ·  ${link}`;
}
