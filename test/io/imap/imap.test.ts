import { readFileSync } from "node:fs";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FolderCursor } from "../../../src/history/cursor.ts";
import { type ImapOptions, imapSource } from "../../../src/io/imap/imap.ts";
import { type Cursor, type MailSource, SourceError, type SourceMail } from "../../../src/io/source.ts";
import { defaultLimits, type Limits } from "../../../src/report/limits.ts";
import { inWords, refusalText } from "../../reasons.ts";
import { type Dovecot, haveDovecot, startDovecot } from "../../servers/imap/dovecot.ts";
import { startImapScript } from "../../servers/imap/imap-script.ts";
import { startProxy } from "../../servers/proxy.ts";

const longAgo = new Date("2020-01-01T00:00:00Z");

async function readAll(source: MailSource, cursor?: Cursor): Promise<SourceMail[]> {
  const mails: SourceMail[] = [];
  for await (const mail of source.mails(cursor)) mails.push(mail);
  return mails;
}

const uids = (mails: SourceMail[]) => mails.map(({ uid }) => uid);
const text = ({ bytes }: SourceMail) => Buffer.from(bytes ?? []).toString("latin1");
const mailOf = (subject: string) => `From: reports@example.net\r\nSubject: ${subject}\r\n\r\nText\r\n`;

describe.runIf(haveDovecot)("a folder of a Dovecot server", () => {
  let dovecot: Dovecot;

  const sourceOf = (folder: string, options: Partial<ImapOptions> = {}): MailSource =>
    imapSource({
      name: "reports",
      host: "localhost",
      port: dovecot.port,
      security: "starttls",
      user: dovecot.user,
      signIn: { kind: "password", password: dovecot.password },
      folder,
      since: longAgo,
      limits: defaultLimits,
      ...options,
    });

  beforeAll(async () => {
    dovecot = await startDovecot();
    setDefaultCACertificates([...getCACertificates("default"), readFileSync(dovecot.caFile, "utf8")]);
  });

  afterAll(() => dovecot.stop());

  test("its mails come with their bytes and arrival, oldest first, by TLS, STARTTLS and, on this machine, without", async () => {
    dovecot.deliver("Three", mailOf("one"), new Date("2026-11-19T08:00:00Z"));
    dovecot.deliver("Three", Buffer.from(`${mailOf("two")}\xff\xfe`, "latin1"), new Date("2026-11-17T23:59:59Z"));
    dovecot.deliver("Three", mailOf("three"), new Date("2026-11-20T00:00:00Z"));
    const ways: Partial<ImapOptions>[] = [
      { security: "tls", port: dovecot.tlsPort },
      { security: "starttls" },
      { security: "none", host: "127.0.0.1" },
    ];
    for (const way of ways) {
      const source = sourceOf("Three", way);
      const mails = await readAll(source);
      expect(mails.map(({ bytes: _bytes, uidValidity: _validity, cursor: _cursor, ...rest }) => rest)).toEqual([
        { name: "UID 1", uid: 1, arrived: "2026-11-19T08:00:00.000Z", size: mailOf("one").length },
        { name: "UID 2", uid: 2, arrived: "2026-11-17T23:59:59.000Z", size: mailOf("two").length + 2 },
        { name: "UID 3", uid: 3, arrived: "2026-11-20T00:00:00.000Z", size: mailOf("three").length },
      ]);
      expect(mails.map(text)).toEqual([mailOf("one"), `${mailOf("two")}\xff\xfe`, mailOf("three")]);
    }
  });

  test("reading changes nothing in it, neither of mails that were seen before nor of new ones", async () => {
    for (const subject of ["seen", "removed", "seen too"]) dovecot.deliver("Untouched", mailOf(subject));
    await dovecot.remove("Untouched", 2);
    dovecot.deliver("Untouched", mailOf("new"));
    const before = dovecot.snapshot();
    expect(before.filter((file) => file.startsWith(".Untouched/cur/"))).toHaveLength(2);
    expect(before.filter((file) => file.startsWith(".Untouched/new/"))).toHaveLength(1);
    expect(uids(await readAll(sourceOf("Untouched")))).toEqual([1, 3, 4]);
    expect(dovecot.snapshot()).toEqual(before);
  });

  test("without a cursor only mails that arrived since the given second are read", async () => {
    dovecot.deliver("Since", mailOf("too old"), new Date("2026-11-18T23:59:59Z"));
    dovecot.deliver("Since", mailOf("in time"), new Date("2026-11-19T00:00:00Z"));
    dovecot.deliver("Since", mailOf("moved here, too old"), new Date("2026-11-01T12:00:00Z"));
    dovecot.deliver("Since", mailOf("new"), new Date("2026-11-20T12:00:00Z"));
    const source = sourceOf("Since", { since: new Date("2026-11-19T00:00:00Z") });
    expect(uids(await readAll(source))).toEqual([2, 4]);
    const late = sourceOf("Since", { since: new Date("2026-12-01T00:00:00Z") });
    expect(uids(await readAll(late))).toEqual([]);
    expect(late.cursor()).toMatchObject({ lastUid: 4 });
  });

  test("only the newest are read where so many are enough", async () => {
    for (const subject of ["one", "two", "three"]) dovecot.deliver("Newest", mailOf(subject));
    expect(uids(await readAll(sourceOf("Newest", { newest: 2 })))).toEqual([2, 3]);
  });

  test("the cursor leads to the mails that came later, and to none when none came", async () => {
    dovecot.deliver("Later", mailOf("one"));
    dovecot.deliver("Later", mailOf("two"));
    const first = sourceOf("Later");
    expect(first.cursor()).toBeUndefined();
    expect(uids(await readAll(first))).toEqual([1, 2]);
    const cursor = first.cursor();
    expect(cursor).toEqual({
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      uidValidity: expect.stringMatching(/^[1-9]\d*$/),
      lastUid: 2,
    });

    const second = sourceOf("Later");
    expect(uids(await readAll(second, cursor))).toEqual([]);
    expect(second.cursor()).toEqual(cursor);

    dovecot.deliver("Later", mailOf("old but new here"), new Date("2020-06-01T00:00:00Z"));
    const third = sourceOf("Later", { since: new Date("2026-01-01T00:00:00Z") });
    expect(uids(await readAll(third, cursor))).toEqual([3]);
    expect(third.cursor()).toEqual({ ...cursor, lastUid: 3 });
  });

  test("a reader who stops early goes on after the mail in hand, and learns how many are left", async () => {
    for (const subject of ["one", "two", "three"]) dovecot.deliver("Early", mailOf(subject));
    const source = sourceOf("Early");
    for await (const { uid } of source.mails(undefined)) if (uid === 2) break;
    expect(source.cursor()).toMatchObject({ lastUid: 3, strangersUid: 2 });
    expect(source.remaining()).toEqual({ mails: 1, isOfStrangers: true });
    expect(uids(await readAll(sourceOf("Early"), source.cursor()))).toEqual([3]);
  });

  test("a first reading that stops at its first mail does not forget since", async () => {
    dovecot.deliver("Stop", mailOf("old"), new Date("2026-10-01T00:00:00Z"));
    dovecot.deliver("Stop", mailOf("new"), new Date("2026-11-20T00:00:00Z"));
    const source = sourceOf("Stop", { since: new Date("2026-11-01T00:00:00Z") });
    for await (const _mail of source.mails(undefined)) break;
    expect(uids(await readAll(sourceOf("Stop"), source.cursor()))).toEqual([]);
  });

  test("mails of the last days are read again when that is asked for, and the cursor stays where it was", async () => {
    for (const day of ["01", "10", "19", "20"])
      dovecot.deliver("Again", mailOf(day), new Date(`2026-11-${day}T00:00:00Z`));
    const source = sourceOf("Again");
    await readAll(source);
    const cursor = source.cursor();
    dovecot.deliver("Again", mailOf("late"), new Date("2026-11-02T00:00:00Z"));
    const again = sourceOf("Again", { rereadSince: new Date("2026-11-10T00:00:00Z") });
    expect(uids(await readAll(again, cursor))).toEqual([2, 3, 4, 5]);
    expect(again.cursor()).toEqual({ ...cursor, lastUid: 5 });
  });

  test("a folder that was made anew, or another folder, is read from since whatever the cursor says", async () => {
    for (const subject of ["one", "two"]) dovecot.deliver("Anew", mailOf(subject));
    const source = sourceOf("Anew");
    await readAll(source);
    const cursor = source.cursor();
    await dovecot.recreate("Anew");
    for (const subject of ["three", "four"]) dovecot.deliver("Anew", mailOf(subject));

    const anew = sourceOf("Anew");
    expect((await readAll(anew, cursor)).map(text)).toEqual([mailOf("three"), mailOf("four")]);
    expect(anew.cursor()).toMatchObject({ hash: cursor?.hash, lastUid: 2 });
    expect(anew.cursor()).not.toMatchObject({ uidValidity: (cursor as FolderCursor).uidValidity });
    const ofOther = { ...anew.cursor(), hash: "0".repeat(64) } as Cursor;
    expect(uids(await readAll(sourceOf("Anew"), ofOther))).toEqual([1, 2]);
  });

  test("an empty folder has no mails, and its cursor is at its end", async () => {
    const source = sourceOf("INBOX");
    expect(await readAll(source)).toEqual([]);
    expect(source.cursor()).toMatchObject({ lastUid: 0 });

    dovecot.deliver("Emptied", mailOf("one"));
    await dovecot.remove("Emptied", 1);
    const emptied = sourceOf("Emptied");
    expect(await readAll(emptied)).toEqual([]);
    expect(emptied.cursor()).toMatchObject({ lastUid: 1 });

    dovecot.deliver("Emptied", mailOf("two"));
    await dovecot.remove("Emptied", 2);
    const again = sourceOf("Emptied");
    expect(await readAll(again, emptied.cursor())).toEqual([]);
    expect(again.cursor()).toMatchObject({ lastUid: 2 });
  });

  test("a mail past the limit comes with its size and without its bytes, in its place", async () => {
    dovecot.deliver("Big", mailOf("small"));
    dovecot.deliver("Big", `${mailOf("big")}${"x".repeat(2000)}`);
    dovecot.deliver("Big", mailOf("small again"));
    const source = sourceOf("Big", { limits: { ...defaultLimits, mailBytes: 1000 } });
    const mails = await readAll(source);
    expect(mails.map(({ bytes }) => bytes !== undefined)).toEqual([true, false, true]);
    expect(mails[1]).toMatchObject({ uid: 2, size: mailOf("big").length + 2000 });
    expect(source.cursor()).toMatchObject({ lastUid: 3 });
  });

  test("a mail that is removed after it was listed is skipped", async () => {
    // The first 16 MB may be fetched already when the first is read.
    for (let number = 1; number <= 50; number++) dovecot.deliver("Removed", `${mailOf("large")}${"x".repeat(500_000)}`);
    const source = sourceOf("Removed");
    const read: (number | undefined)[] = [];
    for await (const { uid } of source.mails(undefined)) {
      if (uid === 1) for (const gone of [49, 50]) await dovecot.remove("Removed", gone);
      read.push(uid);
    }
    expect(read).toEqual(Array.from({ length: 48 }, (_, index) => index + 1));
    expect(source.cursor()).toMatchObject({ lastUid: 50 });
  });

  test("a connection that is cut in the middle of a mail is an error, and the mails before it count as read", async () => {
    for (const subject of ["one", "two", "three"]) dovecot.deliver("Cut", `${mailOf(subject)}${"x".repeat(400_000)}`);
    const proxy = await startProxy(dovecot.port, { fromServer: { cutAfter: 1_000_000 } });
    const source = sourceOf("Cut", { port: proxy.port, security: "none" });
    const read: (number | undefined)[] = [];
    const reading = (async () => {
      for await (const { uid } of source.mails(undefined)) read.push(uid);
    })();
    expect(await refusalText(reading)).toMatch(
      new RegExp(
        `^Mailbox "reports" at localhost:${proxy.port}: the connection was lost while mails were read .*goes on from there`,
      ),
    );
    await expect(reading).rejects.toBeInstanceOf(SourceError);
    await proxy.stop();
    expect(read).toEqual([1, 2]);
    expect(source.cursor()).toMatchObject({ lastUid: 3, strangersUid: 2 });
    expect(uids(await readAll(sourceOf("Cut"), source.cursor()))).toEqual([3]);
  });

  test("a server that answers slowly is waited for", async () => {
    dovecot.deliver("Slow", mailOf("one"));
    const proxy = await startProxy(dovecot.port, { fromServer: { delay: 5 }, fromClient: { delay: 5 } });
    expect(uids(await readAll(sourceOf("Slow", { port: proxy.port })))).toEqual([1]);
    await proxy.stop();
  });
});

describe("a folder of a server with ways of its own", () => {
  const login = {
    CAPABILITY: "* CAPABILITY IMAP4rev1\nOK done",
    LIST: '* LIST () "/" INBOX\nOK done',
    EXAMINE: "* 2 EXISTS\n* OK [UIDVALIDITY 7] valid\n* OK [UIDNEXT 12] next\nOK [READ-ONLY] open",
    "UID SEARCH SINCE": "* SEARCH 10 11\nOK done",
    "UID FETCH 10:* ":
      // Out of order, and with news of flags in between, as a server may.
      '* 2 FETCH (UID 11 RFC822.SIZE 5 INTERNALDATE "19-Nov-2026 10:00:00 -0100")\n' +
      "* 2 FETCH (UID 11 FLAGS (\\Seen))\n" +
      '* 1 FETCH (UID 10 RFC822.SIZE 5 INTERNALDATE "19-Nov-2026 10:00:00 +0900")\nOK done',
    LOGOUT: "* BYE bye\nOK done",
  };

  const sourceOf = (port: number, limits = defaultLimits, folder = "INBOX") => {
    const account = {
      name: "reports",
      host: "127.0.0.1",
      port,
      security: "none" as const,
      user: "me",
      signIn: { kind: "password" as const, password: "secret" },
    };
    return imapSource({ ...account, folder, since: new Date("2026-11-19T00:00:00Z"), limits });
  };

  const read = async (
    answers: Record<string, string>,
    {
      limits = defaultLimits,
      folder = "INBOX",
      greeting,
    }: { limits?: Limits; folder?: string; greeting?: string } = {},
  ) => {
    const server = await startImapScript({ ...login, ...answers }, greeting);
    const source = sourceOf(server.port, limits, folder);
    try {
      return { mails: await readAll(source), commands: server.commands, source };
    } finally {
      await server.stop();
    }
  };

  test("it is opened read-only and only looked at: EXAMINE and BODY.PEEK", async () => {
    const { mails, commands } = await read({
      "UID FETCH 10:11 ": "* 2 FETCH (UID 11 BODY[]<0> {5}\nB\nbb)\n* 1 FETCH (UID 10 BODY[]<0> {5}\nA\naa)\nOK done",
    });
    expect(mails.map(({ uid, arrived }) => [uid, arrived])).toEqual([
      [10, "2026-11-19T01:00:00.000Z"],
      [11, "2026-11-19T11:00:00.000Z"],
    ]);
    expect(mails.map(text)).toEqual(["A\r\naa", "B\r\nbb"]);
    expect(commands.filter((command) => /^(EXAMINE|SELECT|UID|STORE|LOGOUT)/.test(command))).toEqual([
      "EXAMINE INBOX",
      "UID SEARCH SINCE 18-Nov-2026",
      "UID FETCH 10:* (UID INTERNALDATE RFC822.SIZE)",
      `UID FETCH 10:11 (UID BODY.PEEK[]<0.${defaultLimits.mailBytes + 1}>)`,
      "LOGOUT",
    ]);
  });

  test("many mails take few commands, 8 and one for 500 mails: each is a round trip", async () => {
    const count = 1100;
    const rows = (first: number, last: number, row: (uid: number) => string) =>
      `${Array.from({ length: last - first + 1 }, (_, index) => row(first + index)).join("\n")}\nOK done`;
    const sources = (first: number, last: number) =>
      rows(first, last, (uid) => `* 1 FETCH (UID ${uid} BODY[]<0> {1}\nA)`);
    const capabilities = "IMAP4rev1 AUTH=PLAIN SASL-IR ID NAMESPACE COMPRESS=DEFLATE";
    const answers = {
      AUTHENTICATE: `OK [CAPABILITY ${capabilities}] in`,
      ID: '* ID ("name" "Example")\nOK done',
      EXAMINE: `* ${count} EXISTS\n* OK [UIDVALIDITY 7] valid\n* OK [UIDNEXT ${count + 1}] next\nOK [READ-ONLY] open`,
      "UID SEARCH SINCE": "* SEARCH 1\nOK done",
      "UID FETCH 1:* ": rows(
        1,
        count,
        (uid) => `* ${uid} FETCH (UID ${uid} RFC822.SIZE 1 INTERNALDATE "20-Nov-2026 10:00:00 +0000")`,
      ),
      "UID FETCH 1:500 ": sources(1, 500),
      "UID FETCH 501:1000 ": sources(501, 1000),
      "UID FETCH 1001:1100 ": sources(1001, 1100),
    };
    const { mails, commands } = await read(answers, { greeting: `* OK [CAPABILITY ${capabilities}] ready` });
    expect(uids(mails)).toEqual(Array.from({ length: count }, (_, index) => index + 1));
    const asked = commands.map((command) => command.replace(/(FETCH \S+|"dmarc-digest") .*/, "$1"));
    expect(asked).toEqual([
      `AUTHENTICATE PLAIN ${Buffer.from("\0me\0secret").toString("base64")}`,
      'ID ("name" "dmarc-digest"',
      "EXAMINE INBOX",
      "UID SEARCH SINCE 18-Nov-2026",
      "UID FETCH 1:*",
      "UID FETCH 1:500",
      "UID FETCH 501:1000",
      "UID FETCH 1001:1100",
      "LOGOUT",
    ]);
  });

  test("a mail is handed over before the next ones of its command are there", async () => {
    let onFirstRead = (): void => undefined;
    const isFirstRead = new Promise<void>((resolve) => {
      onFirstRead = resolve;
    });
    const server = await startImapScript({
      ...login,
      async *"UID FETCH 10:11 "(_, tag) {
        yield "* 1 FETCH (UID 10 BODY[]<0> {5}\r\nAAAAA)\r\n* 2 FETCH (UID 11 BODY[]<0> {5}\r\nBB";
        await isFirstRead;
        yield `BBB)\r\n${tag} OK done\r\n`;
      },
    });
    const mails: string[] = [];
    for await (const mail of sourceOf(server.port).mails(undefined)) {
      mails.push(text(mail));
      onFirstRead();
    }
    expect(mails).toEqual(["AAAAA", "BBBBB"]);
    await server.stop();
  });

  test("a folder is found below the name that all folders have there", async () => {
    const { mails, commands } = await read(
      {
        CAPABILITY: "* CAPABILITY IMAP4rev1 NAMESPACE\nOK done",
        LIST: "OK done",
        "EXAMINE dmarc": "NO no such folder",
        NAMESPACE: '* NAMESPACE (("INBOX." ".")) NIL NIL\nOK done',
        "EXAMINE INBOX.dmarc": `${login.EXAMINE}`,
        "UID FETCH 10:11 ": "* 1 FETCH (UID 10 BODY[]<0> {5}\nAAAAA)\n* 2 FETCH (UID 11 BODY[]<0> {5}\nBBBBB)\nOK done",
      },
      { folder: "dmarc" },
    );
    expect(mails.map(text)).toEqual(["AAAAA", "BBBBB"]);
    expect(commands.filter((command) => command.startsWith("EXAMINE"))).toEqual([
      "EXAMINE dmarc",
      "EXAMINE INBOX.dmarc",
    ]);
  });

  test("a mail that turns out larger than the server said is past the limit all the same", async () => {
    const { mails } = await read(
      {
        "UID FETCH 10:11 ":
          "* 1 FETCH (UID 10 BODY[]<0> {9}\nAAAAAAAAA)\n* 2 FETCH (UID 11 BODY[]<0> {5}\nBBBBB)\nOK done",
      },
      { limits: { ...defaultLimits, mailBytes: 8 } },
    );
    expect(mails.map(({ bytes, size }) => [bytes?.length, size])).toEqual([
      [undefined, 9],
      [5, 5],
    ]);
  });

  test("flags that another reader sets meanwhile are not taken for mails", async () => {
    const { mails } = await read({
      "UID FETCH 10:11 ":
        "* 2 FETCH (UID 11 FLAGS (\\Seen))\n* 1 FETCH (UID 10 BODY[]<0> {5}\nAAAAA)\n* 2 FETCH (UID 11 BODY[]<0> {5}\nBBBBB)\nOK done",
    });
    expect(mails.map(text)).toEqual(["AAAAA", "BBBBB"]);
  });

  test("a mail that is there, but that the server gives no bytes of, is handed over as unreadable, not skipped", async () => {
    const { mails } = await read({
      "UID SEARCH UID 10": "* SEARCH 10\nOK done",
      "UID FETCH 10:11 ": "* 1 FETCH (UID 10 BODY[]<0> NIL)\n* 2 FETCH (UID 11 BODY[]<0> {5}\nBBBBB)\nOK done",
    });
    expect(mails.map(({ bytes, unreadable }) => [bytes?.length, inWords(unreadable)])).toEqual([
      [undefined, "the mail server gave none of its bytes"],
      [5, undefined],
    ]);
  });

  test("a refusal since a mail is gone skips it", async () => {
    const { mails, source, commands } = await read({
      "UID FETCH 10:11 ": "* 2 FETCH (UID 11 BODY[]<0> {5}\nBBBBB)\nNO [EXPUNGEISSUED] some are gone",
      "UID SEARCH UID 10": "* SEARCH\nOK done",
    });
    expect(uids(mails)).toEqual([11]);
    expect(source.cursor()).toMatchObject({ uidValidity: "7", lastUid: 11 });
    expect(commands.slice(-3)).toEqual(["NOOP", "UID SEARCH UID 10", "LOGOUT"]);
  });

  test("a refusal of a mail that is still there is an error, so that it is not lost", async () => {
    const reading = read({
      "UID FETCH 10:11 ": "NO [SERVERBUG] not now",
      "UID SEARCH UID 10:11": "* SEARCH 10\nOK done",
    });
    expect(await refusalText(reading)).toContain(
      "the server refused a command while mails were read (the server says: ",
    );
  });
});
