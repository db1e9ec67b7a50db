import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Day } from "../../src/history/day/day.ts";
import { dayFilePath } from "../../src/history/day-file/day-file.ts";
import { formatState, noState } from "../../src/history/state.ts";
import { addReport, keepReport, makeRecord, makeReport, textOf } from "../history/reports.ts";
import { makeFolder } from "../servers/git.ts";

/** A history in a folder, for the commands that need no git. */
export interface HistoryPlace {
  folder: string;
  put(path: string, text: string | Uint8Array): void;
  text(path: string): string;
  /** All files by path, and their texts. */
  all(): Map<string, string>;
}

/** A history of 4 day files of 2 domains in 2 months, and `state.json`; it has no index files. */
export function makeHistoryPlace(): HistoryPlace {
  const place = makeEmptyPlace();
  const days = [
    ["example.com", "2026-10-31"],
    ["example.com", "2026-11-01"],
    ["example.com", "2026-11-02"],
    ["example.net", "2026-11-02"],
  ] as const;
  for (const [domain, date] of days) {
    const day = makeDay(domain, date);
    place.put(dayFilePath(day), textOf(day));
  }
  place.put("state.json", formatState(noState));
  return place;
}

/** A new empty folder. */
export function makeEmptyPlace(): HistoryPlace {
  const folder = makeFolder();
  const text = (path: string): string => readFileSync(join(folder, path), "utf8");
  return {
    folder,
    text,
    put(path, content) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    },
    all() {
      const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
      const files = paths.filter((path) => statSync(join(folder, path)).isFile());
      return new Map(files.map((path) => [path.replaceAll("\\", "/"), text(path)]));
    },
  };
}

/** A day with the reports of two reporters, of two records each. */
export function makeDay(domain: string, date: string): Day {
  const begin = Date.parse(`${date}T00:00:00Z`) / 1000;
  const records = [makeRecord({ count: 5 }), makeRecord({ sourceIp: "198.51.100.1", dkim: "fail", spf: "fail" })];
  return ["Alpha", "Beta"]
    .map((orgName) => keepReport(makeReport({ orgName, domain, begin, records }), { received: `${date}T23:00:00Z` }))
    .reduce<Day>((day, report) => addReport(day, report).day, { domain, day: date, reports: [] });
}
