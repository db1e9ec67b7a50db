import { daysFrom, weekdayOf } from "../../../src/history/dates.ts";
import { compareBy, entryIn } from "../../../src/history/lists.ts";
import { organizationalDomain } from "../../../src/report/domain.ts";
import type { AuthResults, PolicyPublished, Report, ReportRecord } from "../../../src/report/types.ts";
import { makeRandom, type Random } from "../../../src/sample/random.ts";
import { drawCount, drawPart, drawParts } from "./chance.ts";
import {
  isWithinTime,
  type Life,
  type LifeDomain,
  type LifeSender,
  type Mail,
  type Policy,
  type Signature,
} from "./life.ts";
import { lifeReporters, periodsOf, type ReporterName, reportIdOf } from "./reporters.ts";

/** A report on its way. */
export interface Delivery {
  report: Report;
  reporter: ReporterName;
  /** When its mail arrives, ISO 8601 in UTC with whole seconds. */
  arrived: string;
  /** Whether the mail's authentication shows that it is the reporter's. */
  isAuthenticated: boolean;
  /** Tells the reports of a life and of its twin without an incident apart. */
  key: string;
}

/** All reports of a life, in order of arrival. */
export function deliveriesOf({ domains }: Pick<Life, "domains">): Delivery[] {
  return domains.flatMap((domain) => deliveriesAbout(domain)).sort(compareBy("arrived", "key"));
}

/** Lives with an incident share the domains that it leaves alone. */
const known = new WeakMap<LifeDomain, Map<string, Delivery[]>>();

/** The reports about a domain by day: all, or those about some days. */
export function deliveriesAbout(
  domain: LifeDomain,
  { first = domain.first, last = domain.last }: { first?: string; last?: string } = {},
): Delivery[] {
  const made = known.get(domain) ?? new Map<string, Delivery[]>();
  known.set(domain, made);
  const days = daysFrom(first > domain.first ? first : domain.first, last < domain.last ? last : domain.last);
  return days.flatMap((day) => entryIn(made, day, () => deliveriesOn(domain, day)));
}

function deliveriesOn(domain: LifeDomain, day: string): Delivery[] {
  const seen = domain.senders
    .filter((sender) => isWithinTime(sender, day))
    .map((sender) => ({ sender, counts: countsSeen(domain, sender, day) }));
  return domain.audience.flatMap(({ reporter }, index) => {
    const bySender = seen.map(({ sender, counts }) => ({
      sender,
      records: recordsOf({ domain, sender, reporter, day }, counts[index] ?? 0),
    }));
    return reportsOf({ domain, reporter, day }, bySender);
  });
}

/** How many messages a sender sends on a day. */
export function messagesOn(domain: LifeDomain, sender: LifeSender, day: string): number {
  const weight = (sender.week[weekdayOf(day)] ?? 0) * (domain.holidays.includes(day) ? sender.holiday : 1);
  return drawCount(sender.mean * weight, sender.spread, makeRandom(`count ${seedOf(domain, sender)} ${day}`));
}

/** How many of them each reporter receives, in the order of the audience. */
function countsSeen(domain: LifeDomain, sender: LifeSender, day: string): number[] {
  const random = makeRandom(`receivers ${seedOf(domain, sender)} ${day}`);
  const weights = domain.audience.map(({ share }) => share * random.between(0.8, 1.2));
  return drawParts(messagesOn(domain, sender, day), weights, random);
}

function seedOf({ seed, name }: LifeDomain, sender: LifeSender): string {
  return `${seed} ${name} ${sender.name}`;
}

interface Sight {
  domain: LifeDomain;
  sender: LifeSender;
  reporter: ReporterName;
  day: string;
}

/** What a reporter writes of a sender's messages on a day. */
function recordsOf(sight: Sight, count: number): ReportRecord[] {
  if (count === 0) return [];
  const { domain, sender, reporter, day } = sight;
  const random = makeRandom(`records ${seedOf(domain, sender)} ${reporter} ${day}`);
  const weights = sender.mails.map(({ weight }) => weight);
  return drawParts(count, weights, random).flatMap((ofMail, index) => {
    const mail = sender.mails[index];
    if (mail === undefined || ofMail === 0) return [];
    return spreadOver(sender, ofMail, random).flatMap(([sourceIp, ofHost]) => {
      const headerFrom = pick(sender.headerFrom ?? [domain.name], random);
      return evaluated({ ...sight, mail, sourceIp, headerFrom }, ofHost, random);
    });
  });
}

/** A count over some of a sender's hosts: few messages come from few. */
function spreadOver({ hosts }: LifeSender, count: number, random: Random): [host: string, count: number][] {
  const first = random.below(hosts.length);
  const used = Array.from({ length: Math.min(hosts.length, count) }, (_, index) => index + first);
  const parts = drawParts(
    count,
    used.map(() => 1),
    random,
  );
  return used.flatMap((index, at) => {
    const part = parts[at] ?? 0;
    return part === 0 ? [] : [[hosts[index % hosts.length] ?? "", part]];
  });
}

function pick(names: readonly string[], random: Random): string {
  return names[names.length === 1 ? 0 : random.below(names.length)] ?? "";
}

interface Arrival extends Sight {
  mail: Mail;
  sourceIp: string;
  headerFrom: string;
}

/** Messages of one kind from one host as a reporter finds them: some look-ups fail, some exceptions are made. */
function evaluated(arrival: Arrival, count: number, random: Random): ReportRecord[] {
  const { domain, mail, day } = arrival;
  const isOurs = ({ domain: name }: { domain: string }): boolean => organizationalDomain(name) === domain.name;
  const failing = mail.dkim.some(isOurs) || isOurs(mail.spf) ? drawPart(count, lookupsFailing(arrival), random) : 0;
  const withKeys = Math.ceil(failing / 2);
  const temporary = <T extends { domain: string }>(one: T): T => (isOurs(one) ? { ...one, result: "temperror" } : one);
  const { dkim, spf } = mail;
  const results = [
    { dkim, spf, count: count - failing },
    { dkim: dkim.map(temporary), spf: temporary(spf), count: withKeys },
    { dkim: dkim.map(temporary), spf, count: failing - withKeys },
  ];
  const policy = policyOn(domain, day);
  return results.flatMap((part) => (part.count === 0 ? [] : writeRecords({ ...arrival, ...part, policy }, random)));
}

/** The share of look-ups that fail: 0.03 to 1 % at every receiver, a few times that on some days, more in trouble. */
function lookupsFailing({ domain, reporter, day }: Sight): number {
  const isBadDay = makeRandom(`bad day ${domain.seed} ${reporter} ${day}`).below(40) === 0;
  const usual = 10 ** makeRandom(`lookups ${domain.seed} ${reporter}`).between(-3.5, -2) * (isBadDay ? 4 : 1);
  const troubles = domain.troubles.filter(
    (trouble) => isWithinTime(trouble, day) && (trouble.reporter ?? reporter) === reporter,
  );
  return Math.max(usual, ...troubles.map((trouble) => (trouble.kind === "temperror" ? trouble.share : 0)));
}

interface Checked extends Arrival {
  dkim: Signature[];
  spf: Mail["spf"];
  count: number;
  policy: Policy;
}

/** Several records where some of the messages are spared. */
function writeRecords(checked: Checked, random: Random): ReportRecord[] {
  const { reporter, policy, spf, headerFrom, domain, count, mail, sourceIp } = checked;
  const { saysEnvelope, makesExceptions, isNew } = lifeReporters[reporter];
  const authResults = authResultsOf(checked);
  const aligns = {
    dkim: alignedResult(authResults.dkim, headerFrom, policy.adkim === "s"),
    spf: alignedResult(authResults.spf, headerFrom, policy.aspf === "s"),
  };
  const isPassing = aligns.dkim === "pass" || aligns.spf === "pass";
  const reason = isPassing || !makesExceptions ? undefined : mail.reason;
  const asked = headerFrom === domain.name ? policy.p : (policy.sp ?? policy.p);
  const spared = isPassing || reason !== undefined ? count : drawPart(count, 1 - (policy.pct ?? 100) / 100, random);
  const marks = { ...(reason === "local_policy" && { arc: "pass" as const }), reasons: reasonsOf(reason) };
  return [
    { disposition: isPassing && isNew ? "pass" : "none", count: spared },
    { disposition: asked, count: count - spared },
  ]
    .filter((part) => part.count > 0)
    .map((part) => ({
      row: { sourceIp, count: part.count, policyEvaluated: { disposition: part.disposition, ...aligns, ...marks } },
      identifiers: { headerFrom, ...(saysEnvelope && { envelopeFrom: spf.domain }) },
      authResults,
    }));
}

function authResultsOf({ dkim, spf, reporter }: Checked): AuthResults {
  const { missing = "permerror", altered = "fail" } = lifeReporters[reporter];
  const words = new Map([
    ["missing", missing],
    ["altered", altered],
  ]);
  const wordFor = ({ result, resultAt }: Signature): string => resultAt?.[reporter] ?? words.get(result) ?? result;
  return {
    dkim: dkim.map((signature) => ({
      domain: signature.domain,
      selector: signature.selector,
      result: wordFor(signature),
    })),
    spf: [{ domain: spf.domain, scope: "mfrom", result: spf.result }],
  };
}

function alignedResult(
  results: readonly { domain?: string; result: string }[],
  headerFrom: string,
  isStrict: boolean,
): "pass" | "fail" {
  const nameOf = isStrict ? String : organizationalDomain;
  const isAligned = ({ domain = "", result }: { domain?: string; result: string }): boolean =>
    result === "pass" && nameOf(domain) === nameOf(headerFrom);
  return results.some(isAligned) ? "pass" : "fail";
}

function reasonsOf(type: Mail["reason"]): { type: string; comment?: string }[] {
  if (type === undefined) return [];
  return [type === "local_policy" ? { type, comment: "arc=pass" } : { type }];
}

/** The policy that holds on a day. */
function policyOn({ policies }: LifeDomain, day: string): Policy {
  const { policy } = policies.findLast(({ from }) => from <= day) ?? { policy: { p: "none" } };
  return policy;
}

type Pair = Omit<Sight, "sender">;

/** The reports of a pair about a day, as its reporter cuts them; none on a day that gets lost. */
function reportsOf(pair: Pair, bySender: { sender: LifeSender; records: ReportRecord[] }[]): Delivery[] {
  const { domain, reporter, day } = pair;
  const fate = makeRandom(`fate ${domain.seed} ${domain.name} ${reporter} ${day}`);
  const isLost = fate.between(0, 1) < lostDays;
  const daysLate = fate.between(0, 1) < lateDays ? 1 + fate.below(6) : 0;
  const troubles = domain.troubles.filter((it) => isWithinTime(it, day) && (it.reporter ?? reporter) === reporter);
  if (isLost || troubles.some(({ kind }) => kind === "silent")) return [];
  const delays = troubles.map((trouble) => (trouble.kind === "late" ? trouble.days : 0));
  const { orgNames } = lifeReporters[reporter];
  const isHourly = makeRandom(`hours ${domain.seed}`).below(4) === 0;
  const pieces = periodsOf(reporter, day, { isHourly }).flatMap((dateRange) =>
    orgNames.map((orgName) => ({ dateRange, orgName, records: [] as ReportRecord[] })),
  );
  for (const { sender, records } of bySender) {
    const random = makeRandom(`cut ${seedOf(domain, sender)} ${reporter} ${day}`);
    for (const record of records) cutInto(pieces, record, random);
  }
  return pieces
    .filter((piece) => piece.records.length > 0)
    .map((piece) => ({
      ...deliver(pair, piece, Math.max(daysLate, ...delays)),
      isAuthenticated: !troubles.some(({ kind }) => kind === "unauthenticated"),
    }));
}

/** Parts of the days of a pair of which no report ever comes, or one some days late. */
const [lostDays, lateDays] = [0.012, 0.025];

interface Piece extends Pick<Report, "records"> {
  dateRange: Report["reportMetadata"]["dateRange"];
  orgName: string;
}

/** Each message stands in one report. */
function cutInto(pieces: Piece[], record: ReportRecord, random: Random): void {
  if (pieces.length === 1) pieces[0]?.records.push(record);
  else {
    const weights = pieces.map(() => 1);
    for (const [index, count] of drawParts(record.row.count, weights, random).entries()) {
      if (count > 0) pieces[index]?.records.push({ ...record, row: { ...record.row, count } });
    }
  }
}

function deliver({ domain, reporter, day }: Pair, piece: Piece, daysLate: number): Omit<Delivery, "isAuthenticated"> {
  const { dateRange, orgName, records } = piece;
  const key = `${domain.name} ${reporter} ${day} ${dateRange.begin} ${orgName}`;
  const random = makeRandom(`report ${domain.seed} ${key}`);
  const hours = random.between(...lifeReporters[reporter].hoursLate) + 24 * daysLate;
  const arrived = new Date((dateRange.end + Math.round(hours * 3600)) * 1000).toISOString();
  return {
    report: {
      reportMetadata: {
        orgName,
        email: `noreply@${lifeReporters[reporter].domain}`,
        reportId: reportIdOf(reporter, dateRange, random),
        dateRange,
      },
      policyPublished: policyPublished(domain, reporter, day),
      records,
      unreadableRecords: 0,
      notes: [],
    },
    reporter,
    arrived: arrived.replace(".000Z", "Z"),
    key,
  };
}

function policyPublished(domain: LifeDomain, reporter: ReporterName, day: string): PolicyPublished {
  const { p, sp = p, pct = 100, adkim = "r", aspf = "r" } = policyOn(domain, day);
  const rest = lifeReporters[reporter].isNew ? { np: sp, testing: "n" } : { pct: String(pct) };
  return { domain: domain.name, adkim, aspf, p, sp, ...rest };
}
