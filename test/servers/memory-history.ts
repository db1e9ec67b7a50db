import { createHash } from "node:crypto";
import { mkdirSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { BranchMovedError, type History } from "../../src/io/history.ts";
import { pageUrl } from "../../src/io/web-pages.ts";
import { makeFault } from "../../src/report/fault.ts";

/**
 * A repository in memory with one branch, for runs in which git is not what is tested: of git a run starts 13 programs or
 * more, which takes longer than all else of it. `test/io/memory-history.test.ts` holds it against git.
 */
export interface MemoryRepository {
  /** Where the newest commit lies as files, in `data/`, as in a work tree; nowhere when absent. */
  folder?: string;
  /** The oldest first. */
  commits: MemoryCommit[];
  /** What happens to the next commits, one after the other; nothing when there is none. */
  faults: MemoryFault[];
}

/** A commit: its message, and all files by path. */
export interface MemoryCommit {
  id: string;
  date: Date;
  message: string;
  files: ReadonlyMap<string, string>;
}

/**
 * `kill-before`: the process ends before the commit; `kill-after`: when it is made; `go-back`: the branch is moved to before its
 * last commit, and this one is refused; `lost`: it is made, and nobody learns of it.
 */
export type MemoryFault = "none" | "kill-before" | "kill-after" | "go-back" | "lost";

/** What ends a run as a kill would. */
export class Killed extends Error {}

/** A history in memory, and the repository that it is in. */
export interface MemoryHistory extends History {
  repository: MemoryRepository;
}

/** The history in a repository, which is empty unless one is given. */
export function memoryHistory(repository: MemoryRepository = { commits: [], faults: [] }): MemoryHistory {
  const { commits } = repository;
  let opened = commits.at(-1);
  const page = (kind: string, path: string) => pageUrl("https://github.com/octo-org/mail", kind, path);
  const history: MemoryHistory = {
    repository,
    head: opened?.id,
    isPublic: undefined,
    headDate: async () => opened?.date,
    async readFiles(paths) {
      const texts = paths.map((path) => [path, opened?.files.get(path)] as const);
      return new Map(texts.flatMap(([path, text]) => (text === undefined ? [] : [[path, text]])));
    },
    async listFolders() {
      return [...new Set([...(opened?.files.keys() ?? [])].flatMap((path) => /^[^/]+(?=\/)/.exec(path) ?? []))].sort();
    },
    async reopen() {
      opened = commits.at(-1);
      history.head = opened?.id;
    },
    async commit(files, message) {
      const fault = repository.faults.shift() ?? "none";
      if (fault === "kill-before") throw new Killed();
      if (fault === "go-back") commits.pop();
      const changed = [...files].filter(([path, text]) => text !== opened?.files.get(path));
      if (changed.length === 0) return history.head;
      if (opened !== commits.at(-1)) throw moved();
      addCommit(repository, new Map(changed), message);
      if (fault === "lost") throw moved();
      if (fault === "kill-after") throw new Killed();
      await history.reopen();
      return history.head;
    },
    fileUrl: (path, commit) => page(`blob/${commit}`, `data/${path}`),
    folderUrl: (commit) => page(`tree/${commit}`, "data"),
  };
  return history;
}

function moved(): BranchMovedError {
  return new BranchMovedError(makeFault("branch-moved", { top: "here" }));
}

/** Commits files on top of the newest commit, and brings them to the folder. */
export function addCommit(
  { commits, folder }: MemoryRepository,
  changed: ReadonlyMap<string, string | undefined>,
  message: string,
): void {
  const files = new Map(commits.at(-1)?.files);
  for (const [path, text] of changed) {
    if (text === undefined) files.delete(path);
    else files.set(path, text.toWellFormed());
    if (folder !== undefined) bring(join(folder, "data"), path, files.get(path));
  }
  const id = createHash("sha1")
    .update(`${commits.at(-1)?.id} ${message}`)
    .digest("hex");
  commits.push({ id, date: new Date(), message, files });
}

function bring(data: string, path: string, text: string | undefined): void {
  const file = join(data, path);
  if (text !== undefined) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return;
  }
  rmSync(file);
  try {
    for (let folder = dirname(file); folder.startsWith(data); folder = dirname(folder)) rmdirSync(folder);
  } catch {
    // Something else is in it.
  }
}
