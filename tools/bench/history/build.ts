import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { dateAfter } from "./corpus.ts";
import { makeBare, scriptPath } from "./place.ts";
import type { HistoryPlan, WrittenHistory } from "./writer.ts";

/** Days before its first commit from which on a later part of a history is written, so that its months are whole. */
const leadDays = 62;

/**
 * Makes a history in a new bare repository. Two processes write a half each at the same time, unless it's a short one.
 *
 * @returns What is in it.
 */
export async function buildHistory(bare: string, plan: HistoryPlan): Promise<WrittenHistory> {
  await makeBare(bare);
  const importer = spawn("git", ["fast-import", "--quiet"], { cwd: bare, stdio: ["pipe", "ignore", "inherit"] });
  const [first, second] = halves(plan);
  const draft = createWriteStream(`${bare}.second`);
  const [ofFirst, ofSecond] = await Promise.all([write(first, importer.stdin), second && write(second, draft)]);
  draft.end();
  await once(draft, "close");
  await pipeline(createReadStream(draft.path), importer.stdin);
  await rm(draft.path);
  const [code] = (await once(importer, "close")) as [number];
  if (code !== 0) throw new Error(`git fast-import ended with ${code}.`);
  return ofSecond === undefined ? ofFirst : addUp(ofFirst, ofSecond);
}

function halves(plan: HistoryPlan): [HistoryPlan, HistoryPlan?] {
  const days = (Date.parse(plan.last) - Date.parse(plan.first)) / 86_400_000;
  if (days < 4 * leadDays) return [plan];
  // On the last day of a month, when there is a commit anyway.
  const middle = `${dateAfter(plan.first, Math.round(days * 0.55)).slice(0, 7)}-01`;
  const after = dateAfter(middle, -1);
  return [
    { ...plan, last: after },
    { ...plan, first: dateAfter(after, -leadDays), after },
  ];
}

/** Has a plan written to a stream, which is left open. */
async function write(plan: HistoryPlan, to: Writable): Promise<WrittenHistory> {
  const script = scriptPath("writer.ts");
  const child = fork(script, [JSON.stringify(plan)], { stdio: ["ignore", "pipe", "inherit", "ipc"] });
  const written = once(child, "message") as Promise<[WrittenHistory]>;
  await Promise.all([pipeline(child.stdout as Readable, to, { end: false }), ended(child)]);
  const [sums] = await written;
  return sums;
}

async function ended(child: ChildProcess): Promise<void> {
  const [code] = (await once(child, "exit")) as [number];
  if (code !== 0) throw new Error(`writer.ts ended with ${code}.`);
}

function addUp(a: WrittenHistory, b: WrittenHistory): WrittenHistory {
  return {
    reports: a.reports + b.reports,
    records: a.records + b.records,
    plainBytes: a.plainBytes + b.plainBytes,
  };
}
