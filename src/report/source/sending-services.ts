import { isWithin, normalDomain } from "../domain.ts";
import type { ReportRecord } from "../types.ts";
import { type SendingService, sendingServices } from "./sending-service.ts";

/** Which service sent the messages of a record, and what says so. */
export interface NamedService {
  service: SendingService;
  /**
   * `dkim`, `envelope`: a message authenticated as the service. `custom-envelope`, `selector`: it authenticated as our
   * own domain, by what we publish for that service.
   */
  by: "dkim" | "envelope" | "custom-envelope" | "selector";
  /** Nothing authenticated: a signature with our domain failed, and whoever wrote it may write any selector. */
  isClaimed?: true;
}

/**
 * The service whose own domain a domain is, or is below; the longest such domain wins.
 *
 * `"u1.wl.sendgrid.net"` is SendGrid's. It says nothing unless a message authenticated as that domain.
 */
export function serviceOfDomain(domain: string): SendingService | undefined {
  return byDomain.get(serviceDomainOf(domain) ?? "");
}

/** The longest domain of a service that a domain is, or is below: `"sendgrid.net"` of `"u1.wl.sendgrid.net"`. */
export function serviceDomainOf(domain: string): string | undefined {
  if (domain.length > maxDomainLength) return undefined;
  for (let rest = domain, dot = 0; dot >= 0; rest = rest.slice(dot + 1)) {
    if (byDomain.has(rest)) return rest;
    dot = rest.indexOf(".");
  }
  return undefined;
}

/**
 * Of the names under which a message authenticated, the one that tells the most of who sent it: a calendar, a service, one
 * that passes on, a name that is not known, and last a carrier through which others send. Of equal ones the first.
 *
 * @returns `undefined` for none.
 */
export function mostTelling(names: readonly string[]): string | undefined {
  if (names.length < 2) return names[0];
  const ranks = names.map((name) => rankOf(serviceOfDomain(name)));
  return names[ranks.indexOf(Math.min(...ranks))];
}

function rankOf(service: SendingService | undefined): number {
  if (service === undefined) return 3;
  if (service.isCarrier === true) return 4;
  return service.passesOn === undefined ? 1 : service.passesOn === "calendar" ? 0 : 2;
}

/**
 * The service of the shipped list that sent the messages of a record, as far as that can be told without a look-up.
 *
 * A service's own domain names it only if it authenticated: anybody may write any domain into a mail. Of several, the
 * one that did not merely carry or forward the message is taken: mail of Resend also authenticates as Amazon SES.
 *
 * @param ownDomain - The organizational domain of the policy; it is the author's, and never the service's.
 */
export function serviceOfRecord(
  { authResults }: Pick<ReportRecord, "authResults">,
  ownDomain: string,
): NamedService | undefined {
  const { dkim, spf }: Record<"dkim" | "spf", readonly NamedResult[]> = authResults;
  const isOurs = ({ domain = "" }: NamedResult): boolean => isWithin(domain, [ownDomain]);
  const isOwnPass = (one: NamedResult): boolean => one.result === "pass" && isOurs(one);
  const isForeignPass = (one: NamedResult): boolean => one.result === "pass" && !isOurs(one);
  const isClaim = (one: NamedResult): boolean => one.result !== "pass" && isOurs(one);
  const byDomainOf = ({ domain = "" }: NamedResult) => serviceOfDomain(domain);
  const byLabelsOf = ({ domain = "" }: NamedResult) => serviceOfEnvelope(domain.slice(0, -ownDomain.length));
  const bySelectorOf = ({ selector }: NamedResult) => serviceOfSelector(selector);
  const named = [
    ...namedBy("dkim", dkim.filter(isForeignPass), byDomainOf),
    ...namedBy("envelope", spf.filter(isForeignPass), byDomainOf),
    // What we publish for a service names it, where a message authenticated as our own domain.
    ...namedBy("custom-envelope", spf.filter(isOwnPass), byLabelsOf),
    ...namedBy("selector", dkim.filter(isOwnPass), bySelectorOf),
  ];
  const [claimed] = namedBy("selector", dkim.filter(isClaim), bySelectorOf);
  return (
    named.find(({ service }) => service.passesOn === "calendar") ??
    named.find(({ service }) => service.isCarrier !== true && service.passesOn === undefined) ??
    named.find(({ service }) => service.passesOn === undefined) ??
    named[0] ??
    (claimed && { ...claimed, isClaimed: true })
  );
}

interface NamedResult {
  domain?: string;
  selector?: string;
  result: string;
}

function namedBy(
  by: NamedService["by"],
  results: readonly NamedResult[],
  serviceOf: (result: NamedResult) => SendingService | undefined,
): NamedService[] {
  const services = results.filter(({ domain = "" }) => normalDomain(domain) === domain).map(serviceOf);
  return services.flatMap((service) => (service === undefined ? [] : { service, by }));
}

/** @param labels - Those in front of our own domain, with a dot at the end; empty for the domain itself. */
function serviceOfEnvelope(labels: string): SendingService | undefined {
  return labels === "" ? undefined : withEnvelope.find(([pattern]) => pattern.test(labels))?.[1];
}

function serviceOfSelector(selector = ""): SendingService | undefined {
  if (selector === "" || selector.length > maxDomainLength) return undefined;
  const name = selector.toLowerCase();
  return bySelector.get(name) ?? withPattern.find(([pattern]) => pattern.test(name))?.[1];
}

const maxDomainLength = 253;

const byDomain = new Map(servicesBy(({ dkimDomains, envelopeDomains }) => [...dkimDomains, ...envelopeDomains]));
const bySelector = new Map(servicesBy(({ selectors }) => selectors?.distinctive));
const withPattern = servicesBy(({ selectors }) => selectors?.pattern && [new RegExp(selectors.pattern)]);
const withEnvelope = servicesBy(({ customEnvelope }) => customEnvelope && [new RegExp(customEnvelope)]);

function servicesBy<Key>(
  keysOf: (service: SendingService) => readonly Key[] | "" | undefined,
): [Key, SendingService][] {
  return sendingServices.flatMap((service) =>
    (keysOf(service) || []).map((key): [Key, SendingService] => [key, service]),
  );
}
