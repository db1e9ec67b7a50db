import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { daysFrom } from "../../src/history/dates.ts";
import { parseState } from "../../src/history/state.ts";
import { daysUpTo } from "../digest/windows.ts";
import { openGitHub, openSlack } from "../servers/place.ts";
import { committed, makeRunPlace, putReport, runAt } from "./place.ts";
import { believed, putMails } from "./reported-mails.ts";

/* Mutes of the configuration file, day by day: counted and folded, and awake again when they must be. */

const file = (until: string, mute = "domain: example.com, rule: sender-fails") =>
  `mute: [{ ${mute}, until: ${until}, reason: the vendor moves }]`;

/** A place whose digest of the 17th had something to act on, and an issue. */
async function makePlace() {
  const place = { ...makeRunPlace(), slack: await openSlack(), github: await openGitHub({}) };
  for (const day of daysUpTo("2026-11-16", 20)) putReport(place, day, { pass: 900 });
  putReport(place, "2026-11-17", { pass: 900, fail: 100 });
  const run = async (text: string | undefined, day: string, inputs: Record<string, string> = {}) =>
    await runAt({ ...place, ...(text && { file: text }) }, `${day}T09:00:00Z`, inputs);
  expect((await run(undefined, "2026-11-20")).digest).toMatchObject({ day: "2026-11-17", verdict: "act" });
  return { place, run, last: () => JSON.stringify(place.slack.look().at(-1)) };
}

/** A place with a reporter whose days are told before they are due; the 16th had something to act on. */
async function makeBelieved() {
  const place = { ...makeRunPlace(), slack: await openSlack() };
  const run = async (text: string | undefined, now: string, mode = "digest") =>
    await runAt({ ...place, ...(text && { file: text }) }, now, { ...believed, mode });
  const put = (day: string, fail = 0) => putMails(place, [{ reporter: "google", day, hoursLate: 11, pass: 900, fail }]);
  for (const day of daysUpTo("2026-11-15", 30)) put(day);
  put("2026-11-16", 100);
  return { run, put, last: () => JSON.stringify(place.slack.look().at(-1)) };
}

test("what is muted is counted and told in one line, moves no verdict, and is in the weekly message with its reason", async () => {
  const { place, run, last } = await makePlace();
  putReport(place, "2026-11-18", { pass: 900, fail: 90 });
  const { digest, alarm, problems } = await run(file("2026-12-24"), "2026-11-21", { "fail-on": "look" });
  expect({ verdict: digest.verdict, findings: digest.findings, alarm, problems }).toEqual({
    verdict: "ok",
    findings: [],
    alarm: undefined,
    problems: [],
  });
  expect(digest.fail.own.messages).toBe(90);
  expect(digest.muted).toMatchObject([{ rule: "sender-fails", muted: { by: "file", until: "2026-12-24" } }]);
  expect(last()).toMatch(/🔕 Muted until Thu 24 Dec: .* fails DMARC, 90 of 990 rejected \(the vendor moves\)/);

  putReport(place, "2026-11-19", { pass: 900, fail: 80 });
  await run(file("2026-12-24"), "2026-11-22", { weekly: "sunday" });
  expect(last()).toMatch(/"Muted".*Muted until Thu 24 Dec: .*\(the vendor moves\)/);
});

test("it is told again after the date of the mute, and that the mute has ended", async () => {
  const { place, run, last } = await makePlace();
  putReport(place, "2026-11-18", { pass: 900, fail: 90 });
  expect((await run(file("2026-11-18"), "2026-11-21")).digest.verdict).toBe("ok");
  putReport(place, "2026-11-19", { pass: 900, fail: 90 });
  expect((await run(file("2026-11-18"), "2026-11-22")).digest).toMatchObject({ day: "2026-11-19", verdict: "act" });
  expect(last()).toContain("The mute of sender-fails at example.com ended on Wed 18 Nov: take it out of");
});

test("message and issue agree on when its date is past", async () => {
  const { place, run } = await makePlace();
  const states = () => place.github.issues.map(({ state, stateReason }) => [state, stateReason]);
  for (const day of ["2026-11-18", "2026-11-19"]) putReport(place, day, { pass: 900, fail: 90 });
  expect((await run(file("2026-11-20"), "2026-11-22")).digest).toMatchObject({ day: "2026-11-19", verdict: "ok" });
  expect(states()).toEqual([["closed", "not_planned"]]);
  putReport(place, "2026-11-22", { pass: 900, fail: 90 });
  expect((await run(file("2026-11-20"), "2026-11-23")).digest).toMatchObject({ day: "2026-11-22", verdict: "act" });
  expect(states()).toEqual([["open", "reopened"]]);
});

test("it wakes when a day has three times the messages of the largest before, and stays awake while it lasts", async () => {
  const { place, run, last } = await makePlace();
  putReport(place, "2026-11-18", { pass: 900, fail: 100 });
  expect((await run(file("2027-06-30"), "2026-11-21")).digest.verdict).toBe("ok");
  putReport(place, "2026-11-19", { pass: 900, fail: 300 });
  expect((await run(file("2027-06-30"), "2026-11-22")).digest.verdict).toBe("act");
  expect(last()).toMatch(/Act|300 of 1,200/);
  for (const day of daysFrom("2026-11-20", "2026-12-28")) putReport(place, day, { pass: 900, fail: 300 });
  for (const day of ["2026-12-10", "2026-12-31"]) {
    expect((await run(file("2027-06-30"), day)).digest.verdict).toBe("act");
  }
  expect(place.github.issues.map(({ state }) => state)).toEqual(["open"]);
  putReport(place, "2026-12-29", { pass: 900, fail: 300 });
  expect((await run(file("2027-06-29"), "2027-01-01")).digest.verdict, "another date").toBe("ok");
});

test.each(["the file", "closing its issue"])(
  "by %s muted, it wakes with 100 messages when it is back after a month",
  async (by) => {
    const { place, run } = await makePlace();
    const text = by === "the file" ? file("2027-06-30") : undefined;
    if (by !== "the file") {
      const closing = { state: "closed", stateReason: "not_planned", closedAt: "2026-11-20T12:00:00Z" } as const;
      Object.assign(place.github.issues[0] ?? {}, closing);
    }
    for (const day of ["2026-11-21", "2026-12-10", "2026-12-19"]) await run(text, day);
    putReport(place, "2026-12-17", { pass: 900, fail: 50_000 });
    expect((await run(text, "2026-12-20")).digest).toMatchObject({ day: "2026-12-17", verdict: "act" });
    expect(place.github.issues.at(-1)?.state).toBe("open");
  },
);

test.each(["the file", "closing its issue"])(
  "by %s muted, it wakes by a leap of the first day that nobody was told of",
  async (by) => {
    const { place, run } = await makePlace();
    const text = by === "the file" ? file("2027-06-30") : undefined;
    if (text === undefined) {
      const closing = { state: "closed", stateReason: "not_planned", closedAt: "2026-11-20T12:00:00Z" } as const;
      Object.assign(place.github.issues[0] ?? {}, closing);
    }
    putReport(place, "2026-11-18", { pass: 900, fail: 5000 });
    expect((await run(text, "2026-11-21")).digest).toMatchObject({ day: "2026-11-18", verdict: "act" });
    expect(place.github.issues.map(({ state }) => state)).toEqual(["open"]);
  },
);

test.each(["the file", "closing its issue"])(
  "by %s muted, it stays so though an early alarm told that it is worse",
  async (by) => {
    const { place, run } = await makePlace();
    putReport(place, "2026-11-19", { pass: 900, fail: 500 });
    const alarmed = await run(undefined, "2026-11-20", { mode: "watch" });
    expect(alarmed.digest).toMatchObject({ verdict: "act" });
    const text = by === "the file" ? file("2027-06-30") : undefined;
    if (text === undefined) {
      const closing = { state: "closed", stateReason: "not_planned", closedAt: "2026-11-20T12:00:00Z" } as const;
      Object.assign(place.github.issues[0] ?? {}, closing);
    }
    putReport(place, "2026-11-18", { pass: 900, fail: 100 });
    for (const day of ["2026-11-21", "2026-11-22"]) {
      expect((await run(text, day)).digest).toMatchObject({ verdict: "ok" });
    }
    expect(place.github.issues.map(({ state }) => state)).toEqual(["closed"]);
  },
);

test("a person who opens again what a mute of the file has closed, and closes it as not planned, has muted it", async () => {
  const { place, run } = await makePlace();
  for (const day of daysFrom("2026-11-18", "2026-11-23")) putReport(place, day, { pass: 900, fail: 90 });
  const [issue] = place.github.issues;
  await run(file("2026-12-24"), "2026-11-21");
  expect(issue).toMatchObject({ state: "closed", stateReason: "not_planned" });
  Object.assign(issue ?? {}, { state: "open", stateReason: "reopened", closedAt: undefined, closedBy: null });
  await run(file("2026-12-24"), "2026-11-22");
  expect(issue).toMatchObject({ state: "open" });
  const closing = { state: "closed", stateReason: "not_planned", closedAt: "2026-11-24T12:00:00Z" } as const;
  Object.assign(issue ?? {}, { ...closing, closedBy: "anna" });
  for (const day of ["2026-11-25", "2026-11-26"]) expect((await run(undefined, day)).digest.verdict).toBe("ok");
  expect(issue).toMatchObject({ state: "closed", stateReason: "not_planned" });
});

test("by closing its issue muted, it stays so after a leap that was posted early and that its day does not bear out", async () => {
  const place = { ...makeRunPlace(), slack: await openSlack(), github: await openGitHub({}) };
  const google = (day: string, fail = 0) =>
    putMails(place, [{ reporter: "google", day: `2026-11-${day}`, hoursLate: 4, pass: 900, fail }]);
  const microsoft = (day: string, pass = 900) =>
    putMails(place, [{ reporter: "microsoft", day: `2026-11-${day}`, hoursLate: 30, pass, isSameStream: true }]);
  const run = async (day: string) => (await runAt(place, `2026-11-${day}T06:37:00Z`, believed)).digest.verdict;
  const states = () => place.github.issues.map(({ state }) => state);
  for (const day of daysUpTo("2026-11-17", 17)) {
    google(day.slice(8));
    microsoft(day.slice(8));
  }
  await run("19");
  google("18", 60);
  await run("20");
  expect(states()).toEqual(["open"]);
  const closing = { state: "closed", stateReason: "not_planned", closedAt: "2026-11-20T12:00:00Z" } as const;
  Object.assign(place.github.issues[0] ?? {}, closing);
  microsoft("18");
  google("19", 80);
  expect([await run("21"), ...states()]).toEqual(["ok", "closed"]);
  microsoft("19");
  google("20", 400);
  expect([await run("22"), ...states()]).toEqual(["ok", "open"]);
  microsoft("20", 60_000);
  google("21", 90);
  expect([await run("23"), ...states()]).toEqual(["ok", "closed"]);
  expect(place.slack.messages.filter(({ threadTs, text }) => threadTs && text.startsWith("Withdrawn"))).toHaveLength(1);
  expect(JSON.stringify(place.slack.look().at(-1))).toMatch(/Withdrawn, since Fri 20 Nov .*400 of 61,300 rejected/);
  microsoft("21");
  google("22", 90);
  expect([await run("24"), ...states()]).toEqual(["ok", "closed"]);
});

test.each(["watch", "digest"])(
  "a leap that was told before the mute does not wake it, whichever run reads the file first: %s",
  async (first) => {
    const { run, put } = await makeBelieved();
    await run(undefined, "2026-11-18T06:37:00Z");
    put("2026-11-17", 400);
    const { digest } = await run(undefined, "2026-11-19T06:37:00Z");
    expect(digest).toMatchObject({ day: "2026-11-17", findings: [{ change: "worse" }] });
    if (first === "watch") await run(file("2026-12-24"), "2026-11-19T13:37:00Z", first);
    put("2026-11-18", 90);
    expect((await run(file("2026-12-24"), "2026-11-20T06:37:00Z")).digest).toMatchObject({
      day: "2026-11-18",
      verdict: "ok",
      muted: [{ messages: 90 }],
    });
  },
);

test("another rule is told, and a mute that fits nothing is named once, and like one that has ended in each weekly message", async () => {
  const { place, run, last } = await makePlace();
  putReport(place, "2026-11-18", { pass: 900, fail: 90 });
  const stray = file("2026-12-24", "domain: example.com, sender: crm.exmple");
  expect((await run(stray, "2026-11-21")).digest.verdict).toBe("act");
  expect(last()).toContain("The mute of crm.exmple at example.com fits no incident");
  putReport(place, "2026-11-19", { pass: 900, fail: 90 });
  await run(stray, "2026-11-22");
  expect(last()).not.toContain("fits no incident");
  putReport(place, "2026-11-20", { pass: 900, fail: 90 });
  await run(stray, "2026-11-23", { weekly: "monday" });
  expect(last()).toContain("fits no incident");
  await run(file("2026-11-18"), "2026-11-30", { weekly: "monday" });
  expect(last()).toContain("The mute of sender-fails at example.com ended on Wed 18 Nov: take it out of");
});

test("a date that was past from the first is told as ended in the next message, once", async () => {
  const { place, run, last } = await makePlace();
  const isTold = [];
  for (const day of [18, 19]) {
    putReport(place, `2026-11-${day}`, { pass: 900, fail: 90 });
    expect((await run(file("2025-12-24"), `2026-11-${day + 3}`)).digest.verdict).toBe("act");
    isTold.push(last().includes("The mute of sender-fails at example.com ended on Wed 24 Dec"));
  }
  expect(isTold).toEqual([true, false]);
});

test("a mute that fits nothing is told once where days are told before they are due, and again when it ends", async () => {
  const { run, put, last } = await makeBelieved();
  const stray = file("2026-11-19", "domain: example.com, sender: crm.exmple");
  await run(undefined, "2026-11-18T06:37:00Z");
  await run(stray, "2026-11-18T13:37:00Z", "watch");
  const told = [];
  for (const day of [17, 18, 19, 20, 21]) {
    put(`2026-11-${day}`, 90);
    expect((await run(stray, `2026-11-${day + 2}T06:37:00Z`)).digest.day).toBe(`2026-11-${day}`);
    told.push(/crm.exmple at example.com (fits no incident|ended on Thu 19 Nov)/.exec(last())?.[1]);
  }
  expect(told).toEqual(["fits no incident", undefined, undefined, "ended on Thu 19 Nov", undefined]);
});

test("a mute without a rule does not move to another one when what it was about is forgotten", async () => {
  const { place, run } = await makePlace();
  const text = file("2027-06-30", "domain: example.com, sender: 192.0.2.0/24");
  const rules = async (day: string) => {
    const { digest } = await run(text, day);
    const shown = [...digest.findings, ...digest.otherIncidents].filter((one) => "rule" in one);
    return shown.map(({ rule, change }) => `${rule} ${change}`);
  };
  putReport(place, "2026-11-18", { pass: 900, fail: 90 });
  expect(await rules("2026-11-21")).toEqual([]);
  for (const day of daysFrom("2026-11-19", "2026-12-04")) putReport(place, day, { pass: 900 });
  for (const day of daysFrom("2026-12-05", "2027-02-24")) {
    putReport(place, day, { pass: 900 });
    const path = join(place.mailbox, `${day}.xml`);
    writeFileSync(path, readFileSync(path, "utf8").replace("<spf>pass", "<spf>fail"));
  }
  expect(await rules("2026-12-09")).toEqual(["leg-lost new"]);
  expect(await rules("2027-01-20")).toEqual(["leg-lost known"]);
  expect(await rules("2027-02-27")).toEqual(["leg-lost known"]);
});

test("what ended while it was muted is forgotten, and alarms early when it fails anew after the mute", async () => {
  const { place, run, last } = await makePlace();
  const posted = () => parseState(committed(place, "state.json")).incidents?.map(({ id }) => id);
  for (const day of daysFrom("2026-11-18", "2027-03-04")) putReport(place, day, { pass: 900 });
  await run(file("2027-06-30"), "2026-11-21");
  await run(file("2027-06-30"), "2026-12-01");
  expect(posted()).toEqual(["example.com sender-fails 192.0.2.0/24"]);
  await run(file("2027-06-30"), "2027-02-01");
  expect(posted()).toEqual([]);
  await run(file("2027-06-30"), "2027-03-07");
  putReport(place, "2027-03-06", { pass: 900, fail: 120 });
  await run(undefined, "2027-03-07", { mode: "watch" });
  expect(last()).toMatch(/Act, new: .*120 of 1,020 rejected/);
});

/** Each block of YAML that an issue's body has to paste, by what it answers. */
function answersIn(body: string | undefined): Map<string, string> {
  const blocks = body?.matchAll(/<summary>([^\n]+)<\/summary>\n\n```yaml\n(.*?)\n```/gs) ?? [];
  return new Map(Array.from(blocks, ([, title = "", yaml = ""]) => [title, yaml]));
}

test("what an issue has to paste is taken as it stands: it mutes the incident, or says whose the sender is in this domain", async () => {
  const sender = { senders: "ours: crm.test", domains: "", config: "settings/mail.yml" };
  const makeAsked = async () => {
    const place = { ...makeRunPlace(), github: await openGitHub({}) };
    putReport(place, "2026-11-17", { pass: 900, fail: 100, signer: "crm.test" });
    await runAt(place, "2026-11-20T09:00:00Z", sender);
    putReport(place, "2026-11-18", { pass: 900, fail: 90, signer: "crm.test" });
    putReport(place, "2026-11-18", { pass: 7, domain: "example.org", reportId: "org" });
    return place;
  };
  const answers = answersIn((await makeAsked()).github.issues[0]?.body);
  expect([...answers.values()].filter((yaml) => !yaml.startsWith("# Into settings/mail.yml. "))).toEqual([]);
  // That it is ours is said already.
  expect([...answers.keys()]).toEqual(["This is not ours", "Mute until a day, at most a year from now"]);
  const ended = await Promise.all(
    Array.from(answers.values(), async (file) => {
      const { digest, problems } = await runAt({ ...(await makeAsked()), file }, "2026-11-21T09:00:00Z", sender);
      const { verdict, muted, fail, totals } = digest;
      const parts = [fail.own.messages, fail.spoofed.messages];
      return { problems, verdict, muted: muted?.length ?? 0, parts, messages: totals.messages };
    }),
  );
  const all = { problems: [], messages: 997 };
  expect(ended).toEqual([
    { ...all, verdict: "ok", muted: 0, parts: [0, 90] },
    { ...all, verdict: "ok", muted: 1, parts: [90, 0] },
  ]);
});

test("a muted mailbox that can't be read moves no verdict and stands in the line of what is muted", async () => {
  const place = { ...makeRunPlace(), slack: await openSlack() };
  for (const day of [...daysUpTo("2026-11-16", 20), "2026-11-17"]) putReport(place, day, { pass: 900 });
  const text = `
    mailboxes:
      - { name: main, mail-path: ${JSON.stringify(place.mailbox)} }
      - { name: old, mail-path: ${JSON.stringify(`${place.mailbox}/nowhere`)} }
    mute: [{ domain: "*", sender: old, rule: unread-mailbox, until: 2026-12-24, reason: it moves }]
  `;
  const { digest } = await runAt({ ...place, file: text }, "2026-11-20T09:00:00Z", { "mail-path": "" });
  expect(digest).toMatchObject({ findings: [], verdict: "ok", muted: [{ rule: "unread-mailbox", subject: "old" }] });
  expect(digest.idleMutes).toBeUndefined();
  expect(JSON.stringify(place.slack.look().at(-1))).toMatch(/🔕 Muted until Thu 24 Dec: .*old.* \(it moves\)/);
});
