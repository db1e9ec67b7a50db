import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { countingDays } from "../digest/day/day.ts";
import { exploreData } from "../digest/explore/explore.ts";
import { type Day, isAggregateDay } from "../history/day/day.ts";
import { loadPageScript } from "../io/page-script.ts";
import { explorePage } from "../render/explore/explore.ts";
import { formatCount, formatNumberOf, wordsOf } from "../render/words/words.ts";
import { loadHistoryWindow } from "./history-window.ts";
import { type OnJudged, readDay } from "./month-days.ts";

const shownMonths = 13;
/** And records of so many days, as far as there is room for them. */
const daysWithRecords = 14;

/**
 * The command `dmarc-digest explore [DATA]`: one HTML file with the last 13 months, which asks nobody for anything.
 *
 * @param options.target - The file to write; folders that are missing are made.
 */
export async function explore(options: OnJudged & { target: string }): Promise<number> {
  const { dataPath, target, judging, now, stdout } = options;
  const { settleHours, judging: set, trust, language } = judging;
  const { folder, window, days } = await loadHistoryWindow(dataPath, judging, {
    command: "explore",
    mostMonths: shownMonths,
    isShown: set.isOurs,
  });
  const newest = new Set([...new Set(days.map(({ day }) => day))].slice(0, daysWithRecords));
  const read: Day[] = [];
  for (const of of days.filter(({ day }) => newest.has(day))) {
    const { day } = await readDay(folder, of, of.paths);
    if (isAggregateDay(day)) read.push(day);
  }
  const data = exploreData({ window, judging: set, now, settleHours, days: countingDays(read, trust) });
  const page = explorePage(data, { words: wordsOf(language), language }, await loadPageScript());
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, page);
  const size = formatCount(Math.ceil(Buffer.byteLength(page) / 1024));
  stdout.write(
    `${target}: ${formatNumberOf(data.domains.length, "domain")}, ${formatNumberOf(data.days, "day")}, ${size} KB\n`,
  );
  return 0;
}
