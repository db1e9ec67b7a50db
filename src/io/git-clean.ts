import { lstat, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { partsOf } from "./git.ts";
import type { WorkTree } from "./git-work-tree.ts";

/** What a command line may have of paths: Windows takes 32,767 characters of it. */
const mostCharacters = 24_000;

/**
 * Whether nothing in the index or the work tree is in the way of a change of some files, told from these files alone:
 * `git read-tree` looks at every file there is, which takes half a second with 100,000 of them.
 *
 * @param from - The commit or tree that the work tree is at.
 * @returns `false` also where that can't be told: there are too many files, or another git command is at work.
 */
export async function isClean({ git, top, noteFile }: WorkTree, from: string, to: string): Promise<boolean> {
  if (await isThere(join(dirname(noteFile), "index.lock"))) return false;
  const options = ["-r", "-z", "--name-only", "--no-renames"];
  const paths = partsOf(await git(["diff-tree", ...options, from, to]));
  if (paths.length === 0 || paths.join(" ").length > mostCharacters) return false;
  const folders = new Set(paths.map((path) => dirname(path)));
  for (const folder of folders) if (!(await isFolderOrMissing(join(top, folder)))) return false;
  const looking = ["--porcelain", "-z", "--no-renames", "--untracked-files=all", "--ignored=matching"];
  const changes = await git(["--no-optional-locks", "status", ...looking, "--", ...paths]);
  return changes.length === 0;
}

async function isThere(path: string): Promise<boolean> {
  return await lstat(path).then(
    () => true,
    () => false,
  );
}

async function isFolderOrMissing(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isDirectory(),
    (error: NodeJS.ErrnoException) => error.code === "ENOENT",
  );
}
