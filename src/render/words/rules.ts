import { type Incident, type RuleName, senderOfSubject } from "../../digest/incidents/incidents.ts";
import { isLookUp } from "../../digest/senders/senders.ts";
import { isOfPolicy, type TlsFigures, type TlsHost, type TlsResult, tlsSubject } from "../../digest/tls/tls.ts";
import type { DigestIncident } from "../../digest/types.ts";
import { isWithin } from "../../report/domain.ts";
import type { KeyResult } from "../../report/source/source.ts";
import { amountWords, formatNames } from "./amounts.ts";
import { fillIn } from "./format.ts";
import type { Guard, Phrases } from "./phrases.ts";
import { reporterName, sourceText } from "./sources.ts";

/** What an incident is about, at one domain or at several. */
type Key = Incident["key"] & Domains & Pick<DigestIncident, "hosts" | "isDane" | "addresses" | "lostKey">;

interface Domains {
  domain: string;
  domains?: readonly string[] | undefined;
  /** Hosts that fail alike, by their networks; absent for one sender. */
  networks?: readonly string[] | undefined;
}

/** Domains, or addresses, that are named within a sentence. */
const mostNamed = 3;

/** `example.com`; `5 domains`; empty for all domains. */
function domainText({ domain, domains = [domain] }: Domains, guard: Guard, phrases: Phrases): string {
  if (domains.length > 1) return phrases.domains(domains.length);
  return domain === "" ? "" : guard(domain);
}

/** `example.com mail`; `mail of 5 domains`. */
export function mailText(key: Domains, guard: Guard, phrases: Phrases): string {
  return phrases.sources.mail(domainText(key, guard, phrases), (key.domains?.length ?? 1) > 1);
}

/** `example.com`; `a.example, b.example, c.example and 2 more`. */
export function domainList({ domain, domains = [domain] }: Domains, guard: Guard, phrases: Phrases): string {
  return formatNames(domains.map(guard), mostNamed, phrases);
}

/** What an incident is about, in the words of a language. */
export function ruleWords(phrases: Phrases) {
  return {
    answers,
    /** The domains of an incident: `a.example, b.example, c.example and 2 more`. */
    domainList: (key: Domains, guard: Guard) => domainList(key, guard, phrases),
    /** What to do about an incident of which no source is known: a sentence or two without a full stop at the end. */
    incidentStep: (key: Key, guard: Guard) => {
      if (key.lostKey !== undefined) return keyStep(key.lostKey, guard, phrases);
      const domain = key.domain === "" ? "" : domainList(key, guard, phrases);
      return textFor(phrases.steps, { ...valuesOf(key, guard), domain }, key);
    },
    /** An incident in one clause: `the key in the DNS record s1._domainkey.example.com is broken: 210 messages of …`. */
    incident: (
      of: Pick<Incident, "level"> & { key: Key; isShort?: boolean; earlierDay?: string | undefined },
      messages: number,
      guard: Guard,
    ) => {
      const { key, level, isShort, earlierDay } = of;
      const domain = domainText(key, guard, phrases);
      const on = earlierDay === undefined ? "" : phrases.tls.on(earlierDay);
      return textFor(phrases.rules, { ...valuesOf(key, guard), domain, messages, level, on }, { ...key, isShort });
    },
  };

  /** What the texts of a rule have room for, beside the domain. */
  function valuesOf(key: Key, guard: Guard) {
    const { text, leg } = subjectOf(key, guard, phrases);
    return {
      mail: mailText(key, guard, phrases),
      subject: text,
      bare: text.trim(),
      leg,
      otherLeg: leg === "SPF" ? "DKIM" : "SPF",
      answers: answers(key, guard),
      ...tlsOf(key, guard, phrases),
    };
  }

  /** The lines with which a person says whose a sender is: with its domain, not with the name that people know. */
  function answers({ subject, addresses = [subject] }: Pick<Key, "subject" | "addresses">, guard: Guard): string {
    const named = addresses.slice(0, mostNamed);
    return ["ours", "not-ours"]
      .map((said) => named.map((name) => guard(`${said}: ${name}`)).join(phrases.comma))
      .join(phrases.or);
  }
}

/** What to do about a key by which mail fails, by the result that receivers gave. */
function keyStep({ key, result }: KeyResult, guard: Guard, { sources }: Phrases): string {
  const [domain = "", selector = "?"] = key.split("/");
  const record = sources.keyRecords(selector === "?" ? [] : [guard(`${selector}._domainkey.${domain}`)]);
  if (isLookUp(result)) return sources.publishKey(record, undefined);
  return result === "policy" ? sources.renewKey(record) : sources.compareKey(record);
}

/** The text of a rule; some have another one for a case of their own. */
function textFor(
  texts: Readonly<Record<RuleName, string>> & Readonly<Record<string, string>>,
  values: Readonly<Record<string, string | number>>,
  { rule, domain, isShort }: Key & { isShort?: boolean | undefined },
): string {
  const cases: Partial<Record<RuleName, string | false>> = {
    "sender-fails": values.level !== "act" && "delivered",
    "leg-lost": values.leg === "SPF" && "SPF",
    "no-report": domain === "" && "all",
    "unknown-sender": isShort === true && "short",
    "mails-to-go": values.messages === 0 && "some",
  };
  return fillIn(texts[`${rule}.${cases[rule]}`] ?? texts[rule], (name) => values[name]);
}

/** What is wrong with inbound TLS, which names one host so that it fits a headline, and what to do about it. */
function tlsOf({ rule, subject, domains, hosts = [], isDane }: Key, guard: Guard, phrases: Phrases) {
  if (rule !== "tls-fails") return { clause: "", step: "", of: "" };
  const { tls, andMore } = phrases;
  const { result, domain } = tlsSubject(subject);
  const about = { domain, domains };
  const fill = (text: string, most: number): string => {
    const more = hosts.length > most ? andMore(hosts.length - most) : "";
    const named = `${tls.hosts(hosts.slice(0, most).map(guard))}${more}`;
    const values: Record<string, string> = {
      domain: domainList(about, guard, phrases),
      hosts: hosts.length === 0 ? tls.anyHost(guard(domain)) : named,
      // Where a domain has its MTA-STS policy (RFC 8461, section 3).
      policyHost: guard(`mta-sts.${domain}`),
      policy: guard(`https://mta-sts.${domain}/.well-known/mta-sts.txt`),
      record: guard(`_mta-sts.${domain}`),
    };
    return fillIn(text, (name) => values[name]);
  };
  const steps: Record<TlsResult, string> = isDane ? { ...tls.steps, ...tls.daneSteps } : tls.steps;
  const [host] = isOfPolicy(result) ? [] : hosts;
  // A host of theirs says whose it is.
  const isSeveral = (domains?.length ?? 1) > 1;
  const isTold = !isSeveral && (host === undefined || isWithin(host, [domain]));
  return {
    clause: fill(tls.clauses[result], 1),
    step: fill(steps[result], mostNamed),
    of: isTold ? "" : tls.of(domainText(about, guard, phrases), isSeveral),
  };
}

function subjectOf(
  { rule, subject, domain, addresses, networks = [senderOfSubject(subject)] }: Key,
  guard: Guard,
  phrases: Phrases,
): { text: string; leg: string } {
  const { sources, records } = phrases;
  const sender = (source: string): string => sources.name(sourceText({ source }, guard, phrases));
  const senders = (): string => {
    const [first = "", ...others] = networks;
    return first === "" ? "" : `${sender(first)}${others.length > 0 ? phrases.andMore(others.length) : ""}`;
  };
  switch (rule) {
    case "key-broken":
    case "dns": {
      const [of = "", selector] = subject.split("/");
      if (selector === undefined) return { text: records.spf(guard(domain)), leg: "" };
      if (selector === "?") return { text: records.anyKey(guard(of)), leg: "" };
      return { text: records.key(guard(`${selector}._domainkey.${of}`)), leg: "" };
    }
    case "leg-lost": {
      const leg = subject.endsWith(" SPF") ? "SPF" : "DKIM";
      return { text: senders(), leg };
    }
    case "reporter-silent":
    case "reporter-unverified":
      return { text: sources.name(guard(reporterName(subject))), leg: "" };
    case "policy-weakened":
    case "tls-fails":
    case "unread-mailbox":
    case "mails-to-go":
    case "nothing-counts":
      return { text: guard(subject), leg: "" };
    case "unknown-sender": {
      if (addresses === undefined) return { text: sender(subject), leg: "" };
      const text = formatNames(addresses.map(guard), mostNamed, phrases);
      return { text: addresses.length > mostNamed ? text : sources.name(text), leg: "" };
    }
    case "sender-fails":
    case "threshold":
    case "stopped":
    case "leapt":
    case "no-report":
    case "spoofing-delivered":
    case "parked-sends":
      return { text: senders(), leg: "" };
    default:
      return rule satisfies never;
  }
}

/** Inbound TLS in the words of a language. */
export function tlsWords(phrases: Phrases) {
  const { aside, comma, dot, tls: say } = phrases;
  const { share } = amountWords(phrases);
  return {
    label: say.label,
    /** What was wrong, by result: `certificate expired`. */
    results: say.results,
    /** `448 sessions · 37 failed (8.3%): 35 certificate expired, 2 not validated`; the failed ones alone where others are not known. */
    figures: (of: TlsFigures & Pick<TlsHost, "isPartial">) => {
      if (of.isPartial) return `${say.failed(of.failed, "")}: ${why(of)}`;
      const failed = say.failed(of.failed, aside(share(of.failed / of.sessions)));
      return [say.sessions(of.sessions), of.failed === 0 ? say.noneFailed : `${failed}: ${why(of)}`].join(dot);
    },
    /** `412 sessions` */
    sessions: say.sessions,
    /** `mx1.example.com`; of sessions with no host in the report the domain. */
    host: ({ domain, mx }: TlsHost, guard: Guard) => (mx === undefined ? say.allHosts(guard(domain)) : guard(mx)),
  };

  /** `35 certificate expired, 2 not validated` */
  function why({ results }: TlsFigures): string {
    return results.map(({ name, count }) => say.failedBy(count, say.results[name])).join(comma);
  }
}
