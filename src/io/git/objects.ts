import { spawn } from "node:child_process";
import { Socket } from "node:net";
import type { Readable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { GitError, gitEnvironment, isDamage } from "./command.ts";

/** An object of a git repository. */
export interface GitObject {
  id: string;
  /** `blob`, `tree`, `commit` or `tag`; what git says instead of an object, as of a submodule. */
  kind: string;
  bytes: Buffer;
}

/**
 * Reads objects by names such as `HEAD^{commit}` or `COMMIT:data/state.json`; gives them in the order of the names, and
 * `undefined` for what is not there.
 *
 * @throws GitError, from the function, when one is there but can't be read, or git can't be started.
 */
export type ReadObjects = (names: readonly string[]) => Promise<(GitObject | undefined)[]>;

/**
 * Reads from the repository of a folder by one process that stays open, since to start one takes longer than to read most
 * files, the more so the larger this process is. It sees branches and objects as they are when it is asked.
 */
export function objectsIn(folder: string): ReadObjects {
  let reader: Reader | undefined;
  let last: Promise<unknown> = Promise.resolve();
  return (names) => {
    const answer = last.then(async () => {
      if (reader === undefined || reader.isEnded()) reader = startReader(folder);
      return await reader.read(names);
    });
    last = answer.catch(() => undefined);
    return answer;
  };
}

interface Reader {
  read: ReadObjects;
  isEnded: () => boolean;
}

/** Milliseconds after which a process that is not asked ends. */
const longestIdle = 10_000;

function startReader(folder: string): Reader {
  const args = ["cat-file", "--batch"];
  const child = spawn("git", args, { cwd: folder, env: gitEnvironment(), stdio: ["pipe", "pipe", "pipe"] });
  const { next, fail } = answersIn(child.stdout);
  let said = "";
  let isEnded = false;
  let idle: NodeJS.Timeout | undefined;
  const end = (words: string, cause?: unknown): void => {
    isEnded = true;
    fail(new GitError({ args, folder }, words, cause));
  };
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  child.stdin.on("error", () => {}); // EPIPE when git ends early: what it said says why.
  child.on("error", (cause) => end(cause.message, cause));
  child.on("close", (_, signal) => end(`${said}${signal ? ` ended by ${signal}` : ""}`.trim()));
  // It ends with this process, and keeps it alive only while an answer is waited for.
  for (const stream of child.stdio) if (stream instanceof Socket) stream.unref();
  return {
    isEnded: () => isEnded,
    async read(names) {
      clearTimeout(idle);
      child.ref();
      try {
        child.stdin.write(names.map((name) => `${name}\n`).join(""));
        const found: (GitObject | undefined)[] = [];
        while (found.length < names.length) found.push(await next());
        // To git what it can't read is missing, and before that it says on the other pipe what is wrong with it.
        if (found.includes(undefined)) await nextTurn();
        if (isDamage(said)) throw new GitError({ args, folder }, said.trim());
        return found;
      } finally {
        child.unref();
        idle = setTimeout(() => {
          isEnded = true;
          child.stdin.end();
        }, longestIdle).unref();
      }
    },
  };
}

/** The answers of `git cat-file --batch`: a line `ID KIND SIZE` with so many bytes and a line's end after it, or what it is instead. */
function answersIn(output: Readable): { next: () => Promise<GitObject | undefined>; fail: (error: Error) => void } {
  let [chunks, length, needed]: [Buffer[], number, number] = [[], 0, 0];
  let failure: Error | undefined;
  let wake = (): void => {};
  output.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= needed) wake();
  });

  /** The bytes that have come, at least so many. */
  async function bytes(count: number): Promise<Buffer> {
    needed = count;
    while (length < needed && failure === undefined) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    if (length < needed && failure !== undefined) throw failure;
    const [only] = chunks;
    const all = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
    chunks = [all];
    return all;
  }

  function take(all: Buffer, count: number): void {
    chunks = [all.subarray(count)];
    length -= count;
  }

  return {
    fail(error) {
      failure = error;
      wake();
    },
    async next() {
      let all = await bytes(1);
      while (!all.includes(10)) all = await bytes(all.length + 1);
      const end = all.indexOf(10);
      const line = all.toString("utf8", 0, end);
      take(all, end + 1);
      if (line.endsWith(" missing")) return undefined;
      const [, id, kind, size] = /^([0-9a-f]+) (\w+) (\d+)$/.exec(line) ?? [];
      if (id === undefined || kind === undefined) return { id: "", kind: line, bytes: Buffer.alloc(0) };
      const count = Number(size);
      all = await bytes(count + 1);
      take(all, count + 1);
      return { id, kind, bytes: all.subarray(0, count) };
    },
  };
}
