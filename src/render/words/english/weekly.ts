import { formatCount, formatNumberOf } from "../format.ts";
import texts from "./texts.json" with { type: "json" };

/** The weekly message. */
export const week = {
  title: (days: string) => `week ${days}`,
  ownPassing: (domains: number, share: string) => `your mail of ${formatNumberOf(domains, "domain")} passes ${share}`,
  failed: (mail: string, impact: string) => `${mail} failed, ${impact}`,
  restated: (before: string) => `restated, was ${before}`,
  lastOn: (day: string) => `last on ${day}`,
  ...texts.week,
  moved: (before: string, now: string) => `${before} → ${now} against the week before`,
  complete: (share: string) => `${share} of what is usually reported`,
  least: (day: string, share: string) => `least on ${day}: ${share}`,
  before: (share: string) => `was ${share}`,
  failing: (mail: string, impact: string, days: number) => `${mail}: ${impact}, on ${formatNumberOf(days, "day")}`,
  messages: (change: string) => `messages ${change}`,
  passing: (rates: string) => `your mail passing ${rates}`,
  missingSource: (of: { source: string; domain: string; lastSeen: string; messages: string }) =>
    `${of.source} has sent nothing for ${of.domain} since ${of.lastSeen} (${of.messages} before)`,
  newService: (of: { source: string; domain: string; day: string; passed: string }) =>
    `New: ${of.source} sends for ${of.domain} since ${of.day}, ${of.passed} passed that day`,
  newDomain: (domain: string, day: string) => `New: ${domain}, first reported ${day}`,
  policyChange: (domain: string, change: string, since: string) => `Policy of ${domain}: ${change}, since ${since}`,
  newcomer: (of: { reporter: string; line: string; days: number; amount: string }) =>
    `${of.reporter}, on ${formatNumberOf(of.days, "day")}: ${of.amount}. If you know and trust it: ${of.line}`,
  /** The titles of the charts are cut at 50 characters, the names of series at 20. */
  ratesTitle: (days: string) => `Your mail passing (%), ${days}`,
  failuresTitle: (days: string) => `DMARC failures a day, ${days}`,
};

/** How ready a domain is for a policy of reject. */
export const readiness = {
  ...texts.readiness,
  losing: (blockers: string) => `enforced, loses ${blockers}`,
  blocked: (blockers: string) => `blocked by: ${blockers}`,
  /** What comes next, as it is published. */
  steps: {
    "quarantine-test": (tag: string) => `${tag}=quarantine with t=y`,
    quarantine: (tag: string) => `${tag}=quarantine`,
    "without-test": (tag: string) => `remove t=y, so that ${tag} applies`,
    "without-pct": (tag: string) => `remove pct, so that ${tag} applies to all mail`,
    reject: (tag: string) => `${tag}=reject`,
  },
  next: (step: string) => `next: ${step}`,
  /** Of mail that is wanted. */
  lost: (share: string, senders: string) => `reject would lose ${share}: ${senders}`,
  lacking: (progress: string) => `too early to say: ${progress}`,
  progress: {
    days: (days: number) => `${days} of 90 days`,
    messages: (messages: number) => `${formatCount(messages)} of 1,000 messages`,
    coverage: (share: string | undefined) =>
      share === undefined ? "not known yet who reports" : `${share} of the usual has come, 90% are needed`,
  },
  subdomainsOf: (domain: string) => `subdomains of ${domain}`,
  /** Between the notes. */
  stop: "; ",
};

/** The dashboard and its chart. */
export const dashboard = {
  chartTitle: (days: string) => `DMARC, ${days}`,
  /** For those who can't see the chart. */
  chartSummary: ({ messages, passRate }: { messages: string; passRate: string | undefined }) =>
    `${messages} messages in these days${passRate === undefined ? "" : `; ${passRate} of your own passed DMARC`}.`,
  ...texts.dashboard,
  incidentsOf: (days: number) => `Incidents of ${days} days`,
  passingOf: (days: number) => `Your mail passing, ${days} days`,
  shareOf: (share: string, messages: number) => `${share} of ${formatCount(messages)}`,
  ownFailOn: (day: string) => `Own fail, ${day}`,
  moreDomains: (count: number) => formatNumberOf(count, "further domain"),
  servicesOf: (days: number) => `Sending services, ${days} days`,
  /** How the messages of a service pass. */
  passes: "Passes DMARC",
  ofDomains: (domains: string) => `for ${domains}`,
};
