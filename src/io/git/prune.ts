import { resolve } from "node:path";
import { type PrunePlan, planPrune } from "../../history/prune.ts";
import { makeFault } from "../../report/fault.ts";
import { HistoryError } from "../history.ts";
import { commitError } from "./advice.ts";
import { branchName, lineOf, partsOf } from "./command.ts";
import { makeCommit } from "./commit.ts";
import { finishMove, publish } from "./move.ts";
import { loadUpstream } from "./remote.ts";
import { headOf, openWorkTree, refuseChanges, type WorkTree } from "./work-tree.ts";

/** What is to be forgotten. */
export interface PruneOptions {
  dataPath: string;
  months: number;
  isDryRun: boolean;
  message: (plan: PrunePlan) => string;
}

/** What was forgotten, or would be. */
export interface Pruned {
  plan: PrunePlan;
  commit?: string;
  branch: string;
  /** Where it was pushed to, for people; absent when it has no upstream. */
  upstream?: { remote: string; branch: string };
}

/**
 * Starts the branch of a history anew: one commit without a parent, with the files as they are but for those of old months.
 *
 * It is pushed over the upstream only if that still stands where the local branch does. A kill in between is made good
 * by the next run or prune.
 *
 * @throws HistoryError when the branch holds other things, has changes that are not committed or pushed, or can't be
 *   written; BranchMovedError when it has moved meanwhile.
 */
export async function pruneHistory({ dataPath, months, isDryRun, message }: PruneOptions): Promise<Pruned> {
  const tree = await openWorkTree(resolve(dataPath));
  if (!isDryRun) await finishMove(tree);
  await refuseChanges(tree, true);
  const head = await headOf(tree);
  if (head === undefined) throw new HistoryError(makeFault("nothing-to-prune", { top: tree.top }));
  await refuseUnequal(tree, head);
  const paths = partsOf(await tree.git(["ls-tree", "--full-tree", "-r", "-z", "--name-only", head]));
  const plan = planPrune(paths, { prefix: tree.prefix, months });
  const branch = branchName(tree.branch);
  const [path] = plan.strangers;
  if (path !== undefined)
    throw new HistoryError(makeFault("prune-mixed", { branch, path, count: plan.strangers.length }));
  const { place, ref } = tree.upstream ?? {};
  const pruned = { plan, branch, ...(place && ref && { upstream: { remote: place, branch: branchName(ref) } }) };
  if (plan.drop.length === 0 || isDryRun) return pruned;
  const files = new Map(plan.drop.map((path) => [path, undefined]));
  const made = await makeCommit(tree, { base: head, files, message: message(plan) }).catch((cause: unknown) => {
    throw commitError(cause, tree.branch, tree.top);
  });
  await publish(tree, { from: head, to: made }, head);
  return { ...pruned, commit: made };
}

/** What is here and not at the remote, or there and not here, would be lost. */
async function refuseUnequal({ git, upstream, top, branch }: WorkTree, head: string): Promise<void> {
  if (upstream === undefined) return;
  const there = await loadUpstream(git, upstream);
  if (there === head) return;
  const short = (commit: string) => lineOf(git, ["rev-parse", "--short", commit]).catch(() => commit.slice(0, 7));
  const names = { branch: branchName(branch), top, here: await short(head), other: branchName(upstream.ref) };
  const other =
    there === undefined ? makeFault("stands-nowhere", {}) : makeFault("stands-at", { commit: await short(there) });
  throw new HistoryError(makeFault("prune-unequal", { ...names, place: upstream.place, there: other }));
}
