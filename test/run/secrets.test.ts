import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startLoopback } from "../servers/loopback.ts";
import { openGitHub, openSlack } from "../servers/place.ts";
import { startS3 } from "../servers/s3.ts";
import { everCommitted, type MemoryPlace, makeRunPlace, putReport, runAt } from "./place.ts";

const now = "2026-11-20T09:00:00Z";

/** All that a run leaves where somebody may look: the files and the log of the history, what is said, and what is sent. */
function textsOf(place: MemoryPlace, said: unknown): string {
  const { repository, slack, github } = place;
  const folder = join(repository.folder, "data");
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const files = names.map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
  return [...files, everCommitted(place), JSON.stringify([said, slack?.requests, github?.requests])].join("\n");
}

test("no secret stands in the history, the log, a message, an issue or an error, whatever goes wrong", async () => {
  const monitor = await startLoopback(() => ({ status: 500 }));
  const place = makeRunPlace({ slack: await openSlack(), github: await openGitHub({ permission: "read" }) });
  putReport(place, "2026-11-17", { pass: 100, fail: 100 });
  const secrets = { "imap-password": "password-1", "heartbeat-url": `${monitor.url}/ping/secret-2` };
  const account = { "imap-host": "127.0.0.1", "imap-port": "1", "imap-user": "user-3@example.com" };
  const s3 = await startS3({ isExpired: true });
  const bucket = { s3: `s3://${s3.bucket}`, "s3-endpoint": s3.url };
  const bot = await runAt(place, now, { ...account, ...bucket, ...secrets });
  expect(bot.problems.length).toBeGreaterThan(1);
  const hook = (place.slack?.webhookUrl ?? "").replace(/[^/]*$/, "");
  const inputs = { ...secrets, "slack-token": "", "slack-channel": "", "slack-webhook-url": `${hook}secret-4` };
  const webhook = await runAt(place, "2026-11-21T09:00:00Z", inputs);
  expect(webhook.problems.join()).toMatch(/Slack webhook/);
  const texts = textsOf({ ...place, slack: undefined }, [bot, webhook]) + JSON.stringify(place.slack?.messages);
  expect(texts).not.toMatch(/password-1|secret-2|secret-4|xoxb-test-token|ghs_test_token|secret\/of|token\/of/);
  expect(texts).toContain("ExpiredToken");
  await monitor.stop();
});

test("a mailbox is a name and a hash in the history, and a run asks Slack for nothing of the channel", async () => {
  const place = makeRunPlace({ slack: await openSlack() });
  for (const day of ["2026-11-17", "2026-11-18"]) putReport(place, day, { pass: 100, fail: 10 });
  for (const moment of [now, "2026-11-21T09:00:00Z"]) await runAt(place, moment, { "slack-channel": "#dmarc" });
  expect(textsOf({ ...place, slack: undefined }, undefined)).not.toContain(place.mailbox);
  const methods = new Set(place.slack?.requests.map(({ path }) => path.replace(/^\/(api|upload)\//, "")));
  const writing =
    /^(chat\.(postMessage|update|scheduleMessage|deleteScheduledMessage|scheduledMessages\.list)|files\.|v1\/)/;
  expect([...methods].filter((method) => !writing.test(method))).toEqual([]);
  expect(methods.size).toBeGreaterThan(1);
});
