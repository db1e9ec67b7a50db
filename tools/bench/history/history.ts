import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prune } from "../../../src/commands/prune.ts";
import { saveCorpus } from "../report-corpus.ts";
import { buildHistory } from "./build.ts";
import { dateAfter, daysUpTo, deliveriesOn } from "./corpus.ts";
import { measureDomains } from "./domains.ts";
import { measureFloods } from "./flood.ts";
import {
  type BenchRun,
  buildRunner,
  clone,
  gitIn,
  makeFirstCommit,
  type RunCost,
  resetTo,
  type StoreKind,
  saveMails,
  startRun,
  startRunner,
} from "./place.ts";
import { sizeLines, sizeOf } from "./size.ts";

/*
 * What the history costs: `npm run bench:history`, or `npm run bench:history -- large backlog` for some of its parts
 * alone.
 *
 * `domains`: a day with 50, 200 and 1,000 domains by the API, or as many as are named, and with `git` in a work tree, too: `-- domains 5000 git`. `daily`: bytes a record, and a run of 500 new mails on a history of a year and on one of 5. `large`: a day of
 * one domain with 100,000 records. `year`: what the repository grows in one, and what `prune` leaves of it. `backlog`: 20,000 mails in a first run. `flood`: 20,000 tiny reports about one domain and day. Each run is a process of its own, bundled as
 * the action is; the runs that are compared take turns, and the least of each counts. CPU time is that of the process
 * with its start and of all git commands that it starts, without the host's; memory is that of the process. Fails when
 * a goal is missed.
 */

const today = "2026-11-24";
const now = `${today}T09:00:00Z`;
const domains = 50;
const stores: StoreKind[] = ["github", "git"];

/** A run on a longer history may take this much more of CPU time and memory, and no more requests and bytes. */
const daily = { short: 366, long: 1826, early: 4, rounds: 3, ratio: 1.5, megabytes: 350, requests: 20 };
/**
 * Reports of one day that have 100,000 records together, with hardly anything in common; the day is told, too. Of its
 * memory, objects that live take 75 MB: most is what V8 has freed and keeps for the next ones.
 */
const large = {
  shapes: [Array<number>(40).fill(2500), Array<number>(5).fill(20_000)],
  now: "2026-11-18T09:00:00Z",
  megabytes: 500,
};
/** Mails of the first run, a day's share of them each day, and the largest of GitHub's limits that it must keep to. */
const backlog = { mails: 20_000, days: 300, megabytes: 350, requests: 1000, writes: 500, commitBytes: 40_000_000 };

/** The mails are signed by nobody. */
const inputs = { "count-unverified": "true" };
const ofLarge = { ...inputs, domains: "example.com" };

/** A year of daily commits, of which so many months stay. */
const year = { days: 366, months: 6 };

const parts = {
  daily: measureDaily,
  year: measureYear,
  large: measureLarge,
  backlog: measureBacklog,
  flood: measureFlood,
  domains: async () =>
    await measureDomains(folder, runner, {
      sizes: counts.length > 0 ? counts : [50, 200, 1000],
      stores: asked.includes("git") ? stores : ["github"],
    }),
};
const asked = process.argv.slice(2);
const counts = asked.map(Number).filter((count) => count > 0);
const folder = await mkdtemp(join(tmpdir(), "dmarc-digest-bench-"));
const runner = join(folder, "dist", "runner.mjs");
const misses: string[] = [];
try {
  await buildRunner(runner);
  for (const [name, measure] of Object.entries(parts)) if (asked.length === 0 || asked.includes(name)) await measure();
} finally {
  await rm(folder, { recursive: true });
}
for (const miss of misses) console.log(`✗ ${miss}`);
process.exitCode = misses.length === 0 ? 0 : 1;

async function measureDaily(): Promise<void> {
  const [short, long] = await Promise.all([makeHistory("1 year", daily.short), makeHistory("5 years", daily.long)]);
  const mails = join(folder, "daily");
  const all = Array.from({ length: domains }, (_, domain) => domain);
  await saveMails(mails, deliveriesOn(today, all));
  for (const store of stores) {
    const [ofShort, ofLong]: [RunCost[], RunCost[]] = [[], []];
    for (let round = 0; round < daily.rounds; round += 1) {
      ofShort.push(await runOn(short, { store, mails, now }));
      ofLong.push(await runOn(long, { store, mails, now }));
    }
    compareRuns(store, least(ofShort), least(ofLong));
  }
}

async function measureYear(): Promise<void> {
  const { clone: folder, bare } = await makeHistory("1 year", year.days);
  await gitIn(folder, "remote", "set-url", "origin", bare);
  await prune({ dataPath: join(folder, "data"), months: year.months, isDryRun: false, stdout: process.stdout });
  await gitIn(bare, "reflog", "expire", "--expire=now", "--all");
  await gitIn(bare, "prune", "--expire=now");
  const { repository } = await sizeOf(bare);
  console.log(`  pruned to ${year.months} months: ${count(repository)} bytes\n`);
}

interface BenchHistory {
  bare: string;
  clone: string;
}

/** Makes a history up to yesterday, and tells its size. */
async function makeHistory(name: string, days: number): Promise<BenchHistory> {
  const bare = join(folder, `${days}.git`);
  const last = dateAfter(today, -1);
  const dates = daysUpTo(last, days);
  const recent = daysUpTo(last, days > year.days ? daily.short : days)[0] ?? last;
  const written = await buildHistory(bare, {
    first: dates[0] ?? last,
    last,
    domains,
    daily: recent,
    early: daily.early,
  });
  const size = await sizeOf(bare);
  const { reports, records, plainBytes } = written;
  console.log(
    [
      `${name}: ${count(reports)} mails, ${count(records)} records, ${count(size.commits)} commits` +
        (days > year.days ? ` (before the last year one a month, of ${daily.early} reporters a domain)` : ""),
      ...sizeLines(size, records),
      `  a record on a line of plain JSON, without its report: ${(plainBytes / records).toFixed(1)}`,
      "",
    ].join("\n"),
  );
  const history = { bare, clone: await clone(bare) };
  // What the daily run stands on: the first run of all judges all days of the window.
  const before = join(folder, "before");
  await saveMails(before, deliveriesOn(last, [domains - 1]).slice(0, 1));
  await startRun(runner, { ...history, store: "git", mails: before, now: `${last}T09:00:00Z`, inputs });
  return history;
}

async function runOn(history: BenchHistory, run: Pick<BenchRun, "store" | "mails" | "now">): Promise<RunCost> {
  const commit = await gitIn(history.bare, "rev-parse", "main");
  const cost = await startRun(runner, { ...history, ...run, inputs });
  await resetTo(commit, { ...history, ...run });
  return cost;
}

function least(costs: RunCost[]): RunCost {
  const [first] = costs;
  if (first === undefined) throw new Error("There is no round.");
  const megabytes = Math.min(...costs.map((cost) => cost.megabytes));
  return { ...costs.reduce((best, cost) => (cpuOf(cost) < cpuOf(best) ? cost : best)), megabytes };
}

function cpuOf({ cpu, childCpu }: RunCost): number {
  return cpu + childCpu;
}

function compareRuns(store: StoreKind, short: RunCost, long: RunCost): void {
  const label = `500 mails, ${store}`;
  showRun(`${label}, 1 year`, short);
  showRun(`${label}, 5 years`, long);
  const [cpu, memory] = [cpuOf(long) / cpuOf(short), long.megabytes / short.megabytes];
  const ofGit = short.childCpu === 0 ? "" : `, git's own CPU ${(long.childCpu / short.childCpu).toFixed(2)}`;
  console.log(`${label} ratio: CPU ${cpu.toFixed(2)}, memory ${memory.toFixed(2)}${ofGit}\n`);
  for (const key of ["gitCommands", "requests", "read", "written"] as const) {
    // What a number is written with, such as a size in the answer of git, may have a digit more.
    const most = key === "read" || key === "written" ? short[key] * 1.001 : short[key];
    if (long[key] > most) misses.push(`${label}: ${key} is ${long[key]} after 5 years, ${short[key]} after a year`);
  }
  if (!(cpu <= daily.ratio)) misses.push(`${label}: CPU must be within ${daily.ratio} times, is ${cpu.toFixed(2)}`);
  if (!(memory <= daily.ratio)) misses.push(`${label}: memory must be within ${daily.ratio}, is ${memory.toFixed(2)}`);
  checkRun(`${label}, 5 years`, long, daily.megabytes);
  if (long.requests > daily.requests) misses.push(`${label}: ${long.requests} requests, must be ${daily.requests}`);
}

async function measureLarge(): Promise<void> {
  for (const shape of large.shapes) {
    const label = `${shape.length} reports of ${count(shape[0] ?? 0)}`;
    const mails = join(folder, label);
    await saveCorpus(mails, shape);
    for (const store of stores) {
      const bare = await makeFirstCommit(join(folder, `${label} ${store}.git`));
      const cost = await startRun(runner, {
        store,
        bare,
        clone: await clone(bare),
        mails,
        now: large.now,
        inputs: ofLarge,
      });
      showRun(`${label}, ${store}`, cost);
      checkRun(`${label}, ${store}`, cost, large.megabytes);
      await verifyHistory(`${label}, ${store}`, bare);
    }
  }
}

async function measureBacklog(): Promise<void> {
  const mails = join(folder, "backlog");
  // Seven of the smaller domains give 70 mails a day.
  const some = Array.from({ length: 7 }, (_, index) => 20 + index);
  const ofDay = Math.ceil(backlog.mails / backlog.days);
  const deliveries = daysUpTo(today, backlog.days).flatMap((date) => deliveriesOn(date, some).slice(0, ofDay));
  await saveMails(mails, deliveries.slice(0, backlog.mails));
  for (const store of stores) {
    const label = `backlog, ${store}`;
    const bare = await makeFirstCommit(join(folder, `${label}.git`));
    const cost = await startRun(runner, { store, bare, clone: await clone(bare), mails, now, inputs });
    showRun(label, cost);
    console.log(`  ${((cpuOf(cost) * 1000) / backlog.mails).toFixed(2)} ms of CPU a mail`);
    checkRun(label, cost, backlog.megabytes);
    if (cost.requests > backlog.requests)
      misses.push(`${label}: ${cost.requests} requests, must be ${backlog.requests}`);
    const commits = commitBytes(cost);
    if (commits.length > backlog.writes) misses.push(`${label}: ${commits.length} commits, must be ${backlog.writes}`);
    if (Math.max(...commits) > backlog.commitBytes) misses.push(`${label}: a commit has ${Math.max(...commits)} bytes`);
    await verifyHistory(label, bare);
  }
}

async function measureFlood(): Promise<void> {
  misses.push(...(await measureFloods(folder, runner)));
}

async function verifyHistory(label: string, bare: string): Promise<void> {
  const dataPath = join(await clone(bare, "verified"), "data");
  const { cpu, megabytes, said, problems } = await startRunner(runner, { command: "verify", dataPath });
  const bytes = await gitIn(bare, "ls-tree", "-r", "-l", "main");
  const largest = Math.max(...bytes.split("\n").map((line) => Number(line.split(/\s+/)[3])));
  console.log(
    `  verify: ${said} (${cpu.toFixed(2)} CPU s, ${megabytes.toFixed()} MB); the largest file has ${count(largest)} bytes\n`,
  );
  if (problems.length > 0) misses.push(`${label}: verify says ${problems[0]}`);
}

function showRun(label: string, cost: RunCost): void {
  const { gitCommands, requests, read, written, cpu, megabytes, elapsed } = cost;
  const commits = commitBytes(cost);
  const calls = gitCommands === 0 ? `${requests} requests` : `${gitCommands} git commands`;
  console.log(
    `${label}: ${calls}, ${count(read)} bytes read, ${count(written)} written, ${commits.length} commits, ` +
      `the largest ${count(Math.max(0, ...commits))} bytes; ${cpuOf(cost).toFixed(2)} CPU s ` +
      `(${cpu.toFixed(2)} without git), ${megabytes.toFixed()} MB, ${elapsed.toFixed(1)} s`,
  );
}

function commitBytes({ commits, asked: requests }: RunCost): number[] {
  return [...commits, ...requests.filter(({ kind }) => kind === "mutation Commit").map(({ bytes }) => bytes)];
}

function checkRun(label: string, { megabytes, problems }: RunCost, most: number): void {
  if (megabytes > most) misses.push(`${label} must take ${most} MB, takes ${megabytes.toFixed()}`);
  for (const problem of problems) misses.push(`${label}: ${problem}`);
}

function count(number: number): string {
  return number.toLocaleString("en-US");
}
