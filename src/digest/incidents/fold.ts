import { dayAfter, daysBetween } from "../../history/dates.ts";
import { compareText, groupBy, sumOf } from "../../history/lists.ts";
import {
  backDays,
  fewestAlike,
  type Incident,
  type IncidentEvent,
  idOf,
  isWithin,
  likenessOf,
  type RuleFinding,
  rememberedDays,
  silentDays,
  type UsualShare,
} from "./incident.ts";

/** What a day without a finding shows of an incident's sender. */
export interface Health {
  /**
   * `good`: it sent, stood below half the limit, and the reporters that saw the incident have reported. `seen`: it sent, and
   * that does not settle anything. `silent`: nothing was seen of it.
   */
  state: "good" | "seen" | "silent";
  /** Good days after which the incident is over: 3, or 2 for a sender of one or two weekdays. */
  recoveryDays: number;
}

/** One day as rules have judged it. */
export interface DayOfFindings {
  /** `YYYY-MM-DD` */
  day: string;
  /** Whether the day is due. One that is not may open incidents and make them worse, and ends none. */
  isSettled: boolean;
  /** At most one a key. */
  findings: readonly RuleFinding[];
  /** What the day shows of an incident without a finding. */
  healthOf(incident: Incident): Health;
}

/** What came of one incident on one day. */
interface Step {
  /** `undefined` when the suspicion was not borne out. */
  incident: Incident | undefined;
  event?: Pick<IncidentEvent, "event" | "messages">;
}

/** So many messages of one day are an incident, whatever the rule; those of hosts that fail alike together. */
const enoughMessages = 100;
/** A settled day with so many times the messages of the largest of the last 7 is news; of the last 28, it ends a mute. */
const leapFactor = 3;
const worseDays = 7;

/** The incidents after one more day, by their ids, and what happened on it. */
export function foldDay(
  before: ReadonlyMap<string, Incident>,
  day: DayOfFindings,
): { incidents: Map<string, Incident>; events: IncidentEvent[] } {
  const incidents = new Map(before);
  const events: IncidentEvent[] = [];
  const findings = new Map(withHostsTogether(day.findings).map((finding) => [idOf(finding.key), finding]));
  for (const id of [...new Set([...before.keys(), ...findings.keys()])].sort(compareText)) {
    const { incident, event } = nextStep(before.get(id), findings.get(id), day);
    if (incident === undefined) incidents.delete(id);
    else incidents.set(id, incident);
    if (incident !== undefined && event !== undefined) events.push({ day: day.day, incident, ...event });
  }
  return { incidents, events };
}

/** The findings, of which those of hosts that fail alike open at once where they have enough messages together. */
function withHostsTogether(findings: readonly RuleFinding[]): RuleFinding[] {
  return [...groupBy(findings, likenessOf)].flatMap(([likeness, alike]) => {
    const isMuch = alike.length >= fewestAlike && sumOf(alike, ({ messages }) => messages) >= enoughMessages;
    return likeness !== undefined && isMuch ? alike.map((finding) => ({ ...finding, opensAtOnce: true })) : alike;
  });
}

function nextStep(before: Incident | undefined, finding: RuleFinding | undefined, day: DayOfFindings): Step {
  if (finding !== undefined) return withFinding(before, finding, day);
  return before === undefined ? { incident: undefined } : withoutFinding(before, day);
}

function withFinding(known: Incident | undefined, finding: RuleFinding, { day, isSettled }: DayOfFindings): Step {
  const { level, messages, opensAtOnce } = finding;
  // What ended longer ago is another incident.
  const before = known && isWithin(known, day, backDays + 1) ? known : undefined;
  const isEnough = level === "act" || opensAtOnce || messages >= enoughMessages || before !== undefined;
  const state = isEnough ? "open" : "suspected";
  const { ended, lasts: _, lostKey: __, ...kept } = before ?? {};
  const recent = recentDays(before, day, rememberedDays);
  // After 28 days without a finding, be they due or not, any day is a leap; the first finding of all is none.
  const isAnew = known !== undefined && known.lastBad < dayAfter(day, -rememberedDays);
  const hasLeapt = messages >= enoughMessages && (isAnew || isLeap(recent, messages));
  const incident: Incident = {
    since: day,
    ...kept,
    ...(hasLeapt && { leapt: day }),
    key: finding.key,
    state,
    lastBad: day,
    lastSeen: day,
    goodDays: 0,
    level: before?.level === "act" ? "act" : level,
    seenBy: sortedSet([...(before?.seenBy ?? []), ...finding.seenBy]),
    ...(finding.senders !== undefined && { senders: sortedSet([...(before?.senders ?? []), ...finding.senders]) }),
    ...(finding.lasts && { lasts: true }),
    ...(finding.lostKey && { lostKey: finding.lostKey }),
    ...(finding.usual !== undefined && { usual: firstUsual(before?.usual ?? [], finding.usual) }),
    badDays: [...recent, ...(isSettled ? [{ day, messages }] : [])],
    lastMessages: messages,
  };
  if (state === "suspected") return { incident };
  if (ended !== undefined) return { incident, event: { event: "back", messages } };
  if (before?.state !== "open") return { incident, event: { event: isSettled ? "opened" : "early", messages } };
  const isRisen = incident.level !== before.level || finding.isFurther === true;
  const isWorse = isRisen || (isSettled && isLeap(recentDays(before, day, worseDays), messages));
  return { incident, ...(isWorse && { event: { event: "worse", messages } }) };
}

function firstUsual(known: readonly UsualShare[], found: readonly UsualShare[]): UsualShare[] {
  const added = found.filter(({ stream }) => known.every((one) => one.stream !== stream));
  return [...known, ...added].sort((a, b) => compareText(a.stream, b.stream));
}

function sortedSet(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort(compareText);
}

/** Whether a day has three times the messages of the largest of the days before it. */
function isLeap(before: Incident["badDays"], messages: number): boolean {
  return before.length > 0 && messages >= leapFactor * Math.max(1, ...before.map((bad) => bad.messages));
}

function recentDays(before: Incident | undefined, day: string, days: number): Incident["badDays"] {
  const first = dayAfter(day, -days);
  return before?.badDays.filter((bad) => bad.day >= first) ?? [];
}

function withoutFinding(before: Incident, day: DayOfFindings): Step {
  if (before.ended !== undefined || !day.isSettled) return { incident: before };
  const { state, recoveryDays } = day.healthOf(before);
  const goodDays = before.goodDays + (state === "good" ? 1 : 0);
  const lastSeen = state === "silent" ? before.lastSeen : day.day;
  const isRecovered = goodDays >= recoveryDays;
  const isOver = isRecovered || daysBetween(lastSeen, day.day) >= silentDays;
  if (!isOver) return { incident: { ...before, goodDays, lastSeen } };
  if (before.state === "suspected") return { incident: undefined };
  const end = isRecovered ? "recovered" : "stopped";
  const incident: Incident = { ...before, goodDays, lastSeen, state: end, ended: day.day };
  return { incident, event: { event: end, messages: 0 } };
}
