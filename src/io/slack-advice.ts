import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from "@slack/web-api";
import { networkFailure } from "./network-failure.ts";

/** What was asked of Slack. */
export interface SlackCall {
  /** After "could not": `post the message`. */
  doing: string;
  /** As configured: a name or an id. */
  channel: string;
  /** The scope that it needs. */
  scope: string;
}

/** One paragraph for people, and whether Slack may have done it all the same. */
export interface SlackAdvice {
  message: string;
  mayHaveArrived: boolean;
}

/**
 * What went wrong with a call of Slack's Web API and what to do about it.
 *
 * Never holds the token: only Slack's error code and what is configured are repeated.
 *
 * @see https://docs.slack.dev/reference/methods/chat.postMessage (errors)
 * @see https://docs.slack.dev/reference/methods/files.completeUploadExternal (errors)
 */
export function slackAdvice(call: SlackCall, error: unknown): SlackAdvice {
  const failed = `Slack: could not ${call.doing} in ${call.channel}`;
  if (error instanceof WebAPIPlatformError) return platformAdvice(failed, call, error);
  if (error instanceof WebAPIRateLimitedError) {
    return refused(`${failed} (ratelimited): ${rateLimited(error.retryAfter)}`);
  }
  if (error instanceof WebAPIHTTPError) return unsure(`${failed}: Slack answered with HTTP ${error.statusCode}`, true);
  if (error instanceof WebAPIRequestError) {
    const { reason, mayHaveArrived } = networkFailure(error);
    return unsure(`${failed}: ${reason}`, mayHaveArrived);
  }
  return unsure(`${failed}: the answer was not Slack's`, true);
}

function platformAdvice(failed: string, call: SlackCall, { data }: WebAPIPlatformError): SlackAdvice {
  // A proxy's page comes as an error code too.
  const code = /^[a-z][a-z0-9_]{1,59}$/.test(data.error) ? data.error : undefined;
  if (code === undefined) return unsure(`${failed}: the answer was not Slack's`, true);
  if (lostAnswers.has(code)) return unsure(`${failed}: Slack had trouble (${code})`, true);
  const details = errorDetails(data.response_metadata?.messages);
  const advice =
    code === "ratelimited" ? rateLimited(data.response_metadata?.retryAfter) : adviceOf(code, call, neededScope(data));
  return refused(`${failed} (${code}${details}): ${advice}`);
}

/** "It's possible some aspect of the operation succeeded before the error was raised." */
const lostAnswers = new Set(["fatal_error", "internal_error", "service_unavailable"]);

function refused(message: string): SlackAdvice {
  return { message, mayHaveArrived: false };
}

function unsure(message: string, mayHaveArrived: boolean): SlackAdvice {
  const outcome = mayHaveArrived
    ? "It may have been posted all the same, so it is not sent again: look into the channel."
    : "It was not posted: Slack was not reached from this machine. The next run tries again.";
  return { message: `${message}. ${outcome}`, mayHaveArrived };
}

/** `needed` of Slack's answer to a call without its scope, which the library's type does not name. */
function neededScope(data: object): string | undefined {
  return "needed" in data && typeof data.needed === "string" ? data.needed : undefined;
}

function adviceOf(code: string, { channel, scope }: SlackCall, needed = scope): string {
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
      return `the channel ${channel} is archived. Unarchive it, or give another one to input slack-channel.`;
    case "posting_to_channel_denied":
    case "restricted_action":
    case "restricted_action_read_only_channel":
    case "restricted_action_thread_only_channel":
    case "restricted_action_non_threadable_channel":
      return `the workspace's rules keep the bot from posting to ${channel}. Ask a workspace admin to allow it, or choose another channel.`;
    case "invalid_blocks":
    case "invalid_attachments":
    case "msg_too_long":
    case "msg_blocks_too_long":
    case "no_text":
      return "Slack did not accept the message as it was made. That is a defect of dmarc-digest: please report it with this line.";
    case "file_uploads_disabled":
    case "file_upload_size_restricted":
    case "storage_limit_reached":
      return "the workspace does not take this file. The message is posted without it; the CSV is at the output csv-path.";
    default:
      return `see "errors" at https://docs.slack.dev/reference/methods/${scope === "files:write" ? "files.completeUploadExternal" : "chat.postMessage"}.`;
  }
}

function rateLimited(seconds: number | undefined): string {
  const pause = seconds === undefined ? "" : ` and asks for a pause of ${seconds} seconds`;
  return `Slack's rate limit was reached${pause}. Nothing was posted; the next run tries again.`;
}

/** Slack's own words on which block is wrong, such as `must be less than 3001 characters [json-pointer:/blocks/0/text/text]`. */
function errorDetails(messages: string[] | undefined): string {
  const errors = (messages ?? []).map((message) => message.replace(/^\[ERROR\] /, "").replaceAll(/\s+/g, " "));
  return errors.length === 0 ? "" : `: ${errors.join("; ").slice(0, 300)}`;
}
