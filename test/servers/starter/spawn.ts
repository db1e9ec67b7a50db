import { type ChildProcess, spawn as spawnHere } from "node:child_process";
import { EventEmitter } from "node:events";
import { resolve } from "node:path";
import { PassThrough, Writable } from "node:stream";
import { type Command, type Frame, framed, frameReader } from "./frames.ts";

/*
 * In tests, stands for `node:child_process` where git is started: a small process beside each worker starts the real git.
 *
 * To start a program, Node copies the tables of its memory, which takes 3 ms in a small process and 15 to 30 ms in a worker
 * that has loaded half of the tests; a run of all tests starts git 20,000 times.
 */

let ask: ((frame: Buffer, sent?: () => void) => void) | undefined;
let lastId = 0;
const started = new Map<number, Started>();

/** As `spawn` of `node:child_process`, with pipes for all three streams. */
export function spawn(command: string, args: readonly string[], { cwd = ".", env = process.env }): Started {
  ask ??= openStarter();
  return new Started(ask, { command, args, cwd: resolve(cwd), env });
}

/** A program that the starter has started, with what is used here of a `ChildProcess`. */
class Started extends EventEmitter {
  readonly stdin: Writable;
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  readonly stdio: readonly unknown[];
  readonly kill: () => void;

  constructor(tell: NonNullable<typeof ask>, command: Command) {
    super();
    lastId += 1;
    const id = lastId;
    started.set(id, this);
    tell(framed(id, "start", JSON.stringify(command)));
    this.kill = () => tell(framed(id, "kill"));
    this.stdin = new Writable({
      write: (chunk: Buffer, _, done) => tell(framed(id, "input", chunk), done),
      final: (done) => tell(framed(id, "end"), done),
    });
    this.stdio = [this.stdin, this.stdout, this.stderr];
  }

  /** The process of a test waits for its tests, not for what they have started. */
  ref(): void {}

  /** See `ref`. */
  unref(): void {}
}

function openStarter(): NonNullable<typeof ask> {
  const program = new URL("program.ts", import.meta.url).pathname;
  // A thread less is memory less, whose tables are copied for each program that is started.
  const starter: ChildProcess = spawnHere(process.execPath, ["--single-threaded", program], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const { stdin, stdout } = starter;
  if (stdin === null || stdout === null) throw new Error("The starter has no pipes.");
  starter.unref();
  for (const stream of [stdin, stdout]) if ("unref" in stream && typeof stream.unref === "function") stream.unref();
  stdout.on("data", frameReader(take));
  return (frame, sent) => stdin.write(frame, () => sent?.());
}

function take({ id, kind, bytes }: Frame): void {
  const program = started.get(id);
  if (program === undefined) return;
  if (kind === "output") program.stdout.write(bytes);
  else if (kind === "errors") program.stderr.write(bytes);
  else if (kind === "failed") program.emit("error", new Error(bytes.toString()));
  else {
    started.delete(id);
    program.stdout.end();
    program.stderr.end();
    setImmediate(() => program.emit("close", ...JSON.parse(bytes.toString())));
  }
}
