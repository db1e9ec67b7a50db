import { BranchMovedError, type History } from "../../src/io/history.ts";
import { makeFault } from "../../src/report/fault.ts";

/** A history in memory, whose commits a test can lose, kill or take back. */
export interface MemoryHistory extends History {
  /** The files by path, as of each commit; the newest is last. */
  commits: Map<string, string>[];
  /** What happens to the next commits, one after the other; nothing when there is none. */
  faults: MemoryFault[];
}

/**
 * `kill-before`: the process ends before the commit; `kill-after`: when it is made; `go-back`: the branch is moved to before its
 * last commit, and this one is refused; `lost`: it is made, and nobody learns of it.
 */
export type MemoryFault = "none" | "kill-before" | "kill-after" | "go-back" | "lost";

/** What ends a run as a kill would. */
export class Killed extends Error {}

/** An empty history in memory. */
export function memoryHistory(): MemoryHistory {
  const none = new Map<string, string>();
  let opened = none;
  const newest = (): Map<string, string> => history.commits.at(-1) ?? none;
  const history: MemoryHistory = {
    commits: [],
    faults: [],
    head: undefined,
    isPublic: false,
    headDate: async () => undefined,
    async readFiles(paths) {
      return new Map(paths.flatMap((path) => (opened.has(path) ? [[path, opened.get(path) ?? ""] as const] : [])));
    },
    async listFolders() {
      return [...new Set([...opened.keys()].flatMap((path) => /^[^/]+(?=\/)/.exec(path) ?? []))].sort();
    },
    async reopen() {
      opened = newest();
      history.head = history.commits.length === 0 ? undefined : String(history.commits.length);
    },
    async commit(files) {
      const fault = history.faults.shift() ?? "none";
      if (fault === "kill-before") throw new Killed();
      if (fault === "go-back" && history.commits.length > 0) history.commits.pop();
      if (opened !== newest()) throw new BranchMovedError(makeFault("branch-moved", { top: "here" }));
      const next = new Map(opened);
      for (const [path, text] of files) {
        if (text === undefined) next.delete(path);
        else next.set(path, text);
      }
      history.commits.push(next);
      if (fault === "lost") throw new BranchMovedError(makeFault("branch-moved", { top: "here" }));
      if (fault === "kill-after") throw new Killed();
      await history.reopen();
      return history.head;
    },
    fileUrl: () => undefined,
    folderUrl: () => undefined,
  };
  return history;
}
