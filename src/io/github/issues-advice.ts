import { type Fault, makeFault } from "../../report/fault.ts";
import { isRateLimit, type RequestFailure, rateLimitFault, requestFault } from "./failure.ts";

/**
 * What went wrong with a call of GitHub's REST API and what to do about it. It never holds the token.
 *
 * @param call.doing - After "could not": `read the issues in octo-org/mail`.
 * @see https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
 */
export function issueAdvice({ doing, repository }: { doing: Fault; repository: string }, error: unknown): Fault {
  return requestFault(doing, error, {
    unanswered: "next-looks",
    step: (failure) => adviceOf(doing, repository, failure),
  });
}

function adviceOf({ values }: Fault, repository: string, error: RequestFailure): Fault {
  if (isRateLimit(error)) return rateLimitFault(error, "next-tries");
  switch (error.status) {
    case 401:
      return makeFault("token-wrong", {});
    case 403:
      return /archived/i.test(error.message)
        ? makeFault("issues-archived", { repository })
        : makeFault("issues-not-permitted", {});
    case 404:
      // An issue that was read is in a repository that the token can see.
      return "number" in values
        ? makeFault("issues-not-permitted", {})
        : makeFault("issues-no-repository", { repository });
    case 410:
      return makeFault("issues-off", { repository });
    case 422:
      return makeFault("issue-defect", {});
    default:
      return makeFault(error.status >= 500 ? "github-trouble-issues" : "issues-page", {});
  }
}
