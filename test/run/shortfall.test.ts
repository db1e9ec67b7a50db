import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ImapFolder, startImapFolder } from "../servers/imap/imap-folder.ts";
import { openSlack } from "../servers/place.ts";
import { slackError } from "../servers/slack/slack.ts";
import { makeRunPlace, putReport, type RunPlace, runAt } from "./place.ts";

/* What a run can't do that goes on to its end is told in the channel, unless a digest says so. */

const now = "2026-11-20T09:00:00Z";

let folder: ImapFolder;
beforeAll(async () => {
  folder = await startImapFolder();
  folder.mails = [1, 2, 3].map((uid) => ({ uid, text: `Subject: ${uid}\r\n\r\nText\r\n`, arrived: new Date(now) }));
});
afterAll(() => folder.stop());

function imapInputs(): Record<string, string> {
  const account = { "imap-host": "127.0.0.1", "imap-port": String(folder.port), "imap-security": "none" };
  return { ...account, "imap-user": "me", "imap-password": "secret" };
}

async function makePlace() {
  const place = { ...makeRunPlace(), slack: await openSlack() };
  putReport(place, "2026-11-17", { pass: 900 });
  return place;
}

const told = ({ slack }: RunPlace) => slack?.messages.map(({ text }) => text);

describe.each(["bot", "webhook"])("by a %s", (kind) => {
  const inputsAt = ({ slack }: RunPlace): Record<string, string> =>
    kind === "bot" ? {} : { "slack-token": "", "slack-channel": "", "slack-webhook-url": slack?.webhookUrl ?? "" };

  test("a mailbox that is cut in the middle, where it is the only one", async () => {
    const place = await makePlace();
    folder.cutAfter = 1;
    const { problems } = await runAt(place, now, { ...inputsAt(place), ...imapInputs(), "mail-path": "" });
    expect(problems).toHaveLength(1);
    expect(told(place)).toEqual([
      expect.stringMatching(/^⛔ No DMARC digest: the run failed: .*the connection was lost while mails were read/s),
    ]);
  });

  test("another that can't be read, by the digest, and where none is due, by a message of its own", async () => {
    const place = await makePlace();
    const inputs = { ...inputsAt(place), ...imapInputs(), "imap-port": "1" };
    const first = await runAt(place, now, inputs);
    expect(first.problems).toHaveLength(1);
    expect(told(place)).toEqual(["⚠️ Look, new: mailbox imap could not be read · Tue 17 Nov (UTC)"]);
    await runAt(place, "2026-11-20T10:00:00Z", inputs);
    expect(told(place)?.slice(1)).toEqual([
      expect.stringMatching(/^⛔ DMARC digest: part of the run failed: .*127\.0\.0\.1:1/s),
    ]);
  });
});

test("a CSV that can't be uploaded, beside the digest; nothing in a dry run, nor where that is turned off", async () => {
  const place = await makePlace();
  putReport(place, "2026-11-17", { pass: 900, fail: 50, reportId: "failing" });
  place.slack.next(slackError("missing_scope", "/api/files.getUploadURLExternal"));
  const { problems } = await runAt(place, now);
  expect(problems).toHaveLength(1);
  expect(told(place)?.slice(1)).toEqual([
    expect.stringMatching(/^⛔ DMARC digest: part of the run failed: .*files:write/s),
  ]);
  const quiet = { ...imapInputs(), "imap-port": "1" };
  await runAt(place, now, { ...quiet, "notify-failure": "false" });
  await runAt(place, now, { ...quiet, "dry-run": "true" });
  expect(told(place)).toHaveLength(2);
});
