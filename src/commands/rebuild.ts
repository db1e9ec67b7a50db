import { HistoryFormatError } from "../history/format.ts";
import { formatMonthIndex, isIndexText } from "../history/index/index.ts";
import type { MonthFiles } from "../history/month-files.ts";
import { type HistoryFolder, openHistoryFolder } from "../io/history-folder.ts";
import { logText } from "../render/escape.ts";
import { formatCount, formatNumberOf } from "../render/words/words.ts";
import { countMonth, type OnHistory, oddFault } from "./month-days.ts";
import type { Output } from "./read/read.ts";

/**
 * The command `dmarc-digest rebuild [DATA]`: makes all index files anew from the day files, one month at a time.
 *
 * Nothing else is touched. A month of which a day file can't be read keeps the index files that it has.
 *
 * @returns The exit code: 0, or 1 when something can't be read; it's named on stderr, and the others are made all the same.
 */
export async function rebuild({ dataPath, stdout, stderr }: OnHistory & { stderr: Output }): Promise<number> {
  const folder = await openHistoryFolder(dataPath, "rebuild");
  const counts = { dayFiles: 0, indexFiles: 0, changes: 0, faults: 0 };
  const fault = (message: string): void => {
    counts.faults += 1;
    stderr.write(`${logText(message, 1000)}\n`);
  };
  for await (const entry of folder.entries()) {
    if (entry.kind === "odd") fault(oddFault(entry.path));
    if (entry.kind !== "month") continue;
    const { indexFiles, changes } = await rebuildMonth(folder, entry, fault);
    for (const change of changes) stdout.write(`${logText(change)}\n`);
    counts.dayFiles += [...entry.days.values()].flat().length;
    counts.indexFiles += indexFiles;
    counts.changes += changes.length;
  }
  stdout.write(`${summaryOf(counts)}\n`);
  return counts.faults === 0 ? 0 : 1;
}

async function rebuildMonth(
  folder: HistoryFolder,
  month: MonthFiles,
  fault: (message: string) => void,
): Promise<{ indexFiles: number; changes: string[] }> {
  const index = await countMonth(folder, month, { fault });
  if (index === undefined) return { indexFiles: month.indexes.length, changes: [] };
  const texts = formatMonthIndex(index);
  const changes: string[] = [];
  for (const path of new Set([...texts.keys(), ...month.indexes])) {
    const [before, after] = [await readIndex(folder, path), texts.get(path)];
    const isStrange = month.days.size === 0 && !isIndexText(before ?? "");
    if (before === after || isStrange) continue;
    changes.push(`${before === undefined ? "made" : after === undefined ? "removed" : "changed"} ${path}`);
    await (after === undefined ? folder.remove(path) : folder.save(path, after));
  }
  return { indexFiles: [...texts.values()].filter((text) => text !== undefined).length, changes };
}

/** An index file is made anew whatever stands in it, even if that is no text at all. */
async function readIndex(folder: HistoryFolder, path: string): Promise<string | undefined> {
  try {
    return await folder.read(path);
  } catch (error) {
    if (error instanceof HistoryFormatError) return "";
    throw error;
  }
}

function summaryOf(counts: Record<"dayFiles" | "indexFiles" | "changes" | "faults", number>): string {
  const files = `${formatNumberOf(counts.indexFiles, "index file")} of ${formatNumberOf(counts.dayFiles, "day file")}`;
  const changes = counts.changes === 0 ? "nothing to change" : `${formatCount(counts.changes)} changed; commit them`;
  const faults = counts.faults === 0 ? "" : `; ${formatNumberOf(counts.faults, "fault")}, see above`;
  return `${files}: ${changes}${faults}`;
}
