import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { dayAfter } from "../../src/history/dates.ts";
import { daysUpTo } from "../digest/windows.ts";
import { openSlack } from "../servers/place.ts";
import { type SlackServer, slackError } from "../servers/slack/slack.ts";
import { makePushingPlace, makeRunPlace, putReport, type RunPlace, runAt, verified } from "./place.ts";
import { believed, putMails, putUnreadable, type ReportedDay } from "./reported-mails.ts";

/*
 * What a run finds out about mails is posted once that can be: by the run itself or by a later one, once, and in the
 * language of the digest. Mails of strangers that can't be read are counted, and no more.
 */

const first = "2026-11-20T09:00:00Z";
const later = "2026-11-20T15:00:00Z";
const next = "2026-11-21T09:00:00Z";

function pagesOf({ messages }: SlackServer): string[] {
  return messages.map(({ text, blocks }) => `${text}\n${JSON.stringify(blocks)}`);
}

async function makePlace<T extends RunPlace>(make: () => T): Promise<T & { slack: SlackServer }> {
  const place = { ...make(), slack: await openSlack() };
  for (const day of ["2026-11-16", "2026-11-17", "2026-11-18"]) putReport(place, day, { pass: 100 });
  return place;
}

function putBroken({ mailbox }: RunPlace, name: string): void {
  writeFileSync(join(mailbox, name), `<?xml version="1.0"?>\n<feedback><report_metadata><!-- ${name} -->`);
}

test("what a run found out is posted by the next one when Slack did not take its digest", async () => {
  const place = await makePlace(makeRunPlace);
  putBroken(place, "broken.xml");
  putReport(place, "2026-11-15", { pass: 7, domain: "shop.example" });
  place.slack.next(slackError("restricted_action", "/api/chat.postMessage"));
  expect((await runAt(place, first)).problems).toHaveLength(1);

  const { digest, problems } = await runAt(place, later, { language: "ja" });
  expect(problems).toEqual([]);
  expect(digest.intake).toMatchObject({
    mails: 5,
    states: { stored: 3, corrupt: 1, "foreign-domain": 1 },
    problems: [{ state: "corrupt", mail: "files broken.xml" }],
    unknownDomains: { domains: ["shop.example"] },
  });
  const page = pagesOf(place.slack).at(-1);
  expect(page).toMatch(/broken\.xml/);
  expect(page).toMatch(/shop.example/);
  expect(page).not.toMatch(/is cut off|ends within/);
  expect((await runAt(place, next)).digest.intake).toMatchObject({ mails: 0, problems: [] });
});

test("what was found out in the first of several commits is posted by the next run when a later commit failed", async () => {
  const place = await makePlace(makePushingPlace);
  putBroken(place, "broken.xml");
  for (let index = 0; index < 2_050; index += 1) putBroken(place, `not-a-report-${index}.xml`);
  const hook = join(place.repository.remote, "hooks/pre-receive");
  writeFileSync(hook, "#!/bin/sh\n[ -e first ] && { rm first; echo GH013 >&2; exit 1; }\ntouch first\n", {
    mode: 0o755,
  });
  await expect(runAt(place, first)).rejects.toThrow(/GH013/);
  rmSync(hook);
  const { digest } = await runAt(place, later);
  expect(digest.intake).toMatchObject({ mails: 2_054, states: { stored: 3, corrupt: 2_051 } });
  expect(pagesOf(place.slack).at(-1)).toMatch(/2,051 mails not fully counted.*and 2,045 more/s);
});

test("what a run found out that had nothing to send is in the next digest, once", async () => {
  const place = await makePlace(makeRunPlace);
  await runAt(place, first);
  putBroken(place, "broken.xml");
  expect((await runAt(place, later)).digest.intake).toMatchObject({ mails: 1, states: { corrupt: 1 } });
  putReport(place, "2026-11-19", { pass: 100 });
  const { digest } = await runAt(place, next);
  expect(digest).toMatchObject({ verdict: "look", intake: { mails: 2, states: { stored: 1, corrupt: 1 } } });
  await runAt(place, "2026-11-22T09:00:00Z");
  const pages = pagesOf(place.slack);
  expect(pages.map((page) => page.includes("broken.xml"))).toEqual([false, true, false]);
  expect(await verified(place)).toContain("all good");
});

test("a mail that could be read after all is no news of an unreadable one", async () => {
  const place = await makePlace(makeRunPlace);
  await runAt(place, first);
  putReport(place, "2026-11-19", { pass: 100, domain: "shop.example" });
  await runAt(place, later);
  const { digest } = await runAt(place, next, { domains: "example.com, shop.example" });
  expect(digest.intake).toMatchObject({ mails: 1, states: { stored: 1 }, unknownDomains: { domains: [] } });
});

test("a quiet day that stands nowhere leaves what was found out to the next message", async () => {
  const place = await makePlace(makeRunPlace);
  const inputs = { "slack-webhook-url": place.slack.webhookUrl, post: "changes" };
  const webhook = { ...place, slack: undefined };
  await runAt(webhook, first, inputs);
  putReport(place, "2026-11-12", { pass: 7, domain: "shop.example" });
  await runAt(webhook, next, inputs);
  expect(place.slack.messages).toHaveLength(1);
  putReport(place, "2026-11-19", { pass: 100, fail: 100 });
  await runAt(webhook, "2026-11-22T09:00:00Z", inputs);
  expect(pagesOf(place.slack).map((page) => page.includes("shop.example"))).toEqual([false, true]);
});

test("a stranger's unreadable mail a day leaves the verdict alone; one of Google's is a reason to look", async () => {
  const place = makeRunPlace({ slack: await openSlack() });
  const report = (day: string): ReportedDay => ({ reporter: "google", day, hoursLate: 1, pass: 900 });
  putMails(place, daysUpTo("2026-11-18", 40).map(report));
  const verdicts: string[] = [];
  for (const day of ["2026-11-20", "2026-11-21", "2026-11-22"]) {
    putMails(place, [report(dayAfter(day, -1))]);
    putUnreadable(place, { from: "reports@stranger.example", day });
    const { digest } = await runAt(place, `${day}T09:00:00Z`, believed);
    expect(digest.intake).toMatchObject({ states: { corrupt: 1 }, trouble: { states: {} } });
    verdicts.push(digest.verdict);
  }
  expect(verdicts).toEqual(["ok", "ok", "ok"]);
  const pages = pagesOf(place.slack as SlackServer);
  for (const page of pages) expect(page).toMatch(/1 unreadable/);
  putMails(place, [report("2026-11-22")]);
  putUnreadable(place, { from: "noreply-dmarc-support@google.com", day: "2026-11-23" });
  putUnreadable(place, { from: "reports@stranger.example", day: "2026-11-23" });
  const { digest } = await runAt(place, "2026-11-23T09:00:00Z", believed);
  expect(digest).toMatchObject({
    verdict: "look",
    findings: [{ kind: "mail-trouble", mails: 1, states: { corrupt: 1 }, senders: ["google.com"] }],
  });
  expect(place.slack?.messages.at(-1)?.text).toMatch(
    /^⚠️ Look: 1 mail from google.{0,2}com not fully counted: 1 unreadable/,
  );
});
