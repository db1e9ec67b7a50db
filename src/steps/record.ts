import type { Config } from "../config/config.ts";
import { sentMessage } from "../history/commit-message.ts";
import { formatState, type Sent, statePath, withSent } from "../history/state.ts";
import { commitChange, type History, HistoryError } from "../io/history.ts";
import { dashboardMark } from "../render/pages/pages.ts";
import { drawDashboard, type Story } from "./digest.ts";
import { loadState } from "./open.ts";
import type { Outcome } from "./outcome.ts";

/** What was sent, for the state. */
export interface SentMessages {
  sent: Sent[];
  /** Messages of runs before that were updated. */
  updated: Sent[];
  /** Whether a digest was posted, with all that is new in it. */
  isPosted: boolean;
  /** Whether Slack's answer to a post was lost, so that it may be there or not. */
  isUncertain: boolean;
}

/**
 * Commits what was sent, with the dashboard when anything was, and gives back the claim. An outage or a rate limit is
 * waited for: what is not recorded is posted twice. Should it last, the claim stays where the mails' commit has left it,
 * and tells the next run that the messages may be there.
 */
export async function recordSent(
  { runId, now, patience }: Pick<Config, "runId" | "now" | "patience">,
  history: History,
  story: Story,
  { sent, updated, isPosted, isUncertain }: SentMessages,
): Promise<Outcome> {
  const messages = [...updated, ...sent];
  const postedBatch = isPosted ? story.plan.state.intake?.batches : undefined;
  const options = { runId, now, postedBatch, keepsClaim: isUncertain };
  const change = async () => {
    const text = formatState(withSent(await loadState(history), messages, options));
    const dashboard = messages.length === 0 ? [] : await ours(history, drawDashboard(story));
    return {
      files: new Map([[statePath, text], ...dashboard]),
      message: sentMessage(story.plan.send, { sent, updated: updated.length, isUncertain }),
      value: undefined,
    };
  };
  try {
    await commitChange(history, change, messages.length === 0 ? 0 : patience);
    return { problems: [] };
  } catch (error) {
    if (!(error instanceof HistoryError)) throw error;
    const what =
      "What was sent could not be recorded: the next run posts it again, and says there that it may stand in the channel twice. ";
    return { problems: [`${sent.length > 0 ? what : ""}${error.message}`] };
  }
}

/** The files of the dashboard; none where somebody else's README stands in their place. */
async function ours(history: History, files: ReadonlyMap<string, string>): Promise<Iterable<[string, string]>> {
  const before = (await history.readFiles(["README.md"])).get("README.md");
  return before === undefined || before.startsWith(dashboardMark) ? files : [];
}
