import { bareRepository } from "../bare-repository.ts";
import { type Fault, type LoopbackReply, type LoopbackRequest, startLoopback } from "../loopback.ts";
import { type Call, findCall, replyTrouble, requestTrouble, requiredNames } from "./contract.ts";
import { failed, invalid } from "./failures.ts";
import { gitAnswers } from "./git.ts";
import { answerGraphQL, type GraphQLRequest } from "./graphql.ts";
import { issueAnswers, newIssue, tokenUser } from "./issues.ts";
import { ownUserPayload, type Place, repositoryPayload, type StoredIssue } from "./payloads.ts";
import { type RepositoryOptions, repositoryRoot } from "./repository.ts";
import { setupAnswers } from "./setup.ts";
import { documentedLimits, type Usage, type UsageLimits, usageCounter } from "./usage.ts";

export { graphqlRateLimit, graphqlTimeout, rateLimit, secondaryRateLimit } from "./failures.ts";

/** A local GitHub with a repository, and others that have issues alone: each request and each answer is checked by GitHub's own description of its API. */
export interface GitHubServer {
  /** For `githubClient`, and for `GITHUB_API_URL`. */
  apiUrl: string;
  /** For `GITHUB_GRAPHQL_URL`. */
  graphqlUrl: string;
  /** Every request in its order. */
  requests: RecordedRequest[];
  issues: StoredIssue[];
  /** Those of another repository. */
  issuesOf(repository: string): StoredIssue[];
  /** The names of the repository's labels. */
  labels: string[];
  usage(): Usage;
  /** What one request meets instead of GitHub: see `rateLimit` and its like. */
  next(fault: Fault): void;
  /** @throws when a request or an answer did not fit GitHub's description. */
  stop(): Promise<void>;
}

export interface GitHubServerOptions extends Partial<Omit<RepositoryOptions, "bare">> {
  /** The folder of the bare git repository that stands behind it; without one there is no GraphQL and no `git/*`. */
  bare?: string;
  token?: string;
  /** The `permissions: issues:` of the token. */
  permission?: "write" | "read" | "none";
  /** `false`: labels and assignees are dropped in silence, as for people without write access. */
  mayLabel?: boolean;
  labels?: string[];
  assignable?: string[];
  /** The moment at which issues are closed, ISO 8601. */
  now?: () => string;
  hasIssues?: boolean;
  issues?: Partial<StoredIssue>[];
  /** The token for other repositories; `token` when absent. */
  otherToken?: string;
  /** Other repositories, with the `permissions: issues:` that the token has in them. */
  others?: Record<string, "write" | "read" | "none">;
  /** Types of the rules of a ruleset on the branch, as `pull_request`; `protected` is a classic protection, `missing` that there is no such branch yet. */
  branchRules?: string[];
  /** Types of the rules of another ruleset, and whether the token may bypass that one. */
  bypass?: { rules: string[]; mode: "always" | "exempt" | "pull_requests_only" };
  /** The text of the one workflow, and whether GitHub still runs it by its schedule. */
  workflow?: { name: string; text: string; state?: string };
  /** The APIs stand where GitHub Enterprise Server has them. */
  isEnterprise?: boolean;
  limits?: Partial<UsageLimits>;
  /** The bytes that a request may have; GitHub documents no limit, and was seen to refuse commits of 40 MiB. */
  longestBody?: number;
  /** Called for each request before anything is done. */
  before?: (request: RecordedRequest) => void | Promise<void>;
  /** Called for each request that reached GitHub when all is done, before it is answered. */
  after?: (request: RecordedRequest) => void | Promise<void>;
}

export interface RecordedRequest {
  method: string;
  /** With the query. */
  path: string;
  body?: unknown;
  /** Kind and name of a GraphQL operation: `query Files`. */
  operation?: string;
}

type Fields = Record<string, unknown>;

/** Starts a local GitHub on a port of its own. */
export async function startGitHub(options: GitHubServerOptions = {}): Promise<GitHubServer> {
  const { repository = "octo-org/mail", token = "ghs_test_token", permission = "write", mayLabel = true } = options;
  const { isPrivate = true, hasIssues = true, archived = false, contents = "write", isEnterprise = false } = options;
  const { longestBody = 40_000_000 } = options;
  const issues = (options.issues ?? []).map((issue, index) => ({ ...newIssue(index + 1), ...issue }));
  const requests: RecordedRequest[] = [];
  const recorded = new WeakMap<LoopbackRequest, RecordedRequest>();
  const violations: string[] = [];
  const counter = usageCounter({ ...documentedLimits, ...options.limits });
  const server = await startLoopback(serve, record);
  const apiPath = isEnterprise ? "/api/v3" : "";
  const graphqlPath = isEnterprise ? "/api/graphql" : "/graphql";
  const place: Place = { api: server.url + apiPath, repository };
  const shared: RepositoryOptions | undefined =
    options.bare === undefined
      ? undefined
      : {
          rules: [],
          creationRules: [],
          rulesOf: "ruleset",
          mostObjects: Number.POSITIVE_INFINITY,
          ...options,
          repository,
          isPrivate,
          archived,
          contents,
          bare: bareRepository(options.bare),
        };
  const git = shared === undefined ? {} : gitAnswers(place.api, shared);
  const { labels = ["bug"], assignable = [], now = () => "2026-11-20T06:17:00Z" } = options;
  const store = { issues, labels, assignable, mayLabel, now };
  const trackerOf = (name: string, own: Partial<typeof store> = {}) => {
    const kept = { ...store, ...own };
    return { ...kept, answers: issueAnswers({ ...place, repository: name }, kept) };
  };
  const trackers = new Map([
    [repository, { ...trackerOf(repository), permission }],
    ...Object.entries(options.others ?? {}).map(
      ([name, granted]) => [name, { ...trackerOf(name, { issues: [], labels: [] }), permission: granted }] as const,
    ),
  ]);
  const setup = setupAnswers(place, options);

  async function record(request: LoopbackRequest): Promise<void> {
    const { method, url, body } = request;
    const path = url.pathname + url.search;
    const fields = body.length === 0 ? undefined : (JSON.parse(body.toString()) as Fields);
    const [operation] = /^(query|mutation) \w+/.exec(String(fields?.query)) ?? [];
    const entry: RecordedRequest = {
      method,
      path,
      ...(fields === undefined ? {} : { body: fields }),
      ...(url.pathname === graphqlPath && operation !== undefined ? { operation } : {}),
    };
    requests.push(entry);
    recorded.set(request, entry);
    await options.before?.(entry);
  }

  async function serve(request: LoopbackRequest): Promise<LoopbackReply> {
    const entry = recorded.get(request);
    const isRead = request.method === "GET" || entry?.operation?.startsWith("query") === true;
    const reply = counter.count(!isRead) ?? (await answer(request, entry?.body as Fields | undefined));
    if (entry !== undefined) await options.after?.(entry);
    return { ...reply, headers: { ...counter.headers(), ...reply.headers } };
  }

  async function answer(request: LoopbackRequest, fields: Fields | undefined): Promise<LoopbackReply> {
    // Asked for the time alone, which stands in the header.
    if (request.method === "HEAD" && `${request.url.pathname}/`.startsWith(`${apiPath}/`)) return { status: 200 };
    if (request.url.pathname === graphqlPath && shared !== undefined) return await answerQuery(request, shared, fields);
    const { method, url } = request;
    const call = url.pathname.startsWith(apiPath) ? findCall(method, url.pathname.slice(apiPath.length)) : undefined;
    const trouble =
      call === undefined ? ["is not in github-schema.json"] : requestTrouble(call, url.searchParams, fields);
    violations.push(...trouble.map((what) => `${method} ${url.pathname}: ${what}`));
    const reply = refusalOf(request, call, trouble) ?? (await answerCall(call, request, fields ?? {}));
    // The raw media type has no schema.
    if (Buffer.isBuffer(reply.body)) return reply;
    const what = replyTrouble(call, reply.status, reply.body);
    violations.push(...what.map((one) => `${reply.status} to ${method} ${url.pathname}: ${one}`));
    return reply;
  }

  async function answerCall(call: Call | undefined, request: LoopbackRequest, fields: Fields): Promise<LoopbackReply> {
    const { operationId = "", path = {} } = call ?? {};
    if (operationId === "repos/get") {
      const openIssues = issuesOf(nameIn(path)).filter(({ state }) => state === "open").length;
      const facts = { isPrivate, hasIssues, archived, openIssues, mayPush: mayLabel ? undefined : false };
      return {
        status: 200,
        body: repositoryPayload({ ...place, repository: nameIn(path) }, facts, requiredNames("full-repository")),
      };
    }
    if (operationId === "users/get-authenticated") {
      if (mayLabel) return failed(403, "Resource not accessible by integration");
      return { status: 200, body: ownUserPayload(place.api, tokenUser) };
    }
    const missing = failed(404, "Not Found");
    return (
      (await git[operationId]?.(path, fields, request)) ??
      setup[operationId]?.(path) ??
      trackers.get(nameIn(path))?.answers[operationId]?.(path, request.url, fields) ??
      missing
    );
  }

  async function answerQuery(
    request: LoopbackRequest,
    shown: RepositoryOptions,
    fields: Fields | undefined,
  ): Promise<LoopbackReply> {
    const refusal = unknownToken(request) ?? tooLarge(request);
    if (refusal !== undefined) return refusal;
    const { body, trouble } = await answerGraphQL((fields ?? {}) as GraphQLRequest, repositoryRoot(shown));
    violations.push(...trouble.map((what) => `GraphQL: ${what}`));
    return { status: 200, body };
  }

  function unknownToken({ headers }: LoopbackRequest, call?: Call): LoopbackReply | undefined {
    const given = /^(?:bearer|token) (.*)$/i.exec(headers.authorization ?? "")?.[1];
    const isOther = call?.path.repo !== undefined && nameIn(call.path) !== repository;
    if (given === (isOther ? (options.otherToken ?? token) : token)) return undefined;
    return failed(401, given === undefined ? "Requires authentication" : "Bad credentials");
  }

  function tooLarge({ body }: LoopbackRequest): LoopbackReply | undefined {
    return body.length > longestBody ? failed(413, "Request body is too large") : undefined;
  }

  function refusalOf(request: LoopbackRequest, call: Call | undefined, trouble: string[]): LoopbackReply | undefined {
    const refusal = unknownToken(request, call) ?? tooLarge(request);
    if (refusal !== undefined) return refusal;
    if (call?.operationId === "users/get-authenticated") return undefined;
    const tracker = call && trackers.get(nameIn(call.path));
    if (call === undefined || tracker === undefined) return failed(404, "Not Found");
    if (trouble.length > 0) {
      const errors = trouble.map((message) => ({ code: "custom", message }));
      return invalid("Validation Failed", errors);
    }
    const isRead = request.method === "GET";
    if (/^(repos|actions)\//.test(call.operationId)) return undefined;
    const isGit = call.operationId.startsWith("git/");
    const granted = isGit ? contents : tracker.permission;
    if (granted === "none" || (granted === "read" && !isRead)) {
      return failed(403, "Resource not accessible by integration");
    }
    if (!isGit && !hasIssues) return failed(410, "Issues has been disabled in this repository.");
    if (archived && !isRead) return failed(403, "Repository was archived so is read-only.");
    return undefined;
  }

  function nameIn({ owner, repo }: Record<string, string>): string {
    return `${owner}/${repo}`;
  }

  function issuesOf(name: string): StoredIssue[] {
    return trackers.get(name)?.issues ?? [];
  }

  return {
    apiUrl: place.api,
    graphqlUrl: server.url + graphqlPath,
    requests,
    issues,
    issuesOf,
    labels,
    usage: () => counter.usage(),
    next: (fault) => server.next(fault),
    async stop() {
      await server.stop();
      shared?.bare.close();
      if (violations.length > 0) throw new Error(`Against GitHub's description:\n${violations.join("\n")}`);
    },
  };
}
