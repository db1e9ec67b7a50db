import type { JudgingConfig } from "../config/config.ts";
import { idOf } from "../digest/incidents/incidents.ts";
import { dailyRuns, type ReplayEvent, type ReplayRun, replay } from "../digest/replay.ts";
import type { Window } from "../digest/window/window.ts";
import { dateOf, dayAfter } from "../history/dates.ts";
import { logText } from "../render/escape.ts";
import { wordsOf } from "../render/words/words.ts";
import { loadHistoryWindow } from "./history-window.ts";
import type { Output } from "./read/read.ts";

/** What `dmarc-digest replay` is asked for. */
export interface ReplayOptions {
  /** The folder of the history; it needs no git. */
  dataPath: string;
  /** The first day that is told; that of the first run when absent. */
  since?: string | undefined;
  isJson: boolean;
  judging: JudgingConfig;
  now: Date;
  stdout: Output;
}

/**
 * The command `dmarc-digest replay [DATA]`: what the rules of today would have said on each day, by what had been received by
 * then. Prints a line for each thing that would have been posted, and one for each day with its verdict; changes nothing.
 *
 * A reporter's day is known from its first report, so that runs which came late, or read some mails later than others, may
 * have said it at another time.
 *
 * @returns The exit code.
 * @throws HistoryError when there is no history in the folder.
 * @throws HistoryFormatError when a file of it can't be read.
 */
export async function replayHistory({ dataPath, since, isJson, judging, now, stdout }: ReplayOptions): Promise<number> {
  const { window, startDay } = await loadHistoryWindow(dataPath, judging, { command: "replay" });
  const [first = ""] = window.pairsByDay.keys();
  const firstTold = since ?? startDay ?? first;
  const runs = dailyRuns(dayAfter(firstTold), lastDay(window, now)).filter((run) => run.now <= now);
  const { settleHours, judging: set } = judging;
  const settings = { runs, startDay: firstTold, settleHours, settingsOf: set.of, saidOf: set.saidOf };
  for (const run of replay(window, settings)) {
    for (const line of linesOf(run, isJson)) stdout.write(`${line}\n`);
  }
  return 0;
}

/** Of runs long after the last report there is nothing to say but that none came. */
const daysAfterLast = 3;

/** The day up to which there is something to say. */
export function lastDay({ pairs }: Window, now: Date): string {
  const received = pairs.map(({ day, firstReceived = day }) => firstReceived.slice(0, 10));
  const last = dayAfter(
    received.reduce((a, b) => (a > b ? a : b), ""),
    daysAfterLast,
  );
  return [last, dateOf(now)].sort()[0] ?? last;
}

function linesOf({ at, events, days }: ReplayRun, isJson: boolean): string[] {
  if (isJson) {
    return [
      ...events.map((event) => JSON.stringify(eventLine(event))),
      ...days.map(({ day, verdict }) => JSON.stringify({ at, day, verdict })),
    ];
  }
  return [
    ...events.map((event) => {
      const { verdict, words } = eventLine(event);
      return `${shortMoment(at)}  ${event.day}  ${event.event.padEnd(9)}  ${verdict.padEnd(4)}  ${logText(words, 500)}`;
    }),
    ...days.map(({ day, verdict }) => `${shortMoment(at)}  ${day}  ${"day".padEnd(9)}  ${verdict}`),
  ];
}

function shortMoment(at: string): string {
  return at.slice(0, 16).replace("T", " ");
}

function eventLine({ at, day, event, incident, messages }: ReplayEvent) {
  const { key, level } = incident;
  const words = wordsOf("en").incident(incident, messages, String);
  return { at, day, event, key: idOf(key), domain: key.domain, rule: key.rule, verdict: level, messages, words };
}
