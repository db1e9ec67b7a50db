import type { Config } from "./config/config.ts";
import type { Digest } from "./digest/digest.ts";
import { failureOf } from "./errors.ts";
import type { Host } from "./io/host.ts";
import type { Problem } from "./io/notifier.ts";
import { whyText } from "./render/words/words.ts";
import { makeStory } from "./steps/digest.ts";
import { examine, watchDns } from "./steps/doctor/doctor.ts";
import { showExplorer } from "./steps/explore.ts";
import { endRun, postFailure } from "./steps/failure.ts";
import { recountOutdated } from "./steps/indexes.ts";
import { collectMails, type Intake, takeInMails } from "./steps/intake/intake.ts";
import { noteMutes } from "./steps/issues/issues.ts";
import { openHistory } from "./steps/open.ts";
import { type ResultFiles, showResults } from "./steps/results.ts";
import { alarmOf, openNotifier, openNotifiers, sendStory } from "./steps/send/send.ts";

/** What a run ended in. */
export interface RunResult {
  digest: Digest;
  files: ResultFiles;
  /** The commit of the history that holds all of the digest; `undefined` when there is none (a dry run at the start). */
  commit?: string;
  /** What could not be read or sent, in words for people; the run has failed when there is any. */
  problems: string[];
  /** What the run is to fail for although all was done: the verdict that `fail-on` names. */
  alarm?: string;
}

/** What a run of any mode ended in, and why it failed, if it did. */
export interface ModeResult extends Partial<Omit<RunResult, "problems">> {
  problems: string[];
  failure?: string | undefined;
}

/**
 * What `mode` asks for: the daily job; its reading alone, which another job commits; or a look over the set-up, whose problems
 * are what has to be mended. The channel hears of a run that threw.
 *
 * @throws as `run` does.
 */
export async function runMode(config: Config, host: Host): Promise<ModeResult> {
  if (config.mode === "doctor") {
    const problems = await examine(config, openNotifiers(config, host), host);
    return { problems, ...(problems.length > 0 && { failure: `${problems.length} of the set-up is to be mended.` }) };
  }
  try {
    const result: ModeResult = config.mode === "collect" ? await collectMails(config, host) : await run(config, host);
    const { length } = result.problems;
    return {
      ...result,
      failure: length === 0 ? result.alarm : `${length} of the things to do failed; all else was done.`,
    };
  } catch (error) {
    await postFailure(config, openNotifier(config, host), failureOf(error));
    throw error;
  }
}

/**
 * Adds mails to the history, as `run` does, and no more: no digest is made, nothing is sent, and no day is claimed.
 *
 * @returns How many mails that are news ended in which state, and what could not be read.
 * @throws as `run` does.
 */
export async function importMails(config: Config, host: Host): Promise<Pick<Intake, "states" | "unread">> {
  const importing: Config = { ...config, mode: "import" };
  const history = await openHistory(importing, host);
  await recountOutdated(importing, history, host);
  return await takeInMails(importing, history, host);
}

/**
 * The daily job: mailboxes → reports → history → commit → digest → Slack and issues → commit of what was sent.
 *
 * The cursor of a mailbox and the reports from it are in one commit, so that a run that ends anywhere is made good by
 * the next; a long backlog takes several such commits. A place that can't be reached does not stop the others, and the
 * channel hears of it.
 *
 * @throws ConfigError, SourceError, HistoryError or HistoryFormatError when there is nothing to go on with; then
 *   nothing was sent, and what was committed is whole.
 */
export async function run(config: Config, host: Host): Promise<RunResult> {
  const history = await openHistory(config, host);
  await recountOutdated(config, history, host);
  const issueOf = await noteMutes(config, history);
  const intake = await takeInMails(config, history, host);
  const dns = await watchDns(config, history, intake);
  const story = await makeStory(config, history, { ...intake, dns, issueOf });
  const shown = await showResults(config, host, story);
  const sent = await sendStory(config, host, { history, intake, story });
  const explored = await showExplorer(config, host, { history, story });

  const { digest, commit, plan } = story;
  const edited = new Set([...intake.edited, ...story.edited]);
  const problems: Problem[] = [...edited, ...shown.problems, ...sent.problems, ...explored.problems];
  const end = { unread: intake.unread, plan, isDigestSent: sent.isDigestSent, problems };
  problems.push(...(await endRun(config, openNotifier(config, host), end)));
  const unread = intake.unread.map(({ message }) => message);
  return {
    digest,
    files: shown.files,
    commit,
    problems: [...unread, ...problems.map(whyText)],
    alarm: alarmOf(config, story),
  };
}
