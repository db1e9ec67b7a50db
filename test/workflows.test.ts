import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { repository } from "../src/config/file-keys.ts";
import { handedOut } from "./servers/workflow-runner.ts";

/*
 * What a workflow may do, of ours and of those that we hand out: the rules that zizmor checks in CI, as far as they are short, and
 * what only GitHub could play. What the lines of those that we hand out are for else is in test/run/starter.test.ts, where they run.
 */

interface Step {
  id?: string;
  uses?: string;
  env?: Record<string, string>;
  if?: string;
  run?: string;
  with?: Record<string, string | number | boolean>;
}

interface Job {
  needs?: string;
  if?: string;
  environment?: string;
  permissions?: Record<string, string>;
  "timeout-minutes"?: number;
  strategy?: { "max-parallel"?: number; matrix: { shard: number[] } };
  steps: Step[];
}

interface Workflow {
  on: { schedule?: { cron: string }[] } & Record<string, unknown>;
  permissions?: Record<string, string>;
  concurrency?: { group?: string; "cancel-in-progress"?: boolean };
  jobs: Record<string, Job>;
}

const paths = [".github/workflows", "docs/starter"].flatMap((folder) =>
  readdirSync(folder).map((file) => join(folder, file)),
);

describe.each(paths)("%s", (path) => {
  const workflow: Workflow = parse(readFileSync(path, "utf8"));
  const jobs = Object.values(workflow.jobs);
  const steps = jobs.flatMap((job) => job.steps);
  const writes = (permissions: Record<string, string> = {}): boolean => Object.values(permissions).includes("write");

  test("reads alone, but for jobs that name what they write, and no job runs for ever", () => {
    expect(workflow.permissions).toBeDefined();
    expect(writes(workflow.permissions)).toBe(false);
    for (const job of jobs) expect(job["timeout-minutes"]).toBeLessThanOrEqual(90);
  });

  test("runs no code of packages where it may write to the repository", () => {
    const writing = jobs.filter(({ permissions = {} }) => permissions.contents === "write");
    const run = writing.flatMap((job) => job.steps.flatMap((step) => step.run ?? []));
    expect(run.filter((script) => /\b(npm|npx|node)\b|\.ci\/run/.test(script))).toEqual([]);
  });

  test("leaves no token on the disk, and puts no text of others into a script", () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    for (const step of checkouts) expect(step.with?.["persist-credentials"]).toBe(false);
    expect(steps.flatMap(({ run }) => run ?? []).filter((script) => script.includes("${{"))).toEqual([]);
    expect(Object.keys(workflow.on)).not.toContain("pull_request_target");
    expect(Object.keys(workflow.on)).not.toContain("workflow_run");
  });
});

describe.each(["README", "two-jobs", "matrix"] as const)("the workflow that we hand out as %s", (name) => {
  const workflow: Workflow = parse(handedOut(name));
  const jobs = Object.values(workflow.jobs);
  const stepsOf = (action: string) =>
    jobs.flatMap((job) => job.steps.filter(({ uses = "" }) => uses.startsWith(action)).map((step) => ({ job, step })));

  test("runs every day at an odd minute, when GitHub is less late, and by hand", () => {
    const { schedule = [], ...others } = workflow.on;
    expect(schedule.length).toBeGreaterThan(0);
    for (const { cron } of schedule) expect(cron).toMatch(/^([1-9]|[1-5]\d) \d+ \* \* \*$/);
    expect(others).toHaveProperty("workflow_dispatch");
  });

  test("runs one at a time, and lets it end: two would read the same mails", () => {
    expect(workflow.concurrency).toEqual({ group: "dmarc" });
  });

  test("gives each job the time that it reads, which is 10 minutes unless told otherwise, and 10 more to commit and send", () => {
    for (const { job, step } of stepsOf(`${repository}@`)) {
      const budget = Number(String(step.with?.["time-budget"] ?? "10m").replace("m", ""));
      expect(job["timeout-minutes"]).toBeGreaterThanOrEqual(budget + 10);
    }
  });

  test("lets no job that holds the mailbox's password write, where another one writes", () => {
    const reading = jobs.filter((job) => job.steps.some((step) => /\bcollect\b/.test(String(step.with?.mode))));
    expect(reading.map(({ permissions }) => permissions)).toEqual(reading.map(() => ({ contents: "read" })));
    const writing = reading.length === 0 ? workflow : jobs.find((job) => !reading.includes(job));
    expect(writing?.permissions).toEqual({ contents: "write", issues: "write" });
  });

  test("keeps what mails hold for a day, as long as a job may be run again, and the page for a week", () => {
    const kept = stepsOf("actions/upload-artifact@").map(({ step }) => step.with?.["retention-days"]);
    expect(kept).toEqual(name === "README" ? [7] : [1, 7]);
  });
});

test("doctor, where it finds all well, has no file of mails to upload, which would fail", () => {
  const { jobs }: Workflow = parse(handedOut("two-jobs"));
  const upload = jobs.collect?.steps.find(({ uses }) => uses?.startsWith("actions/upload-artifact@"));
  expect(upload?.if).toBe("steps.dmarc.outputs.collected-path != ''");
});

test("a matrix opens no more connections than Gmail takes from an account, which are 15", () => {
  const { jobs }: Workflow = parse(handedOut("matrix"));
  expect(jobs.collect?.strategy?.["max-parallel"]).toBeLessThanOrEqual(15);
});

test("an owner agrees to a release, and the bundle of a stranger's pull request is not made by a job that writes", () => {
  const [release, dist]: Workflow[] = ["release", "dist"].map((name) =>
    parse(readFileSync(`.github/workflows/${name}.yml`, "utf8")),
  );
  expect(release?.jobs.publish).toMatchObject({ needs: "build", environment: "release" });
  expect(dist?.jobs.commit?.needs).toBe("build");
  expect(dist?.jobs.build?.if?.split(" && ")).toEqual([
    "github.event.pull_request.user.login == 'dependabot[bot]'",
    "github.event.pull_request.head.repo.full_name == github.repository",
  ]);
});

test("our own daily run is one of this action, and fails when it has committed anything", () => {
  const { jobs }: Workflow = parse(readFileSync(".github/workflows/digest.yml", "utf8"));
  const steps = jobs.digest?.steps ?? [];
  const digest = steps.findIndex(({ uses }) => uses === "./");
  const { run = "", env } = steps.slice(digest + 1).find((step) => step.run !== undefined) ?? {};
  expect(env).toEqual({ COMMIT: `\${{ steps.${steps[digest]?.id}.outputs.commit }}` });
  const head = execFileSync("git", ["rev-parse", "HEAD"], { encoding: "utf8" }).trim();
  const statusOf = (commit: string, sha: string) =>
    spawnSync("bash", ["-ec", run], { env: { ...process.env, COMMIT: commit, GITHUB_SHA: sha } }).status;
  const other = "0".repeat(40);
  expect([statusOf(head, head), statusOf(other, head), statusOf(head, other), statusOf(other, other)]).toEqual([
    0, 1, 1, 1,
  ]);
});

test("what Dependabot changes makes all of the committed bundle anew", () => {
  const { jobs }: Workflow = parse(readFileSync(".github/workflows/dist.yml", "utf8"));
  const upload = jobs.build?.steps.find(({ uses }) => uses?.startsWith("actions/upload-artifact@"));
  const committed = execFileSync("git", ["ls-files", "dist"], { encoding: "utf8" }).trim().split("\n");
  expect(String(upload?.with?.path).trim().split("\n").sort()).toEqual(committed.sort());
});
