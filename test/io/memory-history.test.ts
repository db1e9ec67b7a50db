import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openGitHistory } from "../../src/io/git/git.ts";
import { BranchMovedError, type History } from "../../src/io/history.ts";
import { makeFolder, makeLocalRepository } from "../servers/git.ts";
import { type MemoryRepository, memoryHistory } from "../servers/memory-history.ts";
import { subjects } from "../servers/place.ts";

type Files = Record<string, string | undefined>;

const steps: { by: "first" | "second"; files: Files }[] = [
  {
    by: "first",
    files: { "state.json": "{}\n", "example.com/2026/2026-11-17.json": "one\n", "intake/undated.csv": "" },
  },
  { by: "first", files: { "state.json": "{}\n" } },
  { by: "second", files: { "state.json": "late\n" } },
  { by: "second", files: { "state.json": "above\n", "~aux.example/2026/2026-11-17.json": "no \ud800 text, é 件\r\n" } },
  { by: "first", files: { "intake/undated.csv": "late\n" } },
  { by: "first", files: { "example.com/2026/2026-11-17.json": undefined, "gone.csv": undefined } },
  { by: "first", files: { "gone.csv": undefined } },
  { by: "second", files: {} },
];
const paths = [...new Set(steps.flatMap(({ files }) => Object.keys(files)))];

/** What two readers of one branch see and leave who commit in turns, each opened when it commits first. */
async function played(folder: string, open: () => Promise<History>): Promise<unknown[]> {
  const histories: Partial<Record<"first" | "second", History>> = {};
  const seen: unknown[] = [];
  for (const { by, files } of steps) {
    const history = histories[by] ?? (await open());
    histories[by] = history;
    const before = history.head;
    const end = await history.commit(new Map(Object.entries(files)), `${by}\n\nwhy\n`).then(
      (head) => (head === before ? "as before" : "made"),
      (error: unknown) => (error instanceof BranchMovedError ? "moved" : error),
    );
    if (end === "moved") await history.reopen();
    const texts = Object.fromEntries(await history.readFiles(paths));
    const links = history.fileUrl("a.example/b c.json", "1".repeat(40)) === undefined;
    const date = (await history.headDate())?.getTime() ?? 0;
    seen.push([by, end, texts, await history.listFolders(), links, Math.abs(Date.now() - date) < 60_000]);
    expect(history.head).toMatch(/^[0-9a-f]{40}$/);
  }
  return [seen, filesBelow(join(folder, "data"))];
}

/** All that stands in a folder, empty folders, too. */
function filesBelow(folder: string): Files {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  const text = (path: string) => (existsSync(join(path, ".")) ? undefined : readFileSync(path, "utf8"));
  return Object.fromEntries(names.map((name) => [name, text(join(folder, name))]));
}

test("a repository in memory does as git does without a remote", async () => {
  const git = makeLocalRepository();
  const webUrl = "https://github.com/octo-org/mail";
  const options = { dataPath: join(git.folder, "data"), webUrl, isPulling: true };
  const memory: MemoryRepository & { folder: string } = { folder: makeFolder(), commits: [], faults: [] };
  const inMemory = await played(memory.folder, async () => memoryHistory(memory));
  expect(inMemory).toEqual(await played(git.folder, () => openGitHistory(options)));
  expect(subjects({ repository: memory })).toEqual(subjects({ repository: git }));
  const link = (history: History) => [history.fileUrl("a.example/b c.json", "1"), history.folderUrl("1")];
  expect(link(memoryHistory(memory))).toEqual(link(await openGitHistory(options)));
});
