import { once } from "node:events";
import { stopHeapGrowth } from "../../heap.ts";
import { filesSource } from "../../io/files/files.ts";
import { readFetched, SourceError } from "../../io/source.ts";
import { reasonText } from "../../render/words/words.ts";
import { formatJsonLine } from "./read-output.ts";
import { makeReadTable } from "./read-table.ts";

/** A stream to write to; a terminal says so. */
export type Output = NodeJS.WritableStream & { isTTY?: boolean };

/** What `dmarc-digest read` is asked for. */
export interface ReadOptions extends Record<"stdout" | "stderr", Output> {
  paths: string[];
  /** One JSON line a file or mail, in place of the table. */
  json: boolean;
  now: Date;
}

/**
 * The command `dmarc-digest read PATH… [--json]`: says what is in files, mails and folders, and changes nothing.
 *
 * @returns The exit code: 0, or 2 when a path can't be opened; it's named on stderr, and the others are read all the same.
 */
export async function read({ paths, json, now, stdout, stderr }: ReadOptions): Promise<number> {
  stopHeapGrowth();
  let exitCode = 0;
  const table = makeReadTable(stdout);
  const progress = makeProgress(stderr);
  for (const path of paths) {
    try {
      for await (const mail of filesSource({ name: path, paths: [path] }).mails(undefined)) {
        const place = mail.file ?? { path: mail.name };
        const read = { ...place, files: (await readFetched(mail, { now, isSummed: true })).files };
        const text = json ? `${formatJsonLine(read)}\n` : table.add(read);
        if (!json && text !== "") progress.clear();
        await write(stdout, text);
        progress.step();
      }
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      progress.clear();
      await write(stderr, `${reasonText(error.reason)}\n`);
      exitCode = 2;
    }
  }
  progress.clear();
  if (!json) await write(stdout, table.end());
  return exitCode;
}

async function write(stream: Output, text: string): Promise<void> {
  if (text !== "" && !stream.write(text)) await once(stream, "drain");
}

/** Counts on one line of a terminal, and says nothing anywhere else. */
function makeProgress(stderr: Output): { step(): void; clear(): void } {
  let count = 0;
  const show = (text: string): void => void (stderr.isTTY === true && count > 0 && stderr.write(`\r${text}\u001b[K`));
  return {
    step: () => {
      count += 1;
      if (count % 25 === 0) show(`${count} read`);
    },
    clear: () => show(""),
  };
}
