import { readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Fault, makeFault } from "../../report/fault.ts";
import { BranchMovedError, HistoryError } from "../history.ts";
import { isClean, type Move } from "./clean.ts";
import { branchName, optionalLineOf, partsOf, saidBy, stepAfter, withoutSecrets } from "./command.ts";
import { readFiles } from "./files.ts";
import { loadUpstream, push } from "./remote.ts";
import { headOf, type WorkTree } from "./work-tree.ts";

/**
 * Brings a commit to the upstream, if there is one, then to the local branch, then to the work tree.
 *
 * @param pushed - The commit that the upstream must stand at; `undefined` when it must not be there.
 * @throws BranchMovedError when a branch stands elsewhere, or it isn't known what became of the push. HistoryError when
 *   nothing was changed, or when the commit is made but could not be brought to the local branch or to the work tree.
 */
export async function publish(tree: WorkTree, move: Move, pushed: string | undefined): Promise<void> {
  await planMove(tree, move);
  try {
    if (tree.upstream !== undefined) await push(tree.git, tree.upstream, move.to, pushed);
  } catch (error) {
    // The commit may be at the upstream all the same: then the note is needed still.
    if (!(error instanceof BranchMovedError)) await rm(tree.noteFile, { force: true });
    throw error;
  }
  await makeMove(tree, move);
}

/** Brings a commit that is at the upstream to the local branch and the work tree; it throws as `publish` does. */
export async function moveBranch(tree: WorkTree, move: Move): Promise<void> {
  await planMove(tree, move);
  await makeMove(tree, move);
}

/**
 * Notes a move that is about to be made, so that a run that comes after a kill can end it; see `finishMove`.
 *
 * @throws HistoryError when files of the work tree are in the way, or the note can't be written: nothing was changed.
 */
async function planMove(tree: WorkTree, move: Move): Promise<void> {
  if (!(await isClean(tree, move))) {
    await readTree(tree, move, ["-n"]).catch((cause: unknown) => {
      throw blocked(tree, cause);
    });
  }
  await writeFile(tree.noteFile, `${move.from ?? ""}\n${move.to}\n`).catch((cause: unknown) => {
    throw new HistoryError(makeFault("note-unwritten", { file: tree.noteFile, said: saidBy(cause) }), { cause });
  });
}

/**
 * Makes a planned move: the branch first, which is the history, and then the index and the work tree. What a person
 * has staged or changed elsewhere stays as it is.
 *
 * @throws BranchMovedError when the branch does not stand at `from` any more; HistoryError when it can't be moved.
 */
async function makeMove(tree: WorkTree, move: Move): Promise<void> {
  const { from, to } = move;
  try {
    // An empty old value: it must not be there.
    await tree.git(["update-ref", "-m", "dmarc-digest", "HEAD", to, from ?? ""]);
  } catch (cause) {
    throw unmoved(tree, cause);
  }
  try {
    await readTree(tree, move, []);
  } catch (cause) {
    throw new HistoryError(makeFault("files-behind", { commit: to, top: tree.top, ...saidAnd(cause) }), { cause });
  }
  await rm(tree.noteFile, { force: true });
}

/**
 * Ends a move that a run was killed in. A commit that had reached the remote is taken over; one that had not is
 * forgotten, and the run makes it again.
 */
export async function finishMove(tree: WorkTree): Promise<void> {
  const note = await readFile(tree.noteFile, "utf8").catch(() => undefined);
  if (note === undefined) return;
  const [from = "", to = ""] = note.split("\n");
  const move = { from: from === "" ? undefined : from, to };
  const head = await headOf(tree);
  const { git, upstream } = tree;
  const isPushed = async () => upstream !== undefined && (await loadUpstream(git, upstream)) === to;
  if (head === to) await finishFiles(tree, move);
  else if (head === move.from && (await isPushed())) await makeMove(tree, move);
  await rm(tree.noteFile, { force: true });
}

/** Brings the files of a move to the work tree, whichever of them are there already, or only in part. */
async function finishFiles(tree: WorkTree, move: Move): Promise<void> {
  const { git, objects, top } = tree;
  const from = move.from ?? tree.emptyTree;
  const options = ["-r", "-z", "--name-only", "--no-renames"];
  const paths = partsOf(await git(["diff-tree", ...options, from, move.to]));
  const [before, after] = [
    await readFiles(objects, move.from, "", paths),
    await readFiles(objects, move.to, "", paths),
  ];
  // Of the index alone; -i: whatever the files in the work tree are.
  await readTree(tree, move, ["-i"]).catch((cause: unknown) => {
    throw blocked(tree, cause);
  });
  const left: string[] = [];
  for (const path of paths) {
    const text = await readFile(join(top, path), "utf8").catch(() => undefined);
    // What a person has changed meanwhile stays, and is named when the run looks for changes.
    if (text === undefined || text === before.get(path) || after.get(path)?.startsWith(text)) left.push(path);
  }
  const written = left.filter((path) => after.has(path));
  if (written.length > 0) await git(["checkout-index", "--force", "-u", "-z", "--stdin"], written.join("\0"));
  for (const path of left.filter((path) => !after.has(path))) await removeFile(top, path);
}

/** With the folders that are empty then. */
async function removeFile(top: string, path: string): Promise<void> {
  await rm(join(top, path), { force: true });
  try {
    for (let folder = dirname(path); folder !== "."; folder = dirname(folder)) await rmdir(join(top, folder));
  } catch {
    // One that is not empty stays.
  }
}

const lockTries = 10;
const lockPause = 100;

/** Merges a move into index and work tree (`git read-tree`, "Two Tree Merge"): refuses to lose anything that is not committed. */
async function readTree({ git, emptyTree }: WorkTree, move: Move, options: string[]): Promise<void> {
  const from = move.from ?? emptyTree;
  const update = options.includes("-i") ? [] : ["-u"];
  let isRefreshed = false;
  for (let tries = 1; ; tries += 1) {
    try {
      await git(["read-tree", "-m", ...update, ...options, from, move.to]);
      return;
    } catch (error) {
      if (isLocked(error) && tries < lockTries) {
        // An editor that shows the state of a repository holds the lock for moments.
        await sleep(lockPause);
      } else if (!isRefreshed && saidBy(error).includes("not uptodate")) {
        // A file that was written anew with the same text, or copied, looks changed until git has read it.
        await optionalLineOf(git, ["update-index", "-q", "--refresh"]);
        isRefreshed = true;
      } else {
        throw error;
      }
    }
  }
}

function isLocked(error: unknown): boolean {
  return /\.lock': File exists/.test(saidBy(error));
}

function blocked({ top }: WorkTree, cause: unknown): HistoryError {
  const values = { top, ...saidAnd(cause) };
  if (isLocked(cause)) return new BranchMovedError(makeFault("locked", values), { cause });
  return new HistoryError(makeFault("files-in-the-way", values), { cause });
}

function unmoved({ branch, top }: WorkTree, cause: unknown): HistoryError {
  const values = { branch: branchName(branch), top, ...saidAnd(cause) };
  if (isLocked(cause)) return new BranchMovedError(makeFault("locked", values), { cause });
  return /but expected|already exists|unable to resolve/.test(saidBy(cause))
    ? new BranchMovedError(makeFault("moved-meanwhile", values), { cause })
    : new HistoryError(makeFault("branch-unmoved", values), { cause });
}

function saidAnd(cause: unknown): { said: string; step: Fault } {
  const said = saidBy(cause);
  return { said: withoutSecrets(said), step: stepAfter(said) ?? makeFault("run-again", {}) };
}
