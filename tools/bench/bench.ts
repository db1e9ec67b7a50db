import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { bundleScript } from "./bundle.ts";
import { roundTrip, withMailbox } from "./imap.ts";
import { corpora } from "./report-corpus.ts";
import type { ReadSums } from "./straight.ts";

/*
 * How fast reports are read, beside a straight pipeline of mailparser and a tree of fast-xml-parser: `npm run bench`,
 * or `npm run bench -- S L` for some of the corpora alone.
 *
 * Each reading is a process of its own, bundled as the action is; the two take turns, and the least CPU time of each counts, with the start of the
 * process in it. Fails when a goal is missed or the two don't agree on what they read. S over IMAP is measured by the clock,
 * with a server on this machine.
 */

interface Goal {
  name: keyof typeof corpora;
  /** How often each side reads it. */
  rounds: number;
  /** How many times faster than the straight pipeline. */
  ratio: number;
  /** The most memory in MB, where there is a bound. */
  megabytes?: number;
}

interface Reading extends ReadSums {
  /** Seconds of reading alone, by the clock. */
  elapsed: number;
  /** CPU seconds of reading alone. */
  reading: number;
  /** CPU seconds of the whole process. */
  whole: number;
  megabytes: number;
}

const goals: Goal[] = [
  { name: "S", rounds: 3, ratio: 3 },
  { name: "M", rounds: 2, ratio: 4 },
  { name: "L", rounds: 2, ratio: 6, megabytes: 150 },
];
/** The mails of M this many times over, by `read` with `--json` and without. */
const backlog = { name: "backlog", times: 10, megabytes: 350 };
/** The mails of S out of a mailbox, and how many times longer that may take over a slow line. */
const mailbox = { name: "imap", rounds: 3, ratio: 2 };

const asked = process.argv.slice(2);
const isAsked = (name: string): boolean => asked.length === 0 || asked.includes(name);
const folder = await mkdtemp(join(tmpdir(), "dmarc-digest-bench-"));
const misses: string[] = [];
const reader = join(folder, "reader.mjs");
try {
  await bundleScript(fileURLToPath(new URL("reader.ts", import.meta.url)), reader);
  for (const goal of goals) if (isAsked(goal.name)) await measure(goal);
  if (isAsked(backlog.name)) await measureBacklog();
  if (isAsked(mailbox.name)) await measureMailbox();
} finally {
  await rm(folder, { recursive: true });
}
for (const miss of misses) console.log(`✗ ${miss}`);
process.exitCode = misses.length === 0 ? 0 : 1;

async function measure({ name, rounds, ratio, megabytes = Number.POSITIVE_INFINITY }: Goal): Promise<void> {
  const counts = corpora[name];
  await saveCorpus(name);
  const [straight, ours]: [Reading[], Reading[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    straight.push(await start("straight", name));
    ours.push(await start("json", name));
  }
  const [slow, fast] = [best(straight), best(ours)];
  show(`${name} straight`, slow, counts.length);
  show(`${name} ours`, fast, counts.length);
  const got = slow.whole / fast.whole;
  console.log(`${name} ratio: ${got.toFixed(1)} (without start: ${(slow.reading / fast.reading).toFixed(1)})\n`);
  const sums = ({ records, messages, dmarcFail }: Reading): string => `${records}, ${messages}, ${dmarcFail}`;
  if (sums(slow) !== sums(fast)) misses.push(`${name}: straight reads ${sums(slow)}, ours ${sums(fast)}`);
  if (got < ratio) misses.push(`${name} must be ${ratio} times as fast, is ${got.toFixed(1)}`);
  if (fast.megabytes > megabytes) misses.push(`${name} must take ${megabytes} MB, takes ${fast.megabytes.toFixed()}`);
}

async function measureBacklog(): Promise<void> {
  const counts = corpora.M;
  if (!isAsked("M")) await saveCorpus("M");
  for (const pipeline of ["json", "table"] as const) {
    const label = `${backlog.name} ${pipeline}`;
    const reading = await start(pipeline, "M", backlog.times);
    show(label, reading, counts.length * backlog.times);
    if (reading.megabytes > backlog.megabytes) {
      misses.push(`${label} must take ${backlog.megabytes} MB, takes ${reading.megabytes.toFixed()}`);
    }
  }
}

async function measureMailbox(): Promise<void> {
  if (!isAsked("S")) await saveCorpus("S");
  const readings = await withMailbox(join(folder, "S"), async (straight, slow) => {
    const [near, far]: [Reading[], Reading[]] = [[], []];
    for (let round = 0; round < mailbox.rounds; round += 1) {
      near.push(await startReader(["imap", JSON.stringify(straight)]));
      far.push(await startReader(["imap", JSON.stringify(slow)]));
    }
    return { near, far };
  });
  if (readings === undefined) {
    console.log("S over IMAP: there is no Dovecot here");
    return;
  }
  const records = corpora.S.reduce((sum, count) => sum + count);
  const wrong = [...readings.near, ...readings.far].find((reading) => reading.records !== records);
  if (wrong !== undefined) misses.push(`S over IMAP has ${records} records, ${wrong.records} are read`);
  const [near, far] = [readings.near, readings.far].map((all) => Math.min(...all.map(({ elapsed }) => elapsed)));
  const ratio = (far ?? Number.NaN) / (near ?? Number.NaN);
  console.log(
    `\nS over IMAP: ${near?.toFixed(2)} s straight, ${far?.toFixed(2)} s with a round trip of ${roundTrip} ms, ratio ${ratio.toFixed(2)}`,
  );
  if (!(ratio < mailbox.ratio)) misses.push(`S over IMAP must take less than ${mailbox.ratio} times as long`);
}

async function saveCorpus(name: keyof typeof corpora): Promise<void> {
  const writer = fileURLToPath(new URL("corpus-writer.ts", import.meta.url));
  await promisify(execFile)(process.execPath, [writer, name, join(folder, name)]);
}

function start(pipeline: "straight" | "json" | "table", name: string, times = 1): Promise<Reading> {
  // The tree of L does not fit into the heap that Node takes by itself on small machines.
  const heap = pipeline === "straight" ? ["--max-old-space-size=8000"] : [];
  return startReader([pipeline, join(folder, name), String(times)], heap);
}

async function startReader(args: string[], options: string[] = []): Promise<Reading> {
  const { stdout } = await promisify(execFile)(process.execPath, [...options, reader, ...args]);
  return JSON.parse(stdout) as Reading;
}

function best(readings: Reading[]): Reading {
  return readings.reduce((least, reading) => (reading.whole < least.whole ? reading : least));
}

function show(label: string, { records, whole, reading, megabytes }: Reading, mails: number): void {
  const rate = (count: number): string => Math.round(count / whole).toLocaleString("en-US");
  console.log(
    `${label.padEnd(13)} ${mails} mails, ${records} records: ${whole.toFixed(2)} CPU s (${reading.toFixed(2)} without start), ` +
      `${rate(mails)} mails/s, ${rate(records)} records/s, ${megabytes.toFixed()} MB`,
  );
}
