import { execFile, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { bundleScript } from "../bundle.ts";
import { type Delivery, domainName, mailOf } from "./corpus.ts";
import type { GitHubAddress, GitHubRequest } from "./github-process.ts";
import type { RunnerCost, RunnerTask } from "./runner.ts";

/** Where the history is kept that a run is measured on. */
export type StoreKind = "git" | "github";

/** What a run took, and what the local GitHub was asked for. */
export interface RunCost extends RunnerCost {
  /** The requests as GitHub got them. */
  asked: GitHubRequest[];
}

/** A run that is to be measured. */
export interface BenchRun {
  store: StoreKind;
  /** The bare repository whose branch `main` has the history below `data`. */
  bare: string;
  /** A clone of it, for the git store. */
  clone: string;
  /** A folder of mails. */
  mails: string;
  /** ISO 8601. */
  now: string;
  /** Further inputs. */
  inputs?: Record<string, string>;
  /** How many domains are ours; 50 unless told otherwise. */
  domains?: number;
  /** Further variables of the environment. */
  environment?: Record<string, string>;
}

/** Runs git in a folder, without input; gives what it printed. */
export async function gitIn(folder: string, ...args: string[]): Promise<string> {
  const running = promisify(execFile)("git", args, { cwd: folder, maxBuffer: 1024 ** 3 });
  running.child.stdin?.end();
  const { stdout } = await running;
  return stdout.trimEnd();
}

/** Makes an empty bare repository; gives its folder. */
export async function makeBare(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await gitIn(folder, "init", "--quiet", "--bare", "--initial-branch=main");
  return folder;
}

/** Makes a bare repository with one commit that has no files, as a new one on a host has it; gives its folder. */
export async function makeFirstCommit(folder: string): Promise<string> {
  const bare = await makeBare(folder);
  const tree = await gitIn(bare, "hash-object", "-t", "tree", "-w", "--stdin");
  const identity = ["-c", "user.name=bench", "-c", "user.email=bench@example.com"];
  await gitIn(
    bare,
    "update-ref",
    "refs/heads/main",
    await gitIn(bare, ...identity, "commit-tree", "-m", "first", tree),
  );
  return bare;
}

/** Clones a bare repository; gives the folder of the work tree. */
export async function clone(bare: string, name = "clone"): Promise<string> {
  const folder = `${bare}.${name}`;
  await gitIn(bare, "clone", "--quiet", bare, folder);
  return folder;
}

/** Writes the mails of some deliveries into a folder; the names are in their order. */
export async function saveMails(folder: string, deliveries: Iterable<Delivery>): Promise<void> {
  await mkdir(folder, { recursive: true });
  let number = 0;
  for (const delivery of deliveries) {
    number += 1;
    await writeFile(join(folder, `${String(number).padStart(6, "0")}.eml`), mailOf(delivery));
  }
}

/** Bundles the runner as the action is bundled, in a folder `dist` with what lies there beside the action. */
export async function buildRunner(file: string): Promise<void> {
  await bundleScript(scriptPath("runner.ts"), file);
  await copyFile("dist/explore.js", join(dirname(file), "explore.js"));
}

/** The path of a script of this folder. */
export function scriptPath(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

/**
 * The size that Node gives to the youngest objects where it may take 2 GB: on a larger machine it takes more, used or
 * not, and the figures would be those of the machine (Node's command line, "--max-semi-space-size").
 */
const youngSpace = "--max-semi-space-size=16";

/** Does a task in a process of its own. */
export async function startRunner(runner: string, task: RunnerTask, options: string[] = []): Promise<RunnerCost> {
  const args = [youngSpace, ...options, runner, JSON.stringify(task)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1024 ** 3 });
  return JSON.parse(stdout) as RunnerCost;
}

/** The daily job on a store. */
export async function startRun(runner: string, run: BenchRun, options: string[] = []): Promise<RunCost> {
  const domains = Array.from({ length: run.domains ?? 50 }, (_, number) => domainName(number)).join(" ");
  const inputs = {
    "mail-path": run.mails,
    domains,
    now: run.now,
    "max-fail-rate": "100%",
    "time-budget": "2h",
    ...run.inputs,
  };
  if (run.store === "git") {
    const task = {
      inputs: { ...inputs, store: "git", "data-path": join(run.clone, "data") },
      environment: run.environment ?? {},
    };
    const stop = await serveGit(run);
    try {
      return { ...(await startRunner(runner, { command: "run", ...task }, options)), asked: [] };
    } finally {
      await stop();
    }
  }
  const server = fork(scriptPath("github-process.ts"), [run.bare]);
  try {
    const [address] = (await once(server, "message")) as [GitHubAddress];
    const environment = {
      GITHUB_REPOSITORY: "octo-org/mail",
      GITHUB_API_URL: address.apiUrl,
      GITHUB_GRAPHQL_URL: address.graphqlUrl,
      ...run.environment,
    };
    const task = { inputs: { ...inputs, store: "github", "github-token": "ghs_test_token" }, environment };
    const cost = await startRunner(runner, { command: "run", ...task }, options);
    server.send("requests");
    const [asked] = (await once(server, "message")) as [GitHubRequest[]];
    return { ...cost, asked };
  } finally {
    server.disconnect();
    await once(server, "exit");
  }
}

/** Serves the bare repository to its clone from a process of its own, as a host does; gives what stops it. */
async function serveGit({ bare, clone: folder }: BenchRun): Promise<() => Promise<void>> {
  const port = await freePort();
  const options = ["--export-all", "--enable=receive-pack", "--listen=127.0.0.1", `--port=${port}`];
  const server = spawn("git", ["daemon", ...options, `--base-path=${dirname(bare)}`], { stdio: "ignore" });
  const ended = once(server, "exit");
  while (server.exitCode === null && !(await canConnect(port))) await sleep(50);
  await gitIn(folder, "remote", "set-url", "origin", `git://127.0.0.1:${port}/${basename(bare)}`);
  return async () => {
    server.kill();
    await ended;
  };
}

/** Brings a repository and its clone back to a commit. */
export async function resetTo(commit: string, { bare, clone: folder, store }: BenchRun): Promise<void> {
  await gitIn(bare, "update-ref", "refs/heads/main", commit);
  if (store === "git") await gitIn(folder, "reset", "--quiet", "--hard", commit);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("No free port was given.");
  return address.port;
}

async function canConnect(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  return await once(socket, "connect").then(
    () => {
      socket.destroy();
      return true;
    },
    () => false,
  );
}
