import { dayAfter, daysBetween } from "../../history/dates.ts";
import { backDays, type Incident, idOf } from "./incident.ts";

/** What was posted of an incident, as `state.json` keeps it until 30 days after its end. */
export interface PostedIncident {
  /** As `idOf` gives it. */
  id: string;
  since: string;
  level: "look" | "act";
  /** The most messages of a day that were posted. */
  messages: number;
  /** Set while it was posted before its day was due. */
  early?: string;
  /** The day of its end, once that was posted. */
  ended?: string;
}

/** An incident as a digest shows it. */
export interface ShownIncident {
  incident: Incident;
  /**
   * What has changed since it was posted last: `new`, `worse`, `over`, `back`, `withdrawn` (posted early, and the settled day
   * does not bear it out), or `known` for nothing.
   */
  change: "new" | "worse" | "over" | "back" | "withdrawn" | "known";
  /** The day of its life, from 1. */
  age: number;
  /** Messages of its last bad day. */
  messages: number;
}

/** A day that is so many times worse than what was posted is news. */
const worseFactor = 3;

/**
 * The incidents that a digest shows, by what was posted of them before.
 *
 * @param incidents - As folded up to the last day.
 * @param day - The last settled day.
 */
export function showIncidents(
  incidents: readonly Incident[],
  posted: readonly PostedIncident[],
  day: string,
): ShownIncident[] {
  const known = new Map(posted.map((one) => [one.id, one]));
  const shown = incidents.flatMap((incident): ShownIncident[] => {
    const before = known.get(idOf(incident.key));
    const change = changeOf(incident, before?.since === incident.since ? before : undefined);
    return change === undefined ? [] : [shownAs(incident, change)];
  });
  const ids = new Set(incidents.filter(({ state }) => state !== "suspected").map(({ key }) => idOf(key)));
  const withdrawn = posted.flatMap((one) =>
    one.early !== undefined && one.early <= day && !ids.has(one.id) ? one : [],
  );
  return [...shown, ...withdrawn.map((one) => shownAs(incidentOf(one), "withdrawn"))];
}

/** `undefined` for what is not to be shown: a suspicion, and an end that was posted or whose beginning never was. */
function changeOf(incident: Incident, before: PostedIncident | undefined): ShownIncident["change"] | undefined {
  if (incident.state === "suspected") return undefined;
  if (incident.ended !== undefined) return before === undefined || before.ended !== undefined ? undefined : "over";
  if (before === undefined) return "new";
  if (before.ended !== undefined) return "back";
  const isWorse = before.level !== incident.level && incident.level === "act";
  return isWorse || incident.lastMessages >= worseFactor * Math.max(1, before.messages) ? "worse" : "known";
}

function shownAs(incident: Incident, change: ShownIncident["change"]): ShownIncident {
  return { incident, change, age: daysBetween(incident.since, incident.lastBad) + 1, messages: incident.lastMessages };
}

/** What is known of an incident that was withdrawn: what was posted. */
function incidentOf({ id, since, level, messages }: PostedIncident): Incident {
  const [domain = "", rule = "", ...subject] = id.split(" ");
  const key = { domain, rule: rule as Incident["key"]["rule"], subject: subject.join(" ") };
  return {
    key,
    state: "recovered",
    since,
    lastBad: since,
    lastSeen: since,
    goodDays: 0,
    level,
    seenBy: [],
    badDays: [],
    lastMessages: messages,
    ended: since,
  };
}

/**
 * What was posted, after a message that shows some incidents; what ended over 30 days ago is forgotten.
 *
 * @param day - The last settled day.
 */
export function withPosted(
  posted: readonly PostedIncident[],
  shown: readonly ShownIncident[],
  day: string,
): PostedIncident[] {
  const after = new Map(posted.map((one) => [one.id, one]));
  for (const { incident, change, messages } of shown) {
    const id = idOf(incident.key);
    const before = after.get(id);
    if (change === "withdrawn") after.delete(id);
    else {
      after.set(id, {
        id,
        since: incident.since,
        level: incident.level,
        messages: Math.max(messages, before?.since === incident.since ? before.messages : 0),
        // One that begins on a day that is not due may be withdrawn until that day is.
        ...(incident.since > day && { early: incident.since }),
        ...(change === "over" && { ended: incident.ended ?? day }),
      });
    }
  }
  return [...after.values()].filter(({ ended }) => ended === undefined || ended > dayAfter(day, -backDays));
}
