import type { JudgingConfig } from "../config/config.ts";
import { idOf, knownMutes } from "../digest/incidents/incidents.ts";
import { dailyRuns, type ReceivedLines, type ReplayEvent, type ReplayRun, replay } from "../digest/replay.ts";
import { parseWindow, type Window } from "../digest/window/window.ts";
import { csvCell } from "../history/csv.ts";
import { dateOf, dayAfter, monthOf } from "../history/dates.ts";
import { isAggregateDay, wholeDay } from "../history/day/day.ts";
import { recountedTexts } from "../history/index/index.ts";
import { groupBy } from "../history/lists.ts";
import { logText } from "../render/escape.ts";
import { wordsOf } from "../render/words/words.ts";
import { type HistoryWindow, loadHistoryWindow } from "./history-window.ts";
import { type OnJudged, readDay } from "./month-days.ts";

interface ReplayOptions extends OnJudged {
  /**
   * The first day that is told. When absent that of the first run; with other settings the first that is known, since the
   * first run of a history begins at its newest day.
   */
  since?: string | undefined;
  isJson: boolean;
  /** Other settings, of which only the difference is told; absent where all is told. */
  other?: JudgingConfig | undefined;
}

/**
 * The command `dmarc-digest replay [DATA]`: what the rules of today would have said on each day, by what had been received by
 * then. Prints a line for each thing that would have been posted, one for each issue, and one for each day with its verdict;
 * with other settings, the lines that these take away and bring, and the sums of both. Changes nothing.
 *
 * Indexes add up all that a reporter sends about a day of a domain: where it sent several reports (Microsoft sends two), the day
 * file says when each was received. Runs which came late, or read some mails later than others, may have said it at another
 * time. A mute holds from the day on which runs first knew of it; one that none has known, such as that
 * of another file, from the first day. Of closings as not planned those are known that mute still.
 */
export async function replayHistory({ judging, other, stdout, ...options }: ReplayOptions): Promise<number> {
  const isWhole = other !== undefined;
  const runs = await replayBy(judging, { ...options, isWhole });
  if (other === undefined) {
    for (const run of runs) for (const one of tellings(run)) stdout.write(`${lineOf(one, options)}\n`);
    return 0;
  }
  const others = new Map(Array.from(await replayBy(other, { ...options, isWhole }), (run) => [run.at, run]));
  const [before, after] = [noSums(), noSums()];
  for (const run of runs) {
    const [now, then] = [run, others.get(run.at)].map((one) => (one === undefined ? [] : tellings(one)));
    add(before, now ?? []);
    add(after, then ?? []);
    const texts = [now, then].map((all = []) => new Set(all.map(sameAs)));
    const gone = (now ?? []).filter((one) => texts[1]?.has(sameAs(one)) !== true);
    const come = (then ?? []).filter((one) => texts[0]?.has(sameAs(one)) !== true);
    for (const one of gone) stdout.write(`${lineOf(one, { ...options, side: "-" })}\n`);
    for (const one of come) stdout.write(`${lineOf(one, { ...options, side: "+" })}\n`);
  }
  stdout.write(`${sumLine(before, after, options)}\n`);
  return 0;
}

async function replayBy(
  judging: JudgingConfig,
  { dataPath, since, now, isWhole }: Pick<ReplayOptions, "dataPath" | "since" | "now"> & { isWhole: boolean },
): Promise<Iterable<ReplayRun>> {
  const history = await loadHistoryWindow(dataPath, judging, { command: "replay", isShown: judging.judging.isOurs });
  const { window, state } = history;
  const [first = dateOf(now)] = [...window.pairsByDay.keys()].sort();
  const firstTold = since ?? (isWhole ? first : (state.startDay ?? first));
  const runs = dailyRuns(dayAfter(firstTold), lastDay(window, now)).filter((run) => run.now <= now);
  const { settleHours, judging: set } = judging;
  const settings = { settleHours, settingsOf: set.of, saidOf: set.saidOf, mutes: knownMutes(set.mutes, state) };
  const reports = await reportsIn(history, judging);
  return replay(window, { runs, startDay: firstTold, ...settings, reports });
}

/** The reports of reporters that sent several about a day of a domain, of those days. */
async function reportsIn({ folder, window, days }: HistoryWindow, { trust }: JudgingConfig): Promise<ReceivedLines[]> {
  const all: ReceivedLines[] = [];
  const ofDay = ({ domain, day }: { domain: string; day: string }): string => `${day} ${domain}`;
  const several = groupBy(
    window.pairs.filter((pair) => pair.reports > 1),
    ofDay,
  );
  for (const { domain, day, paths } of days) {
    const reporters = new Set(several.get(ofDay({ domain, day }))?.map(({ reporter }) => reporter));
    if (reporters.size === 0) continue;
    const { day: read } = await readDay(folder, { domain, day }, paths);
    if (!isAggregateDay(read)) continue;
    const reports = wholeDay(read).reports.filter(({ reporter }) => reporters.has(csvCell(reporter)));
    for (const [of, group] of groupBy(reports, ({ reporter, received = day }) => `${received} ${reporter}`)) {
      const counted = recountedTexts({ domain, month: monthOf(day) }, new Map(), [
        { day: { domain, day, reports: group } },
      ]);
      const texts = new Map(Array.from(counted, ([path, text = ""]) => [path, text]));
      const { pairs, senders } = parseWindow({ first: day, last: day, domains: [domain], texts, trust });
      if (pairs.length > 0)
        all.push({ pairs: [...pairs], senders: [...senders], received: of.slice(0, of.indexOf(" ")) });
    }
  }
  return all;
}

/** Of runs long after the last report there is nothing to say but that none came. */
const daysAfterLast = 3;

/** The day up to which there is something to say; today where no report counts. */
export function lastDay({ pairs }: Window, now: Date): string {
  const today = dateOf(now);
  const received = pairs.map(({ day, firstReceived = day }) => firstReceived.slice(0, 10));
  const last = received.reduce((a, b) => (a > b ? a : b), "");
  return last === "" || dayAfter(last, daysAfterLast) > today ? today : dayAfter(last, daysAfterLast);
}

/** One thing that a run would have told. */
interface Telling {
  at: string;
  day: string;
  /** What it is: what happened to an incident, `issue`, or `day`. */
  event: ReplayEvent["event"] | "issue" | "day";
  verdict: string;
  isOpening?: boolean;
  words: string;
  more: object;
}

function tellings({ at, events, issues, days }: ReplayRun): Telling[] {
  return [
    ...events.map(({ day, event, incident, messages }): Telling => {
      const { key, level } = incident;
      const words = wordsOf("en").incident(incident, messages, String);
      const more = { key: idOf(key), domain: key.domain, rule: key.rule, messages };
      return { at, day, event, verdict: level, words, more };
    }),
    ...issues.map((issue): Telling => {
      const { name, do: action, verdict, told } = issue;
      const words = `${action} the issue of ${name}`;
      const more = { do: action, domain: name, incidents: told.map(({ id }) => id) };
      return { at, day: dateOf(Date.parse(at)), event: "issue", verdict, isOpening: action === "open", words, more };
    }),
    ...days.map(({ day, verdict }): Telling => ({ at, day, event: "day", verdict, words: "", more: {} })),
  ];
}

/** Equal for two tellings of one run that say the same. */
function sameAs({ day, event, verdict, words }: Telling): string {
  // Of an issue no verdict is printed.
  return [day, event, event === "issue" ? "" : verdict, words].join(" ");
}

/** @param side - Where only the difference is told: `-` for what is told now, `+` for what the other settings tell. */
function lineOf(
  { at, day, event, verdict, words, more }: Telling,
  { isJson, side }: { isJson: boolean; side?: "-" | "+" },
): string {
  if (isJson) {
    const by = side === undefined ? {} : { by: side === "-" ? "now" : "config" };
    return JSON.stringify(
      event === "day" ? { ...by, at, day, verdict } : { ...by, at, day, event, verdict, words, ...more },
    );
  }
  const moment = at.slice(0, 16).replace("T", " ");
  const columns = [moment, day, event.padEnd(9), (event === "issue" ? "" : verdict).padEnd(4), logText(words, 500)];
  return `${side === undefined ? "" : `${side} `}${columns.join("  ")}`.trimEnd();
}

function noSums() {
  return { incidents: 0, issues: 0, act: 0, look: 0 };
}

type Sums = ReturnType<typeof noSums>;

function add(sums: Sums, told: readonly Telling[]): void {
  for (const { event, verdict, isOpening } of told) {
    if (event === "day") sums[verdict === "act" ? "act" : "look"] += verdict === "ok" ? 0 : 1;
    else if (event === "issue") sums.issues += isOpening ? 1 : 0;
    else if (event !== "recovered" && event !== "stopped") sums.incidents += 1;
  }
}

function sumLine(before: Sums, after: Sums, { isJson }: { isJson: boolean }): string {
  if (isJson) return JSON.stringify({ now: before, config: after });
  const change = (name: keyof Sums): string => `${before[name]} → ${after[name]}`;
  const days = `days to act on ${change("act")}, to look at ${change("look")}`;
  return `In all: told of incidents ${change("incidents")}, issues opened ${change("issues")}, ${days}`;
}
