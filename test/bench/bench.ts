import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { rolldown } from "rolldown";
import { corpora } from "./report-corpus.ts";
import type { ReadSums } from "./straight.ts";

/*
 * How fast reports are read, beside a straight pipeline of mailparser and a tree of fast-xml-parser: `npm run bench`,
 * or `npm run bench -- S L` for some of the corpora alone.
 *
 * Each reading is a process of its own, bundled as the action is; the two take turns, and the least CPU time of each counts, with the start of the
 * process in it. Fails when a goal is missed or the two don't agree on what they read.
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
  /** CPU seconds of reading alone. */
  reading: number;
  /** CPU seconds of the whole process. */
  whole: number;
  megabytes: number;
}

const goals: Goal[] = [
  { name: "S", rounds: 3, ratio: 3 },
  { name: "M", rounds: 2, ratio: 4 },
  { name: "L", rounds: 2, ratio: 6, megabytes: 250 },
];
/** The mails of M this many times over. */
const backlog = { name: "backlog", times: 10, megabytes: 350 };

const asked = process.argv.slice(2);
const isAsked = (name: string): boolean => asked.length === 0 || asked.includes(name);
const folder = await mkdtemp(join(tmpdir(), "dmarc-digest-bench-"));
const misses: string[] = [];
const reader = join(folder, "reader.mjs");
try {
  await buildReader();
  for (const goal of goals) if (isAsked(goal.name)) await measure(goal);
  if (isAsked(backlog.name)) await measureBacklog();
} finally {
  await rm(folder, { recursive: true });
}
for (const miss of misses) console.log(`✗ ${miss}`);
process.exitCode = misses.length === 0 ? 0 : 1;

async function buildReader(): Promise<void> {
  const input = fileURLToPath(new URL("reader.ts", import.meta.url));
  const bundle = await rolldown({ input, platform: "node" });
  await bundle.write({ file: reader, format: "esm", codeSplitting: false });
  await bundle.close();
}

async function measure({ name, rounds, ratio, megabytes = Number.POSITIVE_INFINITY }: Goal): Promise<void> {
  const counts = corpora[name];
  await saveCorpus(name);
  const [straight, ours]: [Reading[], Reading[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    straight.push(await start("straight", name));
    ours.push(await start("ours", name));
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
  const reading = await start("ours", "M", backlog.times);
  show(backlog.name, reading, counts.length * backlog.times);
  if (reading.megabytes > backlog.megabytes) {
    misses.push(`${backlog.name} must take ${backlog.megabytes} MB, takes ${reading.megabytes.toFixed()}`);
  }
}

async function saveCorpus(name: keyof typeof corpora): Promise<void> {
  const writer = fileURLToPath(new URL("corpus-writer.ts", import.meta.url));
  await promisify(execFile)(process.execPath, [writer, name, join(folder, name)]);
}

async function start(pipeline: "straight" | "ours", name: string, times = 1): Promise<Reading> {
  // The tree of L does not fit into the heap that Node takes by itself on small machines.
  const heap = pipeline === "straight" ? ["--max-old-space-size=8000"] : [];
  const args = [...heap, reader, pipeline, join(folder, name), String(times)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as Reading;
}

function best(readings: Reading[]): Reading {
  return readings.reduce((least, reading) => (reading.whole < least.whole ? reading : least));
}

function show(label: string, { records, whole, reading, megabytes }: Reading, mails: number): void {
  const rate = (count: number): string => Math.round(count / whole).toLocaleString("en-US");
  console.log(
    `${label.padEnd(10)} ${mails} mails, ${records} records: ${whole.toFixed(2)} CPU s (${reading.toFixed(2)} without start), ` +
      `${rate(mails)} mails/s, ${rate(records)} records/s, ${megabytes.toFixed()} MB`,
  );
}
