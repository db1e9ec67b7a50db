import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

/** The folders of the packages of which a bundle holds code. */
function foldersIn(bundle: string): string[] {
  const paths = [...readFileSync(bundle, "utf8").matchAll(/^\s*\/\/ ?(?:#region )?(node_modules\/\S+)/gm)];
  return [...new Set(paths.map(([, path = ""]) => /^(?:node_modules\/(?:@[^/]+\/)?[^/]+\/)+/.exec(path)?.[0] ?? ""))];
}

function manifestOf(folder: string): { name: string; version: string } {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

test("the bundle was made from the packages of the lock", () => {
  const strange = foldersIn("dist/main.js").filter((folder) => !existsSync(folder));
  expect(strange, "npm ci && npm run build").toEqual([]);
});

/** What was there twice, in two versions: half a megabyte of code, and two readings of the same mail. */
const single = ["fast-xml-parser", "libmime", "tldts"];

test.each(single)("of %s there is one version, in the lock and in the bundle", (name) => {
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as { packages: Record<string, object> };
  const locked = Object.keys(packages).filter((path) => path.endsWith(`node_modules/${name}`));
  expect(locked, "npm install").toEqual([`node_modules/${name}`]);
  const bundled = foldersIn("dist/main.js").filter((folder) => folder.endsWith(`node_modules/${name}/`));
  expect(bundled.length, "npm ci && npm run build").toBeLessThanOrEqual(1);
});

test("the licence of every package in the bundle is beside it, in full", () => {
  const licenses = `\n${readFileSync("dist/licenses.txt", "utf8")}`;
  const folders = foldersIn("dist/main.js");
  expect(folders.length).toBeGreaterThan(50);
  const missing = folders.filter((folder) => {
    const { name, version } = manifestOf(folder);
    const [, text = ""] = licenses.split(`\n${name} ${version} (`);
    return !/^[^)]+\)+\n\n.{300}/s.test(text);
  });
  expect(missing.map(manifestOf).map(({ name }) => name)).toEqual([]);
  expect(licenses).toContain("Public Suffix List, in tldts (MPL-2.0)");
});
