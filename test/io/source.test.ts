import { expect, test } from "vitest";
import { readFetched } from "../../src/io/source.ts";
import { because, inWords } from "../reasons.ts";

const now = new Date("2026-11-20T09:00:00Z");

test("a mail that was too large to fetch is too big, naming the key", async () => {
  expect(inWords(await readFetched({ name: "UID 1", size: 30_000_000 }, { now }))).toEqual({
    files: [{ state: "too-big", reason: "larger than 26214400 bytes (limits: mailBytes)" }],
  });
});

test("a mail that could not be read says why", async () => {
  const mail = { name: "a", size: 0, unreadable: because("can't be opened") };
  expect(inWords(await readFetched(mail, { now }))).toEqual({
    files: [{ state: "corrupt", reason: "can't be opened" }],
  });
});

test("bytes are read", async () => {
  const { files } = await readFetched({ name: "a", size: 5, bytes: Buffer.from("hello") }, { now });
  expect(files.map(({ state }) => state)).toEqual(["not-a-report"]);
});
