import type { Config } from "../config/config.ts";
import { hourLength } from "../history/dates.ts";
import { timeAt } from "../io/clock.ts";
import type { History } from "../io/history.ts";
import { type Fault, FaultError, makeFault } from "../report/fault.ts";

/** Something around the run that a person has to set right first. */
export class SettingsError extends FaultError {
  override name = "SettingsError";
}

/** Milliseconds by which clocks of two machines may differ: one hour. */
const mostDrift = hourLength;

type ClockConfig = Pick<Config, "now" | "isPresent" | "github" | "slack">;

/**
 * Goes on only when the clock is right: not before the newest commit of the history, and not another than that of GitHub
 * or Slack, if there is one; an hour is forgiven. A run for a moment that the input `now` names goes by no clock.
 */
export async function checkClock(config: ClockConfig, history: History): Promise<void> {
  const { now, isPresent } = config;
  if (!isPresent) return;
  const committed = await history.headDate();
  if (committed !== undefined && now.getTime() < committed.getTime() - mostDrift) {
    const commit = makeFault("clock-of-commit", { commit: history.head?.slice(0, 7) ?? "", at: textOf(committed) });
    throw new SettingsError(makeFault("commit-on-top", { why: wrong(now, commit) }));
  }
  const server = serverOf(config);
  const there = server === undefined ? undefined : await timeAt(server);
  if (server === undefined || there === undefined || Math.abs(now.getTime() - there.getTime()) <= mostDrift) return;
  throw new SettingsError(wrong(now, makeFault("clock-of-server", { host: new URL(server).host, at: textOf(there) })));
}

/** Whose clock is asked for; the address of a webhook is a secret, and only its host is asked. */
function serverOf({ github, slack }: ClockConfig): string | undefined {
  if (github !== undefined) return github.apiUrl;
  if (slack?.kind === "bot") return slack.apiUrl ?? "https://slack.com/api/";
  return slack && new URL("/", slack.url).href;
}

function wrong(now: Date, against: Fault): Fault {
  return makeFault("clock-wrong", { now: textOf(now), against });
}

function textOf(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
