import type { KnownBlock, RichTextElement } from "@slack/web-api";
import { mailsIn } from "../../digest/day/day.ts";
import type { Digest } from "../../digest/digest.ts";
import { plainText, slackText } from "../escape.ts";
import { contextBlock, listBlock, paragraphBlock, slackName, textElement } from "../print/print.ts";
import type { Words } from "../words/words.ts";

/** How much is shown; the rest is in the job summary. */
const most = { problems: 3, notCounted: 5, mailboxes: 3, news: 6 };

/** The reports that do not count, with what would count them. */
export function notCountedBlocks(digest: Digest, words: Words): KnownBlock[] {
  const part = words.notCounted.text(digest, most.notCounted);
  if (part === undefined) return [];
  const items = part.items.map(({ reporter, text }) => [
    textElement(plainText(reporter, 60), { code: true }),
    textElement(`  ${text}`),
  ]);
  return [...titledList(part.title, items), ...(part.rest === "" ? [] : [contextBlock(slackText(part.rest))])];
}

/** What is new and changed; nothing when nothing is. */
export function newsBlocks(digest: Digest, words: Words): KnownBlock[] {
  const { lines, more } = words.news.text(digest, most.news, slackName);
  const items = [...lines, ...(more > 0 ? [words.more(more)] : [])].map((line) => [textElement(line)]);
  return titledList(words.news.title, items);
}

/** What was not read: mailboxes, then mails, with how many where the first line does not say so, then domains that may be ours. */
export function intakeBlocks({ intake, findings }: Digest, words: Words): KnownBlock[] {
  const mailboxes = intake.unreadMailboxes
    .slice(0, most.mailboxes)
    .map(({ mailbox, why }) => [
      textElement(plainText(mailbox, 60), { code: true }),
      textElement(`  ${plainText(words.reason(why), 400)}`),
    ]);
  const rest = intake.unreadMailboxes.length - mailboxes.length;
  const unknown = words.unknownDomains(intake);
  return [
    ...titledList(words.labels.unreadMailboxes, [...mailboxes, ...(rest > 0 ? [[textElement(words.more(rest))]] : [])]),
    ...titledList(
      findings[0]?.kind === "mail-trouble" ? undefined : words.mailTrouble(intake.trouble, slackName),
      problemItems(intake, words),
    ),
    ...(unknown === undefined ? [] : [paragraphBlock([textElement(plainText(unknown, 1_000))])]),
  ];
}

/** Mails of believed senders, which come first among the problems: what others send is not for the channel. */
function problemItems({ problems, trouble }: Digest["intake"], words: Words): RichTextElement[][] {
  const all = mailsIn(trouble);
  const items = problems.slice(0, Math.min(most.problems, all)).map((problem) => [
    // The name of a file stands at its end.
    textElement(plainText(problem.mail, 200), { code: true }),
    textElement(`  ${words.mailState[problem.state]}: ${plainText(words.problem(problem), 150)}`),
  ]);
  const more = all - items.length;
  return items.length > 0 && more > 0 ? [...items, [textElement(words.more(more))]] : items;
}

/** A list, below a bold title if there is one; nothing when there are no items. */
function titledList(title: string | undefined, items: RichTextElement[][]): KnownBlock[] {
  return items.length === 0 ? [] : [listBlock(title === undefined ? [] : [textElement(title, { bold: true })], items)];
}
