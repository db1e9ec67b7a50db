import { policiesOn } from "../../src/digest/day/counting.ts";
import { intakeSummary } from "../../src/digest/day/intake.ts";
import { type Digest, makeDigest } from "../../src/digest/digest.ts";
import { foldDays, windowDays } from "../../src/digest/incident-days.ts";
import { dailyRuns, replay } from "../../src/digest/replay.ts";
import { rulesOver } from "../../src/digest/rules/rules.ts";
import { makeSenders, type Senders } from "../../src/digest/senders/senders.ts";
import { parseWindow, type Window } from "../../src/digest/window/index-window.ts";
import { stopHeapGrowth } from "../../src/heap.ts";
import { dayAfter, monthOf, monthsBetween } from "../../src/history/dates.ts";
import { type Day, isAggregateDay } from "../../src/history/day/day.ts";
import { dayOf, storedReport } from "../../src/history/day/stored-report.ts";
import { dayFilePath, formatDay, parseDayFile } from "../../src/history/day-file/day-file.ts";
import { formatMonthIndex, indexPathsOf, recountDay } from "../../src/history/index/month-index.ts";
import { dashboard } from "../../src/render/pages/dashboard.ts";
import { wordsOf } from "../../src/render/words/words.ts";
import { noTrust } from "../../test/history/reports.ts";
import { slackMessage } from "../../test/render/printed.ts";
import { deliveriesOn, domainName } from "./history/corpus.ts";

/*
 * How long the digest of 50 domains takes from the texts of their indexes and of the day's files: `npm run bench:digest`.
 * A digest reads the 107 days before it, however long the history is. Beside it a straight pass over the same lines: cells
 * apart at commas, each column added up. The first round counts, since a run makes one digest; the others show what
 * starting costs. With `year` it is how long a replay of a year takes, two runs a day. CPU time of the one thread: how long it
 * takes on an idle machine. Fails when the goal is missed.
 */

const goal = { seconds: 1, replay: 60 };
const rounds = 4;
const day = "2026-11-17";
const today = "2026-11-20";
const isYear = process.argv.includes("year");
const first = dayAfter(day, -(isYear ? 365 : windowDays));
const domains = Array.from({ length: 50 }, (_, index) => domainName(index));
const months = domains.flatMap((domain) => monthsBetween(first, today).map((month) => ({ domain, month })));

const { texts, dayFiles } = makeTexts();
// As a run does.
stopHeapGrowth();
const lines = [...texts.values()].reduce((sum, text) => sum + text.split("\n").length - 2, 0);
console.log(`${domains.length} domains, ${texts.size} index files, ${lines} lines, ${dayFiles.size} day files`);
if (isYear) report("a replay of a year", replayedYear(), goal.replay);
else report("a digest", digestAtFirst(), goal.seconds);

function report(what: string, seconds: number, most: number): void {
  const isMet = seconds < most;
  console.log(`${isMet ? "✓" : "✗"} ${what} in ${show(seconds)}, under ${most} s: ${isMet ? "met" : "not met"}`);
  process.exitCode = isMet ? 0 : 1;
}

/** From the texts of the indexes, as the command does. */
function replayedYear(): number {
  const before = process.threadCpuUsage();
  const runs = dailyRuns(dayAfter(first), today);
  let told = 0;
  for (const { days } of replay(loadWindow(), { runs, startDay: first, settleHours: 48 })) told += days.length;
  const { user, system } = process.threadCpuUsage(before);
  if (told < 360) throw new Error(`Only ${told} days were told.`);
  return (user + system) / 1e6;
}

/** The first of some rounds, of which all are shown. */
function digestAtFirst(): number {
  const costs = Array.from({ length: rounds }, measure);
  const [start] = costs;
  const least = (of: (cost: Cost) => number): number => Math.min(...costs.map(of));
  for (const part of ["window", "files", "senders", "digest", "message", "dashboard"] as const) {
    console.log(`${part.padEnd(10)} ${show(start?.[part])} at first, ${show(least((cost) => cost[part]))} at best`);
  }
  const whole = totalOf(start);
  const ratio = `${(whole / (start?.straight ?? 0)).toFixed(1)} times a straight pass of ${show(start?.straight)}`;
  const best = least(totalOf);
  console.log(
    `whole      ${show(whole)} at first, ${ratio}; ${show(best)} at best, ${(best / least(({ straight }) => straight)).toFixed(1)} times`,
  );
  return whole;
}

/** CPU seconds of each part. */
interface Cost {
  window: number;
  files: number;
  senders: number;
  digest: number;
  message: number;
  dashboard: number;
  straight: number;
}

function totalOf(cost: Cost | undefined): number {
  const { window = 0, files = 0, senders = 0, digest = 0, message = 0, dashboard: board = 0 } = cost ?? {};
  return window + files + senders + digest + message + board;
}

function measure(): Cost {
  const cost = {} as Cost;
  const timed = <T>(part: keyof Cost, work: () => T): T => {
    const before = process.threadCpuUsage();
    const result = work();
    const { user, system } = process.threadCpuUsage(before);
    cost[part] = (user + system) / 1e6;
    return result;
  };
  const words = wordsOf("en");
  const messages = timed("straight", straightPass);
  const window = timed("window", loadWindow);
  const files = timed("files", () =>
    [...dayFiles].map(([path, text]) => parseDayFile(path, text)).filter(isAggregateDay),
  );
  const senders = timed("senders", () => makeSenders(window.senders));
  const digest = timed("digest", () => digestOf(window, files, senders));
  timed("message", () => slackMessage(digest, { words, links: {}, at: `${today}T09:00:00Z` }));
  timed("dashboard", () => dashboard({ digest, window, senders, policies: policiesOn(files, day) }, words));
  const counted = window.pairs.reduce((sum, line) => sum + line.messages, 0);
  const outside = window.pairs.length === 0 || digest.totals.messages === 0 || messages < counted;
  if (outside) throw new Error(`The straight pass counts ${messages} messages, the window has ${counted}.`);
  return cost;
}

function loadWindow(): Window {
  return parseWindow({ first, last: today, domains, texts, trust: noTrust });
}

function digestOf(window: Window, files: Day[], senders: Senders): Digest {
  const incidents = foldDays(window, rulesOver(window, senders), {
    now: new Date(`${today}T09:00:00Z`),
    settleHours: 48,
    hash: "",
    before: { rules: "", until: dayAfter(day, -14), incidents: [] },
  });
  return makeDigest({
    days: [day],
    policyDomains: domains,
    files,
    restated: [],
    window,
    senders,
    incidents,
    posted: [],
    settingsOf: () => ({ thresholds: { minMessages: 100 } }),
    trust: noTrust,
    intake: intakeSummary([], { trust: noTrust, unreadMailboxes: [], toGo: [] }),
  });
}

/** The messages of all lines of reporters; the other columns are added up, too. */
function straightPass(): number {
  let messages = 0;
  for (const [path, text] of texts) {
    const [header = "", ...rows] = text.trimEnd().split("\n");
    const column = header.split(",").indexOf("messages");
    const sums = header.split(",").map(() => 0);
    for (const row of rows) {
      for (const [index, cell] of row.split(",").entries()) sums[index] = (sums[index] ?? 0) + (Number(cell) || 0);
    }
    if (path.includes("-pairs.")) messages += sums[column] ?? 0;
  }
  return messages;
}

/** The texts of all indexes that the window reads, and those of the day's files. */
function makeTexts(): { texts: Map<string, string>; dayFiles: Map<string, string> } {
  const indexes = new Map(months.map((month) => [keyOf(month), { ...month, pairs: [], senders: [] }]));
  const waiting = new Map<string, Day>();
  const dayFiles = new Map<string, string>();
  const whole = new Map<string, string>();
  const add = (of: Day): void => {
    const key = keyOf({ domain: of.domain, month: monthOf(of.day) });
    const index = indexes.get(key);
    if (index !== undefined) indexes.set(key, recountDay(index, of) as typeof index);
    if (of.day === day) for (const [path, text] of formatDay(of)) dayFiles.set(path, text);
  };
  for (let date = `${monthOf(first)}-01`; date <= today; date = dayAfter(date)) {
    for (const { report, received } of deliveriesOn(date, [...domains.keys()])) {
      const { domain } = report.policyPublished;
      const of = { domain, day: dayOf(report.reportMetadata.dateRange) };
      const stored = storedReport(report, { received, authenticity: { verdict: "given" } });
      const path = dayFilePath(of);
      waiting.set(path, { ...of, reports: [...(waiting.get(path)?.reports ?? []), stored] });
    }
    // The last reports on a day come three days later.
    for (const [path, of] of waiting) {
      if (of.day >= dayAfter(date, -3) && date < today) continue;
      add(of);
      waiting.delete(path);
    }
  }
  for (const index of indexes.values()) {
    for (const [path, text] of formatMonthIndex(index)) if (text !== undefined) whole.set(path, text);
  }
  return { texts: whole, dayFiles };
}

function keyOf(month: { domain: string; month: string }): string {
  return indexPathsOf(month).pairs;
}

function show(seconds = Number.NaN): string {
  return `${seconds.toFixed(3)} s`;
}
