import type { Config } from "../config/config.ts";
import { sentMessage } from "../history/commit-message.ts";
import { formatState, statePath, withSent } from "../history/state.ts";
import { commitChange, type History, HistoryError } from "../io/history.ts";
import { dashboardMark } from "../render/pages/pages.ts";
import { drawDashboard, type Story } from "./digest.ts";
import { loadState } from "./open.ts";
import type { Outcome } from "./outcome.ts";
import type { SentMessages } from "./send.ts";

/** Commits what was sent, with the dashboard when anything was, and gives back the claim. */
export async function recordSent(
  { runId, now }: Pick<Config, "runId" | "now">,
  history: History,
  story: Story,
  { sent, updated, isPosted }: SentMessages,
): Promise<Outcome> {
  const messages = [...updated, ...sent];
  const postedBatch = isPosted ? story.plan.state.intake?.batches : undefined;
  try {
    await commitChange(history, async () => {
      const text = formatState(withSent(await loadState(history), messages, { runId, now, postedBatch }));
      const dashboard = messages.length === 0 ? [] : await ours(history, drawDashboard(story));
      return {
        files: new Map([[statePath, text], ...dashboard]),
        message: sentMessage(story.plan.send, sent, updated.length),
        value: undefined,
      };
    });
    return { problems: [] };
  } catch (error) {
    if (!(error instanceof HistoryError)) throw error;
    const isSent = messages.length > 0;
    const what = "The digest was sent, but that could not be recorded: the next run sends it again. ";
    return { problems: [`${isSent ? what : ""}${error.message}`] };
  }
}

/** The files of the dashboard; none where somebody else's README stands in their place. */
async function ours(history: History, files: ReadonlyMap<string, string>): Promise<Iterable<[string, string]>> {
  const before = (await history.readFiles(["README.md"])).get("README.md");
  return before === undefined || before.startsWith(dashboardMark) ? files : [];
}
