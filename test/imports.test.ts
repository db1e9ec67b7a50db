import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { readSources, type Source } from "./source-files.ts";

/*
 * The arrows between the folders of src/: what each may import and read. The core only computes, so that the same
 * mails give the same history and the same digest everywhere.
 */

const files = readSources("src");

describe("imports go one way", () => {
  test.each([
    ["report", ["report"]],
    ["history", ["history", "report"]],
    ["digest", ["digest", "history", "report"]],
    ["render", ["render", "digest", "history", "report"]],
    ["io", ["io", "digest", "history", "report"]],
    ["sample", ["sample", "report"]],
    ["config", ["config", "digest", "history", "report"]],
    ["steps", ["steps", "config", "io", "render", "digest", "history", "report"]],
  ])("%s imports from %s alone", (folder, allowed) => {
    const strays = filesIn(folder).flatMap(({ path, imports }) =>
      imports
        .filter(({ target }) => isOurs(target) && !allowed.includes(folderOf(target)))
        .map(({ target }) => `${path} imports ${target}`),
    );
    expect(strays).toEqual([]);
  });

  test("the sample knows the types of a report, and nothing that reads one", () => {
    expect(importsFrom("sample", (target) => folderOf(target) === "report" && target !== "report/types.ts")).toEqual(
      [],
    );
  });

  test("only the entries and the commands start a run", () => {
    const starters = files.filter(({ imports }) => imports.some(({ target }) => target === "run.ts"));
    expect(starters.map(({ path }) => folderOf(path))).toEqual(["commands", "commands", "main.ts"]);
  });

  test("no file is in a circle, by types either", () => {
    expect(files.flatMap(({ path }) => circleThrough(path))).toEqual([]);
  });
});

describe("a folder inside a room has one door", () => {
  const folders = [...new Set(files.map(({ path }) => dirname(path)).filter((folder) => folder.includes("/")))];

  test.each(folders)("%s is opened by the file that bears its name", (folder) => {
    const door = `${folder}/${basename(folder)}.ts`;
    const strays = files.flatMap(({ path, imports }) =>
      imports
        .filter(({ target }) => dirname(target) === folder && target !== door && !path.startsWith(`${folder}/`))
        .map(({ target }) => `${path} imports ${target}`),
    );
    expect(files.map(({ path }) => path)).toContain(door);
    expect(strays).toEqual([]);
  });

  test("no folder of src/ holds more than 15 files", () => {
    const sizes = Object.entries(Object.groupBy(files, ({ path }) => dirname(path)));
    expect(sizes.flatMap(([folder, inside = []]) => (inside.length > 15 ? `${folder}: ${inside.length}` : []))).toEqual(
      [],
    );
  });
});

const pureFolders = ["report", "history", "digest", "render"];

describe.each(pureFolders)("%s only computes", (folder) => {
  test("it imports no effect but for its types", () => {
    const effects =
      /^(node:(fs|fs\/promises|child_process|http|https|tls|dns|dns\/promises|process|os)|imapflow)$|^@(actions|octokit|slack)\//;
    expect(importsFrom(folder, (target) => effects.test(target))).toEqual([]);
  });

  test("of node:net it takes isIP alone", () => {
    const names = filesIn(folder).flatMap(({ imports }) =>
      imports.filter(({ target }) => target === "node:net").flatMap((entry) => entry.names),
    );
    expect(names.filter((name) => name !== "isIP")).toEqual([]);
  });

  test("it reads neither the clock nor dice, and imports nothing on the way", () => {
    const reads = filesIn(folder).flatMap(({ path, reads }) => reads.map((what) => `${path}: ${what}`));
    // mailauth and mailparser take long to load, and most mails do without them; they only compute.
    const late =
      folder === "report" ? ["report/mail/mail-parser.ts: import()", "report/trust/dkim-verifier.ts: import()"] : [];
    expect(reads).toEqual(late);
  });
});

test("the sample reads neither the clock nor dice", () => {
  expect(filesIn("sample").flatMap(({ reads }) => reads)).toEqual([]);
});

test("nobody but config/ looks into the environment, with few exceptions", () => {
  const allowed = {
    "main.ts": "hands it to config/",
    "commands/config.ts": "hands it to config/",
    "commands/run.ts": "hands it to config/",
    "io/git/command.ts": "git inherits it",
    "io/git/commit.ts": "git's own names for the committer",
    "io/host-action.ts": "whether the runner takes a summary",
    "io/host-terminal.ts": "NO_COLOR",
  };
  const readers = files.filter(({ reads, path }) => reads.includes("process.env") && folderOf(path) !== "config");
  expect(readers.map(({ path }) => path).sort()).toEqual(Object.keys(allowed).sort());
});

test("a step takes the fields of the configuration that it uses, and hands on no more of it", () => {
  const texts = filesIn("steps").map(({ path }) => [path, readFileSync(join("src", path), "utf8")] as const);
  const strays = texts.flatMap(([path, text]) => (/\.\.\.config\b|[:(] ?Config\b(?!\[)/.test(text) ? [path] : []));
  expect(strays).toEqual([]);
});

function filesIn(folder: string): Source[] {
  const found = files.filter(({ path }) => folderOf(path) === folder);
  if (found.length === 0) throw new Error(`There is no file in src/${folder}.`);
  return found;
}

function folderOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.indexOf("/")) : path;
}

function isOurs(target: string): boolean {
  return files.some(({ path }) => path === target);
}

/** Imports of a folder that run, where the test says so: `file imports target`. */
function importsFrom(folder: string, isWrong: (target: string) => boolean): string[] {
  return filesIn(folder).flatMap(({ path, imports }) =>
    imports
      .filter(({ target, names }) => names.length > 0 && isWrong(target))
      .map(({ target }) => `${path} imports ${target}`),
  );
}

/** The way from a file back to itself along its imports, those of types included, if there is one. */
function circleThrough(start: string): string[] {
  const ways = [[start]];
  const seen = new Set<string>();
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    const last = files.find(({ path }) => path === way?.at(-1));
    for (const { target } of last?.imports.filter(({ target }) => isOurs(target)) ?? []) {
      if (target === start) return [[...way, target].join(" -> ")];
      if (!seen.has(target)) ways.push([...way, target]);
      seen.add(target);
    }
  }
  return [];
}
