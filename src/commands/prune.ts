import type { PrunePlan } from "../history/prune.ts";
import { type Pruned, type PruneOptions, pruneHistory } from "../io/git/git.ts";
import { formatNumberOf } from "../render/words/words.ts";
import type { OnHistory } from "./month-days.ts";

/**
 * The command `dmarc-digest prune`: starts the history's branch anew from one commit with its newest months, for those
 * who must forget.
 *
 * @throws HistoryError as `pruneHistory` does; nothing was changed then, or the next run goes on.
 */
export async function prune({ stdout, ...options }: OnHistory & Omit<PruneOptions, "message">): Promise<number> {
  const message = (plan: PrunePlan): string =>
    `dmarc: history of ${spanOf(plan.keepMonths)}, started anew\n\n${dropped("Left out", plan)}.\n`;
  stdout.write(`${outcome(await pruneHistory({ ...options, message }))}\n`);
  return 0;
}

function outcome(pruned: Pruned): string {
  const { plan, commit, branch, upstream } = pruned;
  const kept = plan.keepMonths.length === 0 ? "no month" : spanOf(plan.keepMonths);
  if (plan.drop.length === 0) return `Nothing to drop: the history holds ${kept}. Nothing was changed.`;
  if (commit === undefined) return `${dropped("Would drop", plan)}, and keep ${kept}. Nothing was changed.`;
  const place = upstream === undefined ? "here; it has no upstream" : `here and at ${upstream.remote}`;
  return `${dropped("Dropped", plan)}, and kept ${kept}. Branch ${branch} has one commit now, ${commit}, ${place}.

${remains(pruned)}`;
}

/** The advice that a person needs who must forget: where the old commits still are. */
function remains({ upstream }: Pruned): string {
  const { remote, branch } = upstream ?? { remote: "REMOTE", branch: "BRANCH" };
  return `The old commits are not gone everywhere:
- In this clone, until you run: git reflog expire --expire=now --all && git gc --prune=now
- In other clones, which have to take the new history: git fetch ${remote} ${branch} && git reset --hard FETCH_HEAD
- In forks, and under other branches, tags and pull requests that lead to them.
- On GitHub, which keeps commits that no branch leads to for a while, for whoever knows their id: GitHub Support can
  remove them (in its documentation: "Removing sensitive data from a repository"). Other hosts do alike.`;
}

function dropped(verb: string, { drop, dropMonths }: PrunePlan): string {
  return `${verb} ${formatNumberOf(drop.length, "file")} of ${spanOf(dropMonths)}`;
}

/** `13 months (2025-11 to 2026-11)`. */
function spanOf(months: readonly string[]): string {
  const [first, last] = [months[0], months.at(-1)];
  return `${formatNumberOf(months.length, "month")} (${first === last ? first : `${first} to ${last}`})`;
}
