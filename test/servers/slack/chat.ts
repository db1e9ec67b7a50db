import type { LoopbackReply } from "../loopback.ts";
import { accepted, refused, type SlackMethod } from "./answer.ts";
import { type BlockTrouble, findBlockTrouble } from "./blocks.ts";
import type { Fields } from "./body.ts";
import { addMessage, contentOf, postScheduled, type SlackChannel, type Workspace } from "./workspace.ts";

/** What the methods of a local Slack know beside what it keeps. */
export interface ChatOptions {
  scopes: string[];
  now: () => Date;
}

const farthest = 120 * 24 * 3600;
const window = 5 * 60;
const mostInWindow = 30;

/**
 * The methods `chat.*`.
 *
 * @see https://docs.slack.dev/reference/methods?family=chat
 */
export function chatMethods(workspace: Workspace, { scopes, now }: ChatOptions): Record<string, SlackMethod> {
  const { channels, messages } = workspace;
  let scheduledCount = 0;

  function post(fields: Fields): LoopbackReply {
    const channel = channelNamed(channels, fields.channel);
    const trouble = channelTrouble(channel, scopes) ?? messageTrouble(fields);
    if (channel === undefined || trouble !== undefined) return trouble ?? refused("channel_not_found");
    const { thread_ts: threadTs, text, blocks } = fields;
    if (threadTs === undefined) return answerOf(addMessage(workspace, { channel: channel.id, text, blocks }));
    const parent = messages.find((message) => message.channel === channel.id && message.ts === threadTs);
    if (parent === undefined) return refused("thread_not_found");
    // "Avoid using a reply's ts value; use its parent instead."
    if (parent.threadTs !== undefined) return refused("cannot_reply_to_message");
    const isBroadcast = fields.reply_broadcast === "true" || fields.reply_broadcast === true;
    const place = { channel: channel.id, threadTs: parent.ts, ...(isBroadcast && { isBroadcast }) };
    return answerOf(addMessage(workspace, { ...place, text, blocks }));
  }

  function update(fields: Fields): LoopbackReply {
    const channel = channels.find(({ id }) => id === fields.channel);
    if (channel === undefined) return refused("channel_not_found");
    const message = messages.find((sent) => sent.channel === channel.id && sent.ts === fields.ts);
    if (message === undefined) return refused("message_not_found");
    if (message.author !== undefined) return refused("cant_update_message");
    if (channel.archived) return refused("is_inactive");
    const trouble = messageTrouble(fields);
    if (trouble !== undefined) return trouble;
    Object.assign(message, contentOf(fields), { isEdited: true });
    return accepted({ channel: channel.id, ts: message.ts, text: message.text });
  }

  function schedule(fields: Fields): LoopbackReply {
    const channel = channelNamed(channels, fields.channel);
    const trouble =
      channelTrouble(channel, scopes) ?? timeTrouble(channel?.id, fields.post_at) ?? messageTrouble(fields);
    if (channel === undefined || trouble !== undefined) return trouble ?? refused("channel_not_found");
    scheduledCount += 1;
    const id = `Q${String(scheduledCount).padStart(10, "0")}`;
    const postAt = Number(fields.post_at);
    workspace.scheduled.push({ id, channel: channel.id, postAt, ...contentOf(fields) });
    return accepted({ channel: channel.id, scheduled_message_id: id, post_at: postAt });
  }

  function timeTrouble(channel: string | undefined, postAt: unknown): LoopbackReply | undefined {
    if (!/^\d{1,12}$/.test(String(postAt))) return refused("invalid_time");
    const ahead = Number(postAt) - now().getTime() / 1000;
    if (ahead <= 0) return refused("time_in_past");
    if (ahead > farthest) return refused("time_too_far");
    const near = workspace.scheduled.filter(
      (other) => other.channel === channel && Math.abs(other.postAt - Number(postAt)) < window,
    );
    return near.length < mostInWindow ? undefined : refused("restricted_too_many");
  }

  function unschedule(fields: Fields): LoopbackReply {
    postScheduled(workspace, now());
    const channel = channels.find(({ id }) => id === fields.channel);
    if (channel === undefined) return refused("channel_not_found");
    const isMeant = (waiting: { id: string; channel: string }): boolean =>
      waiting.id === fields.scheduled_message_id && waiting.channel === channel.id;
    if (!workspace.scheduled.some(isMeant)) return refused("invalid_scheduled_message_id");
    workspace.scheduled = workspace.scheduled.filter((waiting) => !isMeant(waiting));
    return accepted({});
  }

  /** "This method returns a list of pending scheduled messages", of the app alone, a page at a time. */
  function listScheduled(fields: Fields): LoopbackReply {
    postScheduled(workspace, now());
    if (fields.channel !== undefined && channels.every(({ id }) => id !== fields.channel)) {
      return refused("invalid_channel");
    }
    const start = fields.cursor === undefined || fields.cursor === "" ? 0 : Number(fields.cursor);
    if (!Number.isInteger(start)) return refused("invalid_cursor");
    const limit = Math.min(Number(fields.limit ?? 100), 100);
    const asked = workspace.scheduled.filter(({ channel }) => [undefined, channel].includes(fields.channel as string));
    const end = start + limit;
    return accepted({
      scheduled_messages: asked.slice(start, end).map(({ id, channel, postAt, text }) => ({
        id,
        channel_id: channel,
        post_at: postAt,
        date_created: Math.floor(now().getTime() / 1000),
        // Slack keeps a bare address as a link.
        text: text.replace(/(?<!<)https?:\/\/[^\s>|]+/g, "<$&>"),
      })),
      response_metadata: { next_cursor: end < asked.length ? String(end) : "" },
    });
  }

  return {
    "chat.postMessage": { scope: "chat:write", answer: post },
    "chat.update": { scope: "chat:write", answer: update },
    "chat.scheduleMessage": { scope: "chat:write", answer: schedule },
    // "Scopes: none".
    "chat.scheduledMessages.list": { answer: listScheduled },
    "chat.deleteScheduledMessage": { scope: "chat:write", answer: unschedule },
  };
}

function answerOf(message: { channel: string; ts: string }): LoopbackReply {
  return accepted({ channel: message.channel, ts: message.ts, message: { type: "message", ...message } });
}

function channelNamed(channels: SlackChannel[], wanted: unknown): SlackChannel | undefined {
  return channels.find(({ id, name }) => [id, name, `#${name}`].includes(String(wanted)));
}

/** Why the bot can't post to a channel. */
export function channelTrouble(channel: SlackChannel | undefined, scopes: string[]): LoopbackReply | undefined {
  const { member = true } = channel ?? {};
  // A bot does not learn that a private channel exists before it is invited.
  if (channel === undefined || (channel.private && !member)) return refused("channel_not_found");
  if (channel.archived) return refused("is_archived");
  return member || scopes.includes("chat:write.public") ? undefined : refused("not_in_channel");
}

function messageTrouble({ text, blocks }: Fields): LoopbackReply | undefined {
  const noBlocks = blocks === undefined || (Array.isArray(blocks) && blocks.length === 0);
  if ((text === undefined || text === "") && noBlocks) return refused("no_text");
  if (typeof text === "string" && text.length > 40_000) return refused("msg_too_long");
  const trouble = noBlocks ? undefined : findBlockTrouble(blocks);
  return trouble === undefined ? undefined : refused(trouble.error, blockDetails(trouble));
}

function blockDetails({ errors }: BlockTrouble): Fields {
  if (errors.length === 0) return {};
  return { errors, response_metadata: { messages: errors.map((message) => `[ERROR] ${message}`) } };
}
