import { makeFault } from "../../report/fault.ts";
import { HistoryError } from "../history.ts";
import { type Git, partsOf } from "./command.ts";

/**
 * The texts of files at a commit; a missing file is absent from the map. One git command, however many files.
 *
 * @param commit - `undefined` before the first commit: then there is none.
 * @param prefix - Stands before each path: a folder from the top of the repository with `/` at its end, or empty.
 * @throws HistoryError when a path names something other than a file.
 */
export async function readFiles(
  git: Git,
  commit: string | undefined,
  prefix: string,
  paths: readonly string[],
): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  if (commit === undefined || paths.length === 0) return texts;
  const names = paths.map((path) => `${commit}:${prefix}${path}`);
  let rest = await git(["cat-file", "--batch"], `${names.join("\n")}\n`);
  for (const path of paths) {
    const end = rest.indexOf("\n");
    const header = rest.subarray(0, end).toString();
    const size = /^[0-9a-f]+ blob (\d+)$/.exec(header)?.[1];
    if (size === undefined) {
      if (!header.endsWith(" missing")) throw new HistoryError(makeFault("no-file", { path, what: header }));
      rest = rest.subarray(end + 1);
      continue;
    }
    texts.set(path, rest.subarray(end + 1, end + 1 + Number(size)).toString());
    rest = rest.subarray(end + 2 + Number(size));
  }
  return texts;
}

/** The names of the folders directly below a folder at a commit, sorted; none when it isn't there. */
export async function listFolders(git: Git, commit: string | undefined, prefix: string): Promise<string[]> {
  if (commit === undefined) return [];
  const folder = `${commit}:${prefix.replace(/\/$/, "")}`;
  const [kind] = (await git(["cat-file", "--batch-check=%(objecttype)"], `${folder}\n`)).toString().split("\n");
  if (kind !== "tree") return [];
  return partsOf(await git(["ls-tree", "--full-tree", "-d", "-z", "--name-only", folder])).sort();
}
