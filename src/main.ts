import { setFailed, setSecret } from "@actions/core";
import { readConfig, secretsOf } from "./config/config.ts";
import { actionInputs } from "./config/environment.ts";
import { checkTrigger } from "./config/trigger.ts";
import { failureOf, messageOf } from "./errors.ts";
import { actionHost } from "./io/host-action.ts";
import { runMode } from "./run.ts";
import { loadBranchFile } from "./setup.ts";
import { examine } from "./steps/doctor/doctor.ts";
import { postFailure } from "./steps/failure.ts";
import { openNotifier, openNotifiers } from "./steps/send/send.ts";

/** The Action's entry: inputs in, one run, and red when anything failed. */
try {
  const given = actionInputs(process.env);
  secretsOf(given, process.env).forEach(setSecret);
  checkTrigger(given, process.env);
  const now = new Date();
  const file = await loadBranchFile(given, process.env, now);
  file?.secrets.forEach(setSecret);
  const config = readConfig(given, process.env, now, file);
  const notifier = openNotifier(config, actionHost);
  if (config.isDoctor) {
    const faults = await examine(config, openNotifiers(config, actionHost), actionHost);
    faults.forEach(actionHost.error);
    if (faults.length > 0) setFailed(`${faults.length} of the set-up is to be mended.`);
  } else {
    const { problems, alarm } = await runMode(config, actionHost).catch(async (error: unknown) => {
      await postFailure(config, notifier, failureOf(error));
      throw error;
    });
    problems.forEach(actionHost.error);
    if (problems.length > 0) setFailed(`${problems.length} of the things to do failed; all else was done.`);
    else if (alarm !== undefined) setFailed(alarm);
  }
} catch (error) {
  setFailed(messageOf(error));
}
