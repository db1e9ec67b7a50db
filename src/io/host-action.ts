import * as core from "@actions/core";
import type { Host } from "./host.ts";

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
    core.info(inert(table));
    for (const [name, value] of Object.entries(outputs)) core.setOutput(name, value);
    if (process.env.GITHUB_STEP_SUMMARY) await core.summary.addRaw(summary).write();
  },
};

function inert(text: string): string {
  return text.replaceAll(/^(\s*)::/gm, "$1: :").replaceAll("##[", "# #[");
}
