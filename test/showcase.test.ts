import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { schemaPaths, validatorOf } from "../tools/schema.ts";
import { makeShowcase } from "../tools/showcase.ts";

let made: string;
beforeAll(async () => {
  made = await makeShowcase();
});
afterAll(() => rm(join(made, "../.."), { recursive: true }));

test("the history in data/ is what the daily job makes of the sample mailbox, byte by byte", async () => {
  expect(await textsIn("data")).toEqual(await textsIn(made));
});

test("the digest of the sample mailbox is valid by the published schema", async () => {
  const validate = validatorOf(schemaPaths.digest);
  validate(JSON.parse(await readFile(join(made, "../../dmarc-digest/digest.json"), "utf8")));
  expect(validate.errors).toBeNull();
});

async function textsIn(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = files
    .sort()
    .map(async (file): Promise<[string, string]> => [file.slice(folder.length), await readFile(file, "utf8")]);
  return new Map(await Promise.all(texts));
}
