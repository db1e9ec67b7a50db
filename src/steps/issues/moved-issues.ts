import {
  type MovedIssue,
  movedIssues,
  openIssues,
  overviewName,
  parseIssueBody,
  type RepositoryIssues,
  withMove,
} from "../../digest/issues/issues.ts";
import { compareText } from "../../history/lists.ts";
import { formatState, statePath } from "../../history/state.ts";
import type { IssueChange, IssueTracker } from "../../io/github/github.ts";
import { commitChange, type History, HistoryError } from "../../io/history.ts";
import type { Host } from "../../io/host.ts";
import type { Problem } from "../../io/notifier.ts";
import { movedComment } from "../../render/pages/pages.ts";
import { printMarkdown } from "../../render/print/print.ts";
import type { Words } from "../../render/words/words.ts";
import { makeFault } from "../../report/fault.ts";
import { loadState } from "../open.ts";
import { formerTracker, type IssueConfig, loadReadable, problemOf, repositoryOf, type Tracked } from "../trackers.ts";

/** An issue that goes on in another one, and where it stands open. */
export interface MovedFrom extends MovedIssue {
  repository: string;
  tracker: IssueTracker;
}

/** Where issues are kept now, and in whose words they are closed where they were before. */
interface Kept {
  config: IssueConfig;
  history: History;
  trackers: ReadonlyMap<string, IssueTracker>;
  words: Words;
  /** Whether a domain is judged: not once it is taken out of `domains`. */
  isJudged: (name: string) => boolean;
}

/** The issues of a repository that stand open in it, and go on in others or not at all. */
export function movedFrom([repository, tracker]: Tracked, { issues, isHere }: RepositoryIssues): MovedFrom[] {
  const belongs = (name: string): boolean => name === overviewName || isHere(name);
  return movedIssues(issues, repository, belongs).map((one) => ({ ...one, repository, tracker }));
}

/**
 * Closes the issues that stand open and go on in others, to which a comment links: those in another repository than their
 * domain's, since `issue-repository` was changed, and the younger ones of a name; with them those of domains that are judged no
 * more. A repository in which no domain has issues any more is looked through once.
 *
 * @param here - Those in the repositories that still have issues.
 * @returns What could not be closed, which a person is to close.
 */
export async function closeMoved(kept: Kept, here: readonly MovedFrom[], { info }: Host): Promise<Problem[]> {
  const { config, history, trackers, words, isJudged } = kept;
  const { issueRepositories: known = [] } = await loadState(history);
  const former = known.filter((repository) => !trackers.has(repository));
  const problems: Problem[] = [];
  const moved = [...here];
  for (const repository of former) {
    const tracker = formerTracker(config, repository);
    await attempt(repository, async () => {
      const issues = await tracker.load();
      moved.push(...movedIssues(issues, repository, () => false).map((one) => ({ ...one, repository, tracker })));
    });
  }
  const open = openIssues(moved.length === 0 ? [] : await loadReadable(config, trackers));
  for (const one of moved) {
    const { issue, twin, repository, tracker } = one;
    await attempt(repository, async () => {
      const { name = "" } = parseIssueBody(issue.body);
      const place = twin === undefined ? repositoryOf(config, name) : undefined;
      const why = isJudged(name) ? { repository: place, issue: twin ?? open.get(name) } : { domain: name };
      const comment = movedComment(why, words);
      const closed = await tracker.apply(closingOf(one, name, printMarkdown(comment).trimEnd()));
      if (closed !== undefined) info(`Issue of ${name}: close ${closed.url}, for good here`);
    });
  }
  if (former.length > 0) problems.push(...(await forgetFormer(history, [...trackers.keys()].sort(compareText))));
  return problems;

  async function attempt(repository: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      problems.push(makeFault("issues-moved", { why: problemOf(error), repository }));
    }
  }
}

function closingOf(moved: MovedIssue, name: string, text: string): IssueChange {
  const { body, comments: number } = withMove(moved);
  const { issue } = moved;
  const change = { name, issue, title: issue.title, body, state: "closed", isNotPlanned: true } as const;
  return { ...change, comment: { text, number }, labels: [], assignees: [] };
}

async function forgetFormer(history: History, issueRepositories: string[]): Promise<Problem[]> {
  const change = async () => {
    const files = new Map([[statePath, formatState({ ...(await loadState(history)), issueRepositories })]]);
    return { files, message: "dmarc: issues moved to another repository\n", value: undefined };
  };
  try {
    await commitChange(history, change);
    return [];
  } catch (error) {
    if (error instanceof HistoryError) return [error.fault];
    throw error;
  }
}
