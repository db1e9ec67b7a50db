import { join } from "node:path";
import { expect, test } from "vitest";
import { readinessOf } from "../../src/digest/readiness.ts";
import { makeSenders } from "../../src/digest/senders/senders.ts";
import type { Window } from "../../src/digest/window/index-window.ts";
import { monthOf } from "../../src/history/dates.ts";
import { formatMonthIndex, indexFilesOf, type MonthIndex } from "../../src/history/index/month-index.ts";
import { formatLedger, ledgerPart, ledgerPath, parseLedger } from "../../src/history/intake/intake.ts";
import { openGitHistory } from "../../src/io/git/git.ts";
import type { History } from "../../src/io/history.ts";
import { keepCommitted, loadDays, loadLedgers, loadLedgersOf, loadWindow, withEarlier } from "../../src/steps/open.ts";
import { pairLine } from "../digest/windows.ts";
import { noTrust } from "../history/reports.ts";
import { makeRepository } from "../servers/git.ts";

const day = "2026-11-22";
const now = new Date("2026-11-24T06:00:00Z");

/** The index files of a domain with a report of the day and these senders, and its policy. */
function indexesOf(domain: string, policy: string, senders: { day: string; sender: string; reporter?: string }[] = []) {
  const { domain: _, ...pair } = pairLine({ day, policy });
  const months = new Set([monthOf(day), ...senders.map((line) => monthOf(line.day))]);
  const rest = { evidence: "p pass/pass", messages: 10, quarantined: 0, rejected: 0, addresses: "1" };
  const indexes = Array.from(months, (month): MonthIndex => {
    return {
      domain,
      month,
      pairs: month === monthOf(day) ? [pair] : [],
      senders: senders
        .filter((line) => monthOf(line.day) === month)
        .map((line) => ({ reporter: "google.com", verdict: "verified", ...line, ...rest })),
    };
  });
  return new Map(indexes.flatMap((index) => [...formatMonthIndex(index)]));
}

/** A history that holds texts, and remembers what was asked for, one list a call. */
function historyOf(texts: ReadonlyMap<string, string | undefined>): { history: History; asked: string[][] } {
  const asked: string[][] = [];
  const readFiles: History["readFiles"] = (paths) => {
    asked.push([...paths]);
    const found = paths.flatMap((path): [string, string][] => {
      const text = texts.get(path);
      return text === undefined ? [] : [[path, text]];
    });
    return Promise.resolve(new Map(found));
  };
  const unused = (): never => {
    throw new Error("A window is only read.");
  };
  const history: History = {
    head: "a1",
    isPublic: false,
    headDate: unused,
    readFiles,
    listFolders: unused,
    reopen: unused,
    commit: unused,
    fileUrl: unused,
    folderUrl: unused,
  };
  return { history, asked };
}

function missingIn(window: Window): unknown[] {
  return readinessOf(window, makeSenders(window.senders)).map(({ domain, missingSources }) => [
    domain,
    missingSources.map(({ source }) => source),
  ]);
}

test("of domains that are at reject nothing is read but the months of the window, in one call", async () => {
  const old = { day: "2026-03-01", sender: "survey.example" };
  const { history, asked } = historyOf(indexesOf("example.com", "p=reject", [old]));
  const plan = { day, now, trust: noTrust, changed: new Map() };
  const window = await withEarlier(history, await loadWindow(history, ["example.com"], plan), plan);
  expect(asked.filter((paths) => paths.length > 0)).toHaveLength(1);
  expect(asked[0]).toEqual(
    ["2026-08", "2026-09", "2026-10", "2026-11"].flatMap((month) => [
      ...indexFilesOf({ domain: "example.com", month }),
      ...indexFilesOf({ kind: "tls", domain: "example.com", month }),
    ]),
  );
  expect(missingIn(window)).toEqual([["example.com", []]]);
});

test("of the others the sender files of 13 months are read, too, all in a second call", async () => {
  const senders = [
    { day: "2025-10-21", sender: "too-old.example" },
    { day: "2025-10-22", sender: "yearly.example" },
    { day: "2026-08-21", sender: "august.example" },
    { day: "2026-05-01", sender: "untrusted.example", reporter: "new.example" },
    { day, sender: "main.example" },
  ];
  const { history, asked } = historyOf(
    new Map([
      ...indexesOf("example.com", "p=none", senders),
      ...indexesOf("example.net", "p=reject sp=none", [{ day: "2025-12-27", sender: "winter.example" }]),
      ...indexesOf("example.org", "p=reject"),
    ]),
  );
  const domains = ["example.com", "example.net", "example.org"];
  const plan = { day, now, trust: noTrust, changed: new Map() };
  const newest = await loadWindow(history, domains, plan);
  expect(asked).toHaveLength(1);
  const window = await withEarlier(history, newest, plan);
  expect(asked).toHaveLength(2);
  expect(asked[1]).toHaveLength(22);
  expect(
    asked[1]?.filter((path) => !/^example\.(com|net)\/\d{4}\/\d{4}-\d\d-senders\.[0-9a-f]{8}\.csv$/.test(path)),
  ).toEqual([]);
  expect(missingIn(window)).toEqual([
    ["example.com", ["august.example", "yearly.example"]],
    ["example.net", ["winter.example"]],
    ["example.org", []],
  ]);
});

test("of a month that is about to be committed the new text counts, and one that goes is not read", async () => {
  const { history, asked } = historyOf(
    new Map(indexesOf("example.com", "p=none", [{ day: "2026-03-01", sender: "old.example" }])),
  );
  const changed = new Map([
    ...indexesOf("example.com", "p=none", [{ day: "2026-04-01", sender: "late.example" }]),
    ["example.com/2026/2026-03-pairs.4ac6afbb.csv", undefined] as const,
    ["example.com/2026/2026-03-senders.e47fd089.csv", undefined] as const,
  ]);
  const plan = { day, now, trust: noTrust, changed };
  const window = await withEarlier(history, await loadWindow(history, ["example.com"], plan), plan);
  expect(missingIn(window)).toEqual([["example.com", ["late.example"]]]);
  expect(asked.flat().filter((path) => changed.has(path))).toEqual([]);
});

const [ledgerDay, other, none] = ["2026-11-18", "2026-11-19", "2026-11-20"].map(ledgerPath);

function textOf(...uids: number[]): string {
  const line = { mailbox: "imap", uidValidity: "7", state: "corrupt" as const, reports: 0, messages: 0 };
  return formatLedger({ lines: uids.map((uid) => ({ ...line, uid })) });
}

test("ledgers and days of the last commit are not read from their texts, until another is made", async () => {
  const { folder } = makeRepository();
  const history = await openGitHistory({ dataPath: join(folder, "data"), isPulling: true });
  const [path, dayPath] = [ledgerDay ?? "", "example.com/2026/2026-11-18.json"];
  const load = async () => (await loadLedgers(history, [path])).get(path);
  await history.commit(new Map([[path, textOf(1)]]), "one\n");
  const kept = parseLedger(path, textOf(1));
  const day = { domain: "example.com", day: "2026-11-18", reports: [] };
  keepCommitted(history, { days: new Map([[dayPath, day]]), ledgers: new Map([[path, kept]]) });
  expect(await load()).toBe(kept);
  expect((await loadDays(history, [dayPath])).get(dayPath)).toBe(day);
  await history.commit(new Map([[path, textOf(2)]]), "two\n");
  expect((await load())?.lines[0]?.uid).toBe(2);
  expect((await loadDays(history, [dayPath])).size).toBe(0);
});

test("all ledger files of some days are read, in the order of their numbers, and a day without one has an empty one", async () => {
  const { folder } = makeRepository();
  const history = await openGitHistory({ dataPath: join(folder, "data"), isPulling: true });
  const numbers = Array.from({ length: 12 }, (_, index) => index + 1);
  const files = new Map(numbers.map((number) => [ledgerPart(ledgerDay ?? "", number), textOf(number)]));
  await history.commit(files.set(other ?? "", textOf(99)), "ledgers\n");
  const ledgers = [...(await loadLedgersOf(history, [ledgerDay ?? "", other ?? "", none ?? ""])).values()];
  const ofDay = ledgers.filter(({ path }) => path.includes("2026-11-18"));
  expect(ofDay.map(({ path }) => path)).toEqual(numbers.map((number) => ledgerPart(ledgerDay ?? "", number)));
  expect(ofDay.flatMap(({ lines }) => lines.map(({ uid }) => uid))).toEqual(numbers);
  expect(ledgers.filter((ledger) => !ofDay.includes(ledger)).map(({ lines }) => lines.length)).toEqual([1, 0]);
});
