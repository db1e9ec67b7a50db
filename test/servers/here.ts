import { readFileSync } from "node:fs";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { setFlagsFromString } from "node:v8";
import { onTestFinished } from "vitest";

/** How a program of src/ is started. */
export interface Start {
  /** Behind its name on the command line. */
  args?: readonly string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
}

/** What a program has left when it has ended. */
export interface Ended {
  exitCode: number;
  stdout: string;
  stderr: string;
}

let [starts, last]: [number, Promise<unknown>] = [0, Promise.resolve()];

/**
 * Runs `src/main.ts` or `src/cli.ts` in the process of the test, with arguments, folder, variables and streams of its own, as if
 * it had been started. To start a process takes half a second of a core, most of which is to load what is loaded here already.
 * One goes after the other, since a process has one folder. What is only true of a process, such as how it ends by a signal, or
 * what Node does before the program, is for tests that start one.
 */
export function startHere(entry: "main" | "cli", start: Start): Promise<Ended> {
  const ended = last.then(() => runAlone(entry, start));
  last = ended.catch(() => {});
  // Also when the test waits for it no longer.
  onTestFinished(async () => {
    await last;
  });
  return ended;
}

async function runAlone(entry: "main" | "cli", { args = [], cwd, env }: Start): Promise<Ended> {
  const undo = [setWorld(cwd, env, args), trust(env.NODE_EXTRA_CA_CERTS)];
  const [stdout, stderr] = [record(process.stdout), record(process.stderr)];
  starts += 1;
  try {
    // Under another name the entry alone is run anew.
    await import(`../../src/${entry}.ts?start=${starts}`);
    return { exitCode: Number(process.exitCode ?? 0), stdout: stdout.end(), stderr: stderr.end() };
  } finally {
    stdout.end();
    stderr.end();
    for (const step of undo) step();
  }
}

function setWorld(cwd: string, env: NodeJS.ProcessEnv, args: readonly string[]): () => void {
  const before = { env: process.env, argv: process.argv, cwd: process.cwd(), exitCode: process.exitCode };
  process.chdir(cwd);
  const set = Object.entries(env).filter(([, value]) => value !== undefined);
  Object.assign(process, { env: Object.fromEntries(set), argv: [...before.argv.slice(0, 2), ...args] });
  process.exitCode = undefined;
  return () => {
    process.chdir(before.cwd);
    Object.assign(process, { env: before.env, argv: before.argv });
    process.exitCode = before.exitCode;
    // As src/heap.ts does not leave them.
    for (const flag of ["--semi-space-growth-factor=2", "--heap-growing-percent=0"]) setFlagsFromString(flag);
  };
}

/** Trusts what that variable names alone: the authorities that Node would trust beside it take 16 ms of each start to be read. */
function trust(file: string | undefined): () => void {
  if (!file) return () => {};
  const before = getCACertificates();
  setDefaultCACertificates([readFileSync(file, "utf8")]);
  return () => setDefaultCACertificates(before);
}

/** Keeps what is written to a stream, until `end`, which gives it back. */
function record(stream: NodeJS.WriteStream): { end: () => string } {
  const write = Object.getOwnPropertyDescriptor(stream, "write");
  const [texts, listeners]: [string[], unknown[]] = [[], stream.listeners("error")];
  stream.write = (chunk: string | Uint8Array, ...others: unknown[]) => {
    texts.push(Buffer.from(chunk as string).toString());
    const done = others.at(-1);
    if (typeof done === "function") process.nextTick(done as () => void);
    return true;
  };
  return {
    end() {
      if (write === undefined) Reflect.deleteProperty(stream, "write");
      else Object.defineProperty(stream, "write", write);
      for (const listener of stream.listeners("error"))
        if (!listeners.includes(listener)) stream.off("error", listener as () => void);
      return texts.join("");
    },
  };
}
