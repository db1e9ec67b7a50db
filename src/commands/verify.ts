import { formatSnapshot, parseSnapshot } from "../digest/incidents/incidents.ts";
import { type AnyDay, dayFaults, uncountedFaults } from "../history/day/day.ts";
import { dayFilePath, formatDay, uncountedPath } from "../history/day-file/day-file.ts";
import { formatDns, formatNetworks, parseDns, parseNetworks } from "../history/dns/dns.ts";
import { formatMonthIndex, isIndexText } from "../history/index/index.ts";
import { formatLedger, ledgerFaults, ledgerOfPart, parseLedger } from "../history/intake/intake.ts";
import type { MonthFiles } from "../history/month-files.ts";
import { formatState, parseState } from "../history/state.ts";
import { pathFault, sizeFault, widthFault } from "../history/tree-limits.ts";
import { type HistoryEntry, type HistoryFolder, openHistoryFolder } from "../io/history-folder.ts";
import { logText } from "../render/escape.ts";
import { formatCount, formatNumberOf } from "../render/words/words.ts";
import { countMonth, naming, type OnHistory, oddFault } from "./month-days.ts";

/**
 * The command `dmarc-digest verify [DATA]`: checks every file of a history, one month at a time, and changes nothing.
 *
 * A day file has the shape of its schema, is about the domain and day that its path names, and is byte for byte as it
 * would be written now; its reports have different keys, and hashes that are those of their records. Index files are
 * those that the day files give. No mail stands twice in a file of the intake ledger, and `state.json`, `incidents.json`, `networks.json` and those of `dns/` can be read. Names,
 * sizes and numbers of files are those that git and GitHub take.
 *
 * @returns The exit code: 0 when all is good, 1 when not; each fault is named with its file and what to do.
 */
export async function verify({ dataPath, stdout }: OnHistory): Promise<number> {
  const folder = await openHistoryFolder(dataPath, "verify");
  const counts = { dayFiles: 0, indexFiles: 0, intakeFiles: 0, others: 0, faults: 0 };
  const fault = (message: string): void => {
    counts.faults += 1;
    if (counts.faults <= faultsShown) stdout.write(`${logText(message, 1000)}\n`);
  };
  const widths = new Map<string, number>();
  const seenMails = new Map<string, Set<string>>();
  for await (const entry of folder.entries()) {
    await verifyEntry(folder, entry, { fault, seenMails });
    const paths = entry.kind === "month" ? [...entry.days.values(), entry.indexes].flat() : [entry.path];
    for (const path of paths) {
      // Whether the tree can be pushed: what is not ours would be in the way, too.
      const what = pathFault(path) ?? sizeFault(await folder.sizeOf(path));
      if (what !== undefined) fault(`${path}: ${what}. Remove it, or keep it elsewhere.`);
      const above = path.slice(0, path.lastIndexOf("/"));
      widths.set(above, (widths.get(above) ?? 0) + 1);
    }
    if (entry.kind === "intake") counts.intakeFiles += 1;
    if (entry.kind === "other") counts.others += 1;
    if (entry.kind !== "month") continue;
    counts.dayFiles += [...entry.days.values()].flat().length;
    counts.indexFiles += entry.indexes.length;
  }
  for (const [path, entries] of widths) {
    const what = widthFault(entries);
    if (what !== undefined) fault(`${path}: ${what}. Start anew with the newest months: dmarc-digest prune.`);
  }
  stdout.write(`${summaryOf(counts)}\n`);
  return counts.faults === 0 ? 0 : 1;
}

type Fault = (message: string) => void;

/** How many faults are named; line ends changed by git, say, are a fault in every file. */
const faultsShown = 100;

/** Of the days whose ledger has several files, the mails that were seen so far, by the path of the first file. */
type SeenMails = Map<string, Set<string>>;

async function verifyEntry(
  folder: HistoryFolder,
  entry: HistoryEntry,
  { fault, seenMails }: { fault: Fault; seenMails: SeenMails },
): Promise<void> {
  switch (entry.kind) {
    case "month":
      return await verifyMonth(folder, entry, fault);
    case "state":
    case "incidents":
    case "networks":
    case "dns": {
      const { kind, path } = entry;
      await naming(fault, async () => {
        const text = await folder.read(path);
        const expected = rewriters[kind](text, path);
        if (text !== undefined && text !== expected) fault(bytesFault(path, text, expected));
      });
      return;
    }
    case "intake":
      return await verifyLedger(folder, entry.path, { fault, seenMails });
    case "odd":
      return fault(oddFault(entry.path));
    case "other":
      return;
    default:
      return entry satisfies never;
  }
}

type Rewrite = (text: string | undefined, path: string) => string;

/** Reads a text, and writes what it says as it would be written now. */
const rewriters: Record<"state" | "incidents" | "networks" | "dns", Rewrite> = {
  state: (text) => formatState(parseState(text)),
  incidents: (text) => {
    const snapshot = parseSnapshot(text);
    return snapshot === undefined ? "" : formatSnapshot(snapshot);
  },
  networks: (text) => formatNetworks(parseNetworks(text)),
  dns: (text, path) => formatDns(parseDns(path, text)),
};

async function verifyLedger(
  folder: HistoryFolder,
  path: string,
  { fault, seenMails }: { fault: Fault; seenMails: SeenMails },
): Promise<void> {
  await naming(fault, async () => {
    const text = (await folder.read(path)) ?? "";
    const ledger = parseLedger(path, text);
    const expected = formatLedger(ledger);
    if (text !== asInOlder(expected, text)) fault(bytesFault(path, text, expected));
    const first = ledgerOfPart(path);
    // The others come before it, in the order of the paths.
    const seen = seenMails.get(first) ?? new Set();
    if (path === first) seenMails.delete(first);
    else seenMails.set(first, seen);
    for (const what of ledgerFaults(ledger, seen)) fault(`${path}: ${what}. ${fromGit(path)}`);
  });
}

/** What is expected of a file, without the last columns where an older release had none: they are empty in all lines. */
function asInOlder(expected: string, text: string): string {
  const [names = "", ofText = ""] = [expected, text].map((of) => of.slice(0, of.indexOf("\n")));
  const more = names.startsWith(`${ofText},`) ? names.split(",").length - ofText.split(",").length : 0;
  return more === 0 ? expected : expected.replace(new RegExp(`(,\\w*){${more}}$`, "gm"), "");
}

async function verifyMonth(folder: HistoryFolder, month: MonthFiles, fault: Fault): Promise<void> {
  const index = await countMonth(folder, month, { day: (day, texts) => verifyDay(day, texts, fault), fault });
  if (index === undefined) return;
  const expected = formatMonthIndex(index);
  for (const path of new Set([...expected.keys(), ...month.indexes])) {
    await naming(fault, async () => {
      const what = indexFault(await folder.read(path), expected.get(path));
      if (what !== undefined) fault(`${path}: ${what}. Run dmarc-digest rebuild, look at the change, and commit it.`);
    });
  }
}

function verifyDay(day: AnyDay, texts: ReadonlyMap<string, string>, fault: Fault): void {
  const expected = formatDay(day);
  for (const [path, text] of texts) {
    if (expected.get(path) !== text) fault(bytesFault(path, text, expected.get(path) ?? ""));
  }
  const path = dayFilePath(day);
  for (const what of dayFaults(day)) fault(`${path}: ${what}. ${fromGit(path)}`);
  const beside = uncountedPath(path);
  const faults = day.uncounted === undefined ? [] : uncountedFaults(day.uncounted);
  for (const what of faults) fault(`${beside}: ${what}. ${fromGit(beside)}`);
}

function indexFault(text: string | undefined, expected: string | undefined): string | undefined {
  if (text === expected) return undefined;
  if (text === undefined) return "it is missing";
  if (expected === undefined)
    return isIndexText(text) ? "it is of another release, or no day file has reports of its month" : undefined;
  return `line ${differentLine(text, expected)} is not what the day files give`;
}

function bytesFault(path: string, text: string, expected: string): string {
  if (text.replaceAll("\r\n", "\n") === expected) {
    return `${path}: its lines end with CR LF. Set git config core.autocrlf input, and check the files out anew.`;
  }
  const line = differentLine(text, expected);
  return `${path}: it says nothing else than it should, but line ${line} is written in another way. ${fromGit(path)}`;
}

function fromGit(path: string): string {
  return `Bring back an earlier version of it from git (git log -- ${path}).`;
}

function differentLine(text: string, expected: string): number {
  const [lines, expectedLines] = [text.split("\n"), expected.split("\n")];
  const line = expectedLines.findIndex((words, index) => lines[index] !== words);
  return (line === -1 ? expectedLines.length : line) + 1;
}

type Counts = Record<"dayFiles" | "indexFiles" | "intakeFiles" | "others" | "faults", number>;

function summaryOf({ dayFiles, indexFiles, intakeFiles, others, faults }: Counts): string {
  const files = [
    formatNumberOf(dayFiles, "day file"),
    formatNumberOf(indexFiles, "index file"),
    ...(intakeFiles === 0 ? [] : [formatNumberOf(intakeFiles, "intake file")]),
  ].join(", ");
  const verb = others === 1 ? "is" : "are";
  const rest = others === 0 ? "" : ` (and ${formatCount(others)} that ${verb} not ours, not looked at)`;
  const more = faults > faultsShown ? `, of which ${faultsShown} are named` : "";
  return `${files}${rest}: ${faults === 0 ? "all good" : formatNumberOf(faults, "fault")}${more}`;
}
