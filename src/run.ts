import type { Config } from "./config/config.ts";
import { type Digest, makeDigest } from "./digest/digest.ts";
import { failingRecords } from "./digest/failures.ts";
import { intakeSummary } from "./digest/intake.ts";
import { countingDays } from "./digest/not-counted.ts";
import type { History } from "./io/history.ts";
import type { Host } from "./io/host.ts";
import { failuresCsv } from "./render/csv.ts";
import type { DigestLinks } from "./render/links.ts";
import { digestMarkdown } from "./render/markdown.ts";
import { slackMessage } from "./render/slack.ts";
import { digestTable } from "./render/terminal.ts";
import { loadDaysOf, openHistory, policyDomains, trustOf } from "./steps/history.ts";
import { takeInMails } from "./steps/intake.ts";
import { applyIssues } from "./steps/issues.ts";
import { recordSent } from "./steps/recording.ts";
import { csvName, type ResultFiles, writeResults } from "./steps/results.ts";
import { deleteOldMails } from "./steps/retention.ts";
import { figuresOf, openNotifier, resendCsv, sendDigest } from "./steps/sending.ts";

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
  const { plan, entries, unread, toGo } = await takeInMails(config, history, host);
  const commit = history.head;

  const domains = await policyDomains(history);
  const days = await loadDaysOf(history, domains, plan.days);
  const intake = intakeSummary(entries, { unreadMailboxes: unread, toGo });
  const trust = trustOf(config, plan.state);
  const { thresholds } = config;
  const digest = makeDigest({ ...plan, policyDomains: domains, files: days, thresholds, trust, intake });
  const csv = { name: csvName(digest.day), text: failuresCsv(failingRecords(countingDays(days, trust))) };
  const message = slackMessage(digest, linksAt(config, history, commit));
  const files = await writeResults(config.outputPath, { digest, csv: csv.text, message });
  await publish(host, { digest, files, commit }, linksAt(config, history, commit));

  const problems = unread.map(({ message }) => message);
  if (plan.isClaimedElsewhere)
    host.info("Another run is sending these days at this moment: nothing is sent by this one");
  if (config.isDryRun || !plan.isSending) return { digest, files, commit, problems };
  const notifier = openNotifier(config);
  const sending =
    plan.send.length > 0
      ? await sendDigest(notifier, figuresOf(digest), { message, csv, now: config.now })
      : await resendCsv(notifier, plan.state, csv, digest.day);
  const recordProblems = await recordSent(config, history, plan.send, sending.sent);
  const { dayFile } = linksAt(config, history, "HEAD");
  const issueProblems = plan.isNewest ? await applyIssues(config, digest, { dayFile }, host) : [];
  const mailboxes = config.mailboxes.filter(({ name }) => unread.every(({ mailbox }) => mailbox !== name));
  const retentionProblems = await deleteOldMails(config, { history, mailboxes, host });
  const failed = [...sending.problems, ...recordProblems, ...issueProblems, ...retentionProblems];
  return { digest, files, commit, problems: [...problems, ...failed] };
}

async function publish(host: Host, { digest, files, commit }: Omit<RunResult, "problems">, links: DigestLinks) {
  const { totals } = digest;
  await host.publish({
    table: digestTable(digest, host.display),
    summary: digestMarkdown(digest, links),
    outputs: {
      day: digest.day,
      verdict: digest.verdict,
      messages: String(totals.messages),
      "dmarc-fail": String(totals.dmarcFail),
      "spf-or-dkim-fail": String(totals.spfOrDkimFail),
      commit: commit ?? "",
      "csv-path": files.csvPath ?? "",
      "digest-path": files.digestPath,
    },
  });
}

/** Links to the history at a commit, or at the branch's head by the word `HEAD`. */
function linksAt(config: Config, history: History, commit: string | undefined): DigestLinks {
  if (commit === undefined) return { run: config.runUrl };
  return {
    run: config.runUrl,
    commit: history.folderUrl(commit),
    dayFile: (path) => history.fileUrl(path, commit),
  };
}
