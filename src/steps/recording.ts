import type { Config } from "../config/config.ts";
import { sentMessage } from "../history/commit-message.ts";
import { formatState, type Sent, statePath, withSent } from "../history/state.ts";
import { type History, HistoryError } from "../io/history.ts";
import { loadState } from "./history.ts";
import { commitChange } from "./transaction.ts";

/**
 * Commits what was sent, and gives back the claim.
 *
 * @param days - The days that were to be sent.
 * @param sent - The message that was sent; `undefined` when none was.
 * @returns What failed, in words for people.
 */
export async function recordSent(
  config: Config,
  history: History,
  days: readonly string[],
  sent: Sent | undefined,
): Promise<string[]> {
  try {
    await commitChange(history, async () => {
      const text = formatState(withSent(await loadState(history), sent, config));
      return { files: new Map([[statePath, text]]), message: sentMessage(days, sent), value: undefined };
    });
    return [];
  } catch (error) {
    if (error instanceof HistoryError) return [notRecorded(sent, error)];
    throw error;
  }
}

function notRecorded(sent: Sent | undefined, { message }: HistoryError): string {
  const what =
    sent === undefined ? "" : "The digest was sent, but that could not be recorded: the next run sends it again. ";
  return `${what}${message}`;
}
