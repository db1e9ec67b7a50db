import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { ConfigError } from "./config/config.ts";
import { githubEnvironment } from "./config/environment.ts";
import { parseFile, type SettingsFile } from "./config/file.ts";
import type { FileContext } from "./config/file-schema.ts";
import { inputs } from "./config/settings.ts";
import { type Given, isReplaced } from "./config/sources.ts";
import { systemAdvice } from "./io/system-failure.ts";
import { type Fault, makeFault } from "./report/fault.ts";

/**
 * The configuration file of an Action, from the default branch of its repository, or without a token from the work tree;
 * `undefined` where there is none.
 *
 * @throws ConfigError when it is not as it must be, or the input `config` names one that is not there. HistoryError when the
 *   repository can't be read: without the file the run would judge by other settings.
 */
export async function loadBranchFile(
  given: Given,
  environment: NodeJS.ProcessEnv,
  clock: Date,
): Promise<SettingsFile | undefined> {
  const path = pathIn(given);
  const [github, token] = [githubEnvironment(environment), given["github-token"]];
  if (github === undefined || !token) return await loadDiskFile(given, environment, clock);
  // The command line, which reads from the disk, starts without it.
  const { openGitHubHistory } = await import("./io/github/github.ts");
  const branch = await openGitHubHistory({ ...github, token, dataPath: "" });
  const text = (await branch.readFiles([path])).get(path);
  if (text === undefined) return missing(given, makeFault("on-branch", { repository: github.repository }));
  return parseFile(path, text, contextOf(given, environment, clock));
}

/**
 * The configuration file on the disk, for the command line; `undefined` where there is none.
 *
 * @param environment - For secrets; absent where none is needed.
 * @param dataPath - Of the history that it is for: the file that is not named is looked for in its work tree, else here.
 * @throws ConfigError as `loadBranchFile` does.
 */
export async function loadDiskFile(
  given: Given,
  environment: NodeJS.ProcessEnv | undefined,
  clock: Date,
  dataPath = "",
): Promise<SettingsFile | undefined> {
  const path = given.config ? given.config : join(workTreeOf(dataPath), inputs.config.default);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT")
      return missing(given, makeFault("on-disk", {}));
    const advice = systemAdvice(error);
    if (advice === undefined) throw error;
    throw new ConfigError([makeFault("config-unread", { path, problem: advice })], { cause: error });
  }
  return parseFile(path, text, contextOf(given, environment, clock));
}

/** The nearest folder above a path that is a work tree of git; the current one where there is none. */
function workTreeOf(path: string): string {
  for (let folder = resolve(path); folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, ".git"))) return relative(".", folder);
  }
  return "";
}

function pathIn({ config }: Given): string {
  return config || inputs.config.default;
}

function missing({ config }: Given, where: Fault): undefined {
  if (config) throw new ConfigError([makeFault("config-not-there", { path: config, where })]);
}

function contextOf(given: Given, environment: NodeJS.ProcessEnv | undefined, clock: Date): FileContext {
  const now = new Date(given.now ?? "");
  return {
    ...(environment && { environment }),
    isReplaced: (name) => isReplaced(name, given),
    // A wrong one is told with the other inputs.
    now: Number.isNaN(now.getTime()) ? clock : now,
  };
}
