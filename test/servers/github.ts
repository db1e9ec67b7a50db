import { type Call, findCall, replyTrouble, requestTrouble, requiredNames } from "./github-contract.ts";
import { commentPayload, issuePayload, type Place, repositoryPayload, type StoredIssue } from "./github-payloads.ts";
import { type Fault, type LoopbackReply, type LoopbackRequest, startLoopback } from "./loopback.ts";

/** A local GitHub with one repository: each request and each answer is checked by GitHub's own description of its API. */
export interface GitHubServer {
  /** For `githubClient`, and for `GITHUB_API_URL`. */
  apiUrl: string;
  /** Every request in its order. */
  requests: RecordedRequest[];
  issues: StoredIssue[];
  /** What one request meets instead of GitHub: see `rateLimit` and `secondaryRateLimit`. */
  next(fault: Fault): void;
  /** @throws when a request or an answer did not fit GitHub's description. */
  stop(): Promise<void>;
}

export interface GitHubServerOptions {
  /** `owner/name` */
  repository?: string;
  token?: string;
  /** The `permissions: issues:` of the token. */
  permission?: "write" | "read" | "none";
  /** `false`: labels are dropped in silence, as for people without write access. */
  mayLabel?: boolean;
  isPrivate?: boolean;
  hasIssues?: boolean;
  archived?: boolean;
  issues?: Partial<StoredIssue>[];
}

export interface RecordedRequest {
  method: string;
  /** With the query. */
  path: string;
  body?: unknown;
}

type Fields = Record<string, unknown>;

/** The primary rate limit, lifted after some seconds. */
export function rateLimit(seconds: number): Fault {
  const reset = Math.floor(Date.now() / 1000) + seconds;
  return {
    ...failed(403, "API rate limit exceeded for installation ID 1."),
    headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(reset) },
  };
}

/** The secondary rate limit, on too many writes at once. */
export function secondaryRateLimit(seconds: number): Fault {
  const message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
  return { ...failed(403, message), headers: { "Retry-After": String(seconds) } };
}

/** Starts a local GitHub on a port of its own. */
export async function startGitHub(options: GitHubServerOptions = {}): Promise<GitHubServer> {
  const { repository = "octo-org/mail", token = "ghs_test_token", permission = "write", mayLabel = true } = options;
  const { isPrivate = true, hasIssues = true, archived = false } = options;
  const issues = (options.issues ?? []).map((issue, index) => ({ ...newIssue(index + 1), ...issue }));
  const requests: RecordedRequest[] = [];
  const violations: string[] = [];
  const server = await startLoopback(answer, record);
  const place: Place = { api: server.url, repository };

  function record({ method, url, body }: LoopbackRequest): void {
    const path = url.pathname + url.search;
    requests.push({ method, path, ...(body.length === 0 ? {} : { body: JSON.parse(body.toString()) }) });
  }

  function answer(request: LoopbackRequest): LoopbackReply {
    const { method, url } = request;
    const call = findCall(method, url.pathname);
    const fields = request.body.length === 0 ? undefined : (JSON.parse(request.body.toString()) as Fields);
    const trouble =
      call === undefined ? ["is not in github-schema.json"] : requestTrouble(call, url.searchParams, fields);
    violations.push(...trouble.map((what) => `${method} ${url.pathname}: ${what}`));
    const reply =
      refusalOf(request, call, trouble) ?? answers[call?.operationId ?? ""]?.(call?.path ?? {}, url, fields ?? {});
    const { status, body } = reply ?? failed(404, "Not Found");
    violations.push(
      ...replyTrouble(call, status, body).map((what) => `${status} to ${method} ${url.pathname}: ${what}`),
    );
    return { ...failed(404, "Not Found"), ...reply };
  }

  function refusalOf(request: LoopbackRequest, call: Call | undefined, trouble: string[]): LoopbackReply | undefined {
    const given = /^(?:bearer|token) (.*)$/i.exec(request.headers.authorization ?? "")?.[1];
    if (given !== token) return failed(401, given === undefined ? "Requires authentication" : "Bad credentials");
    if (call === undefined || `${call.path.owner}/${call.path.repo}` !== repository) return failed(404, "Not Found");
    if (trouble.length > 0) return invalid(trouble.map((message) => ({ code: "custom", message })));
    if (call.operationId === "repos/get") return undefined;
    const isRead = request.method === "GET";
    if (permission === "none" || (permission === "read" && !isRead)) {
      return failed(403, "Resource not accessible by integration");
    }
    if (!hasIssues) return failed(410, "Issues has been disabled in this repository.");
    if (archived && !isRead) return failed(403, "Repository was archived so is read-only.");
    return undefined;
  }

  const answers: Record<string, (path: Record<string, string>, url: URL, fields: Fields) => LoopbackReply> = {
    "repos/get": () => {
      const openIssues = issues.filter(({ state }) => state === "open").length;
      const facts = { isPrivate, hasIssues, archived, openIssues };
      return { status: 200, body: repositoryPayload(place, facts, requiredNames("full-repository")) };
    },
    "issues/list-for-repo": (_path, url) => {
      const { state = "open", labels = "", direction = "desc" } = Object.fromEntries(url.searchParams);
      const wanted = labels.split(",").filter((label) => label !== "");
      const found = issues
        .filter((issue) => state === "all" || issue.state === state)
        .filter((issue) => wanted.every((label) => issue.labels.includes(label)))
        .sort((a, b) => (direction === "asc" ? a.number - b.number : b.number - a.number));
      return pageOf(
        found.map((issue) => issuePayload(place, issue)),
        url,
      );
    },
    "issues/get": ({ issue_number }) => withIssue(issue_number, (issue) => shown(issue, 200)),
    "issues/create": (_path, _url, fields) => {
      const issue = newIssue(issues.length + 1);
      const trouble = change(issue, fields);
      if (trouble !== undefined) return trouble;
      issues.push(issue);
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
    const { title = issue.title, body = issue.body, state = issue.state, state_reason: reason, labels } = fields;
    if (String(title).length > 256) return tooLong("title", 256);
    if (String(body).length > 65_536) return tooLong("body", 65_536);
    if (state !== issue.state)
      issue.stateReason = typeof reason === "string" ? reason : state === "open" ? "reopened" : "completed";
    Object.assign(issue, { title, body, state });
    if (labels !== undefined && mayLabel) issue.labels = (labels as string[]).map(String);
    return undefined;
  }

  return {
    apiUrl: server.url,
    requests,
    issues,
    next: (fault) => server.next(fault),
    async stop() {
      await server.stop();
      if (violations.length > 0) throw new Error(`Against GitHub's description:\n${violations.join("\n")}`);
    },
  };
}

function newIssue(number: number): StoredIssue {
  return {
    number,
    title: "",
    body: "",
    state: "open",
    stateReason: null,
    labels: [],
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

function failed(status: number, message: string): Required<Pick<LoopbackReply, "status" | "body">> {
  return { status, body: { message, documentation_url: "https://docs.github.com/rest", status: String(status) } };
}

function invalid(errors: object[]): LoopbackReply {
  return {
    status: 422,
    body: { message: "Validation Failed", errors, documentation_url: "https://docs.github.com/rest", status: "422" },
  };
}

function tooLong(field: string, most: number): LoopbackReply {
  const message = `${field} is too long (maximum is ${most} characters)`;
  return invalid([{ resource: "Issue", code: "custom", field, message }]);
}
