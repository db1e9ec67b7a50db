import type { Config } from "../config/config.ts";
import type { Host } from "../io/host.ts";
import { NotifierError } from "../io/notifier.ts";
import { type Failure, failureMessage } from "../render/pages/pages.ts";
import { wordsOf } from "../render/words/words.ts";
import { openNotifier } from "./sending.ts";

/**
 * Says in the channel that a run failed, so that its silence is not taken for a quiet day; nothing for a dry run, and where
 * the user has turned it off. What Slack says to that is of no use to a run that has failed.
 */
export async function tellFailure(config: Config, host: Host, failure: Failure): Promise<void> {
  if (config.isDryRun || !config.notifiesFailure) return;
  const message = failureMessage(failure, config.runUrl, wordsOf(config.language));
  try {
    await openNotifier(config, host)?.post(message);
  } catch (error) {
    if (!(error instanceof NotifierError)) throw error;
  }
}
