import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { TableBlock } from "@slack/web-api";
import { describe, expect, test } from "vitest";
import { parseState, type Sent } from "../../src/history/state.ts";
import { daysUpTo } from "../digest/windows.ts";
import { openSlack } from "../servers/place.ts";
import { slackError } from "../servers/slack/slack.ts";
import { headsOf, makeRunPlace, putReport, type RunPlace, runAt, verified } from "./place.ts";
import { believed, putMails, type ReportedDay } from "./reported-mails.ts";

/*
 * Reports that come after their day was told. Google's reports come within hours; Microsoft's, a twelfth as many, four
 * days late: a day is told without them.
 */

/** The day that is told first; when that is, and when Microsoft's report on it has come. */
const day = "2026-11-17";
const onTime = "2026-11-20T09:00:00Z";
const later = "2026-11-22T09:00:00Z";
const again = "2026-11-22T10:00:00Z";

const google = (of: string): ReportedDay => ({ reporter: "google", day: of, hoursLate: 11, pass: 920 });
const microsoft = (of: string, counts: Pick<ReportedDay, "pass" | "fail"> = { pass: 80 }): ReportedDay => ({
  reporter: "microsoft",
  day: of,
  hoursLate: 96,
  ...counts,
});
/** Enough failures for `act`, as are 10 of them for a line of their own. */
const broken = microsoft(day, { pass: 10, fail: 70 });

/** A place after its first run, which has told the day by what had come: weeks of Google's reports, and Microsoft's but for the last days. */
async function makeToldPlace({ ofDay = google(day), others = [] as ReportedDay[], isWebhook = false } = {}) {
  const slack = await openSlack();
  const place = makeRunPlace(isWebhook ? {} : { slack });
  const inputs = { ...believed, ...(isWebhook && { "slack-webhook-url": slack.webhookUrl }) };
  const otherDays = daysUpTo("2026-11-20", 30).filter((of) => of !== day);
  putMails(place, [
    ...otherDays.map(google),
    ofDay,
    ...others,
    ...daysUpTo("2026-11-16", 26).map((of) => microsoft(of)),
  ]);
  const run = async (now: string, more: Record<string, string> = {}) => await runAt(place, now, { ...inputs, ...more });
  expect((await run(onTime)).problems).toEqual([]);
  return { place, slack, run };
}

/** All texts of blocks, one after the other. */
function textsOf(blocks: unknown): string {
  const texts: string[] = [];
  JSON.stringify(blocks, (key, value: unknown) => {
    if (key === "text" && typeof value === "string") texts.push(value);
    return value;
  });
  return texts.join("");
}

/** The texts that are struck through. */
function struckIn(blocks: unknown): string[] {
  const struck: string[] = [];
  JSON.stringify(blocks, (_key, value: { text?: string; style?: { strike?: boolean } } | null) => {
    if (value?.style?.strike === true) struck.push(value.text ?? "");
    return value;
  });
  return struck;
}

function sentOf({ repository }: RunPlace): Sent[] {
  return parseState(readFileSync(join(repository.folder, "data/state.json"), "utf8")).sent;
}

/** Runs once more, and expects that nothing is committed or asked of Slack. */
async function expectNothingMore({ place, slack, run }: Awaited<ReturnType<typeof makeToldPlace>>): Promise<void> {
  const [heads, requests] = [headsOf(place), slack.requests.length];
  expect((await run(again)).problems).toEqual([]);
  expect(headsOf(place)).toEqual(heads);
  expect(slack.requests).toHaveLength(requests);
}

test("a day is told without a reporter that is late, and its message is updated when the reports come", async () => {
  const told = await makeToldPlace();
  const { place, slack, run } = told;
  const [before] = slack.look();
  expect(before?.text).toBe("✅ Nothing to do · Tue 17 Nov (UTC) · 1 domain, your mail passes 100%");
  expect(textsOf(before?.blocks)).toContain("Complete 92% · Microsoft missing, usually 4 days late");

  putMails(place, [broken]);
  const { problems, digest } = await run(later);
  expect(problems).toEqual([]);
  const act = "⛔ Act, new: example⁠.com mail sent by 192.0.2.0/24 fails DMARC, 70 of 1,000 rejected · Tue 17 Nov (UTC)";
  const [after, next, ...others] = slack.look();
  expect(after).toMatchObject({ text: act, isEdited: true, thread: [{ text: act }] });
  expect(struckIn(after?.blocks)).toEqual(["✅ Nothing to do"]);
  expect(textsOf(after?.blocks)).toMatch(/updated Sun 22 Nov 09:00 UTC.*Complete {2}100%/s);
  expect(textsOf(after?.blocks)).not.toContain("Intake");
  expect(after?.files).toMatchObject([{ name: "dmarc-failures-2026-11-17-as-of-2026-11-22.csv" }]);
  expect(after?.files?.[0]?.content).toContain(
    "2026-11-17,example.com,example.com,,192.0.2.10,192.0.2.0/24,strict-alignment,70",
  );
  expect(digest.day).toBe("2026-11-19");
  // What has failed is news, and the next message has it.
  expect(next?.text).toMatch(/^⛔ Act, new: .* mail sent by 192\.0\.2\.0\/24 failed on Tue 17 Nov, 70 rejected/);
  expect(others).toEqual([]);
  expect(textsOf(next?.blocks)).toMatch(/Restated {1,2}Tue 17 Nov: \+80 messages, nothing to do → act/);
  expect(sentOf(place)[0]?.figures).toEqual([
    { day, verdict: "act", messages: 1000, dmarcFail: 70, spfOrDkimFail: 70, ownFail: 70, firstVerdict: "ok" },
  ]);

  await expectNothingMore(told);
  expect(await verified(place)).toContain("all good");
  // The next message, told again in its turn, says of that day what it said before.
  putMails(place, [{ ...microsoft("2026-11-19"), hoursLate: 50 }]);
  await run("2026-11-22T11:00:00Z");
  expect(slack.look()[1]).toMatchObject({
    isEdited: true,
    text: expect.stringMatching(/failed on Tue 17 Nov, 70 rejected/),
  });
});

test("a day that looks better is told so in its message alone, and later reports keep the verdict that was first", async () => {
  const { place, slack, run } = await makeToldPlace({ ofDay: { reporter: "yahoo", day, hoursLate: 10, pass: 50 } });
  expect(slack.look()[0]?.text).toMatch(/^⚠️ Look: only .*, missing: Google/);
  putMails(place, [{ ...google(day), hoursLate: 90 }]);
  await run(later);
  putMails(place, [{ reporter: "microsoft", day, hoursLate: 97, pass: 80 }]);
  await run(again);
  const [after, ...others] = slack.look();
  expect(struckIn(after?.blocks)).toEqual(["⚠️ Look"]);
  expect(textsOf(after?.blocks)).toContain("updated Sun 22 Nov 10:00 UTC");
  expect(after?.thread).toBeUndefined();
  expect(others).toHaveLength(1);
});

test("what has changed a little is but a count in the next message", async () => {
  const { place, slack, run } = await makeToldPlace();
  putMails(place, [microsoft(day, { pass: 36, fail: 9 })]);
  await run(later);
  const [after, next, ...others] = slack.look();
  expect(textsOf(after?.blocks)).toContain("965 messages");
  expect(struckIn(after?.blocks)).toEqual([]);
  expect(textsOf(next?.blocks)).toContain("Restated 1 day a little, same verdict");
  expect(others).toEqual([]);
});

test("a told day that turns out worse names somebody in the channel, once", async () => {
  const { place, slack, run } = await makeToldPlace();
  putMails(place, [broken]);
  const mention = { mention: "U0123456" };
  expect((await run(later, { ...mention, mode: "watch" })).problems).toEqual([]);
  const [told] = slack.look();
  expect(told?.thread?.map(({ blocks }) => textsOf(blocks))).toEqual([expect.stringContaining("<@U0123456>")]);

  expect((await run(again, mention)).digest.day).toBe("2026-11-19");
  expect(slack.look().map(({ blocks }) => textsOf(blocks).includes("<@"))).toEqual([false, true, false]);
});

test("a webhook's message stays as it was, and the line in the next one is all", async () => {
  const told = await makeToldPlace({ isWebhook: true });
  const { place, slack, run } = told;
  const [before] = slack.look();
  putMails(place, [broken]);
  expect((await run(later)).problems).toEqual([]);
  const [after, next, ...others] = slack.look();
  expect(after).toEqual(before);
  expect(textsOf(next?.blocks)).toMatch(/Restated {1,2}Tue 17 Nov: \+80 messages, nothing to do → act/);
  expect(others).toEqual([]);
  await expectNothingMore(told);
});

test("a day is named by the next digest when the one that was to name it could not be posted", async () => {
  const { place, slack, run } = await makeToldPlace();
  putMails(place, [broken]);
  slack.next(slackError("restricted_action", "/api/chat.postMessage"));
  expect((await run(later)).problems).toEqual([expect.stringContaining("restricted_action")]);
  expect(slack.look()[0]?.text).toMatch(/^⛔ Act, new: /);
  expect((await run(again)).problems).toEqual([]);
  const named = slack.look().filter(({ blocks }) => /Restated {1,2}Tue 17 Nov/.test(textsOf(blocks)));
  expect(named).toHaveLength(1);
  await run("2026-11-23T09:00:00Z");
  expect(slack.look().filter(({ blocks }) => /Restated {1,2}Tue 17 Nov/.test(textsOf(blocks)))).toHaveLength(1);
});

test("a message that a person has deleted is not posted again", async () => {
  const told = await makeToldPlace();
  const { place, slack, run } = told;
  slack.messages.splice(0, 1, {
    channel: "C0000000001",
    ts: "1700000000.000009",
    text: "Hm",
    blocks: [],
    author: "Ann",
  });
  putMails(place, [broken]);
  expect((await run(later)).problems).toEqual([]);
  const [, next, ...others] = slack.look();
  expect(textsOf(next?.blocks)).toMatch(/Restated {1,2}Tue 17 Nov: \+80 messages, nothing to do → act/);
  expect(others).toEqual([]);
  await expectNothingMore(told);
});

test("reports that come between two messages are told at once, and in the next message, once", async () => {
  const { place, slack, run } = await makeToldPlace();
  putMails(place, [broken]);
  await run("2026-11-20T15:00:00Z");
  const [after] = slack.look();
  expect(after).toMatchObject({ text: expect.stringMatching(/^⛔ Act, new: /), isEdited: true });
  expect([after?.thread, after?.files]).toMatchObject([{ length: 1 }, { length: 1 }]);

  await run("2026-11-21T09:00:00Z");
  await run("2026-11-22T09:00:00Z");
  const [same, loud, next, last, ...others] = slack.look();
  expect([same, loud?.isBroadcast, others]).toEqual([after, true, []]);
  expect(textsOf(next?.blocks)).toMatch(/Restated {1,2}Tue 17 Nov: \+80 messages, nothing to do → act/);
  expect(textsOf(last?.blocks)).not.toContain("Restated");
  expect(sentOf(place).every(({ before }) => before === undefined)).toBe(true);
});

test("an earlier day of a message that looks worse is told in the thread and, where no digest is due, in the channel", async () => {
  const { place, slack, run } = await makeToldPlace();
  await run(later);
  putMails(place, [microsoft("2026-11-18", { pass: 10, fail: 70 })]);
  await run("2026-11-22T12:00:00Z");
  const loud = slack.look().filter(({ isBroadcast }) => isBroadcast);
  expect(loud.map(({ text }) => text)).toEqual([expect.stringMatching(/^⛔ Act, new: /)]);
  expect((await run("2026-11-23T09:00:00Z")).digest.findings.map(({ kind }) => kind)).not.toContain("incident");
});

test("of many messages that look worse at once the channel hears by the digest of the same run, which tells all", async () => {
  const slack = await openSlack();
  const place = { ...makeRunPlace(), slack };
  const told = daysUpTo("2026-11-18", 5);
  for (const of of [...told, "2026-11-18"]) putReport(place, of, { pass: 900 });
  const settled = (of: string): string => new Date(Date.parse(`${of}T09:00:00Z`) + 3 * 86_400_000).toISOString();
  for (const of of told) await runAt(place, settled(of));
  for (const of of told) putReport(place, of, { fail: 300, reportId: `worse ${of}` });
  await runAt(place, settled("2026-11-18"));
  const seen = slack.look();
  // All of them are about one sender, of which the digest of the same run tells.
  expect(seen.filter(({ isBroadcast }) => isBroadcast)).toEqual([]);
  const before = seen.filter(({ isEdited }) => isEdited === true);
  expect(before.map(({ thread = [] }) => thread.filter(({ text }) => text.startsWith("⛔")).length)).toEqual(
    told.map(() => 1),
  );
  const digest = seen.find(({ text }) => text.includes("18 Nov"));
  expect(textsOf(digest?.blocks).match(/ → act/g)).toHaveLength(told.length);
});

test("a verdict for want of reports stays when a few of them come", async () => {
  const { place, slack, run } = await makeToldPlace({ ofDay: { reporter: "yahoo", day, hoursLate: 10, pass: 5 } });
  expect(slack.look()[0]?.text).toMatch(/^⚠️ Look/);
  putMails(place, [microsoft(day)]);
  await run(later);
  const [after, next] = slack.look();
  expect(after?.text).toMatch(/^⚠️ Look/);
  expect(struckIn(after?.blocks)).toEqual([]);
  expect(textsOf(next?.blocks)).toContain("Restated Tue 17 Nov: +80 messages, same verdict");
});

test("the table of all domains in the thread is updated with its message", async () => {
  const { place, slack, run } = await makeToldPlace({ others: [{ ...google(day), domain: "example.org", pass: 70 }] });
  const rowsOf = () =>
    (slack.look()[0]?.thread?.[0]?.blocks[0] as TableBlock | undefined)?.rows.map((row) => textsOf(row));
  expect(rowsOf()).toEqual(["DomainYour mail that failedMessages", "✅ example.com–920", "✅ example.org–70"]);
  putMails(place, [microsoft(day)]);
  expect((await run(later)).problems).toEqual([]);
  expect(rowsOf()).toEqual(["DomainYour mail that failedMessages", "✅ example.com–1,000", "✅ example.org–70"]);
  expect(slack.look()[0]?.thread).toHaveLength(1);
});

test("a mail that could not be read stays a reason to look when its message is updated", async () => {
  const slack = await openSlack();
  const place = makeRunPlace({ slack });
  putMails(place, daysUpTo("2026-11-20", 30).map(google));
  writeFileSync(join(place.mailbox, "cut-off.xml.gz"), gzipSync("<feedback/>").subarray(0, 15));
  await runAt(place, onTime, believed);
  const look = expect.stringMatching(/^⚠️ Look: 1 mail not fully counted: 1 unreadable · Thu 19 Nov/);
  expect(slack.look()[0]).toMatchObject({ text: look });

  putMails(place, [microsoft("2026-11-19"), google("2026-11-20")]);
  await runAt(place, "2026-11-21T12:00:00Z", believed);
  const [after, next] = slack.look();
  expect(after).toMatchObject({ text: look, isEdited: true });
  expect(struckIn(after?.blocks)).toEqual([]);
  expect(textsOf(next?.blocks)).toContain("Restated Thu 19 Nov: +80 messages, same verdict");
});

describe("a worse verdict is told once", () => {
  test("although the answer to it was lost", async () => {
    const { place, slack, run } = await makeToldPlace();
    putMails(place, [broken]);
    slack.next({ on: "chat.postMessage", status: 500, done: true });
    expect((await run("2026-11-20T15:00:00Z")).problems).toEqual([
      expect.stringMatching(/^Slack: could not reply .* It may have been posted all the same/),
    ]);
    expect((await run("2026-11-20T16:00:00Z")).problems).toEqual([]);
    expect(slack.look()[0]).toMatchObject({ thread: [{ isBroadcast: true }], files: [expect.anything()] });
    expect(slack.look()[0]?.thread).toHaveLength(1);
  });

  test("although its message got no CSV", async () => {
    const { place, slack, run } = await makeToldPlace();
    putMails(place, [broken]);
    slack.next(slackError("storage_limit_reached", "files.completeUploadExternal"));
    expect((await run("2026-11-20T15:00:00Z")).problems).toEqual([expect.stringContaining("storage_limit_reached")]);
    expect((await run("2026-11-20T16:00:00Z")).problems).toEqual([]);
    expect(slack.look()[0]?.thread).toHaveLength(1);
    expect(slack.look()[0]?.files).toHaveLength(1);
  });

  test("when Slack did not take it at first", async () => {
    const { place, slack, run } = await makeToldPlace();
    putMails(place, [broken]);
    slack.next(slackError("restricted_action", "chat.postMessage"));
    expect((await run("2026-11-20T15:00:00Z")).problems).toEqual([expect.stringContaining("restricted_action")]);
    expect((await run("2026-11-20T16:00:00Z")).problems).toEqual([]);
    expect(slack.look()[0]?.thread).toHaveLength(1);
    expect(slack.look()[0]?.files).toHaveLength(1);
  });
});
