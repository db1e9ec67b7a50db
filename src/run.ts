import type { Config } from "./config/config.ts";
import type { Digest } from "./digest/digest.ts";
import { sendHeartbeat } from "./io/heartbeat.ts";
import type { Host } from "./io/host.ts";
import { makeStory } from "./steps/digest.ts";
import { postShortfall } from "./steps/failure.ts";
import { recountOutdated } from "./steps/indexes.ts";
import { takeInMails } from "./steps/intake.ts";
import { applyIssues } from "./steps/issues.ts";
import { openHistory } from "./steps/open.ts";
import type { Outcome } from "./steps/outcome.ts";
import { recordSent } from "./steps/record.ts";
import { publishResults, type ResultFiles, writeResults } from "./steps/results.ts";
import { deleteOldMails } from "./steps/retention.ts";
import { openNotifier, sendMessages } from "./steps/send.ts";

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
 * the next; a long backlog takes several such commits. A place that can't be reached does not stop the others, and the
 * channel hears of it.
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
  const edited = [...new Set([...intake.edited, ...story.edited])];
  const outcomes: Outcome<unknown>[] = [{ problems: edited }, written, published];
  const isSending = plan.isSending && !config.isDryRun;
  let isTold = false;
  if (plan.isClaimedElsewhere) host.info("Another run is sending these days at this moment: this one sends nothing");
  if (isSending) {
    const sent = await sendMessages(config, host, story);
    isTold = sent.value.sent.some(({ figures }) => figures.length > 0);
    outcomes.push(sent, await recordSent(config, history, story, sent.value));
    outcomes.push(await applyIssues(config, history, story, host));
    outcomes.push(await deleteOldMails(config, history, intake, host));
  }
  const others = outcomes.flatMap(({ problems }) => problems);
  const isWell = intake.unread.length + others.length === 0;
  if (isSending && isWell) others.push(...(await sendHeartbeat(config.heartbeatUrl)));
  // The digest names the mailboxes that could not be read.
  const untold = { unread: isTold ? [] : intake.unread, others, isUnsent: !plan.isSending && !plan.isClaimedElsewhere };
  await postShortfall(config, openNotifier(config, host), untold);
  return { digest, files, commit, problems: [...intake.unread.map(({ message }) => message), ...others] };
}
