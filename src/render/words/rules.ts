import type { Incident } from "../../digest/incidents/incidents.ts";
import type { Guard, Phrases } from "./phrases.ts";
import { reporterName, sourceName } from "./sources.ts";

/** What an incident is about, in the words of a language. */
export function ruleWords(phrases: Phrases) {
  return {
    /** What to do about an incident of which no source is known: a sentence or two without a full stop at the end. */
    incidentStep: (key: Incident["key"], guard: Guard) => {
      const { text, leg } = subjectOf(
        key,
        key.rule === "unknown-sender" ? { guard, isPlain: true } : { guard },
        phrases,
      );
      return phrases.incidents.steps[key.rule]({
        domain: key.domain === "" ? "" : guard(key.domain),
        subject: text,
        messages: 0,
        isHeld: false,
        leg,
      });
    },
    /** An incident in one clause: `the key in the DNS record s1._domainkey.example.com is broken: 210 messages of …`. */
    incident: ({ key, level }: Pick<Incident, "key" | "level">, messages: number, guard: Guard) => {
      const { leg, ...subject } = subjectOf(key, { guard }, phrases);
      return phrases.rules[key.rule]({
        domain: key.domain === "" ? "" : guard(key.domain),
        subject: subject.text,
        messages,
        isHeld: level === "act",
        leg,
      });
    },
  };
}

function subjectOf(
  { rule, subject, domain }: Incident["key"],
  { guard, isPlain = false }: { guard: Guard; isPlain?: boolean },
  { sources, records }: Phrases,
): { text: string; leg: string } {
  // A person answers with the domain, not with the name that people know.
  const sender = (source: string): string => (isPlain ? guard(source) : sources.name(guard(sourceName({ source }))));
  switch (rule) {
    case "key-broken":
    case "dns": {
      const [of = "", selector] = subject.split("/");
      if (selector === undefined) return { text: records.spf(guard(domain)), leg: "" };
      return { text: records.key(guard(`${selector}._domainkey.${of}`)), leg: "" };
    }
    case "leg-lost": {
      const leg = subject.endsWith(" SPF") ? "SPF" : "DKIM";
      return { text: sender(subject.replace(/ (DKIM|SPF)$/, "")), leg };
    }
    case "reporter-silent":
    case "reporter-unverified":
      return { text: sources.name(guard(reporterName(subject))), leg: "" };
    case "policy-weakened":
      return { text: guard(subject), leg: "" };
    case "sender-fails":
    case "threshold":
    case "stopped":
    case "leapt":
    case "no-report":
    case "spoofing-delivered":
    case "unknown-sender":
    case "parked-sends":
      return { text: subject === "" ? "" : sender(subject), leg: "" };
    default:
      return rule satisfies never;
  }
}
