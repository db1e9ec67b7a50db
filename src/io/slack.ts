import { setTimeout as wait } from "node:timers/promises";
import { type Block, LogLevel, WebAPIPlatformError, WebAPIRateLimitedError, WebClient } from "@slack/web-api";
import { type Notifier, NotifierError } from "./notifier.ts";
import { type SlackCall, slackAdvice } from "./slack-advice.ts";

/** A Slack app's bot, and where it posts. */
export interface SlackOptions {
  /** The bot token (`xoxb-…`), with the scopes `chat:write` and `files:write`. */
  token: string;
  /** A channel's id (`C0123456789`) or its name, with or without `#`. */
  channel: string;
  /** `https://slack.com/api/` when left out. */
  apiUrl?: string;
  /** Milliseconds that one request may take. */
  timeout?: number;
}

const defaultTimeout = 30_000;

/** Seconds that Slack's rate limit may keep us waiting in all, and how often; then the next run catches up. */
const longestWait = 60;
const mostRetries = 3;

/**
 * Posts as a Slack app's bot, by the methods `chat.postMessage` and `files.completeUploadExternal`.
 *
 * Only what Slack refused for its rate limit (429) is sent again: after a timeout or a 5xx the message may be there.
 */
export function slackNotifier(options: SlackOptions): Notifier {
  const { token, channel, apiUrl, timeout = defaultTimeout } = options;
  const client = new WebClient(token, {
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
    allowAbsoluteUrls: false,
    logger: silentLogger,
    // Its own retries go on for 30 minutes, and repeat what may have been done.
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout,
  });
  return {
    route: "slack",
    async post({ text, blocks }) {
      const sent = await advised({ doing: "post the message", channel, scope: "chat:write" }, () =>
        client.chat.postMessage({
          channel,
          text,
          blocks: blocks as Block[],
          unfurl_links: false,
          unfurl_media: false,
        }),
      );
      if (sent.channel === undefined || sent.ts === undefined) {
        throw new NotifierError(`Slack's answer for ${channel} names no message. It may have been posted.`, {
          mayHaveArrived: true,
        });
      }
      return { channel: sent.channel, ts: sent.ts };
    },
    async upload(delivery, { name, text }) {
      // Slack refuses files of no bytes (files.getUploadURLExternal: missing_argument).
      if (text === "") return undefined;
      if (delivery.channel === undefined || delivery.ts === undefined) {
        throw new NotifierError(`${name} can't be put beside a message that was not posted by a Slack bot.`);
      }
      const { channel: channelId, ts } = delivery;
      const sent = await advised({ doing: `upload ${name}`, channel, scope: "files:write" }, () =>
        client.filesUploadV2({ channel_id: channelId, thread_ts: ts, filename: name, content: text }),
      );
      const id = sent.files[0]?.files?.[0]?.id;
      if (id === undefined) throw new NotifierError(`Slack took ${name}, but its answer has no file id.`);
      return id;
    },
  };
}

async function advised<T>(call: SlackCall, send: () => Promise<T>): Promise<T> {
  try {
    return await whenAllowed(send);
  } catch (error) {
    const { message, mayHaveArrived } = slackAdvice(call, error);
    throw new NotifierError(message, { cause: error, mayHaveArrived });
  }
}

/** The result of a call that is repeated only when Slack refused it for its rate limit and told when to come back. */
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

/** The library's own lines would go to stdout as they come; whatever matters is in the error. */
const silentLogger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  setName() {},
  getLevel: () => LogLevel.ERROR,
};
