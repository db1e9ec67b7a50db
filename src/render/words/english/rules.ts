import type { DnsChange } from "../../../history/dns/dns.ts";
import { formatCount, formatNumberOf } from "../format.ts";
import texts from "./texts.json" with { type: "json" };
import tlsTexts from "./tls.json" with { type: "json" };

/** DNS records within a sentence. */
export const records = {
  key: (record: string) => `DNS record ${record}`,
  /** Of a key of which reports do not say which it is. */
  anyKey: (domain: string) => `DNS record of a DKIM key of ${domain}`,
  spf: (domain: string) => `SPF record of ${domain}`,
};

/** What is said of an incident beside that: what to do about it where no source says so, and what has changed. */
export const incidents = {
  /** What has changed in DNS that the incident may come from. */
  dnsChange: ({ name, type, change, last, day }: DnsChange) => {
    const verbs = { gone: "vanished", new: "came", changed: "changed" };
    return `${name}: the ${type} record ${verbs[change]} between ${last} and ${day}`;
  },
  /** How it stands, beside the verdict. */
  news: (verdict: string, state: string, text: string) => `${verdict}, ${state}: ${text}`,
  ...texts.incidents,
  since: (day: string) => `since ${day}`,
  age: (days: number) => `day ${days}`,
  opened: (text: string, since: string) => `New, since ${since}: ${text}`,
  stillOpen: (text: string, age: number) => `Still open, day ${age}: ${text}`,
  over: (text: string, since: string, last: string) =>
    `Over (${since === last ? since : `${since} – ${last}`}): ${text}`,
  passesAgain: (mail: string) => `${mail} passes again`,
  /** In place of that. */
  notSeen: (mail: string) => `${mail}: none for 28 days`,
  withdrawn: (text: string, since: string) =>
    `Withdrawn, since ${since} does not show it any more, by later reports or changed settings: ${text}`,
  /** Above an early alarm. */
  earlyNote: (day: string) => `Early alarm: ${day} is not fully reported yet, its digest follows`,
};

/** Inbound TLS (RFC 8460); in `tls.json` each result in a word or two, as a clause, and with what to do about it. */
export const tls = {
  label: "Inbound TLS",
  /** In place of hosts that nobody named. */
  anyHost: (domain: string) => `MX of ${domain}`,
  hosts: (names: readonly string[]) => names.join(", "),
  of: (domains: string, _isSeveral: boolean) => ` of ${domains}`,
  on: (day: string) => ` on ${day}`,
  sessions: (sessions: number) => formatNumberOf(sessions, "session"),
  /** Beside figures of mail. */
  tlsSessions: (sessions: number) => formatNumberOf(sessions, "TLS session"),
  failed: (failed: number, share: string) => `${formatCount(failed)} failed${share}`,
  failedBy: (sessions: number, why: string) => `${formatCount(sessions)} ${why}`,
  noneFailed: "none failed",
  allHosts: (domain: string) => `${domain}, no MX named`,
  ...tlsTexts,
};
