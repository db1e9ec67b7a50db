import type { Config } from "../config/config.ts";
import { overviewName, type RepositoryIssues } from "../digest/issues/issues.ts";
import { IssueError, type IssueTracker, issueTracker } from "../io/github/github.ts";
import type { Problem } from "../io/notifier.ts";
import { organizationalDomain } from "../report/domain.ts";

/** What says where issues are kept, and as whom. */
export type IssueConfig = Pick<Config, "github" | "issueSettingsOf">;

/** A repository with issues, `owner/name` in lower case since GitHub does not tell case apart, and how it is reached. */
export type Tracked = readonly [repository: string, tracker: IssueTracker];

/** The repositories with issues of some domains; none where there is no GitHub. */
export function trackersOf(config: IssueConfig, domains: Iterable<string>): Map<string, IssueTracker> {
  const places = trackerPlaces(config, domains);
  return new Map(places.map((place) => [place.repository, issueTracker(place)]));
}

/** How the repositories with issues of some domains, or of `overviewName`, are reached; none where there is no GitHub. */
export function trackerPlaces(config: IssueConfig, domains: Iterable<string>): Parameters<typeof issueTracker>[0][] {
  const { github, issueSettingsOf } = config;
  if (github === undefined) return [];
  const repositories = new Map(
    Array.from(domains, (one) => {
      const domain = one === overviewName ? one : organizationalDomain(one);
      return [repositoryOf(config, domain), issueSettingsOf(domain)];
    }),
  );
  const own = github.repository.toLowerCase();
  return Array.from(repositories, ([repository, { token = github.token }]) => {
    // Where some issues are in another repository, the token for those may not be one for the workflow's own.
    const fitting = repository === own && repositories.size > 1 ? github.token : token;
    return { ...github, token: fitting, repository };
  });
}

/** A repository that issues were kept in before, with a token that may write there: that of the workflow in its own. */
export function formerTracker({ github, issueSettingsOf }: IssueConfig, repository: string): IssueTracker {
  const isOwn = repository === github?.repository.toLowerCase();
  const { token = github?.token ?? "" } = isOwn ? {} : issueSettingsOf(overviewName);
  return issueTracker({ ...github, token, repository });
}

/** The repository of a domain's issue; of that of many domains where those are that have none of their own. */
export function repositoryOf({ github, issueSettingsOf }: IssueConfig, domain: string): string {
  return (issueSettingsOf(domain).repository ?? github?.repository ?? "").toLowerCase();
}

/** The issues of a repository, and whether those of a domain belong there. */
export async function loadIssues(config: IssueConfig, [repository, tracker]: Tracked): Promise<RepositoryIssues> {
  return { issues: await tracker.load(), isHere: (domain) => repositoryOf(config, domain) === repository };
}

/** The issues of all repositories that can be read now. */
export async function loadReadable(config: IssueConfig, trackers: Iterable<Tracked>): Promise<RepositoryIssues[]> {
  const found = Array.from(trackers, (tracked) =>
    loadIssues(config, tracked).catch((error: unknown) => {
      problemOf(error);
      return [];
    }),
  );
  return (await Promise.all(found)).flat();
}

/** What failed at GitHub, as data; all else is thrown. */
export function problemOf(error: unknown): Problem & object {
  if (error instanceof IssueError) return error.fault;
  throw error;
}

/** Whether a repository has no issues at all. */
export function isSwitchedOff(error: unknown): boolean {
  const { step } = problemOf(error).values;
  return typeof step === "object" && "code" in step && step.code === "issues-off";
}
