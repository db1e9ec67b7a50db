import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { reportXml } from "../../test/report/report-files.ts";
import { containers } from "../../test/report/unpack/containers.ts";
import { makeRandom, mutate } from "./mutation.ts";

/*
 * `npm run fuzz`: reads mutations of the fixtures and of generated containers for a minute, or for `-- --minutes 10`,
 * in a worker whose time and memory are watched. What fails is made smaller, saved, and told how to repeat:
 * `npm run fuzz -- --file PATH` reads one file, `-- --seed N` begins with the same mutations.
 */

/** A single input is far below this, even on a slow machine. */
const hangMilliseconds = 5_000;
const heapMegabytes = 256;

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "1" }, seed: { type: "string" }, file: { type: "string" } },
});
let worker = startWorker();
if (values.file === undefined) await fuzz(Number(values.minutes), Number(values.seed ?? Date.now() % 1e9));
else console.log((await problemOf(await readFile(values.file))) ?? "fine");
await worker.terminate();

async function fuzz(minutes: number, seed: number): Promise<void> {
  if (!(minutes > 0) || !Number.isSafeInteger(seed))
    throw new Error("--minutes must be a number above 0, --seed a whole number");
  const seeds = await loadSeeds();
  const random = makeRandom(seed);
  const any = (): Buffer => seeds[random(seeds.length)] ?? Buffer.alloc(0);
  const end = Date.now() + minutes * 60_000;
  console.log(`${seeds.length} seeds, --seed ${seed}, ${minutes} min`);
  let [inputs, slowest] = [0, 0];
  while (Date.now() < end) {
    const bytes = mutate(any(), any(), random);
    const start = performance.now();
    const problem = await problemOf(bytes);
    slowest = Math.max(slowest, performance.now() - start);
    inputs += 1;
    if (problem === undefined) continue;
    await tell(await shrink(bytes, problem), problem);
    process.exitCode = 1;
    return;
  }
  console.log(`${inputs} inputs, nothing found; the slowest took ${slowest.toFixed(0)} ms`);
}

async function loadSeeds(): Promise<Buffer[]> {
  const folder = fileURLToPath(new URL("../../test/fixtures/", import.meta.url));
  const names = (await readdir(folder)).filter((name) => !name.endsWith(".json"));
  const fixtures = await Promise.all(names.sort().map((name) => readFile(join(folder, name))));
  return [...fixtures, ...Object.values(containers).map((contain) => contain(Buffer.from(reportXml())))];
}

/** What is wrong about how bytes are read; a worker that hangs or dies is replaced. */
async function problemOf(bytes: Uint8Array): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const timer = setTimeout(() => resolve(`takes more than ${hangMilliseconds} ms`), hangMilliseconds);
  worker.once("message", resolve);
  worker.once("error", (error) => resolve(`the worker died: ${String(error)}`));
  worker.postMessage(bytes);
  const problem = await promise;
  clearTimeout(timer);
  worker.removeAllListeners("message").removeAllListeners("error");
  if (problem !== undefined) {
    await worker.terminate();
    worker = startWorker();
  }
  return problem;
}

function startWorker(): Worker {
  return new Worker(new URL("./reader.ts", import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
  });
}

/** The smallest input found, by cutting out ever smaller pieces, that has a problem of the same kind. */
async function shrink(bytes: Buffer, problem: string): Promise<Buffer> {
  let smallest = bytes;
  const kind = problem.slice(0, 12);
  const end = Date.now() + 120_000;
  for (let piece = Math.ceil(bytes.length / 2); piece >= 1; piece = piece === 1 ? 0 : Math.ceil(piece / 2)) {
    for (let start = 0; start < smallest.length && Date.now() < end; ) {
      const less = Buffer.concat([smallest.subarray(0, start), smallest.subarray(start + piece)]);
      if ((await problemOf(less))?.startsWith(kind)) smallest = less;
      else start += piece;
    }
  }
  return smallest;
}

async function tell(bytes: Buffer, problem: string): Promise<void> {
  const folder = join(tmpdir(), "dmarc-digest-fuzz");
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${Date.now()}.bin`);
  await writeFile(path, bytes);
  console.log(`found: ${problem}\n${bytes.length} bytes in ${path}\nRepeat it: npm run fuzz -- --file ${path}`);
}
