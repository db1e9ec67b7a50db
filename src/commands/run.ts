import { readConfig } from "../config/config.ts";
import { variableInputs } from "../config/environment.ts";
import { inputNames } from "../config/settings.ts";
import { failureOf } from "../errors.ts";
import { terminalHost } from "../io/host-terminal.ts";
import { formatCount } from "../render/words/words.ts";
import { importMails, runMode } from "../run.ts";
import { loadDiskFile } from "../setup.ts";
import { examine } from "../steps/doctor/doctor.ts";
import { postFailure } from "../steps/failure.ts";
import { openNotifier, openNotifiers } from "../steps/send/send.ts";

/** An archive has no end that a run of the next day could go on from, and is older than what a mailbox holds. */
const archiveFlags = { "time-budget": "999h", "max-report-age": "36500" };

/**
 * The command `dmarc-digest import PATH…`: adds the reports in files, folders and mboxes to the history, and tells nobody.
 *
 * @param flags - As for `run`; those that bound what is read have other defaults.
 * @returns The exit code: 1 when something could not be read.
 */
export async function importArchive(
  flags: Readonly<Record<string, string | undefined>>,
  { stdout, stderr }: { stdout: NodeJS.WritableStream; stderr: NodeJS.WriteStream },
): Promise<number> {
  const given = { ...archiveFlags, ...variableInputs(process.env, inputNames), ...flags };
  const now = new Date();
  const host = terminalHost(process.stdout, stderr);
  const config = readConfig(given, process.env, now, await loadDiskFile(given, process.env, now));
  // Variables for `run` may name a mailbox, too, which is for the digest to tell of.
  const mailboxes = config.mailboxes.filter(({ kind }) => kind === "files");
  const { states, unread } = await importMails({ ...config, mailboxes, collected: [] }, host);
  const found = [...states].map(([state, count]) => `${formatCount(count)} ${state}`);
  stdout.write(`${found.length === 0 ? "Nothing new: all of it was there" : found.join(", ")}\n`);
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
  flags: Readonly<Record<string, string | undefined>>,
  { stdout, stderr }: { stdout: NodeJS.WriteStream; stderr: NodeJS.WriteStream },
): Promise<number> {
  const given = { ...variableInputs(process.env, inputNames), ...flags };
  const host = terminalHost(stdout, stderr);
  const now = new Date();
  const config = readConfig(given, process.env, now, await loadDiskFile(given, process.env, now));
  const notifier = openNotifier(config, host);
  if (config.isDoctor) return (await examine(config, openNotifiers(config, host), host)).length === 0 ? 0 : 1;
  const { files, commit, problems, alarm } = await runMode(config, host).catch(async (error: unknown) => {
    await postFailure(config, notifier, failureOf(error));
    throw error;
  });
  const left = { Digest: files?.digestPath, "Failing records": files?.csvPath, "Slack message": files?.slackPath };
  for (const [what, name] of Object.entries({ ...left, Commit: commit })) {
    if (name !== undefined) host.info(`${what} ${name}`);
  }
  const failed = [...problems, ...(alarm === undefined ? [] : [alarm])];
  failed.forEach(host.error);
  return failed.length === 0 ? 0 : 1;
}
