import type { Day, StoredReport } from "../../history/day/day.ts";
import { organizationalDomain } from "../../report/domain.ts";
import { type NamedService, networkOf, serviceOf, serviceOfRecord } from "../../report/source/source.ts";
import type { AuthResults, PolicyPublished, ReportRecord } from "../../report/types.ts";
import { addImpact, type FailParts, type Impact, noFailParts, noImpact } from "./fail-parts.ts";
import { failPartOf, failParts, type MailClass, mailClassOf, type SourceFacts } from "./mail-class.ts";

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
  /** What the domain asks for as the reporters saw it; `undefined` when they did not say. */
  policy?: string;
  /** Who reported the failures, the most first, at most 5. */
  seenBy: { reporter: string; messages: number }[];
  /** Its addresses, the most failures first, at most 5. */
  addresses: string[];
  /** How many further addresses it has. */
  moreAddresses: number;
  /** Set where its messages passed before, and half of them or more fail now. */
  since?: FailingSince;
}

/** How long the messages of a source have failed that passed before. */
export interface FailingSince {
  /** The last day on which they passed, `YYYY-MM-DD`. */
  lastGoodDay: string;
  /** Share of its messages that passed up to then, from 0 to 1. */
  passRate: number;
  /** The first day on which they failed. */
  failsSince: string;
}

/** What is known of the source of a domain's mail. */
export type FactsOf = (ownDomain: string, source: string) => KnownSource;

/** What the days before one know of a source. */
export interface KnownSource extends Pick<SourceFacts, "hasPassed"> {
  since?: FailingSince;
  /** The first of those days on which it was seen, `YYYY-MM-DD`; absent when it is new. */
  firstSeen?: string;
}

/** The failures of a domain on one day. */
export interface Failures {
  parts: FailParts;
  /** Own mail first, then the most failures, then by name. */
  sources: FailingSource[];
}

/** A record with its class, and what its report says. */
export interface Classified {
  record: ReportRecord;
  source: string;
  service: string | undefined;
  since: FailingSince | undefined;
  firstSeen: string | undefined;
  mailClass: MailClass;
  policy: string | undefined;
  reporter: string;
}

/** The failures in the day files of one organizational domain on one day. */
export function failuresOf(files: Iterable<Day>, factsOf: FactsOf): Failures {
  const groups = new Map<string, Classified[]>();
  const messages = new Map<string, number>();
  const parts = noFailParts();
  for (const { domain, reports } of files) {
    const ownDomain = organizationalDomain(domain);
    for (const report of reports) {
      for (const failing of classified(report, ownDomain, factsOf)) {
        const { record, source, mailClass, policy } = failing;
        messages.set(source, (messages.get(source) ?? 0) + record.row.count);
        const part = failPartOf(mailClass);
        if (part === undefined || record.row.count === 0) continue;
        addImpact(parts[part], record, policy);
        const key = [source, failing.service, mailClass].join("\0");
        const group = groups.get(key);
        if (group === undefined) groups.set(key, [failing]);
        else group.push(failing);
      }
    }
  }
  const sources = [...groups.values()].flatMap((group) => failingSource(group, messages));
  return { parts, sources: sources.sort(compareSources) };
}

/** The records of a report, each with its class and what it is by. */
export function* classified(
  { records, policyPublished, reporter, reportMetadata }: StoredReport,
  ownDomain: string,
  factsOf: FactsOf,
): Generator<Classified> {
  const label = reportMetadata.orgName || reporter;
  // Many records share the very object.
  const known = new Map<AuthResults, { domain: string | undefined; named: NamedService | undefined }>();
  for (const record of records) {
    const { authResults } = record;
    const { domain, named } = known.get(authResults) ?? {
      domain: serviceOf(authResults, ownDomain),
      named: serviceOfRecord(record, ownDomain),
    };
    known.set(authResults, { domain, named });
    const source = domain ?? networkOf(record.row.sourceIp);
    const { since, firstSeen, hasPassed } = factsOf(ownDomain, source);
    // What we publish for a service names it, but forwarded mail has that, too.
    const isService = (named?.by === "dkim" || named?.by === "envelope") && named.service.isForwarder !== true;
    const mailClass = mailClassOf(record, ownDomain, { isService, hasPassed });
    yield {
      record,
      source,
      service: named?.service.name,
      since,
      firstSeen,
      mailClass,
      policy: policyFor(policyPublished, record),
      reporter: label,
    };
  }
}

/** What the policy asks for on a record: `p`, or `sp` for a subdomain. */
function policyFor({ domain, p, sp }: PolicyPublished, { identifiers }: ReportRecord): string | undefined {
  return identifiers.headerFrom === domain ? p : (sp ?? p);
}

const shown = { headerFroms: 3, signatures: 3, reporters: 5, addresses: 5 };

function failingSource(group: Classified[], messages: ReadonlyMap<string, number>): FailingSource[] {
  const [first] = group;
  if (first === undefined) return [];
  const impact = noImpact();
  for (const { record, policy } of group) addImpact(impact, record, policy);
  const all = messages.get(first.source) ?? impact.messages;
  const isFailing = first.since !== undefined && failPartOf(first.mailClass) === "own" && impact.messages * 2 >= all;
  const addresses = mostOf(group, ({ record }) => [record.row.sourceIp]);
  const policies = mostOf(group, ({ policy }) => [policy]);
  return [
    {
      source: first.source,
      ...(first.service !== undefined && { service: first.service }),
      mailClass: first.mailClass,
      impact,
      messages: all,
      headerFroms: namesOf(mostOf(group, ({ record }) => [record.identifiers.headerFrom]).slice(0, shown.headerFroms)),
      signatures: failedSignatures(group).slice(0, shown.signatures),
      policy: policies[0]?.name,
      seenBy: mostOf(group, ({ reporter }) => [reporter])
        .slice(0, shown.reporters)
        .map(({ name, messages }) => ({ reporter: name, messages })),
      addresses: namesOf(addresses.slice(0, shown.addresses)),
      moreAddresses: Math.max(0, addresses.length - shown.addresses),
      ...(isFailing && { since: first.since }),
    },
  ];
}

/** The signatures in the name of the domain in From that did not pass. */
function failedSignatures(group: Classified[]): FailingSource["signatures"] {
  const texts = mostOf(group, ({ record: { authResults, identifiers } }) =>
    authResults.dkim
      .filter(({ domain = "", result }) => result !== "pass" && isOfAuthor(domain, identifiers.headerFrom))
      .map(({ domain, selector }) => JSON.stringify({ domain, selector })),
  );
  return texts.map(({ name }) => JSON.parse(name));
}

function isOfAuthor(domain: string, headerFrom: string): boolean {
  return domain !== "" && organizationalDomain(domain) === organizationalDomain(headerFrom);
}

/** Names with their messages, the most first, then by name. */
function mostOf(group: Classified[], namesIn: (failing: Classified) => (string | undefined)[]) {
  const counts = new Map<string, number>();
  for (const failing of group) {
    for (const name of new Set(namesIn(failing))) {
      if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + failing.record.row.count);
    }
  }
  return Array.from(counts, ([name, messages]) => ({ name, messages })).sort(
    (a, b) => b.messages - a.messages || (a.name < b.name ? -1 : 1),
  );
}

function namesOf(counts: { name: string }[]): string[] {
  return counts.map(({ name }) => name);
}

function compareSources(a: FailingSource, b: FailingSource): number {
  return (
    partRank(a) - partRank(b) ||
    b.impact.messages - a.impact.messages ||
    (`${a.source} ${a.mailClass}` < `${b.source} ${b.mailClass}` ? -1 : 1)
  );
}

function partRank({ mailClass }: FailingSource): number {
  const part = failPartOf(mailClass);
  return part === undefined ? failParts.length : failParts.indexOf(part);
}

const fewest = 10;

/** Whether a source that passed before fails now, with at least 10 messages. */
export function isBroken({ since, impact }: FailingSource): boolean {
  return since !== undefined && impact.messages >= fewest;
}
