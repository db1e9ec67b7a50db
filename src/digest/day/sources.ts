import { csvCell } from "../../history/csv.ts";
import type { Day, StoredReport } from "../../history/day/day.ts";
import type { NetworkName } from "../../history/dns/dns.ts";
import { compareText, countBy, groupBy, sumOf } from "../../history/lists.ts";
import { organizationalDomain } from "../../report/domain.ts";
import { authorDomainOf, policyAskedFor } from "../../report/outcome.ts";
import {
  type Evidence,
  evidenceReader,
  isNetwork,
  type NamedService,
  senderOf,
  serviceOfRecord,
} from "../../report/source/source.ts";
import type { AuthResults, ReportRecord } from "../../report/types.ts";
import {
  type FailingSince,
  failPartOf,
  failParts,
  isLookUp,
  type MailClass,
  recordFailingSince,
  type Senders,
} from "../senders/senders.ts";
import { addImpact, addImpacts, type FailParts, type Impact, noFailParts, noImpact } from "./impact.ts";

/** A sending service whose messages failed DMARC, in one of the ways in which they did. */
export interface FailingSource {
  /**
   * What the service is called: a domain that it authenticated as (a DKIM `d=` that passed, or the envelope's domain
   * that SPF passed), else the network (`192.0.2.0/24`, `2001:db8::/48`), else `unknown`.
   */
  source: string;
  /** The name of the service of the shipped map that it is, or that is named by what the domain publishes for it. */
  service?: string;
  mailClass: MailClass;
  /** What happened to the messages that failed. */
  impact: Impact;
  /** All its messages of the day, those that passed included. */
  messages: number;
  /** The domains in From, those with the most failures first, at most 3. */
  headerFroms: string[];
  /** Signatures of ours that failed, the most messages first, at most 3. */
  signatures: { domain: string; selector?: string }[];
  /** What most of the failed signatures gave, and what SPF did: words of RFC 8601; absent where there were none. */
  results: { dkim?: string; spf?: string };
  /** The domain of ours in the envelope, where it is for its SPF record to be mended and all have the same. */
  envelope?: string;
  /** Whether most of it are bounces: nothing but the host's name in HELO was there for SPF. */
  isBounce: boolean;
  /** What the domain asks for as the reporters saw it; `undefined` when they did not say. */
  policy?: string;
  /** Who reported the failures, the most first, at most 5. */
  seenBy: { reporter: string; messages: number }[];
  /** Its addresses, the most failures first, at most 5. */
  addresses: string[];
  /** Whose the first of them is, where that was asked for and it has no other name. */
  network?: NetworkName;
  /** How many further addresses it has. */
  moreAddresses: number;
  /** Set where its messages passed before, and half of them or more fail now. */
  since?: FailingSince;
  /** How many failure reports say of its keys that the signature does not fit, that it is revoked, and that the body was changed; absent for none. */
  reported?: Record<"key" | "revoked" | "body", number>;
}

/** A source with what it did on several days, or at several domains; all else as it stands in the one. */
export function addSources(one: FailingSource, all: readonly FailingSource[]): FailingSource {
  const seenBy = countBy(
    all.flatMap((source) => source.seenBy),
    ({ reporter }) => reporter,
    ({ messages }) => messages,
  ).map(({ name, count }) => ({ reporter: name, messages: count }));
  const messages = sumOf(all, (source) => source.messages);
  const { envelope, ...rest } = one;
  const hasSame = envelope !== undefined && all.every((source) => source.envelope === envelope);
  const impact = addImpacts(all.map((source) => source.impact));
  return { ...rest, ...(hasSame && { envelope }), impact, messages, seenBy };
}

/** Equal for hosts that the same SPF record does not know; `undefined` for all else. */
export function missingHostsKey({ mailClass, source, envelope, isBounce }: FailingSource): string | undefined {
  if (mailClass !== "missing-in-spf" || !isNetwork(source)) return undefined;
  return JSON.stringify([envelope, isBounce]);
}

/** Hosts that fail alike as one source, with the addresses of all. */
export function asOneSource(first: FailingSource, all: readonly FailingSource[]): FailingSource {
  const addresses = all.flatMap((one) => one.addresses);
  return { ...addSources(first, all), addresses, moreAddresses: sumOf(all, ({ moreAddresses }) => moreAddresses) };
}

/** Whether neither our key nor our SPF record could be looked up, and might be there: the name servers do not answer. */
export function isSilent({ mailClass, results }: Pick<FailingSource, "mailClass" | "results">): boolean {
  return mailClass === "our-dns" && results.dkim === "temperror" && results.spf === "temperror";
}

/** What records are judged by. */
export type KnownSenders = Pick<Senders, "classOf" | "domain">;

/** The failures of a domain on one day. */
export interface Failures {
  /** In parts. */
  fail: FailParts;
  /** Own mail first, then the most failures, then by name. */
  sources: FailingSource[];
}

/** A record with its source and class. */
interface Classified extends Pick<Day, "domain" | "day"> {
  record: ReportRecord;
  report: StoredReport;
  evidence: Evidence;
  source: string;
  service: string | undefined;
  mailClass: MailClass;
  /** What the report's policy asks for on it. */
  policy: string | undefined;
}

const none: ReadonlySet<string> = new Set();

/**
 * The failures in the day files of one organizational domain on one day.
 *
 * @param missing - Keys of ours that the rules have found to be missing: what fails of them has that cause, whatever word a receiver has
 *   for it, as long as any does not find them.
 */
export function failuresOf(files: Iterable<Day>, senders: KnownSenders, missing = none): Failures {
  const failing: Classified[] = [];
  const messages = new Map<string, number>();
  const fail = noFailParts();
  for (const one of classifiedIn(files, senders)) {
    const { record, source, mailClass, policy } = one;
    messages.set(source, (messages.get(source) ?? 0) + record.row.count);
    const part = failPartOf(mailClass);
    if (part === undefined || record.row.count === 0) continue;
    addImpact(fail[part], record, policy);
    failing.push(one);
  }
  const gone = stillMissing(failing, missing);
  const judged = failing.map((one): Classified => (isOfMissing(one, gone) ? { ...one, mailClass: "our-dns" } : one));
  const groups = groupBy(judged, ({ source, service, mailClass }) => [source, service, mailClass].join("\0"));
  const sources = [...groups.values()].flatMap((group) => failingSource(group, messages, senders));
  return { fail, sources: sources.sort(compareSources) };
}

/** The records of some days one after the other, since there may be hundreds of thousands. */
export function* classifiedIn(files: Iterable<Day>, senders: KnownSenders): Generator<Classified> {
  for (const { domain, day, reports } of files) {
    for (const report of reports) yield* classified(report, { domain, day }, senders);
  }
}

/** The records of a report, each with its source and class. */
export function* classified(
  report: StoredReport,
  { domain, day }: Pick<Day, "domain" | "day">,
  senders: KnownSenders,
): Generator<Classified> {
  const ownDomain = organizationalDomain(domain);
  const reporter = csvCell(report.reporter);
  // Many records share the very object.
  const services = new Map<AuthResults, NamedService | undefined>();
  const evidenceOf = evidenceReader(report.policyPublished);
  for (const record of report.records) {
    const { authResults, row } = record;
    if (!services.has(authResults)) services.set(authResults, serviceOfRecord(record, ownDomain));
    const evidence = evidenceOf(record);
    const source = senderOf(evidence, row.sourceIp);
    const address = row.sourceIp === undefined ? {} : { address: row.sourceIp };
    const mailClass = senders.classOf({ domain, day, reporter, sender: source, evidence, ...address });
    const policy = policyAskedFor(report.policyPublished, record);
    const service = services.get(authResults)?.service.name;
    yield { domain, day, record, report, evidence, source, service, mailClass, policy };
  }
}

/** With so many messages of which all can look a key up, it is there by now, and another one. */
const lookedUp = 20;

/** The keys that are missing on the day: none of which all receivers say that the signature does not fit. */
function stillMissing(failing: readonly Classified[], missing: ReadonlySet<string>): ReadonlySet<string> {
  const isThere = (name: string): boolean => {
    const results = failing.flatMap(({ evidence, record }) =>
      evidence.keys.flatMap(({ key, result }) => (key === name ? [{ result, count: record.row.count }] : [])),
    );
    return sumOf(results, ({ count }) => count) >= lookedUp && !results.some(({ result }) => isLookUp(result));
  };
  return new Set([...missing].filter((name) => !isThere(name)));
}

function isOfMissing({ mailClass, evidence }: Classified, missing: ReadonlySet<string>): boolean {
  const isOfKeys = mailClass === "broken-key" || mailClass === "broken-signature";
  return isOfKeys && evidence.keys.some(({ key, result }) => isNoPass(result) && missing.has(key));
}

const shown = { headerFroms: 3, signatures: 3, reporters: 5, addresses: 5 };

function failingSource(
  group: Classified[],
  messages: ReadonlyMap<string, number>,
  senders: KnownSenders,
): FailingSource[] {
  const [first] = group;
  if (first === undefined) return [];
  const impact = noImpact();
  for (const { record, policy } of group) addImpact(impact, record, policy);
  const all = messages.get(first.source) ?? impact.messages;
  const isFailing = failPartOf(first.mailClass) === "own" && impact.messages * 2 >= all;
  const since = isFailing ? failingSince(group, senders) : undefined;
  const addresses = mostOf(group, ({ record }) => [record.row.sourceIp]);
  const policies = mostOf(group, ({ policy }) => [policy]);
  return [
    {
      source: first.source,
      ...(first.service !== undefined && { service: first.service }),
      mailClass: first.mailClass,
      impact,
      messages: all,
      headerFroms: namesOf(mostOf(group, (one) => [authorOf(one)]).slice(0, shown.headerFroms)),
      signatures: failedSignatures(group).slice(0, shown.signatures),
      ...resultsOf(group),
      policy: policies[0]?.name,
      seenBy: mostOf(group, ({ report }) => [report.reportMetadata.orgName || report.reporter])
        .slice(0, shown.reporters)
        .map(({ name, count }) => ({ reporter: name, messages: count })),
      addresses: namesOf(addresses.slice(0, shown.addresses)),
      moreAddresses: Math.max(0, addresses.length - shown.addresses),
      ...(since && { since }),
    },
  ];
}

/** Since when it fails: where a record of ours is broken, what passed by that, whatever else of the sender failed before. */
function failingSince(group: Classified[], senders: KnownSenders): FailingSince | undefined {
  const [first] = group;
  if (first === undefined) return undefined;
  const { domain, source: sender, day, mailClass } = first;
  const ofDomain = senders.domain(domain);
  if (mailClass !== "broken-key" && mailClass !== "our-dns") return ofDomain.failingSince(sender, day);
  const [key] = mostOf(group, ({ evidence }) =>
    evidence.keys.filter(({ result }) => isNoPass(result)).map((one) => one.key),
  );
  const linesOn = (one: string) => ofDomain.linesOn(one);
  return recordFailingSince(linesOn, { sender, name: key?.name ?? "SPF", day });
}

/** The signatures in the name of the domain in From that did not pass. */
function failedSignatures(group: Classified[]): FailingSource["signatures"] {
  const texts = mostOf(group, (one) =>
    one.record.authResults.dkim
      .filter(({ domain = "", result }) => result !== "pass" && isOfAuthor(domain, authorOf(one)))
      .map(({ domain, selector }) => JSON.stringify({ domain, selector })),
  );
  return texts.map(({ name }) => JSON.parse(name));
}

function resultsOf(group: Classified[]): Pick<FailingSource, "results" | "envelope" | "isBounce"> {
  const ofKeys = mostOf(group, ({ evidence }) => evidence.keys.map(({ result }) => result).filter(isNoPass));
  // Where some could not look a key up, that is what the others mean.
  const dkim = ofKeys.find(({ name }) => group[0]?.mailClass === "our-dns" && isLookUp(name)) ?? ofKeys[0];
  const [spf] = mostOf(group, ({ evidence }) => [evidence.spfResult]);
  const [bounce] = mostOf(group, ({ evidence }) => [evidence.isBounce ? "bounce" : "mail"]);
  const mailClass = group[0]?.mailClass;
  const isSpf = mailClass === "missing-in-spf" || (mailClass === "our-dns" && spf !== undefined && isLookUp(spf.name));
  const [envelope, ...others] = isSpf ? mostOf(group, ({ evidence }) => [evidence.ownEnvelope]) : [];
  return {
    ...(envelope && others.length === 0 && { envelope: envelope.name }),
    results: { ...(dkim && { dkim: dkim.name }), ...(spf && { spf: spf.name }) },
    isBounce: bounce?.name === "bounce",
  };
}

function isNoPass(result: string): boolean {
  return result !== "pass";
}

function authorOf({ record, report }: Classified): string {
  return authorDomainOf(record, report.policyPublished.domain);
}

function isOfAuthor(domain: string, headerFrom: string): boolean {
  return domain !== "" && organizationalDomain(domain) === organizationalDomain(headerFrom);
}

/** Names with their messages, the most first, then by name; a name counts once a record. */
function mostOf(group: Classified[], namesIn: (failing: Classified) => (string | undefined)[]) {
  const named = group.flatMap((failing) =>
    [...new Set(namesIn(failing))].flatMap((name) =>
      name === undefined ? [] : { name, messages: failing.record.row.count },
    ),
  );
  return countBy(
    named,
    ({ name }) => name,
    ({ messages }) => messages,
  );
}

function namesOf(counts: { name: string }[]): string[] {
  return counts.map(({ name }) => name);
}

function compareSources(a: FailingSource, b: FailingSource): number {
  return (
    partRank(a) - partRank(b) ||
    b.impact.messages - a.impact.messages ||
    compareText(`${a.source} ${a.mailClass}`, `${b.source} ${b.mailClass}`)
  );
}

function partRank({ mailClass }: FailingSource): number {
  const part = failPartOf(mailClass);
  return part === undefined ? failParts.length : failParts.indexOf(part);
}
