import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { daysUpTo } from "../digest/windows.ts";
import { type DnsReply, startDns } from "../servers/dns.ts";
import { commitFile, openGitHub, openSlack } from "../servers/place.ts";
import { committed, makeRunPlace, putReport, type RunPlace, runAt, verified } from "./place.ts";
import { believed, putMails } from "./reported-mails.ts";

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

function kept({ repository }: RunPlace): unknown {
  return JSON.parse(readFileSync(join(repository.folder, "data/networks.json"), "utf8")).networks;
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
  expect(kept(place)).toEqual({ "192.0.2.10": network });
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

const ofHost = { asn: 64500, name: "EXAMPLE-NET", country: "US", host: "mail.hoster.example" };

test.each([
  ["PTR 10.2.0.192.in-addr.arpa", "host"],
  ["A mail.hoster.example", "host"],
  ["as64500.asn.cymru.com", "name"],
] as const)(
  "has the names that are known when DNS does not answer for %s, and its %s a day later",
  async (name, part) => {
    const whole = { ...zones, "as64500.asn.cymru.com": ["64500 | US | arin | 2010-07-14 | EXAMPLE-NET, US"] };
    const { place, digest } = await runWith({ ...whole, [name]: "SERVFAIL" });
    expect(kept(place)).toEqual({ "192.0.2.10": { ...ofHost, [part]: undefined, unanswered: 1 } });
    expect(JSON.stringify(digest.findings)).not.toContain("unanswered");
    const dns = await startDns(whole);
    onTestFinished(dns.stop);
    putReport(place, "2026-11-18", { pass: 900, fail: 300 });
    await runAt(place, "2026-11-21T09:00:00Z", { "network-names": "true", "dns-servers": dns.address });
    expect(kept(place)).toEqual({ "192.0.2.10": ofHost });
  },
);

test("is asked about three times where DNS never answers for its host", async () => {
  const { place, dns } = await runWith({ ...zones, "PTR 10.2.0.192.in-addr.arpa": "SERVFAIL" });
  const asked: number[] = [];
  for (const hour of ["10", "11", "12"]) {
    const inputs = { "network-names": "true", "dns-servers": dns.address };
    putReport(place, "2026-11-17", { pass: 900, fail: 200 + Number(hour), reportId: hour });
    await runAt(place, `2026-11-20T${hour}:00:00Z`, inputs);
    asked.push(dns.questions.filter(isOfNetworks).length);
  }
  expect(asked[1]).toBeGreaterThan(asked[0] ?? 0);
  expect(asked[2]).toBe(asked[1]);
});

test("stays nameless when DNS does not say who announces its address, and is asked about again", async () => {
  const { place, digest } = await runWith({ ...zones, "10.2.0.192.origin.asn.cymru.com": "SERVFAIL" });
  expect(JSON.stringify(digest.findings)).not.toContain('"network"');
  expect(committed(place, "networks.json")).toBe("");
});

test.each(["4.5", "99999999999999999999", "4294967296", "0x10", "0", "?"])(
  "has no number where DNS says AS %s",
  async (asn) => {
    const { place } = await runWith({
      ...zones,
      "10.2.0.192.origin.asn.cymru.com": [`${asn} | 192.0.2.0/24 | US | arin |`],
    });
    expect(kept(place)).toEqual({ "192.0.2.10": { country: "US", host: "mail.hoster.example" } });
  },
);

test("has the first of its names in order that has its address, of four", async () => {
  const pointers = ["other.example", "mail.hoster.example", "mx.hoster.example", "bad name.example"];
  const names = { ...zones, "A mx.hoster.example": ["192.0.2.10"], "A mail.hoster.example": ["198.51.100.9"] };
  const { place, dns } = await runWith({ ...names, "PTR 10.2.0.192.in-addr.arpa": pointers });
  expect(kept(place)).toMatchObject({ "192.0.2.10": { host: "mx.hoster.example" } });
  expect(dns.questions.filter((question) => question.includes(" A "))).toHaveLength(2);
  const many = Array.from({ length: 30 }, (_, index) => `host${index}.example`);
  const { dns: strange } = await runWith({ ...zones, "PTR 10.2.0.192.in-addr.arpa": [...many, "mail.hoster.example"] });
  expect(strange.questions.filter((question) => question.includes(" A "))).toHaveLength(4);
});

test("does not wear another's name by one whose end would be cut off", async () => {
  const host = `${"a".repeat(60)}.${"b".repeat(30)}.outbound.example.org`;
  const ours = { "PTR 10.2.0.192.in-addr.arpa": [`${host}.example`], [`A ${host}.example`]: ["192.0.2.10"] };
  const { digest, published } = await runWith({ ...zones, ...ours });
  expect(digest.findings[0]).toMatchObject({ source: { network: { asn: 64500 } } });
  expect(published.summary).not.toContain("aaaa");
  const short = "mail-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.outbound.example.org.attacker.example";
  const whole = { "PTR 10.2.0.192.in-addr.arpa": [short], [`A ${short}`]: ["192.0.2.10"] };
  expect((await runWith({ ...zones, ...whole })).published.summary).toContain(short);
});

test("names in the history that are odd stop the run with their file's name", async () => {
  const { place, dns } = await runWith(zones);
  const odd = { version: 1, networks: { "192.0.2.10": { asn: 4.5 } } };
  commitFile(place.repository, "data/networks.json", JSON.stringify(odd));
  putReport(place, "2026-11-18", { pass: 900, fail: 300 });
  const later = runAt(place, "2026-11-21T09:00:00Z", { "network-names": "true", "dns-servers": dns.address });
  await expect(later).rejects.toThrow(/^networks\.json can't be read \(at networks\.192\.0\.2\.10\.asn/);
});

const isOfNetworks = (question: string): boolean => /cymru|arpa/.test(question);

const isNamed = (shown: unknown): boolean => /hoster.{1,20}AS64500/.test(JSON.stringify(shown));

/** A place with Slack and issues where DNS knows the senders. */
async function openPlace() {
  const others = { "1.2.0.192.origin.asn.cymru.com": zones["10.2.0.192.origin.asn.cymru.com"] ?? [] };
  const hosts = {
    "PTR 1.2.0.192.in-addr.arpa": ["mail.hoster.example"],
    "A mail.hoster.example": ["192.0.2.10", "192.0.2.1"],
  };
  const dns = await startDns({ ...zones, ...others, ...hosts });
  onTestFinished(dns.stop);
  const [slack, github] = [await openSlack(), await openGitHub()];
  const inputs = { "network-names": "true", "dns-servers": dns.address };
  return { place: { ...makeRunPlace({ slack, github }), slack, github }, dns, inputs };
}

test("is named in Slack and in the issue, which stays so", async () => {
  const { place, inputs } = await openPlace();
  for (const day of daysUpTo("2026-11-17", 16)) putReport(place, day, { pass: 900 });
  putReport(place, "2026-11-17", { pass: 900, fail: 300 });
  await runAt(place, now, inputs);
  expect([place.slack.look(), place.github.issues].map(isNamed)).toEqual([true, true]);
  const [before] = place.github.issues.map(({ body }) => body);
  await runAt(place, "2026-11-20T10:00:00Z", inputs);
  expect(place.github.issues).toMatchObject([{ body: before }]);
});

test("is named in an early alarm and its issue, and kept", async () => {
  const { place, dns, inputs } = await openPlace();
  const report = { reporter: "google", hoursLate: 4, pass: 900, isSameStream: true } as const;
  const days = daysUpTo("2026-11-19", 18);
  putMails(
    place,
    days.flatMap((day) => [
      { ...report, day },
      { ...report, reporter: "yahoo", day },
    ]),
  );
  await runAt(place, "2026-11-19T09:00:00Z", { ...believed, ...inputs });
  const posted = place.slack.look().length;
  expect(place.github.issues).toEqual([]);
  putMails(place, [{ ...report, day: "2026-11-19", fail: 300 }]);
  await runAt(place, "2026-11-20T13:37:00Z", { ...believed, ...inputs, mode: "watch" });
  expect(place.slack.look()).toHaveLength(posted + 1);
  expect([place.slack.look().slice(posted), place.github.issues].map(isNamed)).toEqual([true, true]);
  const asked = dns.questions.filter(isOfNetworks);
  await runAt(place, "2026-11-20T14:37:00Z", { ...believed, ...inputs, mode: "watch" });
  expect(place.github.issues).toHaveLength(1);
  expect(isNamed(place.github.issues)).toBe(true);
  expect(dns.questions.filter(isOfNetworks)).toEqual(asked);
});

test("is not asked about once its incident is over", async () => {
  const { place, dns, inputs } = await openPlace();
  for (const day of ["2026-11-09", "2026-11-10"]) putReport(place, day, { pass: 900, fail: 300 });
  await runAt(place, "2026-11-12T09:00:00Z");
  for (const day of daysUpTo("2026-11-17", 6)) putReport(place, day, { pass: 900 });
  const { digest } = await runAt(place, "2026-11-19T09:00:00Z", inputs);
  expect(digest.otherIncidents).toMatchObject([{ change: "over", source: { source: "192.0.2.0/24" } }]);
  expect(digest.findings).toEqual([]);
  expect(dns.questions.filter(isOfNetworks)).toEqual([]);
});

test("is not asked about unless somebody wants it", async () => {
  const { dns } = await runWith(zones, {});
  expect(dns.questions.filter(isOfNetworks)).toEqual([]);
});
