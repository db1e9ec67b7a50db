import ipaddr from "ipaddr.js";
import type { KeptNetwork, NetworkName } from "../../history/dns/dns.ts";
import { compareText } from "../../history/lists.ts";
import { oneLine } from "../../report/one-line.ts";
import { isNetwork } from "../../report/source/source.ts";
import type { DnsAnswer } from "../../report/trust/trust.ts";
import type { FailingSource } from "../day/day.ts";
import type { Finding } from "../types.ts";
import { type Resolve, recordsIn } from "./dns-answer.ts";

/** The addresses by which the nameless senders in findings are known, the first of each. */
export function namelessAddresses(findings: readonly Finding[]): string[] {
  const sources = findings.flatMap((finding) => (finding.kind === "incident" && finding.source) || []);
  return [...new Set(sources.flatMap((source) => addressOf(source) ?? []))];
}

/** A sender with the name of its network, where that is known and it has no other. */
export function withNetworkName(source: FailingSource, names: ReadonlyMap<string, NetworkName>): FailingSource {
  const known = names.get(addressOf(source) ?? "");
  if (known === undefined) return source;
  const { asn, name, country, host } = known;
  return { ...source, network: { asn, name, country, host } };
}

function addressOf({ source, addresses }: FailingSource): string | undefined {
  return isNetwork(source) ? addresses[0] : undefined;
}

/**
 * Whose an address is: its autonomous system by Team Cymru's zones (https://www.team-cymru.com/ip-asn-mapping), and the host's name
 * when that name has the address (anybody can write any name for his own addresses).
 *
 * @param before - What is known of it, of which DNS did not answer for all.
 * @returns `undefined` when nobody said who announces it: to be asked again.
 */
export async function lookUpNetwork(
  address: string,
  resolve: Resolve,
  before: KeptNetwork = {},
): Promise<KeptNetwork | undefined> {
  const [origin, found] = await Promise.all([resolve(originName(address), "TXT"), hostOf(address, resolve)]);
  if (origin.kind === "no-answer") return undefined;
  // "64500 64501 | 192.0.2.0/24 | US | arin | 2010-07-14"
  const [numbers = "", , country = ""] = fieldsOf(origin);
  const asn = asnIn(numbers);
  // "64500 | US | arin | 2010-07-14 | EXAMPLE-NET - Example Networks, US"
  const system = asn > 0 ? await resolve(`AS${asn}.asn.cymru.com`, "TXT") : origin;
  const name = asn > 0 ? plain(fieldsOf(system)[4] ?? "").replace(/, [A-Z]{2}$/, "") : "";
  const host = found.isAnswered ? found.host : before.host;
  const isWhole = found.isAnswered && system.kind !== "no-answer";
  return {
    ...(asn > 0 && { asn }),
    ...(name !== "" && { name }),
    ...(/^[A-Z]{2}$/.test(country) && { country }),
    ...(host !== undefined && { host }),
    ...(!isWhole && { unanswered: (before.unanswered ?? 0) + 1 }),
  };
}

/** How often is asked for a part of the names: the reverse zones of many hosts never answer. */
const mostTries = 3;

/** Whether DNS is to be asked about an address: nothing is known of it, or not all, since DNS did not answer. */
export function isOpenNetwork(known: KeptNetwork | undefined): boolean {
  return known === undefined || (known.unanswered !== undefined && known.unanswered < mostTries);
}

/** The first number, of 32 bits (RFC 6793); 0, which is nobody's (RFC 7607), when there is none. */
function asnIn(numbers: string): number {
  const asn = Number(/^\d{1,10}(?= |$)/.exec(numbers)?.[0] ?? 0);
  return asn < 2 ** 32 ? asn : 0;
}

function fieldsOf(answer: DnsAnswer): string[] {
  const [record = ""] = recordsIn(answer);
  return record.split("|").map((field) => field.trim());
}

/** On one line, cut. Node gives the bytes of DNS as Latin-1. */
function plain(text: string): string {
  return oneLine(Buffer.from(text, "latin1").toString()).slice(0, 60).trim();
}

function originName(address: string): string {
  const isV6 = address.includes(":");
  return `${labelsOf(address)}.${isV6 ? "origin6" : "origin"}.asn.cymru.com`;
}

/** The labels of an address from its end: `4.3.2.1`, or 32 hexadecimal digits. */
function labelsOf(address: string): string {
  if (!address.includes(":")) return address.split(".").reverse().join(".");
  const digits = ipaddr.IPv6.parse(address)
    .toByteArray()
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
  return digits.split("").reverse().join(".");
}

/** What a host's name is made of. A longer one is left out: cut, it would be another's, since its end says whose it is. */
const hostName = /^[\w.-]{1,100}$/;

/** So many names of an address are looked at: its owner can write any number. */
const mostHosts = 4;

/** The name of a host that has its address; and whether DNS answered for all that was asked. */
async function hostOf(address: string, resolve: Resolve): Promise<{ host?: string; isAnswered: boolean }> {
  const isV6 = address.includes(":");
  const answer = await resolve(`${labelsOf(address)}.${isV6 ? "ip6" : "in-addr"}.arpa`, "PTR");
  const hosts = recordsIn(answer).filter((host) => hostName.test(host));
  const answers = [answer];
  for (const host of hosts.sort(compareText).slice(0, mostHosts)) {
    const found = await resolve(host, isV6 ? "AAAA" : "A");
    if (recordsIn(found).some((one) => ipaddr.process(one).toString() === address)) return { host, isAnswered: true };
    answers.push(found);
  }
  return { isAnswered: answers.every(({ kind }) => kind !== "no-answer") };
}
