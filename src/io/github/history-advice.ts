import { type Fault, makeFault } from "../../report/fault.ts";
import type { Passing } from "../history.ts";
import {
  isRateLimit,
  isRequestFailure,
  oneLine,
  type RequestFailure,
  rateLimitFault,
  requestFault,
} from "./failure.ts";
import { GraphQLError } from "./graphql.ts";

/** What was asked of GitHub. */
export interface HistoryCall {
  /** After "could not": `commit to branch dmarc-data of octo-org/mail`. */
  doing: Fault;
  repository: string;
  /** The branch that holds the history, if it is known. */
  branch: string | undefined;
}

/**
 * What went wrong with a call of GitHub's APIs and what to do about it. It never holds the token.
 *
 * @see https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
 * @see https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
 */
export function historyAdvice(call: HistoryCall, error: unknown): Fault {
  const { doing } = call;
  if (error instanceof GraphQLError) {
    const said = error.errors.map(({ message }) => oneLine(message)).join(" / ") || oneLine(error.message);
    return makeFault("github-refused", { doing, said, step: graphqlAdvice(call, error) });
  }
  return requestFault(doing, error, { unanswered: "nothing-lost", step: (failure) => requestAdvice(call, failure) });
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

function graphqlAdvice(call: HistoryCall, { errors, response }: GraphQLError): Fault {
  const types = errors.map(({ type }) => type);
  const said = errors.map(({ message }) => message).join("\n");
  if (types.some(isRateLimitType)) return rateLimitFault({ response }, "next-goes-on");
  const byWords = adviceByWords(call, said);
  if (byWords !== undefined) return byWords;
  if (types.includes("BRANCH_PROTECTION_RULE_VIOLATION")) return ruleAdvice(call);
  if (types.includes("NOT_FOUND")) return makeFault("no-repository", { repository: call.repository });
  if (types.includes("FORBIDDEN") || types.includes("INSUFFICIENT_SCOPES")) return makeFault("not-permitted", {});
  const isTrouble = types.includes("RESOURCE_LIMITS_EXCEEDED") || errors.length === 0;
  return makeFault(isTrouble ? "github-trouble" : "github-unknown", {});
}

function requestAdvice(call: HistoryCall, error: RequestFailure): Fault {
  if (isRateLimit(error)) return rateLimitFault(error, "next-goes-on");
  const advice = adviceByWords(call, error.message);
  if (advice !== undefined) return advice;
  switch (error.status) {
    case 401:
      return makeFault("token-wrong", {});
    case 403:
      return makeFault("not-permitted", {});
    case 404:
      return makeFault("no-repository", { repository: call.repository });
    case 409:
      return makeFault("repository-empty", { repository: call.repository });
    case 413:
      return makeFault("commit-too-large", {});
    default:
      return makeFault(error.status >= 500 ? "github-trouble" : "github-unknown", {});
  }
}

/** What GitHub's words show more surely than its types and statuses: a ruleset comes as FORBIDDEN, 409 or 422. */
function adviceByWords(call: HistoryCall, said: string): Fault | undefined {
  const { repository } = call;
  if (/rule violations? found|protected branch|through a pull request|status checks? /i.test(said))
    return ruleAdvice(call);
  if (tooLarge.test(said)) return makeFault("commit-too-large", {});
  if (/archived/i.test(said)) return makeFault("repository-archived", { repository });
  if (/is empty/i.test(said)) return makeFault("repository-empty", { repository });
  return /SAML/.test(said) ? makeFault("single-sign-on", {}) : undefined;
}

/** Whether GitHub refused for the size of what was sent: of the request, or of a file in it. */
export function isTooLarge(error: unknown): boolean {
  if (error instanceof GraphQLError) return error.errors.some(({ message }) => tooLarge.test(message));
  return isRequestFailure(error) && (error.status === 413 || (error.status === 422 && tooLarge.test(error.message)));
}

const tooLarge = /too (large|big)|exceeds .*\b(size|limit)\b/i;

/** The identity behind a workflow's own token is no App that a bypass list can name. */
function ruleAdvice({ branch, repository }: HistoryCall): Fault {
  return makeFault("ruleset-refused", { branch: branch ?? makeFault("some-branch", {}), repository });
}
