import { expect, test } from "vitest";
import { daysFrom } from "../../src/history/dates.ts";
import { parseState } from "../../src/history/state.ts";
import { openSlack, subjects } from "../servers/place.ts";
import type { SlackServer } from "../servers/slack/slack.ts";
import { committed, makeRunPlace, putReport, type RunPlace, runAt } from "./place.ts";

/* `post: changes`: a quiet day only brings the thread of the last message up to date. */

type SlackPlace = RunPlace & { slack: SlackServer };

const changes = { post: "changes", "min-messages": "10" };

/** Runs on so many days after 17 November, each of which settles one more day. */
async function runOn(place: RunPlace, days: number, inputs: Record<string, string> = {}) {
  if (days > 0) putReport(place, "2026-11-21", { pass: 900 });
  return await runAt(place, new Date(Date.UTC(2026, 10, 20 + days, 9)).toISOString(), { ...changes, ...inputs });
}

async function quietPlace(): Promise<SlackPlace> {
  const place = { ...makeRunPlace(), slack: await openSlack() };
  for (const day of [17, 18, 19, 20]) putReport(place, `2026-11-${day}`, { pass: 900 });
  return place;
}

/** The messages of the channel with those in their threads, by their first lines. */
function channelOf({ slack }: SlackPlace): (string | string[])[] {
  return slack
    .look()
    .map(({ text, thread }) => (thread === undefined ? text : [text, ...thread.map((reply) => reply.text)]));
}

test("the first digest is posted, quiet ones after it go into its thread, and what is not quiet is posted", async () => {
  const place = await quietPlace();
  putReport(place, "2026-11-19", { pass: 900, fail: 300, reportId: "failing" });
  for (const days of [0, 1, 2, 3, 4]) await runOn(place, days);
  expect(channelOf(place)).toEqual([
    expect.stringMatching(/^⛔ .*300 of 2,100 rejected · Thu 19 Nov/),
    [expect.stringMatching(/^✅ .*17 Nov/), expect.stringMatching(/^✅ .*18 Nov/)],
    expect.stringMatching(/^⛔ .*19 Nov.*posted early before/),
    // That all is well again is a change.
    [expect.stringMatching(/^✅ .*20 Nov/), expect.stringMatching(/^✅ .*21 Nov/)],
  ]);
  expect(subjects(place).filter((subject) => subject.includes("digest of"))).toHaveLength(5);
  await runOn(place, 4);
  expect(place.slack.messages).toHaveLength(6);
});

test("a quiet day in a thread is updated there; when it turns out worse, the channel hears of it", async () => {
  const place = await quietPlace();
  await runOn(place, 0);
  await runOn(place, 1);
  putReport(place, "2026-11-18", { pass: 100, fail: 300, reportId: "late" });
  await runOn(place, 2);
  const [first, loud] = place.slack.look();
  expect(first?.thread?.map(({ text, isEdited = false }) => [text, isEdited])).toEqual([
    [expect.stringMatching(/^⛔ .*18 Nov/), true],
    [expect.stringMatching(/^⛔ .*18 Nov/), false],
  ]);
  expect(loud).toMatchObject({ text: expect.stringMatching(/^⛔ .* failed on Wed 18 Nov.*19 Nov/) });
});

test("a problem that lasts is posted when it begins and when it is over; the days between go into the thread", async () => {
  const place = { ...makeRunPlace(), slack: await openSlack() };
  const days = daysFrom("2026-11-17", "2026-11-29");
  const bad = (day: string) => day >= "2026-11-19" && day <= "2026-11-25";
  const report = (day: string) => putReport(place, day, { pass: 900, fail: bad(day) ? 300 : 0 });
  for (const day of days.slice(0, 2)) report(day);
  for (const [index, day] of days.slice(0, -2).entries()) {
    report(days[index + 2] ?? day);
    await runAt(place, new Date(Date.parse(`${day}T09:00:00Z`) + 3 * 86_400_000).toISOString(), changes);
  }
  const channel = place.slack.look();
  expect(channel.map(({ text }) => text)).toEqual([
    expect.stringMatching(/^⛔ Act, new: .*300 of 1,200 rejected · Thu 19 Nov/),
    expect.stringMatching(/^✅ .*17 Nov/),
    expect.stringMatching(/^⛔ .*19 Nov.*posted early before/),
    expect.stringMatching(/^✅ .*26 Nov/),
  ]);
  expect(channel[2]?.thread?.map(({ text }) => /day \d+/.exec(text)?.[0])).toEqual(
    [2, 3, 4, 5, 6, 7].map((age) => `day ${age}`),
  );
});

test("below a message that somebody deleted there is a new one", async () => {
  const place = await quietPlace();
  await runOn(place, 0);
  place.slack.messages.pop();
  await runOn(place, 1);
  expect(channelOf(place)).toEqual([expect.stringMatching(/18 Nov/)]);
});

test("through a webhook a quiet day is told in the job summary alone, once", async () => {
  const { slack, ...place } = await quietPlace();
  const webhook = { "slack-webhook-url": slack.webhookUrl };
  for (const days of [0, 1, 2, 2]) await runOn(place, days, webhook);
  expect(slack.messages).toHaveLength(1);
  const { sent } = parseState(committed(place, "state.json"));
  expect(sent.flatMap(({ figures }) => figures.map(({ day }) => day))).toEqual([
    "2026-11-17",
    "2026-11-18",
    "2026-11-19",
  ]);
});

test("through a webhook the next digest tells that a day before it turned out worse", async () => {
  const { slack, ...place } = await quietPlace();
  const webhook = { "slack-webhook-url": slack.webhookUrl };
  for (const days of [0, 1]) await runOn(place, days, webhook);
  putReport(place, "2026-11-18", { pass: 100, fail: 300, reportId: "late" });
  for (const days of [2, 3]) await runOn(place, days, webhook);
  expect(slack.messages.map(({ text }) => text)).toEqual([
    expect.stringMatching(/^✅ .*17 Nov/),
    expect.stringMatching(/^⛔ .* failed on Wed 18 Nov.*19 Nov/),
    expect.stringMatching(/^✅ .*20 Nov/),
  ]);
  expect(JSON.stringify(slack.messages[1]?.blocks)).toContain("18 Nov: +400 messages, nothing to do → act");
});

test("through a webhook there is a message again when the last one was posted more than 35 days ago", async () => {
  const { slack, ...place } = await quietPlace();
  const webhook = { "slack-webhook-url": slack.webhookUrl };
  for (const days of [0, 1]) await runOn(place, days, webhook);
  for (const day of [17, 18, 19, 20, 21, 22, 23, 24]) putReport(place, `2026-12-${day}`, { pass: 900 });
  for (const days of [36, 37]) await runOn(place, days, webhook);
  expect(slack.messages.map(({ text }) => text)).toEqual([
    expect.stringMatching(/^✅ .*17 Nov/),
    expect.stringMatching(/^✅ .*24 Dec/),
  ]);
});
