import { BranchMovedError, HistoryError, type Passing, TooLargeError } from "../history.ts";
import { diskFull, saidBy, stepAfter, withoutSecrets } from "./command.ts";
import type { Upstream } from "./work-tree.ts";

/** What people should know when a remote could not be read: what git said, its usual cause, and the next step. */
export function fetchError(cause: unknown, { place, ref }: Pick<Upstream, "place" | "ref">): HistoryError {
  const said = saidBy(cause);
  const branch = branchName(ref);
  const step = (unreached.find(matches(said)) ?? denied.find(matches(said)))?.step(branch) ?? stepAfter(said);
  return new HistoryError(
    `Branch ${branch} of remote ${place} can't be read. ${step ?? "Try git fetch by hand to see why."} ` +
      `git says: ${withoutSecrets(said)}`,
    { cause, passing: passingOf(said) },
  );
}

/** Whether what git said of a remote passes by itself: it was not reached, or had trouble. */
function passingOf(said: string): Passing {
  return { isPassing: outage.test(said) && !denied.some(matches(said)) };
}

const outage =
  /could not resolve host|unable to access|connection (?:refused|reset|timed out)|failed to connect|no route to host|network is unreachable|hung up|early EOF|RPC failed/i;

/**
 * What a failed push means: a `BranchMovedError` when the branch has moved on or the push may have been done before the
 * connection ended, a `TooLargeError` when it is more than the remote takes, a `HistoryError` with its usual cause and the
 * next step when nothing can have been pushed.
 *
 * @param hook - The path of the repository's pre-push hook, if it has one.
 */
export function pushError(
  cause: unknown,
  upstream: Pick<Upstream, "place" | "ref">,
  hook: string | undefined,
): HistoryError {
  const said = saidBy(cause);
  const branch = branchName(upstream.ref);
  const place = `Branch ${branch} of remote ${upstream.place}`;
  const words = `git says: ${withoutSecrets(said)}`;
  if (hook !== undefined && !byGit.test(said)) {
    const step = `The hook ${hook} has refused it: see why, or take it away.`;
    return new HistoryError(`${place} can't be pushed. ${step} ${words}`, { cause });
  }
  if (moved.test(said) && !diskFull.test(said)) {
    const text = `${place} can't be pushed. Somebody else has pushed to it meanwhile: run again. ${words}`;
    return new BranchMovedError(text, { cause });
  }
  if (tooLarge.test(said) && !diskFull.test(said)) {
    const step = "The remote takes no push as large as this one, or no file in it.";
    return new TooLargeError(`${place} can't be pushed. ${step} ${words}`, { cause });
  }
  const known = [...denied, ...unreached].find(matches(said));
  // What never reached the remote, and what the remote has refused, was not done. Of all else that is not known.
  if (known !== undefined || said.includes("[remote rejected]")) {
    const step = known?.step(branch) ?? "The remote has refused it: try git push by hand to see why.";
    return new HistoryError(`${place} can't be pushed. ${step} ${words}`, { cause, passing: passingOf(said) });
  }
  const text = `${place} may have been pushed or not, since the connection ended before the answer: run again. ${words}`;
  return new BranchMovedError(text, { cause });
}

/** The error of a commit that could not be made; nothing was changed. */
export function commitError(cause: unknown, branch: string, top: string): HistoryError {
  const said = saidBy(cause);
  const words = `${stepAfter(said) ?? "Run again."} git says: ${withoutSecrets(said)}`;
  return new HistoryError(`Branch ${branchName(branch)} of ${top} can't be committed to. ${words}`, { cause });
}

function branchName(ref: string): string {
  return ref.replace("refs/heads/", "");
}

/** What a push says that git has ended. A hook that refuses has its own words, and after them git says only that nothing was pushed. */
const byGit = /^(?:fatal: |send-pack: | ! \[|error: (?!failed to push some refs))/m;

/** By git itself ("rejected") and by servers whose lock on the ref was lost to another push ("remote rejected"). */
const moved =
  /non-fast-forward|fetch first|stale info|cannot lock ref|failed to (?:lock|update ref)|incorrect old value|reference already exists|but expected/;

/** By GitHub's hook (GH001), by git (`receive.maxInputSize`), and by servers and proxies on the way. */
const tooLarge = /GH001|exceeds .*file size limit|exceeds maximum allowed size|HTTP 413|entity too large/i;

interface Cause {
  said: RegExp;
  step: (branch: string) => string;
}

function matches(said: string): (cause: Cause) => boolean {
  return (cause) => cause.said.test(said);
}

const denied: Cause[] = [
  {
    said: /GH013|GH006|protected branch|hook declined/,
    step: (branch) =>
      `A rule protects it: allow the workflow to push to ${branch} (Settings, Rules), or keep the history in a repository of its own.`,
  },
  {
    said: diskFull,
    step: () => "The disk is full, here or at the remote: make room, then run again.",
  },
  {
    said: /\b40[13]\b|permission|denied|authentication|could not read (Username|Password)|Host key/i,
    step: () => "The token may not write: give the workflow `permissions: contents: write`.",
  },
];

const unreached: Cause[] = [
  {
    said: /could not resolve host|unable to access|connection refused|failed to connect|no route to host|network is unreachable/i,
    step: () => "The host did not answer: run again later.",
  },
  {
    said: /does not appear to be a git repository|not found|no such (remote|file)|could not read from remote/i,
    step: () => "There is no repository, or it is not for you to see: check git remote -v and the token.",
  },
];
