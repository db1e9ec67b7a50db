import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Delivery, NotifierError, type ScheduledMessage } from "../../../src/io/notifier.ts";
import { slackNotifier } from "../../../src/io/slack/bot.ts";
import { type SlackServer, slackError, startSlack } from "../../servers/slack/slack.ts";

/* Each of Slack's refusals, by each thing that is asked of it: advice, and nothing done twice. */

const token = "xoxb-test-token";
const message = {
  text: "DMARC: nothing to do",
  blocks: [{ type: "section", text: { type: "mrkdwn", text: "*Nothing to do*" } }],
};
const csv = { name: "dmarc-failures-2026-11-17.csv", text: "day,domain\n2026-11-17,example.com\n" };
const inAnHour = () => new Date(Date.now() + 3_600_000);

let slack: SlackServer;
let bot: Required<ReturnType<typeof slackNotifier>>;
let delivery: Delivery;
let scheduled: ScheduledMessage;

/** Before each: a message is posted, and another one waits. */
beforeEach(async () => {
  slack = await startSlack();
  bot = slackNotifier({ token, channel: "#dmarc", apiUrl: slack.apiUrl, timeout: 1500 }) as typeof bot;
  delivery = await bot.post(message);
  scheduled = await bot.schedule(message, inAnHour());
  slack.requests.length = 0;
});

afterEach(() => slack.stop());

/** What is asked of Slack, as errors name it, and the method that can fail. */
const asked = [
  ["post the message", "chat.postMessage", () => bot.post(message)],
  ["update the message", "chat.update", () => bot.update(delivery, message)],
  ["reply in the message's thread", "chat.postMessage", () => bot.reply(delivery, message, { isBroadcast: true })],
  [`upload ${csv.name}`, "files.getUploadURLExternal", () => bot.upload(delivery, csv)],
  [`upload ${csv.name}`, "files.completeUploadExternal", () => bot.upload(delivery, csv)],
  ["schedule a message", "chat.scheduleMessage", () => bot.schedule(message, inAnHour())],
  ["delete the scheduled message", "chat.deleteScheduledMessage", () => bot.unschedule(scheduled)],
] as const;

async function failureOf(work: Promise<unknown>): Promise<NotifierError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(NotifierError);
  expect(String(error)).not.toContain(token);
  return error as NotifierError;
}

const callsOf = (method: string): number => slack.requests.filter(({ path }) => path === `/api/${method}`).length;

describe.each(asked)("to %s (%s)", (doing, method, ask) => {
  const scope = method.startsWith("files.") ? "files:write" : "chat:write";

  test.each([
    ["not_in_channel", "the bot is no member of #dmarc. Type /invite @app"],
    ["missing_scope", `the token lacks the scope ${scope}. Add it under "OAuth & Permissions"`],
    ["channel_not_found", "there is no channel #dmarc that the bot can see. Give the channel's id"],
    ["invalid_auth", "Slack does not know the token. Give input slack-token the bot token"],
    ["is_archived", "the channel #dmarc is archived. Unarchive it"],
    ["ratelimited", "Slack's rate limit was reached. Nothing was done; the next run tries again."],
    ["some_new_error", `see "errors" at https://docs.slack.dev/reference/methods/`],
  ])("refused with %s", async (code, advice) => {
    slack.next(slackError(code, method));
    const error = await failureOf(ask());
    expect(error.message).toContain(`Slack: could not ${doing} in #dmarc (${code}): ${advice}`);
    expect([error.mayHaveArrived, error.mayPostAnew]).toEqual([false, false]);
    expect(callsOf(method)).toBe(1);
  });

  test("the rate limit's pause is told when it is too long, and waited for when it is short", async () => {
    slack.next({ on: method, status: 429, headers: { "Retry-After": "120" } });
    expect((await failureOf(ask())).message).toContain(
      `Slack: could not ${doing} in #dmarc (ratelimited): Slack's rate limit was reached and asks for a pause of 120 seconds.`,
    );
    slack.next({ on: method, status: 429, headers: { "Retry-After": "0" } });
    await ask();
    expect(callsOf(method)).toBe(3);
  });
});

const withBlocks = asked.filter(([, method]) => /post|update|scheduleM/.test(method));

test.each(withBlocks)("to %s (%s): blocks that are too long are our defect", async (doing, method, ask) => {
  slack.next(slackError("msg_blocks_too_long", method));
  expect((await failureOf(ask())).message).toContain(
    `Slack: could not ${doing} in #dmarc (msg_blocks_too_long): Slack did not accept the message as it was made. That is a defect`,
  );
});

/* A timeout takes its time, and is tried in slack.test.ts and slack-changes.test.ts. */
const lostAnswers = [
  ["a connection that is cut", { lost: "drop", done: true } as const],
  ["HTTP 503", { status: 503, done: true }],
  ["internal_error", { ...slackError("internal_error"), done: true }],
] as const;

describe.each(lostAnswers)("after %s", (_name, fault) => {
  const once = asked.filter(([, method]) => /post|completeUpload|scheduleM/.test(method));
  test.each(once)("to %s (%s) is not tried again, since it may be done", async (_doing, method, ask) => {
    slack.next({ ...fault, on: method });
    const error = await failureOf(ask());
    expect(error.mayHaveArrived).toBe(true);
    expect(error.message).toMatch(
      /all the same(?:\. The next run (?:posts|may upload) it|, so it is not sent again: look into)/,
    );
    expect(callsOf(method)).toBe(1);
    expect([slack.messages.length + slack.scheduled.length, slack.files.length]).toEqual(
      method.startsWith("files.") ? [2, 1] : [3, 0],
    );
  });

  const twice = asked.filter(([, method]) => /update|delete/.test(method));
  test.each(twice)("to %s (%s) is done again, since twice is the same as once", async (_doing, method, ask) => {
    slack.next({ ...fault, on: method });
    await ask();
    expect(callsOf(method)).toBe(2);
  });
});
