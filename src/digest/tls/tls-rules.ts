import { entryIn, groupBy, sumOf } from "../../history/lists.ts";
import { organizationalDomain } from "../../report/domain.ts";
import { type Health, haveReported, type Incident, type RuleFinding, recoveryDays } from "../incidents/incidents.ts";
import { isFailedBy, resultOf, type TlsResult, type TlsWindowLine } from "./sessions.ts";

/** What keeps mail out where a policy is enforced: by MTA-STS in `enforce`, or by DANE. */
const losing: ReadonlySet<TlsResult> = new Set([
  "starttls-not-supported",
  "certificate-expired",
  "certificate-host-mismatch",
  "certificate-not-trusted",
  "tlsa-invalid",
  "dnssec-invalid",
  "dane-required",
]);

/** What is wrong with the policy itself: its mode is not known to whoever can't fetch it. */
const ofPolicy: ReadonlySet<TlsResult> = new Set([
  "sts-policy-fetch-error",
  "sts-policy-invalid",
  "sts-webpki-invalid",
]);

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
  const lastDays = new Map<string, string>();
  const add = (more: Iterable<TlsWindowLine>): void => {
    for (const line of more) {
      entryIn(byDay, line.day, () => []).push(line);
      if (line.day > (lastDays.get(line.reporter) ?? "")) lastDays.set(line.reporter, line.day);
    }
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
      const ofDomain = (byDay.get(day) ?? []).filter(({ domain }) => key.subject.endsWith(` ${domain}`));
      if (ofDomain.length === 0) return { state: "silent", recoveryDays };
      const isBad = ofDomain.some((line) => isFailedBy(line, key.subject));
      const isGood = !isBad && haveReported(incident, day, (reporter) => lastDays.get(reporter));
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
    const keptOut = ofResult.filter((line) => isLost(result, line));
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

function isLost(result: TlsResult, { policy }: TlsWindowLine): boolean {
  if (ofPolicy.has(result)) return true;
  const isEnforced = policy.startsWith("tlsa") || /^sts(?! (testing|none)$)/.test(policy);
  return losing.has(result) && isEnforced;
}
