import { type Fault, makeFault } from "../../report/fault.ts";
import { networkFailure } from "../http.ts";

/** The part of Octokit's `RequestError` that is looked at; the package of that class is none of our dependencies. */
export interface RequestFailure extends Error {
  status: number;
  /** Absent when no answer came; `status` is 500 then. */
  response?: { headers: Record<string, string | number | undefined> };
}

/** Whether an error is one of Octokit's: GitHub refused, or did not answer. */
export function isRequestFailure(error: unknown): error is RequestFailure {
  return error instanceof Error && "status" in error && typeof error.status === "number";
}

/** Whether GitHub may have done what it was asked although an error came back: a lost answer, or a 5xx. */
export function mayHaveHappened(error: unknown): boolean {
  if (!isRequestFailure(error)) return false;
  return error.response === undefined ? networkFailure(error).mayHaveArrived : error.status >= 500;
}

/**
 * Whether GitHub refused since the token asked too much, in an hour or at once.
 *
 * @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export function isRateLimit({ status, message, response }: RequestFailure): boolean {
  if (status !== 403 && status !== 429) return false;
  return status === 429 || response?.headers["x-ratelimit-remaining"] === "0" || /rate limit/i.test(message);
}

/** That a limit was reached, and until when, where GitHub said so: the client has waited for what is lifted within a minute. */
export function rateLimitFault(
  { response }: Pick<RequestFailure, "response">,
  then: "next-goes-on" | "next-tries",
): Fault {
  const { "retry-after": wait, "x-ratelimit-remaining": left, "x-ratelimit-reset": reset } = response?.headers ?? {};
  const next = makeFault(then, {});
  if (left === "0" && Number.isSafeInteger(Number(reset))) {
    const at = `${new Date(Number(reset) * 1000).toISOString().slice(0, 19)}Z`;
    return makeFault("rate-limit-until", { at, next });
  }
  const seconds = Number(wait);
  return seconds > 0 ? makeFault("rate-limit-pause", { seconds, next }) : makeFault("rate-limit", { next });
}

interface Advice {
  unanswered: "nothing-lost" | "next-looks";
  step: (failure: RequestFailure) => Fault;
}

/** What went wrong with a call of GitHub's REST API: what GitHub said, on one line and cut, and what to do about it. */
export function requestFault(doing: Fault, error: unknown, { unanswered, step }: Advice): Fault {
  if (!isRequestFailure(error)) return makeFault("github-defect", { doing, said: oneLine(String(error)) });
  if (error.response === undefined) {
    const said = networkFailure(error).reason;
    return makeFault("github-no-answer", { doing, said, step: makeFault(unanswered, {}) });
  }
  const said = `HTTP ${error.status}: ${oneLine(error.message)}`;
  return makeFault("github-refused", { doing, said, step: step(error) });
}

/** GitHub's message without the link to its documentation; a proxy's page comes as a message too. */
export function oneLine(message: string): string {
  return message
    .replace(/ - https:\/\/docs\.github\.com\S*$/, "")
    .replaceAll(/[\p{C}\s]+/gu, " ")
    .trim()
    .slice(0, 200);
}
