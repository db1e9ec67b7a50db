import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { dirname, relative, resolve, sep } from "node:path";
import { makeFault } from "../../report/fault.ts";
import { HistoryError } from "../history.ts";
import { webUrlOf } from "../web-pages.ts";
import { type Git, gitIn, lineOf, optionalLineOf, partsOf, saidBy, withoutSecrets } from "./command.ts";
import { objectsIn, type ReadObjects } from "./objects.ts";

/** The branch of a remote that a local branch is pushed to. */
export interface Upstream {
  /** What git calls the remote: its name, such as `origin`, or its address, with a password in it at times. */
  remote: string;
  /** The remote for people: no password is in it. */
  place: string;
  /** `refs/heads/…` at the remote. */
  ref: string;
}

/** The work tree of a git repository, and what is configured for the branch that it is on. */
export interface WorkTree {
  git: Git;
  objects: ReadObjects;
  top: string;
  /** The data folder below `top`, with `/` at its end; empty when it is `top`. */
  prefix: string;
  /** `refs/heads/…` */
  branch: string;
  upstream?: Upstream;
  webUrl?: string;
  identity: { name?: string; email?: string };
  /** Where the note of a move is kept, see `git-move.ts`. */
  noteFile: string;
  /** The id of the tree without files, which every repository knows. */
  emptyTree: string;
}

/**
 * Finds the work tree that a folder is in, or would be in; nothing is made.
 *
 * @throws HistoryError when there is none, or it is on no branch.
 */
export async function openWorkTree(folder: string): Promise<WorkTree> {
  const nearest = await nearestFolder(folder);
  const rest = relative(nearest, folder);
  const git = gitIn(nearest);
  const facts = ["--show-toplevel", "--show-prefix", "--git-path", "dmarc-digest-move", "--show-object-format"];
  const [top = "", prefix = "", notePath = "", hash = ""] = await linesOf(git, ["rev-parse", ...facts], folder);
  const branch = await branchOf(git, top);
  const values = await loadConfig(git);
  const name = branch.slice("refs/heads/".length);
  const [remote, ref] = [values.get(`branch.${name}.remote`), values.get(`branch.${name}.merge`)];
  return {
    git: gitIn(top),
    objects: objectsIn(top),
    top,
    prefix: rest === "" ? prefix : `${prefix}${rest.split(sep).join("/")}/`,
    branch,
    upstream: remote !== undefined && ref !== undefined ? { remote, place: withoutSecrets(remote), ref } : undefined,
    webUrl: webUrlOf(await remoteUrl(git, values, remote)),
    identity: { name: values.get("user.name"), email: values.get("user.email") },
    noteFile: resolve(nearest, notePath),
    // The object of a tree with nothing in it.
    emptyTree: createHash(hash).update("tree 0\0").digest("hex"),
  };
}

/** The commit that the work tree's branch stands at; `undefined` before the first. */
export async function headOf({ objects }: WorkTree): Promise<string | undefined> {
  const [commit] = await objects(["HEAD^{commit}"]);
  return commit?.id;
}

/** When a commit was made, by the clock of who made it; `undefined` for no commit. */
export async function dateOf({ objects }: WorkTree, commit: string | undefined): Promise<Date | undefined> {
  const [found] = commit === undefined ? [] : await objects([commit]);
  const [, seconds] = /^committer .* (\d+) [+-]\d+$/m.exec(found?.bytes.toString() ?? "") ?? [];
  return seconds === undefined ? undefined : new Date(Number(seconds) * 1000);
}

/** The branch that a work tree is on: `refs/heads/…`. */
export async function branchOf(git: Git, top: string): Promise<string> {
  try {
    return await lineOf(git, ["symbolic-ref", "--quiet", "HEAD"]);
  } catch (cause) {
    throw new HistoryError(makeFault("no-branch", { top }), { cause });
  }
}

/** Files of the history, not what else may stand below a `data-path` that is a repository's top. */
const ours = /^(state\.json|[^/]+\.[^/]+\/\d{4}\/[^/]+|intake\/(undated\.csv|\d{4}\/\d\d\/[^/]+))$/;

/** Goes on only if no file of the history, or none that git knows at all, has changes that are not committed. */
export async function refuseChanges({ git, prefix }: WorkTree, isOfAny = false): Promise<void> {
  const options = ["--porcelain", "-z", "--untracked-files=no", "--no-renames"];
  const changes = partsOf(await git(["status", ...options, "--", isOfAny ? "." : prefix || "."]));
  const paths = changes.map((change) => change.slice(3));
  const path = paths.find((one) => isOfAny || ours.test(one.slice(prefix.length)));
  if (path !== undefined) throw new HistoryError(makeFault("uncommitted", { path }));
}

/** The nearest folder that is there: nothing is made before it is known that it is in a work tree. */
async function nearestFolder(folder: string): Promise<string> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory() === false) throw new HistoryError(makeFault("data-path-is-file", { folder }));
  return found !== undefined || dirname(folder) === folder ? folder : await nearestFolder(dirname(folder));
}

async function linesOf(git: Git, args: string[], folder: string): Promise<string[]> {
  try {
    return (await git(args)).toString().split(/\r?\n/);
  } catch (cause) {
    const said = saidBy(cause);
    if (said.includes("ENOENT")) throw new HistoryError(makeFault("no-git", {}), { cause });
    throw new HistoryError(makeFault("no-work-tree", { folder, said: withoutSecrets(said) }), { cause });
  }
}

/** The address of a remote; only where some are rewritten, git is asked for it. */
async function remoteUrl(
  git: Git,
  config: ReadonlyMap<string, string>,
  remote: string | undefined,
): Promise<string | undefined> {
  const isRewritten = [...config.keys()].some((key) => key.endsWith(".insteadof"));
  if (remote !== undefined && isRewritten) return await optionalLineOf(git, ["remote", "get-url", remote]);
  return config.get(`remote.${remote}.url`);
}

/** Of git's configuration, whatever file it stands in, what concerns branches, remotes and people; the last word on a key counts. */
async function loadConfig(git: Git): Promise<Map<string, string>> {
  const keys = "^(branch\\..*\\.(remote|merge)|remote\\..*\\.url|url\\..*\\.insteadof|user\\.(name|email))$";
  const output = await optionalLineOf(git, ["config", "-z", "--get-regexp", keys]);
  const entries = (output ?? "").split("\0").map((entry) => entry.split("\n"));
  return new Map(entries.map(([key = "", value = ""]) => [key, value]));
}
