import type { Config } from "../config/config.ts";
import { windowDays } from "../digest/incident-days.ts";
import { incidentsPath, parseSnapshot, type Snapshot } from "../digest/incidents/incidents.ts";
import { undecidedDomains } from "../digest/readiness.ts";
import { countingTest, openWindow, type Window } from "../digest/window/window.ts";
import { dateOf, dayAfter, monthsBetween } from "../history/dates.ts";
import { type AnyDay, type Day, isAggregateDay, wholeDay } from "../history/day/day.ts";
import { dayFilePath, domainOfFolder, parseDay, recordsFilesIn, uncountedPath } from "../history/day-file/day-file.ts";
import { indexPathsOf, seenSenders, tlsIndexPath } from "../history/index/index.ts";
import { type Addition, type Ledger, ledgerPart, parseLedger } from "../history/intake/intake.ts";
import { entriesAt, inPieces } from "../history/lists.ts";
import { parseState, type State, statePath } from "../history/state.ts";
import { openGitHistory } from "../io/git/git.ts";
import { isPublicRepository, openGitHubHistory } from "../io/github/github.ts";
import { dryHistory, type History, remembering } from "../io/history.ts";
import type { Host } from "../io/host.ts";
import { makeFault } from "../report/fault.ts";
import type { Trust } from "../report/trust/trust.ts";
import { checkClock, SettingsError } from "./clock.ts";

/**
 * The history that the configuration names.
 *
 * @throws HistoryError when it can't be opened. SettingsError when everybody could read it and nobody said that they may, or when
 *   the clock is wrong.
 */
export async function openHistory(config: StoreOptions, host: Host): Promise<History> {
  const history = host.openHistory?.() ?? (await openStore(config));
  const { store } = config;
  if (history.head === undefined && store.kind === "github") {
    const branch = `Branch ${store.dataBranch} of ${store.github.repository}`;
    host.info(`${branch} is missing: the first commit makes it, without a parent`);
  }
  await checkClock(config, history);
  if (!config.allowsPublic && (await isPublic(history, config)))
    throw new SettingsError(makeFault("history-public", {}));
  return remembering(config.isDryRun ? dryHistory(history) : history);
}

type StoreOptions = Pick<Config, "store" | "webUrl" | "isDryRun" | "allowsPublic" | "github"> &
  Parameters<typeof checkClock>[0];

async function openStore({ store, webUrl, isDryRun }: StoreOptions): Promise<History> {
  switch (store.kind) {
    case "git":
      return await openGitHistory({ dataPath: store.dataPath, webUrl, isPulling: !isDryRun });
    case "github":
      return await openGitHubHistory({ ...store.github, dataBranch: store.dataBranch, dataPath: store.dataPath });
    default:
      return store satisfies never;
  }
}

/** Whether everybody can read the history; of a work tree, GitHub is asked where it is a clone of the Action's repository. */
async function isPublic(history: History, { github, webUrl }: StoreOptions): Promise<boolean> {
  if (history.isPublic !== undefined) return history.isPublic;
  const isClone = webUrl !== undefined && history.folderUrl("HEAD")?.startsWith(`${webUrl}/`) === true;
  return isClone && github !== undefined && (await isPublicRepository(github)) === true;
}

/** What the runs before this one left to be known. */
export async function loadState(history: History): Promise<State> {
  // With what is needed beside it: a store far away is asked once for both.
  return parseState((await history.readFiles([statePath, incidentsPath])).get(statePath));
}

/** Incidents as they stood two weeks ago. */
export async function loadSnapshot(history: History): Promise<Snapshot | undefined> {
  return parseSnapshot((await history.readFiles([incidentsPath])).get(incidentsPath));
}

/** The days whose files are at these paths, with the files beside them; missing ones are left out. */
export async function loadDays(history: History, all: readonly string[]): Promise<Map<string, AnyDay>> {
  const days = new Map(entriesAt(keptOf(history)?.days ?? new Map<string, AnyDay>(), all));
  const paths = all.filter((path) => !days.has(path));
  const texts = await history.readFiles(paths.flatMap((path) => [path, uncountedPath(path)]));
  const largeFiles = paths.flatMap((path) => recordsFilesIn(path, texts.get(path) ?? ""));
  const allTexts = new Map([...texts, ...(await history.readFiles(largeFiles))]);
  for (const path of paths) {
    const day = parseDay(path, allTexts);
    if (day !== undefined) days.set(path, day);
  }
  return days;
}

type Committed = Pick<Addition, "days" | "ledgers">;

/** Keeps in mind what stands at the head; `undefined` lets go of it. */
export function keepCommitted(history: History, committed: Committed | undefined): void {
  if (committed === undefined) lastCommitted.delete(history);
  else lastCommitted.set(history, { days: committed.days, ledgers: committed.ledgers, head: history.head });
}

/** The mails of one commit are often about days of the commit before, and have come on the same: those need not be read again. */
const lastCommitted = new WeakMap<History, Committed & { head: string | undefined }>();

function keptOf(history: History): Committed | undefined {
  const kept = lastCommitted.get(history);
  return kept?.head === history.head ? kept : undefined;
}

/** All policy domains of which the history knows a report. */
export async function policyDomainsOf(history: History): Promise<string[]> {
  return (await history.listFolders()).flatMap((name) => domainOfFolder(name) ?? []).sort();
}

/** All that is known of some days over all domains, each day as one set of reports. */
export async function loadDaysOf(history: History, domains: string[], days: string[]): Promise<Day[]> {
  return await loadDaysAt(
    history,
    domains.flatMap((domain) => days.map((day) => dayFilePath({ domain, day }))),
  );
}

/** The days of aggregate reports whose files are at these paths, each as one set of reports. */
export async function loadDaysAt(history: History, paths: readonly string[]): Promise<Day[]> {
  return [...(await loadDays(history, paths)).values()].filter(isAggregateDay).map(wholeDay);
}

/** Days before a digest's, 13 months, in which sources are looked for that send once a year. */
export const earlierDays = 396;

interface WindowPlan {
  day: string;
  now: Date;
  trust: Trust;
  /** Texts of index files that are about to be committed, by path. */
  changed: ReadonlyMap<string, string | undefined>;
  /** Days before it; `windowDays` when absent. */
  days?: number;
}

/** The days that a digest of a day needs beside the day, up to today, from the index files of all domains. */
export async function loadWindow(history: History, domains: Iterable<string>, plan: WindowPlan): Promise<Window> {
  const { day, trust } = plan;
  const today = dateOf(plan.now);
  const [first, last] = [dayAfter(day, -(plan.days ?? windowDays)), today > day ? today : day];
  const months = monthsBetween(first, last);
  const reading = openWindow({ first, last, trust });
  for (const some of inPieces([...domains], domainsAtOnce)) {
    const paths = some.flatMap((domain) =>
      months.flatMap((month) => [...Object.values(indexPathsOf({ domain, month })), tlsIndexPath({ domain, month })]),
    );
    const texts = await loadTexts(history, paths, plan.changed);
    for (const domain of some) reading.add(domain, texts);
    history.forget?.(paths);
  }
  return reading.close();
}

/** Of so many domains the index files are read at a time: each time may cost a request, and those of thousands much room. */
export const domainsAtOnce = 400;

/**
 * The window with what was seen in the months before it, which the weekly message alone needs; where something is left to
 * decide: of most domains nothing is, after a while.
 */
export async function withEarlier(
  history: History,
  window: Window,
  { day, trust, changed }: Omit<WindowPlan, "now" | "days">,
): Promise<Window> {
  const days = { first: dayAfter(day, -earlierDays), end: window.first };
  const months = monthsBetween(days.first, dayAfter(days.end, -1));
  const domains = undecidedDomains(window, day);
  const paths = domains.flatMap((domain) => months.map((month) => indexPathsOf({ domain, month }).senders));
  const texts = await loadTexts(history, paths, changed);
  const seenOf = (domain: string) =>
    seenSenders({ domain, months }, { ...days, isCounting: countingTest(domain, trust) }, texts);
  return { ...window, earlier: domains.flatMap(seenOf) };
}

/** The texts of files; of those that are about to be committed, the new ones. */
async function loadTexts(
  history: History,
  paths: readonly string[],
  changed: ReadonlyMap<string, string | undefined>,
): Promise<Map<string, string>> {
  const texts = await history.readFiles(paths.filter((path) => !changed.has(path)));
  return new Map([...texts, ...entriesAt(changed, paths)]);
}

/**
 * All ledger files of some days by their path, those of a day in the order of their numbers; of a day without any, an
 * empty one.
 *
 * @param days - The paths of their first files.
 */
export async function loadLedgersOf(history: History, days: readonly string[]): Promise<Map<string, Ledger>> {
  const ledgers = new Map<string, Ledger>();
  // A second file is rare, and asked for at once; whoever has it may have more.
  for (let [number, some] = [1, days]; some.length > 0; number += 2) {
    const paths = some.flatMap((day) => [ledgerPart(day, number), ledgerPart(day, number + 1)]);
    const found = await loadLedgers(history, paths);
    const isFirst = number === 1;
    for (const [path, ledger] of found) {
      if (ledger.lines.length > 0 || (isFirst && some.includes(path))) ledgers.set(path, ledger);
    }
    some = some.filter((day) => (found.get(ledgerPart(day, number + 1))?.lines.length ?? 0) > 0);
  }
  return ledgers;
}

/** Ledger files by their path; those that the history lacks are empty. One of the last commit is the same object. */
export async function loadLedgers(history: History, paths: readonly string[]): Promise<Map<string, Ledger>> {
  const kept = keptOf(history)?.ledgers;
  const asked = paths.filter((path) => kept?.has(path) !== true);
  const texts = asked.length === 0 ? new Map<string, string>() : await history.readFiles(asked);
  return new Map(paths.map((path) => [path, kept?.get(path) ?? parseLedger(path, texts.get(path))]));
}
