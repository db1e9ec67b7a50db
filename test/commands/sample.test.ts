import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sample } from "../../src/commands/sample.ts";
import { ConfigError } from "../../src/config/config.ts";
import { messageOf } from "../../src/errors.ts";
import { sampleMails } from "../../src/sample/mailbox.ts";
import { Sink } from "./sink.ts";

let place: string;
let stdout: Sink;

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), "dmarc-digest-"));
  stdout = new Sink();
});

afterEach(async () => {
  await rm(place, { recursive: true });
});

describe("sample", () => {
  test("writes each mail into a new folder and says how many", async () => {
    const folder = join(place, "new", "mailbox");
    expect(await sample({ folder, stdout })).toBe(0);
    const mails = sampleMails();
    expect((await readdir(folder)).sort()).toEqual(mails.map(({ name }) => name));
    const [first] = mails;
    expect((await readFile(join(folder, first?.name ?? ""))).equals(first?.bytes ?? Buffer.alloc(0))).toBe(true);
    expect(stdout.text).toBe(`${mails.length} mails in ${folder}, the last of them from 2026-11-20\n`);
  });

  test("takes a folder that is there and empty", async () => {
    await mkdir(join(place, "empty"));
    expect(await sample({ folder: join(place, "empty"), stdout })).toBe(0);
  });

  test("refuses a folder with something in it, and leaves that alone", async () => {
    await writeFile(join(place, "a.txt"), "mine");
    await writeFile(join(place, "b.txt"), "mine");
    const failed = sample({ folder: place, stdout });
    await expect(failed).rejects.toThrow(ConfigError);
    await expect(failed).rejects.toThrow(`must be new or empty, but ${place} holds a.txt and 1 more`);
    expect((await readdir(place)).sort()).toEqual(["a.txt", "b.txt"]);
  });

  test("refuses a file in the folder's place, with advice", async () => {
    const file = join(place, "file");
    await writeFile(file, "mine");
    const failed = await sample({ folder: file, stdout }).catch(messageOf);
    expect(failed).toMatch(/file already exists, mkdir .*file'\. Something else has that name already/);
    expect(await readFile(file, "utf8")).toBe("mine");
  });
});
