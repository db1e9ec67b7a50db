import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Dovecot } from "../../test/servers/imap/dovecot.ts";

/** What a process took, those that it started included. */
export interface Cost {
  /** CPU seconds. */
  cpu: number;
  /** Peak memory of the largest of them. */
  megabytes: number;
  /** Seconds by the clock. */
  seconds: number;
}

/** The format of GNU time that `costIn` reads. */
export const costFormat = "%U %S %M %e";

/** What a line of GNU time says. */
export function costIn(line: string): Cost {
  const [user = 0, system = 0, kilobytes = 0, seconds = 0] = line.split(" ").map(Number);
  return { cpu: user + system, megabytes: kilobytes / 1024, seconds };
}

/**
 * Runs Node with these arguments under GNU time; what it prints goes nowhere.
 *
 * @throws with all that it said when it fails.
 */
export async function timed(args: readonly string[], environment: Record<string, string> = {}): Promise<Cost> {
  const child = spawn("time", ["-f", costFormat, process.execPath, ...args], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...environment },
  });
  const chunks: Buffer[] = [];
  child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
  const [code] = await once(child, "close");
  const said = Buffer.concat(chunks).toString();
  if (code !== 0) throw new Error(said);
  return costIn(said.trim().split("\n").at(-1) ?? "");
}

/** The inputs that name a mailbox of a local server. */
export function mailboxInputs({ host, port, user, password }: Dovecot): Record<string, string> {
  const place = { "imap-host": host, "imap-port": String(port), "imap-security": "none" };
  return { ...place, "imap-user": user, "imap-password": password };
}

/** Flags of the command line. */
export function flagsOf(inputs: Record<string, string>): string[] {
  return Object.entries(inputs).flatMap(([name, value]) => [`--${name}`, value]);
}
