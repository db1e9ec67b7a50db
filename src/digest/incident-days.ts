import { createHash } from "node:crypto";
import { dateOf, dayAfter, daysFrom } from "../history/dates.ts";
import { settledDay } from "./due.ts";
import {
  type Anew,
  foldIncidents,
  type Incident,
  type IncidentEvent,
  idOf,
  isOnce,
  isResting,
  type Mute,
  markMuted,
  type RuleFinding,
  type Snapshot,
  withRules,
} from "./incidents/incidents.ts";
import type { Rules } from "./rules/rules.ts";
import { knownDays } from "./senders/senders.ts";
import { type Verdict, worstVerdict } from "./verdict.ts";
import { isDayComplete, type Window } from "./window/window.ts";

/** A day that was judged by the rules, as it stands by all that has been reported. */
export interface IncidentDay {
  day: string;
  /** Whether it is due. */
  isSettled: boolean;
  findings: readonly RuleFinding[];
  /** What happened on it. */
  events: readonly IncidentEvent[];
  /** The incidents after it: open ones, suspected ones, and those that ended in the 30 days before. */
  incidents: readonly Incident[];
}

/** The last days of a history, judged one after the other. */
export interface IncidentDays {
  /** In order, up to yesterday. */
  days: readonly IncidentDay[];
  /** Incidents as they stood two weeks before the last settled day; the next run begins there. */
  snapshot: Snapshot;
  /** What a change of the settings has found is no news; absent before the first. */
  anew?: Anew;
  /** What people do not want to hear of for a while. */
  mutes?: readonly Mute[];
}

/** How the last days are judged. */
export interface IncidentSettings {
  now: Date;
  settleHours: number;
  /** A hash of what they are judged by. */
  hash: string;
  /** Incidents as an earlier run left them; `undefined` before the first, which judges all days of the window. */
  before: Snapshot | undefined;
  /** The last day that was told; absent before the first. */
  told?: string | undefined;
  /** Whether all that usually comes of a day is there, where that is known already. */
  isComplete?: (day: string) => boolean;
}

/** Days that are judged again in each run, since reports about them may still come. */
const judgedAgain = 14;
/** A run that comes so many days late judges them, too. */
const daysLate = 3;

/**
 * The days before the last settled one that a run reads: those that it judges, and before the first of them as many as count.
 * If an older day saw less far back, what was found on it would change as it ages.
 */
export const windowDays = knownDays + judgedAgain + daysLate;

/** Judges the days since the snapshot. The same history gives the same incidents, by whichever runs they were found. */
export function foldDays(
  window: Window,
  rules: Rules,
  { now, settleHours, hash, before, told, isComplete: isWhole = (day) => isDayComplete(window, day) }: IncidentSettings,
): IncidentDays {
  const settled = settledDay(now, settleHours);
  const until = dayAfter(settled, -judgedAgain);
  const isInWindow = before !== undefined && before.until >= window.first && before.until <= until;
  const isUsable = isInWindow && before.rules === hash;
  const first = isUsable ? dayAfter(before.until) : window.first;
  const isAnew = before !== undefined && before.rules !== hash && told !== undefined;
  const anew = isAnew ? { told, until: dateOf(now) } : before?.anew;
  let incidents = isUsable ? before.incidents : isInWindow ? openBefore(before.incidents, window.first) : [];
  let snapshot: Snapshot | undefined = isUsable ? before : undefined;
  const days: IncidentDay[] = [];
  rules.remember(before?.unpassed ?? {});
  for (const day of daysFrom(first, dayAfter(dateOf(now), -1))) {
    const isSettled = day <= settled || isWhole(day);
    const findings = rules.findingsOn(day, isSettled, incidents);
    const healthOf = (incident: Incident) => rules.healthOn(day, incident);
    const folded = foldIncidents(incidents, [{ day, isSettled, findings, healthOf }]);
    incidents = folded.incidents;
    days.push({ day, isSettled, findings, ...folded });
    if (day <= until) snapshot = { rules: hash, until: day, anew, incidents };
  }
  // A run for a moment in the past leaves what the runs after it stand on.
  const isPast = before !== undefined && before.until > until;
  const reached = snapshot ?? { rules: hash, until, anew, incidents: [] };
  const after = isPast ? before : { ...reached, unpassed: rules.unpassedOn(dayAfter(reached.until)) };
  if (anew === undefined) return { days, snapshot: after };
  const events = days.flatMap((one) => (one.day > anew.told ? one.events : []));
  const opened = new Set(events.flatMap(({ event, incident }) => (isEnd(event) ? [] : idOf(incident.key))));
  return { days, snapshot: after, anew: { ...anew, opened } };
}

/**
 * Incidents that are open since before the days of a window, as they stood before the first of these: by the days alone what has failed
 * in part all the time is usual, and a key by which nothing has passed never worked.
 */
function openBefore(incidents: readonly Incident[], first: string): Incident[] {
  const last = dayAfter(first, -1);
  return incidents
    .filter(({ state, since }) => state === "open" && since < first)
    .map(({ leapt: _, ...one }) => ({ ...one, lastBad: last, lastSeen: last, goodDays: 0, badDays: [] }));
}

/**
 * The days with the incidents marked that are muted on them, and the mutes as they have taken hold. What is kept of incidents is
 * not marked: a mute may change.
 */
export function withMutes(incidents: IncidentDays, all: readonly Mute[]): IncidentDays & { mutes: readonly Mute[] } {
  const mutes = withRules(all, incidents.days.findLast(({ isSettled }) => isSettled)?.incidents ?? []);
  let settled = "";
  const days = incidents.days.map((day) => {
    if (day.isSettled) settled = day.day;
    return { ...day, incidents: markMuted(day.incidents, mutes, settled) };
  });
  return { ...incidents, days, mutes };
}

function isEnd(event: IncidentEvent["event"]): boolean {
  return event === "recovered" || event === "stopped";
}

/** Goes up with each release whose rules find other things in the same days. */
const rulesVersion = 8;

/**
 * A hash of what days are judged by: what a person has set, and the rules themselves.
 *
 * @param settings - What JSON can say, always in the same order.
 */
export function judgedBy(settings: readonly unknown[]): string {
  const text = JSON.stringify([rulesVersion, ...settings]);
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** A day that was judged; `undefined` for one that is too long ago, or not over. */
export function incidentDay({ days }: Pick<IncidentDays, "days">, day: string): IncidentDay | undefined {
  return days.find((one) => one.day === day);
}

/**
 * What the rules say of a day, over all domains or of one: the worst of what they find on it and of what was opened, came
 * back or became worse. What is posted once weighs on the day of its opening alone; what was to act on is to look at while its
 * sender rests.
 */
export function verdictOn({ day, findings, events, incidents }: IncidentDay, domain?: string): Verdict {
  const muted = new Set(incidents.flatMap((one) => (one.muted === undefined ? [] : idOf(one.key))));
  const isOf = ({ key }: Pick<Incident, "key">): boolean =>
    (domain === undefined || key.domain === domain) && !muted.has(idOf(key));
  const open = new Set(incidents.flatMap(({ state, key }) => (state === "open" ? idOf(key) : [])));
  const lasting = findings.filter((one) => isOf(one) && open.has(idOf(one.key)) && !isOnce({ ...one.key, ...one }));
  const news = events.filter(({ event, incident }) => isOf(incident) && !isEnd(event));
  const resting = incidents.some((one) => isOf(one) && isResting(one, day));
  return worstVerdict([
    ...lasting.map(({ level }) => level),
    ...news.map(({ incident }) => incident.level),
    ...(resting ? ["look" as const] : []),
  ]);
}
