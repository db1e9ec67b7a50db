import type { Config } from "../config/config.ts";
import { intakeSummary } from "../digest/day/day.ts";
import { type DigestSource, figuresOf, makeDigest } from "../digest/digest.ts";
import { restatedDays } from "../digest/restated.ts";
import { type Verdict, worstVerdict } from "../digest/rules.ts";
import type { Figures, Sent } from "../history/state.ts";
import type { Notifier } from "../io/notifier.ts";
import { restatedMessage, threadMessage, worsenedMessage } from "../render/pages/pages.ts";
import { attempt } from "./attempt.ts";
import { csvOf } from "./results.ts";
import { threadOf, uploadCsv } from "./sending.ts";
import type { Retold, Story } from "./story.ts";

/** What digests are made of, but for the days. */
type Source = Omit<DigestSource, "days" | "restated" | "intake">;

/**
 * What messages would tell by now. What became of the mails of their runs is not told again, but those that could not be
 * counted stay a reason to look.
 */
export function retell(messages: readonly Sent[], source: Source): Retold[] {
  const noMails = intakeSummary([], { unreadMailboxes: [], toGo: [] });
  return messages.flatMap((message) => {
    const [day, ...earlier] = message.figures.map((figures) => figures.day);
    if (day === undefined) return [];
    const intake = { ...noMails, states: message.trouble ?? {} };
    const digest = makeDigest({ ...source, days: [day, ...earlier], restated: [], intake });
    const figures = withFirstVerdicts(figuresOf(digest), message.figures);
    return { message, digest, figures, isChanged: restatedDays(message.figures, figures).length > 0 };
  });
}

function withFirstVerdicts(now: Figures[], told: readonly Figures[]): Figures[] {
  return now.map((figures) => {
    const before = told.find(({ day }) => day === figures.day);
    const first = before?.firstVerdict ?? before?.verdict;
    return first === undefined || first === figures.verdict ? figures : { ...figures, firstVerdict: first };
  });
}

/** What came of bringing messages up to date. */
export interface Restating {
  /** The messages as they are told now. */
  updated: Sent[];
  /** What failed, in words for people. */
  problems: string[];
}

/**
 * So many messages that look worse are told in the channel in one run, the newest first; the others in their threads, and
 * all of them in the next digest. One mail may change a month of days.
 */
const mostBroadcasts = 3;

/** Brings posted messages up to date with the days that they tell. One that fails does not stop the others. */
export async function bringUpToDate(config: Config, notifier: Notifier | undefined, story: Story): Promise<Restating> {
  const isTold = story.plan.send.length > 0;
  const result: Restating = { updated: [], problems: [] };
  let broadcasts = 0;
  for (const one of story.retold) {
    const { before = one.message.figures, ...message } = one.message;
    const update: Update = one.isChanged
      ? await updateMessage(config, notifier, { ...one, message, story, isBroadcast: broadcasts < mostBroadcasts })
      : { sent: message, problems: [] };
    if (update.isLoud === true) broadcasts += 1;
    result.problems.push(...update.problems);
    // Where a message can't be updated, its line in a digest that is told now is all.
    if (update.sent === undefined || !(isTold || update.isUpdated)) continue;
    result.updated.push(isTold ? update.sent : { ...update.sent, before });
  }
  return result;
}

interface Change extends Retold {
  story: Story;
  /** Whether the channel is told when it looks worse. */
  isBroadcast: boolean;
}

/** What came of one message. */
interface Update {
  /** The message as it is told now; absent when the next run is to try again. */
  sent?: Sent;
  /** Not where messages stay as they were posted. */
  isUpdated?: boolean;
  /** Whether it looks worse, and its thread was told. */
  isLoud?: boolean;
  problems: string[];
}

/** Updates one message, then its thread and its CSV. */
async function updateMessage(config: Config, notifier: Notifier | undefined, change: Change): Promise<Update> {
  const { message, digest, figures, story, isBroadcast } = change;
  const { source, telling } = story;
  const sent: Sent = { ...message, figures };
  const { update, reply } = notifier ?? {};
  const isOurs = message.route === notifier?.route && message.ts !== undefined;
  if (notifier === undefined || update === undefined || !isOurs) return { sent, problems: [] };
  const { name, text } = csvOf(config, digest, source);
  // The thread has that of the day as it was told first, too.
  const csv = { name: name.replace(/\.csv$/, `-as-of-${telling.at.slice(0, 10)}.csv`), text };
  const isCsvInThread = csv.text !== "" && notifier.upload !== undefined;
  const { error, problems } = await attempt(() =>
    update(message, restatedMessage(digest, figures[0]?.firstVerdict, { ...telling, isCsvInThread })),
  );
  // A message that was deleted by a person, say, stays gone: the line in the digest is all.
  if (error?.mayPostAnew) return { sent, isUpdated: true, problems: [] };
  if (error !== undefined) return { problems };
  const isLoud = reply !== undefined && isWorse(figures[0]?.verdict, message.figures[0]?.verdict);
  const replied = isLoud
    ? await attempt(() => reply(threadOf(message), worsenedMessage(digest, telling), { isBroadcast }))
    : { problems: [] };
  // What may be there must not come twice; of what is not, the next run is to think as if nothing had been done.
  if (replied.error?.mayHaveArrived === false) return { problems: replied.problems };
  const table = await updateTable(update, change);
  const uploaded = await uploadCsv(notifier, message, csv);
  return {
    sent: { ...sent, csvFile: uploaded.value ?? message.csvFile },
    isUpdated: true,
    isLoud,
    problems: [...replied.problems, ...table, ...uploaded.problems],
  };
}

/** Brings the table of all domains in the thread up to date; what failed, in words for people. */
async function updateTable(
  update: Exclude<Notifier["update"], undefined>,
  { message: { channel, tableTs }, digest, story: { telling } }: Change,
): Promise<string[]> {
  const table = threadMessage(digest, telling);
  if (tableTs === undefined || table === undefined) return [];
  const { error, problems } = await attempt(() => update({ channel, ts: tableTs }, table));
  return error?.mayPostAnew ? [] : problems;
}

function isWorse(after: Verdict | undefined, before: Verdict | undefined): boolean {
  return after !== undefined && before !== undefined && after !== before && worstVerdict([after, before]) === after;
}
