import { lstat, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { blobId } from "../history.ts";
import type { WorkTree } from "./work-tree.ts";

/** The branch of a work tree goes from one commit to another. */
export interface Move {
  from: string | undefined;
  to: string;
  /** The ids at `from` of the files that the move changes, where they are known; `undefined` for one that it makes. */
  before?: ReadonlyMap<string, string | undefined>;
}

/**
 * Whether nothing in the index or the work tree is in the way of a move, judged by the files that it changes alone:
 * `git read-tree` goes through every file there is, and `git status` holds each of them against each path that it is given.
 *
 * @returns `false` also where that can't be known, as when another git command is at work.
 */
export async function isClean({ git, top, noteFile, emptyTree }: WorkTree, { from, before }: Move): Promise<boolean> {
  const lock = await lstat(join(dirname(noteFile), "index.lock")).catch(() => undefined);
  if (before === undefined || lock !== undefined) return false;
  const staged = await git(["diff-index", "--cached", "--name-only", from ?? emptyTree, "--"]);
  if (staged.length > 0) return false;
  for (const [path, id] of before) if (!(await isBlob(join(top, path), id))) return false;
  return true;
}

async function isBlob(path: string, id: string | undefined): Promise<boolean> {
  try {
    const found = await lstat(path);
    return found.isFile() && (found.mode & 0o111) === 0 && blobId(await readFile(path), id?.length) === id;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" && id === undefined;
  }
}
