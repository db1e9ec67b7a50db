import ipaddr from "ipaddr.js";
import type { NetworkName } from "../../history/dns/dns.ts";
import { oneLine } from "../../report/one-line.ts";
import { isNetwork } from "../../report/source/source.ts";
import type { FailingSource } from "../day/day.ts";
import type { Digest } from "../types.ts";
import { type Resolve, recordsIn } from "./dns-answer.ts";

/** The addresses by which the nameless senders of a digest's incidents are known, the first of each. */
export function namelessAddresses({ findings, otherIncidents }: Pick<Digest, "findings" | "otherIncidents">): string[] {
  const incidents = [...findings.flatMap((finding) => (finding.kind === "incident" ? finding : [])), ...otherIncidents];
  return [...new Set(incidents.flatMap(({ source }) => (source && addressOf(source)) ?? []))];
}

/** A digest in which those senders have the names of their networks. */
export function withNetworkNames(digest: Digest, names: ReadonlyMap<string, NetworkName>): Digest {
  const named = <Shown extends { source?: FailingSource }>(shown: Shown): Shown => {
    const network = shown.source && names.get(addressOf(shown.source) ?? "");
    return network === undefined ? shown : { ...shown, source: { ...shown.source, network } };
  };
  return {
    ...digest,
    findings: digest.findings.map((finding) => (finding.kind === "incident" ? named(finding) : finding)),
    otherIncidents: digest.otherIncidents.map(named),
  };
}

function addressOf({ source, addresses }: FailingSource): string | undefined {
  return isNetwork(source) ? addresses[0] : undefined;
}

/**
 * Whose an address is: its autonomous system by Team Cymru's zones (https://www.team-cymru.com/ip-asn-mapping), and the host's name
 * when that name has the address (anybody can write any name for his own addresses).
 *
 * @returns `undefined` when DNS did not answer, be it in part: to be asked again.
 */
export async function lookUpNetwork(address: string, resolve: Resolve): Promise<NetworkName | undefined> {
  let isWhole = true;
  const ask: Ask = async (name, type) => {
    const answer = await resolve(name, type);
    if (answer.kind === "no-answer") isWhole = false;
    return recordsIn(answer);
  };
  const [[origin], host] = await Promise.all([ask(originName(address), "TXT"), hostOf(address, ask)]);
  // "64500 64501 | 192.0.2.0/24 | US | arin | 2010-07-14"
  const [numbers = "", , country = ""] = fieldsOf(origin);
  const asn = Number(numbers.split(" ")[0]);
  // "64500 | US | arin | 2010-07-14 | EXAMPLE-NET - Example Networks, US"
  const [system] = asn > 0 ? await ask(`AS${asn}.asn.cymru.com`, "TXT") : [];
  if (!isWhole) return undefined;
  const name = plain(fieldsOf(system)[4] ?? "").replace(/, [A-Z]{2}$/, "");
  return {
    ...(asn > 0 && { asn }),
    ...(name !== "" && { name }),
    ...(/^[A-Z]{2}$/.test(country) && { country }),
    ...(host !== undefined && { host }),
  };
}

/** The records of a name. */
type Ask = (...question: Parameters<Resolve>) => Promise<readonly string[]>;

function fieldsOf(record = ""): string[] {
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

async function hostOf(address: string, ask: Ask): Promise<string | undefined> {
  const isV6 = address.includes(":");
  const [host] = await ask(`${labelsOf(address)}.${isV6 ? "ip6" : "in-addr"}.arpa`, "PTR");
  if (host === undefined) return undefined;
  const found = await ask(host, isV6 ? "AAAA" : "A");
  return found.some((one) => ipaddr.process(one).toString() === address) ? plain(host) : undefined;
}
