import { setFailed, setSecret } from "@actions/core";
import { readConfig, secretsOf } from "./config/config.ts";
import { actionInputs } from "./config/environment.ts";
import { checkTrigger } from "./config/trigger.ts";
import { messageOf } from "./errors.ts";
import { stopHeapGrowth } from "./heap.ts";
import { actionHost } from "./io/host-action.ts";
import { runMode } from "./run.ts";
import { loadBranchFile } from "./setup.ts";

const given = actionInputs(process.env);
let language: unknown = given.language;

/** The Action's entry: inputs in, one run, and red when anything failed. */
stopHeapGrowth();
try {
  secretsOf(given, process.env).forEach(setSecret);
  checkTrigger(given, process.env);
  const now = new Date();
  const file = await loadBranchFile(given, process.env, now);
  file?.secrets.forEach(setSecret);
  language ??= file?.top.get("language")?.value;
  const { problems, failure } = await runMode(readConfig(given, process.env, now, file), actionHost);
  problems.forEach(actionHost.error);
  if (failure !== undefined) setFailed(failure);
} catch (error) {
  setFailed(messageOf(error, language));
}
