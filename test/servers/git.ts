import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject, onTestFinished } from "vitest";

/** A git repository for one test, which is gone when the test has finished. */
export interface LocalRepository {
  /** The work tree. */
  folder: string;
  /** Runs git in the work tree; gives what it printed, without the last newline. */
  git: (...args: string[]) => string;
}

/** A git repository with a bare one as its remote. */
export interface TestRepository extends LocalRepository {
  /** The bare repository that `origin` is; branch `main` of the work tree has it as upstream. */
  remote: string;
  /** Clones the remote into a new folder. */
  clone(): string;
}

/**
 * Makes a repository on branch `main` and its remote.
 *
 * @param begins - `empty` without a commit; `started` with one, of no files, here and at the remote: `first`.
 */
export function makeRepository(begins: "empty" | "started" = "empty"): TestRepository {
  const root = makeFolder();
  const [folder, remote] = [join(root, "work tree"), join(root, "remote.git")];
  cpSync(join(inject("shared"), begins), root, { recursive: true });
  return {
    folder,
    remote,
    git: (...args) => run(folder, ...args),
    clone() {
      const clone = join(makeFolder(), "clone");
      run(root, "clone", "--quiet", remote, clone);
      return clone;
    },
  };
}

/** Makes a repository on branch `main` without a commit and without a remote: a push costs more programs than all else of a run. */
export function makeLocalRepository(): LocalRepository {
  const folder = join(makeFolder(), "work tree");
  cpSync(join(inject("shared"), "local"), folder, { recursive: true });
  return { folder, git: (...args) => run(folder, ...args) };
}

/** A new empty folder that is gone when the test has finished. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "dmarc-digest-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function run(folder: string, ...args: string[]): string {
  const identity = { GIT_AUTHOR_NAME: "A Person", GIT_AUTHOR_EMAIL: "person@example.com" };
  const committer = { GIT_COMMITTER_NAME: "A Person", GIT_COMMITTER_EMAIL: "person@example.com" };
  const env = { ...process.env, ...identity, ...committer };
  return execFileSync("git", args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] })
    .toString()
    .trimEnd();
}
