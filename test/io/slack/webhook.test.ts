import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { NotifierError } from "../../../src/io/notifier.ts";
import { slackWebhookNotifier } from "../../../src/io/slack/webhook.ts";
import { startLoopback } from "../../servers/loopback.ts";
import { type SlackServer, startSlack } from "../../servers/slack/slack.ts";

const message = {
  text: "DMARC: nothing to do",
  blocks: [{ type: "section", text: { type: "mrkdwn", text: "*Nothing to do*" } }],
};

let slack: SlackServer;

beforeEach(async () => {
  slack = await startSlack();
});

afterEach(() => slack.stop());

async function failureOf(url: string, unfit = message): Promise<NotifierError> {
  const error = await slackWebhookNotifier({ url, timeout: 1500 })
    .post(unfit)
    .then(
      () => undefined,
      (reason: unknown) => reason,
    );
  expect(error).toBeInstanceOf(NotifierError);
  expect(inspect(error, { depth: 20, showHidden: true })).not.toMatch(/services|webhookSecret/);
  return error as NotifierError;
}

test("one request posts text and blocks as JSON, and there is nothing to update later", async () => {
  expect(await slackWebhookNotifier({ url: slack.webhookUrl }).post(message)).toEqual({});
  expect(slack.requests).toEqual([{ method: "POST", path: "/services/T00000001/B00000001/[secret]", body: message }]);
  expect(slack.messages).toHaveLength(1);
});

test("files can't be sent", () => {
  expect(slackWebhookNotifier({ url: slack.webhookUrl })).not.toHaveProperty("upload");
});

describe("a rate limit", () => {
  test("of a short pause is waited for once", async () => {
    slack.next({ status: 429, headers: { "Retry-After": "0" }, body: "rate_limited" });
    await slackWebhookNotifier({ url: slack.webhookUrl }).post(message);
    expect(slack.requests).toHaveLength(2);
    expect(slack.messages).toHaveLength(1);
  });

  test("that stays is an error", async () => {
    slack.next({ status: 429, headers: { "Retry-After": "0" }, body: "rate_limited" });
    slack.next({ status: 429, headers: { "Retry-After": "0" }, body: "rate_limited" });
    expect((await failureOf(slack.webhookUrl)).message).toContain("Slack's rate limit was reached");
    expect(slack.requests).toHaveLength(2);
  });

  test("of a long or unknown pause is not waited for", async () => {
    slack.next({ status: 429, headers: { "Retry-After": "3600" } });
    slack.next({ status: 429 });
    expect((await failureOf(slack.webhookUrl)).message).toBe(
      "Slack webhook: HTTP 429: Slack's rate limit was reached and asks for a pause of 3600 seconds. The next run tries again.",
    );
    expect((await failureOf(slack.webhookUrl)).message).toContain("Slack's rate limit was reached. The next run");
    expect(slack.requests).toHaveLength(2);
  });
});

describe("each refusal says what to do", () => {
  test.each([
    ["a webhook that was removed", "B00000001", "B00000009", "HTTP 404 no_service", "Copy it anew"],
    ["a URL that was cut", "TheTest01", "", "HTTP 403 invalid_token", "its URL is not whole"],
  ])("%s", async (_name, part, other, status, advice) => {
    const { message: text } = await failureOf(slack.webhookUrl.replace(part, other));
    expect(text).toContain(`Slack webhook: ${status}: `);
    expect(text).toContain(advice);
  });

  test("an archived channel", async () => {
    await slack.stop();
    slack = await startSlack({ channels: [{ id: "C0000000001", name: "old", archived: true }] });
    expect((await failureOf(slack.webhookUrl)).message).toBe(
      "Slack webhook: HTTP 410 channel_is_archived: the webhook's channel is archived or gone. Unarchive it, or add a webhook for another channel and give its URL to slack-webhook-url.",
    );
  });

  test.each([
    [403, "action_prohibited", "Ask a workspace admin"],
    [404, "channel_not_found", "archived or gone"],
    [404, "no_team", "does not exist any more"],
    [400, "invalid_payload", "That is a defect of dmarc-digest"],
    [404, "<html>nothing here</html>", "there is no webhook at this URL"],
    [418, "I'm a teapot", "that is not how Slack says"],
  ])("HTTP %i %s", async (status, body, advice) => {
    slack.next({ status, body });
    const error = await failureOf(slack.webhookUrl);
    expect(error.message).toContain(advice);
    expect(error.message).not.toMatch(/html|teapot/);
    expect(error.mayHaveArrived).toBe(false);
  });

  test("blocks that Slack does not take", async () => {
    const { message: text } = await failureOf(slack.webhookUrl, { text: "x", blocks: [{ type: "nonsense" } as never] });
    expect(text).toContain("HTTP 400 invalid_blocks: Slack did not accept the message");
  });

  test.each(["invalid_blocks", "msg_blocks_too_long"])("the plain blocks go after %s, once", async (code) => {
    const plain = { ...message, blocks: [{ type: "divider" }] };
    const rich = { ...message, fallbackBlocks: plain.blocks };
    slack.next({ status: 400, body: code });
    const reasons: string[] = [];
    await slackWebhookNotifier({ url: slack.webhookUrl, onFallback: (reason) => reasons.push(reason) }).post(rich);
    expect(slack.look()).toEqual([plain]);
    expect(reasons).toEqual([`Slack webhook: HTTP 400 ${code}: the message is sent again in plain blocks`]);
    slack.next({ status: 400, body: code });
    slack.next({ status: 400, body: code });
    await failureOf(slack.webhookUrl, rich);
    expect(slack.messages).toHaveLength(1);
  });

  test("a redirect is not followed", async () => {
    const elsewhere = await startLoopback(() => ({ status: 200, body: "ok" }));
    slack.next({ status: 307, headers: { Location: `${elsewhere.url}/services/x` } });
    expect((await failureOf(slack.webhookUrl)).message).toContain("a redirect, which is not followed");
    await elsewhere.stop();
  });
});

describe("a message that may have arrived is not sent again by the same run", () => {
  test.each([
    ["a timeout", { lost: "hang", done: true } as const],
    ["a connection that is cut", { lost: "drop", done: true } as const],
    ["HTTP 500", { status: 500, body: "rollup_error", done: true }],
    ["a page that is not Slack's", { status: 200, body: "<html>Welcome to our proxy</html>", done: true }],
  ])("after %s", async (_name, fault) => {
    slack.next(fault);
    const error = await failureOf(slack.webhookUrl);
    expect(error.mayHaveArrived).toBe(true);
    if (!error.message.includes("HTTP 200")) expect(error.message).toContain("The next run posts it again");
    expect(error.message).not.toContain("<html>");
    expect(slack.requests).toHaveLength(1);
    expect(slack.messages).toHaveLength(1);
  });

  test("and one that can't have arrived is told so", async () => {
    await slack.stop();
    const error = await failureOf(slack.webhookUrl);
    slack = await startSlack();
    expect(error.message).toBe(
      "Slack webhook: connection refused (ECONNREFUSED). It was not posted; the next run tries again.",
    );
    expect(error.mayHaveArrived).toBe(false);
  });
});
