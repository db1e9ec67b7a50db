import type { Day } from "../history/day/day.ts";
import type { Figures } from "../history/state.ts";
import { organizationalDomain } from "../report/domain.ts";
import type { Trust } from "../report/trust/trust.ts";
import {
  countingDays,
  type FailingRecord,
  failingRecords,
  type IntakeSummary,
  intakeSummary,
  notCountedIn,
} from "./day/day.ts";
import { addUp, compareDomains, type DomainDays, makeDomainDays, makeDomainDigest } from "./domain-digest.ts";
import { findingsOf } from "./findings.ts";
import { incidentDay, verdictOn } from "./incident-days.ts";
import { type EarlyIncident, idOf, intakeIncidents, isNews, keyOfId } from "./incidents/incidents.ts";
import { newsOf } from "./news.ts";
import { readinessOf } from "./readiness.ts";
import type { RestatedDay } from "./restated.ts";
import type { Senders } from "./senders/senders.ts";
import {
  digestIncident,
  earlyFindings,
  findingOf,
  type IncidentSource,
  incidentsOf,
  incidentsOn,
  mutedOn,
  reportersGone,
} from "./shown-incidents.ts";
import { tlsOn, unreadableTls } from "./tls/tls.ts";
import type { Digest, DigestIncident, EarlierDay } from "./types.ts";
import { worstVerdict } from "./verdict.ts";
import { coverageOf, makeWindow, unusualClaims, usualShareOf, volumeChangeOf, type Window } from "./window/window.ts";

export type { IntakeSummary } from "./day/day.ts";
export { type DomainDays, type DomainDigest, makeDomainDays, makeDomainDigest } from "./domain-digest.ts";
export { hasNewVerdict, isQuiet } from "./findings.ts";
export { isNews } from "./incidents/incidents.ts";
export type { RestatedDay } from "./restated.ts";
export type { Digest, DigestIncident, EarlierDay, Finding } from "./types.ts";

/** What a digest is made of. */
export interface DigestSource extends Omit<IncidentSource, "days" | "domainDays" | "window"> {
  /** The days to judge, newest first; at least one. The first is shown in full. */
  days: [string, ...string[]];
  /** All policy domains of which the history knows a report. */
  policyDomains: Iterable<string>;
  /** The day files of those days; others are left out. */
  files: Iterable<Day>;
  /** Days that were sent before and look different now, newest first. */
  restated: RestatedDay[];
  /** What is known of these days, where several digests are made of the same files. */
  domainDays?: DomainDays;
  /** The days before, that they are compared with. */
  window: Window;
  /** What the mail of the senders in the window shows. */
  senders: Senders;
  /** Whose reports count. */
  trust: Trust;
  intake: IntakeSummary;
  /** What is posted of days that are not due; absent for the digest of days that are. */
  early?: readonly EarlyIncident[];
  /** Whether it is a digest that was posted before, by what is known now. */
  isRestated?: true;
}

/**
 * The digest of one or more due days. The same history gives the same digest.
 *
 * How its verdict comes about: each failing record of a report that counts gets a class (`senders/mail-class.ts`), by what it
 * shows, what is known of its sender up to the day, and the health of our keys on it. Rules (`rules/`) look at own mail over
 * the days and find what is wrong; what they find becomes incidents with a life (`incidents/`). What a person should know
 * of, from incidents, reporters and the intake, is a finding (`findings.ts`), and the worst finding is the verdict.
 */
export function makeDigest(source: DigestSource): Digest {
  const [day, ...earlier] = source.days;
  const { window, trust } = source;
  const all = [...source.files];
  const domainDays = domainDaysOf(source);
  const names = new Set([...Array.from(source.policyDomains, organizationalDomain), ...domainDays.domains]);
  const shown = source.early
    ? { findings: earlyFindings(source.early, { ...source, domainDays }), others: [] }
    : incidentsOn({ ...source, domainDays });
  const unreadable = unreadableTls(window, day);
  const { muted: ofDays, idle } = mutedOn({ ...source, domainDays });
  const domains = [...names]
    .map((domain) => {
      const found = shown.findings.filter((finding) => finding.kind === "incident" && finding.domain === domain);
      const read = unreadable.has(domain) ? "look" : "ok";
      const verdict = worstVerdict([...found.map((finding) => finding.verdict), read]);
      return makeDomainDigest(domain, domainDays, { day, verdict });
    })
    .sort(compareDomains);
  const notCounted = notCountedIn(
    all.filter((file) => file.day === day),
    trust,
  );
  const ofMails = intakeIncidents({ domains, notCounted, intake: source.intake }, source).map((one) =>
    digestIncident(one, { ...source, domainDays }),
  );
  const muted = [...ofDays, ...ofMails.filter((one) => one.muted !== undefined)];
  const awake = ofMails.filter((one) => one.muted === undefined);
  const told = [
    ...shown.findings,
    ...awake.filter(({ change }) => isNews(change) || change === "known").map(findingOf),
  ];
  const change = volumeChangeOf(window, day);
  const coverage = coverageOf(window, day);
  const facts: Omit<Digest, "version" | "verdict" | "findings"> = {
    day,
    ...addUp(domains),
    ...(change !== undefined && { change }),
    usual: {
      dmarcFail: usualShareOf(window, day, "dmarcFail"),
      spfOrDkimFail: usualShareOf(window, day, "spfOrDkimFail"),
    },
    domains,
    otherIncidents: [...shown.others, ...awake.filter(({ change }) => change === "over")],
    earlierDays: earlier.map((one) => makeEarlierDay(one, domainDays, source)),
    restated: source.restated,
    ...(muted.length > 0 && { muted }),
    ...(idle.length > 0 && { idleMutes: idle }),
    coverage,
    ...tlsOn(window, day),
    news: newsOf(window, source.senders, day),
    unusualClaims: source.days.flatMap((ofDay) => unusualClaims(window, ofDay)),
    readiness: readinessOf({ ...window, last: day }, source.senders),
    notCounted,
    intake: source.intake,
  };
  const findings = findingsOf(facts, told, reportersGone(source.incidents, day), unreadable);
  return { version: 1, verdict: worstVerdict(findings.map(({ verdict }) => verdict)), findings, ...facts };
}

/** The digest of days that are not due, by what has been reported so far: some incidents of theirs, and nothing else. */
export function makeEarlyDigest(source: DigestSource, early: readonly EarlyIncident[]): Digest {
  const ids = new Set(early.map(({ incident }) => idOf(incident.key)));
  const digest = makeDigest({ ...source, early });
  const findings = digest.findings.filter((finding) => finding.kind === "incident" && ids.has(idOf(finding)));
  return { ...digest, findings, verdict: worstVerdict(findings.map(({ verdict }) => verdict)), otherIncidents: [] };
}

/** A window of some organizational domains alone. */
export function partOfWindow(window: Window, isOf: (domain: string) => boolean): Window {
  const isIn = ({ domain }: { domain: string }): boolean => isOf(organizationalDomain(domain));
  const { pairs, senders, uncounted, earlier, tls } = window;
  return makeWindow({
    ...window,
    pairs: pairs.filter(isIn),
    senders: senders.filter(isIn),
    ...(uncounted && { uncounted: uncounted.filter(isIn) }),
    ...(earlier && { earlier: earlier.filter(isIn) }),
    ...(tls && { tls: tls.filter(isIn) }),
  });
}

/** What a digest of some organizational domains alone is made of; what concerns no domain is left out. */
export function partOfDomains(source: DigestSource, isOf: (domain: string) => boolean): DigestSource {
  const isIn = (domain: string): boolean => isOf(organizationalDomain(domain));
  const ofKey = ({ key }: { key: { domain: string } }): boolean => isOf(key.domain);
  const days = source.incidents.days.map((day) => ({
    ...day,
    findings: day.findings.filter(ofKey),
    events: day.events.filter(({ incident }) => ofKey(incident)),
    incidents: day.incidents.filter(ofKey),
  }));
  const { domainDays: _, ...rest } = source;
  return {
    ...rest,
    policyDomains: [...source.policyDomains].filter(isIn),
    files: [...source.files].filter(({ domain }) => isIn(domain)),
    window: partOfWindow(source.window, isOf),
    incidents: { ...source.incidents, days, mutes: [] },
    posted: source.posted.filter(({ id }) => isOf(keyOfId(id).domain)),
    ...(source.alarms && { alarms: source.alarms.filter(({ id }) => isOf(keyOfId(id).domain)) }),
    intake: intakeSummary([], { trust: source.trust, unreadMailboxes: [], toGo: [] }),
    restated: [],
  };
}

/** What is shown of a day in one line. */
function makeEarlierDay(day: string, domainDays: DomainDays, { incidents, window }: DigestSource): EarlierDay {
  const figures = Array.from(domainDays.domains, (domain) => domainDays.figuresOn(domain, day));
  const judged = incidentDay(incidents, day);
  return { day, verdict: judged === undefined ? "ok" : verdictOn(judged), ...addUp(figures), ...tlsOn(window, day) };
}

function domainDaysOf({ domainDays, files, ...judging }: DigestSource): DomainDays {
  return domainDays ?? makeDomainDays(files, judging);
}

/** The incidents of the last 90 days, the open ones first; see `incidentsOf`. */
export function lastIncidents(source: DigestSource): DigestIncident[] {
  return incidentsOf({ ...source, domainDays: domainDaysOf(source) });
}

/** The records of a digest's days of which SPF or DKIM failed to align; see `failingRecords`. */
export function failingRecordsOf(
  { day, earlierDays }: Pick<Digest, "day" | "earlierDays">,
  source: Pick<DigestSource, "files" | "trust" | "window" | "senders">,
): FailingRecord[] {
  const days = new Set([day, ...earlierDays.map((earlier) => earlier.day)]);
  const counting = countingDays(source.files, source.trust).filter((file) => days.has(file.day));
  return failingRecords(counting, source.senders);
}

/** The figures in a digest, which are kept once it is sent; one entry a day. */
export function figuresOf({ day, verdict, totals, fail, tls, earlierDays }: Digest): Figures[] {
  return [{ day, verdict, totals, fail, tls }, ...earlierDays].map((one) => ({
    day: one.day,
    verdict: one.verdict,
    messages: one.totals.messages,
    dmarcFail: one.totals.dmarcFail,
    spfOrDkimFail: one.totals.spfOrDkimFail,
    ownFail: one.fail.own.messages,
    ...(one.tls && { tls: { sessions: one.tls.sessions, failed: one.tls.failed } }),
  }));
}
