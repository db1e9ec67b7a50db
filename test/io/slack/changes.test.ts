import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { NotifierError } from "../../../src/io/notifier.ts";
import { type SlackOptions, slackNotifier } from "../../../src/io/slack/bot.ts";
import { slackWebhookNotifier } from "../../../src/io/slack/webhook.ts";
import { type SlackServer, type SlackServerOptions, slackError, startSlack } from "../../servers/slack/slack.ts";

const token = "xoxb-test-token";
const section = (text: string) => ({ type: "section", text: { type: "mrkdwn", text } });
const first = { text: "DMARC: nothing to do", blocks: [section("*Nothing to do*")] };
const second = { text: "DMARC: look", blocks: [section("*Look*")] };
const rich = { ...first, blocks: [{ type: "of_tomorrow" }], fallbackBlocks: [section("plain")] };
const inAnHour = () => new Date(Date.now() + 3_600_000);

let slack: SlackServer;

beforeEach(async () => {
  slack = await startSlack();
});

afterEach(() => slack.stop());

async function restart(options: SlackServerOptions): Promise<void> {
  await slack.stop();
  slack = await startSlack(options);
}

/** A bot, all of whose methods are there. */
function bot(options: Partial<SlackOptions> = {}) {
  const { update, reply, schedule, scheduled, unschedule, ...rest } = slackNotifier({
    token,
    channel: "#dmarc",
    apiUrl: slack.apiUrl,
    ...options,
  });
  if (!update || !reply || !schedule || !scheduled || !unschedule) throw new Error("a method is missing");
  return { ...rest, update, reply, schedule, scheduled, unschedule };
}

async function failureOf(work: Promise<unknown>): Promise<NotifierError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(NotifierError);
  expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(token);
  return error as NotifierError;
}

const methodsCalled = () => slack.requests.map(({ path }) => path.slice("/api/".length));

test("a webhook can neither update, reply nor schedule", () => {
  expect(Object.keys(slackWebhookNotifier({ url: slack.webhookUrl }))).toEqual(["route", "check", "post"]);
});

describe("updating", () => {
  test("puts the new message in the place of the old one", async () => {
    const delivery = await bot().post(first);
    await bot().update(delivery, second);
    expect(slack.look()).toEqual([{ ...second, isEdited: true }]);
    expect(slack.requests[1]).toMatchObject({
      path: "/api/chat.update",
      body: { channel: "C0000000001", ts: delivery.ts, ...second, parse: "none" },
    });
  });

  test.each([
    ["a timeout", { lost: "hang", done: true } as const],
    ["a connection that is cut", { lost: "drop", done: true } as const],
    ["HTTP 500", { status: 500, done: true }],
  ])("is done again after %s, since twice is the same as once", async (_name, fault) => {
    const delivery = await bot().post(first);
    slack.next(fault);
    await bot({ timeout: 1500 }).update(delivery, second);
    expect(methodsCalled()).toEqual(["chat.postMessage", "chat.update", "chat.update"]);
    expect(slack.look()).toEqual([{ ...second, isEdited: true }]);
  });

  test("that never gets an answer says that the next run tries again", async () => {
    const delivery = await bot().post(first);
    for (let count = 0; count < 3; count += 1) slack.next({ status: 503 });
    const error = await failureOf(bot().update(delivery, second));
    expect(error.message).toBe(
      "Slack: could not update the message in #dmarc: Slack answered with HTTP 503. It may have been done all the same. The next run tries again.",
    );
    expect(slack.requests).toHaveLength(3);
  });

  test("of a message that somebody deleted may be made up for by a new one", async () => {
    const delivery = await bot().post(first);
    slack.messages.pop();
    const error = await failureOf(bot().update(delivery, second));
    expect(error.message).toBe(
      "Slack: could not update the message in #dmarc (message_not_found): there is no such message any more: somebody deleted it.",
    );
    expect([error.mayPostAnew, error.mayHaveArrived]).toEqual([true, false]);
  });

  test("of another bot's message may be made up for by a new one", async () => {
    const delivery = await bot().post(first);
    Object.assign(slack.messages[0] ?? {}, { author: "a bot before" });
    const error = await failureOf(bot().update(delivery, second));
    expect(error.message).toContain("(cant_update_message): the message was posted by another bot");
    expect(error.mayPostAnew).toBe(true);
  });

  test.each([
    ["edit_window_closed", true, "A workspace admin can make that longer"],
    ["is_inactive", false, "the channel #dmarc is archived"],
    ["channel_not_found", false, "there is no channel #dmarc that the bot can see"],
    ["token_revoked", false, "Reinstall the Slack app"],
    ["update_failed", false, "https://docs.slack.dev/reference/methods/chat.update"],
  ])("refused with %s: a new message may take its place is %s", async (code, mayPostAnew, advice) => {
    const delivery = await bot().post(first);
    slack.next(slackError(code, "chat.update"));
    const error = await failureOf(bot().update(delivery, second));
    expect(error.message).toContain(advice);
    expect(error.mayPostAnew).toBe(mayPostAnew);
  });

  test("can't be done to what a webhook posted", async () => {
    const error = await failureOf(bot().update({}, second));
    expect(error.message).toBe("The message can't be updated: it was not posted by a Slack bot.");
    expect(error.mayPostAnew).toBe(true);
    expect(slack.requests).toEqual([]);
  });
});

describe("replying", () => {
  test("goes into the thread, and into the channel only when broadcast", async () => {
    const delivery = await bot().post(first);
    const reply = await bot().reply(delivery, second, { isBroadcast: false });
    expect(reply).toEqual({ channel: "C0000000001", ts: "1700000000.000002" });
    expect(slack.look()).toEqual([{ ...first, thread: [second] }]);
    await bot().reply(delivery, second, { isBroadcast: true });
    const loud = { ...second, isBroadcast: true };
    expect(slack.look()).toEqual([{ ...first, thread: [second, loud] }, loud]);
    expect(slack.requests[1]?.body).toMatchObject({ unfurl_links: "false", unfurl_media: "false" });
  });

  test("is not done again after a lost answer", async () => {
    const delivery = await bot().post(first);
    slack.next({ lost: "drop", done: true });
    const error = await failureOf(bot().reply(delivery, second, { isBroadcast: false }));
    expect(error.mayHaveArrived).toBe(true);
    expect(slack.look()).toEqual([{ ...first, thread: [second] }]);
    expect(slack.requests).toHaveLength(2);
  });

  test("below a message that was deleted may be made up for by a new message", async () => {
    const delivery = await bot().post(first);
    slack.messages.pop();
    expect((await failureOf(bot().reply(delivery, second, { isBroadcast: false }))).mayPostAnew).toBe(true);
  });
});

describe("blocks that Slack does not take", () => {
  test("are replaced by the plain ones, in a post, an update and a reply, and the reason is told", async () => {
    const reasons: string[] = [];
    const slackBot = bot({ onFallback: (reason) => reasons.push(reason) });
    const delivery = await slackBot.post(rich);
    await slackBot.update(delivery, rich);
    await slackBot.reply(delivery, rich, { isBroadcast: false });
    const plain = { text: first.text, blocks: rich.fallbackBlocks };
    expect(slack.look()).toEqual([{ ...plain, isEdited: true, thread: [plain] }]);
    expect(reasons).toHaveLength(3);
    expect(reasons[0]).toContain("(invalid_blocks: unsupported type: of_tomorrow [json-pointer:/blocks/0/type])");
  });

  test.each(["msg_blocks_too_long", "invalid_attachments"])("are replaced after %s", async (code) => {
    slack.next(slackError(code));
    await bot().post({ ...rich, blocks: first.blocks });
    expect(slack.look()).toEqual([{ text: first.text, blocks: rich.fallbackBlocks }]);
  });

  test.each(["channel_not_found", "internal_error", "msg_too_long"])("are not replaced after %s", async (code) => {
    slack.next(slackError(code));
    await failureOf(bot().post(rich));
    expect(slack.requests).toHaveLength(1);
  });

  test("are tried once more only, and without plain ones not at all", async () => {
    const { message } = await failureOf(bot().post({ ...rich, fallbackBlocks: rich.blocks }));
    expect(message).toContain("That is a defect of dmarc-digest");
    expect(slack.requests).toHaveLength(2);
    await failureOf(bot().post({ text: rich.text, blocks: rich.blocks }));
    expect(slack.requests).toHaveLength(3);
  });

  test("whose plain ones lose their answer are not sent again", async () => {
    slack.next(slackError("invalid_blocks"));
    slack.next({ lost: "drop", done: true });
    expect((await failureOf(bot().post(rich))).mayHaveArrived).toBe(true);
    expect(slack.messages).toHaveLength(1);
    expect(slack.requests).toHaveLength(2);
  });
});

describe("scheduling", () => {
  test("posts a message at its time", async () => {
    const at = inAnHour();
    expect(await bot().schedule(first, at)).toEqual({ channel: "C0000000001", id: "Q0000000001" });
    expect(slack.look()).toEqual([]);
    expect(slack.look(new Date(at.getTime() + 1000))).toEqual([first]);
  });

  test("is undone by deleting the message, by its channel's id whatever the channel is called now", async () => {
    const scheduled = await bot().schedule(first, inAnHour());
    await bot({ channel: "#another" }).unschedule(scheduled);
    expect(slack.scheduled).toEqual([]);
  });

  test("deleting what was deleted or posted before is no error", async () => {
    const scheduled = await bot().schedule(first, inAnHour());
    await bot().unschedule(scheduled);
    await bot().unschedule(scheduled);
    expect(methodsCalled().slice(1)).toEqual(["chat.deleteScheduledMessage", "chat.deleteScheduledMessage"]);
  });

  test("finds those that wait by words in their text, page by page", async () => {
    const link = "https://github.com/octo-org/mail/actions/workflows/digest.yml";
    for (let count = 0; count < 101; count += 1)
      await bot().schedule(first, new Date(inAnHour().getTime() + count * 60_000));
    const wanted = await bot().schedule({ ...first, text: `No digest: ${link}` }, inAnHour());
    slack.requests.length = 0;
    slack.next({ lost: "drop", done: true });
    expect(await bot().scheduled(link)).toEqual([wanted]);
    expect(methodsCalled()).toEqual(Array.from({ length: 3 }, () => "chat.scheduledMessages.list"));
    await bot().unschedule(wanted);
    expect(await bot().scheduled(link)).toEqual([]);
  });

  test("deleting is done again after a lost answer", async () => {
    const scheduled = await bot().schedule(first, inAnHour());
    slack.next({ lost: "drop", done: true });
    await bot().unschedule(scheduled);
    expect(slack.scheduled).toEqual([]);
    expect(slack.requests).toHaveLength(3);
  });

  test("is not done again after a lost answer", async () => {
    slack.next({ lost: "drop", done: true });
    const error = await failureOf(bot().schedule(first, inAnHour()));
    expect(error.message).toContain("It may have been scheduled all the same");
    expect(error.mayHaveArrived).toBe(true);
    expect(slack.scheduled).toHaveLength(1);
  });

  test("in the past, too far ahead or too often says what to do", async () => {
    const day = 24 * 3_600_000;
    const failed = async (at: Date) => (await failureOf(bot().schedule(first, at))).message;
    expect(await failed(new Date(Date.now() - day))).toBe(
      "Slack: could not schedule a message in #dmarc (time_in_past): by Slack's clock its time has passed. Check the clock of the machine that runs this.",
    );
    expect(await failed(new Date(Date.now() + 121 * day))).toContain(
      "(time_too_far): Slack takes messages for the next",
    );
    const at = inAnHour();
    for (let count = 0; count < 30; count += 1) await bot().schedule(first, at);
    expect(await failed(at)).toContain("(restricted_too_many): Slack takes at most 30 messages for the same 5 minutes");
  });

  test("tells the missing scope, the missing membership and the rate limit's pause", async () => {
    slack.next({ status: 429, headers: { "Retry-After": "120" } });
    expect((await failureOf(bot().schedule(first, inAnHour()))).message).toContain("a pause of 120 seconds");
    slack.next(slackError("rate_limited"));
    expect((await failureOf(bot().schedule(first, inAnHour()))).message).toContain("Slack's rate limit was reached.");
    await restart({ channels: [{ id: "C0000000001", name: "dmarc", member: false }] });
    expect((await failureOf(bot().schedule(first, inAnHour()))).message).toContain("Type /invite @app");
    await restart({ scopes: [] });
    const scheduled = { channel: "C0000000001", id: "Q1" };
    expect((await failureOf(bot().unschedule(scheduled))).message).toContain("the token lacks the scope chat:write");
  });
});
