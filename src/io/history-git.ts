import { access, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, posix, relative, resolve, sep } from "node:path";
import { type Git, GitError, gitIn } from "./git.ts";
import { pushAdvice } from "./git-advice.ts";
import { importCommit } from "./git-commit.ts";
import { pageUrl, webUrlOf } from "./git-web.ts";
import { type History, HistoryError } from "./history.ts";

/** Where the work tree is, and how its web pages are found. */
export interface GitHistoryOptions {
  /** `data-path`: a folder in a git work tree; made when missing. */
  dataPath: string;
  /** Web address of the repository, for links when the remote's address gives none: `https://github.com/org/repo`. */
  webUrl?: string;
  /** Brings the branch up to its upstream first, as `git pull --ff-only` does; off for a dry run. */
  isPulling: boolean;
}

/**
 * The history in the work tree of a git repository.
 *
 * It is read from the branch's commit, not from the files on disk: what is not committed is no history. A commit is
 * made without touching the index, pushed to the branch's upstream if it has one, and then brought to the work tree;
 * one that can't be pushed is taken back, so that it is everywhere or nowhere.
 *
 * @throws HistoryError when the folder is in no work tree, HEAD is detached, files below `dataPath` have changes that
 *   are not committed, or the branch and its upstream have diverged.
 */
export async function openGitHistory({ dataPath, webUrl, isPulling }: GitHistoryOptions): Promise<History> {
  const tree = await openWorkTree(resolve(dataPath));
  const git = gitIn(tree.top);
  await finishCheckout(git, tree);
  await refuseChanges(git, tree);
  if (isPulling && tree.upstream !== undefined) tree.pushed = await pull(git, tree.upstream);
  const history: History = {
    head: await headOf(git),
    isPublic: undefined,
    readFiles: (paths) => readFiles(git, history.head, tree.prefix, paths),
    listFolders: () => listFolders(git, history.head, tree.prefix),
    reopen: async () => {
      if (isPulling && tree.upstream !== undefined) tree.pushed = await pull(git, tree.upstream);
      history.head = await headOf(git);
    },
    commit: async (files, message) => {
      history.head = await commit(git, tree, history.head, files, message);
      return history.head;
    },
    fileUrl: (path, commitId) => pageUrl(tree.webUrl ?? webUrl, `blob/${commitId}`, posix.join(tree.prefix, path)),
    folderUrl: (commitId) => pageUrl(tree.webUrl ?? webUrl, `tree/${commitId}`, tree.prefix),
  };
  return history;
}

interface WorkTree {
  top: string;
  /** The data folder below `top`, with `/` at its end; empty when it is `top`. */
  prefix: string;
  /** `refs/heads/…` */
  branch: string;
  upstream?: { remote: string; ref: string };
  webUrl?: string;
  /** The commit that is known to be on the upstream. */
  pushed?: string;
  /** Names the paths that a commit has changed but that may not be in the work tree yet. */
  checkoutFile: string;
}

/** The nearest folder that is there: nothing is made before it is known that it is in a work tree. */
async function nearestFolder(folder: string): Promise<string> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => undefined,
  );
  if (isFolder === false) throw new HistoryError(`data-path must be a folder, but ${folder} is a file. Name another.`);
  return isFolder === true || dirname(folder) === folder ? folder : await nearestFolder(dirname(folder));
}

async function openWorkTree(folder: string): Promise<WorkTree> {
  const nearest = await nearestFolder(folder);
  const git = gitIn(nearest);
  const top = await line(git, ["rev-parse", "--show-toplevel"]).catch((cause: unknown) => {
    const said = cause instanceof GitError ? cause.stderr : "";
    if (said.includes("ENOENT")) throw new HistoryError("git can't be started. Install it, then run again.", { cause });
    throw new HistoryError(
      `data-path ${folder} must be in the work tree of a git repository (git says: ${said}). ` +
        "Run git init or git clone there first; in a workflow, use actions/checkout before this action.",
      { cause },
    );
  });
  const branch = await line(git, ["symbolic-ref", "--quiet", "HEAD"]).catch((cause: unknown) => {
    throw new HistoryError(
      `${top} must be on a branch, so that the history is kept, but its HEAD is detached. ` +
        "Run git switch BRANCH; in a workflow, give actions/checkout the branch as ref.",
      { cause },
    );
  });
  const remote = await optional(git, ["config", `branch.${branch.slice("refs/heads/".length)}.remote`]);
  const ref = await optional(git, ["config", `branch.${branch.slice("refs/heads/".length)}.merge`]);
  const url = remote === undefined ? undefined : await optional(git, ["remote", "get-url", remote]);
  return {
    top,
    prefix: prefixOf(await line(git, ["rev-parse", "--show-prefix"]), relative(nearest, folder)),
    branch,
    upstream: remote !== undefined && ref !== undefined ? { remote, ref } : undefined,
    webUrl: webUrlOf(url),
    checkoutFile: resolve(nearest, await line(git, ["rev-parse", "--git-path", "dmarc-digest-checkout"])),
  };
}

/** A folder below the top of the work tree in git's form: `/` between names and at the end, empty for the top. */
function prefixOf(prefix: string, rest: string): string {
  return rest === "" ? prefix : `${prefix}${rest.split(sep).join("/")}/`;
}

async function line(git: Git, args: string[]): Promise<string> {
  return (await git(args)).toString().replace(/\r?\n$/, "");
}

async function optional(git: Git, args: string[]): Promise<string | undefined> {
  try {
    return await line(git, args);
  } catch (error) {
    if (error instanceof GitError) return undefined;
    throw error;
  }
}

async function headOf(git: Git): Promise<string | undefined> {
  return await optional(git, ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]);
}

/** Ends what a run did not get to that was killed between its commit and its work tree. */
async function finishCheckout(git: Git, tree: WorkTree): Promise<void> {
  const list = await readFile(tree.checkoutFile, "utf8").catch(() => undefined);
  if (list === undefined) return;
  const paths = list.split("\0");
  const found = (await git(["cat-file", "--batch-check"], paths.map((path) => `HEAD:${path}\n`).join(""))).toString();
  const lines = found.split("\n");
  await checkOut(
    git,
    tree,
    paths.filter((_, index) => lines[index]?.endsWith(" missing") === false),
  );
}

/** Brings committed files to the work tree and the index; ends the note of what is to be brought. */
async function checkOut(git: Git, { top, checkoutFile }: WorkTree, paths: string[]): Promise<void> {
  const options = ["--pathspec-from-file=-", "--pathspec-file-nul"];
  if (paths.length > 0) await git(["-C", top, "checkout", "--quiet", "HEAD", ...options], paths.join("\0"));
  await rm(checkoutFile, { force: true });
}

/** Files of the history, not what else may stand below a `data-path` that is a repository's top. */
const ours = /^(state\.json|[^/]+\.[^/]+\/\d{4}\/[^/]+)$/;

async function refuseChanges(git: Git, { prefix }: WorkTree): Promise<void> {
  const options = ["--porcelain", "-z", "--untracked-files=no", "--no-renames"];
  const changes = (await git(["status", ...options, "--", prefix || "."])).toString().split("\0");
  const first = changes.map((change) => change.slice(3)).find((path) => ours.test(path.slice(prefix.length)));
  if (first === undefined) return;
  throw new HistoryError(
    `${first} has changes that are not committed. Nothing was changed. Commit them, or take them back with git checkout.`,
  );
}

async function pull(git: Git, { remote, ref }: { remote: string; ref: string }): Promise<string | undefined> {
  try {
    await git(["fetch", "--quiet", remote, ref]);
  } catch (cause) {
    if (cause instanceof GitError && cause.stderr.includes("couldn't find remote ref")) return undefined;
    throw new HistoryError(pushAdvice(cause, remote, ref), { cause });
  }
  try {
    await git(["merge", "--quiet", "--ff-only", "FETCH_HEAD"]);
  } catch (cause) {
    const said = cause instanceof GitError ? cause.stderr : "";
    throw new HistoryError(
      `The local branch can't be brought up to ${ref} of ${remote} (git says: ${said}). Nothing was changed. ` +
        "Bring the two together by hand (git pull --rebase), then run again.",
      { cause },
    );
  }
  return await line(git, ["rev-parse", "FETCH_HEAD"]);
}

async function readFiles(
  git: Git,
  head: string | undefined,
  prefix: string,
  paths: readonly string[],
): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  if (head === undefined || paths.length === 0) return texts;
  const names = paths.map((path) => `${head}:${posix.join(prefix, path)}`);
  let rest = await git(["cat-file", "--batch"], `${names.join("\n")}\n`);
  for (const path of paths) {
    const end = rest.indexOf("\n");
    const header = rest.subarray(0, end).toString();
    const size = /^[0-9a-f]+ blob (\d+)$/.exec(header)?.[1];
    if (size === undefined) {
      if (!header.endsWith(" missing")) throw new HistoryError(`${path} is no file in the history (${header}).`);
      rest = rest.subarray(end + 1);
      continue;
    }
    texts.set(path, rest.subarray(end + 1, end + 1 + Number(size)).toString());
    rest = rest.subarray(end + 2 + Number(size));
  }
  return texts;
}

async function listFolders(git: Git, head: string | undefined, prefix: string): Promise<string[]> {
  if (head === undefined) return [];
  const folder = `${head}:${prefix.replace(/\/$/, "")}`;
  const [kind] = (await git(["cat-file", "--batch-check=%(objecttype)"], `${folder}\n`)).toString().split("\n");
  if (kind !== "tree") return [];
  const names = await git(["ls-tree", "--full-tree", "-d", "-z", "--name-only", folder]);
  return names
    .toString()
    .split("\0")
    .filter((name) => name !== "")
    .sort();
}

async function commit(
  git: Git,
  tree: WorkTree,
  head: string | undefined,
  files: ReadonlyMap<string, string | undefined>,
  message: string,
): Promise<string | undefined> {
  const before = await readFiles(git, head, tree.prefix, [...files.keys()]);
  const changed = [...files].filter(([path, text]) => before.get(path) !== text);
  if (changed.length === 0) {
    if (head !== undefined) await push(git, tree, head);
    return head;
  }
  const texts = new Map(changed.map(([path, text]) => [posix.join(tree.prefix, path), text]));
  await refuseUntracked(
    tree,
    changed.filter(([path]) => !before.has(path)).map(([path]) => path),
  );
  await writeFile(tree.checkoutFile, [...texts.keys()].join("\0"));
  const made = await importCommit(git, tree.branch, head, texts, message).catch((cause: unknown) => {
    const said = cause instanceof GitError ? cause.stderr : String(cause);
    throw new HistoryError(`${tree.branch} of ${tree.top} can't be committed to (git says: ${said}). Run again.`, {
      cause,
    });
  });
  await push(git, tree, made).catch(async (error: unknown) => {
    await takeBack(git, tree, made, head);
    throw error;
  });
  await checkOut(git, tree, [...texts.keys()]);
  return made;
}

/** Takes a commit back that could not be pushed, unless the branch has moved on. */
async function takeBack(git: Git, tree: WorkTree, made: string, head: string | undefined): Promise<void> {
  await git(head === undefined ? ["update-ref", "-d", tree.branch, made] : ["update-ref", tree.branch, head, made]);
  await rm(tree.checkoutFile, { force: true });
}

async function push(git: Git, tree: WorkTree, commit: string): Promise<void> {
  if (tree.upstream === undefined || tree.pushed === commit) return;
  const { remote, ref } = tree.upstream;
  try {
    await git(["push", "--quiet", remote, `${commit}:${ref}`]);
  } catch (cause) {
    throw new HistoryError(pushAdvice(cause, remote, ref), { cause });
  }
  tree.pushed = commit;
}

/** A file of somebody else's where one of ours would go is not overwritten. */
async function refuseUntracked({ top, prefix }: WorkTree, paths: string[]): Promise<void> {
  for (const path of paths) {
    const file = join(top, prefix, path);
    const isThere = await access(file).then(
      () => true,
      () => false,
    );
    if (isThere) throw new HistoryError(`${file} is in the way: it is not committed. Move it or commit it first.`);
  }
}
