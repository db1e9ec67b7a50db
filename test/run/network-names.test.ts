import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type DnsReply, startDns } from "../servers/dns.ts";
import { makeRunPlace, putReport, runAt, verified } from "./place.ts";

/* A sender that has no name but its address: whose network it is, by a DNS server on this machine. */

const now = "2026-11-20T09:00:00Z";
const zones: Record<string, DnsReply> = {
  "10.2.0.192.origin.asn.cymru.com": ["64500 64501 | 192.0.2.0/24 | US | arin | 2010-07-14"],
  "as64500.asn.cymru.com": ["64500 | US | arin | 2010-07-14 | EXAMPLE-NET - Example\u202E <!channel> Networks, US"],
  "PTR 10.2.0.192.in-addr.arpa": ["mail.hoster.example"],
  "A mail.hoster.example": ["192.0.2.10"],
};

async function runWith(names: Record<string, DnsReply>, inputs: Record<string, string> = { "network-names": "true" }) {
  const dns = await startDns(names);
  onTestFinished(dns.stop);
  const place = makeRunPlace();
  putReport(place, "2026-11-17", { pass: 900, fail: 100 });
  const ran = await runAt(place, now, { ...inputs, "dns-servers": dns.address });
  return { place, dns, ...ran };
}

test("is named in the alarm, and kept in the history, so that a later run asks nobody", async () => {
  const { place, dns, digest, published } = await runWith(zones);
  const network = {
    asn: 64500,
    name: "EXAMPLE-NET - Example <!channel> Networks",
    country: "US",
    host: "mail.hoster.example",
  };
  expect(digest.findings).toMatchObject([{ kind: "incident", source: { source: "192.0.2.0/24", network } }]);
  expect(published.summary).toContain("mail.hoster.example");
  expect(published.summary).toContain("AS64500");
  expect(published.summary).not.toMatch(/<!channel>(?![^`\n]*`)|\u202E/);
  const kept = JSON.parse(readFileSync(join(place.repository.folder, "data/networks.json"), "utf8"));
  expect(kept.networks).toEqual({ "192.0.2.10": network });
  expect(await verified(place)).toContain("all good");
  const asked = dns.questions.length;
  putReport(place, "2026-11-18", { pass: 900, fail: 300 });
  const later = await runAt(place, "2026-11-21T09:00:00Z", { "network-names": "true", "dns-servers": dns.address });
  expect(later.digest.findings).toMatchObject([{ source: { network } }]);
  expect(dns.questions).toHaveLength(asked);
});

test("has no host's name when that name is another's", async () => {
  const { digest } = await runWith({ ...zones, "A mail.hoster.example": ["198.51.100.9"] });
  expect(digest.findings[0]).toMatchObject({ source: { network: { asn: 64500 } } });
  expect(JSON.stringify(digest.findings)).not.toContain("mail.hoster.example");
});

test.each([
  "10.2.0.192.origin.asn.cymru.com",
  "as64500.asn.cymru.com",
  "PTR 10.2.0.192.in-addr.arpa",
  "A mail.hoster.example",
])("stays nameless when DNS does not answer for %s, and is asked about again", async (name) => {
  const { place, digest } = await runWith({ ...zones, [name]: "SERVFAIL" });
  expect(JSON.stringify(digest.findings)).not.toContain('"network"');
  expect(place.repository.git("ls-files", "data/networks.json")).toBe("");
});

test("is not asked about unless somebody wants it", async () => {
  const { dns } = await runWith(zones, {});
  expect(dns.questions.filter((question) => /cymru|arpa/.test(question))).toEqual([]);
});
