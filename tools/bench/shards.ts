import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startGitHub } from "../../test/servers/github/github.ts";
import { type Dovecot, startDovecot } from "../../test/servers/imap/dovecot.ts";
import { startSlack } from "../../test/servers/slack/slack.ts";
import { handedOut, runWorkflow } from "../../test/servers/workflow-runner.ts";
import { daysUpTo, deliveriesOn, domainName, mailOf } from "./history/corpus.ts";
import { gitIn, makeFirstCommit } from "./history/place.ts";
import { type Cost, costFormat, costIn, mailboxInputs } from "./timed.ts";

/*
 * `npm run bench:shards`: 20,000 mails of 50 domains by the matrix of docs/starter/matrix.yml, sixteen jobs that read them and one
 * that commits, beside the workflow of the README, which does all in one: CPU seconds, seconds by the clock and peak memory of each
 * job's step, and whether the histories are equal, byte by byte. `npm run bench:shards -- 2000` for fewer mails.
 * The files are run as they lie, but for the mailbox, the domains and the day. Needs a build, Dovecot and GNU time.
 */

const [mails = 20_000] = process.argv.slice(2).map(Number);
const now = "2026-11-20T09:00:00Z";
const domains = Array.from({ length: 50 }, (_, number) => number);
/** The mails are signed by nobody; one job reads all of them, which takes longer than a run may by itself. */
const ours = { now, domains: domains.map(domainName).join(","), "count-unverified": "true", "time-budget": "60m" };

const folder = await mkdtemp(join(tmpdir(), "dmarc-digest-shards-"));
const action = join(folder, "action");
const dovecot = await startDovecot();
try {
  for (const path of ["action.yml", "dist/main.js", "dist/explore.js"]) await cp(path, join(action, path));
  fill(dovecot);
  const alone = await play("README");
  const sharded = await play("matrix");
  print(alone, sharded);
  const isEqual = alone.tree === sharded.tree;
  console.log(isEqual ? "The histories are equal, byte by byte." : "✗ The histories differ.");
  process.exitCode = isEqual ? 0 : 1;
} finally {
  await dovecot.stop();
  await rm(folder, { recursive: true });
}

interface Played {
  /** Of each job, in the order of the file. */
  costs: Cost[];
  /** The id of the history's tree. */
  tree: string;
  /** Of the artifacts. */
  bytes: number;
}

/** Runs a workflow in an empty repository of a local GitHub, job by job. */
async function play(name: "README" | "matrix"): Promise<Played> {
  const place = join(folder, name);
  await mkdir(place);
  const [bare, times] = [await makeFirstCommit(join(place, "history.git")), join(place, "times")];
  const [github, slack] = [await startGitHub({ bare }), await startSlack()];
  const { jobs, artifacts } = await runWorkflow(
    {
      text: handedOut(name),
      action,
      contexts: { secrets: { IMAP_PASSWORD: dovecot.password, SLACK_TOKEN: "xoxb-test-token" } },
      fill: (inputs) => ({
        ...inputs,
        ...("imap-host" in inputs && mailboxInputs(dovecot)),
        ...("slack-channel" in inputs && { "slack-channel": "#dmarc" }),
        ...ours,
      }),
      env: () => ({
        GITHUB_REPOSITORY: "octo-org/mail",
        GITHUB_API_URL: github.apiUrl,
        GITHUB_GRAPHQL_URL: github.graphqlUrl,
        SLACK_API_URL: slack.apiUrl,
      }),
      start: { command: ["time", "-a", "-o", times, "-f", costFormat], timeout: 3_600_000 },
    },
    place,
  );
  await Promise.all([github.stop(), slack.stop()]);
  const failed = jobs.find(({ result }) => result !== "success");
  if (failed !== undefined) throw new Error(failed.steps.map(({ stdout, stderr }) => stdout + stderr).join("\n"));
  const costs = (await readFile(times, "utf8")).trimEnd().split("\n").map(costIn);
  return { costs, tree: await gitIn(bare, "rev-parse", "main:data"), bytes: await sizeOf(artifacts) };
}

function print({ costs: [alone = costIn("")] }: Played, { costs, bytes }: Played): void {
  console.log(`${mails.toLocaleString("en-US")} mails; artifacts of ${(bytes / 1e6).toFixed(0)} MB`);
  console.log("                      CPU s   of one job   clock s   peak MB");
  const ofShards = costs.slice(0, -1).map((cost, index): [string, Cost] => [`shard ${index + 1}`, cost]);
  const lines: [string, Cost][] = [["one job for all", alone], ...ofShards];
  for (const [name, { cpu, megabytes, seconds }] of [
    ...lines,
    ["the job that commits", costs.at(-1) ?? alone],
  ] as const) {
    const cells = [
      cpu.toFixed(1).padStart(6),
      (cpu / alone.cpu).toFixed(2).padStart(12),
      seconds.toFixed(1).padStart(9),
    ];
    console.log(`${name.padEnd(20)} ${cells.join(" ")} ${megabytes.toFixed(0).padStart(9)}`);
  }
}

function fill(server: Dovecot): void {
  const days = daysUpTo("2026-11-20", Math.ceil(mails / (domains.length * 10)));
  const deliveries = days.flatMap((day) => deliveriesOn(day, domains)).slice(0, mails);
  for (const delivery of deliveries) server.deliver("INBOX", mailOf(delivery), new Date(delivery.received));
}

async function sizeOf(path: string): Promise<number> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => stat(join(entry.parentPath, entry.name)));
  return (await Promise.all(files)).reduce((sum, { size }) => sum + size, 0);
}
