import type { Passing } from "../history.ts";
import { networkFailure } from "../http.ts";
import { isRateLimit, isRequestFailure, oneLine, type RequestFailure, resetOf } from "./failure.ts";
import { GraphQLError } from "./graphql.ts";

/** What was asked of GitHub. */
export interface HistoryCall {
  /** After "could not": `commit to dmarc-data of octo-org/mail`. */
  doing: string;
  /** `owner/name` */
  repository: string;
  /** The branch that holds the history, if it is known. */
  branch: string | undefined;
}

/**
 * What went wrong with a call of GitHub's APIs and what to do about it, in one paragraph.
 *
 * Never holds the token: only GitHub's message, on one line and cut, and what is configured are repeated.
 *
 * @see https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
 * @see https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
 */
export function historyAdvice(call: HistoryCall, error: unknown): string {
  const failed = `GitHub: could not ${call.doing}`;
  if (error instanceof GraphQLError) {
    const said = error.errors.map(({ message }) => oneLine(message)).join(" / ") || oneLine(error.message);
    return `${failed} (${said}). ${graphqlAdvice(call, error)}`;
  }
  if (!isRequestFailure(error)) return `${failed}: ${oneLine(String(error))}`;
  if (error.response === undefined) return `${failed}: ${networkFailure(error).reason}. Nothing is lost: run again.`;
  return `${failed} (HTTP ${error.status}: ${oneLine(error.message)}). ${requestAdvice(call, error)}`;
}

/** GitHub's advice for a secondary limit that does not say when to come back: a minute. */
const usualPause = 60;

/**
 * Whether what went wrong with a call of GitHub's APIs passes by itself: a rate limit, trouble on GitHub's side, or no
 * answer at all.
 *
 * @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export function passingOf(error: unknown): Passing {
  if (error instanceof GraphQLError) {
    const types = error.errors.flatMap(({ type }) => type ?? []);
    if (types.some(isRateLimitType)) return { isPassing: true, pause: pauseOf(error) };
    return { isPassing: types.every((type) => type === "RESOURCE_LIMITS_EXCEEDED") };
  }
  if (!isRequestFailure(error)) return { isPassing: false };
  if (isRateLimit(error)) return { isPassing: true, pause: pauseOf(error) };
  return { isPassing: error.response === undefined || error.status >= 500 };
}

/** githubkit's maintainers saw the second one, too: https://github.com/yanyongyu/githubkit/issues/271 */
function isRateLimitType(type: string | undefined): boolean {
  return type === "RATE_LIMITED" || type === "RATE_LIMIT";
}

/** Seconds until a rate limit is lifted. */
function pauseOf({ response }: Pick<RequestFailure, "response">): number {
  const { "retry-after": wait, "x-ratelimit-remaining": left, "x-ratelimit-reset": reset } = response?.headers ?? {};
  if (Number(wait) > 0) return Number(wait);
  return left === "0" && Number(reset) > 0 ? Math.max(1, Number(reset) - Date.now() / 1000) : usualPause;
}

function graphqlAdvice(call: HistoryCall, { errors, response }: GraphQLError): string {
  const types = errors.map(({ type }) => type);
  const said = errors.map(({ message }) => message).join("\n");
  if (types.some(isRateLimitType)) return rateLimitAdvice({ response });
  return (
    adviceByWords(call, said) ??
    (types.includes("BRANCH_PROTECTION_RULE_VIOLATION") ? ruleAdvice(call) : undefined) ??
    (types.includes("NOT_FOUND") ? repositoryAdvice(call) : undefined) ??
    (types.includes("FORBIDDEN") || types.includes("INSUFFICIENT_SCOPES") ? permissionAdvice : undefined) ??
    (types.includes("RESOURCE_LIMITS_EXCEEDED") || errors.length === 0 ? troubleAdvice : unknownAdvice)
  );
}

function requestAdvice(call: HistoryCall, error: RequestFailure): string {
  if (isRateLimit(error)) return rateLimitAdvice(error);
  const advice = adviceByWords(call, error.message);
  if (advice !== undefined) return advice;
  switch (error.status) {
    case 401:
      return "The token is wrong or has expired. Give input github-token the workflow's own token (github.token), a new personal access token or a GitHub App's token.";
    case 403:
      return permissionAdvice;
    case 404:
      return repositoryAdvice(call);
    case 409:
      return emptyAdvice(call.repository);
    case 413:
      return tooLargeAdvice;
    default:
      return error.status >= 500 ? troubleAdvice : unknownAdvice;
  }
}

/** What GitHub's words show more surely than its types and statuses: a ruleset comes as FORBIDDEN, 409 or 422. */
function adviceByWords(call: HistoryCall, said: string): string | undefined {
  if (/rule violations? found|protected branch|through a pull request|status checks? /i.test(said))
    return ruleAdvice(call);
  if (tooLarge.test(said)) return tooLargeAdvice;
  if (/archived/i.test(said)) return archivedAdvice(call.repository);
  if (/is empty/i.test(said)) return emptyAdvice(call.repository);
  if (/SAML/.test(said))
    return "The organization asks for single sign-on: authorize the personal access token for it (Settings, Developer settings, Configure SSO), or use the workflow's own token.";
  return undefined;
}

/** Whether GitHub refused for the size of what was sent: of the request, or of a file in it. */
export function isTooLarge(error: unknown): boolean {
  if (error instanceof GraphQLError) return error.errors.some(({ message }) => tooLarge.test(message));
  return isRequestFailure(error) && (error.status === 413 || (error.status === 422 && tooLarge.test(error.message)));
}

const tooLarge = /too (large|big)|exceeds .*\b(size|limit)\b/i;

/** The identity behind a workflow's own token is no App that a bypass list can name. */
function ruleAdvice({ branch, repository }: HistoryCall): string {
  return `A ruleset or branch protection (git push says GH013 or GH006) does not let the token write ${branch ?? "the branch"} of ${repository}. Name a branch without such rules in input data-branch, such as dmarc-data; or give input github-token the token of a GitHub App that is on the bypass list of the ruleset, where the workflow's own token can't be.`;
}

/** What to do about a branch that was deleted after `head` was read from it. */
export function goneAdvice({ branch, repository }: Pick<HistoryCall, "branch" | "repository">, head: string): string {
  return `Branch ${branch} of ${repository} was deleted while this run was under way. It is not made anew, since nobody would see that its history is missing. It stood at ${head}: restore it (git push origin ${head}:refs/heads/${branch} from a clone that has it), or run again to start a new history.`;
}

/** What to do about a repository that is read-only. */
export function archivedAdvice(repository: string): string {
  return `${repository} is archived, so that nothing can be committed. Unarchive it under Settings, or keep the history in another repository.`;
}

/** What to do about a `data-path` that can't hold a history: below it, GitHub would find nothing. */
export function noFolderAdvice(
  { branch, repository }: Pick<HistoryCall, "branch" | "repository">,
  path: string,
): string {
  return `data-path must be a folder, but ${path} on branch ${branch} of ${repository} is a symbolic link, a file or a submodule. Nothing was read or written. Name the folder itself in input data-path.`;
}

/** What to do about a repository without a commit, in which GitHub's API makes neither trees nor branches. */
export function emptyAdvice(repository: string): string {
  return `${repository} has no commit yet, and GitHub's API can't make the first one of several files. Commit a README or the workflow file there, then run again.`;
}

function repositoryAdvice({ repository }: HistoryCall): string {
  return `There is no repository ${repository} that the token can see. Check the name; the workflow's own token sees only the workflow's repository, another one needs a personal access token or a GitHub App's token with Contents: read and write.`;
}

const permissionAdvice =
  "The token may not do that. Add `contents: write` to the `permissions:` of the job in the workflow file (naming one permission takes away the others, so keep `issues: write` if issues are on); a fine-grained personal access token or a GitHub App needs the repository permission Contents: read and write.";

/** What to do about a commit that GitHub does not take for its size. */
export const tooLargeAdvice =
  "GitHub's API takes commits of about 40 MB. Lower input limits, so that such a mail is set aside as too big; or run dmarc-digest in a clone, which has no such limit.";

const troubleAdvice = "GitHub had trouble. Nothing is lost: run again.";

const unknownAdvice = "GitHub did not accept it. If it stays so, please report it to dmarc-digest with this line.";

/** The client has waited for what is lifted within a minute. */
function rateLimitAdvice(failure: Pick<RequestFailure, "response">): string {
  const wait = Number(failure.response?.headers["retry-after"]);
  const pause = resetOf(failure) || (wait > 0 ? `; it asks for a pause of ${wait} seconds` : "");
  return `GitHub's rate limit was reached${pause}. Nothing is lost: the next run goes on from here.`;
}
