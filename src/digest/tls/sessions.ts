import type { TlsLine } from "../../history/index/index.ts";
import { compareText, countBy, groupBy, sumOf } from "../../history/lists.ts";

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
  return [...groupBy(lines, ({ domain, mx = "" }) => `${domain} ${mx}`).values()]
    .flatMap((ofHost): TlsHost[] => {
      const [first] = ofHost;
      const figures = tlsFigures(ofHost);
      if (first === undefined || figures === undefined) return [];
      return [{ domain: first.domain, ...(first.mx !== undefined && { mx: first.mx }), ...figures }];
    })
    .sort(
      (a, b) =>
        b.failed - a.failed ||
        b.sessions - a.sessions ||
        compareText(`${a.domain} ${a.mx ?? ""}`, `${b.domain} ${b.mx ?? ""}`),
    );
}
