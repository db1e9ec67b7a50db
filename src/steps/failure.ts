import type { Config } from "../config/config.ts";
import type { SendingPlan } from "../digest/sending-plan.ts";
import { hourLength } from "../history/dates.ts";
import { sendHeartbeat } from "../io/heartbeat.ts";
import { attempt, type Notifier, type Outcome, type Problem } from "../io/notifier.ts";
import { type Failure, failurePage, silencePage } from "../render/pages/pages.ts";
import { printSlack } from "../render/print/print.ts";
import { wordsOf } from "../render/words/words.ts";
import type { Intake } from "./intake/intake.ts";

type FailureConfig = Pick<Config, "isDryRun" | "notifiesFailure" | "runUrl" | "language">;

/**
 * Posts to the channel that a run failed, so that its silence is not taken for a quiet day; nothing for a dry run, and
 * where the user has turned it off. What Slack says to that is of no use to a run that has failed.
 */
export async function postFailure(config: FailureConfig, notifier: Notifier | undefined, failure: Failure) {
  if (config.isDryRun || !config.notifiesFailure || notifier === undefined) return;
  await attempt(() => notifier.post(printSlack(failurePage(failure, config.runUrl, wordsOf(config.language)))));
}

interface End extends Pick<Intake, "unread"> {
  plan: SendingPlan;
  /** Whether a digest was sent, which names the mailboxes that could not be read. */
  isDigestSent: boolean;
  problems: readonly Problem[];
}

/** Tells the monitor that a run went well, or the channel what it could not do, as far as no digest says so. */
export async function endRun(
  config: FailureConfig & Pick<Config, "heartbeatUrl">,
  notifier: Notifier | undefined,
  { unread, plan, isDigestSent, problems }: End,
): Promise<string[]> {
  const isWell = unread.length + problems.length === 0;
  const failed = isWell && plan.isSending && !config.isDryRun ? await sendHeartbeat(config.heartbeatUrl) : [];
  const untold = isDigestSent ? [] : unread;
  const whys = [...untold.map(({ message, why }) => why ?? message), ...problems, ...failed];
  const kind = plan.isSending || plan.isClaimedElsewhere ? "partial" : "mailbox-cut";
  if (whys.length > 0) await postFailure(config, notifier, { kind, whys });
  return failed;
}

/** Hours after a run within which the next one is expected. */
const expectedHours = 30;

type SilenceConfig = Pick<Config, "workflowUrl" | "isPresent" | "notifiesFailure" | "language" | "now">;

/**
 * Has Slack post that there is no digest, unless another run comes first and does the same: a message is scheduled, and those
 * that runs before have scheduled are deleted, which are found by the link to the workflow.
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
    const message = printSlack(silencePage({ hours: expectedHours, workflowUrl }, wordsOf(language)));
    await schedule(
      { ...message, text: `${message.text}: ${workflowUrl}` },
      new Date(now.getTime() + expectedHours * hourLength),
    );
    for (const waiting of before) await unschedule(waiting);
  });
  return { problems };
}
