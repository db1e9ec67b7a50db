import { type Config, readConfig } from "../config/config.ts";
import { variableInputs } from "../config/environment.ts";
import { inputNames } from "../config/settings.ts";
import type { Given } from "../config/sources.ts";
import { stopHeapGrowth } from "../heap.ts";
import { checkPath } from "../io/files/files.ts";
import { terminalHost } from "../io/host-terminal.ts";
import { formatCount } from "../render/words/words.ts";
import { importMails, runMode } from "../run.ts";
import { loadDiskFile } from "../setup.ts";

/** An archive has no end that a run of the next day could go on from, and is older than what a mailbox holds. */
const archiveFlags = { "time-budget": "999h", "max-report-age": "36500" };

/**
 * The command `dmarc-digest import PATH…`: adds the reports in files, folders and mboxes to the history, and tells nobody.
 *
 * @returns The exit code: 1 when something could not be read.
 * @throws SourceError when a path can't be read; then nothing is added.
 */
export async function importArchive(
  flags: Given,
  { stdout, stderr }: { stdout: NodeJS.WritableStream; stderr: NodeJS.WriteStream },
): Promise<number> {
  stopHeapGrowth();
  const host = terminalHost(process.stdout, stderr);
  const config = await configOf({ ...archiveFlags, ...variableInputs(process.env, inputNames), ...flags });
  // Variables for `run` may name a mailbox, too, which is for the digest to tell of.
  const mailboxes = config.mailboxes.flatMap((mailbox) => (mailbox.kind === "files" ? [mailbox] : []));
  for (const path of mailboxes.flatMap(({ paths }) => paths)) await checkPath(path);
  const { states, unread } = await importMails({ ...config, mailboxes, collected: [] }, host);
  const found = [...states].map(([state, count]) => `${formatCount(count)} ${state}`);
  stdout.write(`${found.length === 0 ? "Nothing new: all of it was there" : found.join(", ")}\n`);
  const isAllKept = [...states.keys()].every((state) => state === "stored" || state === "duplicate");
  if (!isAllKept) stdout.write(`Why the others were not stored: ${config.store.dataPath}/intake has a line a mail.\n`);
  for (const { message } of unread) host.error(message);
  return unread.length === 0 ? 0 : 1;
}

/**
 * The command `dmarc-digest run`: the daily job with flags instead of inputs.
 *
 * @param flags - Text by input name; variables of the environment fill in what is missing.
 * @returns The exit code: 1 when something could not be read or sent, the verdict is one that `fail-on` names, or with mode
 *   doctor something is to be mended.
 */
export async function runJob(
  flags: Given,
  { stdout, stderr }: Record<"stdout" | "stderr", NodeJS.WriteStream>,
): Promise<number> {
  stopHeapGrowth();
  const host = terminalHost(stdout, stderr);
  const config = await configOf({ ...variableInputs(process.env, inputNames), ...flags });
  const { files, commit, problems, alarm, failure } = await runMode(config, host);
  const left = { Digest: files?.digestPath, "Failing records": files?.csvPath, "Slack message": files?.slackPath };
  for (const [what, name] of Object.entries({ ...left, Commit: commit })) {
    if (name !== undefined) host.info(`${what} ${name}`);
  }
  // What doctor finds stands in its table.
  if (config.mode !== "doctor") problems.forEach(host.error);
  if (alarm !== undefined) host.error(alarm);
  return failure === undefined ? 0 : 1;
}

async function configOf(given: Given): Promise<Config> {
  const now = new Date();
  return readConfig(given, process.env, now, await loadDiskFile(given, process.env, now));
}
