import { fork } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readMail } from "../../src/report/mail/mail.ts";
import { summarizeMail } from "../../src/report/mail/mail-summary.ts";
import { attacks } from "../../test/report/attacks/attacks.ts";
import { peakMegabytes } from "./peak.ts";

/*
 * `npm run bench:hostile`: what each attack costs at 16 MB unpacked, in a process of its own: CPU time of reading
 * alone, and peak memory of the whole process. Fails when one is above the limit or ends otherwise than it should.
 * `npm run bench:hostile -- zip` measures those with `zip` in their names.
 */

const size = 16 * 1024 * 1024;
const options = { now: new Date("2026-11-20T09:00:00Z") };
const limit = { cpuSeconds: 2, peakMegabytes: 300 };
/** Far above the limit: a process that hangs is ended. */
const hangSeconds = 30;

interface Cost {
  state: string;
  cpuSeconds: number;
  peakMegabytes: number;
}

const [first, path] = process.argv.slice(2);
if (path !== undefined && process.send !== undefined) process.send(await measure(path));
else await measureAll(first ?? "");

async function measureAll(wanted: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "dmarc-digest-hostile-"));
  console.log("CPU s  peak MB  state         attack");
  let failures = 0;
  for (const { name, make, state: small, large: state = small } of attacks.filter((attack) =>
    attack.name.includes(wanted),
  )) {
    const file = join(folder, "attack");
    await writeFile(file, make(size));
    const cost = await measureInChild(file);
    const isFine =
      cost.state === state && cost.cpuSeconds <= limit.cpuSeconds && cost.peakMegabytes <= limit.peakMegabytes;
    if (!isFine) failures += 1;
    const line = [
      cost.cpuSeconds.toFixed(2).padStart(5),
      cost.peakMegabytes.toFixed(0).padStart(7),
      cost.state.padEnd(12),
    ];
    console.log(`${line.join("  ")}  ${name}${isFine ? "" : `  ✗ not ${state} within the limit`}`);
  }
  await rm(folder, { recursive: true });
  console.log(`${failures} above ${limit.cpuSeconds} s of CPU or ${limit.peakMegabytes} MB, or in another state`);
  process.exitCode = failures === 0 ? 0 : 1;
}

function measureInChild(file: string): Promise<Cost> {
  return new Promise((resolve) => {
    const child = fork(import.meta.filename, ["child", file]);
    const timer = setTimeout(() => child.kill("SIGKILL"), hangSeconds * 1000);
    let cost: Cost = { state: "died", cpuSeconds: Number.POSITIVE_INFINITY, peakMegabytes: Number.POSITIVE_INFINITY };
    child.on("message", (message) => {
      cost = message as Cost;
    });
    child.on("exit", () => {
      clearTimeout(timer);
      resolve(cost);
    });
  });
}

async function measure(file: string): Promise<Cost> {
  const bytes = await readFile(file);
  // The parser that is asked when a mail is not plain is loaded once a process; that is not the attack's.
  await readMail(bytes.subarray(0, 4000), options);
  const before = process.cpuUsage();
  const { files } = await readMail(bytes, options);
  const { user, system } = process.cpuUsage(before);
  return { state: summarizeMail(files).state, cpuSeconds: (user + system) / 1e6, peakMegabytes: await peakMegabytes() };
}
