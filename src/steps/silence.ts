import type { Config } from "../config/config.ts";
import type { Notifier } from "../io/notifier.ts";
import { silenceMessage } from "../render/pages/pages.ts";
import { wordsOf } from "../render/words/words.ts";
import { attempt } from "./attempt.ts";

/** Hours after a run within which the next one is expected. */
const expectedHours = 30;

/**
 * Has Slack say that there is no digest, unless another run comes first and does the same: a message is scheduled, and the
 * one that the run before has scheduled is deleted. Those are found by the link to the workflow, so that nothing has to be
 * remembered, and what a run that was killed has left goes too.
 *
 * Nothing for a moment in the past, for a webhook, outside of a workflow, and where the user has turned it off.
 *
 * @returns What failed, in words for people.
 */
export async function expectNextRun(config: Config, notifier: Notifier | undefined): Promise<string[]> {
  const { workflowUrl, isPresent, notifiesFailure, language, now } = config;
  const { schedule, scheduled, unschedule } = notifier ?? {};
  if (schedule === undefined || scheduled === undefined || unschedule === undefined) return [];
  if (workflowUrl === undefined || !isPresent || !notifiesFailure) return [];
  const { problems } = await attempt(async () => {
    const before = await scheduled(workflowUrl);
    const message = silenceMessage({ hours: expectedHours, workflowUrl }, wordsOf(language));
    await schedule(message, new Date(now.getTime() + expectedHours * 3_600_000));
    for (const waiting of before) await unschedule(waiting);
  });
  return problems;
}
