import { dayAfter, daysBetween } from "../../history/dates.ts";
import type { Alarm, PostedIncident } from "../../history/state.ts";
import {
  backDays,
  causeOf,
  type Incident,
  type IncidentEvent,
  idOf,
  intakeRules,
  isOnce,
  isOwnFailure,
  keyOfId,
  worstDayOf,
} from "./incident.ts";

/** An incident as a digest shows it. */
export interface ShownIncident {
  incident: Incident;
  /**
   * What happened to it on the days that are shown, or since it was posted last: `new`, `worse`, `over`, `back`, `withdrawn`
   * (posted early, and the day does not show it now that it is due), or `known` for nothing.
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
  /**
   * Whether the days are told anew: then what goes on by other settings is shown of days that were told before them, too. Own
   * mail that fails is shown of any day, since its figures say so.
   */
  isTelling?: boolean;
  /** The early alarms that the digest of these days shows, or withdraws; see `alarmsOn`. */
  alarms?: Record<"shown" | "withdrawn", readonly Alarm[]>;
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
 * after that, it is no news: shown as still open, and hidden where a day keeps the verdict with which it was told before.
 */
export function isStanding(
  { key, since, lastBad }: Pick<Incident, "key" | "since" | "lastBad">,
  anew: Anew | undefined,
): boolean {
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
  {
    day,
    days = [],
    start = "",
    events = [],
    anew,
    isTelling = false,
    alarms = { shown: [], withdrawn: [] },
  }: ShownDays,
): ShownIncident[] {
  const known = new Map(posted.map((one) => [one.id, one]));
  const happened = new Map(events.map((event) => [idOf(event.incident.key), event]));
  const early = new Set(alarms.shown.map((one) => causeOf(one.id)));
  const asked = posted.filter(
    (one) => one.day !== undefined && one.day > dayAfter(day, -askDays) && !days.includes(one.day),
  );
  const hasAsked = ({ domain, rule }: Incident["key"]): boolean =>
    rule === "unknown-sender" && asked.some(({ id }) => id.startsWith(`${domain} unknown-sender `));
  const shown = incidents.flatMap((incident): ShownIncident[] => {
    const id = idOf(incident.key);
    const before = known.get(id);
    if (before === undefined && incident.lastBad < start) return [];
    const isHidden = !isTelling && day <= (anew?.told ?? "") && !isOwnFailure(incident.key.rule);
    const standing = isStanding(incident, anew) ? (isHidden ? "hidden" : "known") : undefined;
    const event = happened.get(id);
    const change = changeOf(incident, before, { happened: event?.event, day, days, standing });
    if (change === undefined) return [];
    // Of several days that of the event is the news.
    const isOfDay = (change === "worse" || change === "back") && event?.event === change;
    const on = isOfDay ? { ...incident, lastBad: event.day, lastMessages: event.messages } : incident;
    // A stranger may have any number of names, and nobody answers a question a day: the weekly message has the others.
    const one = shownAs(on, change === "new" && hasAsked(incident.key) ? "known" : change);
    return [early.has(causeOf(id)) ? { ...one, wasEarly: true } : one];
  });
  // A day may have been posted twice: what was worse, or what a run had left no word of.
  const withdrawn = new Map(alarms.withdrawn.map((one) => [`${one.id} ${one.day}`, { ...one, since: one.day }]));
  return [...shown, ...Array.from(withdrawn.values(), (one) => shownAs(incidentOf(one), "withdrawn"))];
}

/** `undefined` for what is not to be shown: a suspicion, and an end that was posted or whose beginning never was. */
function changeOf(
  incident: Incident,
  before: PostedIncident | undefined,
  {
    happened,
    day,
    days,
    standing,
  }: {
    happened: IncidentEvent["event"] | undefined;
    day: string;
    days: readonly string[];
    standing: "known" | "hidden" | undefined;
  },
): ShownIncident["change"] | undefined {
  if (incident.state === "suspected") return undefined;
  // Of what is posted once nobody waits for an end that nothing shows.
  const { lasts } = incident;
  if (incident.state === "stopped" && isOnce({ ...incident.key, ...(lasts && { lasts }) })) return undefined;
  const isPosted = before !== undefined && before.ended === undefined;
  if (standing === "hidden" && !(isPosted && before.day !== undefined)) return undefined;
  if (incident.ended !== undefined) {
    const hasEnded = standing === undefined && (happened === "recovered" || happened === "stopped");
    // Where it was posted as back on a day that does not show it any more, its end was posted before.
    const isNewEnd = isPosted && incident.ended >= (before.day ?? "");
    return isNewEnd || hasEnded ? "over" : undefined;
  }
  // A day that is told late may be before an end that was.
  if (standing !== undefined || isEndLater(before, day)) return "known";
  if (before === undefined) return "new";
  if (happened === "worse" || happened === "back") return happened;
  if (days.includes(before.day ?? "")) return before.news ?? "new";
  if (happened !== undefined) return "new";
  if (before.ended !== undefined) return "back";
  const isWorse = before.level !== incident.level && incident.level === "act";
  return isWorse || isMuchMore(incident.lastMessages, before.messages) ? "worse" : "known";
}

function isEndLater(before: PostedIncident | undefined, day: string): boolean {
  return before?.ended !== undefined && before.ended > day;
}

/** Whether a day is so much worse than what was posted that it is news. */
export function isMuchMore(messages: number, before: number): boolean {
  return messages >= worseFactor * Math.max(1, before);
}

/** An incident as it is shown: its age, and the messages of its last bad day. */
export function shownAs(incident: Incident, change: ShownIncident["change"]): ShownIncident {
  const age = daysBetween(incident.since, incident.lastBad) + 1;
  return { incident, change, age, messages: incident.lastMessages };
}

/** Whether there is something new to be said of it that a person may have to act on. */
export function isNews(change: ShownIncident["change"]): change is "new" | "worse" | "back" {
  return change === "new" || change === "worse" || change === "back";
}

/** What is known of an incident that is over and that the rules no longer know: what was posted. */
export function incidentOf({
  id,
  since,
  level,
  messages,
}: Pick<PostedIncident, "id" | "since" | "level" | "messages">): Incident {
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
 * What was posted, after a digest that shows some incidents; what ended over 30 days ago is forgotten.
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
    if (change === "withdrawn" || isEndLater(before, day)) continue;
    // Late reports may show that it began before.
    const isSame = before !== undefined && (before.ended === undefined || incident.since <= before.since);
    const news = isNews(change) ? { day, news: change } : before && { day: before.day, news: before.news };
    after.set(id, {
      id,
      since: incident.since,
      level: incident.level,
      messages: Math.max(messages, worstDayOf(incident)?.messages ?? 0, isSame ? before.messages : 0),
      ...(news?.day !== undefined && news),
      ...(change === "over" && { ended: incident.ended ?? day }),
    });
  }
  return [...after.values()].filter(({ ended }) => ended === undefined || ended > dayAfter(day, -backDays));
}

/**
 * What was posted, by what is known now. Late reports may show that what was posted never was, or was over before: what fails
 * after that is news. Without what is over for 30 days though nobody was told, since it was muted.
 *
 * @param incidents - As they stand after the last day that is known.
 * @param day - The last settled day.
 */
export function lastingPosted(
  posted: readonly PostedIncident[],
  incidents: readonly Incident[],
  day: string,
): PostedIncident[] {
  const known = new Map(incidents.map((one) => [idOf(one.key), one]));
  return posted.flatMap((one): PostedIncident[] => {
    const incident = known.get(one.id);
    if (one.ended !== undefined || intakeRules.has(keyOfId(one.id).rule)) return [one];
    const { ended } = incident ?? {};
    const isGone = incident === undefined || incident.state === "suspected" || incident.since > day;
    if (isGone || (ended !== undefined && ended <= dayAfter(day, -backDays))) return [];
    return [ended !== undefined && ended < (one.day ?? "") ? { ...one, ended } : one];
  });
}
