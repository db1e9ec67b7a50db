import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { imapSource } from "../../../src/io/imap/imap.ts";
import { type MailPlace, SourceError } from "../../../src/io/source.ts";
import { defaultLimits } from "../../../src/report/limits.ts";
import { refusalText } from "../../reasons.ts";
import { type Dovecot, haveDovecot, startDovecot } from "../../servers/imap/dovecot.ts";
import { startImapScript } from "../../servers/imap/imap-script.ts";
import { startProxy } from "../../servers/proxy.ts";

const mailOf = (subject: string) => `From: reports@example.net\r\nSubject: ${subject}\r\n\r\nText\r\n`;

function retentionOf(options: { port: number; user?: string; password?: string; folder?: string }) {
  const source = imapSource({
    name: "reports",
    host: "127.0.0.1",
    security: "none",
    user: "me",
    signIn: { kind: "password", password: options.password ?? "secret" },
    folder: "INBOX",
    since: new Date(0),
    limits: defaultLimits,
    ...options,
  });
  const { listOld, deleteMails } = source;
  if (listOld === undefined || deleteMails === undefined) throw new Error("An IMAP source can delete mails.");
  return { listOld, deleteMails };
}

const uids = (mails: MailPlace[]) => mails.map(({ uid }) => uid);

describe.runIf(haveDovecot)("old mails of a folder of a Dovecot server", () => {
  let dovecot: Dovecot;

  const open = (folder: string, port = dovecot.port) =>
    retentionOf({ port, user: dovecot.user, password: dovecot.password, folder });

  const deliverAt = (folder: string, ...moments: string[]) => {
    for (const moment of moments) dovecot.deliver(folder, mailOf(moment), new Date(moment));
  };

  const all = async (folder: string) => uids(await open(folder).listOld(new Date("2100-01-01T00:00:00Z")));

  beforeAll(async () => {
    dovecot = await startDovecot();
  });

  afterAll(() => dovecot.stop());

  test("are listed to the second, and nothing is changed by it", async () => {
    deliverAt("Old", "2026-11-10T05:59:59Z", "2026-11-10T06:00:00Z", "2026-11-01T00:00:00Z", "2026-11-20T00:00:00Z");
    await all("Old"); // Dovecot moves mails from new/ when it first sees them with SELECT, not with EXAMINE.
    const before = dovecot.snapshot();
    const old = await open("Old").listOld(new Date("2026-11-10T06:00:00Z"));
    expect(old.map(({ uid, arrived }) => [uid, arrived])).toEqual([
      [1, "2026-11-10T05:59:59.000Z"],
      [3, "2026-11-01T00:00:00.000Z"],
    ]);
    expect(old[0]?.uidValidity).toMatch(/^[1-9]\d*$/);
    expect(dovecot.snapshot()).toEqual(before);
    expect(await open("INBOX").listOld(new Date())).toEqual([]);
  });

  test("are deleted, and what a person has marked as deleted stays", async () => {
    deliverAt("Marked", "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z", "2026-11-03T00:00:00Z", "2026-11-04T00:00:00Z");
    await dovecot.mark("Marked", 2);
    const [first, , third] = await open("Marked").listOld(new Date("2026-11-20T00:00:00Z"));
    if (first === undefined || third === undefined) throw new Error("The mails were not listed.");
    expect(await open("Marked").deleteMails([first, third])).toEqual([first, third]);
    expect(await all("Marked")).toEqual([2, 4]);
    expect(dovecot.snapshot().filter((file) => file.startsWith(".Marked/") && /:2,T /.test(file))).toHaveLength(1);
    // Deleted before, or by somebody else: they are no longer there.
    expect(await open("Marked").deleteMails([first, third])).toEqual([]);
  });

  test("are left alone when another mail may have come to have their UID", async () => {
    deliverAt("Other", "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z");
    const [first, second] = await open("Other").listOld(new Date("2026-11-20T00:00:00Z"));
    if (first === undefined || second === undefined) throw new Error("The mails were not listed.");
    const strangers = [
      { ...first, arrived: "2026-11-01T00:00:01Z" },
      { ...second, uidValidity: "1" },
      { ...first, uid: 77 },
    ];
    expect(await open("Other").deleteMails(strangers)).toEqual([]);
    expect(await open("Other").deleteMails([])).toEqual([]);
    expect(await all("Other")).toEqual([1, 2]);
  });

  test("are deleted in several commands when there are many", async () => {
    for (let number = 1; number <= 520; number += 1) deliverAt("Many", "2026-11-01T00:00:00Z");
    const old = await open("Many").listOld(new Date("2026-11-20T00:00:00Z"));
    const odd = old.filter(({ uid }) => uid % 2 === 1);
    expect(odd).toHaveLength(260);
    expect(await open("Many").deleteMails(odd)).toEqual(odd);
    expect(await all("Many")).toEqual(uids(old.filter(({ uid }) => uid % 2 === 0)));
  });

  test("are deleted by the next run when the connection is cut", async () => {
    for (let number = 1; number <= 300; number += 1) deliverAt("Cut", "2026-11-01T00:00:00Z");
    const old = await open("Cut").listOld(new Date("2026-11-20T00:00:00Z"));
    const proxy = await startProxy(dovecot.port, { fromServer: { cutAfter: 26_000 } });
    const failed = open("Cut", proxy.port).deleteMails(old);
    await expect(failed).rejects.toBeInstanceOf(SourceError);
    expect(await refusalText(failed)).toMatch(/the connection was lost while old mails were deleted .*by the next run/);
    await proxy.stop();
    const left = await open("Cut").listOld(new Date("2026-11-20T00:00:00Z"));
    expect(left.length).toBeGreaterThan(0);
    expect(await open("Cut").deleteMails(old)).toEqual(left);
    expect(await all("Cut")).toEqual([]);
  });
});

describe("a server with ways of its own", () => {
  const answers = {
    CAPABILITY: "* CAPABILITY IMAP4rev1 UIDPLUS\nOK done",
    LIST: '* LIST () "/" INBOX\nOK done',
    SELECT: "* 2 EXISTS\n* OK [UIDVALIDITY 7] valid\n* OK [UIDNEXT 12] next\nOK [READ-WRITE] open",
    "UID FETCH":
      '* 1 FETCH (UID 10 INTERNALDATE "01-Nov-2026 10:00:00 +0900")\n' +
      "* 2 FETCH (UID 11 FLAGS (\\Seen))\n" +
      '* 2 FETCH (UID 11 INTERNALDATE "01-Nov-2026 10:00:00 -0100")\nOK done',
    LOGOUT: "* BYE bye\nOK done",
  };
  const mails = [
    { uidValidity: "7", uid: 10, arrived: "2026-11-01T01:00:00.000Z" },
    { uidValidity: "7", uid: 11, arrived: "2026-11-01T11:00:00.000Z" },
  ];

  const deleteAt = async (others: Record<string, string>) => {
    const server = await startImapScript({ ...answers, ...others });
    const error = await retentionOf({ port: server.port })
      .deleteMails(mails)
      .catch((cause: unknown) => cause);
    await server.stop();
    const wanted = /^(EXAMINE|SELECT|UID|STORE|EXPUNGE|CLOSE|LOGOUT)/;
    return { error, commands: server.commands.filter((command) => wanted.test(command)) };
  };

  test("is told to delete exactly these mails, and the folder is not closed, which would delete others", async () => {
    const { error, commands } = await deleteAt({});
    expect(error).toEqual(mails);
    expect(commands).toEqual([
      "SELECT INBOX",
      "UID FETCH 10:11 (UID INTERNALDATE)",
      "UID STORE 10:11 +FLAGS (\\Deleted)",
      "UID EXPUNGE 10:11",
      "LOGOUT",
    ]);
  });

  test.each([
    [
      "has no UIDPLUS",
      { CAPABILITY: "* CAPABILITY IMAP4rev1\nOK done" },
      /has no UIDPLUS.*Take mail-retention-days away/,
    ],
    ["opens the folder for reading alone", { SELECT: answers.SELECT.replace("WRITE", "ONLY") }, /for reading alone/],
    ["can't mark", { "UID STORE": "NO not allowed" }, /its server refused to\. Take mail-retention-days away/],
  ])("that %s is told so, and nothing is deleted", async (_, others, message) => {
    const { error, commands } = await deleteAt(others);
    expect(await refusalText(Promise.reject(error))).toMatch(message);
    expect(commands.filter((command) => command.includes("EXPUNGE"))).toEqual([]);
  });
});
