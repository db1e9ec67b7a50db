import { setTimeout as sleep } from "node:timers/promises";
import { BranchMovedError, type History } from "../io/history.ts";

/** What is to be committed, and what to give back when it was. */
export interface Change<T> {
  files: ReadonlyMap<string, string | undefined>;
  message: string;
  value: T;
}

/** How often a change is made again on top of what others have committed. */
const mostRetries = 5;

/**
 * Commits a change. When the branch has moved meanwhile, the history is opened anew and the change made again on top:
 * adding is idempotent, so that nothing is lost and nothing counts twice.
 *
 * @param change - Reads the history at its head, and says what is to be committed on top of that.
 * @throws BranchMovedError when the branch moved six times in a row.
 */
export async function commitChange<T>(history: History, change: () => Promise<Change<T>>): Promise<T> {
  for (let retries = 0; ; retries += 1) {
    const { files, message, value } = await change();
    try {
      await history.commit(files, message);
      return value;
    } catch (error) {
      if (!(error instanceof BranchMovedError) || retries === mostRetries) throw error;
    }
    // Two runs that collide should not collide again.
    await sleep(Math.random() * 100 * 2 ** retries);
    await history.reopen();
  }
}
