import { setTimeout as wait } from "node:timers/promises";
import { networkFailure } from "../http.ts";
import { type Delivery, type Notifier, NotifierError, type SlackMessage } from "../notifier.ts";
import { mayComeTwice, refusesBlocks, webhookAdvice } from "./advice.ts";

/** A Slack incoming webhook. */
export interface SlackWebhookOptions {
  /** `https://hooks.slack.com/services/T…/B…/…`: a secret, since whoever has it can post. */
  url: string;
  /** Whose it is, for errors: `example.com, group shop`; absent for that of all domains. */
  of?: string;
  timeout?: number;
  /** Called with the reason when a message went out with its `fallbackBlocks`. */
  onFallback?: (reason: string) => void;
}

const defaultTimeout = 30_000;

const longestWait = 60;

/**
 * Posts to the one channel of an incoming webhook. It can't update what it posted, and takes no files.
 *
 * @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 */
export function slackWebhookNotifier(options: SlackWebhookOptions): Notifier {
  const { url, of, timeout = defaultTimeout, onFallback } = options;
  const whose = of === undefined ? "" : ` of ${of}`;
  const hook = { url, timeout, name: `Slack webhook${whose}` };
  return {
    route: "slack-webhook",
    async check() {
      const answer = await send(hook, {});
      if (answer.status !== 400 || answer.text !== "no_text") deliveryOf(hook, answer);
      return { channel: `slack-webhook-url${whose}`, missing: [] };
    },
    async post(message) {
      const { fallbackBlocks } = message;
      const answer = await sendWhenAllowed(hook, message);
      if (fallbackBlocks === undefined || answer.status !== 400 || !refusesBlocks(answer.text))
        return deliveryOf(hook, answer);
      onFallback?.(`${hook.name}: HTTP 400 ${answer.text}: the message is sent again in plain blocks`);
      return deliveryOf(hook, await sendWhenAllowed(hook, { ...message, blocks: fallbackBlocks }));
    },
  };
}

interface Webhook extends Required<Pick<SlackWebhookOptions, "url" | "timeout">> {
  name: string;
}

async function sendWhenAllowed(hook: Webhook, message: SlackMessage): Promise<WebhookAnswer> {
  const answer = await send(hook, message);
  const seconds = answer.status === 429 ? answer.retryAfter : undefined;
  if (seconds === undefined || seconds > longestWait) return answer;
  await wait(seconds * 1000);
  return await send(hook, message);
}

/** What the webhook answered: Slack's are one word of plain text. */
interface WebhookAnswer {
  status: number;
  text: string;
  retryAfter?: number;
}

async function send({ url, timeout, name }: Webhook, { text, blocks }: Partial<SlackMessage>): Promise<WebhookAnswer> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ text, blocks }),
      redirect: "manual",
      signal: AbortSignal.timeout(timeout),
    });
    const seconds = response.headers.get("retry-after") ?? "";
    return {
      status: response.status,
      text: (await response.text()).trim(),
      ...(/^\d{1,9}$/.test(seconds) ? { retryAfter: Number(seconds) } : {}),
    };
  } catch (error) {
    const { reason, mayHaveArrived } = networkFailure(error);
    const outcome = mayHaveArrived ? mayComeTwice : "It was not posted; the next run tries again.";
    throw new NotifierError(`${name}: ${reason}. ${outcome}`, { cause: error, mayHaveArrived });
  }
}

function deliveryOf({ name }: Webhook, { status, text, retryAfter }: WebhookAnswer): Delivery {
  if (status === 200 && text === "ok") return {};
  const code = /^[a-z][a-z0-9_]{1,59}$/.test(text) ? ` ${text}` : "";
  const mayHaveArrived = status >= 500 || (status >= 200 && status < 300);
  throw new NotifierError(`${name}: HTTP ${status}${code}: ${adviceOf(status, text, retryAfter)}`, {
    mayHaveArrived,
  });
}

function adviceOf(status: number, text: string, retryAfter: number | undefined): string {
  const known = webhookAdvice.get(text);
  if (known !== undefined) return known;
  if (status === 429) {
    const pause = retryAfter === undefined ? "" : ` and asks for a pause of ${retryAfter} seconds`;
    return `Slack's rate limit was reached${pause}. The next run tries again.`;
  }
  if (status >= 300 && status < 400)
    return "it answered with a redirect, which is not followed. Check slack-webhook-url.";
  if (status === 404) return "there is no webhook at this URL. Copy it anew into the secret behind slack-webhook-url.";
  if (status >= 500) return `Slack had trouble. ${mayComeTwice}`;
  return "that is not how Slack says that a message was posted. Check that slack-webhook-url is whole and leads to Slack.";
}
