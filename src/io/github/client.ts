import { retry } from "@octokit/plugin-retry";
import { throttling } from "@octokit/plugin-throttling";
import { Octokit } from "@octokit/rest";

/** GitHub as one token sees it. */
export interface GitHubOptions {
  /** `GITHUB_TOKEN` of a workflow run, or a personal access token. */
  token: string;
  /** `GITHUB_API_URL`; `https://api.github.com` when left out. */
  apiUrl?: string;
  /** `false`: no pauses between writes and before retries, for a local server. */
  pauses?: boolean;
  /** The client only reads: GraphQL's queries are POSTs, and would wait for each other as writes do. */
  isReader?: boolean;
  timeout?: number;
}

/** Seconds that a rate limit may keep us waiting; a longer one is an error, and the next run catches up. */
const longestWait = 60;

const defaultTimeout = 30_000;

/**
 * A client of GitHub's REST API that keeps to its best practices: a second between writes, three between those that
 * notify people, and a short rate limit is waited for once.
 *
 * Reads and PATCHes are repeated on 5xx. A POST must say `request: { retries: 0 }`, since a 5xx may come after it was done.
 */
export function githubClient({
  token,
  apiUrl,
  pauses = true,
  isReader = false,
  timeout = defaultTimeout,
}: GitHubOptions): Octokit {
  const noLog = (): void => undefined;
  const waitShortly = (seconds: number, _options: object, _octokit: object, retries: number): boolean =>
    retries === 0 && seconds <= longestWait;
  // The order matters: throttling first, so that retry does not repeat what throttling waits for.
  return new (Octokit.plugin(throttling, retry))({
    auth: token,
    ...(apiUrl === undefined ? {} : { baseUrl: apiUrl }),
    log: { debug: noLog, info: noLog, warn: noLog, error: noLog },
    // Octokit has no timeout of its own.
    request: {
      fetch: (...[input, init]: Parameters<typeof fetch>) =>
        fetch(input, { ...init, signal: AbortSignal.timeout(timeout) }),
    },
    throttle: {
      onRateLimit: waitShortly,
      onSecondaryRateLimit: waitShortly,
      ...(pauses && !isReader ? {} : unpacedWrites),
      ...(pauses ? {} : { ...unpacedQueues, retryAfterBaseValue: 0 }),
    },
    retry: {
      doNotRetry: [400, 401, 403, 404, 410, 422, 429, 451],
      ...(pauses ? {} : { retryAfterBaseValue: 0 }),
    },
  });
}

/** A repository, `owner/name` as GitHub and the settings have it, for the REST API. */
export function placeOf(repository: string): { owner: string; repo: string } {
  const [owner = "", repo = ""] = repository.split("/");
  return { owner, repo };
}

/** Stands in for a queue of the plugin (a `Bottleneck.Group`) and runs everything at once. */
const unpaced = {
  key: () => ({
    schedule: <T>(_options: object, task: (...parameters: unknown[]) => T, ...parameters: unknown[]): T =>
      task(...parameters),
  }),
};

/** As `object`, since the plugin's type asks for all of `Bottleneck`. */
const unpacedWrites: object = { write: unpaced, notifications: unpaced };
const unpacedQueues: object = { global: unpaced, auth: unpaced };

/** Whether everybody can read a repository; `undefined` when GitHub doesn't say. */
export async function isPublicRepository({
  repository,
  ...options
}: GitHubOptions & { repository: string }): Promise<boolean | undefined> {
  const answer = await githubClient(options)
    .rest.repos.get(placeOf(repository))
    .catch(() => undefined);
  return answer && answer.data.visibility === "public";
}
