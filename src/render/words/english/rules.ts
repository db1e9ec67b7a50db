import type { RuleName } from "../../../digest/incidents/incidents.ts";
import { formatNumberOf } from "../format.ts";

/** What a rule found, with its names as they are shown. */
export interface FoundByRule {
  domain: string;
  /** A sender within a sentence, a DNS record, or a reporter; empty where the rule is about the domain itself. */
  subject: string;
  messages: number;
  /** Whether receivers hold the messages, or are asked to. */
  isHeld: boolean;
  /** The half of DMARC that a sender has lost. */
  leg: string;
}

/** What each rule finds, as a clause. */
export const rules = {
  "sender-fails": ({ domain, subject, messages, isHeld }: FoundByRule) =>
    `${domain} mail sent by ${subject} fails DMARC, ${formatNumberOf(messages, "message")}, ${isHeld ? "held by receivers" : "still delivered"}`,
  "key-broken": ({ domain, subject, messages }: FoundByRule) =>
    `the key in ${subject} is broken: ${formatNumberOf(messages, "message")} of ${domain} ${messages === 1 ? "fails" : "fail"} DMARC`,
  dns: ({ domain, subject, messages }: FoundByRule) =>
    `${subject} cannot be looked up: ${formatNumberOf(messages, "message")} of ${domain} ${messages === 1 ? "fails" : "fail"} DMARC`,
  threshold: ({ domain, messages }: FoundByRule) =>
    `${domain} mail fails DMARC above the limit that you have set, ${formatNumberOf(messages, "message")}`,
  "leg-lost": ({ domain, subject, leg }: FoundByRule) =>
    `${domain} mail sent by ${subject} no longer passes by ${leg}, only by ${leg === "SPF" ? "DKIM" : "SPF"}`,
  stopped: ({ domain, subject, messages }: FoundByRule) =>
    `${subject} has stopped sending for ${domain}, or sends far less: ${formatNumberOf(messages, "message")} missing`,
  leapt: ({ domain, subject, messages }: FoundByRule) =>
    `${subject} sent ${formatNumberOf(messages, "message")} for ${domain} in a day, far more than usual`,
  "no-report": ({ domain }: FoundByRule) =>
    domain === "" ? "no report comes any more, about any domain" : `nobody reports ${domain} any more`,
  "policy-weakened": ({ subject }: FoundByRule) => `the policy of ${subject} has become weaker`,
  "spoofing-delivered": ({ domain, messages }: FoundByRule) =>
    `${formatNumberOf(messages, "spoofed message")} in the name of ${domain} ${messages === 1 ? "was" : "were"} delivered`,
  "unknown-sender": ({ domain, subject, messages }: FoundByRule) =>
    `is ${subject} yours? It sends as ${domain} and fails DMARC, ${formatNumberOf(messages, "message")}`,
  "parked-sends": ({ domain, messages }: FoundByRule) =>
    `${domain} has sent nothing so far, and now ${formatNumberOf(messages, "message")} of it ${messages === 1 ? "passes" : "pass"} DMARC`,
  "reporter-silent": ({ subject }: FoundByRule) => `${subject} has fallen silent`,
  "reporter-unverified": ({ subject }: FoundByRule) => `the mails of ${subject} are not authenticated`,
} satisfies Record<RuleName, (found: FoundByRule) => string>;

/** DNS records within a sentence. */
export const records = {
  key: (record: string) => `the DNS record ${record}`,
  spf: (domain: string) => `the SPF record of ${domain}`,
};

/** What is said of an incident beside that: what to do about it where no source says so, and what has changed. */
export const incidents = {
  steps: {
    "sender-fails": ({ subject, domain }: FoundByRule) => `See how ${subject} is set up to sign as ${domain}`,
    "key-broken": ({ subject }: FoundByRule) => `Compare ${subject} with the key that the sender signs with`,
    dns: ({ subject }: FoundByRule) => `See that ${subject} is there, and that the name servers answer for it`,
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
    "unknown-sender": ({ subject }: FoundByRule) =>
      `Answer in the input senders: ours: ${subject}, or not-ours: ${subject}`,
    "parked-sends": ({ domain }: FoundByRule) =>
      `If nobody should send as ${domain}, see who does, and who may change its DNS`,
    "reporter-silent": () => "Nothing: see whether its reports come again",
    "reporter-unverified": () => "See that authserv-id names your mail host",
  } satisfies Record<RuleName, (found: FoundByRule) => string>,
  worse: "worse than before",
  back: "back again",
  early: "posted early before",
  since: (day: string) => `since ${day}`,
  age: (days: number) => `day ${days}`,
  opened: (text: string, since: string) => `New, since ${since}: ${text}`,
  stillOpen: (text: string, age: number) => `Still open, day ${age}: ${text}`,
  over: (text: string, since: string, last: string) =>
    `Over (${since === last ? since : `${since} – ${last}`}): ${text}`,
  withdrawn: (text: string, since: string) => `Withdrawn, ${since} does not bear it out: ${text}`,
  /** Above an early alarm. */
  earlyNote: (day: string) => `Early alarm: ${day} is not fully reported yet, its digest follows`,
};
