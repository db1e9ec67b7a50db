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
  "no-report": ({ domain }: FoundByRule) => `nobody reports ${domain} any more`,
  "policy-weakened": ({ subject }: FoundByRule) => `the policy of ${subject} has become weaker`,
  "spoofing-delivered": ({ domain, messages }: FoundByRule) =>
    `${formatNumberOf(messages, "spoofed message")} in the name of ${domain} ${messages === 1 ? "was" : "were"} delivered`,
  "unknown-sender": ({ domain, subject, messages }: FoundByRule) =>
    `is ${subject} yours? It sends as ${domain} and fails DMARC, ${formatNumberOf(messages, "message")}`,
  "parked-sends": ({ domain, messages }: FoundByRule) =>
    `${domain} had sent nothing for 90 days, and now ${formatNumberOf(messages, "message")} of it ${messages === 1 ? "passes" : "pass"} DMARC`,
  "reporter-silent": ({ subject }: FoundByRule) => `${subject} has fallen silent`,
  "reporter-unverified": ({ subject }: FoundByRule) => `the mails of ${subject} are not authenticated`,
} satisfies Record<RuleName, (found: FoundByRule) => string>;

/** DNS records within a sentence. */
export const records = {
  key: (record: string) => `the DNS record ${record}`,
  spf: (domain: string) => `the SPF record of ${domain}`,
};
