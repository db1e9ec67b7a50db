import type { Config } from "./config/config.ts";
import { type Digest, figuresOf, makeDigest } from "./digest/digest.ts";
import { intakeSummary } from "./digest/intake.ts";
import { policiesOn } from "./digest/policies.ts";
import { planRestating } from "./digest/restated.ts";
import { sendHeartbeat } from "./io/heartbeat.ts";
import type { History } from "./io/history.ts";
import type { Host } from "./io/host.ts";
import { dashboard, readinessWords } from "./render/dashboard.ts";
import type { DigestLinks } from "./render/links.ts";
import { digestMarkdown, type Telling } from "./render/markdown.ts";
import { slackMessage } from "./render/slack.ts";
import { threadMessage } from "./render/slack-thread.ts";
import { digestTable } from "./render/terminal.ts";
import { wordsOf } from "./render/words.ts";
import { loadDaysOf, openHistory, policyDomainsOf, trustOf } from "./steps/history.ts";
import { takeInMails } from "./steps/intake.ts";
import { applyIssues } from "./steps/issues.ts";
import { recordSent } from "./steps/recording.ts";
import { bringUpToDate } from "./steps/restating.ts";
import { csvOf, type ResultFiles, writeResults } from "./steps/results.ts";
import { deleteOldMails } from "./steps/retention.ts";
import { openNotifier, resendCsv, sendDigest } from "./steps/sending.ts";

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
  const { plan, window, entries, unread, toGo } = await takeInMails(config, history, host);
  const commit = history.head;

  const policyDomains = await policyDomainsOf(history);
  const { messages, told: before, days } = planRestating(plan.state, window, plan);
  const files = await loadDaysOf(history, policyDomains, days);
  const source = { policyDomains, files, window, thresholds: config.thresholds, trust: trustOf(config, plan.state) };
  const intake = intakeSummary(entries, { unreadMailboxes: unread, toGo });
  const digest = makeDigest({ ...source, days: plan.days, told: before, intake });
  const csv = csvOf(config, digest, source);
  const telling = {
    words: wordsOf(config.language),
    links: linksAt(config, history, commit),
    at: config.now.toISOString(),
  };
  const message = slackMessage(digest, telling);
  const written = await writeResults(config.outputPath, { digest, csv: csv.text, message });
  await publish(host, { digest, files: written, commit }, telling);

  const problems = unread.map(({ message }) => message);
  if (plan.isClaimedElsewhere)
    host.info("Another run is sending these days at this moment: nothing is sent by this one");
  if (config.isDryRun || !plan.isSending) return { digest, files: written, commit, problems };
  const notifier = openNotifier(config);
  const isTold = plan.send.length > 0;
  const sending = isTold
    ? await sendDigest(notifier, figuresOf(digest), {
        message,
        thread: threadMessage(digest, telling),
        csv,
        now: config.now,
      })
    : await resendCsv(notifier, plan.state, csv, digest.day);
  const restating = await bringUpToDate(config, notifier, { messages, source, telling, isTold });
  const policies = policiesOn(files, digest.day);
  const board = dashboard(
    { digest, window, policies, readiness: readinessWords(digest, telling.words) },
    telling.words,
  );
  const told = { sent: sending.sent, updated: restating.updated, dashboard: board };
  const recordProblems = await recordSent(config, history, plan.send, told);
  const { dayFile } = linksAt(config, history, "HEAD");
  const issueTelling = { ...telling, links: { dayFile } };
  const issueProblems = plan.isNewest ? await applyIssues(config, digest, issueTelling, host) : [];
  const mailboxes = config.mailboxes.filter(({ name }) => unread.every(({ mailbox }) => mailbox !== name));
  const retentionProblems = await deleteOldMails(config, { history, mailboxes, host });
  const failed = [
    ...sending.problems,
    ...restating.problems,
    ...recordProblems,
    ...issueProblems,
    ...retentionProblems,
  ];
  problems.push(...failed);
  const { heartbeatUrl } = config;
  const missed = heartbeatUrl === undefined || problems.length > 0 ? undefined : await sendHeartbeat(heartbeatUrl);
  if (missed !== undefined) problems.push(missed);
  return { digest, files: written, commit, problems };
}

async function publish(host: Host, { digest, files, commit }: Omit<RunResult, "problems">, telling: Telling) {
  const { totals } = digest;
  await host.publish({
    table: digestTable(digest, telling.words, host.display),
    summary: digestMarkdown(digest, telling),
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
