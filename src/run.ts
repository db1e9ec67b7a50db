import type { Config } from "./config/config.ts";
import type { Digest } from "./digest/digest.ts";
import { sendHeartbeat } from "./io/heartbeat.ts";
import type { Host } from "./io/host.ts";
import { makeStory } from "./steps/digest.ts";
import { recountOutdated } from "./steps/indexes.ts";
import { takeInMails } from "./steps/intake.ts";
import { applyIssues } from "./steps/issues.ts";
import { openHistory } from "./steps/open.ts";
import { recordSent } from "./steps/record.ts";
import { publishResults, type ResultFiles, writeResults } from "./steps/results.ts";
import { deleteOldMails } from "./steps/retention.ts";
import { sendMessages } from "./steps/send.ts";

/** What a run ended in. */
export interface RunResult {
  digest: Digest;
  files: ResultFiles;
  /** The commit of the history that holds all of the digest; `undefined` when there is none (a dry run at the start). */
  commit?: string;
  /** What could not be read or sent, in words for people; the run has failed when there is any. */
  problems: string[];
}

/**
 * The daily job: mailboxes → reports → history → commit → digest → Slack and issues → commit of what was sent.
 *
 * The cursor of a mailbox and the reports from it are in one commit, so that a run that ends anywhere is made good by
 * the next; a long backlog takes several such commits. A place that can't be reached does not stop the others.
 *
 * @throws ConfigError, SourceError, HistoryError or HistoryFormatError when there is nothing to go on with; then
 *   nothing was sent, and what was committed is whole.
 */
export async function run(config: Config, host: Host): Promise<RunResult> {
  const history = await openHistory(config, host);
  await recountOutdated(config, history, host);
  const intake = await takeInMails(config, history, host);
  const story = await makeStory(config, history, intake);
  const written = await writeResults(config.outputPath, story);
  const { files } = written;
  const published = await publishResults(host, story, { files, isDryRun: config.isDryRun });

  const { digest, commit, plan } = story;
  const problems = [...intake.unread.map(({ message }) => message), ...written.problems, ...published.problems];
  if (plan.isClaimedElsewhere) host.info("Another run is sending these days at this moment: this one sends nothing");
  if (config.isDryRun || !plan.isSending) return { digest, files, commit, problems };
  const sent = await sendMessages(config, host, story);
  const recorded = await recordSent(config, history, story, sent.value);
  const issues = await applyIssues(config, history, story, host);
  const deleted = await deleteOldMails(config, history, intake, host);
  problems.push(...[sent, recorded, issues, deleted].flatMap((outcome) => outcome.problems));
  if (problems.length === 0) problems.push(...(await sendHeartbeat(config.heartbeatUrl)));
  return { digest, files, commit, problems };
}
