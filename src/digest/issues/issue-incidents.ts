import { compareText, sumOf } from "../../history/lists.ts";
import type { FailingSource } from "../day/day.ts";
import { type Incident, idOf, isMuchMore, type ShownIncident, showIncidents, shownAs } from "../incidents/incidents.ts";
import { digestIncident, type IncidentSource, isUrgent, rank } from "../shown-incidents.ts";
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
  const urgent = last?.incidents.filter((one) => isUrgent(one) && isIn(one.key)) ?? [];
  const before = new Map(told.map((one) => [one.id, one]));
  // What is no longer found at all was an early alarm, or is judged by other rules now.
  const posted = told.map(({ isBetter, isMuted, reported, day, ...one }) => ({ ...one, early: one.since }));
  const shown = showIncidents(urgent, posted, {
    day: last?.day ?? "",
    start: source.startDay,
    anew: anewIn(source),
  });
  const over = urgent.filter(({ key, ended }) => ended !== undefined && before.get(idOf(key))?.ended !== undefined);
  const all = [...shown, ...over.map((incident) => shownAs(incident, "known"))];
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

/** What was posted as news is for an issue, also for the first one in another repository. */
function anewIn({ incidents: { anew }, posted }: IncidentSource): IncidentSource["incidents"]["anew"] {
  const news = posted.filter(({ day, early, ended }) => (day ?? early) !== undefined && ended === undefined);
  return anew && { ...anew, opened: new Set([...anew.opened, ...news.map(({ id }) => id)]) };
}

function issueIncident(shown: ShownIncident, told: ToldIncident | undefined, source: IncidentSource): IssueIncident {
  const { incident } = shown;
  const { wasEarly, ...found } = digestIncident(shown, source);
  const { state, goodDays, ended, muted } = incident;
  const isStanding =
    shown.change === "known" && ended === undefined && (told === undefined || told.ended !== undefined);
  const worstDay = incident.badDays.toSorted((a, b) => b.messages - a.messages)[0];
  const between = shown.change === "known" && told ? sinceTold(incident, told, { ...source.incidents, worstDay }) : {};
  const news = isStanding ? undefined : newsOf({ incident, change: between.change ?? shown.change }, told);
  const worst = news === "worse" && between.worst && digestIncident(shownAs(between.worst, "worse"), source);
  const from = found.source && { source: withReported(found.source, told) };
  return {
    ...found,
    ...from,
    state,
    goodDays,
    mostMessages: Math.max(incident.lastMessages, worstDay?.messages ?? 0),
    ...(ended && { ended }),
    ...(muted && { muted }),
    ...(isStanding && { isStanding }),
    ...(news && { news }),
    ...(worst && { worst }),
  };
}

/** What has happened on days before the last: a run may tell of several, and a day that is not due was known before them. */
function sinceTold(
  incident: Incident,
  { id, day = incident.lastBad, messages }: ToldIncident,
  { days, worstDay }: Pick<IncidentSource["incidents"], "days"> & { worstDay: Incident["badDays"][number] | undefined },
): { change?: "worse" | "back"; worst?: Incident } {
  if (worstDay !== undefined && isMuchMore(worstDay.messages, messages))
    return { change: "worse", worst: { ...incident, lastBad: worstDay.day, lastMessages: worstDay.messages } };
  const events = days.flatMap((one) => (one.day > day ? one.events : []));
  return events.some(({ event, incident: { key } }) => event === "back" && idOf(key) === id) ? { change: "back" } : {};
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

/** Whether it is for an issue to be opened: it is alive, and not found by a change of the settings alone. */
export function isAlarm(one: Pick<IssueIncident, "ended" | "muted" | "isStanding">): boolean {
  return isAlive(one) && one.isStanding === undefined;
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
    if (one.news === "withdrawn" || (one.muted?.by === "file" && told === undefined)) return [];
    const isAnew = one.news === "new" || one.news === "worse" || one.news === "back";
    // What is opened late may be better already: the table says so.
    const isBetter = one.goodDays > 0 || (told?.isBetter && !isAnew);
    const isAgain = isAnew ? one.news === "back" && told?.isBetter && told.ended === undefined : told?.isAgain;
    const { since, level, ended, day } = one;
    const messages = Math.max(one.mostMessages, told?.since === since ? told.messages : 0);
    const isMuted = one.muted !== undefined;
    const marks = { ...(isBetter && { isBetter }), ...(isAgain && { isAgain }), ...(isMuted && { isMuted }) };
    const reported = one.source?.reported;
    return [{ id, since, level, messages, day, ...(ended && { ended }), ...marks, ...(reported && { reported }) }];
  });
}
