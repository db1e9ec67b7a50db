import type { Config } from "../config/config.ts";
import { sentMessage } from "../history/commit-message.ts";
import { formatState, type Sent, statePath, withSent } from "../history/state.ts";
import { type History, HistoryError } from "../io/history.ts";
import { dashboardMark } from "../render/dashboard.ts";
import { loadState } from "./history.ts";
import { commitChange } from "./transaction.ts";

/** What was told. */
export interface Told {
  sent?: Sent;
  /** Messages that were brought up to date. */
  updated: readonly Sent[];
  /** The files of the dashboard, by path. */
  dashboard: ReadonlyMap<string, string>;
}

/**
 * Commits what was sent, and gives back the claim.
 *
 * @param days - The days that were to be sent.
 * @param told - With the dashboard, which is drawn only when something was told.
 * @returns What failed, in words for people.
 */
export async function recordSent(
  config: Config,
  history: History,
  days: readonly string[],
  { sent, updated, dashboard }: Told,
): Promise<string[]> {
  const messages = [...updated, ...(sent === undefined ? [] : [sent])];
  try {
    await commitChange(history, async () => {
      const text = formatState(withSent(await loadState(history), messages, config));
      const drawn = messages.length === 0 ? new Map<string, string>() : await ours(history, dashboard);
      return {
        files: new Map([[statePath, text], ...drawn]),
        message: sentMessage(days, sent, updated.length),
        value: undefined,
      };
    });
    return [];
  } catch (error) {
    if (error instanceof HistoryError) return [notRecorded(messages, error)];
    throw error;
  }
}

/** The files of the dashboard; none where somebody else's README stands in their place. */
async function ours(history: History, files: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, string>> {
  const before = (await history.readFiles(["README.md"])).get("README.md");
  return before === undefined || before.startsWith(dashboardMark) ? files : new Map();
}

function notRecorded(sent: readonly Sent[], { message }: HistoryError): string {
  const what =
    sent.length === 0 ? "" : "The digest was sent, but that could not be recorded: the next run sends it again. ";
  return `${what}${message}`;
}
