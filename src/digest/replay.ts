import { dateOf, dayAfter, daysFrom } from "../history/dates.ts";
import { compareText, entryIn } from "../history/lists.ts";
import type { PostedIncident } from "../history/state.ts";
import { newestDueDay, settledDay } from "./due.ts";
import {
  type DayOfFindings,
  foldIncidents,
  type Incident,
  idOf,
  type ShownIncident,
  showIncidents,
  withPosted,
} from "./incidents/incidents.ts";
import { makeRules, type Rules, ruleDomainsOf } from "./rules/rules.ts";
import { makeSenders, type SaidOf } from "./senders/senders.ts";
import { type Verdict, worstVerdict } from "./verdict.ts";
import { coverageOf, isComplete, makeWindow, type SenderLine, type Window, type WindowPair } from "./window/window.ts";

/** What would have been posted by a run. */
export interface ReplayEvent {
  /** When the run was, ISO 8601. */
  at: string;
  /** The day that it is about. */
  day: string;
  event: "opened" | "early" | "worse" | "recovered" | "stopped" | "back" | "withdrawn";
  incident: Incident;
  messages: number;
}

/** How a history is replayed. */
export interface ReplaySettings {
  /** The moments of the runs, in their order. */
  runs: readonly Date[];
  settleHours: number;
  saidOf?: SaidOf;
}

/** Days that are judged again in each run, since reports come late. */
const judgedAgain = 14;

/**
 * What runs at some moments would have posted by the rules of `rules/`, had each of them read all that had been received by then.
 *
 * @param window - All days that the runs look at, with all that is known today.
 */
export function* replay(
  window: ReplayedLines,
  { runs, settleHours, saidOf }: ReplaySettings,
): Generator<{ at: string; day: string; verdict: Verdict; events: ReplayEvent[] }> {
  const arrivals = arrivalsOf(window);
  const known = emptyHistory(saidOf);
  let snapshot: Folding = { incidents: [], until: undefined };
  let posted: PostedIncident[] = [];
  for (const now of runs) {
    const at = now.toISOString();
    known.add(arrivals.until(at));
    const folded = foldRun(known, snapshot, { now, settled: settledDay(now, settleHours) });
    const day = newestDueDay(now, settleHours, known.isComplete);
    const shown = showIncidents(folded.incidents, posted, { day });
    posted = withPosted(posted, shown, day);
    snapshot = folded.snapshot;
    const events = shown.flatMap((one) => eventOf(one, { at, day }) ?? []);
    yield { at, day, verdict: verdictOf(shown, day), events };
  }
}

type ReplayedLines = Pick<Window, "pairs" | "senders" | "uncounted">;

/** What one reporter said of one domain about one day. */
interface PairDay {
  pairs: WindowPair[];
  uncounted: WindowPair[];
  lines: SenderLine[];
  /** One without a date came with its day. */
  received: string;
}

/** The pair-days of a window, handed out as they came. */
function arrivalsOf({ pairs, senders, uncounted = [] }: ReplayedLines): { until(at: string): PairDay[] } {
  const byKey = new Map<string, PairDay>();
  const find = (pair: WindowPair): PairDay => {
    const received = pair.firstReceived ?? pair.day;
    const one = entryIn(byKey, pairKey(pair), () => ({ pairs: [], uncounted: [], lines: [], received }));
    if (received < one.received) one.received = received;
    return one;
  };
  for (const pair of pairs) find(pair).pairs.push(pair);
  for (const pair of uncounted) find(pair).uncounted.push(pair);
  for (const line of senders) byKey.get(pairKey(line))?.lines.push(line);
  const waiting = [...byKey.values()].sort((a, b) => compareText(b.received, a.received));
  return {
    until(at) {
      const come: PairDay[] = [];
      for (let next = waiting.at(-1); next !== undefined && next.received <= at; next = waiting.at(-1)) {
        come.push(next);
        waiting.pop();
      }
      return come;
    },
  };
}

function pairKey({ day, domain, reporter }: { day: string; domain: string; reporter: string }): string {
  return `${day} ${domain} ${reporter}`;
}

/** What is known at a moment, with the rules over it. */
interface KnownHistory {
  rules: Rules;
  isComplete: (day: string) => boolean;
  add(come: readonly PairDay[]): void;
}

function emptyHistory(saidOf: SaidOf | undefined): KnownHistory {
  const senders = makeSenders([], { saidOf });
  const domains = ruleDomainsOf([], senders);
  const pairsByDay = new Map<string, WindowPair[]>();
  const window = { ...makeWindow({ first: "", last: "", pairs: [], senders: [] }), pairsByDay };
  return {
    rules: makeRules(domains),
    isComplete: (day) => isComplete(coverageOf(window, day)),
    add(come) {
      const pairs = come.flatMap((one) => one.pairs);
      senders.add(come.flatMap(({ lines }) => lines));
      domains.add(
        pairs,
        come.flatMap(({ uncounted }) => uncounted),
      );
      for (const pair of pairs) entryIn(pairsByDay, pair.day, () => []).push(pair);
    },
  };
}

/** Incidents up to a day; `undefined` before the first. */
interface Folding {
  incidents: Incident[];
  until: string | undefined;
}

/** The incidents after a run, and as they stood two weeks before the last settled day. */
function foldRun(
  { rules, isComplete }: KnownHistory,
  snapshot: Folding,
  { now, settled }: { now: Date; settled: string },
): { incidents: Incident[]; snapshot: Folding } {
  const first = snapshot.until === undefined ? dayAfter(settled, -judgedAgain) : dayAfter(snapshot.until);
  const days = daysFrom(first, dayAfter(dateOf(now), -1)).map((day): DayOfFindings => {
    const isSettled = day <= settled || isComplete(day);
    return {
      day,
      isSettled,
      findings: rules.findingsOn(day, isSettled),
      healthOf: (incident) => rules.healthOn(day, incident),
    };
  });
  const until = dayAfter(settled, -judgedAgain);
  const old = foldIncidents(
    snapshot.incidents,
    days.filter(({ day }) => day <= until),
  );
  const all = foldIncidents(
    old.incidents,
    days.filter(({ day }) => day > until),
  );
  const isForward = snapshot.until === undefined || until > snapshot.until;
  return { incidents: all.incidents, snapshot: isForward ? { incidents: old.incidents, until } : snapshot };
}

function eventOf(
  { incident, change, messages }: ShownIncident,
  { at, day }: { at: string; day: string },
): ReplayEvent | undefined {
  const about = { at, day: incident.lastBad, incident, messages };
  switch (change) {
    case "new":
      return { ...about, event: incident.lastBad > day ? "early" : "opened" };
    case "over":
      return { ...about, day: incident.ended ?? day, event: incident.state === "stopped" ? "stopped" : "recovered" };
    case "worse":
    case "back":
    case "withdrawn":
      return { ...about, event: change };
    case "known":
      return undefined;
    default:
      return change satisfies never;
  }
}

/** What is posted once stands in no later verdict. */
const once = new Set([
  "stopped",
  "leapt",
  "policy-weakened",
  "spoofing-delivered",
  "unknown-sender",
  "reporter-silent",
  "reporter-unverified",
]);

/** The worst of what is found on the day, or is news. */
function verdictOf(shown: readonly ShownIncident[], day: string): Verdict {
  const levels = shown.flatMap(({ incident, change }) => {
    const isNews = change === "new" || change === "worse" || change === "back";
    if (change === "over" || change === "withdrawn") return [];
    const isOnDay = incident.lastBad >= day && !once.has(incident.key.rule);
    return isNews || isOnDay ? incident.level : [];
  });
  return worstVerdict(levels);
}

/** What a replay says of an incident, as one text. */
export function incidentName(incident: Incident): string {
  return idOf(incident.key);
}
