import type { Config } from "../config/config.ts";
import { sentMessage } from "../history/commit-message.ts";
import { formatState, type Sent, statePath, withSent } from "../history/state.ts";
import { type History, HistoryError } from "../io/history.ts";
import { dashboardMark } from "../render/pages/pages.ts";
import { loadState } from "./open.ts";
import type { Story } from "./story.ts";
import type { Telling } from "./telling.ts";
import { commitChange } from "./transaction.ts";

/**
 * Commits what was sent, with the dashboard when anything was told, and gives back the claim.
 *
 * @returns What failed, in words for people.
 */
export async function recordSent(
  config: Config,
  history: History,
  { plan, sent, updated, dashboard }: Pick<Story, "plan"> & Omit<Telling, "problems"> & { dashboard: Dashboard },
): Promise<string[]> {
  const messages = [...updated, ...sent];
  try {
    await commitChange(history, async () => {
      const text = formatState(withSent(await loadState(history), messages, config));
      const drawn = messages.length === 0 ? new Map<string, string>() : await ours(history, dashboard());
      return {
        files: new Map([[statePath, text], ...drawn]),
        message: sentMessage(plan.send, sent, updated.length),
        value: undefined,
      };
    });
    return [];
  } catch (error) {
    if (error instanceof HistoryError) return [notRecorded(messages, error)];
    throw error;
  }
}

/** Draws the files of the dashboard, by path. */
type Dashboard = () => Map<string, string>;

/** The files of the dashboard; none where somebody else's README stands in their place. */
async function ours(history: History, files: Map<string, string>): Promise<ReadonlyMap<string, string>> {
  const before = (await history.readFiles(["README.md"])).get("README.md");
  return before === undefined || before.startsWith(dashboardMark) ? files : new Map();
}

function notRecorded(sent: readonly Sent[], { message }: HistoryError): string {
  const what =
    sent.length === 0 ? "" : "The digest was sent, but that could not be recorded: the next run sends it again. ";
  return `${what}${message}`;
}
