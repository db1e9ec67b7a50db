import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { filesSource } from "../../../src/io/files/files.ts";
import type { SourceMail } from "../../../src/io/source.ts";
import { reasonText } from "../../../src/render/words/words.ts";
import { defaultLimits } from "../../../src/report/limits.ts";
import { refusalText } from "../../reasons.ts";
import { zipOf } from "../../report/report-files.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "files-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function mailsOf(paths: string[], mailBytes = defaultLimits.mailBytes): Promise<SourceMail[]> {
  const source = filesSource({ name: "disk", paths, limits: { ...defaultLimits, mailBytes } });
  const mails: SourceMail[] = [];
  for await (const mail of source.mails(undefined)) mails.push(mail);
  expect(source.cursor()).toBeUndefined();
  return mails;
}

/** Paths without the folder, and texts. */
async function textsOf(paths: string[]): Promise<[string, string][]> {
  const mails = await mailsOf(paths);
  return mails.map(({ name, bytes }) => [name.slice(folder.length + 1), Buffer.from(bytes ?? []).toString("latin1")]);
}

function put(path: string, text: string): string {
  const full = join(folder, path);
  mkdirSync(join(full, ".."), { recursive: true });
  writeFileSync(full, text, "latin1");
  return full;
}

describe("a folder", () => {
  test("every regular file at any depth is read, in the order of names", async () => {
    for (const path of ["b.eml", "a/2", "a/10", "B.eml", "cur/1:2,S"]) put(path, path);
    symlinkSync("b.eml", join(folder, "link"));
    symlinkSync(".", join(folder, "loop"));
    expect((await textsOf([folder])).map(([name]) => name)).toEqual(["B.eml", "a/10", "a/2", "b.eml", "cur/1:2,S"]);
  });

  test("a socket in it is passed over, and refused when named", async () => {
    const socket = join(folder, "socket");
    const server = createServer().listen(socket);
    await once(server, "listening");
    put("mail", "hello");
    expect(await textsOf([folder])).toEqual([["mail", "hello"]]);
    expect(await refusalText(mailsOf([socket]))).toMatch("neither a file nor a folder");
    server.close();
  });

  test("a file that goes away while others are read is one bad entry", async () => {
    for (const path of ["a", "b", "c"]) put(path, "hello");
    const read: (string | undefined)[] = [];
    for await (const mail of filesSource({ name: "disk", paths: [folder] }).mails(undefined)) {
      rmSync(join(folder, "b"), { force: true });
      read.push(mail.unreadable && reasonText(mail.unreadable));
    }
    expect(read).toEqual([undefined, "can't be opened: there is no such file or folder", undefined]);
  });

  test.skipIf(process.getuid?.() === 0)("a file or folder without permission is one bad entry", async () => {
    chmodSync(put("a", "secret"), 0);
    mkdirSync(join(folder, "b"), { mode: 0 });
    put("c", "hello");
    const mails = await mailsOf([folder]);
    expect(mails.map(({ unreadable }) => unreadable && reasonText(unreadable))).toEqual([
      "can't be opened: permission denied",
      "can't be opened: permission denied",
      undefined,
    ]);
    chmodSync(join(folder, "b"), 0o700);
  });
});

describe("a file", () => {
  test("it is handed over with its path and size", async () => {
    const path = put("a.eml", "Subject: x\r\n\r\nhello\r\n");
    expect(await mailsOf([path])).toEqual([
      { name: path, file: { path }, bytes: Buffer.from("Subject: x\r\n\r\nhello\r\n"), size: 21 },
    ]);
  });

  test("one above the limit is not read", async () => {
    const path = put("a.eml", "0123456789");
    expect(await mailsOf([path], 9)).toEqual([{ name: path, file: { path }, size: 10 }]);
  });

  test("paths that don't exist are named before anything is read", async () => {
    const missing = join(folder, "nowhere");
    const mails = mailsOf([put("a", "x"), missing]);
    expect(await refusalText(mails)).toContain(
      `${missing} can't be opened: there is no such file or folder. Give the `,
    );
  });
});

describe("a zip", () => {
  const put = (entries: Parameters<typeof zipOf>[0]): string => {
    const path = join(folder, "export.zip");
    writeFileSync(path, zipOf(entries));
    return path;
  };

  test("of mails is read as a folder of them, however many there are; one that is broken loses no other", async () => {
    const texts = Array.from({ length: 30 }, (_, index) => `Subject: ${index}\r\n\r\nhello\r\n`);
    const entries = texts.map((text, index) => ({ name: `Export/${index}.eml`, bytes: Buffer.from(text) }));
    const path = put(entries);
    expect(await textsOf([path])).toEqual(texts.map((text, index) => [`export.zip#${index + 1}`, text]));
    const broken = entries.map((entry, index) => (index === 3 ? { ...entry, declaredCrc: 1 } : entry));
    const mails = await mailsOf([put(broken)]);
    expect(mails.map(({ unreadable }) => unreadable?.code).filter(Boolean)).toEqual(["zip-checksum"]);
    expect([mails.length, mails[3]?.file]).toEqual([30, { path, mail: 4 }]);
  });

  test("of an export is read mail by mail where an mbox is in it, whatever stands before that", async () => {
    const box = "From a Tue Nov 17 00:00:00 2026\nSubject: 1\n\none\n\nFrom b\nSubject: 2\n\ntwo\n";
    const page = { name: "Takeout/archive_browser.html", bytes: Buffer.from("<html>") };
    const path = put([page, { name: "Takeout/Mail/DMARC.mbox", bytes: Buffer.from(box) }]);
    expect(await textsOf([path])).toEqual([
      ["export.zip#1", "<html>"],
      ["export.zip#2", "Subject: 1\n\none\n"],
      ["export.zip#3", "Subject: 2\n\ntwo\n"],
    ]);
  });

  test("of more reports than a mail may bring is read as a folder of them", async () => {
    const names = Array.from({ length: 11 }, (_, index) => `${index}.xml`);
    const path = put(names.map((name) => ({ name, bytes: Buffer.from(`<feedback>${name}</feedback>`) })));
    expect((await textsOf([path])).map(([, text]) => text)).toEqual(
      names.map((name) => `<feedback>${name}</feedback>`),
    );
  });

  test("of reports is one file, as it would be in a mail", async () => {
    const path = put([{ name: "r.xml", bytes: Buffer.from("<feedback/>") }]);
    expect((await mailsOf([path])).map(({ name }) => name)).toEqual([path]);
  });

  test("a mail in it above the limit is not read, and what is no zip is handed over", async () => {
    const path = put([{ name: "a.eml", bytes: Buffer.from(`Subject: ${"x".repeat(2000)}`) }]);
    expect(await mailsOf([path], 1000)).toEqual([{ name: `${path}#1`, file: { path, mail: 1 }, size: 2009 }]);
    writeFileSync(path, "PK\x03\x04 and no more");
    expect((await mailsOf([path])).map(({ name }) => name)).toEqual([path]);
  });
});

describe("an mbox", () => {
  const from = "From a@example.com Tue Nov 17 00:00:00 2026";

  test.each(["\n", "\r\n"])("mails are told apart by From lines after an empty line (%j)", async (end) => {
    const lines = [
      from,
      "Subject: 1",
      "",
      "one",
      "From the start",
      "",
      from,
      "Subject: 2",
      "",
      ">From two",
      ">>From",
      "x",
      "",
    ];
    const path = put("box", [...lines, from, "Subject: 3", "", "three", ""].join(end));
    expect(await textsOf([path])).toEqual([
      ["box#1", ["Subject: 1", "", "one", "From the start", ""].join(end)],
      ["box#2", ["Subject: 2", "", "From two", ">>From", "x", ""].join(end)],
      ["box#3", ["Subject: 3", "", "three", ""].join(end)],
    ]);
    const [first] = await mailsOf([path]);
    expect(first?.file).toEqual({ path, mail: 1 });
  });

  test("of the empty lines at the end of a mail one belongs to the mbox", async () => {
    const path = put("box", `${from}\nSubject: 1\n\none\n\n\n${from}\nSubject: 2\n\n\n`);
    expect((await textsOf([path])).map(([, text]) => text)).toEqual(["Subject: 1\n\none\n\n", "Subject: 2\n\n"]);
  });

  test("a quoted From of several marks loses one", async () => {
    const path = put("box", `${from}\n\n>>From x\n>From: y\n> From z\n`);
    expect((await textsOf([path])).map(([, text]) => text)).toEqual(["\n>From x\n>From: y\n> From z\n"]);
  });

  test("a mail above the limit is not kept, and the next one is", async () => {
    const path = put("box", `${from}\n\n${"x".repeat(99)}\n\n${from}\n\nsmall\n`);
    const mails = await mailsOf([path], 50);
    expect(mails.map(({ bytes, size }) => [bytes?.length, size])).toEqual([
      [undefined, 101],
      [7, 7],
    ]);
  });

  test("lines longer than any buffer, and many short ones, stay whole", async () => {
    const long = "y".repeat(3 * 1024 * 1024);
    const short = "z\n".repeat(50_000);
    const path = put("box", `${from}${"!".repeat(2_000_000)}\n\n${long}\n${short}\n${from}\n\nlast`);
    const texts = (await textsOf([path])).map(([, text]) => text);
    expect(texts[0] === `\n${long}\n${short}`).toBe(true);
    expect(texts[1]).toBe("\nlast");
  });
});
