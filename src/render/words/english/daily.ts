import type { MailState } from "../../../report/mail-state.ts";
import type { AuthFailure } from "../../../report/reason.ts";
import { formatCount, formatNumberOf } from "../format.ts";
import { setupOf } from "../setup/setup.ts";
import texts from "./texts.json" with { type: "json" };

/** The figures of a day. */
export const figures = {
  /** Without a share where it takes too many decimals to see that it is above the limit. */
  failRate: (share: string | undefined, limit: string) => `${share ?? `just over ${limit}`}, limit ${limit}`,
  failures: (failures: number, limit: number) => `${formatNumberOf(failures, "failure")}, limit ${formatCount(limit)}`,
  /** Messages against the same weekday of other weeks, or the week before; `undefined` is as many. */
  below: (percent: string, than: string) => `${percent} below ${than}`,
  above: (percent: string, than: string) => `${percent} above ${than}`,
  same: (than: string) => `like ${than}`,
  normalDay: (weekday: string) => `a normal ${weekday}`,
  ...texts.figures,
  usually: (range: string) => `usually ${range}`,
  /** What of SPF and DKIM fails to align. */
  spfOnly: "SPF only",
  learning: ({ day, of }: { day: number; of: number }) => `learning who reports, day ${day} of ${of}`,
  missing: (reporter: string, delay: string | undefined) =>
    `${reporter} missing${delay === undefined ? "" : `, usually ${delay}`}`,
  missingFor: (reporter: string, domains: string) => `${reporter} for ${domains}`,
  hoursLate: (hours: number) => `${hours} h after the day`,
  daysLate: (days: number) => `${days} days late`,
  /** Days that changed too little to be named, alone or beside others. */
  littleChanged: (days: number, isOther: boolean) =>
    `${formatNumberOf(days, isOther ? "other day" : "day")} a little, same verdict`,
};

/** What a person should know. */
export const findings = {
  ownFailures: (mail: string, day: string | undefined, count: string | undefined) =>
    `${mail} ${day === undefined ? "fails DMARC" : `failed DMARC on ${day}`}${count === undefined ? "" : `, ${count}`}`,
  /** Where there is little room. */
  fails: (mail: string, day: string | undefined, count: string) =>
    `${mail} ${day === undefined ? "fails" : `failed on ${day}`}, ${count}`,
  failed: (_messages: number, evaluated: number, impact: string) => `${impact} of ${formatCount(evaluated)}`,
  /** Where all of them had one fate. */
  held: (messages: number, evaluated: number, fate: string) =>
    `${formatCount(messages)} of ${formatCount(evaluated)} ${fate}`,
  all: (messages: number, fate: string) => `all ${formatCount(messages)} ${fate}`,
  /** "412 of 3,104 delivered" would read as if the others were lost. */
  reached: (messages: number, evaluated: number, fate: string) =>
    `${formatCount(messages)} of ${formatCount(evaluated)}, ${fate}`,
  ...texts.findings,
  unreadableRecords: (domain: string, records: number) =>
    `${domain}: ${formatNumberOf(records, "record")} could not be read`,
  incomplete: (share: string, missing: string | undefined) =>
    `only ${share} of what is usually reported has come${missing === undefined ? "" : `, missing: ${missing}`}`,
};

/** What fails at a source, and what to do. */
export const sources = {
  /** A source within a sentence. */
  name: (source: string) => source,
  unknown: (source: string) => source,
  mail: (domain: string, isSeveral: boolean) => (isSeveral ? `mail of ${domain}` : `${domain} mail`),
  mailOf: (mail: string, source: string | undefined, hasOthers: boolean) =>
    `${mail}${source === undefined ? "" : ` sent by ${source}${hasOthers ? " and others" : ""}`}`,
  passedUntil: (day: string) => `Passed until ${day}`,
  ...texts.sources,
  failsSince: (day: string) => `fails since ${day}`,
  notAligned: (source: string) => `not aligned: passes as ${source}, not as your domain`,
  missingInSpf: (source: string) => `not in your SPF record, and not signed: ${source}`,
  /** How a service is set up to sign with DKIM, without a full stop. */
  setup: (service: string) => setupOf(service, "en"),
  unknownSender: (source: string) => `unknown sender: passes as ${source}, not as your domain`,
  /** DNS records of keys within a sentence. */
  keyRecords: (records: readonly string[]) =>
    records.length === 0 ? "the DKIM key in DNS" : `the DNS record ${records.join(" and ")}`,
  publishKey: (record: string, service: { name: string; setup: string } | undefined) =>
    `Publish ${record}: it is not there, or could not be reached${service === undefined ? "" : ` (${service.name}: ${service.setup})`}`,
  compareKey: (record: string) =>
    `Compare ${record} with the key that the sender signs with: it is another one, or the messages are changed after they were signed`,
  renewKey: (record: string) => `Renew the key: receivers take that of ${record} for too weak, or expired`,
  keepSigned: (source: string, record: string) =>
    `Leave ${record} as it is, since other mail passes by it: see what ${source} changes in messages after it has signed them, and which key it signs with`,
  nameServers: (domain: string) =>
    `See that the name servers of ${domain} answer: neither DKIM keys nor SPF records could be looked up`,
  spfUnreachable: (domain: string) =>
    `See that the name servers answer for the SPF record of ${domain} and all that it includes`,
  mendSpf: (domain: string) =>
    `Mend the SPF record of ${domain}: there are two, it needs more than 10 look-ups, or one of its includes is broken`,
  alignStrictly: (domain: string) =>
    `Sign with exactly the domain in From, such as d=${domain}, or publish adkim=r and aspf=r: the messages are aligned as relaxed alignment has it, which your policy does not allow`,
  setUpDkim: (domain: string, { name, setup }: { name: string; setup: string }) =>
    `Set up DKIM for ${domain} at ${name}: ${setup}`,
  /** For a source that may be ours or not; `isRejected`: the policy is `reject` already. */
  alignIfOurs: (source: string, domain: string, isRejected: boolean) =>
    `If you use ${source}: let it sign with DKIM as ${domain} (its settings call this domain authentication), ` +
    `or give it a Return-Path of yours. If you do not, somebody else sends in your name through it, and ` +
    `${isRejected ? "your policy" : "p=reject"} makes receivers refuse that`,
  align: (source: string, domain: string) =>
    `Let ${source} sign with DKIM as ${domain} (its settings call this domain authentication), or give it a Return-Path of yours`,
  /** For an address that never passed. */
  hostIfOurs: (addresses: string, domain: string, isRejected: boolean) =>
    `If ${addresses} is yours: let it sign with DKIM as ${domain}, or send through a mail server of yours. If it is not, somebody else ` +
    `sends in your name, and ${isRejected ? "your policy" : "p=reject"} makes receivers refuse that`,
  addInclude: (source: string, domain: string) =>
    `Add the include that ${source} asks for to the SPF record of ${domain}, and let it sign with DKIM`,
  signBounces: (domain: string) =>
    `Sign bounces with DKIM as ${domain}, or publish an SPF record for the name that the host gives in HELO: they have no other envelope`,
  /** For more addresses than are named. */
  addAllToSpf: (addresses: string, domain: string) =>
    `Put back what covered them in the SPF record of ${domain}: an include, or the addresses ${addresses}. And let the hosts sign with DKIM`,
  addToSpf: (addresses: string, domain: string) =>
    `Add ${addresses} to the SPF record of ${domain}, and let the host sign with DKIM`,
  policy: (policy: string) => `policy ${policy}`,
  /** What a policy is called, where that is not its own word. */
  policies: new Map<string, string>(),
};

/** What the states of mails are called. */
export const mailState = texts.mailState satisfies Record<MailState, string>;

/** What became of mails and reports. */
export const intake = {
  ...texts.intake,
  accountedFor: (mails: number) => `${formatNumberOf(mails, "mail")}, ${mails === 1 ? "" : "all "}accounted for`,
  strangersToGo: (mails: number) => `${formatNumberOf(mails, "mail")} of unknown senders still to be read`,
  trouble: (mails: number, states: string, senders: string) =>
    `${formatNumberOf(mails, "mail")}${senders === "" ? "" : ` from ${senders}`} not fully counted: ${states}`,
  unknownDomains: (domains: string, more: number) =>
    `Skipped domains: ${domains}${more === 0 ? "" : ` and ${formatCount(more)} more`}. Their reports were not kept. ` +
    "Name those that are yours in domains, then run once with reread: 60d",
  notCounted: (amount: string) => `Not counted: ${amount}`,
  notCountedAtLeast: (amount: string) => `Not counted: at least ${amount}`,
  leftOut: (reports: string) => `Of ${reports} only totals are kept.`,
  authenticated: (advice: string) => `authenticated, but ${advice}`,
  moreSenders: (senders: number) => `And ${formatNumberOf(senders, "more sender")}.`,
  /** What to think of a digest without a report. */
  onlyNewcomers:
    "The reports about this day don't count: their senders are authenticated, but no known reporters. See below who they are.",
};

/** The issue of a domain with incidents to act on. */
export const issue = {
  link: (number: number) => `Issue #${number}`,
  overviewTitle: (domains: number, worst: string) => `${formatNumberOf(domains, "domain")} in alarm. ${worst}`,
  ...texts.issue,
  states: {
    failing: (age: number) => `failing, day ${age}`,
    better: (days: number) => `better: ${formatNumberOf(days, "good day")}`,
    over: (day: string) => `over on ${day}`,
    ...texts.issue.states,
    muted: (day: string) => `muted until ${day}`,
  },
  sources: (day: string) => `Where the failures of ${day} come from`,
  noFailures: (day: string) => `No message failed DMARC on ${day}.`,
  answers: {
    ...texts.issue.answers,
    how: (file: string) =>
      `Into ${file}. Keep the answer that is true. A key may stand in the file once: where it is there already, put the lines below it there, and take out one that says the contrary.`,
  },
  better: (text: string, days: number) => `Better, ${formatNumberOf(days, "good day")}: ${text}`,
  muted: (text: string) => `Muted: ${text}`,
  overAfter: (days: number, since: string, last: string) =>
    days === 1 ? `All is over. It failed on ${since}.` : `All is over. It lasted ${days} days, ${since} to ${last}.`,
  moved: (repository: string) =>
    `Issues are in ${repository} now, as issue-repository says: what comes next is told there.`,
  removed: (domain: string) => `${domain} is not in domains any more, so it is no longer judged.`,
};

/** What is muted. */
export const mutes = {
  until: (day: string, text: string) => `Muted until ${day}: ${text}`,
  byClosing: (text: string) => `Muted, since the issue was closed as not planned: ${text}`,
  several: (incidents: number) => `Muted: ${incidents} incidents`,
  of: (subject: string, domain: string) => `${subject} at ${domain}`,
  group: (name: string) => `group ${name}`,
  ...texts.mutes,
  ended: (what: string, day: string) =>
    `The mute of ${what} ended on ${day}: take it out of the configuration file, or give it another date`,
  unused: (what: string) =>
    `The mute of ${what} fits no incident: see that domain, sender and rule are written as in the issue`,
};

/** What is new and has changed on a day. */
export const news = {
  ...texts.news,
  newService: (source: string, domain: string, count: string) =>
    `${source} passes for the first time at ${domain}: ${count}`,
  unusual: (of: { reporter: string; domain: string; day: string; messages: string; usual: string }) =>
    `${of.reporter} reports ${of.messages} of ${of.domain} on ${of.day}, usually ${of.usual}: counted, but see whether that can be`,
  newDomains: (domains: number, names: string) => `New domain${domains === 1 ? "" : "s"}: ${names}`,
  policy: (domains: string, change: string) => `${domains}: ${change}`,
  /** Beside a value that is not in the record, but is inherited from the other tag. */
  sameAs: (tag: string) => `as ${tag}`,
  /** Where a tag is easily taken to change along with the one before it. */
  stays: (tag: string) => `${tag} stays`,
};

/** Failure reports (RFC 9991). */
export const failures = {
  ...texts.failures,
  failures: texts.failures.failures satisfies Record<AuthFailure, string>,
  mails: (mails: number) => formatNumberOf(mails, "mail"),
  /** In place of the step. */
  revoked: (reports: number, record: string) =>
    `See which key the sender is to sign with, and publish that: ${sayThat(reports)} ${record} is revoked (p= is empty)`,
  /** Behind a step: what the reports settle. */
  key: (reports: number) =>
    `${sayThat(reports)} the signature does not fit the key in DNS, and not that the body was changed`,
  body: (reports: number) =>
    `${sayThat(reports)} the body was changed after signing: the key is right, so see what changes the mail on its way`,
};

/** `3 failure reports say that` */
function sayThat(reports: number): string {
  return `${formatNumberOf(reports, "failure report")} ${reports === 1 ? "says" : "say"} that`;
}
