import type { JudgingConfig } from "../config/config.ts";
import { parseWindow, type Window } from "../digest/window/window.ts";
import { noState, parseState, type State } from "../history/state.ts";
import { HistoryError } from "../io/history.ts";
import { type HistoryFolder, openHistoryFolder } from "../io/history-folder.ts";
import { makeFault } from "../report/fault.ts";

/** What the indexes of a history in a folder say. */
export interface HistoryWindow {
  folder: HistoryFolder;
  window: Window;
  state: State;
  /** Paths of the files of each day, by domain and day, the newest first. */
  days: { domain: string; day: string; paths: string[] }[];
}

interface HistoryWindowOptions {
  /** Whose it is, for what it says of a folder without a history. */
  command: string;
  mostMonths?: number;
  isShown?: (domain: string) => boolean;
}

/**
 * The window of all months of a history, or of its newest ones.
 *
 * @throws HistoryError when there is no history in the folder.
 * @throws HistoryFormatError when a file of it can't be read.
 */
export async function loadHistoryWindow(
  dataPath: string,
  { trust }: Pick<JudgingConfig, "trust">,
  { command, mostMonths = Number.POSITIVE_INFINITY, isShown = () => true }: HistoryWindowOptions,
): Promise<HistoryWindow> {
  const folder = await openHistoryFolder(dataPath, command);
  let state = noState;
  const all = [];
  for await (const entry of folder.entries()) {
    if (entry.kind === "state") state = parseState(await folder.read(entry.path));
    if (entry.kind === "month" && isShown(entry.domain)) all.push(entry);
  }
  const months = [...new Set(all.map(({ month }) => month))].sort().slice(-mostMonths);
  const [first, last = first] = [months[0], months.at(-1)];
  if (first === undefined) throw new HistoryError(makeFault("no-history", { folder: dataPath, command }));
  const texts = new Map<string, string>();
  const kept = all.filter(({ month }) => month >= first);
  for (const path of kept.flatMap(({ indexes }) => indexes)) texts.set(path, (await folder.read(path)) ?? "");
  const domains = new Set(kept.map(({ domain }) => domain));
  const ofMail = kept.filter(({ reportKind }) => reportKind === undefined);
  return {
    folder,
    window: parseWindow({ first: `${first}-01`, last: `${last}-31`, domains, texts, trust }),
    state,
    days: ofMail
      .flatMap(({ domain, days }) => Array.from(days, ([day, paths]) => ({ domain, day, paths })))
      .sort((a, b) => (a.day < b.day ? 1 : a.day > b.day ? -1 : 0)),
  };
}
