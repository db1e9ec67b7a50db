import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { type Ended, startHere } from "./here.ts";

/** One step of a workflow that uses an action. */
export interface ActionStep {
  /** Folder of the action: the one with `action.yml`. */
  action: string;
  /** The checked-out repository: `GITHUB_WORKSPACE`, and the folder the action starts in. */
  workspace: string;
  /** The step's `with`. */
  inputs?: Record<string, string>;
  /** The step's `env`, and overrides of what the runner sets, such as `GITHUB_API_URL` for a local server. */
  env?: Record<string, string>;
  /** What `${{ github.token }}` in a default of `action.yml` stands for. */
  token?: string;
  /** Whether src/main.ts is run in place of the bundle, in this process; see `startHere`. */
  isHere?: boolean | undefined;
  /** A command that starts Node, such as `time`; none unless told otherwise. */
  command?: readonly string[];
  /** Milliseconds after which it is ended; two minutes unless told otherwise. */
  timeout?: number;
}

/** What a step left behind. */
export interface ActionResult extends Ended {
  /** The step's outputs (`GITHUB_OUTPUT`). */
  outputs: Record<string, string>;
  /** The job summary in Markdown (`GITHUB_STEP_SUMMARY`). */
  summary: string;
  /** Values that the runner was told to mask (`::add-mask::`), in order. */
  masks: string[];
}

/** The parts of `action.yml` that the runner needs. */
interface ActionFile {
  inputs?: Record<string, { default?: string | number | boolean | null } | null>;
  runs: { using: string; main: string };
}

/** Files by which an action answers; the runner makes each of them empty for each step. */
const fileVariables = ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_STATE", "GITHUB_ENV", "GITHUB_PATH"] as const;

/**
 * Runs a JavaScript action as GitHub's runner does: inputs and context in environment variables, an else empty environment
 * with a home folder of its own, the script of `runs.main` under this Node, outputs and summary read back from files
 * (https://docs.github.com/actions/reference/workflows-and-actions/variables and .../workflow-commands).
 *
 * @throws when `action.yml` is not of a Node 24 action, a default holds an expression other than `github.token`, or an
 * input is not in `action.yml` (the runner only warns of that).
 */
export async function runAction(step: ActionStep): Promise<ActionResult> {
  const action = parse(readFileSync(join(step.action, "action.yml"), "utf8")) as ActionFile;
  if (action.runs.using !== "node24") throw new Error(`runs.using is ${action.runs.using}, expected node24`);
  const temp = mkdtempSync(join(tmpdir(), "runner-"));
  try {
    const files = makeFiles(temp);
    const env = {
      PATH: process.env.PATH,
      ...makeFolders(temp),
      ...contextVariables(step),
      ...files,
      ...inputVariables(action, step),
      ...step.env,
    };
    const result = await (step.isHere === true
      ? startHere("main", { cwd: step.workspace, env })
      : runScript(join(step.action, action.runs.main), env, step));
    const outputs = parseFileCommands(readFileSync(files.GITHUB_OUTPUT, "utf8"));
    return {
      ...result,
      outputs,
      summary: readFileSync(files.GITHUB_STEP_SUMMARY, "utf8"),
      masks: parseMasks(result.stdout),
    };
  } finally {
    rmSync(temp, { recursive: true, force: true });
  }
}

function makeFiles(temp: string): Record<(typeof fileVariables)[number], string> {
  const path = (name: string) => join(temp, name.toLowerCase());
  for (const name of fileVariables) writeFileSync(path(name), "");
  return Object.fromEntries(fileVariables.map((name) => [name, path(name)])) as Record<
    (typeof fileVariables)[number],
    string
  >;
}

function makeFolders(temp: string): Record<string, string> {
  const folders = { HOME: join(temp, "home"), RUNNER_TEMP: join(temp, "temp") };
  for (const folder of Object.values(folders)) mkdirSync(folder);
  return folders;
}

function contextVariables({ workspace, action }: ActionStep): Record<string, string> {
  return {
    CI: "true",
    GITHUB_ACTIONS: "true",
    GITHUB_ACTION_PATH: action,
    GITHUB_API_URL: "https://api.github.com",
    GITHUB_GRAPHQL_URL: "https://api.github.com/graphql",
    GITHUB_REPOSITORY: "example/mail-reports",
    GITHUB_RUN_ATTEMPT: "1",
    GITHUB_RUN_ID: "1000000001",
    GITHUB_SERVER_URL: "https://github.com",
    GITHUB_WORKSPACE: workspace,
    RUNNER_OS: "Linux",
  };
}

/** `INPUT_IMAP-HOST` and so on: the runner replaces blanks alone, and sets every declared input, empty if it has no default. */
function inputVariables(action: ActionFile, { inputs = {}, token = "" }: ActionStep): Record<string, string> {
  const declared = action.inputs ?? {};
  const unknown = Object.keys(inputs).filter((name) => !(name in declared));
  if (unknown.length > 0)
    throw new Error(
      `Unexpected input(s) '${unknown.join("', '")}', valid inputs are ${Object.keys(declared).join(", ")}`,
    );
  const entries = Object.entries(declared).map(([name, input]) => [
    `INPUT_${name.replaceAll(" ", "_").toUpperCase()}`,
    inputs[name] ?? formatDefault(name, input?.default, token),
  ]);
  return Object.fromEntries(entries) as Record<string, string>;
}

function formatDefault(name: string, value: string | number | boolean | null | undefined, token: string): string {
  const text = String(value ?? "").replaceAll(/\$\{\{\s*github\.token\s*\}\}/g, token);
  if (text.includes("${{"))
    throw new Error(`The default of ${name} holds an expression that is not supported here: ${text}`);
  return text;
}

async function runScript(
  script: string,
  env: NodeJS.ProcessEnv,
  { workspace: cwd, command = [], timeout = 120_000 }: ActionStep,
): Promise<Ended> {
  const [program, ...args] = [...command, process.execPath, script];
  const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], timeout });
  const texts = Promise.all([child.stdout, child.stderr].map(async (stream) => (await stream.toArray()).join("")));
  child.stdout.setEncoding("utf8");
  child.stderr.setEncoding("utf8");
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  const [stdout = "", stderr = ""] = await texts;
  if (code === null)
    throw new Error(`The action was ended by ${signal} after ${timeout / 1000} s.\n${stdout}\n${stderr}`);
  return { exitCode: code, stdout, stderr };
}

/** The values in a file command's file: `name=value` lines, and `name<<DELIMITER`, lines, `DELIMITER`. The last of a name counts. */
export function parseFileCommands(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  const lines = text.split(/\r?\n/);
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    const [, name = "", sign, rest = ""] = /^(.*?)(=|<<)(.*)$/.exec(line) ?? [];
    if (sign === undefined) {
      if (line === "") continue;
      throw new Error(`Invalid format '${line}'`);
    }
    if (sign === "=") {
      values[name] = rest;
      continue;
    }
    const end = lines.indexOf(rest);
    if (end === -1) throw new Error(`Matching delimiter not found '${rest}'`);
    values[name] = lines
      .splice(0, end + 1)
      .slice(0, -1)
      .join("\n");
  }
  return values;
}

function parseMasks(stdout: string): string[] {
  const values = [...stdout.matchAll(/^::add-mask::(.*)$/gim)].map(([, value = ""]) => value.replace(/\r$/, ""));
  return values.map((value) => value.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%25", "%"));
}
