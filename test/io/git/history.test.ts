import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openGitHistory } from "../../../src/io/git/history.ts";
import { BranchMovedError } from "../../../src/io/history.ts";
import { keepLoose, keepRepository, makeFolder, makeRepository, type TestRepository } from "../../servers/git.ts";

const files = new Map([
  ["state.json", "{}\n"],
  ["example.com/2026/2026-11-17.json", '{"ü": 1}\n'],
]);

function open({ folder }: TestRepository) {
  return openGitHistory({ dataPath: join(folder, "data"), isPulling: true });
}

/** A repository with one commit, here and at the remote. */
const makeStarted = keepRepository(async (repository) => {
  await (await open(repository)).commit(files, "first\n");
});

test("files are committed in one commit, pushed, and stand in the work tree", async () => {
  const repository = makeRepository();
  const history = await open(repository);
  expect(history.head).toBeUndefined();
  expect(await history.readFiles(["state.json"])).toEqual(new Map());
  expect(await history.listFolders()).toEqual([]);

  const commit = await history.commit(files, "dmarc: what came in\n");
  expect(repository.git("rev-parse", "HEAD", "origin/main").split("\n")).toEqual([commit, commit]);
  expect(repository.git("log", "--format=%s %an")).toBe("dmarc: what came in dmarc-digest");
  expect(repository.git("status", "--porcelain")).toBe("");
  expect(readFileSync(join(repository.folder, "data/state.json"), "utf8")).toBe("{}\n");
  expect(await history.readFiles(["state.json", "missing.json", "example.com/2026/2026-11-17.json"])).toEqual(files);
  const again = await open(repository);
  expect(await again.listFolders()).toEqual(["example.com"]);
});

test("what is as before is not committed again", async () => {
  const repository = makeRepository();
  const history = await open(repository);
  const commit = await history.commit(files, "first\n");
  expect(await history.commit(files, "second\n")).toBe(commit);
  expect(await (await open(repository)).commit(files, "third\n")).toBe(commit);
});

test("a text of any length and in any language comes back as it was", async () => {
  const repository = makeRepository();
  const history = await open(repository);
  const texts = ["😀".repeat(700_000), `${"é\n".repeat(900_000)}😀`, "", "\n"];
  const files = new Map(texts.map((text, index) => [`${index}.txt`, text]));
  await history.commit(files, "large\n");
  expect(await history.readFiles([...files.keys()])).toEqual(files);
});

test("of a large commit the pack stays as git has made it, a small one leaves no pack", async () => {
  const repository = makeRepository();
  keepLoose(repository);
  const packs = (): string[] => readdirSync(join(repository.folder, ".git/objects/pack"));
  const history = await open(repository);
  await history.commit(files, "small\n");
  expect(packs()).toEqual([]);
  const large = new Map([["state.json", `"${"ü".repeat(1_000_000)}"\n`]]);
  await history.commit(large, "large\n");
  expect(packs().filter((name) => name.endsWith(".pack"))).toHaveLength(1);
  expect(await history.readFiles(["state.json"])).toEqual(large);
});

test("other files of the repository are left alone, staged ones too", async () => {
  const repository = makeRepository();
  writeFileSync(join(repository.folder, "other.txt"), "one\n");
  repository.git("add", "other.txt");
  repository.git("commit", "-qm", "other");
  writeFileSync(join(repository.folder, "other.txt"), "two\n");
  repository.git("add", "other.txt");
  const history = await open(repository);
  await history.commit(files, "dmarc: what came in\n");
  expect(repository.git("status", "--porcelain")).toBe("M  other.txt");
  expect(repository.git("show", "--name-only", "--format=")).toBe(
    "data/example.com/2026/2026-11-17.json\ndata/state.json",
  );
});

test("a run starts from the newest state of the upstream", async () => {
  const repository = await makeStarted();
  const clone = repository.clone();
  await (await open(repository)).commit(new Map([["state.json", '{"a": 1}\n']]), "second\n");
  const history = await openGitHistory({ dataPath: join(clone, "data"), isPulling: true });
  expect((await history.readFiles(["state.json"])).get("state.json")).toBe('{"a": 1}\n');
});

test("a commit that can't be pushed is taken back, and the next run makes it again", async () => {
  const repository = await makeStarted();
  const first = repository.git("rev-parse", "HEAD");
  const hook = join(repository.remote, "hooks/pre-receive");
  writeFileSync(hook, "#!/bin/sh\necho 'GH013: Repository rule violations found' >&2\nexit 1\n");
  chmodSync(hook, 0o755);
  const changed = new Map([
    ["state.json", '{"a": 1}\n'],
    ["example.org/2026/2026-11-17.json", "{}\n"],
  ]);
  const failed = (await open(repository)).commit(changed, "second\n");
  await expect(failed).rejects.toThrow(
    /Branch main of remote origin .*A rule protects it: allow the workflow to push to main/,
  );
  expect(repository.git("rev-parse", "HEAD")).toBe(first);
  expect(repository.git("status", "--porcelain")).toBe("");

  writeFileSync(hook, "#!/bin/sh\nexit 0\n");
  const second = await (await open(repository)).commit(changed, "second\n");
  expect(repository.git("rev-parse", "origin/main")).toBe(second);
});

test("a branch that moved between reading and pushing is not overwritten", async () => {
  const repository = await makeStarted();
  const other = await openGitHistory({ dataPath: join(repository.clone(), "data"), isPulling: true });
  const history = await open(repository);
  const theirs = await other.commit(new Map([["state.json", '{"theirs": 1}\n']]), "theirs\n");
  const ours = history.commit(new Map([["state.json", '{"ours": 1}\n']]), "ours\n");
  await expect(ours).rejects.toThrow(/Somebody else has pushed to it meanwhile: run again/);
  await expect(ours).rejects.toBeInstanceOf(BranchMovedError);
  await history.reopen();
  expect(history.head).toBe(theirs);
  expect(repository.git("status", "--porcelain")).toBe("");
  await history.commit(new Map([["state.json", '{"ours": 1}\n']]), "ours\n");
  expect(repository.git("log", "--format=%s", "origin/main").split("\n")).toEqual(["ours", "theirs", "first"]);
});

test("a local branch that moved between reading and committing is not overwritten", async () => {
  const repository = await makeStarted();
  const history = await open(repository);
  repository.git("commit", "-q", "--allow-empty", "-m", "theirs");
  await expect(history.commit(new Map([["state.json", "1\n"]]), "ours\n")).rejects.toThrow(BranchMovedError);
  expect(repository.git("log", "-1", "--format=%s")).toBe("theirs");
  await history.reopen();
  const ours = await history.commit(new Map([["state.json", "1\n"]]), "ours\n");
  expect(repository.git("log", "--format=%s", "origin/main").split("\n")).toEqual(["ours", "theirs", "first"]);
  expect(repository.git("rev-parse", "HEAD")).toBe(ours);
});

test("without an upstream nothing is pushed", async () => {
  const folder = makeFolder();
  const repository = makeRepository();
  repository.git("init", "-q", "--initial-branch=main", folder);
  const history = await openGitHistory({ dataPath: folder, isPulling: true });
  expect(await history.commit(files, "first\n")).toMatch(/^[0-9a-f]{40}$/);
  expect(history.fileUrl("state.json", "abc")).toBeUndefined();
});

test.each([
  [
    "a changed file of the history",
    ({ folder }: TestRepository) => writeFileSync(join(folder, "data/state.json"), "x"),
    /data\/state\.json has changes that are not committed\. Nothing was changed/,
  ],
  ["a detached HEAD", ({ git }: TestRepository) => git("checkout", "-q", "--detach"), /HEAD is detached.*git switch/],
  [
    "a remote that is gone",
    ({ git }: TestRepository) => git("remote", "set-url", "origin", "/nowhere"),
    /Branch main of remote origin can't be read. There is no repository/,
  ],
  [
    "branches that went apart",
    (repository: TestRepository) => {
      repository.git("commit", "-q", "--allow-empty", "-m", "theirs");
      repository.git("push", "-q");
      repository.git("reset", "-q", "--hard", "HEAD~");
      repository.git("commit", "-q", "--allow-empty", "-m", "ours");
    },
    /local branch and main of origin have gone apart.*by hand/,
  ],
])("%s stops the run with the next step", async (_, breakIt, message) => {
  const repository = await makeStarted();
  breakIt(repository);
  await expect(open(repository)).rejects.toThrow(message);
});

test("a folder in no repository is named", async () => {
  const folder = makeFolder();
  await expect(openGitHistory({ dataPath: join(folder, "data"), isPulling: true })).rejects.toThrow(
    /data-path .*data must be in the work tree of a git repository.*git init/,
  );
});

test("a file of somebody else's is not overwritten", async () => {
  const repository = makeRepository();
  const history = await open(repository);
  mkdirSync(join(repository.folder, "data"), { recursive: true });
  writeFileSync(join(repository.folder, "data/state.json"), "mine");
  await expect(history.commit(files, "first\n")).rejects.toThrow(
    /in the way of the history.*'data\/state\.json'.*Nothing was changed/,
  );
  expect(readFileSync(join(repository.folder, "data/state.json"), "utf8")).toBe("mine");
});

test("links lead to the web pages of the remote, without its password", async () => {
  const repository = await makeStarted();
  repository.git("remote", "set-url", "origin", "https://me:secret@github.com/org/dmarc.git");
  const history = await openGitHistory({ dataPath: join(repository.folder, "data"), isPulling: false });
  expect(history.fileUrl("state.json", "abc")).toBe("https://github.com/org/dmarc/blob/abc/data/state.json");
  expect(history.folderUrl("abc")).toBe("https://github.com/org/dmarc/tree/abc/data");
});

test("nothing is made before it is known to be in a repository", async () => {
  const folder = makeFolder();
  await expect(openGitHistory({ dataPath: join(folder, "a/b"), isPulling: true })).rejects.toThrow(/git init/);
  expect(existsSync(join(folder, "a"))).toBe(false);
  writeFileSync(join(folder, "file"), "");
  await expect(openGitHistory({ dataPath: join(folder, "file"), isPulling: true })).rejects.toThrow(/file is a file/);
});

test("the top of a repository may be the history's folder, with other things beside it", async () => {
  const repository = makeRepository();
  mkdirSync(join(repository.folder, "my.site"));
  writeFileSync(join(repository.folder, "my.site/page.txt"), "one\n");
  repository.git("add", ".");
  repository.git("commit", "-qm", "other");
  writeFileSync(join(repository.folder, "my.site/page.txt"), "two\n");
  const history = await openGitHistory({ dataPath: repository.folder, isPulling: true });
  await history.commit(files, "dmarc: what came in\n");
  expect(repository.git("status", "--porcelain")).toBe(" M my.site/page.txt");
});
