import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from "@slack/web-api";
import { networkFailure } from "../http.ts";

/** What was asked of Slack. */
export interface SlackCall {
  /** After "could not": `post the message`. */
  doing: string;
  /** As configured: a name or an id. */
  channel: string;
  /** Such as `chat.postMessage`. */
  method: string;
  /** Whether doing it twice is the same as doing it once. */
  isRepeatable?: boolean;
  /** Whether the next run does it again when nobody knows whether it was done. */
  comesAgain?: boolean;
}

/** One paragraph for people, and what `NotifierError` says to programs. */
export interface SlackAdvice {
  message: string;
  mayHaveArrived: boolean;
  mayPostAnew?: boolean;
}

/**
 * What went wrong with a call of Slack's Web API and what to do about it.
 *
 * Never holds the token: only Slack's error code and what is configured are repeated.
 *
 * @see https://docs.slack.dev/reference/methods/chat.postMessage (errors)
 * @see https://docs.slack.dev/reference/methods/chat.update (errors)
 * @see https://docs.slack.dev/reference/methods/chat.scheduleMessage (errors)
 * @see https://docs.slack.dev/reference/methods/files.completeUploadExternal (errors)
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
  const advice = rateLimits.has(code)
    ? rateLimited(data.response_metadata?.retryAfter)
    : adviceOf(code, call, neededScope(data));
  return { ...refused(`${failed} (${code}${details}): ${advice}`), mayPostAnew: gone.has(code) };
}

/** Slack's page names both. */
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

/** `needed` of Slack's answer to a call without its scope, which the library's type does not name. */
function neededScope(data: object): string | undefined {
  return "needed" in data && typeof data.needed === "string" ? data.needed : undefined;
}

function scopeOf(method: string): string {
  return method.startsWith("files.") ? "files:write" : "chat:write";
}

function adviceOf(code: string, { channel, method }: SlackCall, needed = scopeOf(method)): string {
  switch (code) {
    case "missing_scope":
      return `the token lacks the scope ${needed}. Add it under "OAuth & Permissions" of the Slack app and reinstall the app: a token keeps the scopes that it was made with. It needs chat:write and files:write.`;
    case "not_authed":
    case "invalid_auth":
      return "Slack does not know the token. Give input slack-token the bot token (xoxb-…) of the Slack app's page, without blanks or quotes, and from the right workspace.";
    case "token_revoked":
    case "token_expired":
    case "account_inactive":
      return "the token is no longer valid: it was revoked, or the app was removed. Reinstall the Slack app and give its new bot token (xoxb-…) to input slack-token.";
    case "not_allowed_token_type":
      return "this kind of token can't be used here. Give input slack-token a bot token (xoxb-…).";
    case "channel_not_found":
    case "invalid_channel":
      return `there is no channel ${channel} that the bot can see. Give the channel's id (C…, at the end of the channel's "About" page), which stays when it is renamed; a private channel is seen only after the bot was invited: /invite @app in that channel.`;
    case "not_in_channel":
      return `the bot is no member of ${channel}. Type /invite @app (the app's name) in that channel.`;
    case "is_archived":
    case "is_inactive":
      return `the channel ${channel} is archived. Unarchive it, or give another one to slack-channel.`;
    case "message_not_found":
    case "thread_not_found":
      return "there is no such message any more: somebody deleted it.";
    case "cant_update_message":
      return "the message was posted by another bot, and a bot may change its own messages only.";
    case "edit_window_closed":
      return "the workspace's rules close a message for changes after some time. A workspace admin can make that longer, or allow it always.";
    case "time_in_past":
    case "invalid_time":
      return "by Slack's clock its time has passed. Check the clock of the machine that runs this.";
    case "time_too_far":
      return "Slack takes messages for the next 120 days only. Check the clock of the machine that runs this.";
    case "restricted_too_many":
      return `Slack takes at most 30 messages for the same 5 minutes of a channel, and ${channel} has as many. Run this at another time, or delete what other jobs have scheduled.`;
    case "posting_to_channel_denied":
    case "restricted_action":
    case "restricted_action_read_only_channel":
    case "restricted_action_thread_only_channel":
    case "restricted_action_non_threadable_channel":
      return `the workspace's rules keep the bot from posting to ${channel}. Ask a workspace admin to allow it, or choose another channel.`;
    case "invalid_blocks":
    case "invalid_blocks_format":
    case "invalid_attachments":
    case "block_mismatch":
    case "msg_too_long":
    case "msg_blocks_too_long":
    case "no_text":
      return "Slack did not accept the message as it was made. That is a defect of dmarc-digest: please report it with this line.";
    case "file_uploads_disabled":
    case "file_upload_size_restricted":
    case "storage_limit_reached":
      return "the workspace does not take this file. The message is posted without it; the CSV is at the output csv-path.";
    default:
      return `see "errors" at https://docs.slack.dev/reference/methods/${method}.`;
  }
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
