import { expect, test } from "vitest";
import { parseState } from "../../src/history/state.ts";
import { openSlack, subjects } from "../servers/place.ts";
import { slackError } from "../servers/slack/slack.ts";
import { committed, headsOf, makeRunPlace, putReport, type RunPlace, runAt } from "./place.ts";

/* The weekly message: on its weekday, or with the first run after it. */

const weekly = { weekly: "monday" };
const friday = "2026-11-20T09:00:00Z";
const monday = "2026-11-23T09:00:00Z";

/** A place with reports of the days up to 20 November, where a first run was made on Friday. */
async function makeWeek(
  inputs: Record<string, string> = weekly,
): Promise<RunPlace & { slack: Awaited<ReturnType<typeof openSlack>> }> {
  const place = { ...makeRunPlace(), slack: await openSlack() };
  for (let day = 1; day <= 20; day += 1)
    putReport(place, `2026-11-${String(day).padStart(2, "0")}`, { pass: 900, fail: day === 19 ? 300 : 0 });
  await runAt(place, friday, inputs);
  return place;
}

function textsOf({ slack }: { slack: { look: () => { text: string }[] } }): string[] {
  return slack.look().map(({ text }) => text);
}

/** On a loud week its days stand below the first line, else in it. */
function isWeekly(text: string): boolean {
  return /week \d/i.test(text);
}

test("comes after the digest, once, with two charts and of one domain without a table, and not in the week of the first run", async () => {
  const place = await makeWeek();
  expect(textsOf(place)).toEqual([expect.stringContaining("Thu 19 Nov (UTC)")]);
  expect((await runAt(place, monday, weekly)).problems).toEqual([]);
  expect(textsOf(place).slice(1)).toEqual([
    expect.stringContaining("Fri 20 Nov (UTC)"),
    expect.stringMatching(/Week 14 Nov – 20 Nov \(UTC\)/),
  ]);
  const types = place.slack.messages.at(-1)?.blocks.map((block) => (block as { type: string }).type) ?? [];
  expect(types.filter((type) => type === "table")).toHaveLength(0);
  expect(types.filter((type) => type === "data_visualization")).toHaveLength(2);
  expect(subjects(place)[0]).toBe("dmarc: digest of 2026-11-20 sent, weekly message of 2026-11-23 sent");
  const [heads, requests] = [headsOf(place), place.slack.requests.length];
  await runAt(place, "2026-11-23T12:00:00Z", weekly);
  expect([headsOf(place), place.slack.requests.length]).toEqual([heads, requests]);
});

test("does not come before the history knows seven days", async () => {
  const place = { ...makeRunPlace(), slack: await openSlack() };
  for (const day of [16, 17, 18, 19, 20]) putReport(place, `2026-11-${day}`, { pass: 900 });
  for (const at of [friday, monday]) await runAt(place, at, weekly);
  expect(textsOf(place).filter(isWeekly)).toEqual([]);
});

test("says in the job's summary, too, what happened on each day and what to do", async () => {
  const place = await makeWeek();
  const { published } = await runAt(place, monday, weekly);
  expect(published.summary).toContain("Week 14 Nov – 20 Nov (UTC)");
  // Nobody was told of the days before the first run.
  expect(published.summary).toContain("- **Days** ⛔ Thu · ✅ Fri\n");
  expect(published.summary).toContain("`example.com` mail sent by `192.0.2.0/24`: 300 rejected");
});

test("that a late run sends, and one of a run that was told elsewhere before", async () => {
  const place = await makeWeek();
  await runAt(place, "2026-11-25T09:00:00Z", weekly);
  expect(textsOf(place).at(-1)).toMatch(/week \d/i);
  const { sent } = parseState(committed(place, "state.json"));
  expect(sent.flatMap(({ week }) => week ?? [])).toEqual(["2026-11-23"]);
  await runAt(place, "2026-11-30T09:00:00Z", weekly);
  expect(textsOf(place).filter((text) => isWeekly(text))).toHaveLength(2);
});

test("that Slack refuses is sent by the next run, and the digest is not sent again", async () => {
  const place = await makeWeek();
  const { problems } = await runAt(place, "2026-11-22T09:00:00Z", weekly);
  expect(problems).toEqual([]);
  const before = place.slack.messages.length;
  place.slack.next(slackError("not_in_channel", "/api/chat.postMessage"));
  const refused = await runAt(place, "2026-11-23T00:30:00Z", weekly);
  expect(refused.problems).toEqual([expect.stringContaining("not_in_channel")]);
  await runAt(place, "2026-11-23T10:00:00Z", weekly);
  expect(textsOf(place).slice(before).filter(isWeekly)).toHaveLength(1);
});

test("with blocks that Slack does not take goes out in plain ones", async () => {
  const place = await makeWeek();
  await runAt(place, "2026-11-22T09:00:00Z", weekly);
  // Nothing else is sent in this run.
  place.slack.next(slackError("invalid_blocks", "/api/chat.postMessage"));
  const { problems, published } = await runAt(place, "2026-11-23T00:30:00Z", weekly);
  expect(problems).toEqual([]);
  expect(published.lines).toContainEqual(expect.stringContaining("(invalid_blocks"));
  expect(JSON.stringify(place.slack.messages.at(-1)?.blocks)).not.toMatch(/"data_visualization"|"table"/);
});

test("goes to a webhook and, without Slack, into the job's summary alone", async () => {
  const { slack, ...place } = await makeWeek({ ...weekly, "dry-run": "true" });
  const webhook = { ...weekly, "slack-webhook-url": slack.webhookUrl };
  await runAt(place, friday, webhook);
  await runAt(place, monday, webhook);
  expect(textsOf({ slack }).filter((text) => isWeekly(text))).toHaveLength(1);
  const { published } = await runAt(place, "2026-11-30T09:00:00Z", weekly);
  expect(published.summary).toMatch(/week \d/i);
  expect((await runAt(place, "2026-11-30T10:00:00Z", weekly)).published.summary).not.toMatch(/week \d/i);
});
