import type { Config } from "../config/config.ts";
import { settledDay, weekToSend } from "../digest/due.ts";
import { windowDays } from "../digest/incident-days.ts";
import { dateOf, dayAfter, daysFrom, monthsBetween } from "../history/dates.ts";
import type { Day } from "../history/day/day.ts";
import { dayFilePath } from "../history/day-file/day-file.ts";
import {
  type AnyIndex,
  areCountedFrom,
  type CountedPair,
  type DomainMonth,
  emptyIndex,
  formatMonthIndex,
  indexFilesOf,
  isOutdated,
  oldIndexPathsOf,
  recountDay,
} from "../history/index/index.ts";
import { entriesAt, inPieces } from "../history/lists.ts";
import { weeksSent } from "../history/state.ts";
import { commitChange, type History } from "../io/history.ts";
import type { Host } from "../io/host.ts";
import { isCounting, type Trust, trustAbout } from "../report/trust/trust.ts";
import { domainsAtOnce, earlierDays, loadDays, loadState, policyDomainsOf } from "./open.ts";

/** So many months are counted anew in one commit: of large domains their indexes have a few megabytes. */
const monthsInCommit = 20;
/** And so many of those before the window in one run; the next one goes on. */
const mostEarlierMonths = 100;

type IndexesConfig = Pick<Config, "now" | "settleHours" | "weekday" | "slack">;

/**
 * Counts anew those indexes that this run needs and that another release has written, in commits of their own: an upgrade
 * asks nothing of anybody. A digest needs the window; the weekly message 13 months, of which a run counts the newest.
 */
export async function recountOutdated(config: IndexesConfig, history: History, host: Host): Promise<void> {
  const domains = await policyDomainsOf(history);
  const day = settledDay(config.now, config.settleHours);
  const first = dayAfter(day, -windowDays);
  const ofWindow = monthsBetween(first, dateOf(config.now));
  const before = (await isWeekDue(config, history)) ? monthsBetween(dayAfter(day, -earlierDays), first) : [];
  const needed = await outdatedMonths(history, domains, ofWindow);
  const earlier = before.filter((month) => !ofWindow.includes(month)).reverse();
  const outdated = [...needed, ...(await outdatedMonths(history, domains, earlier)).slice(0, mostEarlierMonths)];
  if (outdated.length > 0) {
    host.info(`${outdated.length} months of indexes are of another release: they are counted anew from the day files`);
  }
  for (const months of inPieces(outdated, monthsInCommit)) {
    await commitChange(history, async () => {
      const files = new Map((await loadIndexes(history, months)).flatMap(filesOfIndex));
      return { files, message: `Count the indexes of ${months.length} months anew`, value: undefined };
    });
  }
}

async function isWeekDue({ now, settleHours, weekday, slack }: IndexesConfig, history: History): Promise<boolean> {
  if (weekday === undefined) return false;
  const state = await loadState(history);
  const sent = weeksSent(state, slack !== undefined);
  const startDay = state.startDay ?? settledDay(now, settleHours);
  return weekToSend({ now, weekday, settleHours }, { startDay, sent }) !== undefined;
}

async function outdatedMonths(history: History, domains: string[], months: string[]): Promise<DomainMonth[]> {
  const found: DomainMonth[] = [];
  for (const some of inPieces(domains, domainsAtOnce)) found.push(...(await outdatedOf(history, some, months)));
  return months.flatMap((month) => found.filter((one) => one.month === month));
}

async function outdatedOf(history: History, domains: string[], months: string[]): Promise<DomainMonth[]> {
  const all = months.flatMap((month) =>
    domains.flatMap((domain): DomainMonth[] => [
      { domain, month },
      { kind: "tls", domain, month },
    ]),
  );
  const texts = await history.readFiles(all.flatMap(indexFilesOf));
  // Only where there is nothing of this release, the files of earlier ones are looked for: it saves requests.
  const others = all.filter((of) => !indexFilesOf(of).some((path) => texts.has(path)));
  for (const [path, text] of await history.readFiles(others.flatMap(oldIndexPathsOf))) texts.set(path, text);
  return all.filter((of) => isOutdated(of, texts));
}

interface IndexTexts {
  of: DomainMonth;
  texts: ReadonlyMap<string, string>;
  gone: string[];
}

/** The indexes of some months; one that another release has written is counted anew from all day files of its month. */
export async function loadIndexes(history: History, months: readonly DomainMonth[]): Promise<IndexTexts[]> {
  const filesOf = (of: DomainMonth): string[] => [...indexFilesOf(of), ...oldIndexPathsOf(of)];
  const found = await history.readFiles(months.flatMap(filesOf));
  const loaded: IndexTexts[] = [];
  for (const of of months) {
    const files = isOutdated(of, found) ? formatMonthIndex(await recountMonth(history, of)) : found;
    const texts = new Map(entriesAt<string, string>(files, indexFilesOf(of)));
    const gone = filesOf(of).filter((path) => found.has(path) && !texts.has(path));
    loaded.push({ of, texts, gone });
  }
  return loaded;
}

/** All that a commit writes of an index: path to text, or to `undefined` for a file that is to go. */
export function filesOfIndex({ texts, gone }: Pick<IndexTexts, "texts" | "gone">): [string, string | undefined][] {
  return [...texts, ...gone.map((path): [string, undefined] => [path, undefined])];
}

async function recountMonth(history: History, { month, ...of }: DomainMonth): Promise<AnyIndex> {
  const days = daysFrom(`${month}-01`, `${month}-31`).filter((day) => day.startsWith(month));
  const found = await loadDays(
    history,
    days.map((day) => dayFilePath({ ...of, day })),
  );
  return [...found.values()].reduce<AnyIndex>(recountDay, emptyIndex({ ...of, month }));
}

/**
 * What to say, to people, of days whose files are not what their indexes were counted from. The files are the history, and
 * the run goes by them.
 *
 * @param days - As they are in the history; without a report where there is no file.
 * @param linesOf - What the index says of a day.
 * @param trust - By whose lines alone it is asked for; by all when left out.
 */
export function editedProblems(
  days: readonly Day[],
  linesOf: (day: Day) => readonly CountedPair[],
  trust?: Trust,
): string[] {
  const isWrong = (day: Day): boolean => {
    const about = trust && trustAbout(day.domain, trust);
    const isMeant = ({ verdict, reporter }: CountedPair): boolean =>
      about === undefined || isCounting({ verdict, domain: reporter }, about);
    return !areCountedFrom(linesOf(day), day, isMeant);
  };
  return days
    .filter(isWrong)
    .map(dayFilePath)
    .map(
      (path) =>
        `${path} is not what its index was counted from: one of the two was edited by hand. The run went by the day ` +
        `file. If that is not meant, bring back an earlier version of it from git (in data-path: git log -- ${path}). ` +
        "Then run dmarc-digest rebuild, and commit what it changes.",
    );
}
