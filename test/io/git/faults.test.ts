import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openGitHistory } from "../../../src/io/git/history.ts";
import { BranchMovedError, type History, HistoryError, TooLargeError } from "../../../src/io/history.ts";
import { keepLoose, keepRepository, makeRepository, type TestRepository } from "../../servers/git.ts";
import { wrapGit } from "../../servers/git-wrapper.ts";

/* What else may happen to a git store: races, refusals, people at work in the same place, full disks. */

const open = (folder: string) => openGitHistory({ dataPath: join(folder, "data"), isPulling: true });
const state = (text: string) => new Map([["state.json", text]]);
const read = async (history: History) => (await history.readFiles(["state.json"])).get("state.json") ?? "";

/** A repository with one commit, here and at the remote. */
const makeStarted = keepRepository(async ({ folder }) => {
  await (await open(folder)).commit(state("one\n"), "one\n");
});

function setHook({ remote }: TestRepository, name: string, script: string): void {
  const hook = join(remote, "hooks", name);
  writeFileSync(hook, `#!/bin/sh\n${script}\n`);
  chmodSync(hook, 0o755);
}

const subjects = ({ git }: TestRepository, branch = "origin/main") => git("log", "--format=%s", branch).split("\n");

test("two runs at once both end up in the history, each once", async () => {
  const repository = await makeStarted();
  const stores = [await open(repository.folder), await open(repository.clone())];
  const add = async (history: History, line: string): Promise<void> => {
    try {
      await history.commit(state(`${await read(history)}${line}\n`), `${line}\n`);
    } catch (error) {
      if (!(error instanceof BranchMovedError)) throw error;
      await history.reopen();
      await add(history, line);
    }
  };
  await Promise.all(
    stores.map(async (history, index) => {
      for (const number of [1, 2]) await add(history, `${index}-${number}`);
    }),
  );
  const end = await open(repository.folder);
  expect((await read(end)).trim().split("\n").sort()).toEqual(["0-1", "0-2", "1-1", "1-2", "one"]);
  expect(subjects(repository)).toHaveLength(5);
  expect(repository.git("status", "--porcelain")).toBe("");
});

test("a file that goes leaves the history and the work tree, and takes its empty folders with it", async () => {
  const repository = await makeStarted();
  const path = "example.com/2026/2026-11-17.0123456789ab.json";
  const history = await open(repository.folder);
  await history.commit(new Map([[path, "{}\n"]]), "two\n");
  const clone = repository.clone();
  const commit = await history.commit(new Map([[path, undefined]]), "three\n");
  expect(await history.commit(new Map([[path, undefined]]), "four\n")).toBe(commit);
  expect(await history.readFiles([path])).toEqual(new Map());
  for (const folder of [repository.folder, clone]) {
    await open(folder);
    expect(existsSync(join(folder, "data/example.com"))).toBe(false);
  }
  expect(repository.git("status", "--porcelain")).toBe("");
});

test("a push whose answer never comes is found done when the store is opened anew", async () => {
  const repository = await makeStarted();
  const history = await open(repository.folder);
  setHook(repository, "post-receive", "kill -9 $PPID");
  const failed = history.commit(state("two\n"), "two\n");
  await expect(failed).rejects.toBeInstanceOf(BranchMovedError);
  await expect(failed).rejects.toThrow(/may have been pushed or not, since the connection ended/);
  await history.reopen();
  expect(await read(history)).toBe("two\n");
  expect(await history.commit(state("two\n"), "two\n")).toBe(history.head);
  expect(subjects(repository)).toEqual(["two", "one"]);
});

test("a push that a rule refuses is no race", async () => {
  const repository = await makeStarted();
  const history = await open(repository.folder);
  setHook(repository, "pre-receive", "echo 'GH006: Protected branch update failed' >&2; exit 1");
  const failed = history.commit(state("two\n"), "two\n");
  await expect(failed).rejects.not.toBeInstanceOf(BranchMovedError);
  await expect(failed).rejects.toThrow(/A rule protects it.*git says: .*GH006/);
  expect(repository.git("for-each-ref", "--format=%(refname)")).not.toContain("dmarc-digest");
  expect(existsSync(join(repository.folder, ".git/dmarc-digest-move"))).toBe(false);
});

test.each([
  [
    "GitHub's hook",
    "pre-receive",
    'echo "error: File data/large.json is 123.45 MB; this exceeds GitHub\'s file size limit of 100.00 MB" >&2; exit 1',
  ],
  ["the remote's limit", "receive.maxInputSize", "100"],
])("a push that %s refuses for its size is told as too large, and leaves nothing behind", async (_, name, value) => {
  const repository = await makeStarted();
  const history = await open(repository.folder);
  if (name === "pre-receive") setHook(repository, name, value);
  else repository.git("--git-dir", repository.remote, "config", name, value);
  const failed = history.commit(state("two\n"), "two\n");
  await expect(failed).rejects.toBeInstanceOf(TooLargeError);
  await expect(failed).rejects.toThrow(/The remote takes no push as large as this one, or no file in it/);
  expect(existsSync(join(repository.folder, ".git/dmarc-digest-move"))).toBe(false);
  expect(subjects(repository)).toEqual(["one"]);
});

describe("a branch that was deleted at the remote", () => {
  const gone = /Branch main was deleted at remote origin\. Nothing was changed, and it is not made anew/;

  test("while a run was on is not made anew, neither by the commit nor when opened anew", async () => {
    const repository = await makeStarted();
    const history = await open(repository.folder);
    repository.git("--git-dir", repository.remote, "update-ref", "-d", "refs/heads/main");
    await expect(history.commit(state("two\n"), "two\n")).rejects.toBeInstanceOf(BranchMovedError);
    await expect(history.reopen()).rejects.toThrow(gone);
    expect(repository.git("ls-remote", "origin")).toBe("");
    expect(repository.git("log", "--format=%s")).toBe("one");
  });

  test("before a run stops it", async () => {
    const repository = await makeStarted();
    repository.git("--git-dir", repository.remote, "update-ref", "-d", "refs/heads/main");
    await expect(open(repository.folder)).rejects.toThrow(gone);
  });
});

test("a branch that another has made first is not overwritten", async () => {
  const repository = makeRepository();
  const [history, other] = [await open(repository.folder), await open(repository.clone())];
  await other.commit(state("theirs\n"), "theirs\n");
  await expect(history.commit(state("ours\n"), "ours\n")).rejects.toBeInstanceOf(BranchMovedError);
  await history.reopen();
  expect(await read(history)).toBe("theirs\n");
});

test("commits of a person that were not pushed yet go along", async () => {
  const repository = await makeStarted();
  repository.git("commit", "-q", "--allow-empty", "-m", "a person's");
  const history = await open(repository.folder);
  await history.commit(state("two\n"), "two\n");
  expect(subjects(repository)).toEqual(["two", "a person's", "one"]);
  repository.git("commit", "-q", "--allow-empty", "-m", "another");
  const again = await open(repository.folder);
  expect(await again.commit(state("two\n"), "three\n")).toBe(repository.git("rev-parse", "origin/main"));
  expect(subjects(repository)).toEqual(["another", "two", "a person's", "one"]);
});

test("a branch that a person has left in the middle of a run is not committed to", async () => {
  const repository = await makeStarted();
  const history = await open(repository.folder);
  repository.git("switch", "-q", "-c", "other");
  repository.git("commit", "-q", "--allow-empty", "-m", "other");
  await expect(history.commit(state("two\n"), "two\n")).rejects.toBeInstanceOf(BranchMovedError);
  await expect(history.reopen()).rejects.toThrow(/was on branch main and is on other now\. Switch back/);
});

test("a history made anew elsewhere is not merged with the old one", async () => {
  const repository = await makeStarted();
  const clone = repository.clone();
  repository.git("commit", "-q", "--amend", "--reset-author", "-m", "anew");
  repository.git("push", "-q", "--force");
  await expect(open(clone)).rejects.toThrow(
    /no commit in common, as after dmarc-digest prune.*git fetch origin main && git reset --hard FETCH_HEAD/,
  );
});

test("what a person has staged or changed meanwhile is neither lost nor committed", async () => {
  const repository = await makeStarted();
  writeFileSync(join(repository.folder, "mine.txt"), "staged\n");
  repository.git("add", "mine.txt");
  const history = await open(repository.folder);
  writeFileSync(join(repository.folder, "data/state.json"), "mine\n");
  await expect(history.commit(state("two\n"), "two\n")).rejects.toThrow(
    /in the way of the history.*Nothing was changed/,
  );
  expect(readFileSync(join(repository.folder, "data/state.json"), "utf8")).toBe("mine\n");
  repository.git("checkout", "-q", "data/state.json");
  await history.commit(state("two\n"), "two\n");
  expect(repository.git("status", "--porcelain")).toBe("A  mine.txt");
  expect(subjects(repository)).toEqual(["two", "one"]);
});

test.each<[string, (repository: TestRepository, file: (path: string) => string) => void]>([
  ["a mode", (_, file) => chmodSync(file("state.json"), 0o755)],
  [
    "a link to the same text",
    (_, file) => {
      writeFileSync(file("copy.txt"), "one\n");
      rmSync(file("state.json"));
      symlinkSync("copy.txt", file("state.json"));
    },
  ],
  ["a link to nowhere", (_, file) => symlinkSync("nowhere", file("undated.csv"))],
  ["a file where a folder should be", (_, file) => writeFileSync(file("example.com"), "mine\n")],
  [
    "a text that is staged and no longer in the file",
    ({ git }, file) => {
      writeFileSync(file("state.json"), "mine\n");
      git("add", "data/state.json");
      writeFileSync(file("state.json"), "one\n");
    },
  ],
  ["a file that is staged to go", ({ git }) => git("rm", "-q", "--cached", "data/state.json")],
])("%s of a person's is seen before anything is pushed", async (_, change) => {
  const repository = await makeStarted();
  const history = await open(repository.folder);
  change(repository, (path) => join(repository.folder, "data", path));
  const before = repository.git("status", "--porcelain");
  const files = new Map([...state("two\n"), ["undated.csv", "a\n"], ["example.com/2026/2026-11-17.json", "{}\n"]]);
  await expect(history.commit(files, "two\n")).rejects.toThrow(/in the way of the history.*Nothing was changed/);
  expect(repository.git("status", "--porcelain")).toBe(before);
  expect(repository.git("ls-remote", "origin", "refs/heads/main")).toContain(repository.git("rev-parse", "HEAD"));
});

test("a repository that another git command holds is waited for, and named in the end", async () => {
  const repository = await makeStarted();
  const history = await open(repository.folder);
  const lock = join(repository.folder, ".git/index.lock");
  writeFileSync(lock, "");
  const failed = history.commit(state("two\n"), "two\n");
  await expect(failed).rejects.toThrow(/Another git command is at work .*delete the \.lock file.*index\.lock/);
  setTimeout(() => rmSync(lock), 200);
  await history.commit(state("two\n"), "two\n");
  expect(subjects(repository)).toEqual(["two", "one"]);
});

describe("a run that was killed while it brought files to the work tree", () => {
  /** The state after the branch has moved and some of the files were written. */
  async function makeHalfway(): Promise<TestRepository> {
    const repository = await makeStarted();
    const history = await open(repository.folder);
    await history.commit(new Map([["example.org/2026/2026-11-16.json", "old\n"]]), "two\n");
    const from = history.head;
    const more = new Map([
      ["state.json", "one\ntwo\nthree\n"],
      ["example.com/2026/2026-11-17.json", "new\n"],
      ["example.org/2026/2026-11-16.json", undefined],
    ]);
    const to = await history.commit(more, "three\n");
    repository.git("read-tree", "-m", "-u", `${to}`, `${from}`);
    writeFileSync(join(repository.folder, "data/state.json"), "one\ntw");
    writeFileSync(join(repository.folder, ".git/dmarc-digest-move"), `${from}\n${to}\n`);
    return repository;
  }

  test("is ended by the next", async () => {
    const repository = await makeHalfway();
    const history = await open(repository.folder);
    expect(await read(history)).toBe("one\ntwo\nthree\n");
    expect(repository.git("status", "--porcelain")).toBe("");
    expect(existsSync(join(repository.folder, "data/example.org"))).toBe(false);
    expect(existsSync(join(repository.folder, ".git/dmarc-digest-move"))).toBe(false);
  });

  test("takes nothing from a person who was there in between", async () => {
    const repository = await makeHalfway();
    mkdirSync(join(repository.folder, "data/example.com/2026"), { recursive: true });
    writeFileSync(join(repository.folder, "data/example.com/2026/2026-11-17.json"), "mine\n");
    await expect(open(repository.folder)).rejects.toThrow(/2026-11-17\.json has changes that are not committed/);
    expect(readFileSync(join(repository.folder, "data/example.com/2026/2026-11-17.json"), "utf8")).toBe("mine\n");
    expect(readFileSync(join(repository.folder, "data/state.json"), "utf8")).toBe("one\ntwo\nthree\n");
  });
});

test("a file whose object is damaged is not taken for a missing one", async () => {
  const repository = makeRepository();
  keepLoose(repository);
  const history = await open(repository.folder);
  await history.commit(state("one\n"), "one\n");
  expect(await read(history)).toBe("one\n");
  const id = repository.git("rev-parse", "HEAD:data/state.json");
  const object = join(repository.folder, ".git/objects", id.slice(0, 2), id.slice(2));
  chmodSync(object, 0o644);
  writeFileSync(object, "not an object");
  for (const one of [history, await open(repository.folder)]) {
    await expect(read(one)).rejects.toThrow(/The repository is damaged/);
    await expect(one.commit(state("two\n"), "two\n")).rejects.toThrow(/The repository is damaged/);
  }
  expect(subjects(repository)).toEqual(["one"]);
});

test("what others commit meanwhile is read by the process that is open", async () => {
  const repository = await makeStarted();
  const history = await open(repository.folder);
  expect(await read(history)).toBe("one\n");
  const wrapper = wrapGit("none", "");
  await (await open(repository.clone())).commit(state("two\n"), "two\n");
  await history.reopen();
  expect(await read(history)).toBe("two\n");
  expect(await history.listFolders()).toEqual([]);
  expect(wrapper.calls().filter((command) => command === "cat-file")).toHaveLength(1);
});

describe("a full disk", () => {
  test.each([
    ["fast-import", /Branch main of .* can't be committed to\. The disk is full: make room/, false],
    ["push", /Branch main of remote origin can't be pushed\. The disk is full, here or at the remote/, false],
    ["update-ref", /Branch main of .* can't be moved\. See that the disk is not full/, true],
    [
      "read-tree",
      /The commit .* is made, but the files in .* could not be brought up to it .*unable to write file/,
      true,
    ],
  ])("that git %s meets is named, and the next run goes on", async (command, message, isPushed) => {
    const repository = await makeStarted();
    const first = repository.git("rev-parse", "HEAD");
    const files = state(`${randomBytes(10_000).toString("hex")}\n`);
    // The limit that stands for the disk: without the signal, a write fails as on a full one.
    const wrapper = wrapGit(command, `trap "" XFSZ; ulimit -f 0; exec "$git" "$@"`);
    const error = await (await open(repository.folder)).commit(files, "two\n").catch((cause: unknown) => cause);
    wrapper.end();
    expect(error).toBeInstanceOf(HistoryError);
    expect(error).not.toBeInstanceOf(BranchMovedError);
    expect(String(error)).toMatch(message);
    expect(repository.git("ls-remote", "origin", "refs/heads/main").startsWith(first)).toBe(!isPushed);
    await (await open(repository.folder)).commit(files, "two\n");
    expect(subjects(repository)).toEqual(["two", "one"]);
    expect(repository.git("status", "--porcelain")).toBe("");
  });
});
