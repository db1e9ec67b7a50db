import { execFileSync, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Command, framed, frameReader } from "./frames.ts";

/** Ends of two named pipes, since Node can't wait for those that it makes. */
interface Starter {
  asked: number;
  answered: number;
}

let starter: Starter | undefined;
let lastId = 0;

/**
 * As `execFileSync` of `node:child_process` without input, started by a small process for the reason that spawn.ts gives.
 *
 * @returns what the program prints.
 * @throws when the program can't be started or fails, with what it has said.
 */
export function runProgram(
  command: string,
  args: readonly string[],
  { cwd = ".", env = process.env }: Partial<Pick<Command, "cwd" | "env">> = {},
): Buffer {
  starter ??= openStarter();
  const { asked, answered } = starter;
  lastId += 1;
  const id = lastId;
  const start = JSON.stringify({ command, args, cwd: resolve(cwd), env } satisfies Command);
  writeAll(asked, Buffer.concat([framed(id, "start", start), framed(id, "end")]));
  const [output, errors]: [Buffer[], Buffer[]] = [[], []];
  let ended: { failed?: string; code?: number | null } | undefined;
  const take = frameReader(({ id: from, kind, bytes }) => {
    if (from !== id) return;
    if (kind === "output") output.push(bytes);
    else if (kind === "errors") errors.push(bytes);
    else if (kind === "failed") ended = { failed: bytes.toString() };
    else if (kind === "closed") ended ??= { code: JSON.parse(bytes.toString())[0] };
  });
  while (ended === undefined) {
    const chunk = Buffer.alloc(65_536);
    const length = readSync(answered, chunk);
    if (length === 0) throw new Error("The process that starts programs has ended.");
    take(chunk.subarray(0, length));
  }
  if (ended.failed !== undefined) throw new Error(ended.failed);
  if (ended.code !== 0)
    throw new Error(`Command failed: ${[command, ...args].join(" ")}\n${Buffer.concat(errors).toString()}`);
  return Buffer.concat(output);
}

function writeAll(file: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
}

function openStarter(): Starter {
  const folder = mkdtempSync(join(tmpdir(), "starter-"));
  const paths = [join(folder, "asked"), join(folder, "answered")] as const;
  execFileSync("mkfifo", paths);
  // Opened for both, a pipe waits for nobody at its other end; each process keeps but its own, so that it sees the other one end.
  const both = paths.map((path) => openSync(path, "r+"));
  const [input, asked] = [openSync(paths[0], "r"), openSync(paths[0], "w")];
  const [answered, output] = [openSync(paths[1], "r"), openSync(paths[1], "w")];
  const program = new URL("program.ts", import.meta.url).pathname;
  spawn(process.execPath, ["--single-threaded", program], { stdio: [input, output, "inherit"] }).unref();
  for (const file of [...both, input, output]) closeSync(file);
  rmSync(folder, { recursive: true });
  return { asked, answered };
}
