import { afterAll, beforeAll, expect, test } from "vitest";
import type { Cursor, FolderCursor } from "../../../src/history/cursor.ts";
import { type ImapOptions, imapSource } from "../../../src/io/imap/imap.ts";
import { type ListedMail, orderMails } from "../../../src/io/imap/listing.ts";
import { defaultLimits } from "../../../src/report/limits.ts";
import { type ImapFolder, startImapFolder } from "../../servers/imap/imap-folder.ts";

/* What is listed of a folder, by how many commands, and in which order it is read. */

let folder: ImapFolder;
beforeAll(async () => {
  folder = await startImapFolder();
});
afterAll(() => folder.stop());

/** Fills the folder with mails of these senders, with the UIDs 1, 2, 3. */
function fill(senders: readonly string[]): void {
  folder.mails = senders.map((from, index) => ({
    uid: index + 1,
    text: `Received: by mx.example.net\r\nFrom: a@${from}\r\n\r\nText\r\n`,
    arrived: new Date("2026-11-18T08:00:00Z"),
  }));
}

/** The UIDs that are handed over, and the cursor then. */
async function read(cursor?: Cursor, { wanted = [], stopAt }: { wanted?: number[]; stopAt?: number } = {}) {
  const options: ImapOptions = {
    name: "reports",
    host: "127.0.0.1",
    port: folder.port,
    security: "none",
    user: "me",
    signIn: { kind: "password", password: "secret" },
    folder: "INBOX",
    since: new Date("2026-11-01T00:00:00Z"),
    limits: defaultLimits,
    senders: { trustedHosts: [], ownDomains: [], trustedReporters: [] },
  };
  const before = folder.commands.length;
  const source = imapSource(options);
  const uids: number[] = [];
  for await (const { uid = 0 } of source.mails(cursor, wanted)) {
    uids.push(uid);
    if (uid === stopAt) break;
  }
  const commands = folder.commands.slice(before).filter((command) => /^(UID|NOOP)/.test(command));
  return {
    uids,
    cursor: source.cursor(),
    left: source.remaining()?.mails,
    isOfStrangers: source.remaining()?.isOfStrangers,
    commands,
  };
}

const mixed = ["evil.example", "google.com", "evil.example", "dmarc.yahoo.com", "evil.example"];

test("believed senders' mails are read first, by one FETCH for all that is listed", async () => {
  fill(mixed);
  const first = await read();
  expect(first).toMatchObject({ uids: [2, 4, 1, 3, 5], left: 0 });
  expect(first.cursor).toMatchObject({ lastUid: 5 });
  expect(first.cursor).not.toHaveProperty("strangersUid");
  const listing = "(UID INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (From)]<0.32769>)";
  const bytes = `(UID BODY.PEEK[]<0.${defaultLimits.mailBytes + 1}>)`;
  expect(first.commands).toEqual([
    "UID SEARCH SINCE 31-Oct-2026",
    `UID FETCH 1:* ${listing}`,
    `UID FETCH 1:5 ${bytes}`,
  ]);

  fill([...mixed, "google.com"]);
  const next = await read(first.cursor);
  expect(next.uids).toEqual([6]);
  expect(next.commands).toEqual([`UID FETCH 6:* ${listing}`, `UID FETCH 6 ${bytes}`]);
});

test("what was left is read by the next run, after new mails of believed senders, and no mail twice", async () => {
  fill(mixed);
  const cut = await read(undefined, { stopAt: 4 });
  expect(cut).toMatchObject({
    uids: [2, 4],
    left: 3,
    isOfStrangers: true,
    cursor: { lastUid: 5, strangersUid: 0, ahead: "2,4" },
  });
  fill([...mixed, "evil.example", "google.com"]);
  const next = await read(cut.cursor, { stopAt: 1 });
  expect(next).toMatchObject({ uids: [7, 1], left: 3, cursor: { lastUid: 7, strangersUid: 2, ahead: "4,7" } });
  expect(next.commands.slice(0, -1).map((command) => command.replace(/ \(.*/, ""))).toEqual([
    "UID FETCH 1:5",
    "UID FETCH 6:*",
  ]);
  const last = await read(next.cursor);
  expect(last.uids).toEqual([3, 5, 6]);
  expect(last.cursor).toEqual({ ...first(next.cursor), lastUid: 7 });
});

const first = (cursor: Cursor | undefined) => {
  const { hash, uidValidity } = cursor as FolderCursor;
  return { hash, uidValidity };
};

test("a cursor of a run before there were two is where all mails were read to", async () => {
  fill(mixed);
  const { cursor } = await read();
  const old = { ...(cursor as Cursor), lastUid: 2 };
  expect((await read(old)).uids).toEqual([4, 3, 5]);
});

test("mails that wait to be judged again come first, once", async () => {
  fill(mixed);
  const { cursor } = await read(undefined, { stopAt: 1 });
  expect(cursor).toMatchObject({ lastUid: 5, strangersUid: 2, ahead: "4" });
  expect((await read(cursor, { wanted: [1, 4] })).uids).toEqual([1, 4, 3, 5]);
});

test("of a header no more than a bound is sent, and a mail that has more counts as a stranger's", async () => {
  fill(["evil.example", "google.com", "google.com"]);
  const [, , large] = folder.mails;
  if (large !== undefined) large.text = `From: a@google.com\r\n (${"x".repeat(1_000_000)})\r\n${large.text}`;
  expect(await read()).toMatchObject({ uids: [2, 1, 3] });
});

test("where a server refuses the bound all mails are read by UID", async () => {
  fill(mixed);
  folder.refusesPartialFields = true;
  expect(await read()).toMatchObject({ uids: [1, 2, 3, 4, 5], left: 0 });
  folder.refusesPartialFields = false;
});

function claim(uid: number, domain: string, isPassed = false): ListedMail {
  return { uid, size: 1, sender: { domain, isPassed } };
}

test("of mails that only claim to come from a believed sender the newest 200 of each domain are read first", () => {
  const forged = Array.from({ length: 1000 }, (_, index) => claim(index + 1, "google.com"));
  const others = [claim(1001, "yahoo.com"), { uid: 1002, size: 1 }];
  const { first, rest } = orderMails([...forged, ...others]);
  expect(first.map(({ uid }) => uid)).toEqual([...forged.slice(800).map(({ uid }) => uid), 1001]);
  expect(rest.map(({ uid }) => uid)).toEqual([...forged.slice(0, 800).map(({ uid }) => uid), 1002]);
});

test("of mails that a trusted host passes, which may have been sent on again, the newest 2,000 of each domain are", () => {
  const passed = Array.from({ length: 5000 }, (_, index) => claim(index + 1, "google.com", true));
  const others = [claim(5001, "yahoo.com", true), { uid: 5002, size: 1 }];
  const { first, rest } = orderMails([...passed, ...others]);
  expect(first.map(({ uid }) => uid)).toEqual([...passed.slice(3000).map(({ uid }) => uid), 5001]);
  expect(rest.map(({ uid }) => uid)).toEqual([...passed.slice(0, 3000).map(({ uid }) => uid), 5002]);
});
