import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeShowcase } from "./showcase.ts";

test("the history in data/ is what the daily job makes of the sample mailbox, byte by byte", async () => {
  const made = await makeShowcase();
  expect(await textsIn("data")).toEqual(await textsIn(made));
  await rm(join(made, "../.."), { recursive: true });
});

async function textsIn(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = files
    .sort()
    .map(async (file): Promise<[string, string]> => [file.slice(folder.length), await readFile(file, "utf8")]);
  return new Map(await Promise.all(texts));
}
