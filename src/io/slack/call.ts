import { setTimeout as wait } from "node:timers/promises";
import { WebAPIPlatformError, WebAPIRateLimitedError } from "@slack/web-api";
import { NotifierError } from "../notifier.ts";
import { type SlackCall, slackAdvice } from "./advice.ts";

/** Seconds that Slack's rate limit may keep us waiting in all, and how often; then the next run catches up. */
const longestWait = 60;
const mostRetries = 3;

/**
 * What a call of Slack's Web API answers.
 *
 * It is sent again when Slack refused it for its rate limit, and, when it is repeatable, once after a lost answer.
 */
export async function callSlack<T>(call: SlackCall, send: () => Promise<T>): Promise<T> {
  for (let repeats = call.isRepeatable ? 1 : 0; ; repeats -= 1) {
    try {
      return await whenAllowed(send);
    } catch (error) {
      const { message, ...states } = slackAdvice(call, error);
      if (repeats === 0 || !states.mayHaveArrived) throw new NotifierError(message, { cause: error, ...states });
    }
  }
}

/** Slack's error code, if it answered with one. */
export function slackErrorCode(error: unknown): string | undefined {
  const { cause = error } = error instanceof NotifierError ? error : {};
  return cause instanceof WebAPIPlatformError ? cause.data.error : undefined;
}

async function whenAllowed<T>(send: () => Promise<T>): Promise<T> {
  let waited = 0;
  for (let retries = 0; ; retries += 1) {
    try {
      return await send();
    } catch (error) {
      const seconds = retryAfter(error);
      if (seconds === undefined || retries === mostRetries || waited + seconds > longestWait) throw error;
      waited += seconds;
      await wait(seconds * 1000);
    }
  }
}

function retryAfter(error: unknown): number | undefined {
  if (error instanceof WebAPIRateLimitedError) return error.retryAfter;
  if (!(error instanceof WebAPIPlatformError)) return undefined;
  return error.data.error === "ratelimited" ? error.data.response_metadata?.retryAfter : undefined;
}
