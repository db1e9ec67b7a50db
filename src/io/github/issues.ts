import { setTimeout as wait } from "node:timers/promises";
import type { Octokit, RestEndpointMethodTypes } from "@octokit/rest";
import {
  bodyMarks,
  commentMark,
  type ExistingIssue,
  endsOf,
  parseIssueBody,
  withTick,
  yoursIn,
} from "../../digest/issues/issues.ts";
import { type Fault, FaultError, makeFault } from "../../report/fault.ts";
import { type GitHubOptions, githubClient, placeOf } from "./client.ts";
import { isRequestFailure, mayHaveHappened } from "./failure.ts";
import { issueAdvice } from "./issues-advice.ts";

/** The label of every issue of ours. */
const issueLabel = "dmarc-digest";

/** How an issue is to be. */
export interface IssueChange {
  /** The domain that it is about, or `overviewName`. */
  name: string;
  /** Absent for one that is opened. */
  issue?: ExistingIssue;
  title: string;
  /** Markdown that is safe to send, with all marks of ours; below the last one stays what a person has written there. */
  body: string;
  state: "open" | "closed";
  isNotPlanned?: boolean;
  /** Says what has happened; without one nothing is said. `number` counts the comments of ours. */
  comment?: { text: string; number: number };
  /** Set when it is opened, and left to people from then on. */
  labels: readonly string[];
  assignees: readonly string[];
}

/** The issue that a change ended in. */
export interface AppliedIssue {
  /** Its page, for people. */
  url: string;
  /** What GitHub did not do. */
  problem?: Fault;
}

/** The issues of one repository. What can't be read or written is an IssueError. */
export interface IssueTracker {
  /** The issues of ours, open and closed. */
  load(): Promise<ExistingIssue[]>;
  /**
   * Makes an issue as it is to be. Done again after a crash, it ends the same and says nothing twice.
   *
   * @returns `undefined` for an issue that is gone: deleted, or moved to another repository.
   */
  apply(change: IssueChange): Promise<AppliedIssue | undefined>;
}

/** Issues that can't be read or written. The message is for people: what failed, on which thing, what to do. */
export class IssueError extends FaultError {
  override name = "IssueError";
}

/**
 * The issues of a repository on GitHub, found again by `issueLabel` and the hidden marker in their body.
 *
 * The label is asked for since only people who may triage can set it: an issue of a stranger with our marker is not ours.
 * Where the token's owner may not set it, those that this owner has opened are ours.
 *
 * @param options.repository - `owner/name`
 */
export function issueTracker(options: GitHubOptions & { repository: string }): IssueTracker {
  const { repository, pauses = true } = options;
  const lag = pauses ? 2000 : 0;
  const issues: Issues = { github: githubClient(options), at: placeOf(repository), lag, labels: new Set() };
  const advised = async <T>(doing: Fault, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw new IssueError(issueAdvice({ doing, repository }, error), { cause: error });
    }
  };
  return {
    load: () => advised(makeFault("to-read-issues", { repository }), () => loadIssues(issues)),
    apply(change) {
      const { issue, name, state } = change;
      const moved = state === "open" ? "to-reopen-issue" : "to-close-issue";
      const doing =
        issue === undefined
          ? makeFault("to-open-issue", { name, repository })
          : makeFault(issue.state === state ? "to-update-issue" : moved, { number: issue.number, repository });
      return advised(doing, () => applyUnlessGone(issues, change));
    },
  };
}

/** A repository's issues, and what is known of them. */
interface Issues {
  github: Octokit;
  at: { owner: string; repo: string };
  /** Milliseconds by which GitHub's lists may lag behind what was just written. */
  lag: number;
  /** Labels that are known to be there, in lower case as GitHub compares them. */
  labels: Set<string>;
}

async function loadIssues(issues: Issues): Promise<ExistingIssue[]> {
  const { github, at } = issues;
  const creator = await unlabellingUser(github, at);
  const all = { ...at, state: "all", sort: "created", direction: "asc", per_page: 100 } as const;
  const by = creator === undefined ? { labels: issueLabel } : { creator };
  const found: ExistingIssue[] = [];
  for (const issue of await github.paginate(github.rest.issues.listForRepo, { ...all, ...by })) {
    const { number, html_url: url, title, body, comments } = issue;
    if (parseIssueBody(body ?? "").name === undefined || issue.pull_request !== undefined) continue;
    const isClosed = issue.state === "closed";
    const isNotPlanned = isClosed && issue.state_reason === "not_planned" && !(await isClosedByOtherBot(issues, issue));
    const shown = { number, url, title, body: body ?? "", comments };
    found.push({
      ...shown,
      state: isClosed ? "closed" : "open",
      ...(issue.user?.login && { author: issue.user.login }),
      ...(isNotPlanned && { isNotPlanned }),
      ...(isClosed && issue.closed_at && { closedAt: issue.closed_at }),
    });
  }
  return found;
}

type ListedIssue = RestEndpointMethodTypes["issues"]["listForRepo"]["response"]["data"][number];

/** Whether a bot has closed an issue that we have left open, such as one that closes what nobody has touched for months. */
async function isClosedByOtherBot({ github, at }: Issues, listed: ListedIssue): Promise<boolean> {
  if (parseIssueBody(listed.body ?? "").record?.left === "over") return false;
  // Lists may leave it out.
  const { closed_by: by } = listed.closed_by
    ? listed
    : (await github.rest.issues.get({ ...at, issue_number: listed.number })).data;
  return by?.type === "Bot";
}

/** The user whose token may open issues and not label them, so that GitHub drops the label in silence; nobody else. */
async function unlabellingUser(github: Octokit, at: Issues["at"]): Promise<string | undefined> {
  const { permissions } = (await github.rest.repos.get(at)).data;
  if (permissions === undefined || permissions.push || permissions.triage) return undefined;
  // The token of a workflow or an App is no user's, and sets labels.
  return await github.rest.users.getAuthenticated().then(
    ({ data }) => data.login,
    () => undefined,
  );
}

/** @see https://docs.github.com/en/rest/issues/issues#get-an-issue */
async function applyUnlessGone(issues: Issues, change: IssueChange): Promise<AppliedIssue | undefined> {
  try {
    return await applyChange(issues, change);
  } catch (error) {
    const { issue } = change;
    if (issue === undefined || !isGone(error)) throw error;
    // What the token may not write is answered in the same way.
    const where = { ...issues.at, issue_number: issue.number };
    const isThere = await issues.github.rest.issues.get(where).then(
      () => true,
      (again: unknown) => !isGone(again),
    );
    if (isThere) throw error;
    return undefined;
  }
}

function isGone(error: unknown): boolean {
  if (!isRequestFailure(error)) return false;
  return error.status === 404 || (error.status === 410 && /deleted/i.test(error.message));
}

async function applyChange(issues: Issues, change: IssueChange): Promise<AppliedIssue> {
  const { issue, state, isNotPlanned, name, comment } = change;
  if (issue === undefined) return await openIssue(issues, { ...change, ...contentOf(change) });
  // The comment first: it is found again by its number. After a crash between the two the next run comes here again.
  if (comment !== undefined)
    await addComment(issues, issue, { mark: commentMark(name, comment.number), text: comment.text });
  const isMoved = issue.state !== state;
  const content = contentOf(change, issue.body);
  if (!isMoved && isSame(issue.title, content.title) && isSame(issue.body, content.body)) return { url: issue.url };
  const reason =
    isMoved && state === "closed" ? ({ state_reason: isNotPlanned ? "not_planned" : "completed" } as const) : {};
  const moved = isMoved ? { state, ...reason } : {};
  const { rest } = issues.github;
  const where = { ...issues.at, issue_number: issue.number };
  // Somebody may have written below the line since the issues were read.
  const { data: now } = await rest.issues.get(where);
  const { data } = await rest.issues.update({ ...where, ...contentOf(change, now.body ?? ""), ...moved });
  return { url: data.html_url };
}

async function openIssue(issues: Issues, { name, title, body, ...change }: IssueChange): Promise<AppliedIssue> {
  const { github, at } = issues;
  const labels = [...new Set([issueLabel, ...change.labels])];
  await makeLabels(issues, labels);
  const post = async (assignees: readonly string[]): Promise<AppliedIssue> => {
    const request = { ...at, title, body, labels, ...(assignees.length > 0 && { assignees: [...assignees] }) };
    const { data } = await github.rest.issues.create({ ...request, request: { retries: 0 } });
    const assigned = data.assignees?.map(({ login }) => login.toLowerCase()) ?? [];
    const missing = change.assignees.filter((one) => !assigned.includes(one.toLowerCase()));
    const isLabelled = data.labels.some((label) => (typeof label === "string" ? label : label.name) === issueLabel);
    const url = data.html_url;
    if (!isLabelled && (await unlabellingUser(github, at)) === undefined)
      return { url, problem: makeFault("issue-unlabelled", { url, label: issueLabel }) };
    return missing.length === 0
      ? { url }
      : { url, problem: makeFault("issue-unassigned", { url, names: missing.join(", ") }) };
  };
  const find = async (): Promise<AppliedIssue | undefined> =>
    (await loadIssues(issues)).find((one) => one.state === "open" && parseIssueBody(one.body).name === name);
  const open = async (assignees: readonly string[]): Promise<AppliedIssue> => {
    try {
      return await postOnce(issues, { post: () => post(assignees), find });
    } catch (error) {
      // Somebody who can't be assigned must not cost the alarm.
      if (!isRequestFailure(error) || error.status !== 422 || assignees.length === 0) throw error;
      const assignable = await assignableOf(issues, assignees);
      return await open(assignable.length < assignees.length ? assignable : []);
    }
  };
  return await open(change.assignees);
}

async function assignableOf({ github, at }: Issues, names: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const assignee of names) {
    try {
      await github.rest.issues.checkUserCanBeAssigned({ ...at, assignee });
      found.push(assignee);
    } catch (error) {
      if (!isRequestFailure(error)) throw error;
    }
  }
  return found;
}

/** Makes the labels that are missing. Where the token may not, GitHub leaves them out in silence, and no alarm is lost. */
async function makeLabels({ github, at, labels: known }: Issues, wanted: readonly string[]): Promise<void> {
  const isMissing = (name: string): boolean => !known.has(name.toLowerCase());
  if (!wanted.some(isMissing)) return;
  for (const { name } of await github.paginate(github.rest.issues.listLabelsForRepo, { ...at, per_page: 100 })) {
    known.add(name.toLowerCase());
  }
  for (const name of wanted.filter(isMissing)) {
    known.add(name.toLowerCase());
    try {
      await github.rest.issues.createLabel({ ...at, name, color: "b60205", request: { retries: 0 } });
    } catch (error) {
      if (!isRequestFailure(error) || ![403, 404, 422].includes(error.status)) throw error;
    }
  }
}

async function addComment(
  issues: Issues,
  { number, author }: ExistingIssue,
  { mark, text }: { mark: string; text: string },
): Promise<void> {
  const { github, at } = issues;
  const where = { ...at, issue_number: number };
  // Anybody may comment on an issue of a public repository, with our mark as well.
  const isOurs = (user: { login: string } | null): boolean => author === undefined || user?.login === author;
  const find = async (): Promise<true | undefined> => {
    const comments = await github.paginate(github.rest.issues.listComments, { ...where, per_page: 100 });
    return comments.some(({ body, user }) => body?.includes(mark) && isOurs(user)) ? true : undefined;
  };
  const post = async (): Promise<true> => {
    const body = `${cutAtLine(text, longestBody - mark.length - 2)}\n\n${mark}`;
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

/** GitHub's own limits, in characters; beyond them it answers with 422. */
const longestTitle = 256;
const longestBody = 65_536;

const cutNote = "\n\n… cut here: GitHub takes no more.\n\n";

/**
 * What is sent, with what a person wrote below the line in the body as it was. A body that is too long loses lines of ours, never
 * the hidden marks and the box, nor what a person wrote: where that leaves no room for the marks, the body stays as it is.
 */
function contentOf({ title, body: whole }: IssueChange, before = ""): { title: string; body: string } {
  const cutTitle = title.length > longestTitle ? `${title.slice(0, longestTitle - 1)}…` : title;
  const [ours = "", ...rest] = withTick(whole, before).split(bodyMarks.yours);
  const yours = rest.length === 0 ? "" : bodyMarks.yours + (yoursIn(before, ours) || rest.join(bodyMarks.yours));
  const room = longestBody - yours.length;
  if (ours.length <= room) return { title: cutTitle, body: ours + yours };
  const [marks = ""] = /^.*\n.*\n/.exec(ours) ?? [];
  const ends = endsOf(ours);
  const end = ends.map((one) => cutNote + one).find((one) => marks.length + one.length <= room);
  if (end === undefined && before !== "") return { title: cutTitle, body: before };
  const head = ours.slice(0, ours.length - (ends[0]?.length ?? 0));
  const lines = cutAtLine(head, room - (end ?? cutNote).length);
  // What is folded would fold what a person wrote as well, were its end cut off.
  const folded = lines.lastIndexOf("<details>");
  const shown = folded > lines.lastIndexOf("</details>") ? lines.slice(0, folded).trimEnd() : lines;
  return { title: cutTitle, body: shown + (end ?? cutNote) + yours };
}

function cutAtLine(text: string, room: number): string {
  return text.length <= room ? text : text.slice(0, room).replace(/\n[^\n]*$/, "");
}

/** Whether two texts are the same but for line ends, which GitHub's editor makes CRLF, blanks at the end, and the links to the run. */
function isSame(one: string, other: string): boolean {
  const normal = (text: string): string => {
    const [ours = "", rest = ""] = text.replaceAll("\r\n", "\n").split(bodyMarks.run);
    return (ours + rest.slice(Math.max(0, rest.indexOf(bodyMarks.yours)))).trimEnd();
  };
  return normal(one) === normal(other);
}
