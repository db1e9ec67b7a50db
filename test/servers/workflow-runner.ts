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
  /** The inputs of a step of ours as its reader fills them in: another mail server, say. */
  fill?: (inputs: Record<string, string>) => Record<string, string>;
  /** The environment of our steps, by the permissions of the job's token. */
  env?: (permissions: Permissions) => Record<string, string>;
  /** How each of our steps is started; see `ActionStep`. */
  start?: Pick<ActionStep, "command" | "timeout">;
  /** Jobs of a matrix that run at once; 1 unless told otherwise. */
  atOnce?: number;
}

/** The workflows that the pages hand out, as they lie: that of the README has one job, `two-jobs` two, `matrix` 17. */
export function handedOut(name: "README" | "two-jobs" | "matrix"): string {
  if (name !== "README") return readFileSync(`docs/starter/${name}.yml`, "utf8");
  const [, text = ""] = /^```yaml\n(name: dmarc\n.*?)^```/ms.exec(readFileSync("README.md", "utf8")) ?? [];
  return text;
}

/** `contents: write` and so on. */
type Permissions = Readonly<Record<string, string>>;

/** What became of a job, or of one of a matrix. */
export interface JobResult {
  /** The job's id. */
  id: string;
  result: "success" | "failure" | "skipped";
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
  permissions?: Permissions;
  strategy?: { matrix: Record<string, unknown[]> };
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
 * Runs the jobs of a workflow as GitHub does: one after the other as `needs` has it, each of a matrix with its values, its steps
 * in their order, in an empty workspace of its own; our own action as `runAction` starts it, and artifacts as folders.
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
  for (const [id, job] of Object.entries(workflow.jobs)) {
    const needed = [job.needs ?? []].flat();
    const isGood = jobs.every(({ id: other, result }) => !needed.includes(other) || result === "success");
    const permissions = job.permissions ?? workflow.permissions ?? {};
    const combinations = combinationsOf(job.strategy?.matrix ?? {}).values();
    const next = async (): Promise<void> => {
      for (const matrix of combinations) {
        const contexts = { ...run.contexts, matrix };
        const isWanted = holds(job.if, contexts, { isGood });
        const steps = isWanted ? await runSteps(job.steps, { run, contexts, permissions, artifacts, temp }) : undefined;
        jobs.push({ id, steps: steps?.done ?? [], result: steps?.result ?? "skipped" });
      }
    };
    await Promise.all(Array.from({ length: run.atOnce ?? 1 }, next));
  }
  return { jobs, artifacts };
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

interface JobPlace {
  run: WorkflowRun;
  contexts: Contexts;
  permissions: Permissions;
  artifacts: string;
  temp: string;
}

async function runSteps(
  steps: readonly Step[],
  place: JobPlace,
): Promise<{ done: ActionResult[]; result: JobResult["result"] }> {
  const { run, permissions, artifacts } = place;
  const folder = mkdtempSync(join(place.temp, "job-"));
  const [workspace, runnerTemp] = [join(folder, "workspace"), join(folder, "temp")];
  for (const path of [workspace, runnerTemp]) mkdirSync(path);
  const [done, outputs]: [ActionResult[], Contexts] = [[], {}];
  let isGood = true;
  for (const step of steps) {
    const contexts = { ...place.contexts, steps: outputs };
    if (!holds(step.if, contexts, { isGood })) continue;
    const [inputs, env] = [step.with, step.env].map((texts = {}) =>
      Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, fillIn(String(text), contexts)])),
    ) as [Record<string, string>, Record<string, string>];
    if (step.uses === `${repository}@v1`) {
      const variables = { RUNNER_TEMP: runnerTemp, ...run.env?.(permissions), ...env };
      const given = { action: run.action, workspace, inputs: run.fill?.(inputs) ?? inputs, token: "ghs_test_token" };
      const result = await runAction({ ...given, env: variables, ...run.start });
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
  { path = "", name = "", pattern, archive, ...others }: Record<string, string>,
  { artifacts, workspace }: { artifacts: string; workspace: string },
): boolean {
  const unknown = Object.keys(others).filter((input) => input !== "retention-days");
  if (unknown.length > 0) throw new Error(`${unknown.join(", ")} of ${uses} is not played here.`);
  const local = resolve(workspace, path);
  if (uses.startsWith("actions/upload-artifact@")) {
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
