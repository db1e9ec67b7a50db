import { dayAfter, daysBetween } from "../../history/dates.ts";
import type { PostedIncident } from "../../history/state.ts";
import { backDays, type Incident, type IncidentEvent, idOf, intakeRules, keyOfId, worstDayOf } from "./incident.ts";

/** An incident as a digest shows it. */
export interface ShownIncident {
  incident: Incident;
  /**
   * What happened to it on the days that are shown, or since it was posted last: `new`, `worse`, `over`, `back`, `withdrawn`
   * (posted early, and the settled day does not show it), or `known` for nothing.
   */
  change: "new" | "worse" | "over" | "back" | "withdrawn" | "known";
  /** The day of its life, from 1. */
  age: number;
  /** Messages of its last bad day. */
  messages: number;
  /** Whether an early alarm has told of it before. */
  wasEarly?: true;
}

/** So many times the messages that were posted are news. */
const worseFactor = 3;

/** Of the unknown senders of a domain a person is asked once in so many days. */
const askDays = 7;

/** What is shown, and what was before. */
export interface ShownDays {
  /** The last day that is shown. */
  day: string;
  /** All of them. */
  days?: readonly string[];
  /** The first day that is ever sent: what was last bad before it is none of the reader's business. */
  start?: string | undefined;
  /** What happened on the days that are shown. */
  events?: readonly IncidentEvent[];
  anew?: Anew | undefined;
}

/** When days that were told had been judged by other settings or rules. */
export interface Anew {
  /** The last day that was told by then. */
  told: string;
  /** The day of the run that did so. */
  until: string;
  /** What has opened, come back or become worse on a day after those that were told, by `idOf`. */
  opened: ReadonlySet<string>;
}

/**
 * Whether an incident goes on since a day that was told without it, by what other settings or rules find. Until it fails on a day
 * after that, it is no news: shown as still open, hidden in what was told before.
 */
export function isStanding({ key, since, lastBad }: Incident, anew: Anew | undefined): boolean {
  return anew !== undefined && since <= anew.told && lastBad <= anew.until && !anew.opened.has(idOf(key));
}

/**
 * The incidents that a digest shows.
 *
 * @param incidents - As folded up to the last day.
 * @param posted - What was posted of them before.
 */
export function showIncidents(
  incidents: readonly Incident[],
  posted: readonly PostedIncident[],
  { day, days = [], start = "", events = [], anew }: ShownDays,
): ShownIncident[] {
  const known = new Map(posted.map((one) => [one.id, one]));
  const happened = new Map(events.map((event) => [idOf(event.incident.key), event]));
  const asked = posted.filter(
    (one) => one.day !== undefined && one.day > dayAfter(day, -askDays) && !days.includes(one.day),
  );
  const hasAsked = ({ domain, rule }: Incident["key"]): boolean =>
    rule === "unknown-sender" && asked.some(({ id }) => id.startsWith(`${domain} unknown-sender `));
  const shown = incidents.flatMap((incident): ShownIncident[] => {
    const id = idOf(incident.key);
    const before = known.get(id);
    if (before === undefined && incident.lastBad < start) return [];
    const standing = isStanding(incident, anew) ? (day <= (anew?.told ?? "") ? "hidden" : "known") : undefined;
    const event = happened.get(id);
    const change = changeOf(incident, before, { happened: event?.event, days, standing });
    if (change === undefined) return [];
    // Of several days that of the event is the news.
    const isOfDay = (change === "worse" || change === "back") && event?.event === change;
    const on = isOfDay ? { ...incident, lastBad: event.day, lastMessages: event.messages } : incident;
    // A stranger may have any number of names, and nobody answers a question a day: the weekly message has the others.
    return [shownAs(on, change === "new" && hasAsked(incident.key) ? "known" : change, before)];
  });
  const states = new Map(incidents.map(({ key, state }) => [idOf(key), state]));
  const withdrawn = posted.filter(({ id, early, ended }) => {
    const state = states.get(id) ?? "suspected";
    return early !== undefined && early <= day && (ended === undefined ? state === "suspected" : state !== "open");
  });
  return [...shown, ...withdrawn.map((one) => shownAs(incidentOf(one), "withdrawn", one))];
}

/** `undefined` for what is not to be shown: a suspicion, and an end that was posted or whose beginning never was. */
function changeOf(
  incident: Incident,
  before: PostedIncident | undefined,
  {
    happened,
    days,
    standing,
  }: {
    happened: IncidentEvent["event"] | undefined;
    days: readonly string[];
    standing: "known" | "hidden" | undefined;
  },
): ShownIncident["change"] | undefined {
  if (incident.state === "suspected") return undefined;
  const isPosted = before !== undefined && before.ended === undefined;
  const wasNews = isPosted && (before.day !== undefined || before.early !== undefined);
  if (standing === "hidden" && !wasNews) return undefined;
  if (incident.ended !== undefined) {
    const hasEnded = standing === undefined && (happened === "recovered" || happened === "stopped");
    return isPosted || hasEnded ? "over" : undefined;
  }
  if (standing !== undefined) return "known";
  if (before === undefined) return "new";
  if (happened === "worse" || happened === "back") return happened;
  if (happened !== undefined || days.includes(before.day ?? "")) return "new";
  if (before.ended !== undefined) return "back";
  const isWorse = before.level !== incident.level && incident.level === "act";
  return isWorse || isMuchMore(incident.lastMessages, before.messages) ? "worse" : "known";
}

/** Whether a day is so much worse than what was posted that it is news. */
export function isMuchMore(messages: number, before: number): boolean {
  return messages >= worseFactor * Math.max(1, before);
}

/** An incident as it is shown: its age, and the messages of its last bad day. */
export function shownAs(incident: Incident, change: ShownIncident["change"], before?: PostedIncident): ShownIncident {
  const age = daysBetween(incident.since, incident.lastBad) + 1;
  return {
    incident,
    change,
    age,
    messages: incident.lastMessages,
    ...(before?.early !== undefined && { wasEarly: true }),
  };
}

/** Whether there is something new to be said of it that a person may have to act on. */
export function isNews(change: ShownIncident["change"]): boolean {
  return change === "new" || change === "worse" || change === "back";
}

/** What is known of an incident that is over and that the rules no longer know: what was posted, of an early alarm its day. */
export function incidentOf({ id, since: first, early: since = first, level, messages }: PostedIncident): Incident {
  return {
    key: keyOfId(id),
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
    if (change === "withdrawn") {
      after.delete(id);
      // Where it was over before the alarm it is so again.
      if (before?.ended !== undefined) after.set(id, withoutEarly(before));
    } else {
      // Late reports may show that it began before.
      const isSame = before !== undefined && (before.ended === undefined || incident.since <= before.since);
      const isNews = change !== "known" && change !== "over";
      const newsDay = isNews ? (incident.since > day ? undefined : day) : before?.day;
      after.set(id, {
        id,
        since: incident.since,
        level: incident.level,
        messages: Math.max(messages, worstDayOf(incident)?.messages ?? 0, isSame ? before.messages : 0),
        ...(newsDay !== undefined && { day: newsDay }),
        // What begins on a day that is not due may be withdrawn until that day is, and what comes back then is told once.
        ...(incident.lastBad > day && { early: incident.since > day ? incident.since : incident.lastBad }),
        ...(change === "over" && { ended: incident.ended ?? day }),
        // Until that day is due it is over for the digests.
        ...(incident.lastBad > day && before?.ended !== undefined && { ended: before.ended }),
      });
    }
  }
  return [...after.values()].filter(({ ended }) => ended === undefined || ended > dayAfter(day, -backDays));
}

function withoutEarly({ early: _, ...one }: PostedIncident): PostedIncident {
  return one;
}

/**
 * What was posted, without what is over for 30 days though nobody was told, since it was muted, and what no rule has known for so
 * long: what fails after that is news.
 *
 * @param incidents - As they stand after the day.
 */
export function lastingPosted(
  posted: readonly PostedIncident[],
  incidents: readonly Incident[],
  day: string,
): PostedIncident[] {
  const known = new Map(incidents.map((one) => [idOf(one.key), one]));
  return posted.filter(({ id, since, day: told = since, ended }) => {
    if (ended !== undefined || intakeRules.has(keyOfId(id).rule)) return true;
    const one = known.get(id);
    return (one === undefined ? told : (one.ended ?? day)) > dayAfter(day, -backDays);
  });
}
