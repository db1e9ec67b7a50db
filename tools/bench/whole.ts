import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { type Dovecot, haveDovecot, startDovecot } from "../../test/servers/imap/dovecot.ts";
import { bundleScript } from "./bundle.ts";
import { daysUpTo, deliveriesOn, domainName, mailOf } from "./history/corpus.ts";
import { clone, gitIn, makeFirstCommit } from "./history/place.ts";
import { corpora, saveCorpus } from "./report-corpus.ts";
import { type Cost, flagsOf, mailboxInputs, timed } from "./timed.ts";

/*
 * The whole job, from IMAP to a pushed commit and the digest: `npm run bench:whole`, or `npm run bench:whole -- S M` for
 * some of S, M, L and 20000 alone; `--before COMMIT` names another commit than the one before to compare with, `--rounds 3`
 * takes the least of so many.
 *
 * In the same run, from the same server: the raw limit (fetch, inflate, one pass over the bytes), the straight pipeline
 * (mailparser, a tree of fast-xml-parser), our reading alone, and the whole job as the commit before does it. Needs a build
 * (`npm run build`), Dovecot and GNU time. Nothing fails by its time.
 */

const now = "2026-11-20T09:00:00Z";
const domains = Array.from({ length: 50 }, (_, number) => number);
const root = resolve(import.meta.dirname, "../..");
const flags = { before: "HEAD~1", rounds: "1" };
const asked: string[] = [];
for (let args = process.argv.slice(2); args.length > 0; args = args.slice(1)) {
  const flag = args[0]?.replace(/^--/, "");
  if (flag === "before" || flag === "rounds") [flags[flag], args] = [args[1] ?? "", args.slice(1)];
  else if (flag !== undefined) asked.push(flag);
}

const folder = await mkdtemp(join(tmpdir(), "dmarc-digest-whole-"));
const earlier = join(folder, "earlier");
const reader = join(folder, "reader.mjs");
try {
  if (haveDovecot) await measureAll();
  else console.log("There is no Dovecot here.");
} finally {
  await gitIn(root, "worktree", "remove", "--force", earlier).catch(() => undefined);
  await rm(folder, { recursive: true });
}

async function measureAll(): Promise<void> {
  await bundleScript(join(import.meta.dirname, "reader.ts"), reader);
  await gitIn(root, "worktree", "add", "--quiet", "--detach", earlier, flags.before);
  await symlink(join(root, "node_modules"), join(earlier, "node_modules"));
  await promisify(execFile)(process.execPath, [join(root, "node_modules/rolldown/bin/cli.mjs"), "-c"], {
    cwd: earlier,
  });
  console.log(`"before" is ${await gitIn(earlier, "log", "-1", "--format=%h %s")}\n`);
  for (const name of ["S", "M", "L", "20000"]) if (asked.length === 0 || asked.includes(name)) await measure(name);
}

async function measure(name: string): Promise<void> {
  const dovecot = await startDovecot();
  try {
    const mails = await fill(dovecot, name);
    const { port, user, password } = dovecot;
    const read = (pipeline: string, options: string[] = []): Promise<Cost> =>
      timed([...options, reader, pipeline, JSON.stringify({ port, user, password })]);
    // The tree of L needs more than Node takes by itself on small machines.
    const ways: Record<string, () => Promise<Cost>> = {
      "raw limit": () => read("raw"),
      "straight pipeline": () => read("imap-straight", ["--max-old-space-size=8000"]),
      "our reading": () => read("imap"),
      "whole job": () => runJob(root, dovecot, name),
      "whole job before": () => runJob(earlier, dovecot, name),
    };
    const costs = new Map<string, Cost>();
    for (let round = 0; round < Number(flags.rounds); round += 1) {
      for (const [way, start] of Object.entries(ways)) {
        const [cost, best] = [await start(), costs.get(way)];
        if (best === undefined || cost.cpu < best.cpu) costs.set(way, cost);
      }
    }
    print(`${name}, ${mails.toLocaleString("en-US")} mails`, costs);
  } finally {
    await dovecot.stop();
  }
}

async function fill(dovecot: Dovecot, name: string): Promise<number> {
  if (name === "S" || name === "M" || name === "L") {
    await saveCorpus(join(folder, name), corpora[name]);
    const files = (await readdir(join(folder, name))).sort();
    for (const file of files) dovecot.deliver("INBOX", await readFile(join(folder, name, file)));
    return files.length;
  }
  const days = daysUpTo(now.slice(0, 10), Number(name) / (domains.length * 10));
  const deliveries = days.flatMap((day) => deliveriesOn(day, domains));
  for (const delivery of deliveries) dovecot.deliver("INBOX", mailOf(delivery), new Date(delivery.received));
  return deliveries.length;
}

/** The job as the command line does it, in a new clone of an empty repository that it pushes to. */
async function runJob(from: string, dovecot: Dovecot, name: string): Promise<Cost> {
  const bare = await makeFirstCommit(await mkdtemp(join(folder, "history-")));
  const place = await clone(bare);
  const inputs = {
    ...mailboxInputs(dovecot),
    domains: name === "20000" ? domains.map(domainName).join(",") : "example.com",
    "count-unverified": "true",
    "time-budget": "60m",
    "data-path": join(place, "data"),
    now,
  };
  const cost = await timed([join(from, "dist/cli.js"), "run", ...flagsOf(inputs)], { RUNNER_TEMP: folder });
  if ((await gitIn(bare, "log", "--format=%s", "main")).split("\n").length < 2) throw new Error("Nothing was pushed.");
  return cost;
}

function print(title: string, costs: ReadonlyMap<string, Cost>): void {
  const cpuOf = (way: string): number => costs.get(way)?.cpu ?? Number.NaN;
  console.log(`${title.padEnd(24)}  CPU s   wall s      MB   CPU ÷ raw  ÷ straight`);
  for (const [way, { cpu, seconds, megabytes }] of costs) {
    const ratios = [cpu / cpuOf("raw limit"), cpu / cpuOf("straight pipeline")].map((ratio) =>
      ratio.toFixed(2).padStart(11),
    );
    const figures = [cpu.toFixed(2).padStart(7), seconds.toFixed(2).padStart(8), megabytes.toFixed(0).padStart(7)];
    console.log(`  ${way.padEnd(22)}${figures.join(" ")} ${ratios.join(" ")}`);
  }
  const [whole, before, read] = ["whole job", "whole job before", "our reading"].map(cpuOf) as [number, number, number];
  console.log(`  whole job ÷ before: ${(whole / before).toFixed(2)}, ÷ our reading: ${(whole / read).toFixed(2)}\n`);
}
