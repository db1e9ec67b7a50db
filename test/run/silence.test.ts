import { expect, test } from "vitest";
import { dateOf, dayAfter } from "../../src/history/dates.ts";
import { openSlack } from "../servers/place.ts";
import { type SlackServer, slackError } from "../servers/slack/slack.ts";
import { headsOf, makeRunPlace, putReport, runAt } from "./place.ts";

/* Each run schedules the message that there was no other for 30 hours. */

const workflowUrl = "https://github.com/octo-org/mail/actions/workflows/digest.yml";
const hour = 3_600_000;
/** By the clock, since a run refuses to go by one that stands before the newest commit. */
const start = Math.floor(Date.now() / hour) * hour;
const reported = dayAfter(dateOf(start), -3);

async function makePlace() {
  const clock = { now: new Date(start) };
  const place = { ...makeRunPlace(), slack: await openSlack(undefined, { now: () => clock.now }) };
  putReport(place, reported, { pass: 900 });
  /** Runs so many hours after the first one, or for a moment in the past, when the input `now` says so. */
  const runAfter = async (hours: number, inputs: Record<string, string> = {}, isPresent = true) => {
    clock.now = new Date(start + hours * hour);
    return await runAt(place, clock.now.toISOString(), inputs, String(hours), { workflowUrl, isPresent });
  };
  return { place, runAfter };
}

/** What the channel says so many hours after the first run. */
function saidAfter(slack: SlackServer, hours: number): string[] {
  return slack.look(new Date(start + hours * hour)).map(({ text }) => text);
}

const silence = `⛔ No DMARC digest for 30 hours: ${workflowUrl}`;

test("a run that comes in time puts the message off, and when none comes the channel hears of it once", async () => {
  const { place, runAfter } = await makePlace();
  await runAfter(0);
  await runAfter(24);
  expect(place.slack.scheduled.map(({ postAt }) => (postAt * 1000 - start) / hour)).toEqual([54]);
  expect(saidAfter(place.slack, 53.9)).not.toContain(silence);
  expect(saidAfter(place.slack, 55).filter((text) => text === silence)).toHaveLength(1);
  await runAfter(72);
  expect(place.slack.scheduled).toHaveLength(1);
});

test("a run that has nothing to send makes no commit, and puts it off all the same", async () => {
  const { place, runAfter } = await makePlace();
  await runAfter(0);
  const heads = headsOf(place);
  // On the same day, whatever the hour is: of the next one there is something to keep.
  expect((await runAfter(0.5)).problems).toEqual([]);
  expect(headsOf(place)).toEqual(heads);
  expect(place.slack.scheduled.map(({ postAt }) => (postAt * 1000 - start) / hour)).toEqual([30.5]);
});

test("what a run left that ended between scheduling and deleting is deleted, and messages of others stay", async () => {
  const { place, runAfter } = await makePlace();
  const waiting = { channel: "C0000000001", postAt: start / 1000 + 3600, blocks: [] };
  place.slack.scheduled.push({ id: "Q1", text: `No digest: ${workflowUrl}`, ...waiting });
  place.slack.scheduled.push({ id: "Q2", text: `No digest: ${workflowUrl}`, ...waiting });
  place.slack.scheduled.push({ id: "Q3", text: `No digest: ${workflowUrl.replace("mail", "post")}`, ...waiting });
  await runAfter(0);
  expect(place.slack.scheduled.map(({ text }) => text)).toEqual([
    `No digest: ${workflowUrl.replace("mail", "post")}`,
    silence,
  ]);
});

test.each([
  ["a run for a moment in the past", {}, false],
  ["notify-failure: false", { "notify-failure": "false" }, true],
  ["a dry run", { "dry-run": "true" }, true],
])("%s schedules nothing", async (_name, inputs, isPresent) => {
  const { place, runAfter } = await makePlace();
  await runAfter(0, inputs, isPresent);
  expect(place.slack.scheduled).toEqual([]);
});

test("a message that can't be scheduled turns the run red, with advice; the digest was sent", async () => {
  const { place, runAfter } = await makePlace();
  place.slack.next(slackError("restricted_action", "/api/chat.scheduleMessage"));
  const { problems } = await runAfter(0);
  expect(problems).toEqual([expect.stringContaining("could not schedule a message in #dmarc (restricted_action")]);
  expect(place.slack.messages.map(({ text }) => /part of the run failed/.test(text))).toEqual([false, true]);
});

test("a CSV that could not be uploaded is no silence: the message is put off", async () => {
  const { place, runAfter } = await makePlace();
  putReport(place, reported, { fail: 300, reportId: "failing" });
  place.slack.next(slackError("restricted_action", "/api/files.getUploadURLExternal"));
  const { problems } = await runAfter(0);
  expect(problems).toEqual([expect.stringContaining(`could not upload dmarc-failures-${reported}.csv`)]);
  expect(place.slack.scheduled.map(({ text }) => text)).toEqual([silence]);
});

test("a digest that could not be sent puts nothing off", async () => {
  const { place, runAfter } = await makePlace();
  place.slack.next(slackError("not_in_channel", "/api/chat.postMessage"));
  await runAfter(0);
  expect(place.slack.scheduled).toEqual([]);
});

test("in Japanese", async () => {
  const { place, runAfter } = await makePlace();
  await runAfter(0, { language: "ja" });
  expect(saidAfter(place.slack, 31)).toContain(`⛔ DMARC ダイジェストが30時間届いていません: ${workflowUrl}`);
});
