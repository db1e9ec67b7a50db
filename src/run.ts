import type { Config } from "./config/config.ts";
import type { Digest } from "./digest/digest.ts";
import { sendHeartbeat } from "./io/heartbeat.ts";
import type { Host } from "./io/host.ts";
import { drawDashboard, linksAt, makeStory } from "./steps/digest.ts";
import { takeInMails } from "./steps/intake.ts";
import { applyIssues } from "./steps/issues.ts";
import { openHistory } from "./steps/open.ts";
import { recordSent } from "./steps/recording.ts";
import { publishResults, type ResultFiles, writeResults } from "./steps/results.ts";
import { deleteOldMails } from "./steps/retention.ts";
import { tell } from "./steps/telling.ts";

/** What a run ended in. */
export interface RunResult {
  digest: Digest;
  files: ResultFiles;
  /** The commit of the history that holds all the digest tells; `undefined` when there is none (a dry run at the start). */
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
  const intake = await takeInMails(config, history, host);
  const story = await makeStory(config, history, intake);
  const { plan, digest, commit, telling } = story;
  const files = await writeResults(config.outputPath, story);
  await publishResults(host, story, { files, isDryRun: config.isDryRun });

  const problems = intake.unread.map(({ message }) => message);
  if (plan.isClaimedElsewhere)
    host.info("Another run is sending these days at this moment: nothing is sent by this one");
  if (config.isDryRun || !plan.isSending) return { digest, files, commit, problems };
  const told = await tell(config, host, story);
  const recordProblems = await recordSent(config, history, { ...told, plan, dashboard: () => drawDashboard(story) });
  const issueTelling = { ...telling, links: { dayFile: linksAt(config, history, "HEAD").dayFile } };
  const issueProblems = plan.isNewest ? await applyIssues(config, digest, issueTelling, host) : [];
  const mailboxes = config.mailboxes.filter(({ name }) => intake.unread.every(({ mailbox }) => mailbox !== name));
  const retentionProblems = await deleteOldMails(config, { history, mailboxes, host });
  problems.push(...told.problems, ...recordProblems, ...issueProblems, ...retentionProblems);
  if (problems.length === 0) problems.push(...(await sendHeartbeat(config.heartbeatUrl)));
  return { digest, files, commit, problems };
}
