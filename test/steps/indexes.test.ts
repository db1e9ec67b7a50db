import { expect, test } from "vitest";
import { dayFilePath, formatDay } from "../../src/history/day-file/day-file.ts";
import { formatMonthIndex, type MonthIndex, recountDay } from "../../src/history/index/month-index.ts";
import type { History } from "../../src/io/history.ts";
import { loadIndexes, recountOutdated } from "../../src/steps/indexes.ts";
import { makeDay } from "../commands/history-place.ts";

const config = { now: new Date("2026-11-24T06:00:00Z"), settleHours: 48, weekday: undefined, slack: undefined };
const old = "day,reporter,verdict,policy\n";

/** A history in memory, and what was committed to it. */
function historyOf(files: Map<string, string>): { history: History; commits: string[][]; told: string[] } {
  const commits: string[][] = [];
  const unused = (): never => {
    throw new Error("This is not needed.");
  };
  const history: History = {
    head: "a1",
    isPublic: false,
    headDate: unused,
    async readFiles(paths) {
      return new Map(paths.flatMap((path) => (files.has(path) ? [[path, files.get(path) ?? ""] as const] : [])));
    },
    listFolders: async () => [...new Set([...files.keys()].map((path) => path.replace(/\/.*/, "")))],
    reopen: unused,
    async commit(changed) {
      commits.push([...changed].map(([path, text]) => `${text === undefined ? "-" : "+"} ${path}`).sort());
      for (const [path, text] of changed) {
        if (text === undefined) files.delete(path);
        else files.set(path, text);
      }
      return "a2";
    },
    fileUrl: unused,
    folderUrl: unused,
  };
  return { history, commits, told: [] };
}

function textsOf(domain: string, ...days: string[]): Map<string, string> {
  return new Map(days.flatMap((day) => [...formatDay(makeDay(domain, day))]));
}

function indexOf(domain: string, month: string, ...days: string[]): MonthIndex {
  const empty: MonthIndex = { domain, month, pairs: [], senders: [] };
  return days.map((day) => makeDay(domain, day)).reduce(recountDay, empty);
}

function host(told: string[]) {
  const display = { colour: false, width: 80 };
  return { info: (line: string) => void told.push(line), error() {}, display, publish: async () => [] };
}

test("the indexes of an earlier release are counted anew from the day files, and its files go", async () => {
  const files = new Map([
    ...textsOf("example.com", "2026-10-31", "2026-11-17", "2026-11-18"),
    ["example.com/2026/2026-11.csv", old],
    ["example.com/2026/2026-11-sources.csv", old],
    ["example.com/2026/2026-10-pairs.csv", `day v2,reporter,verdict,policy\n`],
    ["example.com/2026/2026-10-senders.csv", `day v2,reporter,verdict,sender\n`],
    ["example.com/2025/2025-12.csv", old],
  ]);
  const { history, commits, told } = historyOf(files);
  await recountOutdated(config, history, host(told));
  expect(commits).toEqual([
    [
      "+ example.com/2026/2026-10-pairs.5ef5dec7.csv",
      "+ example.com/2026/2026-10-senders.0a8ddac0.csv",
      "+ example.com/2026/2026-11-pairs.7936a04e.csv",
      "+ example.com/2026/2026-11-senders.1d38a604.csv",
      "- example.com/2026/2026-10-pairs.csv",
      "- example.com/2026/2026-10-senders.csv",
      "- example.com/2026/2026-11-sources.csv",
      "- example.com/2026/2026-11.csv",
    ],
  ]);
  const expected = formatMonthIndex(indexOf("example.com", "2026-11", "2026-11-17", "2026-11-18"));
  for (const [path, text] of expected) expect(files.get(path)).toBe(text);
  expect(told).toEqual([expect.stringMatching(/^2 months of indexes are of another release/)]);
  await recountOutdated(config, history, host(told));
  expect(commits).toHaveLength(1);
});

test("when the weekly message is due the 13 months before are counted anew as well, the newest first", async () => {
  const files = new Map([
    ...textsOf("example.com", "2025-12-24"),
    ["example.com/2025/2025-12.csv", old],
    ["state.json", JSON.stringify({ version: 1, startDay: "2026-11-01", mailboxes: {}, sent: [] })],
  ]);
  const { history, commits } = historyOf(files);
  await recountOutdated({ ...config, weekday: 1 }, history, host([]));
  expect(commits.flat()).toContain("+ example.com/2025/2025-12-pairs.aa5d51f2.csv");
  expect(commits.flat()).toContain("- example.com/2025/2025-12.csv");
});

test("a release that was rolled back counts anew what a newer one has written", async () => {
  const newer = [...formatMonthIndex(indexOf("example.com", "2026-11", "2026-11-17"))].map(
    ([path, text]) => [path, text?.replace("day v2,", "day v3,") ?? ""] as const,
  );
  const { history, commits } = historyOf(new Map([...textsOf("example.com", "2026-11-17"), ...newer]));
  await recountOutdated(config, history, host([]));
  expect(commits).toEqual([
    ["+ example.com/2026/2026-11-pairs.7936a04e.csv", "+ example.com/2026/2026-11-senders.1d38a604.csv"],
  ]);
});

test("a month that another release has written is whole before a day is added to it", async () => {
  const stale = formatMonthIndex(indexOf("example.com", "2026-03", "2026-03-02")) as Map<string, string>;
  const files = new Map([
    ...textsOf("example.com", "2026-03-01"),
    ...stale,
    ["example.com/2026/2026-03-pairs.csv", old],
  ]);
  const { history } = historyOf(files);
  const [loaded] = await loadIndexes(history, [{ domain: "example.com", month: "2026-03" }]);
  expect(loaded?.texts).toEqual(formatMonthIndex(indexOf("example.com", "2026-03", "2026-03-01")));
  expect(loaded?.gone).toEqual(["example.com/2026/2026-03-pairs.csv"]);
  expect(dayFilePath({ domain: "example.com", day: "2026-03-01" })).toBe("example.com/2026/2026-03-01.json");
});
