import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { sampleMails } from "../../src/sample/mailbox.ts";
import { reportXml } from "../report/report-files.ts";
import { startGraph } from "../servers/graph.ts";
import { type Dovecot, haveDovecot, startDovecot, trustServer } from "../servers/imap/dovecot.ts";
import { daysIn, imapAccount } from "../servers/place.ts";
import { startS3 } from "../servers/s3.ts";
import { everCommitted, graphMailbox, makeRunPlace, type RunPlace, runAt } from "./place.ts";

const now = "2026-11-20T09:00:00Z";

/** A mail with a line in it that looks like the separator of an mbox. */
const lineOfFrom = {
  name: "9999-from.eml",
  bytes: Buffer.from(
    `From: reports@example.net\nContent-Type: text/xml\n\n${reportXml().replace("<org_name>", "<org_name>\n\nFrom ")}\n`,
  ),
  arrived: "2026-11-20T08:00:00Z",
};
/** The newest third of the sample, with all its formats in it. */
const mails = [...sampleMails().slice(-220), lineOfFrom];

/** The day files that a run makes, and how many mails it read. */
async function daysOfRun(place: RunPlace, inputs: Record<string, string> = {}, changes: Partial<Config> = {}) {
  const given = { "count-unverified": "true", ...inputs };
  const { digest, problems } = await runAt(place, now, given, now, changes);
  expect(problems).toEqual([]);
  const { mails: count, states } = digest.intake;
  return { days: daysIn(join(place.repository.folder, "data")), mails: count, states };
}

function fromFolder() {
  const place = makeRunPlace();
  for (const { name, bytes } of mails) writeFileSync(join(place.mailbox, name), bytes);
  return daysOfRun(place);
}

/** An mbox of the kind mboxrd: each line that could be taken for a separator gets one more `>`. */
function mboxOf(contents: readonly Uint8Array[]): string {
  const parts = contents.map((bytes) => {
    const text = Buffer.from(bytes)
      .toString("latin1")
      .replaceAll(/^(>*From )/gm, ">$1");
    return `From reports@example.net Fri Nov 20 08:00:00 2026\n${text}\n\n`;
  });
  return parts.join("");
}

describe("the same mails give the same day files, byte by byte", () => {
  let started: ReturnType<typeof fromFolder> | undefined;
  const folderRun = () => (started ??= fromFolder());

  test("from a folder, whatever the order of its files", async () => {
    const folder = await folderRun();
    expect(folder).toMatchObject({ mails: mails.length, states: { corrupt: 1, duplicate: 1 } });
    expect(Object.keys(folder.days).length).toBeGreaterThan(30);
    expect(folder.days["example.com/2026/2026-11-15.json"]).toContain('"orgName":"From example.net"');

    const place = makeRunPlace();
    for (const [index, { bytes }] of mails.entries()) {
      writeFileSync(join(place.mailbox, `${String(mails.length - index).padStart(4, "0")}.eml`), bytes);
    }
    expect((await daysOfRun(place)).days).toEqual(folder.days);
  });

  test("from an mbox", async () => {
    const place = makeRunPlace();
    const mbox = join(place.mailbox, "reports.mbox");
    writeFileSync(mbox, mboxOf(mails.map(({ bytes }) => bytes)), "latin1");
    expect(await daysOfRun(place, { "mail-path": mbox })).toEqual(await folderRun());
  });

  test("from a bucket, and a second run asks for none of its objects again", async () => {
    const s3 = await startS3({ pageKeys: 7 });
    for (const [index, { bytes, arrived }] of mails.entries()) {
      const key = `mail/${createHash("md5").update(String(index)).digest("hex")}`;
      s3.objects.set(key, { bytes: Buffer.from(bytes), put: new Date(arrived) });
    }
    s3.objects.set("mail/AMAZON_SES_SETUP_NOTIFICATION", { bytes: Buffer.from("Set up"), put: new Date(now) });
    const place = makeRunPlace();
    const inputs = { "mail-path": "", s3: `s3://${s3.bucket}/mail/`, "s3-endpoint": s3.url };
    expect(await daysOfRun(place, inputs)).toEqual(await folderRun());
    expect(s3.seen.filter((line) => line.startsWith("GET"))).toHaveLength(mails.length);
    s3.seen.length = 0;
    expect((await daysOfRun(place, inputs)).mails).toBe(0);
    expect(new Set(s3.seen)).toEqual(new Set(["list mail/"]));
    const history = everCommitted(place);
    expect(history).toContain('"s3": {');
    expect(history).not.toContain(s3.bucket);
  });

  test("by Microsoft Graph, and a second run reads none of them again", async () => {
    const graph = await startGraph();
    for (const { bytes, arrived } of mails) graph.deliver(bytes, new Date(arrived));
    const place = makeRunPlace();
    const changes = { mailboxes: [graphMailbox(graph)] };
    expect(await daysOfRun(place, {}, changes)).toEqual(await folderRun());
    graph.seen.length = 0;
    expect((await daysOfRun(place, {}, changes)).mails).toBe(0);
    expect(graph.seen).toEqual(["GET mailFolders/inbox/messages"]);
    expect(everCommitted(place)).not.toContain(graph.user);
  });

  describe.runIf(haveDovecot)("from a folder of a Dovecot server", () => {
    let dovecot: Dovecot;
    beforeAll(async () => {
      dovecot = await startDovecot();
      trustServer(dovecot);
      for (const { bytes, arrived } of mails) dovecot.deliver("INBOX", bytes, new Date(arrived));
    });
    afterAll(async () => await dovecot.stop());

    test("by IMAP", async () => {
      const before = dovecot.snapshot();
      expect(await daysOfRun(makeRunPlace(), { "mail-path": "", ...imapAccount(dovecot) })).toEqual(await folderRun());
      expect(dovecot.snapshot()).toEqual(before);
    });
  });
});
