import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { type Frame, framed, frameReader } from "./frames.ts";

/* The starter: starts what it is asked to by standard input, and ends when that does. See spawn.ts and run.ts. */

const started = new Map<number, ChildProcessWithoutNullStreams>();

process.stdin.on(
  "data",
  frameReader(({ id, kind, bytes }) => {
    if (kind === "start") start(id, bytes);
    else if (kind === "input") started.get(id)?.stdin.write(bytes);
    else if (kind === "end") started.get(id)?.stdin.end();
    else started.get(id)?.kill();
  }),
);
process.stdin.on("end", () => process.exit());

function start(id: number, bytes: Buffer): void {
  const { command, args, ...options } = JSON.parse(bytes.toString());
  const child = spawn(command, args, { ...options, stdio: ["pipe", "pipe", "pipe"] });
  started.set(id, child);
  const say = (kind: Frame["kind"], said: string | Buffer): void => void process.stdout.write(framed(id, kind, said));
  child.stdout.on("data", (chunk: Buffer) => say("output", chunk));
  child.stderr.on("data", (chunk: Buffer) => say("errors", chunk));
  child.stdin.on("error", () => {}); // The program has ended early.
  child.on("error", ({ message }) => say("failed", message));
  child.on("close", (...ended) => {
    started.delete(id);
    say("closed", JSON.stringify(ended));
  });
}
