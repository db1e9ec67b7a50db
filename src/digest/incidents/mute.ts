import { serviceOfDomain } from "../../report/source/source.ts";
import { knownReporter } from "../../report/trust/trust.ts";
import {
  type Incident,
  type IncidentKey,
  intakeRules,
  keyOfId,
  type Muted,
  type RuleName,
  senderOfSubject,
} from "./incident.ts";

/** Incidents that a person does not want to hear of for a while. */
export interface Mute extends Muted {
  /** An organizational domain, `*.` and one for all below it and itself, or `*` for all. */
  domain: string;
  /** The sender, the key or the reporter; all of the domain when absent. */
  subject?: string;
  /** Absent: the rules that have found something when the mute begins, or the first one that does so later. */
  rule?: RuleName;
  /** The first day that was not judged yet when the mute was made, `YYYY-MM-DD`; a leap on it or later wakes the incident. */
  since?: string;
}

/** A mute of the file that does nothing. */
export interface IdleMute extends Mute {
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

/** The mute of an incident, given by `idOf`, whose issue a person closed as not planned on the day `since`. */
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
    const mute = mutes.find((one) => isMutedBy(one, incident, { incidents, day }));
    if (mute === undefined) return incident;
    const { by, until, reason } = mute;
    return { ...incident, muted: { by, ...(until && { until }), ...(reason && { reason }) } };
  });
}

function isMutedBy(
  mute: Mute,
  incident: Incident,
  { incidents, day }: { incidents: readonly Incident[]; day: string },
): boolean {
  if (!isAbout(mute, incident.key) || hasEnded(mute, incident.lastBad > day ? incident.lastBad : day)) return false;
  if (mute.rule === undefined && isOfAnotherRule(mute, incident, incidents)) return false;
  return mute.since === undefined || (incident.leapt ?? "") < mute.since;
}

function hasEnded({ until }: Mute, day: string): boolean {
  return until !== undefined && day > until;
}

/** Whether a mute is about an incident, whatever its date. */
function isAbout({ domain, subject, rule }: Mute, key: IncidentKey): boolean {
  if (!isNamed(key.domain, domain) || (rule ?? key.rule) !== key.rule) return false;
  if (subject === undefined || subject === key.subject) return true;
  const sender = senderOfSubject(key.subject);
  // Messages have a known one by its name. Reporters are those of all domains.
  const { name } = (key.domain === "" ? knownReporter(sender) : serviceOfDomain(sender)) ?? {};
  return subject === sender || subject.toLowerCase() === name?.toLowerCase();
}

/** Whether an incident is of a rule that had found nothing when the mute began: one muted rule does not hide another. */
function isOfAnotherRule(mute: Mute, { since, key }: Incident, incidents: readonly Incident[]): boolean {
  if (mute.since === undefined || since < mute.since) return false;
  return incidents.some((one) => isAbout(mute, one.key) && one.key.rule !== key.rule && one.since < since);
}

/** The mutes of the file that do nothing on a day: their date is past, or they fit no incident of days of reports. */
export function idleMutes(mutes: readonly Mute[], incidents: readonly Incident[], day: string): IdleMute[] {
  return mutes.flatMap((mute): IdleMute[] => {
    if (mute.by === "issue") return [];
    if (hasEnded(mute, day)) return [{ ...mute, idle: "ended" }];
    // What a run finds out about its mails is of no domain, and none of these incidents.
    const isOfIntake = mute.rule !== undefined && intakeRules.has(mute.rule) && isNamed("", mute.domain);
    return isOfIntake || incidents.some(({ key }) => isAbout(mute, key)) ? [] : [{ ...mute, idle: "unused" }];
  });
}
