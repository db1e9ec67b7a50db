import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, matchesGlob, resolve } from "node:path";
import { parse } from "yaml";
import { repository } from "../../src/config/file-keys.ts";
import { type ActionResult, type ActionStep, runAction } from "./action-runner.ts";
import { type Contexts, fillIn, holds } from "./expression.ts";

/** A workflow that is to be run, and what it needs around it. */
export interface WorkflowRun {
  /** The YAML as it lies. */
  text: string;
  /** The folder of the action that `uses:` of ours stands for. */
  action: string;
  /** What `secrets`, `github` and `inputs` hold. */
  contexts?: Contexts;
  /** Secrets that jobs of an environment have beside those, by its name. */
  environments?: Record<string, Record<string, string>>;
  /** The inputs of a step of ours as its reader fills them in: another mail server, say. */
  fill?: (inputs: Record<string, string>) => Record<string, string>;
  /** The environment of our steps, by the permissions of the job's token. */
  env?: (permissions: Permissions) => Record<string, string> | Promise<Record<string, string>>;
  /** How each of our steps is started; see `ActionStep`. */
  start?: Pick<ActionStep, "command" | "timeout" | "isHere">;
  /** Jobs of a matrix that run at once, as far as its `max-parallel` lets them; 1 unless told otherwise. */
  atOnce?: number;
}

/** The workflows that the pages hand out, as they lie: that of the README has one job, `two-jobs` two, `matrix` 17. */
export function handedOut(name: "README" | "two-jobs" | "matrix"): string {
  if (name !== "README") return readFileSync(`docs/starter/${name}.yml`, "utf8");
  const [, text = ""] = /^```yaml\n(name: dmarc\n.*?)^```/ms.exec(readFileSync("README.md", "utf8")) ?? [];
  return text;
}

/** `contents: write` and so on; what is not named is not permitted. */
export type Permissions = Readonly<Record<string, string>>;

/** What became of a job, or of one of a matrix. */
export interface JobResult {
  /** The job's id. */
  id: string;
  result: "success" | "failure" | "skipped" | "cancelled";
  /** What the steps of ours that ran have left. */
  steps: ActionResult[];
}

interface Workflow {
  permissions?: Permissions;
  jobs: Record<string, Job>;
}

interface Job {
  needs?: string | string[];
  if?: string;
  environment?: string;
  permissions?: Permissions;
  strategy?: { matrix: Record<string, unknown[]>; "fail-fast"?: boolean; "max-parallel"?: number };
  steps: Step[];
}

interface Step {
  id?: string;
  if?: string;
  uses: string;
  with?: Record<string, unknown>;
  env?: Record<string, unknown>;
}

/**
 * Runs the jobs of a workflow as GitHub does: all at once but for those that `needs` others, each of a matrix with its values, and
 * none of them after one that failed unless `fail-fast` is off; its steps in their order, in an empty workspace of its own; our own
 * action as `runAction` starts it, and artifacts as folders.
 *
 * @returns The results of all jobs, and the folder with what they have uploaded, by the artifacts' names.
 * @throws for an action or a key that is not played here.
 */
export async function runWorkflow(
  run: WorkflowRun,
  temp = tmpdir(),
): Promise<{ jobs: JobResult[]; artifacts: string }> {
  const workflow = parse(run.text) as Workflow;
  const artifacts = mkdtempSync(join(temp, "artifacts-"));
  const jobs: JobResult[] = [];
  const ended = new Map<string, Promise<void>>();
  for (const [id, job] of Object.entries(workflow.jobs)) {
    const needed = [job.needs ?? []].flat();
    const permissions = job.permissions ?? workflow.permissions ?? {};
    const needs = Promise.all(needed.map(async (other) => await ended.get(other)));
    const start = async (): Promise<void> => {
      await needs;
      const isGood = jobs.every(({ id: other, result }) => !needed.includes(other) || result === "success");
      jobs.push(...(await runJob(id, job, { run, permissions, artifacts, temp, isGood })));
    };
    ended.set(id, start());
  }
  await Promise.all(ended.values());
  return { jobs, artifacts };
}

interface JobPlace {
  run: WorkflowRun;
  permissions: Permissions;
  artifacts: string;
  temp: string;
  /** Whether the jobs that it needs were done. */
  isGood: boolean;
}

/** Runs all of a matrix, or the one job without. */
async function runJob(id: string, job: Job, place: JobPlace): Promise<JobResult[]> {
  const { run, isGood } = place;
  const {
    matrix = {},
    "fail-fast": isFast = true,
    "max-parallel": most = Number.POSITIVE_INFINITY,
  } = job.strategy ?? {};
  const secrets = { ...(run.contexts?.secrets as Contexts), ...run.environments?.[job.environment ?? ""] };
  const results: JobResult[] = [];
  const combinations = combinationsOf(matrix).values();
  const next = async (): Promise<void> => {
    for (const values of combinations) {
      const contexts = { ...run.contexts, secrets, matrix: values };
      const isOver = isFast && results.some(({ result }) => result === "failure");
      if (isOver || !holds(job.if, contexts, { isGood })) {
        results.push({ id, steps: [], result: isOver ? "cancelled" : "skipped" });
        continue;
      }
      const { done, result } = await runSteps(job.steps, contexts, place);
      results.push({ id, steps: done, result });
    }
  };
  await Promise.all(Array.from({ length: Math.min(run.atOnce ?? 1, most) }, next));
  return results;
}

/** Each value of a matrix with each of the others. */
function combinationsOf(matrix: Record<string, unknown[]>): Record<string, string>[] {
  let combinations: Record<string, string>[] = [{}];
  for (const [name, values] of Object.entries(matrix)) {
    if (name === "include" || name === "exclude") throw new Error(`A matrix with ${name} is not played here.`);
    combinations = combinations.flatMap((one) => values.map((value) => ({ ...one, [name]: String(value) })));
  }
  return combinations;
}

async function runSteps(
  steps: readonly Step[],
  given: Contexts,
  { run, permissions, artifacts, temp }: JobPlace,
): Promise<{ done: ActionResult[]; result: JobResult["result"] }> {
  const folder = mkdtempSync(join(temp, "job-"));
  const [workspace, runnerTemp] = [join(folder, "workspace"), join(folder, "temp")];
  for (const path of [workspace, runnerTemp]) mkdirSync(path);
  const [done, outputs]: [ActionResult[], Contexts] = [[], {}];
  let isGood = true;
  for (const step of steps) {
    const contexts = { ...given, steps: outputs };
    if (!holds(step.if, contexts, { isGood })) continue;
    const [inputs, env] = [step.with, step.env].map((texts = {}) =>
      Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, fillIn(String(text), contexts)])),
    ) as [Record<string, string>, Record<string, string>];
    if (step.uses === `${repository}@v1`) {
      const variables = { RUNNER_TEMP: runnerTemp, ...(await run.env?.(permissions)), ...env };
      const started = { action: run.action, workspace, inputs: run.fill?.(inputs) ?? inputs, token: "ghs_test_token" };
      const result = await runAction({ ...started, env: variables, ...run.start });
      done.push(result);
      outputs[step.id ?? ""] = { outputs: result.outputs };
      isGood &&= result.exitCode === 0;
    } else isGood = playArtifact(step.uses, inputs, { artifacts, workspace }) && isGood;
  }
  rmSync(folder, { recursive: true });
  return { done, result: isGood ? "success" : "failure" };
}

/** What the actions for artifacts do, as far as they are used; gives whether the step was done. */
function playArtifact(
  uses: string,
  { path = "", name = "artifact", pattern, archive, ...others }: Record<string, string>,
  { artifacts, workspace }: { artifacts: string; workspace: string },
): boolean {
  const unknown = Object.keys(others).filter((input) => input !== "retention-days");
  if (unknown.length > 0) throw new Error(`${unknown.join(", ")} of ${uses} is not played here.`);
  const local = resolve(workspace, path);
  if (uses.startsWith("actions/upload-artifact@")) {
    if (path === "") return false;
    // Unless told otherwise no file is but a warning, and a file that is not zipped goes by its own name.
    if (!existsSync(local)) return true;
    const artifact = join(artifacts, archive === "false" ? basename(local) : name);
    if (existsSync(artifact)) return false;
    cpSync(local, archive === "false" ? artifact : join(artifact, basename(local)), { recursive: true });
    return true;
  }
  if (!uses.startsWith("actions/download-artifact@")) throw new Error(`${uses} is not played here.`);
  const wanted = readdirSync(artifacts).filter((one) =>
    pattern === undefined ? one === name : matchesGlob(one, pattern),
  );
  for (const one of wanted) {
    cpSync(join(artifacts, one), pattern === undefined ? local : join(local, one), { recursive: true });
  }
  return pattern !== undefined || wanted.length > 0;
}
