import { dateOf, dayAfter, daysFrom } from "../history/dates.ts";
import { settledDay } from "./due.ts";
import {
  type DayOfFindings,
  foldIncidents,
  type Incident,
  idOf,
  type PostedIncident,
  type ShownIncident,
  showIncidents,
  withPosted,
} from "./incidents/incidents.ts";
import { makeRules, ruleDomainsOf } from "./rules/rules.ts";
import { makeSenders, type SaidOf } from "./senders/senders.ts";
import { type Verdict, worstVerdict } from "./verdict.ts";
import { coverageOf, isComplete, makeWindow, type Window } from "./window/window.ts";

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

/** Days before the judged ones that the rules look at, and days that are judged again in each run. */
const judged = { before: 92, again: 14 };

/**
 * What runs at some moments would have posted by the rules of `rules/`, had each of them read all that had been received by then.
 *
 * @param window - All days that the runs look at, with all that is known today.
 */
export function* replay(
  window: Window,
  { runs, settleHours, saidOf }: ReplaySettings,
): Generator<{ at: string; day: string; verdict: Verdict; events: ReplayEvent[] }> {
  let snapshot: Folding = { incidents: [], until: undefined };
  let posted: PostedIncident[] = [];
  for (const now of runs) {
    const at = now.toISOString();
    const day = settledDay(now, settleHours);
    const known = knownAt(window, { at, first: dayAfter(day, -judged.before), last: dateOf(now) });
    const folded = foldRun(known, snapshot, { now, day, saidOf });
    const shown = showIncidents(folded.incidents, posted, day);
    posted = withPosted(posted, shown, day);
    snapshot = folded.snapshot;
    const events = shown.flatMap((one) => eventOf(one, { at, day }) ?? []);
    yield { at, day, verdict: verdictOf(shown, day), events };
  }
}

/** Incidents up to a day; `undefined` before the first. */
interface Folding {
  incidents: Incident[];
  until: string | undefined;
}

/** The incidents after a run, and as they stood two weeks before the last settled day. */
function foldRun(
  known: Window,
  snapshot: Folding,
  { now, day, saidOf }: { now: Date; day: string; saidOf?: SaidOf },
): { incidents: Incident[]; snapshot: Folding } {
  const rules = makeRules(ruleDomainsOf(known.pairs, makeSenders(known.senders, { saidOf })));
  const first = snapshot.until === undefined ? dayAfter(day, -judged.again) : dayAfter(snapshot.until);
  const days = daysFrom(first, dayAfter(dateOf(now), -1)).map((one): DayOfFindings => {
    const isSettled = one <= day || isComplete(coverageOf(known, one));
    return {
      day: one,
      isSettled,
      findings: rules.findingsOn(one, isSettled),
      healthOf: (incident) => rules.healthOn(one, incident),
    };
  });
  const until = dayAfter(day, -judged.again);
  const old = foldIncidents(
    snapshot.incidents,
    days.filter((one) => one.day <= until),
  );
  const all = foldIncidents(
    old.incidents,
    days.filter((one) => one.day > until),
  );
  const isForward = snapshot.until === undefined || until > snapshot.until;
  return { incidents: all.incidents, snapshot: isForward ? { incidents: old.incidents, until } : snapshot };
}

/** The lines of a window of which a report had come at a moment; one without a date came with the day. */
function knownAt(window: Window, { at, first, last }: { at: string; first: string; last: string }): Window {
  const isIn = ({ day }: { day: string }): boolean => day >= first && day <= last;
  const pairs = window.pairs.filter((pair) => isIn(pair) && (pair.firstReceived ?? pair.day) <= at);
  const known = new Set(pairs.map(pairKey));
  return makeWindow({
    first,
    last,
    pairs,
    senders: window.senders.filter((line) => isIn(line) && known.has(pairKey(line))),
  });
}

function pairKey({ day, domain, reporter }: { day: string; domain: string; reporter: string }): string {
  return `${day} ${domain} ${reporter}`;
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
