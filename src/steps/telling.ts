import type { Config } from "../config/config.ts";
import { lastingTrouble } from "../digest/day/day.ts";
import { figuresOf } from "../digest/digest.ts";
import { hasNewVerdict, isQuiet } from "../digest/quiet.ts";
import type { Sent, State } from "../history/state.ts";
import type { Host } from "../io/host.ts";
import type { Notifier } from "../io/notifier.ts";
import { threadMessage, weeklyMessage } from "../render/pages/pages.ts";
import { bringUpToDate } from "./restating.ts";
import { openNotifier, resendCsv, type Sending, sendDigest, sendWeek } from "./sending.ts";
import { expectNextRun } from "./silence.ts";
import type { Story } from "./story.ts";

/** What came of telling people. */
export interface Telling {
  /** The messages that were sent. */
  sent: Sent[];
  /** Those sent before that were brought up to date. */
  updated: Sent[];
  /** What failed, in words for people. */
  problems: string[];
}

/**
 * Tells the place that the configuration names: the digest, what has changed about those told before, once a week the
 * long message, and that the next run is expected. One that fails does not stop the others.
 */
export async function tell(config: Config, host: Host, story: Story): Promise<Telling> {
  const notifier = openNotifier(config, host);
  const digest = await tellDigest(config, notifier, story);
  const restated = await bringUpToDate(config, notifier, story);
  const week = await tellWeek(config, notifier, story);
  // A CSV that could not be uploaded is no silence.
  const isTold = story.plan.send.length === 0 || digest.sent !== undefined;
  const silence = isTold ? await expectNextRun(config, notifier) : [];
  return {
    sent: [digest, week].flatMap(({ sent }) => sent ?? []),
    updated: restated.updated,
    problems: [...digest.problems, ...restated.problems, ...week.problems, ...silence],
  };
}

async function tellDigest(config: Config, notifier: Notifier | undefined, story: Story): Promise<Sending> {
  const { plan, digest, message, csv, telling, retold } = story;
  if (plan.send.length === 0) return await resendCsv(notifier, plan.state, { csv, day: digest.day, retold });
  const last = lastDigest(plan.state, notifier);
  // Where a message stays as it was posted, the digest is all that tells of another verdict.
  const isTold = notifier?.update !== undefined || !hasNewVerdict(digest);
  const goesBelow = config.postsChanges && isTold && isQuiet(digest, last?.verdict);
  return await sendDigest(
    notifier,
    {
      figures: figuresOf(digest),
      message,
      thread: threadMessage(digest, telling),
      csv,
      trouble: lastingTrouble(digest.intake.states),
      below: goesBelow ? last?.message : undefined,
    },
    config.now,
  );
}

async function tellWeek(config: Config, notifier: Notifier | undefined, story: Story): Promise<Sending> {
  const { plan, week, telling } = story;
  if (plan.week === undefined || week === undefined) return { problems: [] };
  return await sendWeek(notifier, weeklyMessage(week, telling), { week: plan.week, now: config.now });
}

/** The last message of a digest that stands in the channel, and the verdict of the day told last. */
function lastDigest({ sent }: State, notifier: Notifier | undefined) {
  const digests = sent.filter(({ route, figures }) => route === notifier?.route && figures.length > 0);
  return {
    message: digests.findLast(({ threadTs, isUnposted }) => threadTs === undefined && isUnposted === undefined),
    verdict: digests.at(-1)?.figures[0]?.verdict,
  };
}
