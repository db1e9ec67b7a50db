import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openGitHistory } from "../../../src/io/git/history.ts";
import { makeFolder, makeRepository } from "../../servers/git.ts";
import { wrapGit } from "../../servers/git-wrapper.ts";
import { runProgram } from "../../servers/starter/run.ts";

/*
 * A run is killed before each of its git commands that writes and after the last. What a killed process leaves behind is
 * what is on the disk at that moment: a copy is made of it, and another run does the same there.
 */

/** What a run does: it goes on from what it reads, adds to it, makes a file and takes one away. Adding twice is adding once. */
async function addAll(folder: string): Promise<void> {
  const history = await openGitHistory({ dataPath: join(folder, "data"), isPulling: true });
  const before = (await history.readFiles(["state.json"])).get("state.json") ?? "";
  const files = new Map([
    ["state.json", before.includes("ours\n") ? before : `${before}ours\n`],
    ["example.com/2026/2026-11-17.json", "new\n"],
    ["example.org/2026/2026-11-16.json", undefined],
  ]);
  await history.commit(files, "ours\n");
}

/** A work tree that is a commit behind its remote, which stands beside it. */
async function makePlace(): Promise<string> {
  const repository = makeRepository();
  const { folder, remote, git } = repository;
  for (const hooks of [join(folder, ".git/hooks"), join(remote, "hooks")]) rmSync(hooks, { recursive: true });
  git("remote", "set-url", "origin", "../remote.git");
  const first = new Map([
    ["state.json", "one\n"],
    ["example.org/2026/2026-11-16.json", "old\n"],
  ]);
  await (await openGitHistory({ dataPath: join(folder, "data"), isPulling: true })).commit(first, "one\n");
  const other = await openGitHistory({ dataPath: join(repository.clone(), "data"), isPulling: true });
  await other.commit(new Map([["state.json", "one\ntwo\n"]]), "two\n");
  return folder;
}

function stateOf(folder: string) {
  const git = (...args: string[]) => runProgram("git", args, { cwd: folder }).toString();
  const refs = git("for-each-ref", "--format=%(objectname) %(refname) %(tree)").trimEnd().split("\n");
  const remote = git("ls-remote", "--heads", "origin").slice(0, 40);
  return {
    log: git("log", "--format=%s"),
    // Ids of commits differ by their time.
    refs: refs.map((line) => `${line.startsWith(remote) ? "as at the remote" : "elsewhere"}${line.slice(40)}`),
    status: git("status", "--porcelain", "--ignored"),
    emptied: existsSync(join(folder, "data/example.org")),
    note: existsSync(join(folder, ".git/dmarc-digest-move")),
  };
}

/** They leave the disk as it is. */
const reading = "rev-parse|symbolic-ref|config|remote|ls-remote|merge-base|diff-tree|diff-index|cat-file";

test("a run that is killed at any git command is made good by the next", { timeout: 300_000 }, async () => {
  const folder = await makePlace();
  const copies = makeFolder();
  const copy = (name: string) => `cp -R "${join(folder, "..")}" "${copies}/${name}"`;
  const wrapper = wrapGit(
    "*",
    `case "$1" in ${reading}) exec "$git" "$@" ;; *) ${copy("$n before $1")} ;; esac; "$git" "$@"; code=$?; ${copy("last")}.tmp; rm -rf "${copies}/last"; mv "${copies}/last.tmp" "${copies}/last"; exit $code`,
  );
  await addAll(folder);
  const calls = wrapper.calls();
  wrapper.end();
  const wanted = stateOf(folder);
  expect(wanted).toMatchObject({ log: "ours\ntwo\none\n", status: "", emptied: false, note: false });
  expect(wanted.refs.map((line) => line.slice(0, -41))).toEqual([
    "as at the remote refs/heads/main",
    "as at the remote refs/remotes/origin/main",
  ]);
  const kills = readdirSync(copies);
  // The first read-tree writes nothing (-n).
  const pulling = ["status", "fetch", "read-tree", "update-ref", "read-tree"];
  const writing = [...pulling, "fast-import", "push", "update-ref", "read-tree"];
  expect(calls.filter((command) => !reading.split("|").includes(command))).toEqual(writing);
  expect(kills).toHaveLength(writing.length + 1);
  for (const kill of kills) {
    const place = join(copies, kill, "work tree");
    await addAll(place);
    expect(stateOf(place), `killed at ${kill}`).toEqual(wanted);
  }
});
