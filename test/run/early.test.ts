import { expect, test } from "vitest";
import { parseState } from "../../src/history/state.ts";
import { daysUpTo } from "../digest/windows.ts";
import { openGitHub, openSlack, subjects } from "../servers/place.ts";
import { slackError } from "../servers/slack/slack.ts";
import { committed, makeRunPlace, runAt, verified } from "./place.ts";
import { believed, putMails, type ReportedDay } from "./reported-mails.ts";

/* Early alarms: what counts alone show of a day that is not due is posted at once, once, and named in that day's digest. */

const day = "2026-11-18";
/** After Google has reported the day, which is due on the 21st. */
const watch = "2026-11-19T13:37:00Z";
const google = (of: string, counts: Partial<ReportedDay> = {}): ReportedDay => ({
  reporter: "google",
  day: of,
  hoursLate: 11,
  pass: 900,
  ...counts,
});

/** A place whose digest of the 16th was posted, with a mailbox that holds another day of Google's. */
async function makePlace(ofDay: ReportedDay, inputs: Record<string, string> = {}) {
  const place = { ...makeRunPlace(), slack: await openSlack(), github: await openGitHub({}) };
  const run = async (now: string, mode = "digest") => await runAt(place, now, { ...believed, ...inputs, mode });
  putMails(
    place,
    daysUpTo("2026-11-17", 30).map((of) => google(of)),
  );
  // Another usual reporter, which is late, so that no day is due before its time.
  putMails(
    place,
    daysUpTo("2026-11-17", 30).map((of) => ({ ...google(of), reporter: "microsoft" as const })),
  );
  expect((await run("2026-11-19T06:37:00Z")).digest).toMatchObject({ day: "2026-11-16", findings: [] });
  putMails(place, [google("2026-11-17"), ofDay]);
  const texts = () => place.slack.look().map(({ text }) => text);
  return { place, run, texts };
}

test("a failing sender is posted by the watch of the same day, once, and named as early in that day's digest", async () => {
  const { place, run, texts } = await makePlace(google(day, { fail: 300 }));
  expect((await run(watch, "watch")).problems).toEqual([]);
  const early = expect.stringMatching(/^⛔ Act, new: .* fails DMARC, 300 of 1,200 rejected · Wed 18 Nov/);
  expect(texts()).toEqual([expect.stringMatching(/16 Nov/), early]);
  expect(JSON.stringify(place.slack.look()[1]?.blocks)).toContain("Early alarm: Wed 18 Nov is not fully reported yet");
  expect(place.github.issues).toMatchObject([
    { state: "open", title: expect.stringContaining("300 of 1,200 rejected") },
  ]);
  expect(subjects(place)[0]).toBe("dmarc: early alarm sent");

  expect((await run("2026-11-19T15:00:00Z", "watch")).problems).toEqual([]);
  expect(texts()).toHaveLength(2);
  // A day that is due in between is told without it.
  await run("2026-11-20T06:37:00Z");
  expect(texts()).toHaveLength(3);
  expect(texts()[2]).toMatch(/^⚠️ Look: only 50%.*17 Nov/);
  const { digest } = await run("2026-11-21T06:37:00Z");
  expect(digest.findings[0]).toMatchObject({ kind: "incident", change: "new", wasEarly: true, day });
  expect(texts()[3]).toMatch(/^⛔ Act, new: .*18 Nov.*posted early before/);
  expect(await verified(place)).toContain("all good");
});

test("more failures than max-failures are posted before their day is due, and told as early when it is", async () => {
  const { run, texts } = await makePlace(google(day, { fail: 15 }), { "max-failures": "10" });
  await run(watch, "watch");
  expect(texts()).toEqual([expect.stringMatching(/16 Nov/), expect.stringMatching(/^⛔ Act, new: .*Wed 18 Nov/)]);
  await run("2026-11-20T06:37:00Z");
  const { digest } = await run("2026-11-21T06:37:00Z");
  expect(digest.findings[0]).toMatchObject({ kind: "incident", change: "new", wasEarly: true, day });
  expect(texts().at(-1)).toMatch(/^⛔ Act, new: .*18 Nov.*posted early before/);
});

test("a withdrawal that Slack does not take is said in the thread by the next digest", async () => {
  const { place, run } = await makePlace(google(day, { fail: 60 }));
  const { slack } = place;
  const thread = () => slack.look().find(({ text }) => /Wed 18 Nov/.test(text))?.thread ?? [];
  await run(watch, "watch");
  await run("2026-11-20T06:37:00Z");
  putMails(place, [google(day, { reporter: "microsoft", pass: 3_100, isSameStream: true, hoursLate: 40 })]);
  // The digest goes through, the reply does not.
  slack.next({ on: "/api/chat.postMessage", delay: 1 });
  slack.next(slackError("restricted_action", "/api/chat.postMessage"));
  expect((await run("2026-11-21T06:37:00Z")).problems.join()).toContain("restricted_action");
  expect(thread()).toEqual([]);
  putMails(place, [google("2026-11-19")]);
  for (const next of ["2026-11-22T06:37:00Z", "2026-11-23T06:37:00Z"]) expect((await run(next)).problems).toEqual([]);
  expect(thread()).toMatchObject([{ text: expect.stringMatching(/Withdrawn.*18 Nov.*60 of 4,060 rejected/) }]);
});

test("a watch posts no digest and marks no day as told", async () => {
  const { place, run, texts } = await makePlace(google(day));
  await run("2026-11-22T13:37:00Z", "watch");
  expect(texts()).toEqual([expect.stringMatching(/16 Nov/)]);
  const { digest } = await run("2026-11-22T15:00:00Z");
  expect([digest.day, ...digest.earlierDays.map((earlier) => earlier.day)]).toEqual(["2026-11-19", day, "2026-11-17"]);
  const { sent } = parseState(committed(place, "state.json"));
  expect(sent).toHaveLength(2);
});

test("what the settled day does not bear out is withdrawn, in the thread and in the digest, and its issue is closed", async () => {
  const { place, run, texts } = await makePlace(google(day, { pass: 900, fail: 60 }));
  await run(watch, "watch");
  expect(texts()[1]).toMatch(/^⛔ Act, new: /);
  await run("2026-11-20T06:37:00Z");
  putMails(place, [google(day, { reporter: "microsoft", pass: 3_100, isSameStream: true, hoursLate: 40 })]);
  const { digest } = await run("2026-11-21T06:37:00Z");
  expect(digest).toMatchObject({ day, findings: [], otherIncidents: [{ change: "withdrawn" }] });
  const [, alarm, , last] = place.slack.look();
  expect(alarm?.thread?.map(({ text }) => text)).toEqual([
    expect.stringMatching(
      /^Withdrawn, since Wed 18 Nov does not show it any more, by later reports or changed settings/,
    ),
  ]);
  expect(JSON.stringify(last?.blocks)).toContain("Withdrawn, since Wed 18 Nov");
  expect(place.github.issues).toMatchObject([{ state: "closed" }]);
  await run("2026-11-22T06:37:00Z");
  expect(texts().filter((text) => text.startsWith("Withdrawn"))).toEqual([]);
});

test("an early alarm that may be there, since the answer to it was lost, is withdrawn in the digest", async () => {
  const { place, run, texts } = await makePlace(google(day, { fail: 60 }));
  place.slack.next({ on: "/api/chat.postMessage", status: 502, done: true });
  expect((await run(watch, "watch")).problems.join()).toContain("It may have been posted all the same");
  putMails(place, [google(day, { reporter: "microsoft", pass: 3_100, isSameStream: true, hoursLate: 40 })]);
  const { digest } = await run("2026-11-21T06:37:00Z");
  expect(digest.otherIncidents).toMatchObject([{ change: "withdrawn", since: day, own: { messages: 60 } }]);
  expect(texts().filter((text) => text.startsWith("⛔ Act"))).toHaveLength(1);
  expect((await run("2026-11-22T06:37:00Z")).digest.otherIncidents).toEqual([]);
});

test("an early alarm that stood in the job summary alone is posted in Slack once there is one, and names somebody", async () => {
  const { place, run, texts } = await makePlace(google(day, { fail: 60 }), { mention: "U0123456" });
  const noSlack = { ...believed, mode: "watch", mention: "U0123456", "slack-token": "", "slack-channel": "" };
  await runAt(place, watch, noSlack);
  expect(place.github.issues).toMatchObject([{ state: "open" }]);
  for (const now of ["2026-11-19T15:00:00Z", "2026-11-19T16:00:00Z"]) await run(now, "watch");
  expect(texts().slice(1)).toEqual([expect.stringMatching(/^⛔ Act, new: .*Wed 18 Nov/)]);
  expect(JSON.stringify(place.slack.look()[1]?.blocks)).toContain("<@U0123456>");
});

test("an early alarm that Slack did not take is posted by the next run", async () => {
  const { place, run, texts } = await makePlace(google(day, { fail: 300 }));
  place.slack.next({ on: "/api/chat.postMessage", status: 500, done: false });
  expect((await run(watch, "watch")).problems).toHaveLength(1);
  await run("2026-11-19T15:00:00Z", "watch");
  expect(texts().filter((text) => text.includes("300 of 1,200"))).toHaveLength(1);
});

test.each<[string, boolean]>([
  ["never", false],
  ["act", true],
  ["look", true],
])("with fail-on %s a run that alarms early has sent all, and fails: %s", async (failOn, fails) => {
  const { place } = await makePlace(google(day, { fail: 300 }));
  const { problems, alarm } = await runAt(place, watch, { ...believed, mode: "watch", "fail-on": failOn });
  expect(problems).toEqual([]);
  expect(place.slack.look()).toHaveLength(2);
  const expected = `The verdict of ${day} is act, and fail-on is ${failOn}: the run fails, though all was done.`;
  expect(alarm).toBe(fails ? expected : undefined);
});

test("a run that finds nothing does not fail, whatever fail-on is", async () => {
  const { place } = await makePlace(google(day));
  expect((await runAt(place, watch, { ...believed, mode: "watch", "fail-on": "look" })).alarm).toBeUndefined();
});
