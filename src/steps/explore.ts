import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "../config/config.ts";
import { countingDays } from "../digest/day/day.ts";
import { exploreData } from "../digest/explore/explore.ts";
import { windowDays } from "../digest/incident-days.ts";
import { outputFolder } from "../io/files/files.ts";
import type { History } from "../io/history.ts";
import type { Host } from "../io/host.ts";
import type { Outcome } from "../io/notifier.ts";
import { loadPageScript } from "../io/page-script.ts";
import { explorePage } from "../render/explore/explore.ts";
import { wordsOf } from "../render/words/words.ts";
import type { Story } from "./digest.ts";
import { earlierDays, loadWindow } from "./open.ts";
import { writingProblem } from "./results.ts";

/** So many lines of indexes go into the page, 50 domains over 13 months and more: the heap has room for them where a run has 8 GB. */
const mostLines = 800_000;

/** Less than a month more than a digest has read is not worth reading all of it once more. */
const fewDays = 31;

/** Days of which there is room in the page, by the lines of those that a digest reads; the latter at least. */
export function exploredDays(lines: number): number {
  const days = Math.min(earlierDays, Math.floor((mostLines * windowDays) / lines));
  return days < windowDays + fewDays ? windowDays : days;
}

type ExploreConfig = Pick<Config, "isExploring" | "mode" | "now" | "settleHours" | "judging" | "language" | "trust">;

/**
 * Writes the page to explore the history where it is asked for, and names its path: up to 13 months, of the digest's days with
 * their records. It comes after all else, since no other step reads so much. A watch, which is there for alarms alone, writes none.
 */
export async function showExplorer(
  config: ExploreConfig & Pick<Config, "outputPath">,
  host: Host,
  { history, story: { source, digest } }: { history: History; story: Pick<Story, "source" | "digest"> },
): Promise<Outcome> {
  const { isExploring, mode, now, settleHours, judging, language, trust, outputPath } = config;
  if (!isExploring || mode === "watch") return { problems: [] };
  const days = exploredDays(source.window.senders.length);
  const plan = { day: digest.day, now, trust, changed: new Map(), days };
  const isSame = days === windowDays;
  const window = isSame ? source.window : await loadWindow(history, source.policyDomains, plan);
  const senders = isSame ? source.senders : undefined;
  const data = exploreData({ window, senders, judging, now, settleHours, days: countingDays(source.files, trust) });
  const page = explorePage(data, { words: wordsOf(language), language }, await loadPageScript());
  try {
    const path = join(await outputFolder(outputPath), "explore.html");
    await writeFile(path, page);
    host.info(`Page to explore ${path}`);
    return { problems: await host.publish({ outputs: { "explore-path": path } }) };
  } catch (error) {
    return { problems: [writingProblem(error, outputPath)] };
  }
}
