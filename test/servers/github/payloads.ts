/** An issue as the local GitHub keeps it. */
export interface StoredIssue {
  number: number;
  title: string;
  body: string;
  state: "open" | "closed";
  stateReason: string | null;
  /** When it was closed, ISO 8601. */
  closedAt: string | null;
  /** Who closed it; a name that ends in `[bot]` is that of a bot. */
  closedBy: string | null;
  /** Who opened it, and who comments: the token's user or App. */
  author: string;
  labels: string[];
  assignees: string[];
  comments: string[];
  /** GitHub lists pull requests among the issues. */
  pullRequest: boolean;
}

/** Where the repository is: its API's address, and `owner/name`. */
export interface Place {
  api: string;
  repository: string;
}

/** Whose comments these are. */
export const login = "github-actions[bot]";
const time = "2026-11-20T06:17:00Z";

/** An issue as GitHub's API shows it (schema `issue`). */
export function issuePayload({ api, repository }: Place, issue: StoredIssue): object {
  const url = `${api}/repos/${repository}/issues/${issue.number}`;
  const page = `https://github.com/${repository}/${issue.pullRequest ? "pull" : "issues"}/${issue.number}`;
  return {
    id: 1000 + issue.number,
    node_id: `I_${issue.number}`,
    url,
    repository_url: `${api}/repos/${repository}`,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: page,
    number: issue.number,
    state: issue.state,
    state_reason: issue.stateReason,
    title: issue.title,
    body: issue.body,
    user: userPayload(api, issue.author),
    labels: issue.labels.map((name) => labelPayload({ api, repository }, name)),
    assignee: null,
    assignees: issue.assignees.map((name) => userPayload(api, name)),
    milestone: null,
    locked: false,
    active_lock_reason: null,
    comments: issue.comments.length,
    ...(issue.pullRequest ? { pull_request: { url: page, html_url: page, diff_url: page, patch_url: page } } : {}),
    closed_at: issue.state === "closed" ? (issue.closedAt ?? time) : null,
    created_at: time,
    updated_at: time,
    author_association: "NONE",
  };
}

/** The same of one issue alone, which says who closed it. */
export function closedPayload(place: Place, issue: StoredIssue): object {
  return { ...issuePayload(place, issue), closed_by: issue.closedBy && userPayload(place.api, issue.closedBy) };
}

/** A label as GitHub's API shows it (schema `label`). */
export function labelPayload({ api, repository }: Place, name: string): object {
  const url = `${api}/repos/${repository}/labels/${encodeURIComponent(name)}`;
  return { id: 1, node_id: "LA_1", url, name, description: null, color: "ededed", default: false };
}

/** A comment as GitHub's API shows it (schema `issue-comment`); `index` counts from 0. */
export function commentPayload({ api, repository }: Place, issue: StoredIssue, index: number): object {
  const id = issue.number * 1000 + index;
  return {
    id,
    node_id: `IC_${id}`,
    url: `${api}/repos/${repository}/issues/comments/${id}`,
    html_url: `https://github.com/${repository}/issues/${issue.number}#issuecomment-${id}`,
    issue_url: `${api}/repos/${repository}/issues/${issue.number}`,
    body: issue.comments[index],
    user: userPayload(api, login),
    created_at: time,
    updated_at: time,
    author_association: "NONE",
  };
}

/** What of a repository a test may choose. */
export interface RepositoryFacts {
  isPrivate: boolean;
  hasIssues: boolean;
  archived: boolean;
  openIssues: number;
  /** Whether the token's owner may push, and so set labels; absent for the token of an App. */
  mayPush: boolean | undefined;
}

/**
 * A repository as GitHub's API shows it (schema `full-repository`).
 *
 * @param required - The names that the schema requires: most are addresses, and nobody here follows them.
 */
export function repositoryPayload({ api, repository }: Place, facts: RepositoryFacts, required: string[]): object {
  const [owner = "", name = ""] = repository.split("/");
  const url = `${api}/repos/${repository}`;
  const addresses = required.filter((key) => key.endsWith("_url")).map((key) => [key, `${url}/${key.slice(0, -4)}`]);
  const counts = required.filter((key) => /^(forks|watchers|size)$|_count$/.test(key)).map((key) => [key, 0]);
  return {
    ...Object.fromEntries([...addresses, ...counts]),
    id: 1,
    node_id: "R_1",
    name,
    full_name: repository,
    owner: userPayload(api, owner),
    private: facts.isPrivate,
    visibility: facts.isPrivate ? "private" : "public",
    url,
    html_url: `https://github.com/${repository}`,
    mirror_url: null,
    description: null,
    homepage: null,
    language: null,
    license: null,
    fork: false,
    default_branch: "main",
    archived: facts.archived,
    disabled: false,
    has_issues: facts.hasIssues,
    has_projects: false,
    has_wiki: false,
    has_pages: false,
    has_discussions: false,
    open_issues: facts.openIssues,
    open_issues_count: facts.openIssues,
    ...(facts.mayPush !== undefined && {
      permissions: { admin: false, push: facts.mayPush, triage: facts.mayPush, pull: true },
    }),
    pushed_at: time,
    created_at: time,
    updated_at: time,
  };
}

const userAddresses = [
  "followers",
  "following",
  "gists",
  "organizations",
  "received_events",
  "repos",
  "events",
  "starred",
  "subscriptions",
];

function userPayload(api: string, name: string): object {
  const url = `${api}/users/${encodeURIComponent(name)}`;
  return {
    ...Object.fromEntries(userAddresses.map((key) => [`${key}_url`, `${url}/${key}`])),
    id: 41_898_282,
    node_id: "U_1",
    login: name,
    url,
    html_url: `https://github.com/${name}`,
    avatar_url: "https://avatars.githubusercontent.com/u/41898282",
    gravatar_id: "",
    type: name.endsWith("[bot]") ? "Bot" : "User",
    site_admin: false,
  };
}

/** The user whose the token is (schema `public-user`). */
export function ownUserPayload(api: string, name: string): object {
  const [text, count] = [null, 0];
  const said = { bio: text, blog: "", company: text, email: text, hireable: text, location: text, name: text };
  const counts = { followers: count, following: count, public_gists: count, public_repos: count };
  return { ...userPayload(api, name), ...said, ...counts, created_at: time, updated_at: time };
}
