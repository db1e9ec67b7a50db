import { access, constants } from "node:fs/promises";
import { makeFault } from "../../report/fault.ts";
import { HistoryError } from "../history.ts";
import { fetchError, pushError } from "./advice.ts";
import { branchName, type Git, optionalLineOf } from "./command.ts";
import type { Upstream } from "./work-tree.ts";

/** The commit that the upstream stands at now, asked of the remote; `undefined` when it isn't there. */
export async function loadUpstream(git: Git, upstream: Upstream): Promise<string | undefined> {
  const { remote, ref } = upstream;
  const output = await git(["ls-remote", "--quiet", remote, ref]).catch((cause: unknown) => {
    throw fetchError(cause, upstream);
  });
  // `main` would also name `refs/heads/old/refs/heads/main`.
  const lines = output.toString().split("\n");
  return lines.find((line) => line.endsWith(`\t${ref}`))?.split("\t")[0];
}

interface Fetched {
  /** Its commit; absent when the remote has no such branch, and it isn't known that it ever had. */
  upstream?: string;
  /** Whether it has more than the local branch, which can go to it; else it is the same, or the local one has more. */
  isAhead: boolean;
}

/**
 * Compares a local branch with its upstream, and fetches what is missing here.
 *
 * @throws HistoryError when the remote can't be read, has lost the branch, or the two have gone apart.
 */
export async function fetchUpstream(
  git: Git,
  upstream: Upstream,
  head: string | undefined,
  wasThere: boolean,
): Promise<Fetched> {
  const there = await loadUpstream(git, upstream);
  if (there === undefined) {
    // A branch that was deleted at the remote is not for a run to bring back: what it was deleted for would be undone.
    const { place, ref } = upstream;
    const isTracked = async () => await optionalLineOf(git, ["rev-parse", "--verify", "--quiet", "@{upstream}"]);
    if (wasThere || (head !== undefined && (await isTracked()) !== undefined))
      throw new HistoryError(makeFault("branch-gone-there", { branch: branchName(ref), place }));
    return { isAhead: false };
  }
  if (there === head) return { upstream: there, isAhead: false };
  await git(["fetch", "--quiet", upstream.remote, upstream.ref]).catch((cause: unknown) => {
    throw fetchError(cause, upstream);
  });
  if (head === undefined || (await isAncestor(git, head, there))) return { upstream: there, isAhead: true };
  if (await isAncestor(git, there, head)) return { upstream: there, isAhead: false };
  throw await apart(git, upstream, head, there);
}

/**
 * Moves a branch of a remote to a commit, if it still stands where it did.
 *
 * `--force-with-lease` with the value that was read makes this a compare-and-swap; unlike a plain push, this does not make a
 * branch anew that was deleted meanwhile.
 *
 * @throws BranchMovedError when it stands elsewhere, or it isn't known what became of the push; HistoryError when nothing was pushed.
 */
export async function push(git: Git, upstream: Upstream, commit: string, expected: string | undefined): Promise<void> {
  const { remote, ref } = upstream;
  try {
    await git(["push", "--quiet", `--force-with-lease=${ref}:${expected ?? ""}`, remote, `${commit}:${ref}`]);
  } catch (cause) {
    throw pushError(cause, upstream, await prePushHook(git));
  }
}

async function prePushHook(git: Git): Promise<string | undefined> {
  const path = await optionalLineOf(git, ["rev-parse", "--path-format=absolute", "--git-path", "hooks/pre-push"]);
  const isThere = await access(path ?? "", constants.X_OK).catch(() => false);
  return isThere === false ? undefined : path;
}

async function isAncestor(git: Git, older: string, newer: string): Promise<boolean> {
  return (await optionalLineOf(git, ["merge-base", "--is-ancestor", older, newer])) !== undefined;
}

async function apart(git: Git, { place, ref }: Upstream, head: string, there: string): Promise<HistoryError> {
  const names = { branch: branchName(ref), place };
  const hasCommon = (await optionalLineOf(git, ["merge-base", head, there])) !== undefined;
  const step = hasCommon ? makeFault("pull-rebase", {}) : makeFault("take-theirs", names);
  return new HistoryError(makeFault("gone-apart", { ...names, step }));
}
