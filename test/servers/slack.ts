import { type Fault, type LoopbackReply, type LoopbackRequest, startLoopback } from "./loopback.ts";
import { type BlockTrouble, findBlockTrouble } from "./slack-blocks.ts";
import { type Fields, fieldsOf, readBody, withoutToken } from "./slack-body.ts";

/** A local Slack: what its documentation says is refused is refused here, with the same error codes. */
export interface SlackServer {
  /** For `slackNotifier`. */
  apiUrl: string;
  /** An incoming webhook into the first channel. */
  webhookUrl: string;
  /** Every request in its order; the token and the webhook's secret are replaced. */
  requests: RecordedRequest[];
  messages: StoredMessage[];
  files: StoredFile[];
  /** What a request meets instead of Slack; `slackError` makes one of Slack's refusals. */
  next(fault: Fault): void;
  stop(): Promise<void>;
}

export interface SlackServerOptions {
  /** The one token that is known, and the scopes that it was granted. */
  token?: string;
  scopes?: string[];
  channels?: SlackChannel[];
  /** Called for each request before anything is done. */
  before?: () => void | Promise<void>;
  /** Called for each request when all is done, before it is answered. */
  after?: () => void | Promise<void>;
}

export interface SlackChannel {
  id: string;
  name: string;
  private?: boolean;
  archived?: boolean;
  /** Whether the bot is in it; `true` when left out. */
  member?: boolean;
}

export interface RecordedRequest {
  method: string;
  path: string;
  body: unknown;
}

export interface StoredMessage {
  channel: string;
  ts: string;
  text: string;
  blocks: unknown[];
  threadTs?: string;
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

/** A fault by which one method refuses with an error code, such as `restricted_action`. */
export function slackError(error: string, on?: string): Fault {
  return { ...(on === undefined ? {} : { on }), status: 200, body: { ok: false, error } };
}

const webhookPath = "/services/T00000001/B00000001/";
const webhookSecret = "webhookSecretOfTheTest01";

/** Starts a local Slack on a port of its own. */
export async function startSlack(options: SlackServerOptions = {}): Promise<SlackServer> {
  const {
    token = "xoxb-test-token",
    scopes = ["chat:write", "files:write"],
    channels = [{ id: "C0000000001", name: "dmarc" }],
  } = options;
  const requests: RecordedRequest[] = [];
  const messages: StoredMessage[] = [];
  const files: StoredFile[] = [];
  const server = await startLoopback(async (request) => {
    await options.before?.();
    const reply = await answer(request);
    await options.after?.();
    return reply;
  }, record);

  async function record(request: LoopbackRequest): Promise<void> {
    const path = request.url.pathname.replace(webhookSecret, "[secret]");
    requests.push({ method: request.method, path, body: withoutToken(await readBody(request), token) });
  }

  async function answer(request: LoopbackRequest): Promise<LoopbackReply> {
    const { method, url, headers } = request;
    const path = url.pathname;
    const body = await readBody(request);
    if (path.startsWith("/services/")) return answerWebhook(path, body);
    if (method !== "POST") return refused("invalid_post_type");
    if (path.startsWith("/upload/v1/")) return takeUpload(path.slice("/upload/v1/".length), body);
    const known = methods[path.slice("/api/".length)];
    if (known === undefined) return refused("unknown_method");
    const fields = fieldsOf(body);
    const given = /^Bearer (.*)$/.exec(headers.authorization ?? "")?.[1] ?? fields.token;
    if (given === undefined) return refused("not_authed");
    if (given !== token) return refused("invalid_auth");
    if (!scopes.includes(known.scope)) {
      return refused("missing_scope", { needed: known.scope, provided: scopes.join(",") });
    }
    return known.answer(fields);
  }

  const methods: Record<string, { scope: string; answer: (fields: Fields) => LoopbackReply }> = {
    "chat.postMessage": { scope: "chat:write", answer: postMessage },
    "chat.update": { scope: "chat:write", answer: updateMessage },
    "files.getUploadURLExternal": { scope: "files:write", answer: openUpload },
    "files.completeUploadExternal": { scope: "files:write", answer: completeUpload },
  };

  function postMessage(fields: Fields): LoopbackReply {
    const channel = channels.find(({ id, name }) => [id, name, `#${name}`].includes(String(fields.channel)));
    const trouble = channelTrouble(channel, scopes) ?? messageTrouble(fields);
    if (channel === undefined || trouble !== undefined) return trouble ?? refused("channel_not_found");
    const { thread_ts: threadTs } = fields;
    if (threadTs !== undefined && !isMessage(channel.id, threadTs)) return refused("thread_not_found");
    const message = addMessage(channel.id, fields);
    if (typeof threadTs === "string") message.threadTs = threadTs;
    return accepted({ channel: channel.id, ts: message.ts, message: { type: "message", ...message } });
  }

  function updateMessage(fields: Fields): LoopbackReply {
    const channel = channels.find(({ id }) => id === fields.channel);
    if (channel === undefined) return refused("channel_not_found");
    const message = messages.find((sent) => sent.channel === channel.id && sent.ts === fields.ts);
    if (message === undefined) return refused("message_not_found");
    const trouble = messageTrouble(fields);
    if (trouble !== undefined) return trouble;
    Object.assign(message, contentOf(fields));
    return accepted({ channel: channel.id, ts: message.ts, text: message.text });
  }

  function openUpload({ filename, length }: Fields): LoopbackReply {
    // "Typically only occurs when the length provided is 0."
    if (!/^[1-9]\d*$/.test(String(length)) || typeof filename !== "string") return refused("missing_argument");
    const id = `F${String(files.length + 1).padStart(10, "0")}`;
    files.push({ id, name: filename, length: Number(length) });
    return accepted({ upload_url: `${server.url}/upload/v1/${id}`, file_id: id });
  }

  function takeUpload(id: string, content: unknown): LoopbackReply {
    const file = files.find((opened) => opened.id === id);
    if (file === undefined || typeof content !== "string") return { status: 404, body: "not found" };
    if (Buffer.byteLength(content) !== file.length) return { status: 400, body: "length does not match" };
    file.content = content;
    return { status: 200, body: `OK - ${file.length}` };
  }

  function completeUpload(fields: Fields): LoopbackReply {
    const { channel_id: channelId, thread_ts: threadTs, files: wanted } = fields;
    if (!Array.isArray(wanted) || wanted.length === 0) return refused("invalid_arguments");
    const shared = wanted.map((item) => ({ item: fieldsOf(item), file: fileOf(fieldsOf(item).id) }));
    const channel = channels.find(({ id }) => id === channelId);
    if (channelId !== undefined && channel === undefined) return refused("invalid_channel");
    const trouble = channel === undefined ? undefined : channelTrouble(channel, scopes);
    if (trouble !== undefined) return trouble;
    if (threadTs !== undefined && !isMessage(channel?.id, threadTs)) return refused("invalid_arguments");
    for (const { item, file } of shared) {
      if (file?.content === undefined || file.title !== undefined) return refused("file_not_found");
      file.title = typeof item.title === "string" ? item.title : file.name;
      if (channel !== undefined) file.channel = channel.id;
      if (typeof threadTs === "string") file.threadTs = threadTs;
    }
    return accepted({ files: shared.map(({ file }) => ({ id: file?.id, title: file?.title })) });
  }

  function answerWebhook(path: string, body: unknown): LoopbackReply {
    if (!path.startsWith(webhookPath)) return { status: 404, body: "no_service" };
    if (path !== webhookPath + webhookSecret) return { status: 403, body: "invalid_token" };
    const [channel] = channels;
    if (channel === undefined) return { status: 404, body: "channel_not_found" };
    if (channel.archived) return { status: 410, body: "channel_is_archived" };
    if (body === null || typeof body !== "object") return { status: 400, body: "invalid_payload" };
    const fields = fieldsOf(body);
    if (fields.text === undefined && fields.blocks === undefined) return { status: 400, body: "no_text" };
    if (fields.blocks !== undefined && findBlockTrouble(fields.blocks) !== undefined) {
      return { status: 400, body: "invalid_blocks" };
    }
    addMessage(channel.id, fields);
    return { status: 200, body: "ok" };
  }

  function addMessage(channel: string, fields: Fields): StoredMessage {
    const ts = `1700000000.${String(messages.length + 1).padStart(6, "0")}`;
    const message: StoredMessage = { channel, ts, ...contentOf(fields) };
    messages.push(message);
    return message;
  }

  function isMessage(channel: string | undefined, ts: unknown): boolean {
    return messages.some((message) => message.channel === channel && message.ts === ts);
  }

  function fileOf(id: unknown): StoredFile | undefined {
    return files.find((file) => file.id === id);
  }

  return {
    apiUrl: `${server.url}/api/`,
    webhookUrl: server.url + webhookPath + webhookSecret,
    requests,
    messages,
    files,
    next: (fault) => server.next(fault),
    stop: () => server.stop(),
  };
}

function channelTrouble(channel: SlackChannel | undefined, scopes: string[]): LoopbackReply | undefined {
  const { member = true } = channel ?? {};
  // A bot does not learn that a private channel exists before it is invited.
  if (channel === undefined || (channel.private && !member)) return refused("channel_not_found");
  if (channel.archived) return refused("is_archived");
  return member || scopes.includes("chat:write.public") ? undefined : refused("not_in_channel");
}

/** @see https://docs.slack.dev/reference/methods/chat.postMessage */
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

function contentOf({ text, blocks }: Fields): { text: string; blocks: unknown[] } {
  return { text: typeof text === "string" ? text : "", blocks: Array.isArray(blocks) ? blocks : [] };
}

/** The Web API answers with HTTP 200 whatever happens, but for rate limits. */
function refused(error: string, more: Fields = {}): LoopbackReply {
  return { status: 200, body: { ok: false, error, ...more } };
}

function accepted(fields: Fields): LoopbackReply {
  return { status: 200, body: { ok: true, ...fields } };
}
