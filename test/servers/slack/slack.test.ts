import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findBlockTrouble } from "./blocks.ts";
import { type SlackServer, startSlack } from "./slack.ts";

const words = (text: string) => ({ type: "mrkdwn", text });
const section = (text: string) => ({ type: "section", text: words(text) });
const cell = (text: string) => ({ type: "raw_text", text });
const table = (rows: number, columns: number, text = "x") => ({
  type: "table",
  rows: Array.from({ length: rows }, () => Array.from({ length: columns }, () => cell(text))),
});
const many = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);
const rich = { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text: "x" }] }] };

const chart = (points: number, series: number, more: object = {}) => ({
  type: "data_visualization",
  title: "Volume",
  chart: {
    type: "line",
    series: Array.from({ length: series }, (_, index) => ({
      name: `Series ${index}`,
      data: Array.from({ length: points }, (_, label) => ({ label: `${label}`, value: -label })),
    })),
    axis_config: { categories: Array.from({ length: points }, (_, label) => `${label}`) },
    ...more,
  },
});
const dataTable = (rows: number, more: object = {}) => ({
  ...table(rows, 2),
  type: "data_table",
  caption: "x",
  ...more,
});
const richText = (...elements: object[]) => ({ type: "rich_text", elements });

describe("blocks", () => {
  test.each<[string, object[]]>([
    ["fifty of them", many(50, { type: "divider" })],
    ["a header of 150 characters", [{ type: "header", text: { type: "plain_text", text: "x".repeat(150) } }]],
    ["a section of 3,000 characters", [section("x".repeat(3000))]],
    ["ten fields", [{ type: "section", fields: many(10, words("x")) }]],
    ["ten elements of context", [{ type: "context", elements: many(10, words("x")) }]],
    ["a table of 100 rows and 20 columns", [table(100, 20)]],
    ["a table of rich text", [{ type: "table", rows: [[rich]] }]],
    ["12,000 characters in all", many(4, section("x".repeat(3000)))],
    ["a table of 10,000 characters", [table(10, 10, "x".repeat(100))]],
    ["a table of numbers", [{ type: "table", rows: [[{ type: "raw_number", value: 1, text: "1" }]] }]],
    ["a data table of 101 rows", [dataTable(101)]],
    ["two charts of 20 points and 6 series", many(2, chart(20, 6))],
    ["a bar chart with axis labels", [chart(1, 1, { type: "bar" })]],
    ["a pie", [chart(0, 0, { type: "pie", segments: many(6, { label: "x", value: 1 }) })]],
  ])("with %s are taken", (_name, blocks) => {
    expect(findBlockTrouble(blocks)).toBeUndefined();
  });

  test.each<[string, object[], string]>([
    ["51 of them", many(51, { type: "divider" }), "no more than 50 items allowed [json-pointer:/blocks]"],
    ["an unknown type", [{ type: "chart" }], "unsupported type: chart [json-pointer:/blocks/0/type]"],
    [
      "a header of 151 characters",
      [{ type: "header", text: { type: "plain_text", text: "x".repeat(151) } }],
      "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
    ],
    [
      "a header in mrkdwn",
      [{ type: "header", text: words("x") }],
      "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
    ],
    ["an empty section", [{ type: "section" }], "missing required field: text [json-pointer:/blocks/0]"],
    ["an empty text", [section("")], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"],
    [
      "eleven fields",
      [{ type: "section", fields: many(11, words("x")) }],
      "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
    ],
    [
      "a field of 2,001 characters",
      [{ type: "section", fields: [words("x".repeat(2001))] }],
      "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
    ],
    [
      "eleven elements of context",
      [{ type: "context", elements: many(11, words("x")) }],
      "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
    ],
    ["a table of 101 rows", [table(101, 1)], "no more than 100 items allowed [json-pointer:/blocks/0/rows]"],
    ["a table of 21 columns", [table(1, 21)], "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]"],
    ["an empty cell", [table(1, 1, "")], "must be more than 0 characters [json-pointer:/blocks/0/rows/0/0/text]"],
    [
      "one id twice",
      many(2, { type: "divider", block_id: "a" }),
      "block_id already exists [json-pointer:/blocks/1/block_id]",
    ],
    [
      "a table of 10,001 characters",
      [table(1, 5, "x".repeat(2001))],
      "tables must be less than 10001 characters [json-pointer:/blocks]",
    ],
    [
      "a number without value",
      [{ type: "table", rows: [[{ type: "raw_number", text: "1" }]] }],
      "must be a number [json-pointer:/blocks/0/rows/0/0/value]",
    ],
    [
      "an alignment that is none",
      [{ ...table(1, 1), column_settings: [{ align: "justify" }] }],
      "must be one of left, center, right [json-pointer:/blocks/0/column_settings/0/align]",
    ],
    ["a data table of one row", [dataTable(1)], "must provide at least 2 items [json-pointer:/blocks/0/rows]"],
    ["a data table of 102 rows", [dataTable(102)], "no more than 101 items allowed [json-pointer:/blocks/0/rows]"],
    [
      "a data table without caption",
      [dataTable(2, { caption: undefined })],
      "must be a string [json-pointer:/blocks/0/caption]",
    ],
    [
      "a data table with a ragged row",
      [dataTable(2, { rows: [[cell("x")], [cell("x"), cell("y")]] })],
      "all rows must have the same number of cells [json-pointer:/blocks/0/rows]",
    ],
    [
      "a data table with a rich header",
      [dataTable(2, { rows: [[rich], [cell("x")]] })],
      "unsupported type: rich_text [json-pointer:/blocks/0/rows/0]",
    ],
    [
      "a data table of 101 rows a page",
      [dataTable(2, { page_size: 101 })],
      "must be from 1 to 100 [json-pointer:/blocks/0/page_size]",
    ],
    ["three charts", many(3, chart(1, 1)), "no more than 2 data_visualization blocks allowed [json-pointer:/blocks]"],
    ["a chart of seven series", [chart(1, 7)], "no more than 6 items allowed [json-pointer:/blocks/0/chart/series]"],
    [
      "two series of one name",
      [chart(1, 1, { series: many(2, { name: "x", data: [{ label: "0", value: 1 }] }) })],
      "name already exists [json-pointer:/blocks/0/chart/series/1/name]",
    ],
    [
      "a point without category",
      [chart(1, 1, { axis_config: { categories: ["other"] } })],
      "labels must match axis_config.categories [json-pointer:/blocks/0/chart/series/0/data]",
    ],
    [
      "a point that is no number",
      [chart(1, 1, { series: [{ name: "x", data: [{ label: "0", value: null }] }] })],
      "must be a number [json-pointer:/blocks/0/chart/series/0/data/0/value]",
    ],
    [
      "a chart's title of 51 characters",
      [{ ...chart(1, 1), title: "x".repeat(51) }],
      "must be less than 51 characters [json-pointer:/blocks/0/title]",
    ],
    [
      "a pie with an empty slice",
      [chart(0, 0, { type: "pie", segments: [{ label: "x", value: 0 }] })],
      "must be greater than 0 [json-pointer:/blocks/0/chart/segments/0/value]",
    ],
    [
      "a kind of chart that is none",
      [chart(1, 1, { type: "radar" })],
      "unsupported type: radar [json-pointer:/blocks/0/chart/type]",
    ],
    ["a rich text without elements", [richText()], "must provide at least 1 item [json-pointer:/blocks/0/elements]"],
    [
      "an empty rich text",
      [richText({ type: "rich_text_section", elements: [{ type: "text", text: "" }] })],
      "must be more than 0 characters [json-pointer:/blocks/0/elements/0/elements/0/text]",
    ],
    [
      "mrkdwn in a rich text",
      [richText({ type: "rich_text_quote", elements: [words("x")] })],
      "unsupported type: mrkdwn [json-pointer:/blocks/0/elements/0/elements/0/type]",
    ],
    [
      "a list of no style",
      [richText({ type: "rich_text_list", elements: rich.elements })],
      "must be bullet or ordered [json-pointer:/blocks/0/elements/0/style]",
    ],
  ])("with %s are refused", (_name, blocks, error) => {
    expect(findBlockTrouble(blocks)).toEqual({ error: "invalid_blocks", errors: [error] });
  });

  test("of a chart with 21 points are refused for its categories and its points", () => {
    expect(findBlockTrouble([chart(21, 1)])?.errors).toEqual([
      "no more than 20 items allowed [json-pointer:/blocks/0/chart/axis_config/categories]",
      "no more than 20 items allowed [json-pointer:/blocks/0/chart/series/0/data]",
    ]);
  });

  test("with two tables are refused", () => {
    expect(findBlockTrouble([table(1, 1), table(1, 1)])).toEqual({
      error: "invalid_attachments",
      errors: ["only_one_table_allowed"],
    });
  });

  test("with more than 12,000 characters in all are refused", () => {
    expect(findBlockTrouble([...many(4, section("x".repeat(3000))), section("x")])?.error).toBe("msg_blocks_too_long");
  });
});

describe("a local Slack", () => {
  let slack: SlackServer;

  beforeEach(async () => {
    slack = await startSlack();
  });

  afterEach(() => slack.stop());

  async function call(method: string, body: object, authorization = "Bearer xoxb-test-token"): Promise<object> {
    const headers = { "Content-Type": "application/json", Authorization: authorization };
    const response = await fetch(slack.apiUrl + method, { method: "POST", headers, body: JSON.stringify(body) });
    return (await response.json()) as object;
  }

  test("keeps the token out of its record of requests", async () => {
    await call("chat.postMessage", { token: "xoxb-test-token", channel: "dmarc", text: "x" }, "");
    expect(slack.requests[0]?.body).toEqual({ token: "[token]", channel: "dmarc", text: "x" });
    expect(slack.messages).toHaveLength(1);
  });

  test("updates a message that is there, by the channel's id only", async () => {
    await call("chat.postMessage", { channel: "dmarc", text: "old" });
    const there = { channel: "C0000000001", ts: "1700000000.000001", text: "new" };
    expect(await call("chat.update", { ...there, channel: "dmarc" })).toMatchObject({ error: "channel_not_found" });
    expect(await call("chat.update", { ...there, ts: "1.0" })).toMatchObject({ error: "message_not_found" });
    expect(await call("chat.update", there)).toMatchObject({ ok: true, ts: "1700000000.000001" });
    expect(slack.messages).toMatchObject([{ text: "new" }]);
  });

  test("refuses calls without a token and methods that it does not know", async () => {
    expect(await call("chat.postMessage", {}, "")).toEqual({ ok: false, error: "not_authed" });
    expect(await call("chat.postMesage", {})).toEqual({ ok: false, error: "unknown_method" });
  });

  test("refuses an upload without length, of another length, or into a thread or channel that is not there", async () => {
    expect(await call("files.getUploadURLExternal", { filename: "a.csv", length: 0 })).toMatchObject({
      error: "missing_argument",
    });
    const opened = await call("files.getUploadURLExternal", { filename: "a.csv", length: 3 });
    const { upload_url: url = "" } = opened as { upload_url?: string };
    const files = [{ id: "F0000000001" }];
    expect((await fetch(url, { method: "POST", body: "four" })).status).toBe(400);
    expect(await call("files.completeUploadExternal", { files })).toMatchObject({ error: "file_not_found" });
    expect((await fetch(url, { method: "POST", body: "one" })).status).toBe(200);
    for (const [where, error] of [
      [{ channel_id: "dmarc" }, "invalid_channel"],
      [{ channel_id: "C0000000001", thread_ts: "1.0" }, "invalid_arguments"],
    ] as const) {
      expect(await call("files.completeUploadExternal", { files, ...where })).toMatchObject({ error });
    }
    expect(await call("files.completeUploadExternal", { files, channel_id: "C0000000001" })).toMatchObject({
      ok: true,
    });
  });

  test("shows a channel as a person sees it: threads and files below their message, a broadcast reply twice", async () => {
    await call("chat.postMessage", { channel: "dmarc", text: "first" });
    await call("chat.postMessage", { channel: "dmarc", text: "second" });
    const thread_ts = "1700000000.000001";
    await call("chat.postMessage", { channel: "dmarc", text: "quiet", thread_ts });
    await call("chat.postMessage", { channel: "dmarc", text: "loud", thread_ts, reply_broadcast: true });
    await call("chat.update", { channel: "C0000000001", ts: thread_ts, text: "first, changed" });
    const [quiet, loud] = [
      { text: "quiet", blocks: [] },
      { text: "loud", blocks: [], isBroadcast: true },
    ];
    expect(slack.look()).toEqual([
      { text: "first, changed", blocks: [], isEdited: true, thread: [quiet, loud] },
      { text: "second", blocks: [] },
      loud,
    ]);
  });

  test("refuses a reply to no message and to a reply", async () => {
    const reply = { channel: "dmarc", text: "x", thread_ts: "1700000000.000001" };
    expect(await call("chat.postMessage", reply)).toMatchObject({ error: "thread_not_found" });
    await call("chat.postMessage", { ...reply, thread_ts: undefined });
    expect(await call("chat.postMessage", reply)).toMatchObject({ ok: true, ts: "1700000000.000002" });
    expect(await call("chat.postMessage", { ...reply, thread_ts: "1700000000.000002" })).toMatchObject({
      error: "cannot_reply_to_message",
    });
  });

  test("updates neither another bot's message nor one in an archived channel", async () => {
    slack.messages.push({ channel: "C0000000001", ts: "1.1", text: "theirs", blocks: [], author: "other" });
    const there = { channel: "C0000000001", ts: "1.1", text: "ours" };
    expect(await call("chat.update", there)).toMatchObject({ error: "cant_update_message" });
    await call("chat.postMessage", { channel: "dmarc", text: "old" });
    slack.channels = slack.channels.map((channel) => Object.assign(channel, { archived: true }));
    expect(await call("chat.update", { ...there, ts: "1700000000.000002" })).toMatchObject({ error: "is_inactive" });
  });

  test("posts what was scheduled when its time has come, and deletes it before only", async () => {
    const soon = Math.floor(Date.now() / 1000) + 60;
    await call("chat.scheduleMessage", { channel: "dmarc", text: "one", post_at: soon });
    await call("chat.scheduleMessage", { channel: "dmarc", text: "two", post_at: soon });
    expect(slack.look()).toEqual([]);
    const first = { channel: "C0000000001", scheduled_message_id: "Q0000000001" };
    expect(await call("chat.deleteScheduledMessage", { ...first, channel: "dmarc" })).toMatchObject({
      error: "channel_not_found",
    });
    expect(await call("chat.deleteScheduledMessage", first)).toEqual({ ok: true });
    expect(slack.look(new Date(soon * 1000))).toEqual([{ text: "two", blocks: [] }]);
    for (const scheduled_message_id of ["Q0000000001", "Q0000000002", "Q0000000003"]) {
      expect(await call("chat.deleteScheduledMessage", { ...first, scheduled_message_id })).toMatchObject({
        error: "invalid_scheduled_message_id",
      });
    }
  });

  test("schedules at most 120 days ahead, and 30 messages within five minutes", async () => {
    const now = Math.floor(Date.now() / 1000);
    const at = (post_at: unknown) => call("chat.scheduleMessage", { channel: "dmarc", text: "x", post_at });
    expect(await at(now - 1)).toMatchObject({ error: "time_in_past" });
    expect(await at(now + 121 * 24 * 3600)).toMatchObject({ error: "time_too_far" });
    expect(await at("tomorrow")).toMatchObject({ error: "invalid_time" });
    for (let count = 0; count < 30; count += 1) expect(await at(now + 600 + count)).toMatchObject({ ok: true });
    expect(await at(now + 600)).toMatchObject({ error: "restricted_too_many" });
    expect(await at(now + 1200)).toMatchObject({ ok: true });
  });
});
