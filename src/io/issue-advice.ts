import { networkFailure } from "./network-failure.ts";

/** What was asked of GitHub. */
export interface IssueCall {
  /** After "could not": `read the issues`. */
  doing: string;
  /** `owner/name` */
  repository: string;
}

/** The part of Octokit's `RequestError` that is looked at; the package of that class is none of our dependencies. */
interface RequestFailure extends Error {
  status: number;
  /** Absent when no answer came; `status` is 500 then. */
  response?: { headers: Record<string, string | number | undefined> };
}

function isRequestFailure(error: unknown): error is RequestFailure {
  return error instanceof Error && "status" in error && typeof error.status === "number";
}

/** Whether GitHub may have done what it was asked although an error came back: a lost answer, or a 5xx. */
export function mayHaveHappened(error: unknown): boolean {
  if (!isRequestFailure(error)) return false;
  return error.response === undefined ? networkFailure(error).mayHaveArrived : error.status >= 500;
}

/**
 * What went wrong with a call of GitHub's REST API and what to do about it, in one paragraph.
 *
 * Never holds the token: only GitHub's message, on one line and cut, and what is configured are repeated.
 *
 * @see https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
 */
export function issueAdvice({ doing, repository }: IssueCall, error: unknown): string {
  const failed = `GitHub: could not ${doing} in ${repository}`;
  if (!isRequestFailure(error)) return `${failed}: ${oneLine(String(error))}`;
  if (error.response === undefined) {
    return `${failed}: ${networkFailure(error).reason}. The next run tries again, and looks for the issue before it opens one.`;
  }
  return `${failed} (HTTP ${error.status}: ${oneLine(error.message)}). ${adviceOf(repository, error)}`;
}

function adviceOf(repository: string, error: RequestFailure): string {
  if (isRateLimit(error)) return `GitHub's rate limit was reached${pauseOf(error)}. The next run tries again.`;
  switch (error.status) {
    case 401:
      return "The token is wrong or has expired. Give input github-token the workflow's own token (github.token) or a new personal access token.";
    case 403:
      return /archived/i.test(error.message)
        ? `${repository} is archived, so it takes no issues. Unarchive it, or use another repository.`
        : "The token may not write issues. Add `issues: write` to the `permissions:` of the job in the workflow file (naming one permission takes away the others, so keep `contents: write`); a fine-grained personal access token needs the repository permission Issues: read and write.";
    case 404:
      return `There is no repository ${repository} that the token can see. Check the name; the workflow's own token sees only the workflow's repository, and a private one only with \`issues: write\` in the \`permissions:\` of the job.`;
    case 410:
      return /deleted/i.test(error.message)
        ? "The issue was deleted. The next run opens a new one when it is needed."
        : `Issues are switched off in ${repository}. Switch them on under Settings, General, Features, or use a repository that has them.`;
    case 422:
      return "GitHub did not accept the issue as it was made. That is a defect of dmarc-digest: please report it with this line.";
    default:
      return error.status >= 500
        ? "GitHub had trouble. The next run tries again, and looks for the issue before it opens one."
        : "See https://docs.github.com/en/rest/issues/issues.";
  }
}

/** @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api */
function isRateLimit({ status, message, response }: RequestFailure): boolean {
  if (status !== 403 && status !== 429) return false;
  return status === 429 || response?.headers["x-ratelimit-remaining"] === "0" || /rate limit/i.test(message);
}

function pauseOf({ response }: RequestFailure): string {
  const reset = Number(response?.headers["x-ratelimit-reset"]);
  if (response?.headers["x-ratelimit-remaining"] !== "0" || !Number.isSafeInteger(reset)) return "";
  return ` and is lifted at ${new Date(reset * 1000).toISOString().slice(0, 19)}Z`;
}

/** GitHub's message without the link to its documentation; a proxy's page comes as a message too. */
function oneLine(message: string): string {
  return message
    .replace(/ - https:\/\/docs\.github\.com\S*$/, "")
    .replaceAll(/\p{C}|\s+/gu, " ")
    .trim()
    .slice(0, 200);
}
