import { compareText, sumOf } from "../../history/lists.ts";
import type { FailingSource } from "../day/day.ts";
import {
  causeOf,
  type Incident,
  type IncidentEvent,
  idOf,
  incidentOf,
  isMuchMore,
  isOwnMail,
  isStanding,
  isUrgent,
  keyOfId,
  type ShownIncident,
  showIncidents,
  shownAs,
  worstDayOf,
} from "../incidents/incidents.ts";
import { digestIncident, type IncidentSource, rank } from "../shown-incidents.ts";
import type { DigestIncident } from "../types.ts";
import type { ToldIncident } from "./issue-body.ts";

/** An incident as its issue shows it. */
export interface IssueIncident extends DigestIncident, Pick<Incident, "state" | "goodDays" | "ended" | "muted"> {
  /** Whether a change of the settings has found it and nothing has failed since: that opens no issue, and no comment says so. */
  isStanding?: true;
  /** What has happened to it since the issue was written last, which a comment says. */
  news?: Exclude<ShownIncident["change"], "known"> | "better" | "muted";
  /** The day that was worse, where others came after it: what a comment tells. */
  worst?: DigestIncident;
  /** The most messages of a day that is known of, due or not. */
  mostMessages: number;
  /** The last day on which it failed of those that are due. */
  settled?: string | undefined;
}

/** Which incidents are meant. */
export interface InIssue {
  isIn: (key: Incident["key"]) => boolean;
  /** What was told of them. */
  told: readonly ToldIncident[];
}

/**
 * What issues are for, by all that is known: incidents to act on, and passed thresholds. Those that are open, the worst
 * first; then what is muted; then those that were told and are over.
 */
export function issueIncidents(source: IncidentSource, { isIn, told }: InIssue): IssueIncident[] {
  const last = source.incidents.days.at(-1);
  const before = new Map(told.map((one) => [one.id, one]));
  const lasting = told.filter(({ ended }) => ended === undefined);
  // What was to act on and is to look at now stays in its issue.
  const isHere = (one: Incident): boolean => isUrgent(one) || lasting.some(({ id }) => id === idOf(one.key));
  const urgent = last?.incidents.filter((one) => isIn(one.key) && isHere(one)) ?? [];
  // What is no longer found at all, nor by the limit that stood beside it, was an early alarm, or is judged by other rules now.
  const found = new Set(urgent.flatMap(({ key, state }) => (state === "suspected" ? [] : idOf(key))));
  const isByLimit = ({ id, since }: ToldIncident): boolean => {
    const { domain, rule } = keyOfId(id);
    const limit = idOf({ domain, subject: "", rule: "threshold" });
    return isOwnMail(rule) && found.has(limit) && before.get(limit)?.since === since;
  };
  const gone = lasting.filter((one) => !found.has(one.id) && !isByLimit(one)).map((one) => withdrawnOf(one));
  const posted = told.map(({ id, since, level, messages, ended }) => ({
    id,
    since,
    level,
    messages,
    day: since,
    ended,
  }));
  const shown = showIncidents(urgent, posted, {
    day: last?.day ?? "",
    start: source.startDay,
    anew: anewIn(source),
  });
  const over = urgent.filter(({ key, ended }) => ended !== undefined && before.get(idOf(key))?.ended !== undefined);
  const all = [...shown, ...gone, ...over.map((incident) => shownAs(incident, "known"))];
  return all
    .map((one) => issueIncident(one, before.get(idOf(one.incident.key)), source))
    .sort(
      (a, b) =>
        order(a) - order(b) ||
        // A limit is passed by what stands beside it, which says more.
        Number(a.rule === "threshold") - Number(b.rule === "threshold") ||
        b.messages - a.messages ||
        compareText(a.subject, b.subject),
    );
}

/** What was told, by the incidents that it is about now: of a record it may be told in other words. */
export function toldNow(told: readonly ToldIncident[], { incidents: { days } }: IncidentSource): ToldIncident[] {
  const open = days.at(-1)?.incidents.filter(({ state }) => state !== "suspected") ?? [];
  const ids = new Set(open.map(({ key }) => idOf(key)));
  const byCause = new Map(Array.from(ids, (id) => [causeOf(id), id]));
  return told.map((one) => (ids.has(one.id) ? one : { ...one, id: byCause.get(causeOf(one.id)) ?? one.id }));
}

/** What was posted as news is for an issue, also for the first one in another repository. */
function anewIn({ incidents: { anew }, posted, alarms = [] }: IncidentSource): IncidentSource["incidents"]["anew"] {
  const news = [
    ...posted.filter(({ day, ended }) => day !== undefined && ended === undefined),
    ...alarms.filter(({ settled }) => settled === undefined),
  ];
  return anew && { ...anew, opened: new Set([...anew.opened, ...news.map(({ id }) => id)]) };
}

/** What was told of days that do not show it now: as it was on the last of them. */
function withdrawnOf({ id, since, day = since, level, messages }: ToldIncident): ShownIncident {
  return shownAs(incidentOf({ id, since: day, level, messages }), "withdrawn");
}

function issueIncident(shown: ShownIncident, told: ToldIncident | undefined, source: IncidentSource): IssueIncident {
  const { incident } = shown;
  const { state, goodDays, ended, muted } = incident;
  const stands = shown.change === "known" && ended === undefined && (told === undefined || told.ended !== undefined);
  const events = source.incidents.days.flatMap((one) =>
    one.events.filter((event) => idOf(event.incident.key) === idOf(incident.key)),
  );
  const worstDay = told && worstSince(told, incident, events);
  const change =
    told === undefined ? shown.change : changeSince(told, shown, { ...source.incidents, events, worstDay });
  const isWithdrawn = change === "withdrawn" && told !== undefined;
  const { wasEarly, ...found } = digestIncident(isWithdrawn ? withdrawnOf(told) : shown, source);
  const news = stands ? undefined : newsOf({ incident, change }, told);
  const isEarlier = worstDay !== undefined && (news === "worse" || news === "back") && worstDay.day < incident.lastBad;
  const worst = isEarlier && { ...incident, lastBad: worstDay.day, lastMessages: worstDay.messages };
  const from = found.source && { source: withReported(found.source, told) };
  return {
    ...found,
    ...from,
    ...(isWithdrawn && { messages: found.source?.impact.messages ?? told.messages }),
    state,
    goodDays,
    settled: incident.badDays.at(-1)?.day,
    // Of days that are not due its events alone know.
    mostMessages: Math.max(
      incident.lastMessages,
      worstDayOf(incident)?.messages ?? 0,
      ...events.map(({ messages }) => messages),
    ),
    ...(ended && { ended }),
    ...(muted && { muted }),
    ...(stands && { isStanding: stands }),
    ...(news && { news }),
    ...(worst && { worst: digestIncident(shownAs(worst, change), source) }),
  };
}

/**
 * The day that became worse, of those since it was told: by what happened on it, or by what was told, since a day that is not due
 * may have been known before one that settles.
 */
function worstSince(
  { since, settled = since, worse, messages }: ToldIncident,
  incident: Incident,
  events: readonly IncidentEvent[],
): Pick<IncidentEvent, "day" | "messages"> | undefined {
  const most = worstDayOf(incident);
  if (most !== undefined && isMuchMore(most.messages, messages)) return most;
  return events.findLast(({ event, day }) => event === "worse" && day > settled && day !== worse);
}

/** What has happened since it was told: a run may tell of several days. */
function changeSince(
  { day: last, level, isBack, wasOver }: ToldIncident,
  { incident, change }: ShownIncident,
  {
    anew,
    events,
    worstDay,
  }: Pick<IncidentSource["incidents"], "anew"> & { events: readonly IncidentEvent[]; worstDay: object | undefined },
): ShownIncident["change"] {
  // It was known to be back on a day that was not due, and that day does not show it.
  if (change === "over" && wasOver !== undefined && (incident.ended ?? "") <= wasOver) return "withdrawn";
  if ((change !== "known" && change !== "worse") || incident.ended !== undefined) return change;
  if (isStanding(incident, anew)) return "known";
  const isAgain = events.some(({ event, day }) => event === "back" && last !== undefined && day > last);
  if (isAgain && !isBack) return "back";
  if (worstDay !== undefined) return "worse";
  // That more reporters have come of a day that was told makes it no worse.
  return incident.lastBad === last && incident.level === level ? "known" : change;
}

/** What was said before of a source, unless more is said of it now: failure reports are read again for some weeks alone. */
function withReported(source: FailingSource, told: ToldIncident | undefined): FailingSource {
  const [before, now] = [told?.reported, source.reported];
  const all = (mails: FailingSource["reported"]): number => sumOf(Object.values(mails ?? {}), Number);
  const reported = now !== undefined && all(now) >= all(before) ? now : before;
  return reported === undefined ? source : { ...source, reported };
}

function newsOf(
  { incident, change }: Pick<ShownIncident, "incident" | "change">,
  told: ToldIncident | undefined,
): IssueIncident["news"] {
  const { muted, ended, goodDays } = incident;
  if (muted !== undefined) return told !== undefined && !told.isMuted && ended === undefined ? "muted" : undefined;
  if (told?.isMuted) return ended === undefined ? "back" : undefined;
  if (change !== "known") return change;
  // What fails every other day is told to be better and to fail again once.
  if (ended !== undefined || told?.isAgain) return undefined;
  if (goodDays > 0) return told?.isBetter ? undefined : "better";
  return told?.isBetter ? "back" : undefined;
}

/** Whether it is for an issue to be opened: it is alive, to act on or a limit, and not found by a change of the settings alone. */
export function isAlarm(one: Pick<IssueIncident, "ended" | "muted" | "isStanding" | "level" | "rule">): boolean {
  return isAlive(one) && one.isStanding === undefined && isUrgent({ level: one.level, key: one });
}

/** Whether it needs somebody: it is open, and nobody has muted it. */
export function isAlive({ ended, muted }: Pick<IssueIncident, "ended" | "muted">): boolean {
  return ended === undefined && muted === undefined;
}

function order(one: IssueIncident): number {
  if (isAlive(one)) return 1 - rank(one);
  return one.ended === undefined ? 2 : 3;
}

/** What an issue has told once it shows these incidents. */
export function toldWith(incidents: readonly IssueIncident[], before: readonly ToldIncident[]): ToldIncident[] {
  const known = new Map(before.map((one) => [one.id, one]));
  return incidents.flatMap((one): ToldIncident[] => {
    const id = idOf(one);
    const told = known.get(id);
    // Where it was over before that, it is so again.
    if (one.news === "withdrawn" && told?.wasOver !== undefined) {
      const { wasOver: ended, day: _, isBack: __, isBetter: ___, isAgain: ____, ...before } = told;
      return [{ ...before, ...(one.settled && { day: one.settled }), ended }];
    }
    if (one.news === "withdrawn" || (one.muted?.by === "file" && told === undefined)) return [];
    const isAnew = one.news === "new" || one.news === "worse" || one.news === "back";
    // What is opened late may be better already: the table says so.
    const isBetter = one.goodDays > 0 || (told?.isBetter && !isAnew);
    const isAgain = isAnew ? one.news === "back" && told?.isBetter && told.ended === undefined : told?.isAgain;
    const { since, level, ended, day, settled } = one;
    const worse = one.news === "worse" ? (one.worst ?? one).day : told?.worse;
    const isSame = told !== undefined && (told.ended === undefined || since <= told.since) && (told.day ?? day) <= day;
    const wasOver = one.news === "back" && told?.ended !== undefined ? told.ended : told?.wasOver;
    const messages = Math.max(one.mostMessages, isSame ? told.messages : 0);
    const isMuted = one.muted !== undefined;
    const marks = { ...(isBetter && { isBetter }), ...(isAgain && { isAgain }), ...(isMuted && { isMuted }) };
    const reported = one.source?.reported;
    return [
      {
        id,
        since,
        level,
        messages,
        day,
        ...(settled && { settled }),
        ...(worse && { worse }),
        ...(ended
          ? { ended }
          : { ...((one.news === "back" || told?.isBack) && { isBack: true }), ...(wasOver && { wasOver }) }),
        ...marks,
        ...(reported && { reported }),
      },
    ];
  });
}
