import type { Config } from "../config/config.ts";
import { openIncidents } from "../digest/digest.ts";
import { type IssuePlan, planIssues } from "../digest/issue-plan.ts";
import { IssueError, type IssueText, issueTracker } from "../io/github/github.ts";
import type { History } from "../io/history.ts";
import type { Host } from "../io/host.ts";
import type { Outcome } from "../io/notifier.ts";
import { issuePage, issueTitle, type PageOptions, recoveryComment, reopenComment } from "../render/pages/pages.ts";
import { markdownOf, printMarkdown } from "../render/print/print.ts";
import { linksAt, type Story } from "./digest.ts";

/**
 * Opens, updates, reopens and closes the issues of the domains of a digest; none where a later day was sent before. One
 * issue that fails does not stop the others.
 */
export async function applyIssues(
  { github, runUrl }: Pick<Config, "github" | "runUrl">,
  history: History,
  { plan: { isNewest }, digest, source, pageOptions }: Story,
  host: Host,
): Promise<Outcome> {
  if (!isNewest) return { problems: [] };
  const incidents = openIncidents(source);
  if (github === undefined) {
    const alarms = [...new Set(incidents.map(({ domain }) => domain))];
    if (alarms.length > 0) host.info(`No issue for ${namesOf(alarms)}: there is no GitHub repository to open it in`);
    return { problems: [] };
  }
  // Links to what does not change from run to run, so that an unchanged issue is not written again.
  const options = { ...pageOptions, links: { dayFile: linksAt({ runUrl }, history, "HEAD").dayFile } };
  const problems: string[] = [];
  try {
    const tracker = issueTracker(github);
    const plans = planIssues(digest.domains, incidents, await tracker.load());
    const opened = plans.filter((plan) => plan.do === "open");
    const later = new Set<IssuePlan>(opened.slice(mostOpened));
    if (later.size > 0) {
      const names = namesOf([...later].map(({ domain }) => domain.domain));
      problems.push(`A run opens at most ${mostOpened} issues; those for ${names} are left to the next run.`);
    }
    for (const plan of plans.filter((candidate) => !later.has(candidate))) {
      try {
        const { url } = await tracker.apply(plan, textOf(plan, digest.day, options));
        host.info(`Issue of ${plan.domain.domain}: ${plan.do} ${url}`);
      } catch (error) {
        problems.push(problemOf(error));
      }
    }
  } catch (error) {
    problems.push(problemOf(error));
  }
  return { problems };
}

/** GitHub wants a pause between issues, and a stranger's reports about domains of nobody must not flood the list. */
const mostOpened = 20;

/** The first names of a list, and how many more there are. */
function namesOf(names: string[]): string {
  const more = names.length - 5;
  return names.slice(0, 5).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function textOf(plan: IssuePlan, day: string, options: PageOptions): IssueText {
  const { words } = options;
  if (plan.do === "close") {
    const { title, body } = plan.issue;
    return { title, body, comment: `${markdownOf(recoveryComment(plan.domain, day, words))}\n` };
  }
  const page = issuePage(plan.domain, plan.incidents, { ...options, day });
  const text = { title: issueTitle(plan.incidents, options), body: printMarkdown(page) };
  if (plan.do !== "reopen") return text;
  return { ...text, comment: `${markdownOf(reopenComment(plan.incidents, words))}\n` };
}

function problemOf(error: unknown): string {
  if (error instanceof IssueError) return error.message;
  throw error;
}
