import { type Fault, type FaultCode, makeFault } from "../../report/fault.ts";
import { BranchMovedError, HistoryError, type Passing, TooLargeError } from "../history.ts";
import { branchName, diskFull, saidBy, stepAfter, withoutSecrets } from "./command.ts";
import type { Upstream } from "./work-tree.ts";

/** What people should know when a remote could not be read: what git said, its usual cause, and the next step. */
export function fetchError(cause: unknown, { place, ref }: Pick<Upstream, "place" | "ref">): HistoryError {
  const said = saidBy(cause);
  const branch = branchName(ref);
  const known = unreached.find(matches(said)) ?? denied.find(matches(said));
  const step = (known && makeFault(known[1], { branch })) ?? stepAfter(said) ?? makeFault("try-fetch", {});
  const values = { branch, place, step, said: withoutSecrets(said) };
  return new HistoryError(makeFault("branch-unread", values), { cause, passing: passingOf(said) });
}

/** It passes by itself that a remote was not reached, or had trouble. */
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
  const values = { branch: branchName(upstream.ref), place: upstream.place, said: withoutSecrets(said) };
  const unpushed = (step: Fault) => makeFault("branch-unpushed", { ...values, step });
  if (hook !== undefined && !byGit.test(said))
    return new HistoryError(unpushed(makeFault("hook-refused", { hook })), { cause });
  if (moved.test(said) && !diskFull.test(said))
    return new BranchMovedError(unpushed(makeFault("pushed-meanwhile", {})), { cause });
  if (tooLarge.test(said) && !diskFull.test(said))
    return new TooLargeError(unpushed(makeFault("push-too-large", {})), { cause });
  const known = [...denied, ...unreached].find(matches(said));
  // What never reached the remote, and what the remote has refused, was not done. Of all else that is not known.
  if (known !== undefined || said.includes("[remote rejected]")) {
    const step = makeFault(known?.[1] ?? "try-push", values);
    return new HistoryError(unpushed(step), { cause, passing: passingOf(said) });
  }
  return new BranchMovedError(makeFault("push-unknown", values), { cause });
}

/** The error of a commit that could not be made; nothing was changed. */
export function commitError(cause: unknown, branch: string, top: string): HistoryError {
  const said = saidBy(cause);
  const step = stepAfter(said) ?? makeFault("run-again", {});
  const values = { branch: branchName(branch), top, step, said: withoutSecrets(said) };
  return new HistoryError(makeFault("commit-failed", values), { cause });
}

/** What a push says that git has ended. A hook that refuses has its own words, and after them git says only that nothing was pushed. */
const byGit = /^(?:fatal: |send-pack: | ! \[|error: (?!failed to push some refs))/m;

/** By git itself ("rejected") and by servers whose lock on the ref was lost to another push ("remote rejected"). */
const moved =
  /non-fast-forward|fetch first|stale info|cannot lock ref|failed to (?:lock|update ref)|incorrect old value|reference already exists|but expected/;

/** By GitHub's hook (GH001), by git (`receive.maxInputSize`), and by servers and proxies on the way. */
const tooLarge = /GH001|exceeds .*file size limit|exceeds maximum allowed size|HTTP 413|entity too large/i;

type Cause = readonly [said: RegExp, step: FaultCode];

function matches(said: string): (cause: Cause) => boolean {
  return ([pattern]) => pattern.test(said);
}

const denied: Cause[] = [
  [/GH013|GH006|protected branch|hook declined/, "rule-refused"],
  [diskFull, "disk-full-somewhere"],
  [/\b40[13]\b|permission|denied|authentication|could not read (Username|Password)|Host key/i, "push-denied"],
];

const unreached: Cause[] = [
  [
    /could not resolve host|unable to access|connection refused|failed to connect|no route to host|network is unreachable/i,
    "host-unreached",
  ],
  [
    /does not appear to be a git repository|not found|no such (remote|file)|could not read from remote/i,
    "repository-unseen",
  ],
];
