import { spawn } from "node:child_process";
import { Readable } from "node:stream";
import { type Fault, type FaultCode, FaultError, makeFault } from "../../report/fault.ts";

/**
 * A git command that failed. `stderr` is what git said, without the trailing newline, or by which signal it ended. The
 * message is for people, where no caller knows more.
 */
export class GitError extends FaultError {
  override name = "GitError";
  readonly stderr: string;

  constructor({ args, folder }: { args: readonly string[]; folder: string }, stderr: string, cause?: unknown) {
    const step = stepAfter(stderr) ?? makeFault("try-there", {});
    super(makeFault("git-failed", { command: args[0] ?? "", folder, step, said: withoutSecrets(stderr) }), { cause });
    this.stderr = stderr;
  }
}

/** What to do about something that can happen to any git command, by what git said; `undefined` where that is not known. */
export function stepAfter(said: string): Fault | undefined {
  const known = steps.find(([words]) => words.test(said))?.[1];
  return known && makeFault(known, {});
}

/** That git could not write since the disk, or what may be used of it, is full. */
export const diskFull: RegExp = /no space left|quota exceeded|file too large|SIGXFSZ/i;

const steps = [
  [/\.lock': File exists/, "lock-left"],
  [diskFull, "disk-full"],
  [/(?:smudge|clean) filter|external filter|filter-process/, "filter-failed"],
  [/dubious ownership/, "folder-of-others"],
  [
    /is corrupt|corrupt(?:ed)? loose object|inflate: |unable to unpack|bad object|unable to read (?:sha1|tree|[0-9a-f]{40})|invalid object|object file .* is empty/i,
    "repository-damaged",
  ],
] as const satisfies [RegExp, FaultCode][];

/** `main` for `refs/heads/main`. */
export function branchName(ref: string): string {
  return ref.replace("refs/heads/", "");
}

/** Runs git in a folder, with what it is to read, at once or piece by piece; gives what it printed. */
export type Git = (args: string[], input?: string | Buffer | Iterable<string>) => Promise<Buffer>;

/** A function that runs git in a folder. */
export function gitIn(folder: string): Git {
  const env = gitEnvironment();
  return (args, input = "") =>
    new Promise((resolve, reject) => {
      const child = spawn("git", args, { cwd: folder, env, stdio: ["pipe", "pipe", "pipe"] });
      const [out, err]: [Buffer[], Buffer[]] = [[], []];
      child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
      child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
      child.on("error", (cause) => reject(new GitError({ args, folder }, cause.message, cause)));
      child.on("close", (code, signal) => {
        const said = `${Buffer.concat(err).toString()}${signal ? ` ended by ${signal}` : ""}`.trim();
        if (code === 0) resolve(Buffer.concat(out));
        else reject(new GitError({ args, folder }, said));
      });
      child.stdin.on("error", () => {}); // EPIPE when git ends early: its exit code says why.
      Readable.from(input).pipe(child.stdin);
    });
}

/**
 * The environment of git commands, which never ask for a password, take paths literally, speak English, and keep and send files
 * of a megabyte whole: to look for what they have in common with others, mostly nothing, takes more than all else that git does
 * with a large commit. `git gc` looks for it again.
 */
export function gitEnvironment(): NodeJS.ProcessEnv {
  const own = Number(process.env.GIT_CONFIG_COUNT) || 0;
  const whole = { [`GIT_CONFIG_KEY_${own}`]: "core.bigFileThreshold", [`GIT_CONFIG_VALUE_${own}`]: "1m" };
  const configured = { GIT_CONFIG_COUNT: String(own + 1), ...whole };
  return { ...process.env, ...configured, GIT_TERMINAL_PROMPT: "0", GIT_LITERAL_PATHSPECS: "1", LC_ALL: "C" };
}

/** Whether git has said that it can't read an object that is there, which to `cat-file` is then a missing one. */
export function isDamage(said: string): boolean {
  return /^(error|fatal): /m.test(said);
}

/** The one line that a git command prints. */
export async function lineOf(git: Git, args: string[]): Promise<string> {
  return (await git(args)).toString().replace(/\r?\n$/, "");
}

/** The one line that a git command prints, or `undefined` when it fails, as git does to say no. */
export async function optionalLineOf(git: Git, args: string[]): Promise<string | undefined> {
  return await lineOf(git, args).catch((error: unknown) => {
    if (error instanceof GitError) return undefined;
    throw error;
  });
}

/** The parts of what git printed with `-z`. */
export function partsOf(output: Buffer): string[] {
  return output.toString().split("\0").filter(Boolean);
}

/** What git said of its failure; the message of any other error. */
export function saidBy(error: unknown): string {
  if (error instanceof GitError) return error.stderr;
  return error instanceof Error ? error.message : String(error);
}

/** What git said on one line, without the user and password of an address, at most 500 characters. */
export function withoutSecrets(said: string): string {
  const bare = said.replaceAll(/:\/\/[^/@\s]+@/g, "://***@");
  return bare.replaceAll(/\s+/g, " ").slice(0, 500);
}
