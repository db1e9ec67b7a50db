import type { Fields } from "./body.ts";

/** All that a local Slack keeps. */
export interface Workspace {
  channels: SlackChannel[];
  messages: StoredMessage[];
  scheduled: StoredSchedule[];
  files: StoredFile[];
}

export interface SlackChannel {
  id: string;
  name: string;
  private?: boolean;
  archived?: boolean;
  /** Whether the bot is in it; `true` when left out. */
  member?: boolean;
}

export interface StoredMessage {
  channel: string;
  ts: string;
  text: string;
  blocks: unknown[];
  /** Whose message it is; the bot's own when left out. */
  author?: string;
  threadTs?: string;
  /** A reply that stands in the channel as well. */
  isBroadcast?: boolean;
  /** It was changed: Slack writes "(edited)" behind it. */
  isEdited?: boolean;
}

/** A message that waits for its time. */
export interface StoredSchedule {
  id: string;
  channel: string;
  /** Seconds since the epoch. */
  postAt: number;
  text: string;
  blocks: unknown[];
}

export interface StoredFile {
  id: string;
  name: string;
  length: number;
  content?: string;
  /** Where it was shared; a file that is not shared is seen by nobody. */
  channel?: string;
  threadTs?: string;
  title?: string;
}

/** A message as a person sees it. */
export interface SeenMessage {
  text: string;
  blocks: unknown[];
  author?: string;
  isEdited?: boolean;
  /** It stands in the channel, and was written in a thread. */
  isBroadcast?: boolean;
  thread?: SeenMessage[];
  files?: { name: string; content: string }[];
}

/** The messages of a channel from top to bottom, each with its thread and the files in it. */
export function lookInto({ messages, files }: Workspace, channel: string): SeenMessage[] {
  const ofChannel = messages.filter((message) => message.channel === channel);
  return ofChannel.filter(({ threadTs, isBroadcast }) => threadTs === undefined || isBroadcast).map(withThread);

  function withThread(message: StoredMessage): SeenMessage {
    const { ts, threadTs, channel: _channel, ...seen } = message;
    if (threadTs !== undefined) return seen;
    const thread = ofChannel.filter((reply) => reply.threadTs === ts).map(withThread);
    const shared = files.flatMap(({ name, content = "", ...place }) =>
      place.channel === channel && place.threadTs === ts ? [{ name, content }] : [],
    );
    return { ...seen, ...(thread.length > 0 && { thread }), ...(shared.length > 0 && { files: shared }) };
  }
}

/** Adds a message below the others; like Slack's, its `ts` is no other message's. */
export function addMessage(
  { messages }: Workspace,
  message: Omit<StoredMessage, "ts" | "text" | "blocks"> & Fields,
): StoredMessage {
  const last = Number(messages.at(-1)?.ts.split(".")[1] ?? 0);
  const ts = `1700000000.${String(last + 1).padStart(6, "0")}`;
  const { channel, text, blocks, ...more } = message;
  const added: StoredMessage = { channel, ts, ...contentOf({ text, blocks }), ...more };
  messages.push(added);
  return added;
}

/** What of a request's fields is shown. */
export function contentOf({ text, blocks }: Fields): { text: string; blocks: unknown[] } {
  return { text: typeof text === "string" ? text : "", blocks: Array.isArray(blocks) ? blocks : [] };
}

/** Posts what was scheduled for a time that has come. */
export function postScheduled(workspace: Workspace, now: Date): void {
  const isDue = ({ postAt }: StoredSchedule): boolean => postAt * 1000 <= now.getTime();
  for (const { channel, text, blocks } of workspace.scheduled.filter(isDue)) {
    addMessage(workspace, { channel, text, blocks });
  }
  workspace.scheduled = workspace.scheduled.filter((waiting) => !isDue(waiting));
}
