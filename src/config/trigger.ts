import { readFileSync } from "node:fs";
import * as z from "zod";
import { makeFault } from "../report/fault.ts";
import { ConfigError } from "./config-error.ts";

/**
 * Refuses a run that somebody else may have started, or that is not of the default branch: it would read with what that
 * branch says, send, and write what the next run stands on. A dry run may be of any branch, and of no pull request.
 *
 * @param given - The inputs, as they came.
 * @param environment - What GitHub's runner says of the run ("Variables reference" of GitHub Actions).
 * @throws ConfigError that says what started the run, and what to do.
 */
export function checkTrigger(
  given: Readonly<Record<string, string | undefined>>,
  environment: NodeJS.ProcessEnv,
): void {
  const { GITHUB_EVENT_NAME: event = "", GITHUB_REF: ref, GITHUB_EVENT_PATH: path } = environment;
  if (event.startsWith("pull_request")) {
    throw new ConfigError([makeFault("pull-request", { event })]);
  }
  const branch = given["dry-run"] === "true" || !ref || !path ? undefined : defaultBranchIn(path);
  if (branch === undefined || ref === `refs/heads/${branch}`) return;
  throw new ConfigError([makeFault("other-branch", { ref: ref ?? "", branch })]);
}

const eventShape = z.object({ repository: z.object({ default_branch: z.string() }) });

/** The default branch by the event's payload; `undefined` where it has none: a schedule, which runs there alone. */
function defaultBranchIn(path: string): string | undefined {
  let payload: unknown;
  try {
    payload = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
  return eventShape.safeParse(payload).data?.repository.default_branch;
}
