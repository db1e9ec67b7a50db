import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from "@slack/web-api";
import { networkFailure } from "../http.ts";
import type { NotifierError } from "../notifier.ts";
import texts from "./advice.json" with { type: "json" };

/** What was asked of Slack. */
export interface SlackCall {
  /** After "could not": `post the message`. */
  doing: string;
  /** As configured: a name or an id. */
  channel: string;
  method: string;
  /** Whether doing it twice is the same as doing it once. */
  isRepeatable?: boolean;
  /** Whether the next run does it again when nobody knows whether it was done. */
  comesAgain?: boolean;
}

/** One paragraph for people, and what `NotifierError` says to programs. */
type SlackAdvice = Pick<NotifierError, "message" | "mayHaveArrived"> & Partial<Pick<NotifierError, "mayPostAnew">>;

/**
 * What went wrong with a call of Slack's Web API and what to do about it.
 *
 * Never holds the token: only Slack's error code and what is configured are repeated.
 *
 * @see https://docs.slack.dev/reference/methods (errors of chat.* and files.*)
 */
export function slackAdvice(call: SlackCall, error: unknown): SlackAdvice {
  const failed = `Slack: could not ${call.doing} in ${call.channel}`;
  if (error instanceof WebAPIPlatformError) return platformAdvice(failed, call, error);
  if (error instanceof WebAPIRateLimitedError) {
    return refused(`${failed} (ratelimited): ${rateLimited(error.retryAfter)}`);
  }
  if (error instanceof WebAPIHTTPError) {
    return unsure(call, `${failed}: Slack answered with HTTP ${error.statusCode}`, true);
  }
  if (error instanceof WebAPIRequestError) {
    const { reason, mayHaveArrived } = networkFailure(error);
    return unsure(call, `${failed}: ${reason}`, mayHaveArrived);
  }
  return unsure(call, `${failed}: the answer was not Slack's`, true);
}

/**
 * Whether an error code of Slack says that it does not take the blocks of a message, so that plainer ones may go; a second
 * table or one that is too long is `invalid_attachments`.
 */
export function refusesBlocks(code: string): boolean {
  return ["invalid_blocks", "invalid_blocks_format", "invalid_attachments", "msg_blocks_too_long"].includes(code);
}

function platformAdvice(failed: string, call: SlackCall, { data }: WebAPIPlatformError): SlackAdvice {
  // A proxy's page comes as an error code too.
  const code = /^[a-z][a-z0-9_]{1,59}$/.test(data.error) ? data.error : undefined;
  if (code === undefined) return unsure(call, `${failed}: the answer was not Slack's`, true);
  if (lostAnswers.has(code)) return unsure(call, `${failed}: Slack had trouble (${code})`, true);
  const details = errorDetails(data.response_metadata?.messages);
  const advice = rateLimits.has(code) ? rateLimited(data.response_metadata?.retryAfter) : adviceFor(code, call, data);
  return { ...refused(`${failed} (${code}${details}): ${advice}`), mayPostAnew: gone.has(code) };
}

const rateLimits = new Set(["ratelimited", "rate_limited"]);

/** The message was deleted, or is another bot's, or is too old to be changed. */
const gone = new Set([
  "message_not_found",
  "thread_not_found",
  "cant_update_message",
  "edit_window_closed",
  "block_mismatch",
]);

/** "It's possible some aspect of the operation succeeded before the error was raised." */
const lostAnswers = new Set(["fatal_error", "internal_error", "service_unavailable"]);

function refused(message: string): SlackAdvice {
  return { message, mayHaveArrived: false };
}

function unsure(call: SlackCall, message: string, mayHaveArrived: boolean): SlackAdvice {
  return { message: `${message}. ${outcomeOf(call, mayHaveArrived)}`, mayHaveArrived };
}

/** What to say of a post that the next run makes again, since a message twice is better than none. */
export const mayComeTwice =
  "It may have been posted all the same. The next run posts it again, and says there that it may stand in the channel twice.";

function outcomeOf({ isRepeatable, comesAgain, method }: SlackCall, mayHaveArrived: boolean): string {
  if (!mayHaveArrived) return "Slack was not reached from this machine, so nothing was done. The next run tries again.";
  if (isRepeatable) return "It may have been done all the same. The next run tries again.";
  if (comesAgain) return mayComeTwice;
  if (method.startsWith("files."))
    return "It may have been uploaded all the same. The next run may upload it once more.";
  return method === "chat.scheduleMessage"
    ? "It may have been scheduled all the same, so it is not sent again: look into the channel at its time."
    : "It may have been posted all the same, so it is not sent again: look into the channel.";
}

/** What to do about an error code of a call; `{channel}` and `{scope}` are those of the call. */
const adviceByCode = byCode(texts.bot);

/** What to do about an error code of a webhook. */
export const webhookAdvice = byCode(texts.webhook);

function byCode(all: typeof texts.webhook): ReadonlyMap<string, string> {
  return new Map(all.flatMap(({ codes, advice }) => codes.map((code) => [code, advice] as const)));
}

function adviceFor(code: string, { channel, method }: SlackCall, data: object): string {
  const usual = method.startsWith("files.") ? "files:write" : "chat:write";
  // `needed` of Slack's answer to a call without its scope is not named by the library's type.
  const scope = "needed" in data && typeof data.needed === "string" ? data.needed : usual;
  const advice = adviceByCode.get(code) ?? `see "errors" at https://docs.slack.dev/reference/methods/${method}.`;
  return advice.replaceAll(/\{(channel|scope)\}/g, (_, name) => (name === "channel" ? channel : scope));
}

function rateLimited(seconds: number | undefined): string {
  const pause = seconds === undefined ? "" : ` and asks for a pause of ${seconds} seconds`;
  return `Slack's rate limit was reached${pause}. Nothing was done; the next run tries again.`;
}

/** Slack's own words on which block is wrong, such as `must be less than 3001 characters [json-pointer:/blocks/0/text/text]`. */
function errorDetails(messages: string[] | undefined): string {
  const errors = (messages ?? []).map((message) => message.replace(/^\[ERROR\] /, "").replaceAll(/\s+/g, " "));
  return errors.length === 0 ? "" : `: ${errors.join("; ").slice(0, 300)}`;
}
