import * as z from "zod";
import { type Fault, makeFault } from "../../report/fault.ts";
import { HistoryError, TooLargeError } from "../history.ts";
import { type GitHubOptions, githubClient, placeOf } from "./client.ts";
import { graphqlOf } from "./graphql.ts";
import { historyAdvice, isTooLarge, passingOf } from "./history-advice.ts";
import type { FileReader } from "./history-files.ts";

/** Where the history is on GitHub, and as whom it is written. */
export interface GitHubHistoryOptions extends GitHubOptions {
  /** `GITHUB_GRAPHQL_URL`; the one that goes with `apiUrl` when left out. */
  graphqlUrl?: string;
  /** `GITHUB_SERVER_URL`; `https://github.com` when left out. */
  serverUrl?: string;
  /** `owner/name` */
  repository: string;
  /** The branch that holds the history; the default branch when left out. One that is missing is made by the first commit. */
  dataBranch?: string;
  /** A folder of the repository, which need not be there; empty for its top. */
  dataPath: string;
}

/** Milliseconds for one request: a large commit takes its time. */
const timeout = 60_000;

/** The branch of a repository that holds the history, and what is known of it. */
export interface Store extends FileReader {
  repository: string;
  /** Without `refs/heads/`; known from `open` on. */
  branch: string | undefined;
  /** The data folder from the top of the repository; empty when it is the top. */
  folder: string;
  isArchived: boolean;
  /** The blobs at the head by their path, as far as they were asked for; `undefined` for a file that is not there. */
  known: Map<string, string | undefined>;
}

/** What the options name; nothing is asked of GitHub yet. */
export function storeOf(options: GitHubHistoryOptions): Store {
  const { repository, dataBranch, dataPath, apiUrl = "https://api.github.com" } = options;
  // The token is for one host: GraphQL is looked for where REST is.
  const { graphqlUrl = `${apiUrl.replace(/\/v3\/?$/, "")}/graphql` } = options;
  const octokit = githubClient({ timeout, ...options });
  const reader = githubClient({ timeout, ...options, isReader: true });
  return {
    octokit,
    graphql: graphqlOf({ writer: octokit, reader }, graphqlUrl),
    at: placeOf(repository),
    repository,
    branch: dataBranch?.replace(/^refs\/heads\//, ""),
    folder: dataPath,
    isArchived: false,
    known: new Map(),
  };
}

/** The branch and its repository, for a text. */
export function branchOf({ branch = "", repository }: Store): { branch: string; repository: string } {
  return { branch, repository };
}

/**
 * Does what may fail, and turns what is no advice yet into advice.
 *
 * @param doing - After "could not": `commit to branch main of octo-org/mail`.
 */
export async function advised<T>({ repository, branch }: Store, doing: Fault, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof HistoryError) throw error;
    const advice = historyAdvice({ doing, repository, branch }, error);
    if (isTooLarge(error)) throw new TooLargeError(advice, { cause: error });
    throw new HistoryError(advice, { cause: error, passing: passingOf(error) });
  }
}

const refShape = z
  .object({ name: z.string(), target: z.object({ oid: z.string(), committedDate: z.string().optional() }).nullable() })
  .nullish();
const branchShape = z.object({
  repository: z.object({ visibility: z.string(), isArchived: z.boolean(), defaultBranchRef: refShape, ref: refShape }),
});
const branchQuery = `query Branch($owner: String!, $repo: String!, $ref: String!, $isNamed: Boolean!) {
  repository(owner: $owner, name: $repo) {
    visibility
    isArchived
    defaultBranchRef { ...Head }
    ref(qualifiedName: $ref) @include(if: $isNamed) { ...Head }
  }
}
fragment Head on Ref { name target { oid ... on Commit { committedDate } } }`;

/**
 * Looks where the branch stands now, with one request; without a name it is the default branch.
 *
 * @param before - Where it stood when it was read before.
 * @throws HistoryError when the repository can't be read or has no commit, or the branch was there before and is gone.
 */
export async function openBranch(
  store: Store,
  before?: string,
): Promise<{ head: string | undefined; headDate: Date | undefined; isPublic: boolean }> {
  const { branch, at, repository: name } = store;
  const doing = makeFault(branch === undefined ? "to-read-default" : "to-read-branch", branchOf(store));
  const { repository } = await advised(store, doing, () =>
    store.graphql({
      query: branchQuery,
      variables: { ...at, ref: `refs/heads/${branch ?? ""}`, isNamed: branch !== undefined },
      shape: branchShape,
    }),
  );
  const { visibility, isArchived, defaultBranchRef } = repository;
  const ref = branch === undefined ? defaultBranchRef : repository.ref;
  if (!ref && before !== undefined)
    throw new HistoryError(makeFault("branch-deleted", { ...branchOf(store), commit: before }));
  if (!ref && !defaultBranchRef) {
    const step = makeFault("repository-empty", { repository: name });
    throw new HistoryError(makeFault("github-impossible", { doing, step }));
  }
  store.branch ??= ref?.name;
  store.isArchived = isArchived;
  const { oid: head, committedDate } = ref?.target ?? {};
  return {
    head,
    headDate: committedDate === undefined ? undefined : new Date(committedDate),
    isPublic: visibility === "PUBLIC",
  };
}
