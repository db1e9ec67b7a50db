import type { LoopbackReply } from "../loopback.ts";
import { failed, invalid } from "./failures.ts";
import {
  closedPayload,
  commentPayload,
  issuePayload,
  labelPayload,
  login,
  type Place,
  type StoredIssue,
} from "./payloads.ts";

type Fields = Record<string, unknown>;

/** Answers an operation of `issues/*` with the values of its path and the fields of its body. */
export type IssueAnswer = (path: Record<string, string>, url: URL, fields: Fields) => LoopbackReply;

/** What stands behind the issues of a repository; all of it is changed in place. */
export interface IssueStore {
  issues: StoredIssue[];
  /** The labels of the repository. */
  labels: string[];
  /** Who can be assigned; everybody else is refused. */
  assignable: readonly string[];
  /** Whether the token's owner may set labels and assignees: if not, these are dropped in silence. */
  mayLabel: boolean;
  /** The moment at which issues are closed, ISO 8601. */
  now: () => string;
}

/** GitHub's REST API for the issues of a repository. */
export function issueAnswers(place: Place, store: IssueStore): Record<string, IssueAnswer> {
  const { issues, labels: known, mayLabel } = store;
  let made = 0;
  return {
    "issues/list-labels-for-repo": (_path, url) =>
      pageOf(
        known.map((name) => labelPayload(place, name)),
        url,
      ),
    "issues/create-label": (_path, _url, { name }) => {
      if (!mayLabel) return failed(404, "Not Found");
      const isKnown = known.some((one) => one.toLowerCase() === String(name).toLowerCase());
      if (isKnown) return invalid("Validation Failed", [{ resource: "Label", code: "already_exists", field: "name" }]);
      known.push(String(name));
      return { status: 201, body: labelPayload(place, String(name)) };
    },
    "issues/check-user-can-be-assigned": ({ assignee = "" }) =>
      store.assignable.includes(assignee) ? { status: 204 } : failed(404, "Not Found"),
    "issues/list-for-repo": (_path, url) => {
      const { state = "open", labels = "", direction = "desc", creator } = Object.fromEntries(url.searchParams);
      const wanted = labels.split(",").filter((label) => label !== "");
      const found = issues
        .filter((issue) => state === "all" || issue.state === state)
        // All are of one user here.
        .filter(() => creator === undefined || creator === tokenUser)
        .filter((issue) => wanted.every((label) => issue.labels.includes(label)))
        .sort((a, b) => (direction === "asc" ? a.number - b.number : b.number - a.number));
      return pageOf(
        found.map((issue) => issuePayload(place, issue)),
        url,
      );
    },
    // Lists do not say who closed an issue.
    "issues/get": ({ issue_number }) =>
      withIssue(issue_number, (issue) => ({ status: 200, body: closedPayload(place, issue) })),
    "issues/create": (_path, _url, fields) => {
      // The number of one that was deleted is not given again.
      const issue = newIssue(Math.max(made, ...issues.map(({ number }) => number)) + 1);
      const trouble = change(issue, fields);
      if (trouble !== undefined) return trouble;
      issues.push(issue);
      made = issue.number;
      return shown(issue, 201);
    },
    "issues/update": ({ issue_number }, _url, fields) =>
      withIssue(issue_number, (issue) => change(issue, fields) ?? shown(issue, 200)),
    "issues/list-comments": ({ issue_number }, url) =>
      withIssue(issue_number, (issue) =>
        pageOf(
          issue.comments.map((_comment, index) => commentPayload(place, issue, index)),
          url,
        ),
      ),
    "issues/create-comment": ({ issue_number }, _url, { body }) =>
      withIssue(issue_number, (issue) => {
        if (String(body).length > 65_536) return tooLong("body", 65_536);
        issue.comments.push(String(body));
        return { status: 201, body: commentPayload(place, issue, issue.comments.length - 1) };
      }),
  };

  function withIssue(number: string | undefined, work: (issue: StoredIssue) => LoopbackReply): LoopbackReply {
    const issue = issues.find((candidate) => String(candidate.number) === number);
    return issue === undefined ? failed(404, "Not Found") : work(issue);
  }

  function shown(issue: StoredIssue, status: number): LoopbackReply {
    return { status, body: issuePayload(place, issue) };
  }

  function change(issue: StoredIssue, fields: Fields): LoopbackReply | undefined {
    const { title = issue.title, body = issue.body, state = issue.state, state_reason: reason } = fields;
    const { labels, assignees = [] } = fields as { labels?: unknown[]; assignees?: string[] };
    if (String(title).length > 256) return tooLong("title", 256);
    if (String(body).length > 65_536) return tooLong("body", 65_536);
    const stranger = assignees.find((name) => !store.assignable.includes(name));
    if (stranger !== undefined) {
      const trouble = { value: stranger, resource: "Issue", field: "assignees", code: "invalid" };
      return invalid("Validation Failed", [trouble]);
    }
    if (state !== issue.state) {
      issue.stateReason = typeof reason === "string" ? reason : state === "open" ? "reopened" : "completed";
      issue.closedAt = state === "closed" ? store.now() : null;
      issue.closedBy = state === "closed" ? login : null;
    }
    Object.assign(issue, { title, body, state });
    if (labels !== undefined && mayLabel) issue.labels = labels.map(String);
    if (mayLabel) issue.assignees.push(...assignees);
    return undefined;
  }
}

/** Whose the token is, where it is a user's. */
export const tokenUser = "octocat";

/** An open issue that says nothing yet. */
export function newIssue(number: number): StoredIssue {
  return {
    number,
    title: "",
    body: "",
    state: "open",
    stateReason: null,
    closedAt: null,
    closedBy: null,
    author: login,
    labels: [],
    assignees: [],
    comments: [],
    pullRequest: false,
  };
}

/** One page, with the links to the others. */
function pageOf(items: object[], url: URL): LoopbackReply {
  const { per_page: size = "30", page = "1" } = Object.fromEntries(url.searchParams);
  const perPage = Math.min(Number(size), 100);
  const pages = Math.ceil(items.length / perPage);
  const start = (Number(page) - 1) * perPage;
  const linkTo = (number: number, rel: string): string => {
    const target = new URL(url);
    target.searchParams.set("page", String(number));
    return `<${target.href}>; rel="${rel}"`;
  };
  const links = Number(page) < pages ? [linkTo(Number(page) + 1, "next"), linkTo(pages, "last")] : [];
  return {
    status: 200,
    ...(links.length === 0 ? {} : { headers: { Link: links.join(", ") } }),
    body: items.slice(start, start + perPage),
  };
}

function tooLong(field: string, most: number): LoopbackReply {
  const message = `${field} is too long (maximum is ${most} characters)`;
  return invalid("Validation Failed", [{ resource: "Issue", code: "custom", field, message }]);
}
