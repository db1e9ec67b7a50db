import { dateOf, dayAfter, daysFrom } from "../history/dates.ts";
import { compareText, entryIn } from "../history/lists.ts";
import type { PostedIncident, Sent, State } from "../history/state.ts";
import { type DomainDays, makeDomainDays } from "./domain-digest.ts";
import { daysToSend, dueDays, newestDueDay, settledDay } from "./due.ts";
import { foldDays, type IncidentDays, incidentDay, verdictOn, withMutes } from "./incident-days.ts";
import {
  alarmsIn,
  alarmsOf,
  type EarlyIncident,
  earlyIncidents,
  type Incident,
  idOf,
  isOnce,
  lastingPosted,
  type Mute,
  mentionedAfter,
  type PostedBefore,
  type ShownIncident,
  type Snapshot,
  settleAlarms,
  standingAlarms,
  toMention,
  withPosted,
} from "./incidents/incidents.ts";
import { type ExistingIssue, type IssuePlan, isAlive, planIssues, withPlan } from "./issues/issues.ts";
import { type DomainJudging, makeRules, nothingSet, type Rules, ruleDomainsOf } from "./rules/rules.ts";
import { makeSenders, type SaidOf } from "./senders/senders.ts";
import { shownOn } from "./shown-incidents.ts";
import type { TlsWindowLine } from "./tls/tls.ts";
import type { Verdict } from "./verdict.ts";
import { isDayComplete, makeWindow, type SenderLine, type Window, type WindowPair } from "./window/window.ts";

/** What would have been posted by a run. */
export interface ReplayEvent {
  /** When the run was, ISO 8601. */
  at: string;
  /** The day that it is about. */
  day: string;
  /**
   * `early`: before its day was due. `look`: what is told once, and is no lasting state. `recovered`: well again, or not borne
   * out by the day once it was due. `back`: again within 30 days. `stopped`: nothing was seen of it for 28 days.
   */
  event: "opened" | "early" | "worse" | "recovered" | "stopped" | "back" | "look";
  incident: Incident;
  messages: number;
}

/** What a run would have done to an issue, beyond writing its figures anew. */
export interface ReplayIssue {
  /** The domain, or that of the overview. */
  name: string;
  do: IssuePlan["do"];
  number: number;
  /** What it says of incidents, in a comment or by being opened; by `idOf`. */
  told: { id: string; since: string; news: string }[];
  /** The verdict of the domain on the newest due day. */
  verdict: Verdict;
}

/** What a run would have posted. */
export interface ReplayRun {
  at: string;
  events: ReplayEvent[];
  issues: ReplayIssue[];
  /** The incidents for which each message names somebody, by `idOf`, as if each domain had a `mention`; none that name nobody. */
  mentions: string[][];
  /** The days that it would have told, in their order. */
  days: { day: string; verdict: Verdict }[];
}

/** A run at a moment. One that only watches posts early alarms, and leaves due days to the next. */
export interface ReplayMoment {
  now: Date;
  isWatch: boolean;
}

/** How a history is replayed. */
export interface ReplaySettings {
  /** In their order. */
  runs: readonly ReplayMoment[];
  /** The first day that is told. */
  startDay: string;
  settleHours: number;
  saidOf?: SaidOf;
  settingsOf?: (domain: string) => DomainJudging;
  /** Those without a `since` are there from the first day that is told. */
  mutes?: readonly Mute[];
  /** Of pairs whose reports about a day did not come together: each report, in place of the lines that add them up. */
  reports?: readonly ReceivedLines[];
}

/** The runs from one day to another by the schedule of the README: the digest in the morning, and a watch once Google has reported. */
export function dailyRuns(first: string, last: string): ReplayMoment[] {
  return daysFrom(first, last).flatMap((day) => [
    { now: new Date(`${day}T06:37:00Z`), isWatch: false },
    { now: new Date(`${day}T13:37:00Z`), isWatch: true },
  ]);
}

/** Days before the first judged one that the rules know. */
const daysBefore = 92;

/**
 * What runs would have posted, had each of them read all that had been received by then, and had none failed.
 *
 * @param lines - Of all days, as they are known today.
 */
export function* replay(
  lines: ReplayedLines,
  { runs, startDay, reports = [], ...settings }: ReplaySettings,
): Generator<ReplayRun> {
  const arrivals = arrivalsOf(lines, reports);
  const known = emptyHistory(dayAfter(startDay, -daysBefore), settings);
  const sent = new Set<string>();
  let before: Snapshot | undefined;
  let posted: PostedIncident[] = [];
  let alarmed: Sent[] = [];
  let issues: ExistingIssue[] = [];
  let mentioned: State["mentioned"];
  let mutes = settings.mutes?.map((mute): Mute => ({ ...mute, since: mute.since ?? startDay })) ?? [];
  for (const { now, isWatch } of runs) {
    known.add(arrivals.until(now.toISOString()), dateOf(now));
    const { settleHours } = settings;
    const folded = foldDays(known.window, known.rules, {
      now,
      settleHours,
      hash: "",
      before,
      isComplete: known.isComplete,
    });
    const next = dayAfter([...sent].sort().at(-1) ?? settledDay(now, settleHours));
    const isThere = ({ since = "" }: Mute): boolean => since === startDay || since <= next;
    const incidents = withMutes(folded, mutes.filter(isThere));
    mutes = [...incidents.mutes, ...mutes.filter((one) => !isThere(one))];
    before = incidents.snapshot;
    const due = isWatch ? [] : daysToSend(dueDays(now, settleHours, known.isComplete), startDay, sent);
    for (const day of due) sent.add(day);
    const shown = shownIn(incidents, { posted, alarms: alarmsIn(alarmed), told: sent, startDay }, due);
    const day = newestDueDay(now, settleHours, known.isComplete);
    const postedBefore = [...posted, ...standingAlarms(alarmed)];
    const last = incidents.days.at(-1)?.incidents ?? [];
    const then = incidentDay(incidents, due[0] ?? "");
    if (then !== undefined) {
      posted = lastingPosted(withPosted(posted, shown.inDigest, day), last, day);
      const settled = new Map(
        settleAlarms(alarmed, due, { onDay: then.incidents, now: last }).map((one) => [one.at, one]),
      );
      alarmed = alarmed.map((one) => settled.get(one.at) ?? one).filter((one) => standingAlarms([one]).length > 0);
    }
    if (shown.early.length > 0)
      alarmed.push({ route: "", at: now.toISOString(), figures: [], alarms: alarmsOf(shown.early) });
    const mentions = [shown.early, shown.inDigest].map((all) => mentionsOf(all, mentioned));
    mentioned = mentionedAfter(
      mentioned,
      { named: mentions.flat(), day: dateOf(now) },
      { before: postedBefore, after: [...posted, ...standingAlarms(alarmed)] },
    );
    const at = now.toISOString();
    const told: ReplayIssue[] = [];
    for (const plan of planIssues(
      { ...known, days: [day], incidents, posted, startDay },
      { issues, isHere: () => true },
    )) {
      issues = withPlan(issues, plan, at);
      told.push(...issueEvent(plan, plan.issue?.number ?? issues.length, { incidents, day }));
    }
    const named = mentions.filter((ids) => ids.length > 0);
    yield { ...runOf({ at, day, due, incidents }, shown), issues: told, mentions: named };
  }
}

/** What a run shows: early alarms, and the digest of the due days. */
interface ShownInRun {
  early: EarlyIncident[];
  inDigest: ShownIncident[];
}

function shownIn(incidents: IncidentDays, before: PostedBefore, [newest, ...older]: readonly string[]): ShownInRun {
  return {
    early: earlyIncidents(incidents.days, before, incidents.anew),
    inDigest: newest === undefined ? [] : shownOn({ ...before, days: [newest, ...older], incidents }),
  };
}

function mentionsOf(shown: readonly ShownIncident[], mentioned: State["mentioned"]): string[] {
  const all = shown.map(({ incident: { key, level, since }, change }) => ({ ...key, level, since, change }));
  return toMention(all, { mentioned }).map(idOf);
}

function issueEvent(
  plan: IssuePlan,
  number: number,
  { incidents, day }: { incidents: IncidentDays; day: string },
): ReplayIssue[] {
  const said = plan.do === "open" ? plan.incidents.filter(isAlive) : plan.news;
  if (plan.do === "update" && said.length === 0) return [];
  const judged = incidentDay(incidents, day);
  const told = said.map((one) => ({ id: idOf(one), since: one.since, news: one.news ?? "new" }));
  return [{ name: plan.name, do: plan.do, number, told, verdict: judged ? verdictOn(judged, plan.name) : "ok" }];
}

function runOf(
  { at, day, due, incidents }: { at: string; day: string; due: string[]; incidents: IncidentDays },
  { early, inDigest }: ShownInRun,
): Omit<ReplayRun, "issues" | "mentions"> {
  const events = [
    ...early.flatMap((one) => eventOf(one, { at, day, first: "early" }) ?? []),
    ...inDigest.flatMap((one) => eventOf(one, { at, day, first: "opened" }) ?? []),
  ];
  const days = due.toReversed().flatMap((one) => {
    const judged = incidentDay(incidents, one);
    return judged === undefined ? [] : { day: one, verdict: verdictOn(judged) };
  });
  return { at, events, days };
}

function eventOf(
  { incident, change, messages }: ShownIncident,
  { at, day, first }: { at: string; day: string; first: "early" | "opened" },
): ReplayEvent | undefined {
  const about = { at, day: incident.lastBad, incident, messages };
  switch (change) {
    case "new":
      return { ...about, event: isOnce({ ...incident.key, ...(incident.lasts && { lasts: true }) }) ? "look" : first };
    case "over":
      return { ...about, day: incident.ended ?? day, event: incident.state === "stopped" ? "stopped" : "recovered" };
    case "withdrawn":
      return { ...about, event: "recovered" };
    case "worse":
    case "back":
      return { ...about, event: change };
    case "known":
      return undefined;
    default:
      return change satisfies never;
  }
}

type ReplayedLines = Pick<Window, "pairs" | "senders" | "uncounted" | "tls">;

/** Lines that became known together. */
export interface ReceivedLines {
  /** Of one reporter, domain and day; of reports that count. */
  pairs: WindowPair[];
  senders: SenderLine[];
  /** ISO 8601; the day itself where no report says when it came. */
  received: string;
}

/** The same, or what reports that do not count say, or what all say of TLS sessions on a day. */
interface Arrival extends ReceivedLines {
  uncounted: WindowPair[];
  tls: TlsWindowLine[];
}

/** When TLS reports about a day have come on the next: their index does not say. RFC 8460, section 4.1, has them sent within 4 hours. */
const tlsReported = "04:00:00Z";

/** The lines of a window, handed out as they came. */
function arrivalsOf(
  { pairs, senders, uncounted = [], tls = [] }: ReplayedLines,
  reports: readonly ReceivedLines[],
): { until(at: string): Arrival[] } {
  const byKey = new Map<string, Arrival>();
  const make = (received: string): Arrival => ({ pairs: [], senders: [], uncounted: [], tls: [], received });
  const known = new Set(reports.flatMap((one) => one.pairs.map(pairKey)));
  for (const pair of pairs) {
    if (known.has(pairKey(pair))) continue;
    const received = pair.firstReceived ?? pair.day;
    const one = entryIn(byKey, pairKey(pair), () => make(received));
    if (received < one.received) one.received = received;
    one.pairs.push(pair);
  }
  for (const line of senders) byKey.get(pairKey(line))?.senders.push(line);
  for (const line of tls) entryIn(byKey, line.day, () => make(`${dayAfter(line.day)}T${tlsReported}`)).tls.push(line);
  const waiting = [
    ...byKey.values(),
    ...reports.map((one) => ({ ...make(one.received), ...one })),
    ...uncounted.map((pair) => ({ ...make(pair.firstReceived ?? pair.day), uncounted: [pair] })),
  ].sort((a, b) => compareText(b.received, a.received));
  return {
    until(at) {
      const come: Arrival[] = [];
      for (let next = waiting.at(-1); next !== undefined && next.received <= at; next = waiting.at(-1)) {
        come.push(next);
        waiting.pop();
      }
      return come;
    },
  };
}

function pairKey({ day, domain, reporter }: { day: string; domain: string; reporter: string }): string {
  return `${day} ${domain} ${reporter}`;
}

/** What is known at a moment, with the rules over it. */
interface KnownHistory {
  window: Window;
  rules: Rules;
  settingsOf: (domain: string) => DomainJudging;
  /** Of records nothing is known. */
  domainDays: DomainDays;
  isComplete: (day: string) => boolean;
  /** Adds what has come up to a day. */
  add(come: readonly Arrival[], today: string): void;
}

function emptyHistory(
  first: string,
  { saidOf, settingsOf = () => nothingSet }: Pick<ReplaySettings, "saidOf" | "settingsOf">,
): KnownHistory {
  const senders = makeSenders([], { saidOf });
  const domains = ruleDomainsOf([], senders);
  const pairsByDay = new Map<string, WindowPair[]>();
  const tls: TlsWindowLine[] = [];
  const window = { ...makeWindow({ first, last: first, pairs: [], senders: [], tls }), pairsByDay };
  const rules = makeRules(domains, settingsOf);
  const complete = new Map<string, boolean>();
  return {
    window,
    rules,
    settingsOf,
    domainDays: makeDomainDays([], { senders, trust: { trustedReporters: [], countsUnverified: false } }),
    isComplete: (day) => entryIn(complete, day, () => isDayComplete(window, day)),
    add(come, today) {
      const pairs = come.flatMap((one) => one.pairs);
      senders.add(come.flatMap((one) => one.senders));
      domains.add(
        pairs,
        come.flatMap(({ uncounted }) => uncounted),
      );
      const sessions = come.flatMap((one) => one.tls);
      tls.push(...sessions);
      rules.addSessions(sessions);
      for (const pair of pairs) entryIn(pairsByDay, pair.day, () => []).push(pair);
      window.last = today;
      complete.clear();
    },
  };
}
