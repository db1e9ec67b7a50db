import { dayAfter } from "../../history/dates.ts";
import { groupBy, sortedRecord } from "../../history/lists.ts";
import type { State } from "../../history/state.ts";
import { knownNameOf, serviceOfDomain, serviceOfRecord } from "../../report/source/source.ts";
import { knownReporter } from "../../report/trust/trust.ts";
import { alarmsSince, standingAlarms } from "./alarms.ts";
import {
  backDays,
  type Incident,
  type IncidentKey,
  idOf,
  intakeRules,
  isWithin,
  keyOfId,
  type Muted,
  type RuleName,
  senderOfSubject,
} from "./incident.ts";

/** What runs know of mutes. */
type MuteState = Pick<State, "mutes" | "muteAlarms" | "muteRules" | "muted" | "idleMutes">;

/** Incidents that a person does not want to hear of for a while. */
export interface Mute extends Muted {
  /** An organizational domain, `*.` and one for all below it and itself, or `*` for all. */
  domain: string;
  /** The group of domains with which it stands in the file, where that has one like it for each of its domains. */
  group?: string;
  /** The sender, the key or the reporter; all of the domain when absent. */
  subject?: string;
  /** Absent: those of `rules`. */
  rule?: RuleName;
  /**
   * Of a mute without a rule those that had found something when it took hold, or the first one that did so later; see
   * `withRules`. Absent before there is one.
   */
  rules?: RuleName[];
  /** The first day of which nobody had been told when the mute was made, `YYYY-MM-DD`; a leap on it or later wakes the incident. */
  since?: string;
  /** The same by incident, as `idOf` gives it, where an early alarm had told of later days. */
  alarms?: Readonly<Record<string, string>>;
  /** The day of the last digest that told that it does nothing; absent before one has. */
  told?: string;
}

/** A mute of the file that does nothing. */
export interface IdleMute extends Omit<Mute, "told" | "alarms"> {
  /** Its date is past, or no incident fits it. */
  idle: "ended" | "unused";
}

/** Whether a name is what a pattern says: `example.com`, `*.example.com` (that and all below), or `*`. */
export function isNamed(domain: string, pattern: string): boolean {
  if (!pattern.startsWith("*")) return domain === pattern;
  const parent = pattern.slice(2);
  return parent === "" || domain === parent || domain.endsWith(`.${parent}`);
}

/** What tells one mute of the file from another; with another date it is another mute. */
export function muteId({ domain, subject, rule, until }: Mute): string {
  return [domain, rule, until, subject].join(" ");
}

/**
 * The mutes of the file with what is known of each, and those of issues that were closed.
 *
 * @param untold - The first day that no digest was about: those that no run has known begin then.
 */
export function knownMutes(
  ofFile: readonly Mute[],
  {
    mutes = {},
    muteAlarms = {},
    muteRules = {},
    muted = {},
    idleMutes = {},
    sent = [],
  }: MuteState & Partial<Pick<State, "sent">>,
  untold?: string,
): Mute[] {
  const newAlarms = untold === undefined ? [] : [...alarmsSince(standingAlarms(sent), untold)];
  const known = ofFile.map((mute): Mute => {
    const id = muteId(mute);
    const [begin, rules, told] = [mutes[id] ?? untold, muteRules[id] as RuleName[] | undefined, idleMutes[id]];
    const ofMute = newAlarms.filter(([incident]) => isNamed(keyOfId(incident).domain, mute.domain));
    const alarms = mutes[id] === undefined ? sortedRecord(ofMute) : muteAlarms[id];
    return {
      ...mute,
      ...(begin && { since: begin }),
      ...(alarms && { alarms }),
      ...(rules && { rules }),
      ...(told && { told }),
    };
  });
  return [...Object.entries(muted).map(closingMute), ...known];
}

/**
 * Mutes of closed issues after a run: without those whose incident nobody knows any more, has woken, or is over for 30 days. Of a
 * domain that is not judged nobody knows, until it is again.
 *
 * @param judgedBy - The mutes that the run knew of; those that another run has noted meanwhile stay.
 * @param last - The incidents as they stand after the last day that is due.
 */
export function lastingMutes(
  muted: State["muted"] = {},
  judgedBy: readonly Mute[],
  { incidents, day, isJudged }: { incidents: readonly Incident[]; day: string; isJudged: (domain: string) => boolean },
): State["muted"] {
  const known = new Set(judgedBy.map(muteId));
  const found = new Map(incidents.map((one) => [idOf(one.key), one]));
  const lasts = ([id, since]: [string, string]): boolean => {
    const one = found.get(id);
    // What was muted by an early alarm may not be borne out.
    if (one === undefined) return since > dayAfter(day, -backDays) || !isJudged(keyOfId(id).domain);
    return one.muted?.by === "issue" && isWithin(one, day, backDays + 1);
  };
  return sortedRecord(Object.entries(muted).filter((one) => lasts(one) || !known.has(muteId(closingMute(one)))));
}

/** What the next run is to know of the mutes of the file. */
export function muteState(mutes: readonly Mute[]): Omit<MuteState, "muted"> {
  const ofFile = mutes.filter(({ by }) => by === "file");
  return {
    mutes: sortedRecord(ofFile.flatMap((one) => (one.since ? [[muteId(one), one.since]] : []))),
    muteAlarms: sortedRecord(ofFile.flatMap((one) => (one.alarms ? [[muteId(one), one.alarms]] : []))),
    muteRules: sortedRecord(ofFile.flatMap((one) => (one.rules ? [[muteId(one), one.rules]] : []))),
    idleMutes: sortedRecord(ofFile.flatMap((one) => (one.told ? [[muteId(one), one.told]] : []))),
  };
}

/** What the next run is to know of the mutes that do nothing, once the digest of a day has told of some. */
export function toldIdle(
  before: State["idleMutes"] = {},
  { day, idleMutes = [] }: { day: string; idleMutes?: readonly IdleMute[] },
): State["idleMutes"] {
  return sortedRecord([...Object.entries(before), ...idleMutes.map((mute) => [muteId(mute), day] as const)]);
}

/** Whether a digest of a day is to tell of a mute if it does nothing: none has, or it ended since. Updated, it tells it again. */
export function isUntold({ told, until = "" }: Mute, day: string): boolean {
  return told === undefined || told === day || (told <= until && day > until);
}

/** The mute of an incident, given by `idOf`, whose issue a person closed as not planned, nobody having been told of the day `since` yet. */
export function closingMute([id, since]: [string, string]): Mute {
  return { by: "issue", ...keyOfId(id), since };
}

/**
 * Incidents as they stand after a day, with a mark on those that are muted.
 *
 * @param day - The last day that is due: until its own day is, only what fails after the date of a mute wakes by it.
 */
export function markMuted(incidents: readonly Incident[], mutes: readonly Mute[], day: string): readonly Incident[] {
  if (mutes.length === 0) return incidents;
  return incidents.map((incident) => {
    const mute = mutes.find((one) => isMutedBy(one, incident, day));
    if (mute === undefined) return incident;
    const { by, until, reason } = mute;
    return { ...incident, muted: { by, ...(until && { until }), ...(reason && { reason }) } };
  });
}

function isMutedBy(mute: Mute, incident: Incident, day: string): boolean {
  const { key, lastBad, leapt = "" } = incident;
  if (!isAbout(mute, incident) || hasEnded(mute, lastBad > day ? lastBad : day)) return false;
  const begin = beginOf(mute, incident);
  return mute.rules?.includes(key.rule) !== false && (begin === undefined || leapt < begin);
}

/** The first day of which nobody had been told of an incident when the mute was made. */
function beginOf({ since, alarms = {} }: Mute, { key }: Pick<Incident, "key">): string | undefined {
  const alarm = alarms[idOf(key)];
  return since === undefined || alarm === undefined || alarm < since ? since : alarm;
}

/**
 * Mutes with the rules that they are about: one muted rule does not hide another, and what a mute was about once it stays
 * about, longer than incidents are remembered.
 *
 * @param incidents - As they stand after the last day that is due: what is found early may not be borne out.
 */
export function withRules(mutes: readonly Mute[], incidents: readonly Incident[]): Mute[] {
  return mutes.map((mute) => {
    if (mute.rule !== undefined || mute.rules !== undefined || mute.since === undefined) return mute;
    const found = incidents
      .map((one) => ({ ...one, begin: beginOf(mute, one) ?? "" }))
      .filter((one) => {
        const wasFound = one.since < one.begin;
        return isAbout(mute, one) && (one.ended ?? one.begin) >= one.begin && (one.state !== "suspected" || wasFound);
      });
    const [first] = found.map(({ since }) => since).sort();
    const rules = found.flatMap(({ key, since, begin }) => (since < begin || since === first ? key.rule : []));
    return rules.length === 0 ? mute : { ...mute, rules: [...new Set(rules)].sort() };
  });
}

function hasEnded({ until }: Mute, day: string): boolean {
  return until !== undefined && day > until;
}

/** Whether a mute is about an incident, whatever its date. */
function isAbout({ domain, subject, rule }: Mute, { key, senders }: Pick<Incident, "key" | "senders">): boolean {
  if (!isNamed(key.domain, domain) || (rule ?? key.rule) !== key.rule) return false;
  if (subject === undefined) return true;
  // Of a record of ours messages name the sender as well.
  const named = senders ?? [senderOfSubject(key.subject)];
  const names = [key.subject, ...named, ...named.flatMap((sender) => knownNames(key.domain, sender)), keyService(key)];
  // The names of services and those in DNS are the same in any case.
  return names.some((name) => name?.toLowerCase() === subject.toLowerCase());
}

/** What people call a sender, and messages. Reporters are those of all domains. */
function knownNames(domain: string, sender: string): (string | undefined)[] {
  if (domain === "") return [knownReporter(sender)?.name];
  return [serviceOfDomain(sender)?.name, knownNameOf(sender)];
}

/** The service that a broken key is named after, by its selector. */
function keyService({ domain, subject, rule }: IncidentKey): string | undefined {
  const [of = "", selector] = subject.split("/");
  if (selector === undefined || (rule !== "key-broken" && rule !== "dns")) return undefined;
  const dkim = [{ domain: of, selector, result: "fail" }];
  return serviceOfRecord({ authResults: { dkim, spf: [] } }, domain)?.service.name;
}

/**
 * The mutes of the file that do nothing on a day: their date is past, or they fit no incident of days of reports. One of a group
 * is one for all its domains.
 *
 * @param isUntold - Those that are to be told.
 */
export function idleMutes(
  mutes: readonly Mute[],
  { incidents, day }: { incidents: readonly Incident[]; day: string },
  isUntold: (mute: Mute) => boolean = () => true,
): IdleMute[] {
  const ofFile = mutes.filter(({ by }) => by === "file");
  const written = groupBy(ofFile, ({ domain, group, ...mute }) =>
    muteId({ ...mute, domain: group === undefined ? domain : `group ${group}` }),
  );
  return Array.from(written.values()).flatMap((same): IdleMute[] => {
    const [first] = same;
    if (first === undefined || !isUntold(first)) return [];
    const { told: _, alarms: __, ...mute } = first;
    if (hasEnded(mute, day)) return [{ ...mute, idle: "ended" }];
    return same.some((one) => isOfUse(one, incidents)) ? [] : [{ ...mute, idle: "unused" }];
  });
}

function isOfUse(mute: Mute, incidents: readonly Incident[]): boolean {
  // What a run finds out about its mails is of no domain, and none of these incidents.
  const isOfIntake = mute.rule !== undefined && intakeRules.has(mute.rule) && isNamed("", mute.domain);
  return isOfIntake || incidents.some((one) => isAbout(mute, one));
}
