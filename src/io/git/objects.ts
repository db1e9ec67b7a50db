import { spawn } from "node:child_process";
import { Socket } from "node:net";
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
 * `undefined` for what is not there. What is there and can't be read is a GitError.
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

const longestIdle = 10_000;

function startReader(folder: string): Reader {
  const args = ["cat-file", "--batch"];
  const child = spawn("git", args, { cwd: folder, env: gitEnvironment(), stdio: ["pipe", "pipe", "pipe"] });
  const answers = answersIn(child.stdout);
  let said = "";
  let isEnded = false;
  let idle: NodeJS.Timeout | undefined;
  const ended = new Promise<GitError>((resolve) => {
    const end = (words: string, cause?: unknown): void => {
      isEnded = true;
      resolve(new GitError({ args, folder }, words, cause));
    };
    child.on("error", (cause) => end(cause.message, cause));
    child.on("close", (_, signal) => end(`${said}${signal ? ` ended by ${signal}` : ""}`.trim()));
  });
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  child.stdin.on("error", () => {}); // EPIPE when git ends early: what it said says why.
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
        while (found.length < names.length) {
          const { done, value } = await answers.next();
          if (done) throw await ended;
          found.push(value);
        }
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
async function* answersIn(output: AsyncIterable<Buffer>): AsyncGenerator<GitObject | undefined> {
  let [chunks, length, needed]: [Buffer[], number, number] = [[], 0, 1];
  for await (const chunk of output) {
    chunks.push(chunk);
    length += chunk.length;
    if (length < needed) continue;
    let rest = Buffer.concat(chunks);
    for (needed = 1; rest.length >= needed; ) {
      const end = rest.indexOf("\n");
      if (end === -1) break;
      const line = rest.toString("utf8", 0, end);
      const [, id = "", kind = line, size] = /^([0-9a-f]+) (\w+) (\d+)$/.exec(line) ?? [];
      const last = size === undefined ? end : end + 1 + Number(size);
      needed = last + 1;
      if (rest.length < needed) break;
      yield line.endsWith(" missing") ? undefined : { id, kind, bytes: rest.subarray(end + 1, last) };
      rest = rest.subarray(needed);
      needed = 1;
    }
    [chunks, length] = [[rest], rest.length];
  }
}
