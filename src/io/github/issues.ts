import { setTimeout as wait } from "node:timers/promises";
import type { Octokit } from "@octokit/rest";
import { domainOfIssue, type ExistingIssue, type IssuePlan, issueLabel, issueMarker } from "../../digest/issue-plan.ts";
import { type GitHubOptions, githubClient } from "./client.ts";
import { mayHaveHappened } from "./failure.ts";
import { issueAdvice } from "./issues-advice.ts";

/** What an issue and the comment on it say: Markdown that is safe to send, with the domain's hidden marker in `body`. */
export interface IssueText {
  title: string;
  body: string;
  /** Says on the issue that it is reopened or closed, and why; without one nothing is said. */
  comment?: string;
}

/** The issue that a plan ended in. */
export interface AppliedIssue {
  number: number;
  /** Its page, for people. */
  url: string;
}

/** The issues of one repository. */
export interface IssueTracker {
  /**
   * The issues of ours, open and closed, by domain; of two for one domain the older.
   *
   * @throws IssueError with advice.
   */
  load(): Promise<Map<string, ExistingIssue>>;
  /**
   * Does what was planned for one domain. Done again after a crash, it ends the same and says nothing twice.
   *
   * @throws IssueError with advice.
   */
  apply(plan: IssuePlan, text: IssueText): Promise<AppliedIssue>;
}

/** Where the issues are, and as whom. */
export interface IssueTrackerOptions extends GitHubOptions {
  /** `owner/name` */
  repository: string;
}

/** Issues that can't be read or written. The message is for people: what failed, on which thing, what to do. */
export class IssueError extends Error {
  override name = "IssueError";
}

/**
 * The issues of a repository on GitHub, found again by `issueLabel` and the hidden marker in their body.
 *
 * The label is asked for since only people who may triage can set it: an issue of a stranger with our marker is not ours.
 *
 * @throws IssueError when `repository` is no `owner/name`.
 */
export function issueTracker(options: IssueTrackerOptions): IssueTracker {
  const { repository, pauses = true } = options;
  const { owner, repo } = /^(?<owner>[\w.-]+)\/(?<repo>[\w.-]+)$/.exec(repository)?.groups ?? {};
  if (owner === undefined || repo === undefined) {
    throw new IssueError(`The repository for issues must be owner/name, got "${repository}". Example: octo-org/mail`);
  }
  const issues: Issues = {
    github: githubClient(options),
    at: { owner, repo },
    urls: new Map(),
    lag: pauses ? 2000 : 0,
  };
  const advised = async <T>(doing: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof IssueError) throw error;
      throw new IssueError(issueAdvice({ doing, repository }, error), { cause: error });
    }
  };
  return {
    load: () => advised("read the issues", () => loadIssues(issues)),
    apply: (plan, text) => advised(doing[plan.do](plan), () => applyPlan(issues, plan, text)),
  };
}

const doing: Record<IssuePlan["do"], (plan: IssuePlan) => string> = {
  open: ({ domain }) => `open an issue for ${domain.domain}`,
  update: (plan) => `update the issue${numberOf(plan)}`,
  reopen: (plan) => `reopen the issue${numberOf(plan)}`,
  close: (plan) => `close the issue${numberOf(plan)}`,
};

function numberOf(plan: IssuePlan): string {
  return plan.do === "open" ? "" : ` #${plan.issue.number}`;
}

/** A repository's issues, and what is known of them. */
interface Issues {
  github: Octokit;
  at: { owner: string; repo: string };
  /** The pages of issues, by number. */
  urls: Map<number, string>;
  /** Milliseconds by which GitHub's lists may lag behind what was just written. */
  lag: number;
}

async function loadIssues({ github, at, urls }: Issues): Promise<Map<string, ExistingIssue>> {
  const found = new Map<string, ExistingIssue>();
  const wanted = { labels: issueLabel, state: "all", sort: "created", direction: "asc", per_page: 100 } as const;
  for (const issue of await github.paginate(github.rest.issues.listForRepo, { ...at, ...wanted })) {
    const body = issue.body ?? "";
    const domain = domainOfIssue(body);
    if (domain === undefined || issue.pull_request !== undefined) continue;
    const { number, title } = issue;
    urls.set(number, issue.html_url);
    if ((found.get(domain)?.number ?? Number.POSITIVE_INFINITY) < number) continue;
    found.set(domain, { number, state: issue.state === "closed" ? "closed" : "open", title, body });
  }
  return found;
}

async function applyPlan(issues: Issues, plan: IssuePlan, text: IssueText): Promise<AppliedIssue> {
  const { domain } = plan.domain;
  const content = contentOf(domain, text);
  switch (plan.do) {
    case "open":
      return openIssue(issues, domain, content);
    case "update":
      if (isSame(plan.issue.title, content.title) && isSame(plan.issue.body, content.body)) {
        return urlOf(issues, plan.issue.number);
      }
      return changeIssue(issues, plan.issue.number, content);
    case "reopen": {
      // The alarm first: a comment that a crash leaves out is missed by nobody, since the body says the same and
      // GitHub notifies subscribers of the reopening. The next run finds an open issue and does not comment on it.
      const reopened = await changeIssue(issues, plan.issue.number, { ...content, state: "open" });
      await addComment(issues, { number: reopened.number, domain, comment: text.comment });
      return reopened;
    }
    case "close": {
      // The comment first: after a crash between the two the issue is still open, so the next run closes it, finds
      // its comment and does not repeat it. The other way round the comment would be lost with the issue closed.
      await addComment(issues, { number: plan.issue.number, domain, comment: text.comment });
      return changeIssue(issues, plan.issue.number, { state: "closed", state_reason: "completed" });
    }
    default:
      return plan satisfies never;
  }
}

async function openIssue(issues: Issues, domain: string, content: IssueContent): Promise<AppliedIssue> {
  const { github, at } = issues;
  return postOnce<AppliedIssue>(issues, {
    async post() {
      const issue = { ...at, ...content, labels: [issueLabel] };
      const { data } = await github.rest.issues.create({ ...issue, request: { retries: 0 } });
      const labels = data.labels.map((label) => (typeof label === "string" ? label : label.name));
      if (!labels.includes(issueLabel)) throw new IssueError(unlabelled(data.html_url));
      return { number: data.number, url: data.html_url };
    },
    async find() {
      const number = (await loadIssues(issues)).get(domain)?.number;
      return number === undefined ? undefined : urlOf(issues, number);
    },
  });
}

/** GitHub drops labels in silence when the token's owner may not set them ("issues/create", `labels`). */
function unlabelled(url: string): string {
  return `GitHub opened ${url} but left out the label ${issueLabel}, since the token's owner may not set labels; without it the issue is not found again, and the next run opens another. Set the label by hand, and use a token of somebody with write access, such as the workflow's own with \`permissions: issues: write\`.`;
}

async function changeIssue(
  { github, at }: Issues,
  number: number,
  change: { title?: string; body?: string; state?: "open" | "closed"; state_reason?: "completed" },
): Promise<AppliedIssue> {
  const { data } = await github.rest.issues.update({ ...at, issue_number: number, ...change });
  return { number, url: data.html_url };
}

/** Adds a comment, with our marker, unless our last one there says the same. */
async function addComment(
  issues: Issues,
  { number, domain, comment }: { number: number; domain: string; comment: string | undefined },
): Promise<void> {
  if (comment === undefined) return;
  const { github, at } = issues;
  const body = `${comment}\n\n${issueMarker(domain)}`;
  const where = { ...at, issue_number: number };
  const find = async (): Promise<true | undefined> => {
    const comments = await github.paginate(github.rest.issues.listComments, { ...where, per_page: 100 });
    const last = comments.findLast((other) => domainOfIssue(other.body ?? "") === domain);
    return isSame(last?.body ?? "", body) ? true : undefined;
  };
  const post = async (): Promise<true> => {
    await github.rest.issues.createComment({ ...where, body, request: { retries: 0 } });
    return true;
  };
  if ((await find()) === undefined) await postOnce(issues, { post, find });
}

/** Posts, and when the answer is lost looks whether it was done before posting again, once. */
async function postOnce<T>(
  { lag }: Issues,
  { post, find }: { post: () => Promise<T>; find: () => Promise<T | undefined> },
): Promise<T> {
  try {
    return await post();
  } catch (error) {
    if (!mayHaveHappened(error)) throw error;
    await wait(lag);
    return (await find()) ?? (await post());
  }
}

async function urlOf({ github, at, urls }: Issues, number: number): Promise<AppliedIssue> {
  const known = urls.get(number);
  if (known !== undefined) return { number, url: known };
  const { data } = await github.rest.issues.get({ ...at, issue_number: number });
  return { number, url: data.html_url };
}

interface IssueContent {
  title: string;
  body: string;
}

/** GitHub's own limits, in characters; beyond them it answers with 422. */
const longestTitle = 256;
const longestBody = 65_536;

/** What is sent. A body that is too long loses its last lines rather than the alarm, and keeps the marker. */
function contentOf(domain: string, { title, body }: IssueText): IssueContent {
  const cutTitle = title.length > longestTitle ? `${title.slice(0, longestTitle - 1)}…` : title;
  if (body.length <= longestBody) return { title: cutTitle, body };
  const end = `\n\n… cut here: GitHub takes no more.\n\n${issueMarker(domain)}`;
  const lines = body.slice(0, longestBody - end.length).replace(/\n[^\n]*$/, "");
  return { title: cutTitle, body: lines + end };
}

/** Whether two texts are the same but for line ends, which GitHub's editor makes CRLF, and blanks at the end. */
function isSame(one: string, other: string): boolean {
  const normal = (text: string): string => text.replaceAll("\r\n", "\n").trimEnd();
  return normal(one) === normal(other);
}
