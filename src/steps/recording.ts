import type { Config } from "../config/config.ts";
import { sentMessage } from "../history/commit-message.ts";
import { formatState, type Sent, statePath, withSent } from "../history/state.ts";
import { type History, HistoryError } from "../io/history.ts";
import { loadState, openHistory } from "./history.ts";
import type { SendingPlan } from "./sending.ts";

const mostTries = 3;

/**
 * Commits what was sent, and gives back the claim. When the branch has moved meanwhile, the history is opened anew and
 * the record added again: a message that was sent and not recorded would be sent twice.
 *
 * @param sent - The message that was sent; `undefined` when none was.
 * @returns What failed, in words for people.
 */
export async function recordSent(
  config: Config,
  history: History,
  { state, send }: Pick<SendingPlan, "state" | "send">,
  sent: Sent | undefined,
): Promise<string[]> {
  for (let tries = 1; ; tries += 1) {
    try {
      const current = tries === 1 ? history : await openHistory(config);
      const base = tries === 1 ? state : await loadState(current);
      const text = formatState(withSent(base, sent, config.now));
      await current.commit(new Map([[statePath, text]]), sentMessage(send, sent));
      return [];
    } catch (error) {
      if (!(error instanceof HistoryError)) throw error;
      if (tries === mostTries) return [notRecorded(sent, error)];
    }
  }
}

function notRecorded(sent: Sent | undefined, { message }: HistoryError): string {
  const what =
    sent === undefined ? "" : "The digest was sent, but that could not be recorded: the next run sends it again. ";
  return `${what}${message}`;
}
