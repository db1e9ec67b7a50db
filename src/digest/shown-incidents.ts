import { dayAfter, daysUpTo } from "../history/dates.ts";
import type { DnsChange, NetworkName } from "../history/dns/dns.ts";
import { compareText, countBy, groupBy, sumOf } from "../history/lists.ts";
import type { Alarm, PostedIncident } from "../history/state.ts";
import { isNetwork, networkOf } from "../report/source/source.ts";
import { evaluatedOf, type FailingSource, type FailureReports } from "./day/day.ts";
import { type DomainDays, mainSource } from "./domain-digest.ts";
import { type IncidentDays, incidentDay } from "./incident-days.ts";
import {
  alarmStateOf,
  alarmsOn,
  type IdleMute,
  type Incident,
  type IncidentKey,
  idleMutes,
  idOf,
  isNews,
  isOnce,
  isOwnMail,
  isResting,
  isUntold,
  likenessOf,
  type ShownIncident,
  showIncidents,
  shownAs,
  shownDays,
} from "./incidents/incidents.ts";
import { type DomainJudging, passedThresholds } from "./rules/rules.ts";
import { failPartOf } from "./senders/senders.ts";
import { withNetworkName } from "./setup/setup.ts";
import { isDane, isFailedBy } from "./tls/tls.ts";
import type { DigestIncident, Finding } from "./types.ts";
import type { Window } from "./window/window.ts";

/** What incidents are shown with. */
export interface IncidentSource {
  /** The days of a digest, newest first. */
  days: readonly [string, ...string[]];
  /** What the rules have found, day by day. */
  incidents: IncidentDays;
  /** What digests have posted of them before. */
  posted: readonly PostedIncident[];
  /** What early alarms have. */
  alarms?: readonly Alarm[];
  /** The first day that is ever sent; absent before it is known. */
  startDay?: string | undefined;
  /** Whether days that were told keep a verdict that was better than by other settings since. */
  keepsVerdict?: boolean;
  settingsOf: (domain: string) => DomainJudging;
  domainDays: DomainDays;
  /** What has changed in DNS of late; absent where nobody asks. */
  dnsChanges?: readonly DnsChange[] | undefined;
  /** The names of networks by address; absent where nobody asks. */
  networks?: ReadonlyMap<string, NetworkName>;
  window: Pick<Window, "tls">;
  /** Failure reports by the day on which they arrived; absent where they are not known. */
  failureReports?: readonly (FailureReports & { day: string })[];
}

/**
 * The incidents that the days of a digest show, those that are found on them or are new as findings. Nothing for days
 * that were judged too long ago.
 */
export function incidentsOn(source: IncidentSource): { findings: Finding[]; others: DigestIncident[] } {
  const { days } = source;
  const all = shownOn(source).map((shown) => digestIncident(shown, source));
  const isBad = (one: DigestIncident): boolean =>
    isNews(one.change) || (one.change === "known" && days.includes(one.day) && !isOnce(one));
  const bad = new Set(all.filter(isBad).map(({ domain }) => domain));
  const isFinding = (one: DigestIncident): boolean => isBad(one) || (one.isResting === true && !bad.has(one.domain));
  const found = all.filter(isFinding);
  const others = all.filter((incident) => !isFinding(incident) && !(incident.change === "known" && isOnce(incident)));
  return { findings: withoutRepeats(found).map(findingOf), others };
}

/** What is posted of days that are not due, as findings. */
export function earlyFindings(
  early: readonly ShownIncident[],
  source: Parameters<typeof digestIncident>[1],
): Finding[] {
  return withoutRepeats(early.map((one) => digestIncident(one, source))).map(findingOf);
}

/** An incident as a finding. */
export function findingOf(one: DigestIncident): Finding {
  return { kind: "incident", verdict: one.isResting ? "look" : one.level, ...one };
}

type ShownSource = Pick<IncidentSource, "days" | "incidents" | "posted" | "alarms" | "startDay" | "keepsVerdict">;

/** What is shown of incidents on the days of a digest: what `withPosted` notes once it is posted. */
export function shownOn({
  days,
  incidents,
  posted,
  alarms = [],
  startDay,
  keepsVerdict,
}: ShownSource): ShownIncident[] {
  const judged = days.flatMap((day) => incidentDay(incidents, day) ?? []);
  const [newest] = judged;
  if (newest === undefined) return [];
  const { day } = newest;
  const events = judged.toReversed().flatMap((one) => one.events);
  const start = [...days, ...(startDay === undefined ? [] : [startDay])].sort()[0];
  const now = incidents.days.at(-1)?.incidents ?? [];
  const fates = groupBy(alarmsOn(alarms, days), (one) => alarmStateOf(one, { onDay: newest.incidents, now, alarms }));
  // Of a later day it was posted early, too.
  const later = alarms.filter((one) => one.settled === undefined && one.day > day);
  const due = {
    shown: [...(fates.get("shown") ?? []), ...later].filter(({ isUncertain }) => !isUncertain),
    withdrawn: fates.get("withdrawn") ?? [],
  };
  const shown = showIncidents(newest.incidents, posted, {
    day,
    days,
    start,
    events,
    anew: incidents.anew,
    isTelling: keepsVerdict !== true,
    alarms: due,
  });
  // What fails again on a day that is not due is not said to be over.
  const open = new Set(awakeIn(now).flatMap(({ state, key }) => (state === "open" ? idOf(key) : [])));
  return awake(shown).filter(({ change, incident }) => change !== "over" || !open.has(idOf(incident.key)));
}

function awakeIn(incidents: readonly Incident[]): Incident[] {
  return incidents.filter(({ muted }) => muted === undefined);
}

/** What nobody has muted. */
export function awake(shown: readonly ShownIncident[]): ShownIncident[] {
  return shown.filter(({ incident }) => incident.muted === undefined);
}

/** What is muted of the days of a digest, and the mutes of the file that do nothing and of which nobody was told. */
export function mutedOn(source: IncidentSource): { muted: DigestIncident[]; idle: IdleMute[] } {
  const { days, incidents } = source;
  const [newest] = days;
  const known = incidentDay(incidents, newest)?.incidents ?? [];
  const muted = known.filter((one) => one.muted !== undefined && one.state === "open" && days.includes(one.lastBad));
  // A mute may be about what was posted early, of a day that is not due.
  const last = { incidents: incidents.days.at(-1)?.incidents ?? [], day: newest };
  const idle = idleMutes(incidents.mutes ?? [], last, (mute) => isUntold(mute, newest));
  return { muted: muted.map((one) => digestIncident(shownAs(one, "known"), source)), idle };
}

/** The reporters that are silent on a day, or whose mails are not authenticated, by incidents of their own. */
export function reportersGone(incidents: IncidentDays, day: string): string[] {
  const open = incidentDay(incidents, day)?.incidents.filter(({ state }) => state === "open") ?? [];
  return open.flatMap(({ key: { rule, subject } }) =>
    rule === "reporter-silent" || rule === "reporter-unverified" ? subject : [],
  );
}

/**
 * The incidents of some days up to the last: those that are open on it, the worst first, then those that ended in them. What is
 * posted once waits for an answer while it goes on, and no longer.
 *
 * @param count - Of days: a week, or as many as incidents are shown for.
 */
export function incidentsOf(source: IncidentSource, count: number = shownDays): DigestIncident[] {
  const [last] = source.days;
  const known = incidentDay(source.incidents, last)?.incidents.filter(({ muted }) => muted === undefined) ?? [];
  const first = dayAfter(last, 1 - count);
  const shown = known.filter(({ state, key: { rule }, lasts, lastBad, ended }) =>
    state === "open"
      ? lastBad >= first || !isOnce({ rule, ...(lasts && { lasts }) })
      : ended !== undefined && ended >= first,
  );
  return shown
    .map((incident): DigestIncident => {
      const change = incident.state === "open" ? (incident.since >= first ? "new" : "known") : "over";
      return digestIncident(shownAs(incident, change), source);
    })
    .sort(
      (a, b) =>
        Number(a.change === "over") - Number(b.change === "over") ||
        rank(b) - rank(a) ||
        b.messages - a.messages ||
        compareText(`${a.domain} ${a.subject}`, `${b.domain} ${b.subject}`),
    );
}

/** Passed thresholds stand beside what has passed them; alone where no other rule has found anything in own mail. */
function withoutRepeats(found: readonly DigestIncident[]): DigestIncident[] {
  const isFound = ({ rule }: DigestIncident): boolean => isOwnMail(rule) && rule !== "threshold";
  const repeats = found.filter(
    (one) =>
      one.rule === "threshold" &&
      found.some((other) => isFound(other) && other.domain === one.domain && rank(other) >= rank(one)),
  );
  // What was posted early as a passed threshold is no less posted for what is found behind it.
  const early = new Set(repeats.flatMap(({ domain, wasEarly }) => (wasEarly ? domain : [])));
  return found
    .filter((one) => !repeats.includes(one))
    .map((one) =>
      isFound(one) && one.change === "new" && early.has(one.domain) ? { ...one, wasEarly: true as const } : one,
    );
}

/** The worst level has the highest. */
export function rank({ level }: Pick<Incident, "level">): number {
  return level === "act" ? 1 : 0;
}

/** An incident with what the figures of its day say of it. */
export function digestIncident(
  { incident, change, age, messages, wasEarly }: ShownIncident,
  {
    days,
    domainDays,
    settingsOf,
    window,
    dnsChanges = [],
    networks = new Map(),
    failureReports = [],
  }: Omit<IncidentSource, "posted">,
): DigestIncident {
  const { key, level, since, lastBad: day, lasts, seenBy, muted } = incident;
  const { totals, fail, sources } = domainDays.figuresOn(key.domain, day);
  const source =
    sources.find((one) => isSourceOf(one, key)) ?? (key.rule === "threshold" ? mainSource({ sources }) : undefined);
  const likeness = likenessOf(incident);
  const evaluated = evaluatedOf(totals);
  const names = recordsBehind(key);
  const dns = dnsChanges.filter((one) => names.includes(one.name) && one.day >= dayAfter(since, -dnsDays));
  const addresses = key.rule === "unknown-sender" && isNetwork(key.subject) ? (source?.addresses ?? []) : [];
  // Whoever says of the network that it is ours says so of all neighbours.
  const isShared = addresses.length > 0 && domainDays.hasPassed(key.domain, key.subject, day);
  const passed = passedThresholds(fail.own.messages, evaluated, settingsOf(key.domain).thresholds);
  return {
    ...key,
    level,
    change,
    since,
    age,
    day,
    messages,
    seenBy,
    own: fail.own,
    evaluated,
    ...(day !== days[0] && { isEarlier: true }),
    ...(!days.includes(day) && isResting(incident, days[0]) && { isResting: true }),
    ...(incident.state === "stopped" && { hasStopped: true }),
    ...(wasEarly && { wasEarly }),
    ...(lasts && { lasts }),
    ...(source && {
      source: withFailureReports(
        withNetworkName(source, networks),
        failureReports.filter(({ day }) => day >= reportedFrom(since)),
      ),
    }),
    ...(isShared && { addresses }),
    ...(likeness !== undefined && { likeness }),
    ...(incident.lostKey && { lostKey: incident.lostKey }),
    ...(muted && { muted }),
    ...(dns.length > 0 && { dns }),
    ...(key.rule === "tls-fails" ? failingTls(window, key.subject, day) : passed.length > 0 && { passed }),
  };
}

/**
 * A source with what failure reports say of its keys: they tell a broken key from a body that was changed on the way. Anybody
 * can write our key into a mail: those about mails from other networks say nothing of this source.
 */
function withFailureReports(source: FailingSource, reports: readonly FailureReports[]): FailingSource {
  const keys = source.signatures.map(({ domain, selector }) => `${domain}/${selector}`);
  const networks = isNetwork(source.source) ? [source.source] : source.addresses.map(networkOf);
  const ofSource = reports.filter(
    ({ key, network }) =>
      key !== undefined && keys.includes(key) && network !== undefined && networks.includes(network),
  );
  const mails = (failure: FailureReports["failure"]): number =>
    sumOf(ofSource, (one) => (one.failure === failure ? one.mails : 0));
  const reported = { key: mails("signature"), revoked: mails("revoked"), body: mails("bodyhash") };
  return sumOf(Object.values(reported), Number) === 0 ? source : { ...source, reported };
}

/** The first day of failure reports for an incident: they come within minutes, and may be dated in another zone. */
function reportedFrom(since: string): string {
  return dayAfter(since, -1);
}

/** Failure reports of at most so many last days are read. */
const mostReportedDays = 28;

/** The days whose failure reports are about what is open, up to today; none while no own mail fails. */
export function failureReportDays({ days }: Pick<IncidentDays, "days">, today: string): string[] {
  const open = days.at(-1)?.incidents.filter(({ state, key: { rule } }) => state === "open" && isOwnMail(rule)) ?? [];
  const [first = dayAfter(today)] = open.map(({ since }) => reportedFrom(since)).sort();
  return daysUpTo(today, mostReportedDays).filter((day) => day >= first);
}

/** Days before an incident's first in which a changed record may be its cause: receivers remember records for a day or two. */
const dnsDays = 3;

/** The names in DNS whose records an incident may come from. */
function recordsBehind({ rule, subject, domain }: IncidentKey): string[] {
  const [of, selector] = subject.split("/");
  if (rule === "key-broken" || rule === "dns") return [selector ? `${selector}._domainkey.${of}` : domain];
  return rule === "no-report" || rule === "policy-weakened" ? [`_dmarc.${domain}`] : [];
}

/** The hosts at which TLS failed on a day, the most sessions first, without those that no reporter named; and by what policy. */
function failingTls({ tls = [] }: Pick<Window, "tls">, subject: string, day: string) {
  const lines = tls.filter((line) => line.day === day && isFailedBy(line, subject));
  const sessions = (some: typeof lines): number => sumOf(some, (line) => line.sessions);
  const isMostlyDane = 2 * sessions(lines.filter(({ policy }) => isDane(policy))) > sessions(lines);
  const named = countBy(
    lines.filter(({ mx }) => mx !== undefined),
    ({ mx = "" }) => mx,
    (line) => line.sessions,
  );
  return { hosts: named.map(({ name }) => name), ...(isMostlyDane && { isDane: true as const }) };
}

function isSourceOf(source: FailingSource, { rule, subject }: IncidentKey): boolean {
  switch (rule) {
    case "sender-fails":
      return source.source === subject && failPartOf(source.mailClass) === "own";
    case "unknown-sender":
      return source.source === subject && source.mailClass === "unknown";
    case "key-broken":
    case "dns": {
      const isOfRecords = source.mailClass === "broken-key" || source.mailClass === "our-dns";
      if (subject === "SPF") return isOfRecords && source.signatures.length === 0;
      return isOfRecords && source.signatures.some(({ domain, selector = "" }) => `${domain}/${selector}` === subject);
    }
    case "spoofing-delivered":
      return source.mailClass === "spoofed";
    case "threshold":
    case "leg-lost":
    case "stopped":
    case "leapt":
    case "no-report":
    case "policy-weakened":
    case "parked-sends":
    case "reporter-silent":
    case "reporter-unverified":
    case "tls-fails":
    case "unread-mailbox":
    case "mails-to-go":
    case "nothing-counts":
      return false;
    default:
      return rule satisfies never;
  }
}
