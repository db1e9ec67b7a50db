import { Writable } from "node:stream";
import type { ReadSums } from "./straight.ts";

/*
 * One reading of a folder in a process of its own: `reader.ts straight|ours FOLDER [TIMES]`.
 * Prints what was read and what it took as one line of JSON.
 */

const [pipeline = "", folder = "", times = "1"] = process.argv.slice(2);
const read = pipeline === "ours" ? await prepareOurs() : await prepareStraight();
const before = process.cpuUsage();
const sums: ReadSums = { records: 0, messages: 0, dmarcFail: 0 };
for (let time = 0; time < Number(times); time += 1) await read(folder, sums);
const reading = process.cpuUsage(before);
const whole = process.cpuUsage();
console.log(
  JSON.stringify({
    ...sums,
    reading: (reading.user + reading.system) / 1e6,
    whole: (whole.user + whole.system) / 1e6,
    megabytes: process.resourceUsage().maxRSS / 1024,
  }),
);

type ReadFolder = (folder: string, sums: ReadSums) => Promise<void>;

/** The command `read --json`, as it is. */
async function prepareOurs(): Promise<ReadFolder> {
  const { read } = await import("../../src/commands/read.ts");
  return async (path, total) => {
    const stdout = new Writable({
      decodeStrings: false,
      write: (line: string, _, done) => {
        for (const report of JSON.parse(line).reports as ReadSums[]) add(total, report);
        done();
      },
    });
    await read({ paths: [path], json: true, now: new Date("2026-11-20T09:00:00Z"), stdout, stderr: process.stderr });
  };
}

async function prepareStraight(): Promise<ReadFolder> {
  const { readStraight } = await import("./straight.ts");
  const { readdir, readFile } = await import("node:fs/promises");
  return async (path, total) => {
    for (const name of (await readdir(path)).sort()) add(total, await readStraight(await readFile(`${path}/${name}`)));
  };
}

function add(total: ReadSums, { records, messages, dmarcFail }: ReadSums): void {
  total.records += records;
  total.messages += messages;
  total.dmarcFail += dmarcFail;
}
