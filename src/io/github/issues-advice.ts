import { type Fault, makeFault } from "../../report/fault.ts";
import { isRateLimit, type RequestFailure, rateLimitFault, requestFault } from "./failure.ts";

/**
 * What went wrong with a call of GitHub's REST API and what to do about it.
 *
 * Never holds the token: only GitHub's message, on one line and cut, and what is configured are repeated.
 *
 * @param call.doing - After "could not": `read the issues in octo-org/mail`.
 * @see https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
 */
export function issueAdvice({ doing, repository }: { doing: Fault; repository: string }, error: unknown): Fault {
  return requestFault(doing, error, { unanswered: "next-looks", step: (failure) => adviceOf(repository, failure) });
}

function adviceOf(repository: string, error: RequestFailure): Fault {
  if (isRateLimit(error)) return rateLimitFault(error, "next-tries");
  switch (error.status) {
    case 401:
      return makeFault("token-wrong", {});
    case 403:
      return /archived/i.test(error.message)
        ? makeFault("issues-archived", { repository })
        : makeFault("issues-not-permitted", {});
    case 404:
      return makeFault("issues-no-repository", { repository });
    case 410:
      return /deleted/i.test(error.message) ? makeFault("issue-deleted", {}) : makeFault("issues-off", { repository });
    case 422:
      return makeFault("issue-defect", {});
    default:
      return makeFault(error.status >= 500 ? "github-trouble-issues" : "issues-page", {});
  }
}
