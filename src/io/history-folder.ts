import type { Dirent } from "node:fs";
import { lstat, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { domainOfFolder } from "../history/day-file/day-file.ts";
import { networksPath } from "../history/dns/dns.ts";
import { damaged } from "../history/format.ts";
import { compareText } from "../history/lists.ts";
import { isMonthFile, type MonthFiles, monthFilesOf } from "../history/month-files.ts";
import { makeFault } from "../report/fault.ts";
import { HistoryError } from "./history.ts";

/** A history as plain files in a folder: no git, no commits. Paths are relative to the folder, with `/`. */
export interface HistoryFolder {
  /**
   * What is in it, in the order of the paths. Symbolic links are not followed; what isn't ours is left out.
   *
   * @throws HistoryError at its end when nothing of it is a history.
   */
  entries(): AsyncGenerator<HistoryEntry>;
  /** The text of a file; `undefined` when it is missing. One that is no UTF-8 is a HistoryFormatError. */
  read(path: string): Promise<string | undefined>;
  /** The size of a file in bytes, without following a symbolic link. */
  sizeOf(path: string): Promise<number>;
  /** Writes a file as a whole: a reader finds the old text or the new one. Its folder must be there. */
  save(path: string, text: string): Promise<void>;
  remove(path: string): Promise<void>;
}

/** Something in the folder of a history. */
export type HistoryEntry =
  | ({ kind: "month" } & MonthFiles)
  | { kind: "state" | "incidents" | "networks"; path: string }
  | { kind: "dns"; path: string }
  | { kind: "intake"; path: string }
  /** No file, or no folder, under a name of ours: a symbolic link for example. */
  | { kind: "odd"; path: string }
  /** Something among ours that is not ours. */
  | { kind: "other"; path: string };

/**
 * The history in a folder.
 *
 * @throws HistoryError when the folder can't be listed.
 */
export async function openHistoryFolder(dataPath: string, command: string): Promise<HistoryFolder> {
  const list = async (folder: string): Promise<Dirent[]> => {
    const entries = await readdir(join(dataPath, folder), { withFileTypes: true });
    return entries.sort((a, b) => compareText(a.name, b.name));
  };
  const top = await list("").catch((cause: NodeJS.ErrnoException) => {
    const problem = cause.code === "ENOENT" ? makeFault("no-such-folder", {}) : cause.message;
    throw new HistoryError(makeFault("folder-unopened", { folder: dataPath, problem }), { cause });
  });
  return {
    async *entries() {
      let isHistory = false;
      for await (const entry of entriesOf(top, list)) {
        isHistory ||= entry.kind !== "other";
        yield entry;
      }
      if (!isHistory) throw new HistoryError(makeFault("no-history", { folder: dataPath, command }));
    },
    read: async (path) => {
      const bytes = await readFile(join(dataPath, path)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return undefined;
        throw error;
      });
      return bytes === undefined ? undefined : textOf(path, bytes);
    },
    sizeOf: async (path) => (await lstat(join(dataPath, path))).size,
    save: async (path, text) => {
      const draft = join(dataPath, `${path}.new`);
      await rm(draft, { force: true });
      await writeFile(draft, text, { flag: "wx" });
      await rename(draft, join(dataPath, path));
    },
    remove: async (path) => await rm(join(dataPath, path)),
  };
}

type List = (folder: string) => Promise<Dirent[]>;

const kindsAtTop: ReadonlyMap<string, "state" | "incidents" | "networks"> = new Map([
  ["state.json", "state"],
  ["incidents.json", "incidents"],
  [networksPath, "networks"],
]);

async function* entriesOf(top: Dirent[], list: List): AsyncGenerator<HistoryEntry> {
  for (const entry of top) {
    const { name } = entry;
    const kind = kindsAtTop.get(name);
    if (kind !== undefined) yield { kind: entry.isFile() ? kind : "odd", path: name };
    else if (name === "intake" && entry.isDirectory()) yield* intakeEntries(name, list);
    else if (name === "dns" && entry.isDirectory())
      for (const one of await list(name))
        yield { kind: one.isFile() && one.name.endsWith(".json") ? "dns" : "other", path: `${name}/${one.name}` };
    else if (domainOfFolder(name) === undefined) continue;
    else if (entry.isDirectory()) yield* domainEntries(name, list);
    else if (entry.isSymbolicLink()) yield { kind: "other", path: name };
  }
}

async function* domainEntries(domain: string, list: List): AsyncGenerator<HistoryEntry> {
  for (const entry of await list(domain)) {
    const path = `${domain}/${entry.name}`;
    if (entry.name === "tls" && entry.isDirectory()) yield* domainEntries(path, list);
    if (!/^\d{4}$/.test(entry.name)) continue;
    if (entry.isDirectory()) yield* yearEntries(path, await list(path));
    else yield { kind: "odd", path };
  }
}

/** Where the ledger's files and folders stand: `intake/2026/11/2026-11-22.csv`, more of a day, and one for mails without a date. */
const ledgerFile = /^intake\/(undated|\d{4}\/\d{2}\/\d{4}-\d{2}-\d{2})(\.[1-9]\d*)?\.csv$/;
const ledgerFolder = /^intake\/\d{4}(\/\d{2})?$/;

async function* intakeEntries(folder: string, list: List): AsyncGenerator<HistoryEntry> {
  for (const entry of await list(folder)) {
    const path = `${folder}/${entry.name}`;
    if (ledgerFolder.test(path) && entry.isDirectory()) yield* intakeEntries(path, list);
    else if (ledgerFile.test(path) && entry.isFile()) yield { kind: "intake", path };
    else yield { kind: ledgerFolder.test(path) || ledgerFile.test(path) ? "odd" : "other", path };
  }
}

function* yearEntries(folder: string, entries: Dirent[]): Generator<HistoryEntry> {
  const isOurs = ({ name }: Dirent): boolean => isMonthFile(name);
  const names = entries.filter(isOurs).map((entry) => ({ name: entry.name, isFile: entry.isFile() }));
  for (const month of monthFilesOf(folder, names)) yield { kind: "month", ...month };
  for (const { name } of entries.filter((entry) => !isOurs(entry))) yield { kind: "other", path: `${folder}/${name}` };
}

/** Decodes strictly: a byte that is no UTF-8 would come back as another one. */
function textOf(path: string, bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw damaged(path, "it is no UTF-8");
  }
}
