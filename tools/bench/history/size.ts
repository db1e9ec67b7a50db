import { spawn } from "node:child_process";
import { once } from "node:events";
import { gitIn } from "./place.ts";

/** What the files of a history are, as far as their size goes. */
const kinds = ["day files", "indexes", "ledger", "the rest"] as const;

type Kind = (typeof kinds)[number];

/** Bytes by kind of file: `files` as they lie in the work tree, `packed` with all their earlier versions. */
export interface HistorySize {
  files: Record<Kind, number>;
  packed: Record<Kind, number>;
  /** Of the whole repository, with commits and trees, and pack index. */
  repository: number;
  commits: number;
}

/**
 * Packs a bare repository with git's defaults, and measures what is in it. `git gc` alone would keep what `fast-import` has
 * not stored as a difference, since all of it is in one pack; the commits of runs come in packs of their own.
 */
export async function sizeOf(bare: string): Promise<HistorySize> {
  await gitIn(bare, "repack", "-a", "-d", "-f", "--quiet");
  const files = noBytes();
  for (const line of (await gitIn(bare, "ls-tree", "-r", "-l", "-z", "main")).split("\0")) {
    const [about = "", path = ""] = line.split("\t");
    files[kindOf(path)] += Number(about.split(/ +/)[3] ?? 0);
  }
  const packed = noBytes();
  const objects = await gitIn(bare, "rev-list", "--objects", "--all");
  const format = "%(objectsize:disk) %(rest)";
  for (const line of (await catFile(bare, format, `${objects}\n`)).split("\n")) {
    const [bytes = "0", path = ""] = line.split(" ");
    packed[kindOf(path)] += Number(bytes);
  }
  const counts = await gitIn(bare, "count-objects", "-v");
  const kilobytes = Number(/^size-pack: (\d+)$/m.exec(counts)?.[1]);
  const commits = Number(await gitIn(bare, "rev-list", "--count", "main"));
  return { files, packed, repository: kilobytes * 1024, commits };
}

/**
 * Bytes of what the commits after one have added to a packed repository. Git keeps the newest of a file whole and stores those
 * before it as differences, so that this is rather too much.
 */
export async function growthSince(bare: string, commit: string): Promise<number> {
  const objects = await gitIn(bare, "rev-list", "--objects", "main", `^${commit}`);
  const sizes = await catFile(bare, "%(objectsize:disk)", `${objects.replaceAll(/ .*$/gm, "")}\n`);
  return sizes.split("\n").reduce((sum, bytes) => sum + Number(bytes), 0);
}

/** A table of bytes a record. */
export function sizeLines({ files, packed, repository }: HistorySize, records: number): string[] {
  const cell = (bytes: number): string => (bytes / records).toFixed(1).padStart(10);
  const row = (name: string, ...cells: number[]): string => `  ${name.padEnd(12)}${cells.map(cell).join("")}`;
  return [
    `  ${"".padEnd(12)}${"work tree".padStart(10)}${"packed".padStart(10)}   bytes a record`,
    ...kinds.map((kind) => row(kind, files[kind], packed[kind])),
    row("all", sum(files), repository),
  ];
}

function noBytes(): Record<Kind, number> {
  return { "day files": 0, indexes: 0, ledger: 0, "the rest": 0 };
}

function sum(bytes: Record<Kind, number>): number {
  return kinds.reduce((total, kind) => total + bytes[kind], 0);
}

function kindOf(path: string): Kind {
  if (/^data\/intake\/.*\.csv$/.test(path)) return "ledger";
  if (path.endsWith(".csv")) return "indexes";
  return /\/\d{4}\/[^/]+\.json$/.test(path) ? "day files" : "the rest";
}

async function catFile(bare: string, format: string, input: string): Promise<string> {
  const child = spawn("git", ["cat-file", `--batch-check=${format}`], {
    cwd: bare,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stdin.end(input);
  await once(child, "close");
  return Buffer.concat(chunks).toString();
}
