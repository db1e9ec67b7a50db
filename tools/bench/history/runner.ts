import type { ChildProcess } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";
import { readFile } from "node:fs/promises";
import { Writable } from "node:stream";
import { verify } from "../../../src/commands/verify.ts";
import { readConfig } from "../../../src/config/config.ts";
import { stopHeapGrowth } from "../../../src/heap.ts";
import { run } from "../../../src/run.ts";

/*
 * One command in a process of its own: `runner.ts TASK`. Prints what it took as one line of JSON, children
 * included: what git reads and writes goes through the pipes of this process, what GitHub does through its sockets.
 */

/** What is to be done: the daily job with these inputs, or `verify` of a folder. */
export type RunnerTask =
  | { command: "run"; inputs: Record<string, string>; environment: Record<string, string> }
  | { command: "verify"; dataPath: string };

/** What a command took. */
export interface RunnerCost {
  /** Git commands that were started. */
  gitCommands: number;
  /** HTTP requests that were sent. */
  requests: number;
  /** Bytes out of the store and into it. */
  read: number;
  written: number;
  /** Bytes of each commit of a git store, as handed to git. */
  commits: number[];
  /** CPU seconds of the process with its start, and of all children that have ended. */
  cpu: number;
  childCpu: number;
  /** Peak memory of the process, without its children. */
  megabytes: number;
  /** Seconds by the clock, without the start. */
  elapsed: number;
  /** What went wrong, and the last line that was said. */
  problems: string[];
  said: string;
  /** The lines about the mailboxes. */
  mailboxes: string[];
}

stopHeapGrowth();
const task = JSON.parse(process.argv[2] ?? "") as RunnerTask;
const cost: RunnerCost = {
  gitCommands: 0,
  requests: 0,
  read: 0,
  written: 0,
  commits: [],
  cpu: 0,
  childCpu: 0,
  megabytes: 0,
  elapsed: 0,
  problems: [],
  said: "",
  mailboxes: [],
};
/** Git commands that have not ended: the one that reads objects does with the run. */
const open = new Set<ChildProcess>();
const sockets = new Set<{ bytesRead: number; bytesWritten: number }>();
countGit();
countRequests();
const start = performance.now();
await (task.command === "run" ? runJob(task) : verifyFolder(task.dataPath));
cost.elapsed = (performance.now() - start) / 1000;
open.forEach(endOfGit);
for (const { bytesRead, bytesWritten } of sockets) {
  cost.read += bytesRead;
  cost.written += bytesWritten;
}
const { user, system } = process.cpuUsage();
cost.cpu = (user + system) / 1e6;
cost.childCpu = await childSeconds();
cost.megabytes = await peak();
console.log(JSON.stringify(cost));
process.exit();

async function runJob({ inputs, environment }: Extract<RunnerTask, { command: "run" }>): Promise<void> {
  const config = readConfig(inputs, environment, new Date(inputs.now ?? ""));
  const say = (text: string): void => {
    cost.said = text;
    if (text.startsWith("Mailbox ")) cost.mailboxes.push(text);
  };
  const host = { info: say, error: say, display: { colour: false, width: 100 }, publish: async () => [] };
  // The pauses that GitHub asks for are no use to a server on this machine.
  if (config.store.kind === "github") Object.assign(config.store.github, { pauses: false });
  const { problems } = await run(config, host);
  cost.problems = problems;
}

async function verifyFolder(dataPath: string): Promise<void> {
  const lines: string[] = [];
  const stdout = new Writable({
    decodeStrings: false,
    write: (text: string, _, done) => {
      lines.push(text);
      done();
    },
  });
  const code = await verify({ dataPath, stdout });
  cost.said = lines.at(-1)?.trimEnd() ?? "";
  cost.problems = code === 0 ? [] : lines;
}

function countGit(): void {
  subscribe("child_process", (message) => {
    const { process: child } = message as { process: ChildProcess };
    cost.gitCommands += 1;
    open.add(child);
    child.on("close", () => endOfGit(child));
  });
}

function endOfGit(child: ChildProcess): void {
  const into = streamBytes(child.stdin, "bytesWritten");
  cost.read += streamBytes(child.stdout, "bytesRead");
  cost.written += into;
  if (child.spawnargs.includes("fast-import")) cost.commits.push(into);
  open.delete(child);
}

/** The pipes of a child are sockets. */
function streamBytes(stream: unknown, key: "bytesRead" | "bytesWritten"): number {
  return (stream as Partial<Record<typeof key, number>> | null)?.[key] ?? 0;
}

function countRequests(): void {
  subscribe("undici:request:create", () => {
    cost.requests += 1;
  });
  subscribe("undici:client:connected", (message) => {
    const { socket } = message as { socket: { bytesRead: number; bytesWritten: number } };
    sockets.add(socket);
  });
}

/** Linux counts the time of children in hundredths of a second; elsewhere it is not known. */
async function childSeconds(): Promise<number> {
  const fields = (await readFile("/proc/self/stat", "utf8").catch(() => "")).replace(/^.*\) /s, "").split(" ");
  return (Number(fields[13] ?? 0) + Number(fields[14] ?? 0)) / 100;
}

/** Of this process alone: what `resourceUsage` tells begins with the peak of the process that started it. */
async function peak(): Promise<number> {
  const status = await readFile("/proc/self/status", "utf8").catch(() => "");
  const kilobytes = /^VmHWM:\s*(\d+) kB/m.exec(status)?.[1];
  return Number(kilobytes ?? process.resourceUsage().maxRSS) / 1024;
}
