import { posix, resolve } from "node:path";
import { makeFault } from "../../report/fault.ts";
import { BranchMovedError, blobId, type History, HistoryError } from "../history.ts";
import { pageUrl } from "../web-pages.ts";
import { commitError } from "./advice.ts";
import { branchName } from "./command.ts";
import { makeCommit } from "./commit.ts";
import { idsOf, listFolders, readFiles } from "./files.ts";
import { finishMove, moveBranch, publish } from "./move.ts";
import { fetchUpstream, push } from "./remote.ts";
import { branchOf, dateOf, headOf, openWorkTree, refuseChanges, type WorkTree } from "./work-tree.ts";

/** Where the work tree is, and how its web pages are found. */
export interface GitHistoryOptions {
  dataPath: string;
  /** Web address of the repository, for links when the remote's address gives none: `https://github.com/org/repo`. */
  webUrl?: string;
  /** Brings the branch up to its upstream first, as `git pull --ff-only` does; off for a dry run, which commits nothing. */
  isPulling: boolean;
}

/**
 * The history in the work tree of a git repository.
 *
 * It is read from the branch's commit, not from the files on disk: what is not committed is no history. A commit is made
 * as an object that no branch leads to, pushed to the branch's upstream if it has one, and only then do the local branch
 * and the work tree follow. So a run that is killed anywhere leaves a repository in which the next run goes on by itself.
 */
export async function openGitHistory({ dataPath, webUrl, isPulling }: GitHistoryOptions): Promise<History> {
  const tree = await openWorkTree(resolve(dataPath));
  await finishMove(tree);
  await refuseChanges(tree);
  let place = isPulling ? await pull(tree) : { head: await headOf(tree) };
  const history: History = {
    head: place.head,
    isPublic: undefined,
    headDate: () => dateOf(tree, history.head),
    readFiles: (paths) => readFiles(tree.objects, history.head, tree.prefix, paths),
    listFolders: () => listFolders(tree.objects, history.head, tree.prefix),
    reopen: async () => {
      const { git, top } = tree;
      const branch = branchName(tree.branch);
      const other = branchName(await branchOf(git, top));
      if (other !== branch) throw new HistoryError(makeFault("branch-switched", { top, before: branch, now: other }));
      const now = isPulling ? await pull(tree, place) : { head: await headOf(tree) };
      if (history.head !== undefined && now.head === undefined)
        throw new HistoryError(makeFault("branch-gone-here", { branch, top }));
      place = now;
      history.head = now.head;
    },
    commit: async (files, message) => {
      if (!isPulling) throw new HistoryError(makeFault("read-alone", { top: tree.top }));
      place = await commit(tree, place, files, message);
      history.head = place.head;
      return place.head;
    },
    fileUrl: (path, commitId) => pageUrl(tree.webUrl ?? webUrl, `blob/${commitId}`, posix.join(tree.prefix, path)),
    folderUrl: (commitId) => pageUrl(tree.webUrl ?? webUrl, `tree/${commitId}`, tree.prefix),
  };
  return history;
}

interface Place {
  head: string | undefined;
  /** The commit that the upstream stands at; absent while there is none. */
  pushed?: string;
}

async function pull(tree: WorkTree, before?: Place): Promise<Place> {
  const head = await headOf(tree);
  if (tree.upstream === undefined) return { head };
  const { upstream, isAhead } = await fetchUpstream(tree.git, tree.upstream, head, before?.pushed !== undefined);
  if (upstream === undefined) return { head };
  if (isAhead) await moveBranch(tree, { from: head, to: upstream });
  return { head: isAhead ? upstream : head, pushed: upstream };
}

async function commit(
  tree: WorkTree,
  { head, pushed }: Place,
  files: ReadonlyMap<string, string | undefined>,
  message: string,
): Promise<Place> {
  const { git, prefix, upstream } = tree;
  const old = await idsOf(tree.objects, head, prefix, [...files.keys()]);
  const changed = [...files].filter(([path, text]) => {
    const id = old.get(path);
    return text === undefined || id === undefined ? text !== id : blobId(text, id.length) !== id;
  });
  if (changed.length === 0) {
    // Commits of a person that were not pushed yet go along.
    if (upstream !== undefined && head !== undefined && head !== pushed) await push(git, upstream, head, pushed);
    return { head, pushed: upstream && head };
  }
  const texts = new Map(changed.map(([path, text]) => [`${prefix}${path}`, text]));
  const made = await makeCommit(tree, { parent: head, files: texts, message }).catch((cause: unknown) => {
    throw commitError(cause, tree.branch, tree.top);
  });
  // A local branch that a person has moved since it was read is seen before anything is pushed.
  if ((await headOf(tree)) !== head) throw new BranchMovedError(makeFault("branch-moved", { top: tree.top }));
  const before = new Map(changed.map(([path]) => [`${prefix}${path}`, old.get(path)]));
  await publish(tree, { from: head, to: made, before }, pushed);
  return { head: made, pushed: upstream && made };
}
