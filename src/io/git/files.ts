import { groupBy } from "../../history/lists.ts";
import { makeFault } from "../../report/fault.ts";
import { HistoryError } from "../history.ts";
import type { GitObject, ReadObjects } from "./objects.ts";

/**
 * The texts of files at a commit, if there is one; a missing file is absent from the map.
 *
 * @param prefix - Stands before each path: a folder from the top of the repository with `/` at its end, or empty.
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

/**
 * The ids of the blobs of files at a commit, as the folders say in which they stand: their texts are not read for it. A
 * missing file is absent from the map. Otherwise as `readFiles`.
 */
export async function idsOf(
  objects: ReadObjects,
  commit: string | undefined,
  prefix: string,
  paths: readonly string[],
): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  if (commit === undefined) return ids;
  const folders = [...groupBy(paths, (path) => `${prefix}${path}`.replace(/\/?[^/]*$/, ""))];
  const trees = await objects(folders.map(([folder]) => `${commit}:${folder}`));
  for (const [index, [, inFolder]] of folders.entries()) {
    const entries = new Map(entriesOf(trees[index]).map((entry) => [entry.name, entry]));
    for (const path of inFolder) {
      const { mode, id } = entries.get(path.replace(/.*\//, "")) ?? {};
      if (mode === undefined || id === undefined) continue;
      if (mode === folderMode) throw new HistoryError(makeFault("no-file", { path, what: "tree" }));
      ids.set(path, id);
    }
  }
  return ids;
}

/** The names of the folders directly below a folder at a commit, sorted; none when it isn't there. */
export async function listFolders(objects: ReadObjects, commit: string | undefined, prefix: string): Promise<string[]> {
  if (commit === undefined) return [];
  const [tree] = await objects([`${commit}:${prefix.replace(/\/$/, "")}`]);
  return entriesOf(tree)
    .flatMap(({ mode, name }) => (mode === folderMode ? name : []))
    .sort();
}

const folderMode = "40000";

function entriesOf(tree: GitObject | undefined): { mode: string; name: string; id: string }[] {
  if (tree?.kind !== "tree") return [];
  const { bytes } = tree;
  const entries: ReturnType<typeof entriesOf> = [];
  // An entry is `MODE NAME`, a zero byte, and an id with half a byte a digit.
  for (let [start, end] = [0, 0]; start < bytes.length; start = end) {
    const zero = bytes.indexOf(0, start);
    const [mode = "", ...name] = bytes.toString("utf8", start, zero).split(" ");
    end = zero + 1 + tree.id.length / 2;
    entries.push({ mode, name: name.join(" "), id: bytes.toString("hex", zero + 1, end) });
  }
  return entries;
}
