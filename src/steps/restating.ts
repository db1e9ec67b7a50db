import type { Config } from "../config/config.ts";
import { type Digest, figuresOf, makeDigest } from "../digest/digest.ts";
import { intakeSummary } from "../digest/intake.ts";
import { restatedDays } from "../digest/restated.ts";
import type { Verdict } from "../digest/rules.ts";
import type { Figures, Sent } from "../history/state.ts";
import { type Notifier, NotifierError } from "../io/notifier.ts";
import { restatedMessage, worsenedMessage } from "../render/slack-restated.ts";
import type { Story } from "./digest.ts";
import { csvOf } from "./results.ts";
import { threadOf } from "./sending.ts";

/** What came of bringing messages up to date. */
export interface Restating {
  /** The messages as they are told now. */
  updated: Sent[];
  /** What failed, in words for people. */
  problems: string[];
}

/** Brings posted messages up to date with the days that they tell. One that fails does not stop the others. */
export async function bringUpToDate(config: Config, notifier: Notifier | undefined, story: Story): Promise<Restating> {
  const result: Restating = { updated: [], problems: [] };
  for (const message of story.restating.messages) {
    const digest = digestOf(message, story);
    if (digest === undefined) continue;
    const figures = withFirstVerdicts(figuresOf(digest), message.figures);
    if (restatedDays(message.figures, figures).length === 0) continue;
    try {
      const isUpdated = await update(config, notifier, { message, digest, figures, story });
      // Where a message can't be updated, its line in a digest that is told now is all.
      if (isUpdated || story.plan.send.length > 0) result.updated.push({ ...message, figures });
    } catch (error) {
      if (!(error instanceof NotifierError)) throw error;
      // A message that was deleted by a person, say, stays gone: the line in the digest is all.
      if (error.mayPostAnew) result.updated.push({ ...message, figures });
      else result.problems.push(error.message);
    }
  }
  return result;
}

/** The digest that a message would tell by now; what became of the mails of its run is not told again. */
function digestOf({ figures }: Sent, { source }: Story): Digest | undefined {
  const [day, ...earlier] = figures.map((ofDay) => ofDay.day);
  if (day === undefined) return undefined;
  const intake = intakeSummary([], { unreadMailboxes: [], toGo: [] });
  return makeDigest({ ...source, days: [day, ...earlier], told: [], intake });
}

function withFirstVerdicts(now: Figures[], told: readonly Figures[]): Figures[] {
  return now.map((figures) => {
    const before = told.find(({ day }) => day === figures.day);
    const first = before?.firstVerdict ?? before?.verdict;
    return first === undefined || first === figures.verdict ? figures : { ...figures, firstVerdict: first };
  });
}

interface Change {
  message: Sent;
  digest: Digest;
  figures: Figures[];
  story: Story;
}

/** Updates one message, its CSV and its thread; gives whether there was one to update. */
async function update(config: Config, notifier: Notifier | undefined, change: Change): Promise<boolean> {
  const { message, digest, figures, story } = change;
  const { source, telling } = story;
  if (notifier?.update === undefined || message.route !== notifier.route || message.ts === undefined) return false;
  await notifier.update(message, restatedMessage(digest, figures[0]?.firstVerdict, telling));
  const [before, after] = [message.figures[0]?.verdict, figures[0]?.verdict];
  if (notifier.reply !== undefined && isWorse(after, before)) {
    await notifier.reply(threadOf(message), worsenedMessage(digest, telling), { isBroadcast: true });
  }
  const csv = csvOf(config, digest, source);
  if (csv.text !== "" && notifier.upload !== undefined) await notifier.upload(threadOf(message), csv);
  return true;
}

const order: readonly Verdict[] = ["ok", "look", "act"];

function isWorse(after: Verdict | undefined, before: Verdict | undefined): boolean {
  return after !== undefined && before !== undefined && order.indexOf(after) > order.indexOf(before);
}
