import type { Config } from "../config/config.ts";
import type { Day } from "../history/day.ts";
import { dayFilePath, formatDayFile, isDomainFolder, parseDayFile } from "../history/day-file.ts";
import { addMail, type Days, dayPathsOf, type IntakeEntry } from "../history/intake.ts";
import { formatState, parseState, type State, statePath } from "../history/state.ts";
import type { History } from "../io/history.ts";
import { openGitHistory } from "../io/history-git.ts";
import type { FetchedMail } from "./mailboxes.ts";

/** The history that the configuration names. */
export async function openHistory({ dataPath, webUrl, isDryRun }: Config): Promise<History> {
  return await openGitHistory({ dataPath, webUrl, isPulling: !isDryRun });
}

/** What the runs before this one left to be known. */
export async function loadState(history: History): Promise<State> {
  return parseState((await history.readFiles([statePath])).get(statePath));
}

/** The days that the mails' reports belong to with the reports in them, and what became of each mail. */
export async function addMails(
  history: History,
  mails: FetchedMail[],
  domains: readonly string[],
): Promise<{ days: Days; entries: IntakeEntry[] }> {
  let days: Days = await loadDays(history, new Set(mails.flatMap(({ mail }) => dayPathsOf(mail, domains))));
  const entries: IntakeEntry[] = [];
  for (const { mailbox, name, mail } of mails) {
    const added = addMail(days, mail, { mailbox, mail: name, domains });
    days = added.days;
    entries.push(added.entry);
  }
  return { days, entries };
}

/** The days at these paths; missing ones are left out. */
async function loadDays(history: History, paths: Iterable<string>): Promise<Map<string, Day>> {
  const texts = await history.readFiles([...paths]);
  return new Map([...texts].map(([path, text]) => [path, parseDayFile(path, text)]));
}

/** All policy domains of which the history, or what was just added to it, knows a report. */
export async function policyDomains(history: History, added: Days): Promise<string[]> {
  const folders = (await history.listFolders()).filter(isDomainFolder);
  return [...new Set([...folders, ...[...added.values()].map(({ domain }) => domain)])].sort();
}

/** The day files of some days over all domains, those just added among them. */
export async function loadDaysOf(history: History, domains: string[], days: string[], added: Days): Promise<Day[]> {
  const paths = domains.flatMap((domain) => days.map((day) => dayFilePath({ domain, day })));
  const stored = await loadDays(
    history,
    paths.filter((path) => !added.has(path)),
  );
  return paths.flatMap((path) => added.get(path) ?? stored.get(path) ?? []);
}

/** The files of a commit: path to text. */
export function filesOf(days: Days, state: State): Map<string, string> {
  const files = [...days].map(([path, day]): [string, string] => [path, formatDayFile(day)]);
  return new Map([...files, [statePath, formatState(state)]]);
}
