import { isWithin, normalDomain } from "../domain.ts";
import type { AuthResults, ReportRecord } from "../types.ts";
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
 *
 * @param domain - Any text; a text that is not a domain belongs to no service.
 */
export function serviceOfDomain(domain: string): SendingService | undefined {
  return byDomain.get(serviceDomainOf(domain) ?? "");
}

/** The longest domain of a service that a domain is, or is below: `"sendgrid.net"` of `"u1.wl.sendgrid.net"`. */
export function serviceDomainOf(domain: string): string | undefined {
  if (domain.length > maxDomainLength) return undefined;
  for (let rest = domain; rest !== ""; rest = parentOf(rest)) if (byDomain.has(rest)) return rest;
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
 * The service that sent the messages of a record, as far as that can be told without a look-up.
 *
 * A service's own domain names it only if it authenticated: anybody may write any domain into a mail. Of several, the
 * one that did not merely carry or forward the message is taken: mail of Resend also authenticates as Amazon SES.
 *
 * @param ownDomain - The organizational domain of the policy; it is the author's, and never the service's.
 * @returns `undefined` where nothing names a service of the shipped list.
 */
export function serviceOfRecord(
  { authResults }: Pick<ReportRecord, "authResults">,
  ownDomain: string,
): NamedService | undefined {
  const named = [...authenticated(authResults, ownDomain), ...published(authResults, ownDomain)];
  return (
    named.find(({ service }) => service.passesOn === "calendar") ??
    named.find(({ service }) => service.isCarrier !== true && service.passesOn === undefined) ??
    named.find(({ service }) => service.passesOn === undefined) ??
    named[0] ??
    claimed(authResults, ownDomain)
  );
}

/** Services as which a message authenticated, by their own domains. */
function* authenticated({ dkim, spf }: AuthResults, ownDomain: string): Generator<NamedService> {
  for (const [results, by] of [[dkim, "dkim"] as const, [spf, "envelope"] as const]) {
    for (const result of results) {
      const domain = passed(result);
      if (domain === undefined || isWithin(domain, [ownDomain])) continue;
      const service = serviceOfDomain(domain);
      if (service !== undefined) yield { service, by };
    }
  }
}

/** Services that are named by what we publish for them, where a message authenticated as our own domain. */
function* published({ dkim, spf }: AuthResults, ownDomain: string): Generator<NamedService> {
  for (const result of spf) {
    const domain = passed(result);
    if (domain === undefined || !isWithin(domain, [ownDomain])) continue;
    const service = serviceOfEnvelope(domain.slice(0, -ownDomain.length));
    if (service !== undefined) yield { service, by: "custom-envelope" };
  }
  for (const result of dkim) {
    const domain = passed(result);
    if (domain === undefined || !isWithin(domain, [ownDomain])) continue;
    const service = serviceOfSelector(result.selector);
    if (service !== undefined) yield { service, by: "selector" };
  }
}

function claimed({ dkim }: AuthResults, ownDomain: string): NamedService | undefined {
  for (const { domain = "", selector, result } of dkim) {
    if (result === "pass" || normalDomain(domain) !== domain || !isWithin(domain, [ownDomain])) continue;
    const service = serviceOfSelector(selector);
    if (service !== undefined) return { service, by: "selector", isClaimed: true };
  }
  return undefined;
}

/** The domain of a result that is a pass; `undefined` for other results, and for what is no host name. */
function passed({ domain = "", result }: { domain?: string; result: string }): string | undefined {
  return result === "pass" && normalDomain(domain) === domain ? domain : undefined;
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

/** `"a.b.example"` becomes `"b.example"`, and `"example"` nothing. */
function parentOf(domain: string): string {
  const dot = domain.indexOf(".");
  return dot === -1 ? "" : domain.slice(dot + 1);
}

const maxDomainLength = 253;

const byDomain: ReadonlyMap<string, SendingService> = new Map(
  sendingServices.flatMap((service) =>
    [...service.dkimDomains, ...service.envelopeDomains].map((domain): [string, SendingService] => [domain, service]),
  ),
);

const bySelector: ReadonlyMap<string, SendingService> = new Map(
  sendingServices.flatMap((service) =>
    (service.selectors?.distinctive ?? []).map((selector): [string, SendingService] => [selector, service]),
  ),
);

const withPattern = sendingServices.flatMap((service): [RegExp, SendingService][] =>
  service.selectors?.pattern === undefined ? [] : [[new RegExp(service.selectors.pattern), service]],
);

const withEnvelope = sendingServices.flatMap((service): [RegExp, SendingService][] =>
  service.customEnvelope === undefined ? [] : [[new RegExp(service.customEnvelope), service]],
);
