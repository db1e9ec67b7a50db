import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makePackage } from "../../tools/package.ts";

let folder = "";
let files: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dmarc-digest-packed-"));
  const archive = await makePackage(folder);
  files = execFileSync("tar", ["-tzf", archive], { encoding: "utf8" }).trim().split("\n").sort();
  execFileSync("tar", ["-xzf", archive, "-C", folder]);
});
afterAll(() => rm(folder, { recursive: true }));

test("the package holds the command in one file, the script of its page, and what its licence asks for", () => {
  expect(files).toEqual(
    ["LICENSE", "README.md", "dist/cli.js", "dist/explore.js", "dist/licenses.txt", "package.json"].map(
      (file) => `package/${file}`,
    ),
  );
});

test("it installs nothing else: no library, and no Node", () => {
  const manifest = JSON.parse(readFileSync(join(folder, "package/package.json"), "utf8"));
  expect(Object.keys(manifest).filter((key) => /dependencies|scripts/i.test(key))).toEqual([]);
  expect(manifest.private).toBeUndefined();
});

test("the command runs from an empty folder", () => {
  const cli = join(folder, "package/dist/cli.js");
  const help = execFileSync(process.execPath, [cli, "--help"], { cwd: folder, encoding: "utf8" });
  expect(help).toMatch(/^dmarc-digest: /);
  execFileSync(process.execPath, [cli, "sample", "mailbox"], { cwd: folder });
  const read = execFileSync(process.execPath, [cli, "read", "mailbox"], { cwd: folder, encoding: "utf8" });
  expect(read).toMatch(/\d+ reports?/);
});

test("the checkout itself can't be published", () => {
  expect(JSON.parse(readFileSync("package.json", "utf8")).private).toBe(true);
});
