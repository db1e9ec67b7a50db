import { type FailingSource, isSilent } from "../../digest/day/day.ts";
import {
  isNetwork,
  knownNameOf,
  type SendingService,
  senderNameFor,
  sendingServices,
  serviceOfDomain,
} from "../../report/source/source.ts";
import { knownReporter, knownReporters } from "../../report/trust/trust.ts";
import { amountWords, formatNames } from "./amounts.ts";
import type { Guard, Phrases } from "./phrases.ts";

/** A source as the shipped list may know it. */
type NamedSource = Pick<FailingSource, "source" | "service">;

/** How many of those who saw failures are named. */
const shownReporters = 3;
/** How many addresses a step names. */
const shownAddresses = 3;

/** What fails at a source and what to do about it, in the words of a language. */
export function sourceWords(phrases: Phrases) {
  const { comma, dot, aside, amount, sources: say } = phrases;
  const { day, share } = amountWords(phrases);
  return {
    name,
    /** `example.com mail sent by SendGrid and others`; `example.com mail` of no source. */
    mailOf: (mail: string, source: NamedSource | undefined, guard: Guard, hasOthers = false) =>
      say.mailOf(mail, source && name(source, guard), hasOthers),
    passedUntil,
    /** What failed and since when: `DKIM broken: d=example.com s=s1. Passed until Fri 20 Nov (99.9%), fails since …`; of several hosts with how many others there are. */
    cause: (source: FailingSource, guard: Guard, others = 0) => {
      const { since } = source;
      const what = `${classText(source, guard, others)}${networkText(source, guard)}`;
      if (since === undefined) return what;
      return `${what}${phrases.stop}${passedUntil(since.lastGoodDay, since.passRate)}${comma}${say.failsSince(day(since.failsSince))}`;
    },
    /** The next step for a domain, or a list of them, that is guarded: `Publish the DNS record s1._domainkey.…`; then what failure reports settle. No full stop at the end. */
    step: (source: FailingSource, domain: string, guard: Guard) =>
      [step(source, domain, guard), ...settledBy(source)].join(phrases.stop),
    /** `Google · Yahoo and 2 more` */
    reporters: (reporters: readonly string[], guard: Guard) => {
      const names = reporters.map((reporter) => guard(reporterName(reporter)));
      return formatNames(names, shownReporters, phrases, dot);
    },
    /** `Google 371 · Yahoo 41 · policy quarantine` */
    seenBy: ({ seenBy, impact: { messages }, policy }: FailingSource, guard: Guard) => {
      const named = seenBy.slice(0, shownReporters);
      const others = messages - named.reduce((sum, seen) => sum + seen.messages, 0);
      return [
        ...named.map((seen) => `${guard(reporterName(seen.reporter))} ${amount(seen.messages)}`),
        ...(others > 0 ? [`${say.others} ${amount(others)}`] : []),
        ...(policy === undefined ? [] : [say.policy(say.policies.get(policy) ?? guard(policy))]),
      ].join(dot);
    },
  };

  /** ` (mail.example.net, AS64500 Example Networks, US)`; empty where nothing is known. */
  function networkText({ network = {} }: FailingSource, guard: Guard): string {
    const { host, asn, name: system, country } = network;
    const named = [host, [asn && `AS${asn}`, system].filter(Boolean).join(" "), country].filter((text) => !!text);
    return named.length === 0 ? "" : aside(named.map((text) => guard(text ?? "")).join(comma));
  }

  /** What a source is called within a sentence. */
  function name(source: NamedSource, guard: Guard): string {
    const shown = sourceText(source, guard, phrases);
    return sourceName(source) === "unknown" ? say.unknown(shown) : say.name(shown);
  }

  /** `Passed until Fri 20 Nov (99.9%)` */
  function passedUntil(lastGoodDay: string | undefined, rate: number | undefined): string {
    if (lastGoodDay === undefined) return say.passedBefore;
    return `${say.passedUntil(day(lastGoodDay))}${rate === undefined ? "" : aside(share(rate))}`;
  }

  function classText({ mailClass, source, signatures, results }: FailingSource, guard: Guard, others: number): string {
    if (mailClass === "not-aligned") return say.notAligned(guard(source));
    if (mailClass === "missing-in-spf")
      return say.missingInSpf(`${guard(source)}${others > 0 ? phrases.andMore(others) : ""}`);
    if (mailClass === "unknown" && !isNetwork(source)) return say.unknownSender(guard(source));
    const label = phrases.mailClass[mailClass];
    if (!ofRecords.has(mailClass)) return label;
    const named = signatures
      .slice(0, 2)
      .map(({ domain, selector }) => `d=${guard(domain)}${selector === undefined ? "" : ` s=${guard(selector)}`}`);
    const result = named.length === 0 ? results.spf : results.dkim;
    const what = named.length === 0 && mailClass === "our-dns" ? ["SPF"] : named;
    if (what.length === 0) return label;
    return `${label}: ${what.join(comma)}${result === undefined ? "" : aside(guard(result))}`;
  }

  /** What most failure reports say of a key, behind the step. */
  function settledBy(source: FailingSource): string[] {
    const { what, mails } = mostReported(source);
    return what === "key" || what === "body" ? [phrases.failures[what](mails)] : [];
  }

  function step(source: FailingSource, domain: string, guard: Guard): string {
    const service = serviceOfSource(source);
    const setup = service && { name: service.name, setup: say.setup(service.name) };
    const isRejected = source.policy === "reject";
    // Nobody sets up DKIM at a mailbox provider, a mailing list or a forwarder.
    if (service?.passesOn !== undefined && unsigned.has(source.mailClass)) return say.passedOn;
    switch (source.mailClass) {
      case "our-dns":
      case "broken-key":
      case "broken-signature":
        return recordStep(source, domain, guard);
      case "strict-alignment":
        return say.alignStrictly(source.headerFroms[0] === undefined ? domain : guard(source.headerFroms[0]));
      case "not-aligned":
        return setup === undefined ? say.align(name(source, guard), domain) : say.setUpDkim(domain, setup);
      case "unknown":
        if (isNetwork(source.source)) return say.hostIfOurs(addressesOf(source, guard), domain, isRejected);
        return say.alignIfOurs(name(source, guard), domain, isRejected);
      case "missing-in-spf": {
        if (source.isBounce) return say.signBounces(domain);
        const record = source.envelope === undefined ? domain : guard(source.envelope);
        if (!isNetwork(source.source)) return say.addInclude(name(source, guard), record);
        return isSeveral(source)
          ? say.addAllToSpf(addressesOf(source, guard), record)
          : say.addToSpf(addressesOf(source, guard), record);
      }
      case "spoofed":
        return isRejected ? say.spoofedAndRejected : say.spoofed;
      case "altered":
        return source.signatures.length === 0 ? say.passedOn : say.altered;
      case "passed-on":
        return say.passedOn;
      case "trouble":
        return say.trouble;
      case "not-evaluated":
      case "aligned":
      case "dkim-alone":
      case "spf-alone":
      case "forwarded":
        return say.nothing;
      default:
        return source.mailClass satisfies never;
    }
  }

  /** What to do about a record of ours in DNS, by the result that was seen. */
  function recordStep(source: FailingSource, domain: string, guard: Guard): string {
    const { mailClass, signatures, results, envelope } = source;
    if (mailClass === "our-dns" && signatures.length === 0) {
      const name = envelope === undefined ? domain : guard(envelope);
      return results.spf === "temperror" ? say.spfUnreachable(name) : say.mendSpf(name);
    }
    const names = signatures.flatMap(({ domain, selector }) =>
      selector === undefined ? [] : [guard(`${selector}._domainkey.${domain}`)],
    );
    const record = say.keyRecords(names.slice(0, 2));
    const service = serviceOfSource(source);
    const { what, mails } = mostReported(source);
    if (what === "revoked") return phrases.failures.revoked(mails, record);
    const publish = (): string =>
      say.publishKey(record, service && { name: service.name, setup: say.setup(service.name) });
    if (isSilent(source)) return say.nameServers(domain);
    // Some receivers call a key that is not there one that does not fit.
    if (mailClass === "our-dns") return publish();
    switch (results.dkim) {
      case "permerror":
      case "temperror":
        return publish();
      case "policy":
        return say.renewKey(record);
      default:
        return mailClass === "broken-signature" ? say.keepSigned(name(source, guard), record) : say.compareKey(record);
    }
  }

  function isSeveral({ addresses, moreAddresses }: FailingSource): boolean {
    return addresses.length + moreAddresses > shownAddresses;
  }

  function addressesOf({ addresses, moreAddresses }: FailingSource, guard: Guard): string {
    return formatNames(addresses.map(guard), shownAddresses, phrases, comma, moreAddresses);
  }
}

/** What most failure reports say of a source's keys, and how many; nothing where as many say something else. */
function mostReported({ reported }: FailingSource) {
  const said = (["key", "revoked", "body"] as const).map((what) => ({ what, mails: reported?.[what] ?? 0 }));
  const [first, second] = said.sort((a, b) => b.mails - a.mails);
  return first !== undefined && first.mails > (second?.mails ?? 0) ? first : { what: undefined, mails: 0 };
}

/** Classes of mail that the sender would have to sign as us. */
const unsigned: ReadonlySet<FailingSource["mailClass"]> = new Set(["not-aligned", "unknown", "missing-in-spf"]);

/** Classes that speak of records of ours in DNS. */
const ofRecords: ReadonlySet<FailingSource["mailClass"]> = new Set(["our-dns", "broken-key", "broken-signature"]);

/** What people call a reporter: `Google` for `google.com`; what it calls itself where it is not known. A stranger's text. */
export function reporterName(reporter: string): string {
  const known = knownReporter(reporter) ?? knownReporters.find(({ related }) => related.includes(reporter));
  return known?.name ?? reporter;
}

/** What people call a source: see `knownNameOf`. */
export function sourceName({ source, service }: NamedSource): string {
  return knownNameOf(source, service);
}

/** The same with names that are guarded, each by itself. */
export function sourceText({ source, service }: NamedSource, guard: Guard, { aside }: Pick<Phrases, "aside">): string {
  const { name, host } = senderNameFor(source, service);
  return host === undefined ? guard(name) : `${guard(name)}${aside(guard(host))}`;
}

/** The service of the shipped list that a source is. */
export function serviceOfSource({ source, service }: NamedSource): SendingService | undefined {
  return sendingServices.find(({ name }) => name === service) ?? serviceOfDomain(source);
}
