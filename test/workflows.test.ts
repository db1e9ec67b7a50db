import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

/* What a workflow may do, of ours and of those that we hand out: the rules that zizmor checks in CI, as far as they are short. */

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}

interface Workflow {
  on: Record<string, unknown>;
  permissions?: Record<string, string>;
  jobs: Record<string, { permissions?: Record<string, string>; "timeout-minutes"?: number; steps: Step[] }>;
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

test("what Dependabot changes makes all of the committed bundle anew", () => {
  const { jobs }: Workflow = parse(readFileSync(".github/workflows/dist.yml", "utf8"));
  const upload = jobs.build?.steps.find(({ uses }) => uses?.startsWith("actions/upload-artifact@"));
  const committed = execFileSync("git", ["ls-files", "dist"], { encoding: "utf8" }).trim().split("\n");
  expect(String(upload?.with?.path).trim().split("\n").sort()).toEqual(committed.sort());
});
