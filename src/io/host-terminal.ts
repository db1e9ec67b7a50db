import type { Host } from "./host.ts";

/** A terminal, or a pipe in its place: the digest goes to stdout, all else to stderr. */
export function terminalHost(stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream): Host {
  return {
    info: (line) => stderr.write(`${line}\n`),
    error: (text) => stderr.write(`Error: ${text}\n`),
    display: { colour: stdout.isTTY === true && !process.env.NO_COLOR, width: stdout.columns ?? 100 },
    async publish({ table = "" }) {
      stdout.write(table);
      return [];
    },
  };
}
