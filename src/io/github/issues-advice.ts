import { networkFailure } from "../http.ts";
import { isRateLimit, isRequestFailure, oneLine, type RequestFailure, resetOf } from "./failure.ts";

/** What was asked of GitHub. */
export interface IssueCall {
  /** After "could not": `read the issues`. */
  doing: string;
  /** `owner/name` */
  repository: string;
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
  if (isRateLimit(error)) return `GitHub's rate limit was reached${resetOf(error)}. The next run tries again.`;
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
