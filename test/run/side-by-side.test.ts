import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { record, reportXml } from "../report/report-files.ts";
import { type Dovecot, haveDovecot, startDovecot } from "../servers/imap/dovecot.ts";
import { startProxy } from "../servers/proxy.ts";
import { startS3 } from "../servers/s3.ts";
import { makeRunPlace, runAt } from "./place.ts";

/* Mailboxes are read at the same time, and the history is as if it were one after the other. */

const now = "2026-11-20T09:00:00Z";
const arrived = new Date("2026-11-19T08:00:00Z");

function mailOf(reportId: string, count: number): string {
  const xml = reportXml({ reportId, records: record({ count: String(count) }) });
  return `From: noreply-dmarc-support@google.com\r\nSubject: ${reportId}\r\nContent-Type: text/xml\r\n\r\n${xml}`;
}

async function openProxy(...given: Parameters<typeof startProxy>) {
  const proxy = await startProxy(...given);
  onTestFinished(async () => await proxy.stop());
  return proxy;
}

/** When something is so. */
async function when(isSo: () => boolean): Promise<void> {
  while (!isSo()) await wait(5);
}

describe.runIf(haveDovecot)("mailboxes that are read side by side", () => {
  let dovecot: Dovecot;
  beforeAll(async () => {
    dovecot = await startDovecot();
    // The same report in both, another under one key, and so many that each takes some commands.
    for (let number = 1; number <= 600; number += 1) {
      dovecot.deliver("First", mailOf(`first-${number}`, number), arrived);
      dovecot.deliver("Second", mailOf(`second-${number}`, 1000 + number), arrived);
    }
    for (const folder of ["First", "Second"]) dovecot.deliver(folder, mailOf("both", 3001), arrived);
    dovecot.deliver("First", mailOf("conflict", 3003), arrived);
    dovecot.deliver("Second", mailOf("conflict", 3002), arrived);
    for (const number of [1, 2, 3]) dovecot.deliver("Few", mailOf(`few-${number}`, number), arrived);
  });
  afterAll(async () => await dovecot.stop());

  function mailbox(folder: string, port = dovecot.port): Config["mailboxes"][number] {
    const { user, password } = dovecot;
    const signIn = { kind: "password", password } as const;
    const since = new Date("2026-11-01T00:00:00Z");
    const place = { kind: "imap", host: "127.0.0.1", port, security: "none", user, signIn, folder, since } as const;
    return { ...place, name: folder, trustedHosts: [] };
  }

  async function runOver(mailboxes: Config["mailboxes"], changes: Partial<Config> = {}) {
    const place = makeRunPlace();
    const { digest, problems } = await runAt(place, now, { "count-unverified": "true" }, now, {
      ...changes,
      mailboxes,
    });
    const data = join(place.repository.folder, "data");
    const entries = readdirSync(data, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const paths = entries.map(({ parentPath, name }) => join(parentPath, name)).sort();
    const files = Object.fromEntries(paths.map((path) => [relative(data, path), readFileSync(path, "utf8")]));
    return { files, commits: place.repository.commits.map(({ message }) => message), intake: digest.intake, problems };
  }

  test("are asked at the same time, and give the same history whichever answers first", async () => {
    const straight = await runOver([mailbox("First"), mailbox("Second")]);
    expect(straight).toMatchObject({ problems: [], intake: { mails: 1204, states: { duplicate: 1, conflict: 1 } } });

    // The first answers when all mails of the second are there.
    const second = await openProxy(dovecot.port);
    const hasSecond = when(() => second.bytesFromServer() > 602 * mailOf("second-1", 1).length);
    const first = await openProxy(dovecot.port, { fromServer: { from: hasSecond } });
    expect(await runOver([mailbox("First", first.port), mailbox("Second", second.port)])).toEqual(straight);

    const early = await openProxy(dovecot.port);
    const hasFirst = when(() => early.bytesFromServer() > 602 * mailOf("first-1", 1).length);
    const late = await openProxy(dovecot.port, { fromServer: { from: hasFirst } });
    expect(await runOver([mailbox("First", early.port), mailbox("Second", late.port)])).toEqual(straight);
  });

  test("may be of different kinds", async () => {
    const s3 = await startS3({});
    for (let number = 1; number <= 30; number += 1) {
      s3.objects.set(`mail/${number}`, { bytes: Buffer.from(mailOf(`object-${number}`, number)), put: arrived });
    }
    const hasObjects = when(() => s3.seen.filter((line) => line.startsWith("GET")).length === 30);
    const first = await openProxy(dovecot.port, { fromServer: { from: hasObjects } });
    const { bucket, region, credentials, url: endpoint } = s3;
    const since = new Date("2026-11-01T00:00:00Z");
    const place = {
      kind: "s3",
      name: "bucket",
      bucket,
      prefix: "mail/",
      region,
      endpoint,
      credentials,
      since,
    } as const;
    const { intake, problems } = await runOver([mailbox("First", first.port), { ...place, trustedHosts: [] }]);
    expect({ mails: intake.mails, problems }).toEqual({ mails: 632, problems: [] });
  });

  test("don't wait for one that is silent for longer than its share of the time", async () => {
    const silent = await openProxy(dovecot.port, { fromServer: { from: new Promise(() => undefined) } });
    const timeouts = { connection: 4000, greeting: 4000, silence: 4000 };
    const mailboxes = [{ ...mailbox("Silent", silent.port), timeouts }, mailbox("Few")];
    const { intake, problems, files } = await runOver(mailboxes, { timeBudget: 3000 });
    expect(intake).toMatchObject({ mails: 3, toGo: [], unreadMailboxes: [{ mailbox: "Silent" }] });
    expect(problems).toEqual([expect.stringContaining('Mailbox "Silent"')]);
    expect(Object.keys(JSON.parse(files["state.json"] ?? "").mailboxes)).toEqual(["Few"]);
  });
});
