import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, inject, onTestFinished } from "vitest";
import { runProgram } from "./starter/run.ts";

/** A git repository for one test, which is gone when the test has finished. */
export interface LocalRepository {
  /** The work tree. */
  folder: string;
  /** Runs git in the work tree; gives what it printed, without the last newline. */
  git: (...args: string[]) => string;
}

/** Has git keep each object of small commits in a file of its own, as it does unless git.config tells it otherwise. */
export function keepLoose({ git }: LocalRepository): void {
  git("config", "fastimport.unpackLimit", "100");
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
  return copyRepository(join(inject("shared"), begins));
}

/**
 * A function that gives a repository as `make` leaves an empty one, with its remote. It is made for the first test of a file, and
 * copied for the others: a commit that is pushed takes 20 programs.
 */
export function keepRepository(
  make: (repository: TestRepository) => void | Promise<void>,
): () => Promise<TestRepository> {
  let kept: string | undefined;
  afterAll(() => rmSync(kept ?? "", { recursive: true, force: true }));
  return async () => {
    if (kept === undefined) {
      const first = makeRepository();
      await make(first);
      kept = mkdtempSync(join(tmpdir(), "dmarc-digest-test-"));
      cpSync(dirname(first.folder), kept, { recursive: true });
    }
    const repository = copyRepository(kept);
    // A copy has other times than git has noted.
    repository.git("update-index", "-q", "--refresh");
    return repository;
  };
}

function copyRepository(from: string): TestRepository {
  const root = makeFolder();
  const [folder, remote] = [join(root, "work tree"), join(root, "remote.git")];
  cpSync(from, root, { recursive: true });
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
  return runProgram("git", args, { cwd: folder, env }).toString().trimEnd();
}
