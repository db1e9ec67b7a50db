import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readMail } from "../../src/report/mail/mail.ts";
import { inWords } from "../reasons.ts";

/** Each file `name.xml`, `.eml`, `.html`, `.zip` or `.xml.gz` stands beside `name.json`, which is what is read from it. */
const fixtures = fileURLToPath(new URL("../fixtures/", import.meta.url));
const names = readdirSync(fixtures).filter(
  (name) => /\.(xml|eml|html|zip|gz)$/.test(name) && existsSync(`${fixtures}${goldenName(name)}`),
);

test("there are fixtures", () => {
  expect(names.length).toBeGreaterThan(100);
});

test.each(names)("%s is read as its JSON says", async (name) => {
  const mail = await readMail(readFileSync(fixtures + name), { now: new Date("2026-11-20T09:00:00Z") });
  const files = mail.files.map((file) => ("wrapped" in file ? { ...file, wrapped: undefined } : file));
  expect(JSON.parse(JSON.stringify(inWords({ ...mail, files })))).toStrictEqual(
    JSON.parse(readFileSync(fixtures + goldenName(name), "utf8")),
  );
});

function goldenName(name: string): string {
  return name.replace(/(\.\w+)+$/, ".json");
}
