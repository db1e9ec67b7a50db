import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { NotifierError } from "../../../src/io/notifier.ts";
import { slackNotifier } from "../../../src/io/slack/bot.ts";
import { startLoopback } from "../../servers/loopback.ts";
import { type SlackServer, type SlackServerOptions, slackError, startSlack } from "../../servers/slack/slack.ts";

const token = "xoxb-test-token";
const message = {
  text: "DMARC: nothing to do",
  blocks: [{ type: "section", text: { type: "mrkdwn", text: "*Nothing to do*" } }],
};
const csv = { name: "dmarc-failures-2026-11-17.csv", text: "day,domain\n2026-11-17,example.com\n" };

let slack: SlackServer;

beforeEach(async () => {
  slack = await startSlack();
});

afterEach(() => slack.stop());

async function restart(options: SlackServerOptions): Promise<void> {
  await slack.stop();
  slack = await startSlack(options);
}

function notifier(options: { channel?: string; token?: string; timeout?: number } = {}) {
  return slackNotifier({ token, channel: "#dmarc", apiUrl: slack.apiUrl, ...options });
}

async function failureOf(work: Promise<unknown> | undefined): Promise<NotifierError> {
  const error = await work?.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(NotifierError);
  expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(token);
  return error as NotifierError;
}

describe("posting", () => {
  test("one request posts text and blocks without previews of links", async () => {
    await notifier().post(message);
    expect(slack.requests).toEqual([
      {
        method: "POST",
        path: "/api/chat.postMessage",
        body: { channel: "#dmarc", ...message, unfurl_links: "false", unfurl_media: "false" },
      },
    ]);
    expect(slack.messages).toEqual([{ channel: "C0000000001", ts: "1700000000.000001", ...message }]);
  });

  test.each(["dmarc", "#dmarc", "C0000000001"])("a channel given as %s comes back as its id", async (channel) => {
    expect(await notifier({ channel }).post(message)).toEqual({ channel: "C0000000001", ts: "1700000000.000001" });
  });

  test("a message refused for the rate limit is sent again when Slack asks for a short pause", async () => {
    slack.next({ status: 429, headers: { "Retry-After": "0" } });
    await notifier().post(message);
    expect(slack.requests.map(({ path }) => path)).toEqual(["/api/chat.postMessage", "/api/chat.postMessage"]);
    expect(slack.messages).toHaveLength(1);
  });

  test("a long pause is not waited for", async () => {
    slack.next({ status: 429, headers: { "Retry-After": "3600" } });
    const error = await failureOf(notifier().post(message));
    expect(error.message).toBe(
      "Slack: could not post the message in #dmarc (ratelimited): Slack's rate limit was reached and asks for a pause of 3600 seconds. Nothing was done; the next run tries again.",
    );
    expect(error.mayHaveArrived).toBe(false);
    expect(slack.requests).toHaveLength(1);
  });

  test("a rate limit that stays ends the run's patience", async () => {
    for (let refusal = 0; refusal < 9; refusal += 1) slack.next({ status: 429, headers: { "Retry-After": "0" } });
    expect((await failureOf(notifier().post(message))).message).toContain("ratelimited");
    expect(slack.requests).toHaveLength(4);
    expect(slack.messages).toHaveLength(0);
  });

  test("nothing is printed, whatever Slack says", async () => {
    const lines = [vi.spyOn(console, "log"), vi.spyOn(console, "info"), vi.spyOn(console, "warn")];
    lines.push(vi.spyOn(console, "error"), vi.spyOn(console, "debug"));
    await failureOf(notifier().post({ text: "", blocks: [{ type: "nonsense" }] }));
    await notifier()
      .upload?.({ channel: "C0000000001", ts: "1" }, { name: "no-ending", text: "x" })
      .catch(() => {});
    for (const line of lines) expect(line).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });
});

describe("a message that may have arrived is not sent again by the same run", () => {
  test.each([
    ["a timeout", { lost: "hang", done: true } as const],
    ["a connection that is cut", { lost: "drop", done: true } as const],
    ["HTTP 500", { status: 500, done: true }],
    ["fatal_error", { ...slackError("fatal_error"), done: true }],
    ["a page that is not Slack's", { status: 200, body: "<html>Welcome to our proxy</html>", done: true }],
  ])("after %s", async (_name, fault) => {
    slack.next(fault);
    const error = await failureOf(notifier({ timeout: 1500 }).post(message));
    expect(error.message).toContain("may have been posted all the same. The next run posts it again");
    expect(error.message).not.toContain("<html>");
    expect(error.mayHaveArrived).toBe(true);
    expect(slack.messages).toHaveLength(1);
    expect(slack.requests).toHaveLength(1);
  });

  test("and one that can't have arrived is told so", async () => {
    const gone = await startLoopback(() => ({ status: 200 }));
    await gone.stop();
    const error = await failureOf(slackNotifier({ token, channel: "#dmarc", apiUrl: `${gone.url}/` }).post(message));
    expect(error.message).toBe(
      "Slack: could not post the message in #dmarc: connection refused (ECONNREFUSED). Slack was not reached from this machine, so nothing was done. The next run tries again.",
    );
    expect(error.mayHaveArrived).toBe(false);
  });
});

describe("each refusal names the channel and the next step", () => {
  const channels = [
    { id: "C0000000001", name: "dmarc" },
    { id: "C0000000002", name: "old", archived: true },
    { id: "C0000000003", name: "others", member: false },
    { id: "C0000000004", name: "secret", private: true, member: false },
  ];

  test.each([
    ["#dmrac", "channel_not_found", "there is no channel #dmrac that the bot can see"],
    ["#secret", "channel_not_found", "a private channel is seen only after the bot was invited: /invite @app"],
    ["#old", "is_archived", "the channel #old is archived. Unarchive it"],
    ["C0000000003", "not_in_channel", "Type /invite @app (the app's name) in that channel."],
  ])("posting to %s: %s", async (channel, code, advice) => {
    await restart({ channels });
    const { message: text } = await failureOf(notifier({ channel }).post(message));
    expect(text).toContain(`Slack: could not post the message in ${channel} (${code}): `);
    expect(text).toContain(advice);
  });

  test("a token that Slack does not know", async () => {
    const { message: text } = await failureOf(notifier({ token: "xoxb-another" }).post(message));
    expect(text).toContain("(invalid_auth): Slack does not know the token. Give input slack-token");
    expect(text).not.toContain("xoxb-another");
  });

  test("a token without the scope to post", async () => {
    await restart({ scopes: ["files:write"] });
    expect((await failureOf(notifier().post(message))).message).toContain(
      '(missing_scope): the token lacks the scope chat:write. Add it under "OAuth & Permissions" of the Slack app and reinstall the app',
    );
  });

  test.each([
    ["token_revoked", "Reinstall the Slack app"],
    ["token_expired", "Reinstall the Slack app"],
    ["account_inactive", "Reinstall the Slack app"],
    ["not_allowed_token_type", "a bot token (xoxb-…)"],
    ["restricted_action", "the workspace's rules keep the bot from posting to #dmarc"],
    ["restricted_action_read_only_channel", "the workspace's rules keep the bot from posting to #dmarc"],
    ["org_login_required", "https://docs.slack.dev/reference/methods/chat.postMessage"],
  ])("%s", async (code, advice) => {
    slack.next(slackError(code));
    const error = await failureOf(notifier().post(message));
    expect(error.message).toContain(`(${code}): `);
    expect(error.message).toContain(advice);
    expect(error.mayHaveArrived).toBe(false);
  });

  const section = (text: string) => ({ type: "section", text: { type: "mrkdwn", text } });
  test.each([
    ["invalid_blocks: must be less than 3001 characters", { text: "x", blocks: [section("x".repeat(3001))] }],
    ["msg_blocks_too_long", { text: "x", blocks: Array.from({ length: 5 }, () => section("x".repeat(3000))) }],
    ["msg_too_long", { text: "x".repeat(40_001), blocks: [] }],
    ["no_text", { text: "", blocks: [] }],
  ])("a message that Slack does not take: %s", async (code, unfit) => {
    const { message: text } = await failureOf(notifier().post(unfit));
    expect(text).toContain(`(${code}`);
    expect(text).toContain("That is a defect of dmarc-digest");
    expect(text.split("\n")).toHaveLength(1);
  });
});

describe("the CSV", () => {
  test("goes into the thread of the message, in three requests", async () => {
    const slackBot = notifier();
    const delivery = await slackBot.post(message);
    expect(await slackBot.upload?.(delivery, csv)).toBe("F0000000001");
    expect(slack.requests.slice(1)).toEqual([
      {
        method: "POST",
        path: "/api/files.getUploadURLExternal",
        body: { filename: csv.name, length: String(csv.text.length) },
      },
      { method: "POST", path: "/upload/v1/F0000000001", body: csv.text },
      {
        method: "POST",
        path: "/api/files.completeUploadExternal",
        body: {
          files: [{ id: "F0000000001", title: csv.name }],
          channel_id: "C0000000001",
          thread_ts: delivery.ts,
        },
      },
    ]);
    expect(slack.files).toEqual([
      {
        id: "F0000000001",
        name: csv.name,
        length: csv.text.length,
        content: csv.text,
        title: csv.name,
        channel: "C0000000001",
        threadTs: delivery.ts,
      },
    ]);
  });

  test("is sent as UTF-8, its length in bytes", async () => {
    const slackBot = notifier();
    await slackBot.upload?.(await slackBot.post(message), { name: "a.csv", text: "größe\n" });
    expect(slack.files[0]).toMatchObject({ content: "größe\n", length: 8 });
  });

  test("is left out when it is empty, since Slack takes no empty files", async () => {
    const slackBot = notifier();
    expect(await slackBot.upload?.(await slackBot.post(message), { ...csv, text: "" })).toBeUndefined();
    expect(slack.requests).toHaveLength(1);
  });

  test("of a token without files:write tells which scope is missing, and the message stays", async () => {
    await restart({ scopes: ["chat:write"] });
    const slackBot = notifier();
    const delivery = await slackBot.post(message);
    const { message: text } = await failureOf(slackBot.upload?.(delivery, csv));
    expect(text).toContain(
      `Slack: could not upload ${csv.name} in #dmarc (missing_scope): the token lacks the scope files:write`,
    );
    expect(slack.messages).toHaveLength(1);
  });

  test.each(["files.getUploadURLExternal", "files.completeUploadExternal"])(
    "is uploaded all the same when %s is refused for the rate limit",
    async (method) => {
      const slackBot = notifier();
      const delivery = await slackBot.post(message);
      slack.next({ on: method, status: 429, headers: { "Retry-After": "0" } });
      const id = await slackBot.upload?.(delivery, csv);
      expect(slack.files.filter(({ channel }) => channel !== undefined).map((file) => file.id)).toEqual([id]);
    },
  );

  test("can't go beside a message that a webhook posted", async () => {
    expect((await failureOf(notifier().upload?.({}, csv))).message).toBe(
      `${csv.name} can't be put beside the message: it was not posted by a Slack bot.`,
    );
  });
});
