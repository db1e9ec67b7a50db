import type { Fault, LoopbackReply } from "../loopback.ts";

interface Failure extends LoopbackReply {
  body: object;
}

/** A refusal of GitHub's REST API. */
export function failed(status: number, message: string): Failure {
  return { status, body: { message, documentation_url: "https://docs.github.com/rest", status: String(status) } };
}

/** HTTP 422, with the trouble by field if there is some to name. */
export function invalid(message: string, errors?: object[]): Failure {
  const { body } = failed(422, message);
  return { status: 422, body: { ...body, ...(errors === undefined ? {} : { errors }) } };
}

/** The primary rate limit, lifted after some seconds. */
export function rateLimit(seconds: number): Fault {
  return { ...failed(403, "API rate limit exceeded for installation ID 1."), headers: limitHeaders(seconds) };
}

/** The primary rate limit as GraphQL tells it: HTTP 200, and an error. */
export function graphqlRateLimit(seconds: number): Fault {
  const errors = [{ type: "RATE_LIMITED", message: "API rate limit exceeded for installation ID 1." }];
  return { status: 200, headers: limitHeaders(seconds), body: { errors } };
}

function limitHeaders(seconds: number): Record<string, string> {
  const reset = Math.floor(Date.now() / 1000) + seconds;
  return { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(reset) };
}

/** The secondary rate limit, on too many writes at once. */
export function secondaryRateLimit(seconds: number): Fault {
  const message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
  return { ...failed(403, message), headers: { "Retry-After": String(seconds) } };
}

/** A query or mutation that took GitHub too long: HTTP 200, and an error without a type. */
export function graphqlTimeout(): Fault {
  const message =
    "Something went wrong while executing your query. This may be the result of a timeout, or it could be a GitHub bug. Please include `0000:1111` when reporting this issue.";
  return { status: 200, body: { data: null, errors: [{ message }] } };
}
