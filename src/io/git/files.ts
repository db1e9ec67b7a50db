import { makeFault } from "../../report/fault.ts";
import { HistoryError } from "../history.ts";
import type { ReadObjects } from "./objects.ts";

/**
 * The texts of files at a commit; a missing file is absent from the map.
 *
 * @param commit - `undefined` before the first commit: then there is none.
 * @param prefix - Stands before each path: a folder from the top of the repository with `/` at its end, or empty.
 * @throws HistoryError when a path names something other than a file.
 */
export async function readFiles(
  objects: ReadObjects,
  commit: string | undefined,
  prefix: string,
  paths: readonly string[],
): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  if (commit === undefined || paths.length === 0) return texts;
  const found = await objects(paths.map((path) => `${commit}:${prefix}${path}`));
  for (const [index, path] of paths.entries()) {
    const { kind, bytes } = found[index] ?? {};
    if (kind === undefined || bytes === undefined) continue;
    if (kind !== "blob") throw new HistoryError(makeFault("no-file", { path, what: kind }));
    texts.set(path, bytes.toString());
  }
  return texts;
}

/** The names of the folders directly below a folder at a commit, sorted; none when it isn't there. */
export async function listFolders(objects: ReadObjects, commit: string | undefined, prefix: string): Promise<string[]> {
  if (commit === undefined) return [];
  const [tree] = await objects([`${commit}:${prefix.replace(/\/$/, "")}`]);
  if (tree?.kind !== "tree") return [];
  const { id, bytes } = tree;
  const names: string[] = [];
  // An entry is `MODE NAME`, a zero byte, and an id with half a byte a digit.
  for (let [start, end] = [0, 0]; start < bytes.length; start = end + 1 + id.length / 2) {
    end = bytes.indexOf(0, start);
    const [mode, ...name] = bytes.toString("utf8", start, end).split(" ");
    if (mode === "40000") names.push(name.join(" "));
  }
  return names.sort();
}
