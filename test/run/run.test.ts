import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { formatState, noState, parseState, type State } from "../../src/history/state.ts";
import { commitFile, openGitHub, openSlack, subjects } from "../servers/place.ts";
import { headsOf, type MemoryPlace, makePushingPlace, makeRunPlace, putReport, type RunPlace, runAt } from "./place.ts";

/* The daily job, day after day, in this process: Slack and GitHub are local servers, and so is git in the first test. */

const first = "2026-11-20T09:00:00Z";

function stateOf({ repository }: RunPlace): State {
  return parseState(readFileSync(join(repository.folder, "data/state.json"), "utf8"));
}

/** The days of each message that was sent, the first message first. */
function daysSent(place: RunPlace): string[][] {
  return stateOf(place).sent.map(({ figures }) => figures.map(({ day }) => day));
}

async function makeSlackPlace(): Promise<MemoryPlace> {
  return makeRunPlace({ slack: await openSlack() });
}

test("running twice changes nothing and posts nothing twice", async () => {
  const place = makePushingPlace({ slack: await openSlack() });
  putReport(place, "2026-11-17", { pass: 900, fail: 9 });
  const one = await runAt(place, first);
  expect(one).toMatchObject({ problems: [], digest: { day: "2026-11-17", verdict: "ok" } });
  expect(subjects(place)).toEqual(["dmarc: digest of 2026-11-17 sent", "dmarc: 1 report for 1 domain, 909 messages"]);
  const heads = headsOf(place);
  expect(heads[1]).toBe(heads[0]);
  const requests = place.slack?.requests.length;

  const two = await runAt(place, "2026-11-20T10:00:00Z");
  expect(headsOf(place)).toEqual(heads);
  expect(two.commit).toBe(heads[0]);
  expect([one, two].map(({ published }) => published.outputs["new-days"])).toEqual(["2026-11-17", ""]);
  expect(two.digest).toEqual({
    ...one.digest,
    intake: expect.objectContaining({ mails: 0, states: {} }),
  });
  expect(place.slack?.messages).toHaveLength(1);
  expect(place.slack?.requests).toHaveLength(requests ?? 0);
  expect(place.repository.git("status", "--porcelain")).toBe("");
});

test("the first run sends the newest due day alone, and the run of the next day the next", async () => {
  const place = await makeSlackPlace();
  for (const day of ["2026-11-15", "2026-11-16", "2026-11-17", "2026-11-18"]) putReport(place, day, { pass: 200 });
  await runAt(place, first);
  expect(daysSent(place)).toEqual([["2026-11-17"]]);

  const next = await runAt(place, "2026-11-21T09:00:00Z");
  expect(next.digest).toMatchObject({ day: "2026-11-18", earlierDays: [] });
  expect(daysSent(place)).toEqual([["2026-11-17"], ["2026-11-18"]]);
  expect(place.slack?.messages).toHaveLength(2);
  expect(stateOf(place).startDay).toBe("2026-11-17");
});

test("a run that is four days late sends all due days in one message, the newest in full", async () => {
  const place = await makeSlackPlace();
  putReport(place, "2026-11-17", { pass: 200 });
  await runAt(place, first);
  putReport(place, "2026-11-19", { pass: 100, fail: 20 });
  putReport(place, "2026-11-20", { pass: 300 });
  putReport(place, "2026-11-21", { pass: 404 });

  const { digest, published } = await runAt(place, "2026-11-24T09:00:00Z");
  expect(digest).toMatchObject({
    day: "2026-11-21",
    verdict: "act",
    totals: { messages: 404, dmarcFail: 0 },
    domains: [{ domain: "example.com", verdict: "act", totals: { messages: 404 } }],
    findings: [{ kind: "incident", day: "2026-11-19", isEarlier: true, own: { messages: 20 } }],
    earlierDays: [
      { day: "2026-11-20", verdict: "ok", totals: { messages: 300 } },
      { day: "2026-11-19", verdict: "act", totals: { messages: 120 } },
      { day: "2026-11-18", verdict: "ok", totals: { messages: 0 } },
    ],
  });
  expect(place.slack?.messages).toHaveLength(2);
  expect(daysSent(place)[1]).toEqual(["2026-11-21", "2026-11-20", "2026-11-19", "2026-11-18"]);
  expect(published.outputs["new-days"]).toBe("2026-11-21 2026-11-20 2026-11-19 2026-11-18");
  expect(subjects(place)[0]).toBe("dmarc: digest of 2026-11-21 and 3 earlier days sent");
});

test("running a late run again tells the same days, and leaves the issue of an earlier one open", async () => {
  const github = await openGitHub({});
  const place = makeRunPlace({ slack: await openSlack(), github });
  putReport(place, "2026-11-17", { pass: 200 });
  await runAt(place, first);
  putReport(place, "2026-11-18", { pass: 100, fail: 20 });
  putReport(place, "2026-11-19", { pass: 400 });
  const late = await runAt(place, "2026-11-22T09:00:00Z");
  const [heads, issues] = [headsOf(place), structuredClone(github.issues)];
  expect(issues).toMatchObject([{ state: "open" }]);

  const again = await runAt(place, "2026-11-22T10:00:00Z");
  expect(again.digest).toMatchObject({ verdict: "act", earlierDays: late.digest.earlierDays });
  expect(github.issues).toEqual(issues);
  expect(headsOf(place)).toEqual(heads);
  await runAt(place, "2026-11-23T09:00:00Z");
  expect(place.slack?.messages).toHaveLength(3);
});

test("a report that arrives after its day was sent is stored and the day is not sent again", async () => {
  const place = await makeSlackPlace();
  putReport(place, "2026-11-17", { pass: 200 });
  await runAt(place, first);
  putReport(place, "2026-11-16", { pass: 100 });
  await runAt(place, "2026-11-20T15:00:00Z");
  expect(place.slack?.messages).toHaveLength(1);
  expect(place.repository.commits.at(-1)?.message).toBe(
    "dmarc: 1 report for 1 domain, 100 messages\n\nMails by state\nstored: 1\n",
  );
});

test("a commit names the days that were told before, and how they have changed", async () => {
  const place = await makeSlackPlace();
  putReport(place, "2026-11-17", { pass: 200 });
  await runAt(place, first);
  putReport(place, "2026-11-18", { pass: 50 });
  putReport(place, "2026-11-17", { pass: 270, reportId: "late" });
  await runAt(place, "2026-11-20T15:00:00Z");
  expect(subjects(place)[0]).toBe("dmarc: 1 message brought up to date");
  expect(place.repository.commits.at(-2)?.message).toBe(
    "dmarc: 2 reports for 1 domain, 320 messages\n\nrestated 2026-11-17: +270 messages\n\nMails by state\nstored: 2\n",
  );
});

test("a mailbox that can't be read is named, and the day of the other is sent all the same", async () => {
  const place = await makeSlackPlace();
  putReport(place, "2026-11-17", { pass: 200 });
  const closed = { "imap-host": "127.0.0.1", "imap-port": "1", "imap-security": "none" };
  const { digest, problems } = await runAt(place, first, {
    ...closed,
    "imap-user": "dmarc",
    "imap-password": "secret",
  });

  expect(problems).toEqual([expect.stringMatching(/127\.0\.0\.1:1/)]);
  expect(digest).toMatchObject({
    verdict: "look",
    findings: [{ rule: "unread-mailbox", subject: "imap" }],
    totals: { messages: 200 },
    intake: { unreadMailboxes: [{ mailbox: "imap", message: problems[0] }] },
  });
  expect(daysSent(place)).toEqual([["2026-11-17"]]);
  expect(JSON.stringify(place.slack?.messages)).toContain("could not be read");
  expect(stateOf(place).mailboxes).toEqual({});
});

test("days that another run is sending at this moment are left to it, and taken over after 15 minutes", async () => {
  const place = await makeSlackPlace();
  putReport(place, "2026-11-17", { pass: 200 });
  const sending = { days: ["2026-11-17"], runId: "another run", at: first };
  commitFile(place.repository, "data/state.json", formatState({ ...noState, startDay: "2026-11-17", sending }));

  const { problems, digest, published } = await runAt(place, "2026-11-20T09:14:59Z");
  expect(published.outputs["new-days"]).toBe("");
  expect({ problems, messages: digest.totals.messages }).toEqual({ problems: [], messages: 200 });
  expect(place.slack?.requests).toEqual([]);
  expect(subjects(place)[0]).toBe("dmarc: 1 report for 1 domain, 200 messages");
  expect(stateOf(place)).toMatchObject({ sending, sent: [] });

  await runAt(place, "2026-11-20T09:15:00Z");
  expect(place.slack?.messages).toHaveLength(1);
  expect(stateOf(place).sending).toBeUndefined();
  expect(daysSent(place)).toEqual([["2026-11-17"]]);
});

test("a run takes over its own claim at once, as its re-run does", async () => {
  const place = await makeSlackPlace();
  putReport(place, "2026-11-17", { pass: 200 });
  const sending = { days: ["2026-11-17"], runId: "4711", at: first };
  commitFile(place.repository, "data/state.json", formatState({ ...noState, startDay: "2026-11-17", sending }));
  await runAt(place, "2026-11-20T09:00:01Z", {}, "4711");
  expect(daysSent(place)).toEqual([["2026-11-17"]]);
});

test("a run without new mail still sends the day that has become due", async () => {
  const place = await makeSlackPlace();
  for (const day of ["2026-11-17", "2026-11-18"]) putReport(place, day, { pass: 200 });
  await runAt(place, first);
  const empty = { ...place, mailbox: makeRunPlace().mailbox };
  const { digest } = await runAt(empty, "2026-11-21T09:00:00Z");
  expect(digest).toMatchObject({ day: "2026-11-18", totals: { messages: 200 }, intake: { mails: 0 } });
  expect(daysSent(place)).toEqual([["2026-11-17"], ["2026-11-18"]]);
});
