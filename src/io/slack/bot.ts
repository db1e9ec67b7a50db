import { type Block, LogLevel, WebClient } from "@slack/web-api";
import { dayLength } from "../../history/dates.ts";
import {
  type CsvFile,
  type Delivery,
  type Notifier,
  type NotifierCheck,
  NotifierError,
  type ScheduledMessage,
  type SlackMessage,
} from "../notifier.ts";
import { refusesBlocks, type SlackCall } from "./advice.ts";
import { callSlack, slackErrorCode } from "./call.ts";

/** A Slack app's bot, and where it posts. */
export interface SlackOptions {
  /** The bot token (`xoxb-…`), with the scopes `chat:write` and `files:write`. */
  token: string;
  /** A channel's id (`C0123456789`) or its name, with or without `#`. */
  channel: string;
  /** `https://slack.com/api/` when left out. */
  apiUrl?: string;
  timeout?: number;
  /** Called with the reason when a message went out with its `fallbackBlocks`. */
  onFallback?: (reason: string) => void;
}

const defaultTimeout = 30_000;

/**
 * Posts as a Slack app's bot, by Slack's Web API.
 *
 * Only what Slack refused for its rate limit (429) is posted again: after a timeout or a 5xx the message may be there.
 *
 * @see https://docs.slack.dev/reference/methods (chat.*, files.*)
 */
export function slackNotifier(options: SlackOptions): Notifier {
  const { channel } = options;
  const client = clientOf(options);

  async function sendBlocks<T>(
    call: SlackCall,
    { text, blocks, fallbackBlocks }: SlackMessage,
    send: (content: Content) => Promise<T>,
  ): Promise<T> {
    try {
      return await callSlack(call, () => send({ text, blocks: blocks as Block[] }));
    } catch (error) {
      if (fallbackBlocks === undefined || !refusesBlocks(slackErrorCode(error) ?? "")) throw error;
      options.onFallback?.((error as NotifierError).message);
    }
    return await callSlack(call, () => send({ text, blocks: fallbackBlocks as Block[] }));
  }

  return {
    route: "slack",
    check: () => check(client, channel),
    async post(message) {
      const call = { doing: "post the message", channel, method: "chat.postMessage", comesAgain: true };
      const sent = await sendBlocks(call, message, (content) =>
        client.chat.postMessage({ channel, ...content, ...noPreviews }),
      );
      return deliveryOf(sent, channel);
    },
    async update(delivery, message) {
      const place = placeOf(delivery, "The message can't be updated");
      const call = { doing: "update the message", channel, method: "chat.update", isRepeatable: true };
      // Without `parse`, chat.update makes links of names that look like one; chat.postMessage does not.
      await sendBlocks(call, message, (content) => client.chat.update({ ...place, ...content, parse: "none" }));
    },
    async reply(delivery, message, { isBroadcast, comesAgain = false }) {
      const { channel: channelId, ts } = placeOf(delivery, "There is no thread to reply in");
      const call = { doing: "reply in the message's thread", channel, method: "chat.postMessage", comesAgain };
      const place = { channel: channelId, thread_ts: ts, reply_broadcast: isBroadcast };
      const sent = await sendBlocks(call, message, (content) =>
        client.chat.postMessage({ ...place, ...content, ...noPreviews }),
      );
      return deliveryOf(sent, channel);
    },
    schedule: (message, at) => schedule(client, channel, { message, at }),
    scheduled: (words) => listScheduled(client, channel, words),
    unschedule: (scheduled) => unschedule(client, channel, scheduled),
    upload: (delivery, csv) => upload(client, channel, { delivery, csv }),
  };
}

interface Content {
  text: string;
  blocks: Block[];
}

const noPreviews = { unfurl_links: false, unfurl_media: false };

function clientOf({ token, apiUrl, timeout = defaultTimeout }: SlackOptions): WebClient {
  return new WebClient(token, {
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
    allowAbsoluteUrls: false,
    logger: silentLogger,
    // Its own retries go on for 30 minutes, and repeat what may have been done.
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout,
  });
}

async function schedule(
  client: WebClient,
  channel: string,
  { message: { text, blocks }, at }: { message: SlackMessage; at: Date },
): Promise<ScheduledMessage> {
  const content = { channel, text, blocks: blocks as Block[], ...noPreviews };
  const sent = await callSlack({ doing: "schedule a message", channel, method: "chat.scheduleMessage" }, () =>
    client.chat.scheduleMessage({ ...content, post_at: Math.ceil(at.getTime() / 1000) }),
  );
  if (sent.channel === undefined || sent.scheduled_message_id === undefined) {
    throw new NotifierError(`Slack's answer for ${channel} names no scheduled message. There may be one.`, {
      mayHaveArrived: true,
    });
  }
  return { channel: sent.channel, id: sent.scheduled_message_id };
}

const neededScopes = ["chat:write", "files:write"];
/** Slack takes messages for the next 120 days. */
const farDays = 100;

/** A message that waits for a day far away, and is deleted at once: Slack looks at token, scope and channel as for any other. */
async function check(client: WebClient, channel: string): Promise<NotifierCheck> {
  const call = { doing: "sign in to post", channel, method: "auth.test", isRepeatable: true };
  const { response_metadata: about } = await callSlack(call, () => client.auth.test());
  const at = new Date(Date.now() + farDays * dayLength);
  const message = { text: "dmarc-digest doctor", blocks: [] };
  await unschedule(client, channel, await schedule(client, channel, { message, at }));
  const scopes = about?.scopes;
  return { channel, missing: scopes === undefined ? [] : neededScopes.filter((scope) => !scopes.includes(scope)) };
}

/** Pages of at most 100 messages each that are looked through. */
const mostPages = 10;

async function listScheduled(client: WebClient, channel: string, words: string): Promise<ScheduledMessage[]> {
  const call = { doing: "list the scheduled messages", channel, method: "chat.scheduledMessages.list" };
  const found: ScheduledMessage[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const answer = await callSlack({ ...call, isRepeatable: true }, () =>
      client.chat.scheduledMessages.list({ limit: 100, ...(cursor && { cursor }) }),
    );
    for (const { id, channel_id, text } of answer.scheduled_messages ?? []) {
      if (id !== undefined && channel_id !== undefined && text?.includes(words)) {
        found.push({ channel: channel_id, id: String(id) });
      }
    }
    cursor = answer.response_metadata?.next_cursor;
    if (!cursor) break;
  }
  return found;
}

async function unschedule(client: WebClient, channel: string, scheduled: ScheduledMessage): Promise<void> {
  const call = { doing: "delete the scheduled message", channel, method: "chat.deleteScheduledMessage" };
  try {
    await callSlack({ ...call, isRepeatable: true }, () =>
      client.chat.deleteScheduledMessage({ channel: scheduled.channel, scheduled_message_id: scheduled.id }),
    );
  } catch (error) {
    // "… or the scheduled message it's referencing has already been sent or deleted."
    if (slackErrorCode(error) !== "invalid_scheduled_message_id") throw error;
  }
}

async function upload(
  client: WebClient,
  channel: string,
  { delivery, csv: { name, text } }: { delivery: Delivery; csv: CsvFile },
): Promise<string | undefined> {
  // Slack refuses files of no bytes (files.getUploadURLExternal: missing_argument).
  if (text === "") return undefined;
  const { channel: channelId, ts } = placeOf(delivery, `${name} can't be put beside the message`);
  const sent = await callSlack({ doing: `upload ${name}`, channel, method: "files.completeUploadExternal" }, () =>
    client.filesUploadV2({ channel_id: channelId, thread_ts: ts, filename: name, content: text }),
  );
  const id = sent.files[0]?.files?.[0]?.id;
  if (id === undefined) throw new NotifierError(`Slack took ${name}, but its answer has no file id.`);
  return id;
}

/** Where a message of a bot is. A webhook does not learn where its message went. */
function placeOf({ channel, ts }: Delivery, failed: string): Required<Delivery> {
  if (channel !== undefined && ts !== undefined) return { channel, ts };
  throw new NotifierError(`${failed}: it was not posted by a Slack bot.`, { mayPostAnew: true });
}

function deliveryOf({ channel: channelId, ts }: Delivery, channel: string): Delivery {
  if (channelId !== undefined && ts !== undefined) return { channel: channelId, ts };
  throw new NotifierError(`Slack's answer for ${channel} names no message. It may have been posted.`, {
    mayHaveArrived: true,
  });
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
