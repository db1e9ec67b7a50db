import { type Fault, type LoopbackReply, type LoopbackRequest, startLoopback } from "../loopback.ts";
import { accepted, refused, type SlackMethod } from "./answer.ts";
import { findBlockTrouble } from "./blocks.ts";
import { fieldsOf, readBody, withoutToken } from "./body.ts";
import { chatMethods } from "./chat.ts";
import { fileMethods, takeUpload } from "./files.ts";
import {
  addMessage,
  lookInto,
  postScheduled,
  type SeenMessage,
  type SlackChannel,
  type Workspace,
} from "./workspace.ts";

/**
 * A local Slack: what its documentation says is refused is refused here, with the same error codes.
 *
 * What it keeps can be read and changed, as people and other bots do.
 */
export interface SlackServer extends Workspace {
  /** For `slackNotifier`. */
  apiUrl: string;
  /** An incoming webhook into the first channel. */
  webhookUrl: string;
  /** Every request in its order; the token and the webhook's secret are replaced. */
  requests: RecordedRequest[];
  /** The first channel as a person sees it at a time, now when left out: what was scheduled until then is posted. */
  look(now?: Date): SeenMessage[];
  /** What a request meets instead of Slack; `slackError` makes one of Slack's refusals. */
  next(fault: Fault): void;
  stop(): Promise<void>;
}

export interface SlackServerOptions {
  /** The one token that is known, and the scopes that it was granted. */
  token?: string;
  scopes?: string[];
  channels?: SlackChannel[];
  /** Slack's clock. */
  now?: () => Date;
  /** Called for each request before anything is done. */
  before?: () => void | Promise<void>;
  /** Called for each request when all is done, before it is answered. */
  after?: () => void | Promise<void>;
}

export interface RecordedRequest {
  method: string;
  path: string;
  body: unknown;
}

/** A fault by which one method refuses with an error code, such as `restricted_action`. */
export function slackError(error: string, on?: string): Fault {
  return { ...(on === undefined ? {} : { on }), status: 200, body: { ok: false, error } };
}

const webhookPath = "/services/T00000001/B00000001/";
const webhookSecret = "webhookSecretOfTheTest01";

/** Starts a local Slack on a port of its own. */
export async function startSlack(options: SlackServerOptions = {}): Promise<SlackServer> {
  const { token = "xoxb-test-token", scopes = ["chat:write", "files:write"], now = () => new Date() } = options;
  const { channels = [{ id: "C0000000001", name: "dmarc" }] } = options;
  const workspace: Workspace = { channels, messages: [], scheduled: [], files: [] };
  const requests: RecordedRequest[] = [];
  const server = await startLoopback(async (request) => {
    await options.before?.();
    const reply = await answer(request);
    await options.after?.();
    return { ...reply, headers: { Date: now().toUTCString(), ...reply.headers } };
  }, record);
  const who = { team: "T00000001", user: "dmarc", url: "https://example.slack.com/" };
  const methods: Record<string, SlackMethod> = {
    "auth.test": { answer: () => ({ ...accepted(who), headers: { "x-oauth-scopes": scopes.join(",") } }) },
    ...chatMethods(workspace, { scopes, now }),
    ...fileMethods(workspace, { scopes, uploadUrl: (id) => `${server.url}/upload/v1/${id}` }),
  };

  async function record(request: LoopbackRequest): Promise<void> {
    const path = request.url.pathname.replace(webhookSecret, "[secret]");
    requests.push({ method: request.method, path, body: withoutToken(await readBody(request), token) });
  }

  async function answer(request: LoopbackRequest): Promise<LoopbackReply> {
    const { method, url, headers } = request;
    const path = url.pathname;
    const body = await readBody(request);
    if (path.startsWith("/services/")) return answerWebhook(workspace, path, body);
    if (method !== "POST") return refused("invalid_post_type");
    if (path.startsWith("/upload/v1/")) return takeUpload(workspace, path.slice("/upload/v1/".length), body);
    const known = methods[path.slice("/api/".length)];
    if (known === undefined) return refused("unknown_method");
    const fields = fieldsOf(body);
    const given = /^Bearer (.*)$/.exec(headers.authorization ?? "")?.[1] ?? fields.token;
    if (given === undefined) return refused("not_authed");
    if (given !== token) return refused("invalid_auth");
    if (known.scope !== undefined && !scopes.includes(known.scope)) {
      return refused("missing_scope", { needed: known.scope, provided: scopes.join(",") });
    }
    return known.answer(fields);
  }

  return Object.assign(workspace, {
    apiUrl: `${server.url}/api/`,
    webhookUrl: server.url + webhookPath + webhookSecret,
    requests,
    look(at = now()) {
      postScheduled(workspace, at);
      return lookInto(workspace, channels[0]?.id ?? "");
    },
    next: (fault: Fault) => server.next(fault),
    stop: () => server.stop(),
  });
}

function answerWebhook(workspace: Workspace, path: string, body: unknown): LoopbackReply {
  if (!path.startsWith(webhookPath)) return { status: 404, body: "no_service" };
  if (path !== webhookPath + webhookSecret) return { status: 403, body: "invalid_token" };
  const [channel] = workspace.channels;
  if (channel === undefined) return { status: 404, body: "channel_not_found" };
  if (channel.archived) return { status: 410, body: "channel_is_archived" };
  if (body === null || typeof body !== "object") return { status: 400, body: "invalid_payload" };
  const { text, blocks } = fieldsOf(body);
  if (text === undefined && blocks === undefined) return { status: 400, body: "no_text" };
  if (blocks !== undefined && findBlockTrouble(blocks) !== undefined) return { status: 400, body: "invalid_blocks" };
  addMessage(workspace, { channel: channel.id, text, blocks });
  return { status: 200, body: "ok" };
}
