import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config } from "../config/config.ts";
import { learningDays } from "../digest/window/window.ts";
import { dayAfter } from "../history/dates.ts";
import { plainJson } from "../history/format.ts";
import { outputFolder } from "../io/files/files.ts";
import type { Host } from "../io/host.ts";
import type { Outcome } from "../io/notifier.ts";
import { systemAdvice } from "../io/system-failure.ts";
import { digestPage, weekPage } from "../render/pages/pages.ts";
import { printMarkdown, printSlack, printTerminal } from "../render/print/print.ts";
import type { Story } from "./digest.ts";

/** Files that a run leaves for people and for later steps of a workflow; absolute paths. Those that can't be written are absent. */
export interface ResultFiles {
  digestPath?: string;
  /** The failing records; absent when there are none, too. */
  csvPath?: string;
  /** The message as it goes, or would go, to Slack. */
  slackPath?: string;
}

/** Writes the results of a run, and leaves them for people and for later steps. What can't be written is a problem. */
export async function showResults(
  config: Pick<Config, "outputPath" | "isDryRun" | "weekday" | "settleHours">,
  host: Host,
  story: Story,
): Promise<Outcome & { files: ResultFiles }> {
  const { outputPath, isDryRun } = config;
  const { files, problems } = await writeResults(outputPath, story);
  const published = await publishResults(host, story, { files, isDryRun, outlook: firstRunText(story, config) });
  return { files, problems: [...problems, ...published] };
}

/** Writes the digest as JSON, the failing records as CSV and the Slack payload. */
async function writeResults(
  outputPath: string | undefined,
  { digest, csv, page }: Pick<Story, "digest" | "csv" | "page">,
): Promise<Outcome & { files: ResultFiles }> {
  const files: ResultFiles = {};
  try {
    const folder = await outputFolder(outputPath);
    const write = async (name: string, text: string): Promise<string> => {
      const path = join(folder, name);
      await writeFile(path, text);
      return path;
    };
    files.digestPath = await write("digest.json", plainJson(`${JSON.stringify(digest, null, 2)}\n`));
    if (csv.text !== "") files.csvPath = await write(csv.name, csv.text);
    files.slackPath = await write("slack.json", plainJson(`${JSON.stringify(printSlack(page), null, 2)}\n`));
    return { files, problems: [] };
  } catch (error) {
    return { files, problems: [writingProblem(error, outputPath)] };
  }
}

/**
 * Why no files of the digest could be written, for people.
 *
 * @throws the error itself when it is none of the system's.
 */
export function writingProblem(error: unknown, outputPath: string | undefined): string {
  const advice = systemAdvice(error);
  if (advice === undefined) throw error;
  const where = outputPath === undefined ? tmpdir() : `${outputPath} (RUNNER_TEMP)`;
  return `Files of the digest can't be written to ${where}: ${advice} All else was done.`;
}

function firstRunText(
  { plan, source, digest, pageOptions }: Story,
  times: Pick<Config, "settleHours" | "weekday">,
): string {
  if (plan.state.sent.length > 0) return "";
  const first = source.window.pairs.reduce((day, line) => (line.day < day ? line.day : day), digest.day);
  const known = dayAfter(first, learningDays);
  return pageOptions.words.firstRun({ ...times, ...(known > digest.day && { known }) });
}

async function publishResults(
  host: Host,
  { digest, week, pageOptions, commit, plan }: Story,
  { files, isDryRun, outlook }: { files: ResultFiles; isDryRun: boolean; outlook: string },
): Promise<string[]> {
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
      "digest-path": files.digestPath ?? "",
    },
  });
  if (outlook !== "") host.info(outlook);
  return problems;
}
