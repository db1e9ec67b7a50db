import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config } from "../config/config.ts";
import { type Digest, type DigestSource, factsFrom } from "../digest/digest.ts";
import { failingRecords } from "../digest/failures.ts";
import { failPartOf } from "../digest/mail-class.ts";
import { countingDays } from "../digest/not-counted.ts";
import type { CsvFile, SlackMessage } from "../io/notifier.ts";
import { failuresCsv } from "../render/csv.ts";

/** Files that a run leaves for people and for later steps of a workflow; absolute paths. */
export interface ResultFiles {
  digestPath: string;
  /** The failing records; absent when there are none. */
  csvPath?: string;
  /** The message as it goes, or would go, to Slack. */
  slackPath: string;
}

/**
 * Writes the digest as JSON, the failing records as CSV and the Slack payload.
 *
 * @param outputPath - The folder to write into; a new temporary one when `undefined`.
 */
export async function writeResults(
  outputPath: string | undefined,
  { digest, csv, message }: { digest: Digest; csv: string; message: SlackMessage },
): Promise<ResultFiles> {
  const folder =
    outputPath === undefined ? await mkdtemp(join(tmpdir(), "dmarc-digest-")) : join(outputPath, "dmarc-digest");
  await mkdir(folder, { recursive: true });
  const write = async (name: string, text: string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, text);
    return path;
  };
  return {
    digestPath: await write("digest.json", `${JSON.stringify(digest, null, 2)}\n`),
    csvPath: csv === "" ? undefined : await write(csvName(digest.day), csv),
    slackPath: await write("slack.json", `${JSON.stringify(message, null, 2)}\n`),
  };
}

/** The name of the CSV file of a digest's day. */
function csvName(day: string): string {
  return `dmarc-failures-${day}.csv`;
}

/** The CSV of the failing records of a digest's days, as far as it is asked for; its text is empty for none. */
export function csvOf(
  config: Config,
  digest: Digest,
  { files, trust, window }: Pick<DigestSource, "files" | "trust" | "window">,
): CsvFile {
  const told = new Set([digest.day, ...digest.earlierDays.map(({ day }) => day)]);
  const days = countingDays(files, trust).filter(({ day }) => told.has(day));
  const records = failingRecords(days, factsFrom(window, digest.day));
  const name = csvName(digest.day);
  switch (config.csv) {
    case "any-fail":
      return { name, text: failuresCsv(records) };
    case "dmarc-fail":
      return { name, text: failuresCsv(records.filter(({ mailClass }) => failPartOf(mailClass) !== undefined)) };
    case "none":
      return { name, text: "" };
    default:
      return config.csv satisfies never;
  }
}
