import type { Config } from "../config/config.ts";
import type { Notifier } from "../io/notifier.ts";
import { type Failure, failureMessage, silenceMessage } from "../render/pages/pages.ts";
import { wordsOf } from "../render/words/words.ts";
import type { Intake } from "./intake.ts";
import { attempt, type Outcome } from "./outcome.ts";

type FailureConfig = Pick<Config, "isDryRun" | "notifiesFailure" | "runUrl" | "language">;

/**
 * Posts to the channel that a run failed, so that its silence is not taken for a quiet day; nothing for a dry run, and
 * where the user has turned it off. What Slack says to that is of no use to a run that has failed.
 */
export async function postFailure(config: FailureConfig, notifier: Notifier | undefined, failure: Failure) {
  if (config.isDryRun || !config.notifiesFailure || notifier === undefined) return;
  await attempt(() => notifier.post(failureMessage(failure, config.runUrl, wordsOf(config.language))));
}

/** What a run could not do that went on to its end all the same, as far as no digest says so. */
interface Shortfall {
  unread: Intake["unread"];
  /** All else, in words for people. */
  others: string[];
  /** Whether there is no digest, since no mailbox was read to its end. */
  isUnsent: boolean;
}

/** Posts to the channel what a run could not do, as `postFailure` does; nothing when all was done. */
export async function postShortfall(
  config: FailureConfig,
  notifier: Notifier | undefined,
  { unread, others, isUnsent }: Shortfall,
): Promise<void> {
  const reasons = [...unread.map(({ message }) => message), ...others];
  if (reasons.length === 0) return;
  const why = reasons.length === 1 ? unread[0]?.why : undefined;
  const kind = isUnsent ? "mailbox-cut" : "partial";
  await postFailure(config, notifier, { kind, reason: reasons.join(" "), ...(why && { why }) });
}

/** Hours after a run within which the next one is expected. */
const expectedHours = 30;

type SilenceConfig = Pick<Config, "workflowUrl" | "isPresent" | "notifiesFailure" | "language" | "now">;

/**
 * Has Slack post that there is no digest, unless another run comes first and does the same: a message is scheduled, and the
 * one that the run before has scheduled is deleted. Those are found by the link to the workflow, so that nothing has to be
 * remembered, and what a run that was killed has left goes too.
 *
 * Nothing for a moment in the past, for a webhook, outside of a workflow, and where the user has turned it off.
 */
export async function scheduleSilence(config: SilenceConfig, notifier: Notifier | undefined): Promise<Outcome> {
  const { workflowUrl, isPresent, notifiesFailure, language, now } = config;
  const { schedule, scheduled, unschedule } = notifier ?? {};
  if (schedule === undefined || scheduled === undefined || unschedule === undefined) return { problems: [] };
  if (workflowUrl === undefined || !isPresent || !notifiesFailure) return { problems: [] };
  const { problems } = await attempt(async () => {
    const before = await scheduled(workflowUrl);
    const message = silenceMessage({ hours: expectedHours, workflowUrl }, wordsOf(language));
    await schedule(message, new Date(now.getTime() + expectedHours * 3_600_000));
    for (const waiting of before) await unschedule(waiting);
  });
  return { problems };
}
