import { compareText } from "../../history/lists.ts";
import { type DayOfFindings, foldDay } from "./fold.ts";
import { type Incident, type IncidentEvent, idOf, isWithin, shownDays } from "./incident.ts";

export {
  alarmStateOf,
  alarmsIn,
  alarmsOf,
  alarmsOn,
  alarmsSince,
  type EarlyIncident,
  earlyIncidents,
  hasMissedAlarm,
  isOwnMail,
  isUrgent,
  type PostedBefore,
  postedBefore,
  settleAlarms,
  standingAlarms,
} from "./alarms.ts";
export type { DayOfFindings, Health } from "./fold.ts";
export {
  causeOf,
  fewestAlike,
  haveReported,
  type Incident,
  type IncidentEvent,
  type IncidentKey,
  idOf,
  intakeRules,
  isOnce,
  isOwnFailure,
  isResting,
  keyOfId,
  likenessOf,
  lookFinding,
  type Muted,
  type RuleFinding,
  type RuleName,
  recoveryDays,
  ruleNames,
  senderOfSubject,
  sendersOf,
  shownDays,
  type UsualShare,
  worstDayOf,
} from "./incident.ts";
export { intakeIncidents } from "./intake-incidents.ts";
export { mentionedAfter, toMention } from "./mentions.ts";
export {
  closingMute,
  type IdleMute,
  idleMutes,
  isNamed,
  isUntold,
  knownMutes,
  lastingMutes,
  type Mute,
  markMuted,
  muteId,
  muteState,
  toldIdle,
  withRules,
} from "./mute.ts";
export {
  type Anew,
  incidentOf,
  isMuchMore,
  isNews,
  isStanding,
  lastingPosted,
  type ShownIncident,
  showIncidents,
  shownAs,
  withPosted,
} from "./posted.ts";
export { formatSnapshot, incidentsPath, parseSnapshot, type Snapshot } from "./snapshot.ts";

/** What some days came to. */
export interface Folded {
  /** Open ones, suspected ones, and those that ended in the last 90 days; sorted by key. */
  incidents: Incident[];
  /** What happened, day by day, in the order of the keys. */
  events: IncidentEvent[];
}

/**
 * Incidents after some days, and what happened on them.
 *
 * Folding is pure, and days may be folded in pieces: the incidents of all days are those of the last days folded on top of
 * the incidents of the first.
 *
 * @param before - The incidents as they stood before the first of the days.
 * @param days - In their order, each once. Those that have not settled come last: they only open incidents or make them worse.
 */
export function foldIncidents(before: Iterable<Incident>, days: Iterable<DayOfFindings>): Folded {
  let incidents = new Map(Array.from(before, (incident) => [idOf(incident.key), incident]));
  const events: IncidentEvent[] = [];
  for (const day of days) {
    const folded = foldDay(incidents, day);
    events.push(...folded.events);
    incidents = new Map([...folded.incidents].filter(([, incident]) => isWithin(incident, day.day, shownDays)));
  }
  return { incidents: [...incidents].sort(([a], [b]) => compareText(a, b)).map(([, incident]) => incident), events };
}
