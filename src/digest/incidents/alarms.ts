import { dayAfter } from "../../history/dates.ts";
import { compareText, groupBy, sumOf } from "../../history/lists.ts";
import { type Alarm, daysSent, type PostedIncident, type Sent, type State, sentTo } from "../../history/state.ts";
import { sentBackDays } from "../due.ts";
import {
  causeOf,
  fewestAlike,
  type Incident,
  type IncidentEvent,
  type IncidentKey,
  idOf,
  keyOfId,
  likenessOf,
  type RuleName,
} from "./incident.ts";
import { isMuchMore, isStanding, type ShownDays, type ShownIncident, shownAs } from "./posted.ts";

/** A day as early alarms look at it. */
interface LastDay {
  day: string;
  events: readonly IncidentEvent[];
  incidents: readonly Incident[];
}

/** What was posted before, and of which days. */
export interface PostedBefore {
  posted: readonly PostedIncident[];
  /** Early alarms, the oldest first. */
  alarms: readonly Alarm[];
  /** The days that digests have told of, or tell of now. */
  told: ReadonlySet<string>;
  /** The first day that is ever sent: there are no alarms of it. */
  startDay: string;
}

/** An incident that is posted before its day is due. */
export interface EarlyIncident extends ShownIncident {
  /** See `Alarm`. */
  than?: number;
}

const namesByCount: readonly RuleName[] = ["sender-fails", "key-broken", "dns", "threshold", "tls-fails"];

/** Whether counts alone show what a rule finds: it can be posted before all have reported. */
function isByCount(rule: RuleName): boolean {
  return namesByCount.includes(rule);
}

/** Whether a rule by counts is about mail of our own, which a limit may be for as well. */
export function isOwnMail(rule: RuleName): boolean {
  return isByCount(rule) && rule !== "tls-fails";
}

/** Whether a person should act on it, or has set a limit for it: it has an issue, and need not wait for its day to be due. */
export function isUrgent({ level, key }: Pick<Incident, "level"> & { key: Pick<IncidentKey, "rule"> }): boolean {
  return level === "act" || key.rule === "threshold";
}

/**
 * What counts alone show of days that no digest has told of: it is posted at once. Not what the digest of some days tells.
 *
 * @param days - In order, up to the last that is known.
 */
export function earlyIncidents(
  days: readonly LastDay[],
  { posted, alarms, told, startDay }: PostedBefore,
  anew: ShownDays["anew"],
): EarlyIncident[] {
  const last = days.at(-1);
  if (last === undefined) return [];
  const after = [...told, startDay].sort().at(-1) ?? startDay;
  // A day may be late where a later one is complete.
  const first = [dayAfter(startDay), dayAfter(after, 1 - sentBackDays)].sort()[1] ?? startDay;
  const untold = days.filter(({ day }) => day > after || (day >= first && !told.has(day)));
  const dates = new Set(untold.map(({ day }) => day));
  const events = untold.flatMap((one) => one.events).filter(({ event }) => ["opened", "early", "back"].includes(event));
  const begun = new Map(events.map(({ event, incident }) => [idOf(incident.key), event]));
  const onDay = days.findLast(({ day }) => day <= after)?.incidents ?? [];
  const shown = new Map(onDay.map((one) => [idOf(one.key), one]));
  const known = new Map(posted.map((one) => [one.id, one]));
  const standing = groupBy(
    alarms.filter(
      (one) =>
        one.settled === undefined &&
        !one.isUncertain &&
        (dates.has(one.day) || alarmStateOf(one, { onDay, now: last.incidents, alarms }) === "waits"),
    ),
    ({ id }) => causeOf(id),
  );
  // More has become known of the day of an alarm: with that a later one is compared.
  const knownNow = (alarm: Alarm): Alarm => {
    const ofDay = days.find(({ day }) => day === alarm.day)?.incidents ?? [];
    const found = ofDay.filter((one) => one.lastBad === alarm.day && causeOf(idOf(one.key)) === causeOf(alarm.id));
    return { ...alarm, messages: Math.max(alarm.messages, ...found.map(({ lastMessages }) => lastMessages)) };
  };
  const bad = untold.flatMap(({ day, incidents }) => incidents.filter((one) => one.lastBad === day && isAwake(one)));
  const worst = new Map(bad.toSorted((a, b) => a.lastMessages - b.lastMessages).map((one) => [idOf(one.key), one]));
  const early = last.incidents.flatMap((incident): EarlyIncident[] => {
    const { key } = incident;
    const id = idOf(key);
    // Of several days that no digest has told of the worst is the news.
    const { lastBad, lastMessages } = worst.get(id) ?? incident;
    const isNow = isAwake(incident) && dates.has(incident.lastBad) && !isStanding(incident, anew);
    if (!isNow || !isByCount(key.rule) || !isUrgent(incident)) return [];
    const facts = {
      event: begun.get(id),
      before: known.get(id),
      shown: shown.get(id),
      standing: standing.get(causeOf(id))?.map(knownNow),
    };
    const early = earlyOf({ ...incident, lastBad, lastMessages }, facts);
    return early === undefined ? [] : [early];
  });
  const isPosted = ({ key }: Incident): boolean => {
    const [before, onLast] = [known.get(idOf(key)), shown.get(idOf(key))];
    return standing.has(causeOf(idOf(key))) || (before && !before.ended) || (onLast !== undefined && isAwake(onLast));
  };
  return withoutFew(
    early,
    last.incidents.filter((one) => isAwake(one) && isPosted(one)),
  );
}

/** Of hosts that fail alike and of which most are told, the others wait for the digest: reports about a provider's come one by one. */
function withoutFew(early: readonly EarlyIncident[], told: readonly Incident[]): EarlyIncident[] {
  const [toldAlike, earlyAlike] = [groupBy(told, likenessOf), groupBy(early, ({ incident }) => likenessOf(incident))];
  return early.filter(({ incident }) => {
    const likeness = likenessOf(incident);
    const [known = [], found = []] = [toldAlike.get(likeness), earlyAlike.get(likeness)];
    if (likeness === undefined || known.length < fewestAlike) return true;
    return sumOf(found, ({ messages }) => messages) * 2 >= sumOf(known, ({ lastMessages }) => lastMessages);
  });
}

function isAwake({ state, muted }: Incident): boolean {
  return state === "open" && muted === undefined;
}

/** An incident as it is posted early; `undefined` where it is no more than what was posted. */
function earlyOf(
  incident: Incident,
  {
    event,
    before,
    shown,
    standing,
  }: {
    /** How it began on a day that no digest has told of; absent where it goes on. */
    event: IncidentEvent["event"] | undefined;
    /** What digests have posted of it. */
    before: PostedIncident | undefined;
    /** How it stood on the last day that a digest has told of. */
    shown: Incident | undefined;
    /** The early alarms about it that stand. */
    standing: readonly Alarm[] | undefined;
  },
): EarlyIncident | undefined {
  const open = before?.ended === undefined ? before : undefined;
  if (standing === undefined && event !== undefined)
    return shownAs(incident, event === "back" && before !== undefined ? "back" : "new");
  const isTold = shown !== undefined && isAwake(shown);
  if (standing === undefined && open === undefined)
    // What was muted until now.
    return isTold ? undefined : shownAs(incident, before === undefined ? "new" : "back");
  const ofDigest = isTold ? { level: shown.level, messages: shown.lastMessages } : open;
  const known = standing ?? [open, ofDigest].filter((one) => one !== undefined);
  const than = Math.max(...known.map(({ messages }) => messages));
  const isRisen = incident.level === "act" && known.every(({ level }) => level === "look");
  // That more reporters have come of a day that was posted makes it no worse.
  const isLater = standing?.every(({ day }) => day < incident.lastBad) !== false;
  if (!isRisen && !(isLater && isMuchMore(incident.lastMessages, than))) return undefined;
  const [since = incident.since] = [incident.since, ...(standing ?? []).map(({ day }) => day)].sort();
  return { ...shownAs({ ...incident, since }, "worse"), ...(!isRisen && { than }) };
}

/**
 * What was posted in the main place, before what a run sends now.
 *
 * @param send - The days of the digest that it sends; none where it sends none.
 * @param day - The newest day that is due.
 * @param toSlack - Whether it is Slack: what stood in a job summary alone was never posted there.
 */
export function postedBefore(
  state: State,
  { send, day, toSlack }: { send: readonly string[]; day: string; toSlack: boolean },
): PostedBefore {
  const { incidents: posted = [], startDay = day, sent } = state;
  const told = new Set([...send, ...daysSent(state, false)]);
  return { posted, alarms: alarmsIn(sentTo(sent, toSlack)), told, startDay };
}

/** What an early alarm tells of these. */
export function alarmsOf(early: readonly EarlyIncident[]): Alarm[] {
  return early.map(({ incident: { key, lastBad, level }, messages, than }) => ({
    id: idOf(key),
    day: lastBad,
    level,
    messages,
    ...(than !== undefined && { than }),
  }));
}

/** The early alarms in messages, the oldest first. */
export function alarmsIn(sent: readonly Sent[]): Alarm[] {
  return sent.toSorted((a, b) => compareText(a.at, b.at)).flatMap(({ alarms = [] }) => alarms);
}

/** Those of them that no digest has settled so far. */
export function standingAlarms(sent: readonly Sent[]): Alarm[] {
  return alarmsIn(sent).filter(({ settled }) => settled === undefined);
}

/**
 * Whether a place of its own has not had an early alarm that stands in the main one.
 *
 * @param placeOf - The place of a domain; `undefined` for the main one.
 */
export function hasMissedAlarm(
  { sent, routed = {} }: Pick<State, "sent" | "routed">,
  placeOf: (domain: string) => { name: string } | undefined,
): boolean {
  return standingAlarms(sent).some(({ id, day, isUncertain }) => {
    const place = placeOf(keyOfId(id).domain);
    return (
      place !== undefined &&
      !isUncertain &&
      !alarmsIn(routed[place.name] ?? []).some((had) => had.id === id && had.day === day)
    );
  });
}

/** What is known when a digest is made: the incidents after its newest day, and after the last day that is known. */
export interface KnownIncidents {
  onDay: readonly Incident[];
  now: readonly Incident[];
  /** All early alarms. */
  alarms: readonly Alarm[];
}

/**
 * What becomes of an early alarm whose day is due: the digest shows what it told; it waits, since a day that is not due shows it;
 * or it is withdrawn.
 */
export function alarmStateOf(alarm: Alarm, { onDay, now, alarms }: KnownIncidents): "shown" | "waits" | "withdrawn" {
  const { id, day, than } = alarm;
  const { domain, rule } = keyOfId(id);
  const isEnough = (messages: number): boolean => than === undefined || isMuchMore(messages, than);
  // What is muted is not posted again: a later day of it does not show what woke it.
  const isShownOn = (one: string, { muted }: Incident): boolean => (muted === undefined ? one >= day : one === day);
  const isBad = (incident: Incident): boolean =>
    incident.state !== "suspected" &&
    incident.badDays.some((bad) => isShownOn(bad.day, incident) && isEnough(bad.messages));
  // A limit is shown by what passes it, and shows what stood beside it while nothing else is found that passes it.
  const isFound = onDay.some(
    (one) => one.key.domain === domain && one.key.rule !== "threshold" && isOwnMail(one.key.rule) && isBad(one),
  );
  const isBeside = (limit: Incident["key"]): boolean =>
    !isFound && alarms.some((one) => one.id === idOf(limit) && one.day === day);
  const isByLimit = (key: Incident["key"]): boolean =>
    rule === "threshold" ? isOwnMail(key.rule) : key.rule === "threshold" && isOwnMail(rule) && isBeside(key);
  const isSame = (key: Incident["key"]): boolean => causeOf(idOf(key)) === causeOf(id);
  const isIt = ({ key }: Incident): boolean => isSame(key) || (key.domain === domain && isByLimit(key));
  if (onDay.some((one) => isIt(one) && isBad(one))) return "shown";
  const goesOn = now.some(
    (one) =>
      isSame(one.key) &&
      one.state === "open" &&
      one.muted === undefined &&
      isUrgent(one) &&
      one.lastBad > day &&
      isEnough(one.lastMessages),
  );
  return goesOn ? "waits" : "withdrawn";
}

/**
 * The early alarms that the digest of some days is about: those of its days that no digest was about yet, and those that it was
 * about when it was posted.
 *
 * @param days - The newest first.
 */
export function alarmsOn(alarms: readonly Alarm[], days: readonly string[]): Alarm[] {
  const [newest = ""] = days;
  return alarms.filter(({ day, settled }) => (settled === undefined ? day <= newest : days.includes(settled)));
}

/** The messages with early alarms that a digest has settled, which they say now; the others are left out. */
export function settleAlarms(
  sent: readonly Sent[],
  days: readonly string[],
  incidents: Omit<KnownIncidents, "alarms">,
): Sent[] {
  const [newest = ""] = days;
  const known = { ...incidents, alarms: alarmsIn(sent) };
  return sent.flatMap((message) => {
    const due = alarmsOn(message.alarms ?? [], days);
    const isSettled = (one: Alarm): boolean =>
      one.settled === undefined && due.includes(one) && alarmStateOf(one, known) !== "waits";
    const alarms = message.alarms?.map((one) => (isSettled(one) ? { ...one, settled: newest } : one));
    return alarms?.some((one, at) => one !== message.alarms?.[at]) ? [{ ...message, alarms }] : [];
  });
}

/**
 * The first day of which nobody was told of an incident, by its early alarms of which no digest has told since, by `idOf`.
 *
 * @param untold - The first day that no digest was about.
 */
export function alarmsSince(alarms: readonly Alarm[], untold: string): Map<string, string> {
  const since = alarms.map(({ id, day }): [string, string] => [id, dayAfter(day)]).filter(([, day]) => day > untold);
  return new Map(since.sort(([, a], [, b]) => compareText(a, b)));
}
