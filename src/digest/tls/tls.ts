import type { TlsLine } from "../../history/index/index.ts";
import { compareText, countBy, entryIn, groupBy, sumOf } from "../../history/lists.ts";
import { organizationalDomain } from "../../report/domain.ts";
import { type Health, haveReported, type Incident, type RuleFinding, recoveryDays } from "../incidents/incidents.ts";

/** A line of TLS sessions with the policy domain in it. */
export type TlsWindowLine = TlsLine & { domain: string };

/** Why sessions fail (RFC 8460, section 4.3); `unspecified` for what a reporter did not say, or says in words of its own. */
export const tlsResults = [
  "starttls-not-supported",
  "certificate-host-mismatch",
  "certificate-expired",
  "certificate-not-trusted",
  "validation-failure",
  "tlsa-invalid",
  "dnssec-invalid",
  "dane-required",
  "sts-policy-fetch-error",
  "sts-policy-invalid",
  "sts-webpki-invalid",
  "unspecified",
] as const;

/** One of `tlsResults`. */
export type TlsResult = (typeof tlsResults)[number];

/** Inbound sessions with TLS, and those that failed. */
export interface TlsFigures {
  sessions: number;
  failed: number;
  /** The failed ones by what was wrong, the most first. */
  results: { name: TlsResult; count: number }[];
}

/** Those of one host of ours; of several, or of which none is named, where the host is absent. */
export interface TlsHost extends TlsFigures {
  /** Policy domain, as A-label. */
  domain: string;
  /** As A-label, or a pattern of an MTA-STS policy: `*.example.com`. */
  mx?: string;
  /** Not all of its sessions that succeeded are known: some of the domain's name no host. */
  isPartial?: true;
}

/** Why the sessions of a line failed; `undefined` when they did not. */
export function resultOf({ result }: Pick<TlsLine, "result">): TlsResult | undefined {
  return result === undefined ? undefined : knownResult(result);
}

function knownResult(word: string): TlsResult {
  return tlsResults.find((one) => one === word) ?? "unspecified";
}

/** What an incident of inbound TLS is about: `certificate-expired example.com`. */
export function tlsSubject(subject: string): { result: TlsResult; domain: string } {
  const [result = "", domain = ""] = subject.split(" ");
  return { result: knownResult(result), domain };
}

/** Whether a line shows what an incident is about. */
export function isFailedBy(line: TlsWindowLine, subject: string): boolean {
  const { result, domain } = tlsSubject(subject);
  return line.domain === domain && resultOf(line) === result;
}

/** What some lines come to; `undefined` without a session. */
function tlsFigures(lines: readonly TlsWindowLine[]): TlsFigures | undefined {
  const sessions = sumOf(lines, (line) => line.sessions);
  if (sessions === 0) return undefined;
  const failed = lines.flatMap((line) => ({ ...line, why: resultOf(line) })).filter(({ why }) => why !== undefined);
  const counts = countBy(
    failed,
    ({ why = "unspecified" }) => why,
    (line) => line.sessions,
  );
  return {
    sessions,
    failed: sumOf(counts, ({ count }) => count),
    results: counts.map(({ name, count }) => ({ name: knownResult(name), count })),
  };
}

/** What is known of a day, as a digest has it; nothing where nobody reports any. */
export function tlsOn({ tls = [] }: { tls?: readonly TlsWindowLine[] }, day: string): { tls?: TlsFigures } {
  const figures = tlsFigures(tls.filter((line) => line.day === day));
  return figures === undefined ? {} : { tls: figures };
}

/** The same by host, those with the most failures first, then with the most sessions, then by name. */
export function tlsHosts(lines: readonly TlsWindowLine[]): TlsHost[] {
  const withoutHost = new Set(
    lines.flatMap(({ domain, mx, result }) => (mx === undefined && result === undefined ? domain : [])),
  );
  return [...groupBy(lines, ({ domain, mx = "" }) => `${domain} ${mx}`).values()]
    .flatMap((ofHost): TlsHost[] => {
      const [first] = ofHost;
      const figures = tlsFigures(ofHost);
      if (first === undefined || figures === undefined) return [];
      const { domain, mx } = first;
      const isPartial = mx !== undefined && figures.failed > 0 && withoutHost.has(domain);
      return [{ domain, ...(mx !== undefined && { mx }), ...figures, ...(isPartial && { isPartial }) }];
    })
    .sort(
      (a, b) =>
        b.failed - a.failed ||
        b.sessions - a.sessions ||
        compareText(`${a.domain} ${a.mx ?? ""}`, `${b.domain} ${b.mx ?? ""}`),
    );
}

/** How many records of the day's reports could not be read, by organizational domain. */
export function unreadableTls({ tls = [] }: { tls?: readonly TlsWindowLine[] }, day: string): Map<string, number> {
  const counts = countBy(
    tls.filter((line) => line.day === day && line.unreadableRecords > 0),
    ({ domain }) => organizationalDomain(domain),
    (line) => line.unreadableRecords,
  );
  return new Map(counts.map(({ name, count }) => [name, count]));
}

/** Whether the policy itself is wrong: its mode is not known to whoever can't fetch it. */
export function isOfPolicy(result: TlsResult): boolean {
  return ["sts-policy-fetch-error", "sts-policy-invalid", "sts-webpki-invalid"].includes(result);
}

/** Mail is lost where so many reporters say so, or so much of a domain's sessions. */
const lost = { reporters: 2, share: 0.05, sessions: 2 };

/** Inbound TLS that fails, by policy domain and result. */
export interface TlsRules {
  findingsOn(day: string, isSettled: boolean): RuleFinding[];
  healthOn(day: string, incident: Incident): Health;
  /** Sessions that have become known. */
  add(lines: Iterable<TlsWindowLine>): void;
}

/** The rules over what reporters saw that count. A day that is not due shows what two of them say, and no share. */
export function makeTlsRules(lines: Iterable<TlsWindowLine> = []): TlsRules {
  const byDay = new Map<string, TlsWindowLine[]>();
  const add = (more: Iterable<TlsWindowLine>): void => {
    for (const line of more) entryIn(byDay, line.day, () => []).push(line);
  };
  add(lines);
  return {
    add,
    findingsOn: (day, isSettled) =>
      [...groupBy(byDay.get(day) ?? [], ({ domain }) => domain)].flatMap(([domain, ofDomain]) =>
        findingsOf(domain, ofDomain, isSettled),
      ),
    healthOn(day, incident) {
      const { key } = incident;
      const linesOn = (one: string): TlsWindowLine[] =>
        (byDay.get(one) ?? []).filter(({ domain }) => key.subject.endsWith(` ${domain}`));
      const ofDomain = linesOn(day);
      if (ofDomain.length === 0) return { state: "silent", recoveryDays };
      const isBad = ofDomain.some((line) => isFailedBy(line, key.subject));
      const hasReported = (name: string, on: string): boolean => linesOn(on).some(({ reporter }) => reporter === name);
      const isGood = !isBad && haveReported(incident, day, hasReported);
      return { state: isGood ? "good" : "seen", recoveryDays };
    },
  };
}

function findingsOf(domain: string, lines: readonly TlsWindowLine[], isSettled: boolean): RuleFinding[] {
  const sessions = sumOf(lines, (line) => line.sessions);
  const failing = new Map<TlsResult, TlsWindowLine[]>();
  for (const line of lines) {
    const result = resultOf(line);
    if (result !== undefined) entryIn(failing, result, () => []).push(line);
  }
  return [...failing].flatMap(([result, ofResult]): RuleFinding[] => {
    const keptOut = ofResult.filter(({ policy }) => isOfPolicy(result) || isEnforced(policy));
    const reporters = new Set(keptOut.map(({ reporter }) => reporter));
    const out = sumOf(keptOut, (line) => line.sessions);
    const isLarge = isSettled && out >= lost.sessions && out >= lost.share * sessions;
    const isAct = reporters.size >= lost.reporters || isLarge;
    if (!isAct && !isSettled) return [];
    return [
      {
        key: { domain: organizationalDomain(domain), subject: `${result} ${domain}`, rule: "tls-fails" },
        level: isAct ? "act" : "look",
        messages: sumOf(ofResult, (line) => line.sessions),
        opensAtOnce: false,
        seenBy: [...new Set(ofResult.map(({ reporter }) => reporter))],
      },
    ];
  });
}

/** Whether a session that fails is lost mail: by DANE, or by MTA-STS that is not said to be tested. */
function isEnforced(policy: string): boolean {
  return isDane(policy) || /^sts(?! (testing|none)$)/.test(policy);
}

/** Whether a session was held against TLSA records (RFC 7672), and not against MTA-STS. */
export function isDane(policy: string): boolean {
  return /^tlsa\b/.test(policy);
}
