import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    /** The folder of what the tests of one call of vitest share, and leave as it is. */
    shared: string;
  }
}

/**
 * Makes, before the tests of one call of vitest, a folder for all their temporary files, and in it what many begin with:
 *
 * - `action`: the Action as the runner has it, `action.yml` and `dist/` alone, without the packages beside it.
 * - `local`, `empty` and `started`: the repositories that tests copy, since a git that is started costs more than what it does.
 * - `compiled`: what V8 has made of the bundle and of src/, which spares each start after the first a third of its time.
 *
 * It goes when this process ends: after the tests, the workers still write to `compiled`.
 */
export default function makeSharedFolder(project: TestProject): void {
  const folder = mkdtempSync(join(quickFolder(), "dmarc-digest-tests-"));
  // Dovecot's own users have to get in when it is started by root.
  chmodSync(folder, 0o755);
  // For the processes of the tests, which are not there yet.
  process.env.TMPDIR = folder;
  process.env.NODE_COMPILE_CACHE = join(folder, "compiled");
  for (const path of ["action.yml", "dist/main.js", "dist/explore.js"]) cpSync(path, join(folder, "action", path));
  makeRepositories(folder);
  project.provide("shared", folder);
  process.once("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));
}

/** Room that a whole run of the tests never takes. */
const enoughRoom = 2_000_000_000;

/** A folder in memory, where there is one with room in which programs may be started; else the usual one. */
function quickFolder(): string {
  const memory = "/dev/shm";
  try {
    const { bavail, bsize } = statfsSync(memory);
    if (bavail * bsize < enoughRoom) return tmpdir();
    const folder = mkdtempSync(join(memory, "dmarc-digest-tests-"));
    try {
      const program = join(folder, "program");
      writeFileSync(program, "#!/bin/sh\n", { mode: 0o755 });
      execFileSync(program);
    } finally {
      rmSync(folder, { recursive: true });
    }
    return memory;
  } catch {
    return tmpdir();
  }
}

/** An empty repository; one with a bare remote; and the same with one commit. */
function makeRepositories(shared: string): void {
  const folder = join(shared, "empty");
  // Hooks are put there by tests; git's own template holds but examples of them.
  const template = join(shared, "template");
  mkdirSync(join(template, "hooks"), { recursive: true });
  mkdirSync(folder);
  const identity = ["-c", "user.name=A Person", "-c", "user.email=person@example.com"];
  const env = { ...process.env, GIT_CONFIG_GLOBAL: resolve("test/servers/git.config"), GIT_CONFIG_NOSYSTEM: "1" };
  const run = (cwd: string, ...args: string[]) => execFileSync("git", [...identity, ...args], { cwd, env });
  const options = ["--quiet", `--template=${template}`];
  run(folder, "init", ...options, "--bare", "--initial-branch=main", "remote.git");
  run(shared, "init", ...options, "--initial-branch=main", "local");
  run(folder, "clone", ...options, join(folder, "remote.git"), "work tree");
  // From the top of the work tree, wherever the two are copied to.
  run(join(folder, "work tree"), "remote", "set-url", "origin", "../remote.git");
  const started = join(shared, "started");
  cpSync(folder, started, { recursive: true });
  const workTree = join(started, "work tree");
  run(workTree, "commit", "--quiet", "--allow-empty", "--message=first");
  run(workTree, "push", "--quiet");
}
