import type { RuleName } from "../../../digest/incidents/incidents.ts";
import type { DnsChange } from "../../../history/dns/dns.ts";
import { formatCount, formatNumberOf } from "../format.ts";
import texts from "./texts.json" with { type: "json" };
import tlsTexts from "./tls.json" with { type: "json" };

/** What a rule found, with its names as they are shown. */
export interface FoundByRule {
  /** One, or how many. */
  domain: string;
  /** `example.com mail` */
  mail: string;
  /** A sender within a sentence, a DNS record, or a reporter; empty where the rule is about the domain itself. */
  subject: string;
  messages: number;
  /** Whether receivers hold the messages, or are asked to. */
  isHeld: boolean;
  /** The half of DMARC that a sender has lost. */
  leg: string;
  /** What is wrong with inbound TLS, and what to do about it; both empty for all else. */
  tls: { clause: string; step: string };
}

/** What each rule finds, as a clause that has room in a headline. */
export const rules = {
  "sender-fails": ({ mail, subject, messages, isHeld }: FoundByRule) =>
    `${mail} sent by ${subject} fails, ${formatNumberOf(messages, "message")} ${isHeld ? "held" : "still delivered"}`,
  "key-broken": ({ subject, messages }: FoundByRule) =>
    `DKIM key broken in ${subject}, ${formatNumberOf(messages, "message")} ${messages === 1 ? "fails" : "fail"}`,
  dns: ({ subject, messages }: FoundByRule) =>
    `${subject} cannot be looked up, ${formatNumberOf(messages, "message")} ${messages === 1 ? "fails" : "fail"}`,
  threshold: ({ mail, messages }: FoundByRule) =>
    `${mail} fails above your limit, ${formatNumberOf(messages, "message")}`,
  "leg-lost": ({ mail, subject, leg }: FoundByRule) =>
    `${mail} sent by ${subject} passes by ${leg === "SPF" ? "DKIM" : "SPF"} alone now`,
  stopped: ({ domain, subject, messages }: FoundByRule) =>
    `${subject} sends far less for ${domain}, or nothing: ${formatCount(messages)} missing`,
  leapt: ({ domain, subject, messages }: FoundByRule) =>
    `${subject} sent far more than usual for ${domain}: ${formatNumberOf(messages, "message")}`,
  "no-report": ({ domain }: FoundByRule) =>
    domain === "" ? "no report comes any more, about any domain" : `nobody reports ${domain} any more`,
  "policy-weakened": ({ subject }: FoundByRule) => `the policy of ${subject} has become weaker`,
  "spoofing-delivered": ({ domain, messages }: FoundByRule) =>
    `${formatNumberOf(messages, "spoofed message")} in the name of ${domain} delivered`,
  "unknown-sender": ({ domain, subject, messages }: FoundByRule) =>
    `is ${subject} yours? It sends as ${domain}, ${formatCount(messages)} failed in 7 days`,
  "parked-sends": ({ domain, messages }: FoundByRule) =>
    `${domain} is parked, and ${formatNumberOf(messages, "message")} of it ${messages === 1 ? "passes" : "pass"} DMARC`,
  "reporter-silent": ({ subject }: FoundByRule) => `${subject} has fallen silent`,
  "tls-fails": ({ tls: { clause }, messages }: FoundByRule) => tls.found(clause, messages),
  "reporter-unverified": ({ subject }: FoundByRule) => `the mails of ${subject} are not authenticated`,
  "unread-mailbox": ({ subject }: FoundByRule) => `mailbox ${subject} could not be read`,
  "mails-to-go": ({ subject, messages }: FoundByRule) =>
    `${messages === 0 ? "some mails" : formatNumberOf(messages, "mail")} of mailbox ${subject} ${messages === 1 ? "is" : "are"} still to be read`,
  "nothing-counts": ({ messages }: FoundByRule) =>
    `none of ${formatNumberOf(messages, "report")} is from a known and verified reporter`,
} satisfies Record<RuleName, (found: FoundByRule) => string>;

/** DNS records within a sentence. */
export const records = {
  key: (record: string) => `DNS record ${record}`,
  spf: (domain: string) => `SPF record of ${domain}`,
};

/** What is said of an incident beside that: what to do about it where no source says so, and what has changed. */
export const incidents = {
  /** What has changed in DNS that the incident may come from. */
  dnsChange: ({ name, type, change, last, day }: DnsChange) => {
    const verbs = { gone: "vanished", new: "came", changed: "changed" };
    return `${name}: the ${type} record ${verbs[change]} between ${last} and ${day}`;
  },
  steps: {
    "sender-fails": ({ subject, domain }: FoundByRule) => `See how ${subject} is set up to sign as ${domain}`,
    "key-broken": ({ subject }: FoundByRule) => `Compare the ${subject} with the key that the sender signs with`,
    dns: ({ subject }: FoundByRule) => `See that the ${subject} is there, and that the name servers answer for it`,
    threshold: ({ domain }: FoundByRule) => `See which senders of ${domain} fail`,
    "leg-lost": ({ subject, domain, leg }: FoundByRule) =>
      leg === "DKIM"
        ? `Let ${subject} sign with DKIM as ${domain} again: mail that is forwarded passes by DKIM alone`
        : `See whether the SPF record of ${domain} or the Return-Path of ${subject} was changed`,
    stopped: ({ subject }: FoundByRule) =>
      `If ${subject} was switched off, nothing. If not, see whether it still sends`,
    leapt: ({ subject }: FoundByRule) => `If that is a campaign, nothing. If not, see who sends through ${subject}`,
    "no-report": ({ domain }: FoundByRule) =>
      domain === ""
        ? "See that mail still reaches this mailbox, and that no filter takes the reports away"
        : `See that _dmarc.${domain} is there, and that its rua leads to this mailbox`,
    "policy-weakened": ({ subject }: FoundByRule) => `See who changed _dmarc.${subject}, and whether that was meant`,
    "spoofing-delivered": ({ domain }: FoundByRule) =>
      `Make the policy of ${domain} quarantine or reject as soon as your own mail passes`,
    "unknown-sender": ({ subject }: FoundByRule) => `Say whose it is in senders: ${subject}`,
    "parked-sends": ({ domain }: FoundByRule) =>
      `If nobody should send as ${domain}, see who does, and who may change its DNS`,
    "reporter-silent": () => "Nothing: see whether its reports come again",
    "tls-fails": ({ tls: { step } }: FoundByRule) => step,
    "reporter-unverified": () => "See that authserv-id names your mail host",
    "unread-mailbox": () => "See the cause below, and mend that",
    "mails-to-go": () => "Nothing: the next runs go on. A larger time-budget reads more in one",
    "nothing-counts": () => "See that authserv-id names your mail host, and whether trusted-reporters lacks somebody",
  } satisfies Record<RuleName, (found: FoundByRule) => string>,
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
  withdrawn: (text: string, since: string) => `Withdrawn, since the whole of ${since} does not show it: ${text}`,
  /** Above an early alarm. */
  earlyNote: (day: string) => `Early alarm: ${day} is not fully reported yet, its digest follows`,
};

/** Inbound TLS (RFC 8460); in `tls.json` each result in a word or two, as a clause, and with what to do about it. */
export const tls = {
  label: "Inbound TLS",
  /** In place of hosts that nobody named. */
  anyHost: (domain: string) => `MX of ${domain}`,
  hosts: (names: readonly string[]) => names.join(", "),
  sessions: (sessions: number) => formatNumberOf(sessions, "session"),
  failed: (failed: number, share: string) => `${formatCount(failed)} failed${share}`,
  noneFailed: "none failed",
  found: (what: string, sessions: number) => `${what}: ${formatNumberOf(sessions, "session")} failed`,
  allHosts: (domain: string) => `${domain}, no MX named`,
  ...tlsTexts,
};
