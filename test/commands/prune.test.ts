import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { prune } from "../../src/commands/prune.ts";
import { openGitHistory } from "../../src/io/git/history.ts";
import { BranchMovedError } from "../../src/io/history.ts";
import { keepRepository, type TestRepository } from "../servers/git.ts";
import { wrapGit } from "../servers/git-wrapper.ts";
import { Sink } from "./sink.ts";

const old = [
  "data/example.com/2025/2025-09-17.json",
  "data/example.com/2025/2025-09-17.0123456789ab.json",
  "data/example.com/2025/2025-09.csv",
  "data/example.com/2025/2025-09-sources.csv",
  "data/example.org/2025/2025-09-17.json",
  "data/intake/2025/09/2025-09-18.csv",
];
const kept = [
  ".github/workflows/dmarc.yml",
  "README.md",
  "data/README.md",
  "data/example.com/2026/2026-11-17.json",
  "data/example.com/2026/2026-11.csv",
  "data/intake/2026/11/2026-11-18.csv",
  "data/state.json",
];

function put({ folder, git }: TestRepository, paths: string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), `${path}\n`);
  }
  git("add", ...paths);
  git("commit", "-q", "-m", `${paths.length} files`);
}

/** A history of two months, 14 apart, in two commits. */
const makeHistory = keepRepository((repository) => {
  put(repository, old);
  put(repository, kept);
  repository.git("push", "-q");
});

async function pruneIn({ folder }: TestRepository, options: { months?: number; isDryRun?: boolean } = {}) {
  const stdout = new Sink();
  const code = await prune({ dataPath: join(folder, "data"), months: 13, isDryRun: false, stdout, ...options });
  expect(code).toBe(0);
  return stdout.text;
}

const files = ({ git }: TestRepository, ref: string) => git("ls-tree", "-r", "--name-only", ref).split("\n");

test("old months go from the branch, its log, the remote and the work tree", async () => {
  const repository = await makeHistory();
  const told = await pruneIn(repository);
  const commit = repository.git("rev-parse", "HEAD");
  expect(told).toContain(
    `Dropped 6 files of 1 month (2025-09), and kept 1 month (2026-11). Branch main has one commit now, ${commit}, here and at origin.\n`,
  );
  expect(told).toContain("git fetch origin main && git reset --hard FETCH_HEAD");
  expect(repository.git("log", "--format=%s", "origin/main")).toBe("dmarc: history of 1 month (2026-11), started anew");
  expect(repository.git("ls-remote", "origin", "refs/heads/main").slice(0, 40)).toBe(commit);
  expect(files(repository, "origin/main")).toEqual(kept);
  expect(repository.git("show", "HEAD:data/state.json")).toBe("data/state.json");
  expect(repository.git("status", "--porcelain", "--ignored")).toBe("");
  for (const folder of ["example.org", "example.com/2025", "intake/2025"]) {
    expect(existsSync(join(repository.folder, "data", folder))).toBe(false);
  }
  expect(await pruneIn(repository)).toBe(
    "Nothing to drop: the history holds 1 month (2026-11). Nothing was changed.\n",
  );
  expect(repository.git("rev-parse", "HEAD")).toBe(commit);
});

test("the next run goes on from the new commit, and another clone is told what to do", async () => {
  const repository = await makeHistory();
  const clone = repository.clone();
  await pruneIn(repository);
  const history = await openGitHistory({ dataPath: join(repository.folder, "data"), isPulling: true });
  await history.commit(new Map([["state.json", "{}\n"]]), "next\n");
  expect(repository.git("rev-list", "--count", "origin/main")).toBe("2");
  const other = openGitHistory({ dataPath: join(clone, "data"), isPulling: true });
  await expect(other).rejects.toThrow(/as after dmarc-digest prune elsewhere.*git reset --hard FETCH_HEAD/);
});

test("a dry run says what would go, and changes nothing", async () => {
  const repository = await makeHistory();
  const before = repository.git("for-each-ref");
  expect(await pruneIn(repository, { isDryRun: true })).toBe(
    "Would drop 6 files of 1 month (2025-09), and keep 1 month (2026-11). Nothing was changed.\n",
  );
  expect(repository.git("for-each-ref")).toBe(before);
});

test("without an upstream the branch here starts anew", async () => {
  const repository = await makeHistory();
  repository.git("branch", "--unset-upstream");
  expect(await pruneIn(repository)).toContain("here; it has no upstream.");
  expect(repository.git("rev-list", "--count", "HEAD")).toBe("1");
});

test.each([
  [
    "a branch with other things",
    (repository: TestRepository) => {
      put(repository, ["src/main.ts", "src/other.ts"]);
      repository.git("push", "-q");
    },
    /Branch main holds files that are no part of the history \(2, such as src\/main\.ts\).*data-branch/,
  ],
  [
    "changes that are not committed",
    ({ folder }: TestRepository) => writeFileSync(join(folder, "README.md"), "mine\n"),
    /^README\.md has changes that are not committed/,
  ],
  [
    "a commit that was not pushed",
    ({ git }: TestRepository) => git("commit", "-q", "--allow-empty", "-m", "mine"),
    /stands at [0-9a-f]+, and main of origin at [0-9a-f]+\. Nothing was changed\. Make them equal first/,
  ],
  [
    "an upstream that is not there",
    ({ git, remote }: TestRepository) => git("--git-dir", remote, "update-ref", "-d", "refs/heads/main"),
    /main of origin is not there\. Nothing was changed/,
  ],
  [
    "a rule of the remote",
    ({ remote }: TestRepository) => {
      writeFileSync(join(remote, "hooks/pre-receive"), "#!/bin/sh\necho 'GH006: Protected branch' >&2\nexit 1\n");
      chmodSync(join(remote, "hooks/pre-receive"), 0o755);
    },
    /can't be pushed\. A rule protects it/,
  ],
])("%s stops it before anything is changed", async (_, breakIt, message) => {
  const repository = await makeHistory();
  breakIt(repository);
  const before = repository.git("rev-parse", "HEAD");
  await expect(pruneIn(repository)).rejects.toThrow(message);
  expect(repository.git("rev-parse", "HEAD")).toBe(before);
  expect(existsSync(join(repository.folder, old[0] ?? ""))).toBe(true);
});

test("what somebody pushes meanwhile is not overwritten", async () => {
  const repository = await makeHistory();
  const clone = repository.clone();
  repository.git("-C", clone, "commit", "-q", "--allow-empty", "-m", "theirs");
  // Between the comparison and the push.
  const wrapper = wrapGit("push", `"$git" -C "${clone}" push -q; exec "$git" "$@"`);
  await expect(pruneIn(repository)).rejects.toBeInstanceOf(BranchMovedError);
  wrapper.end();
  expect(repository.git("log", "-1", "--format=%s", "HEAD")).not.toContain("anew");
  repository.git("fetch", "-q");
  expect(repository.git("log", "-1", "--format=%s", "origin/main")).toBe("theirs");
});

test("one that was killed, or whose push was not answered, is ended by the next run", async () => {
  const repository = await makeHistory();
  const hook = join(repository.remote, "hooks/post-receive");
  writeFileSync(hook, "#!/bin/sh\nkill -9 $PPID\n");
  chmodSync(hook, 0o755);
  await expect(pruneIn(repository)).rejects.toThrow(/may have been pushed or not/);
  const history = await openGitHistory({ dataPath: join(repository.folder, "data"), isPulling: true });
  expect(history.head).toBe(repository.git("rev-parse", "origin/main"));
  expect(repository.git("rev-list", "--count", "HEAD")).toBe("1");
  expect(repository.git("status", "--porcelain")).toBe("");
});
