import { mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Dovecot, startDovecot } from "../../test/servers/imap/dovecot.ts";
import { daysUpTo, deliveriesOn, domainName, mailOf } from "./history/corpus.ts";
import { gitIn } from "./history/place.ts";
import { type Cost, flagsOf, mailboxInputs, timed } from "./timed.ts";

/*
 * `npm run bench:shards`: 20,000 mails of 50 domains read by sixteen jobs and committed by one, beside one run that does all:
 * CPU seconds and peak memory of each, and whether the trees are equal. `npm run bench:shards -- 2000 4` for fewer mails and jobs.
 * Needs a build, and GNU time.
 */

const [mails = 20_000, shards = 16] = process.argv.slice(2).map(Number);
const now = "2026-11-20T09:00:00Z";
const domains = Array.from({ length: 50 }, (_, number) => number);
const ours = flagsOf({
  "mail-path": "",
  now,
  domains: domains.map(domainName).join(","),
  "count-unverified": "true",
  "time-budget": "60m",
});

const folder = await mkdtemp(join(tmpdir(), "dmarc-digest-shards-"));
const dovecot = await startDovecot();
try {
  fill(dovecot);
  const single = await makePlace("single");
  const alone = await start(single, mailbox());
  const sharded = await makePlace("sharded");
  const collecting: Cost[] = [];
  for (let index = 1; index <= shards; index += 1) {
    const shard = ["--mode", "collect", "--shard", `${index}/${shards}`, ...mailbox()];
    collecting.push(await start(sharded, shard, join(folder, "collected", String(index))));
  }
  const bytes = await sizeOf(join(folder, "collected"));
  const committing = await start(sharded, ["--collected", join(folder, "collected"), ...ours]);
  print({ alone, collecting, committing, bytes });
  const trees = await Promise.all([single, sharded].map(treeOf));
  const isEqual = trees[0] === trees[1];
  console.log(isEqual ? "The days, indexes and ledgers are equal." : "✗ The days, indexes or ledgers differ.");
  process.exitCode = isEqual ? 0 : 1;
} finally {
  await dovecot.stop();
  await rm(folder, { recursive: true });
}

interface Costs {
  alone: Cost;
  collecting: Cost[];
  committing: Cost;
  /** Of the files that the jobs left. */
  bytes: number;
}

function print({ alone, collecting, committing, bytes }: Costs): void {
  const most = (key: keyof Cost): number => Math.max(...collecting.map((cost) => cost[key]));
  const worst = { cpu: most("cpu"), megabytes: most("megabytes"), seconds: most("seconds") };
  console.log(`${mails.toLocaleString("en-US")} mails, ${shards} shards, files of ${(bytes / 1e6).toFixed(0)} MB`);
  console.log("                      CPU s   of one run   peak MB");
  const lines = { "one run": alone, "a shard, at most": worst, "the job that commits": committing };
  for (const [name, { cpu, megabytes }] of Object.entries(lines)) {
    const ratio = (cpu / alone.cpu).toFixed(2);
    console.log(
      `${name.padEnd(20)} ${cpu.toFixed(1).padStart(6)} ${ratio.padStart(12)} ${megabytes.toFixed(0).padStart(9)}`,
    );
  }
}

function fill(server: Dovecot): void {
  const days = daysUpTo("2026-11-20", Math.ceil(mails / (domains.length * 10)));
  const deliveries = days.flatMap((day) => deliveriesOn(day, domains)).slice(0, mails);
  for (const delivery of deliveries) server.deliver("INBOX", mailOf(delivery), new Date(delivery.received));
}

function mailbox(): string[] {
  return [...flagsOf(mailboxInputs(dovecot)), ...ours];
}

async function makePlace(name: string): Promise<string> {
  const place = join(folder, name);
  await mkdir(place, { recursive: true });
  await gitIn(place, "init", "--quiet", "--initial-branch", "main");
  await gitIn(place, "commit", "--quiet", "--allow-empty", "--message", "first");
  return place;
}

/** Runs the command line in a work tree; RUNNER_TEMP is where it leaves its files. */
async function start(place: string, flags: string[], temp = join(place, "..", "temp")): Promise<Cost> {
  await mkdir(temp, { recursive: true });
  return await timed(["dist/cli.js", "run", ...flags, "--data-path", join(place, "data")], { RUNNER_TEMP: temp });
}

async function sizeOf(path: string): Promise<number> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => stat(join(entry.parentPath, entry.name)));
  return (await Promise.all(files)).reduce((sum, { size }) => sum + size, 0);
}

/** The ids of all files of the history, but for what says when a run was. */
async function treeOf(place: string): Promise<string> {
  const lines = (await gitIn(place, "ls-tree", "-r", "HEAD", "data")).split("\n");
  return lines.filter((line) => !/(state|incidents)\.json|README\.md|\.svg$/.test(line)).join("\n");
}
