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

/** When the hourly limit is lifted, as ` and is lifted at 2026-11-20T06:17:00Z`; empty where GitHub did not say. */
export function resetOf({ response }: Pick<RequestFailure, "response">): string {
  const reset = Number(response?.headers["x-ratelimit-reset"]);
  if (response?.headers["x-ratelimit-remaining"] !== "0" || !Number.isSafeInteger(reset)) return "";
  return ` and is lifted at ${new Date(reset * 1000).toISOString().slice(0, 19)}Z`;
}

/** GitHub's message without the link to its documentation; a proxy's page comes as a message too. */
export function oneLine(message: string): string {
  return message
    .replace(/ - https:\/\/docs\.github\.com\S*$/, "")
    .replaceAll(/[\p{C}\s]+/gu, " ")
    .trim()
    .slice(0, 200);
}
