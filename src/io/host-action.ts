import { appendFile } from "node:fs/promises";
import * as core from "@actions/core";
import type { Host } from "./host.ts";
import { systemAdvice } from "./system-failure.ts";

/**
 * GitHub's runner: log, job summary, outputs.
 *
 * The runner takes `::name::` at the start of a line and `##[name]` anywhere in it as a command, so that every line is
 * indented and `##[` is broken up before it is logged.
 */
export const actionHost: Host = {
  info: (line) => core.info(inert(line)),
  error: (text) => core.error(inert(text)),
  display: { colour: false, width: 120 },
  async publish({ table, summary, outputs }) {
    if (table !== undefined) core.info(inert(table));
    const left = [
      await problemsOf("The outputs", async () => {
        for (const [name, value] of Object.entries(outputs)) core.setOutput(name, value);
      }),
      await problemsOf("The job summary", async () => {
        const path = process.env.GITHUB_STEP_SUMMARY;
        if (summary !== undefined && path) await appendFile(path, summary);
      }),
    ];
    return left.flat();
  },
};

/** What is wrong with the runner's file, of which the toolkit's errors have the path; nothing when it was written. */
async function problemsOf(what: string, write: () => Promise<void>): Promise<string[]> {
  try {
    await write();
    return [];
  } catch (error) {
    const said = systemAdvice(error) ?? String(error).replace(/^Error: /, "");
    return [`${what} can't be written: ${said} All else was done: see what is wrong with that file of the runner.`];
  }
}

function inert(text: string): string {
  return text.replaceAll(/^(\s*)::/gm, "$1: :").replaceAll("##[", "# #[");
}
