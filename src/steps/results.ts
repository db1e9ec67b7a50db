import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config } from "../config/config.ts";
import { countingDays } from "../digest/day/day.ts";
import { exploreData } from "../digest/explore/explore.ts";
import { learningDays } from "../digest/window/window.ts";
import { dayAfter } from "../history/dates.ts";
import { plainJson } from "../history/format.ts";
import type { History } from "../io/history.ts";
import type { Host } from "../io/host.ts";
import type { Outcome } from "../io/notifier.ts";
import { loadPageScript } from "../io/page-script.ts";
import { systemAdvice } from "../io/system-failure.ts";
import { explorePage } from "../render/explore/explore.ts";
import { digestPage, weekPage } from "../render/pages/pages.ts";
import { printMarkdown, printSlack, printTerminal } from "../render/print/print.ts";
import { wordsOf } from "../render/words/words.ts";
import type { Story } from "./digest.ts";
import { earlierDays, loadWindow, policyDomainsOf } from "./open.ts";

/** Files that a run leaves for people and for later steps of a workflow; absolute paths. Those that can't be written are absent. */
export interface ResultFiles {
  digestPath?: string;
  /** The failing records; absent when there are none, too. */
  csvPath?: string;
  /** The message as it goes, or would go, to Slack. */
  slackPath?: string;
  /** The page to explore the history; absent where nobody asks for it, too. */
  explorePath?: string;
}

type ExploreConfig = Pick<Config, "isExploring" | "mode" | "now" | "settleHours" | "judging" | "language" | "trust">;

/** Writes the results of a run, and leaves them for people and for later steps. What can't be written is a problem. */
export async function showResults(
  config: Pick<Config, "outputPath" | "isDryRun" | "weekday"> & ExploreConfig,
  host: Host,
  { history, story }: { history: History; story: Story },
): Promise<Outcome & { files: ResultFiles }> {
  const { outputPath, isDryRun } = config;
  // A watch is there for alarms alone, and the page reads 13 months.
  const page = config.isExploring && config.mode !== "watch" ? await exploreText(config, history, story) : undefined;
  const { files, problems } = await writeResults(outputPath, story, page);
  const published = await publishResults(host, story, { files, isDryRun, outlook: firstRunText(story, config) });
  return { files, problems: [...problems, ...published.problems] };
}

/**
 * Writes the digest as JSON, the failing records as CSV and the Slack payload. What can't be written is a problem, and
 * keeps nothing from being sent.
 *
 * @param outputPath - The folder to write into; a new temporary one when `undefined`.
 */
async function writeResults(
  outputPath: string | undefined,
  { digest, csv, page }: Pick<Story, "digest" | "csv" | "page">,
  explore: string | undefined,
): Promise<Outcome & { files: ResultFiles }> {
  const files: ResultFiles = {};
  try {
    const folder =
      outputPath === undefined ? await mkdtemp(join(tmpdir(), "dmarc-digest-")) : join(outputPath, "dmarc-digest");
    await mkdir(folder, { recursive: true });
    const write = async (name: string, text: string): Promise<string> => {
      const path = join(folder, name);
      await writeFile(path, text);
      return path;
    };
    files.digestPath = await write("digest.json", plainJson(`${JSON.stringify(digest, null, 2)}\n`));
    if (csv.text !== "") files.csvPath = await write(csv.name, csv.text);
    files.slackPath = await write("slack.json", plainJson(`${JSON.stringify(printSlack(page), null, 2)}\n`));
    if (explore !== undefined) files.explorePath = await write("explore.html", explore);
    return { files, problems: [] };
  } catch (error) {
    const advice = systemAdvice(error);
    if (advice === undefined) throw error;
    const where = outputPath === undefined ? tmpdir() : `${outputPath} (RUNNER_TEMP)`;
    return { files, problems: [`Files of the digest can't be written to ${where}: ${advice} All else was done.`] };
  }
}

/** What happens from now on, before anything was sent; else nothing. */
function firstRunText(
  { plan, source, digest, pageOptions }: Story,
  times: Pick<Config, "settleHours" | "weekday">,
): string {
  if (plan.state.sent.length > 0) return "";
  const first = source.window.pairs.reduce((day, line) => (line.day < day ? line.day : day), digest.day);
  const known = dayAfter(first, learningDays);
  return pageOptions.words.firstRun({ ...times, ...(known > digest.day && { known }) });
}

/** Leaves the digest for people in the job's log and summary, and its figures for later steps. */
async function publishResults(
  host: Host,
  { digest, week, pageOptions, commit, plan }: Story,
  { files, isDryRun, outlook }: { files: ResultFiles; isDryRun: boolean; outlook: string },
): Promise<Outcome> {
  const { totals } = digest;
  const page = digestPage(digest, pageOptions);
  const weekly = week === undefined ? "" : `\n${printMarkdown(weekPage(week, pageOptions))}`;
  const problems = await host.publish({
    table: printTerminal(page, host.display),
    summary: printMarkdown(page) + weekly + (outlook && `\n${outlook}\n`),
    outputs: {
      day: digest.day,
      "new-days": isDryRun ? "" : plan.send.join(" "),
      verdict: digest.verdict,
      messages: String(totals.messages),
      "dmarc-fail": String(totals.dmarcFail),
      "spf-or-dkim-fail": String(totals.spfOrDkimFail),
      commit: commit ?? "",
      "csv-path": files.csvPath ?? "",
      "explore-path": files.explorePath ?? "",
      "digest-path": files.digestPath ?? "",
    },
  });
  if (outlook !== "") host.info(outlook);
  return { problems };
}

/** The page to explore 13 months of the history; of the digest's days with their records. */
async function exploreText(config: ExploreConfig, history: History, { source, digest }: Story): Promise<string> {
  const { now, settleHours, judging, language } = config;
  const trust = config.trust;
  const plan = { day: digest.day, now, trust, changed: new Map(), days: earlierDays };
  const window = await loadWindow(history, await policyDomainsOf(history), plan);
  const data = exploreData({ window, judging, now, settleHours, days: countingDays(source.files, trust) });
  return explorePage(data, { words: wordsOf(language), language }, await loadPageScript());
}
