import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { readConfig } from "../../../src/config/config.ts";
import { parseFile } from "../../../src/config/file.ts";
import { examine } from "../../../src/steps/doctor/doctor.ts";
import { openNotifiers } from "../../../src/steps/send/send.ts";
import { record, reportXml } from "../../report/report-files.ts";
import { makeGitPlace, makeRunPlace, runAt } from "../../run/place.ts";
import { type DnsReply, type DnsServer, startDns } from "../../servers/dns.ts";
import { makeFolder, makeRepository } from "../../servers/git.ts";
import type { GitHubServerOptions } from "../../servers/github/github.ts";
import { type Dovecot, haveDovecot, startDovecot, trustServer } from "../../servers/imap/dovecot.ts";
import { type MemoryRepository, memoryHistory } from "../../servers/memory-history.ts";
import { imapAccount, openGitHub, openSlack } from "../../servers/place.ts";
import type { SlackServer, SlackServerOptions } from "../../servers/slack/slack.ts";
import { startSlack } from "../../servers/slack/slack.ts";

const now = "2026-11-20T09:00:00Z";
const dmarc = "_dmarc.example.com";
const goodRecord = "v=DMARC1; p=reject; rua=mailto:dmarc@example.com";
const signer = "s1._domainkey.example.com";

/** A key of so many bits, as its record has it. */
function keyRecord(bits: number, more = ""): string[] {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: bits });
  const text = `v=DKIM1; k=rsa; ${more}p=${publicKey.export({ format: "der", type: "spki" }).toString("base64")}`;
  return text.match(/.{1,255}/g) ?? [];
}

/** A zone in which all is good. */
const zone: Record<string, DnsReply> = {
  [dmarc]: [goodRecord],
  "example.com": ["other=1", "v=spf1 a mx ip4:192.0.2.0/24 include:_spf.esp.example -all"],
  "A example.com": ["192.0.2.1"],
  "MX example.com": ["mx.example.com"],
  "_spf.esp.example": ["v=spf1 ip4:198.51.100.0/24 ip6:2001:db8::/32 ~all"],
  [signer]: [keyRecord(2048)],
};

/** What doctor said, and what it wants to be mended. */
interface Seen {
  table: string;
  summary: string;
  verdict: string;
  problems: string[];
}

/** What there is beside the inputs. */
interface Surroundings {
  dns?: DnsServer;
  slack?: SlackServer;
  github?: string;
  workflow?: string;
  file?: string;
  width?: number;
  /** Of the history, where no input names another; empty when left out. */
  repository?: MemoryRepository;
}

/** Looks over a set-up with these inputs, as of `now`. */
async function examined(
  inputs: Record<string, string>,
  { dns, slack, github, workflow, file, width = 4000, repository = { commits: [], faults: [] } }: Surroundings = {},
): Promise<Seen> {
  const given = {
    "mail-path": makeFolder(),
    domains: "example.com",
    store: "git",
    mode: "doctor",
    now,
    ...(dns && { "dns-servers": dns.address }),
    ...(slack && { "slack-token": "xoxb-test-token", "slack-channel": "#dmarc" }),
    ...(github && { "github-token": "ghs_test_token" }),
    ...inputs,
  };
  const environment = {
    GITHUB_REPOSITORY: "octo-org/mail",
    ...(github && { GITHUB_API_URL: github }),
    ...(workflow && { GITHUB_WORKFLOW_REF: `octo-org/mail/.github/workflows/${workflow}@refs/heads/main` }),
    ...(slack && { SLACK_API_URL: slack.apiUrl }),
  };
  const secrets = { DMARC_TEST: "secret" };
  const settings =
    file === undefined ? undefined : parseFile("dmarc-digest.yml", file, { now: new Date(now), environment: secrets });
  const config = readConfig(given, environment, new Date(now), settings);
  for (const place of [config.github, config.store.kind === "github" ? config.store.github : undefined]) {
    if (place !== undefined) Object.assign(place, { pauses: false });
  }
  const seen: Seen = { table: "", summary: "", verdict: "", problems: [] };
  const isElsewhere = "data-path" in inputs || "store" in inputs;
  const host = {
    ...(!isElsewhere && { openHistory: () => memoryHistory(repository) }),
    info: () => {},
    error: () => {},
    display: { colour: false, width },
    publish: async ({ table, summary, outputs }: { table: string; summary: string; outputs: { verdict: string } }) => {
      Object.assign(seen, { table, summary, verdict: outputs.verdict });
      return [];
    },
  };
  seen.problems = await examine(config, openNotifiers(config, host), host);
  return seen;
}

async function openDns(changes: Record<string, DnsReply | undefined> = {}): Promise<DnsServer> {
  const dns = await startDns();
  onTestFinished(async () => await dns.stop());
  for (const [name, reply] of Object.entries({ ...zone, ...changes })) if (reply) dns.names.set(name, reply);
  return dns;
}

let kept: MemoryRepository | undefined;

/** A history in which example.com signs with the selector s1; it is made once. */
async function history(): Promise<MemoryRepository> {
  if (kept === undefined) {
    const place = makeRunPlace();
    const signature = "<domain>example.com</domain><selector>s1</selector><result>pass</result>";
    const results = `<auth_results><dkim>${signature}</dkim></auth_results></record>`;
    const records = record().replaceAll("fail<", "pass<").replace("</record>", results);
    writeFileSync(join(place.mailbox, "report.xml"), reportXml({ records }));
    await runAt(place, now);
    kept = { commits: place.repository.commits, faults: [] };
  }
  return kept;
}

const nested = Object.fromEntries(
  Array.from({ length: 12 }, (_, index) => [
    `n${index}.example.com`,
    [`v=spf1 include:n${index + 1}.example.com -all`],
  ]),
);

/** What is broken in DNS, and what doctor says of it. */
const brokenZones: [string, Record<string, DnsReply | undefined>, "act" | "look", string][] = [
  [
    "no DMARC record",
    { [dmarc]: undefined },
    "act",
    `Publish: ${dmarc} TXT "v=DMARC1; p=none; rua=mailto:dmarc@example.com"`,
  ],
  ["two DMARC records", { [dmarc]: [goodRecord, "v=DMARC1; p=none"] }, "act", "has 2 DMARC records"],
  [
    "a record that does not begin as it must",
    { [dmarc]: ["v=dmarc1 p=reject"] },
    "act",
    "begin with v=DMARC1; in capitals",
  ],
  ["a policy that is none", { [dmarc]: [goodRecord.replace("reject", "monitor")] }, "act", "p=monitor is no policy"],
  ["an alignment that is none", { [dmarc]: [`${goodRecord}; adkim=strict`] }, "look", "Write one of r, s"],
  ["tags that RFC 9989 took out", { [dmarc]: [`${goodRecord}; pct=100; ri=3600`] }, "look", "took out pct, ri"],
  ["a share", { [dmarc]: [`${goodRecord}; pct=50`] }, "look", "pass over pct=50 and apply p to all mail"],
  ["a misspelled tag", { [dmarc]: [`${goodRecord}; afro=1`] }, "look", "there are no tags afro"],
  ["a tag named as objects have it", { [dmarc]: [`${goodRecord}; constructor=1`] }, "look", "no tags constructor"],
  ["t=y", { [dmarc]: [`${goodRecord}; t=y`] }, "look", "t=y has receivers apply one step less"],
  ["psd=y", { [dmarc]: [`${goodRecord}; psd=y`] }, "act", "psd=y says that strangers"],
  [
    "no rua",
    { [dmarc]: ["v=DMARC1; p=reject"] },
    "act",
    `Change it to: ${dmarc} TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"`,
  ],
  [
    "rua without mailto:",
    { [dmarc]: ["v=DMARC1; p=reject; rua=dmarc@example.com; sp=none"] },
    "act",
    'TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com; sp=none"',
  ],
  [
    "reports to a host that has not said it takes them",
    { [dmarc]: ["v=DMARC1; p=none; rua=mailto:dmarc@example.com,mailto:x@esp.example"] },
    "act",
    'Publish in the DNS of esp.example: example.com._report._dmarc.esp.example TXT "v=DMARC1"',
  ],
  [
    "a name for all domains with another record",
    {
      [dmarc]: ["v=DMARC1; p=none; rua=mailto:dmarc@example.com,mailto:x@esp.example"],
      "example.com._report._dmarc.esp.example": ["v=spf1 -all"],
    },
    "act",
    'example.com._report._dmarc.esp.example TXT "v=DMARC1"; or mend *._report._dmarc.esp.example',
  ],
  ["no SPF record", { "example.com": [] }, "look", 'publish: example.com TXT "v=spf1 -all"'],
  ["two SPF records", { "example.com": ["v=spf1 -all", "v=spf1 mx -all"] }, "act", "has 2 SPF records"],
  [
    "12 look-ups",
    { ...nested, "example.com": ["v=spf1 include:n0.example.com -all"], "n11.example.com": ["v=spf1 -all"] },
    "act",
    "takes 12 look-ups and may take 10",
  ],
  [
    "an SPF record that includes itself",
    { "example.com": ["v=spf1 include:example.com -all"] },
    "act",
    "look-ups and may take 10",
  ],
  [
    "three names that lead to nothing",
    { "example.com": ["v=spf1 a:x.example.com mx:y.example.com exists:z.example.com -all"] },
    "act",
    "x.example.com, y.example.com, z.example.com. Take them out",
  ],
  [
    "an include that is gone",
    { "_spf.esp.example": undefined },
    "act",
    "includes _spf.esp.example, which has 0 SPF records in place of one",
  ],
  [
    "an include with two records",
    { "_spf.esp.example": ["v=spf1 -all", "v=spf1 mx -all"] },
    "act",
    "includes _spf.esp.example, which has 2 SPF records in place of one",
  ],
  [
    "an mx of 11 hosts",
    { "MX example.com": Array.from({ length: 11 }, (_, index) => `mx${index}.example.com`) },
    "act",
    "has mx of example.com, which are 11 hosts",
  ],
  [
    "two redirects",
    { "example.com": ["v=spf1 redirect=_spf.esp.example redirect=_spf.esp.example"] },
    "act",
    "has redirect= more than once",
  ],
  ["all addresses", { "example.com": ["v=spf1 ip4:0.0.0.0/0 -all"] }, "act", "has ip4:0.0.0.0/0: a large part"],
  [
    "half of them",
    { "_spf.esp.example": ["v=spf1 ip6:8000::/1 -all"] },
    "act",
    "SPF of _spf.esp.example has ip6:8000::/1",
  ],
  ["those around a host", { "example.com": ["v=spf1 a/2 -all"] }, "act", "has a/2: a large part"],
  ["a length that is none", { "example.com": ["v=spf1 mx/33 -all"] }, "act", "nobody can read: mx/33"],
  [
    "include with an equals sign",
    { "example.com": ["v=spf1 include=a.example -all"] },
    "act",
    "read: include=a.example",
  ],
  ["+all", { "example.com": ["v=spf1 mx +all"] }, "act", "the whole world may send"],
  [
    "+all in what is included",
    { "_spf.esp.example": ["v=spf1 all"] },
    "act",
    "SPF of example.com includes _spf.esp.example, which ends in +all",
  ],
  [
    "+all behind a redirect",
    { "example.com": ["v=spf1 redirect=_spf.esp.example"], "_spf.esp.example": ["v=spf1 all"] },
    "act",
    "SPF of _spf.esp.example ends in +all",
  ],
  [
    "no word on the rest behind a redirect",
    { "example.com": ["v=spf1 redirect=_spf.esp.example"], "_spf.esp.example": ["v=spf1 a:example.com"] },
    "look",
    "SPF of _spf.esp.example does not say what becomes of other hosts",
  ],
  [
    "?all behind a redirect",
    { "example.com": ["v=spf1 redirect=_spf.esp.example"], "_spf.esp.example": ["v=spf1 ?all"] },
    "look",
    "SPF of _spf.esp.example does not say what becomes of other hosts",
  ],
  ["a domain that is empty", { "example.com": ["v=spf1 a: -all"] }, "act", "nobody can read: a:."],
  ["a domain of one label", { "example.com": ["v=spf1 a:localhost -all"] }, "act", "nobody can read: a:localhost"],
  ["a domain that ends in a number", { "example.com": ["v=spf1 a:192.0.2.1 -all"] }, "act", "read: a:192.0.2.1"],
  [
    "a macro that is none",
    { "example.com": ["v=spf1 exists:%{z}.%{d} -all"] },
    "act",
    "nobody can read: exists:%{z}.%{d}",
  ],
  ["a typographic dash", { "example.com": ["v=spf1 a \u2013all"] }, "act", "nobody can read: \u2013all"],
  [
    "a blank before an SPF record",
    { "example.com": [" v=spf1 -all"] },
    "act",
    'v=spf1 -all". It must begin with v=spf1 and a space, with nothing before it, not even a space',
  ],
  [
    "quotes around an SPF record",
    { "example.com": ["\u201cv=spf1 -all\u201d"] },
    "act",
    'no SPF record: "\u201cv=spf1 -all\u201d". It must begin with v=spf1 and a space, with nothing before it',
  ],
  ["no word on the rest", { "example.com": ["v=spf1 mx ?all"] }, "look", "End it with -all or ~all"],
  [
    "a term that nobody can read",
    { "example.com": ["v=spf1 ipv4:192.0.2.1 -all"] },
    "act",
    "nobody can read: ipv4:192.0.2.1",
  ],
  ["an address that is none", { "example.com": ["v=spf1 ip4:192.0.2.999 -all"] }, "act", "ip4:192.0.2.999"],
  ["an IPv6 address as ip4", { "example.com": ["v=spf1 ip4:2001:db8::1 -all"] }, "act", "ip4:2001:db8::1"],
  ["a network without its length", { "example.com": ["v=spf1 ip4:192.0.2.0/ -all"] }, "act", "ip4:192.0.2.0/"],
  ["ptr", { "example.com": ["v=spf1 ptr -all"] }, "look", "uses ptr"],
  ["a term named as objects have it", { "_spf.esp.example": ["v=spf1 constructor:x -all"] }, "act", "constructor:x"],
  ["a key that is gone", { [signer]: undefined }, "act", `${signer} is gone`],
  [
    "an alias whose key is gone",
    { [signer]: undefined, [`CNAME ${signer}`]: ["s1.esp.example"] },
    "act",
    `${signer} is a CNAME of s1.esp.example, which has no key`,
  ],
  [
    "an alias that DNS does not answer for",
    { [signer]: [], [`CNAME ${signer}`]: "SERVFAIL" },
    "look",
    `DNS did not answer for ${signer}`,
  ],
  ["a revoked key", { [signer]: ["v=DKIM1; p="] }, "act", "is revoked"],
  ["a key that was cut", { [signer]: ["v=DKIM1; p=MIIBIjANBgkqhkiG9w0"] }, "act", "Publish it anew, whole"],
  [
    "an Ed25519 key that was cut",
    { [signer]: ["v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwI="] },
    "act",
    "anew, whole",
  ],
  [
    "a key of a kind that is none",
    { [signer]: ["v=DKIM1; k=dsa; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwI="] },
    "act",
    "anew, whole",
  ],
  ["a key of 512 bits", { [signer]: [keyRecord(512)] }, "act", "has 512 bits, and receivers take no key under 1,024"],
  ["a key of 1,024 bits", { [signer]: [keyRecord(1024)] }, "look", "has 1024 bits. Make one of 2,048"],
  ["a key in testing", { [signer]: [keyRecord(2048, "t=s:y; ")] }, "look", "says t=y"],
  ["a server that fails", { [dmarc]: "SERVFAIL" }, "look", `DNS did not answer for ${dmarc}`],
];

describe("what DNS says of a domain", () => {
  const mailboxOf = { "imap-host": "127.0.0.1", "imap-port": "1", "imap-password": "x" };
  const ourMailbox = { ...mailboxOf, "imap-user": "dmarc@example.com" };
  test("a good one is told as such, with its record", async () => {
    const { table, problems } = await examined({}, { repository: await history(), dns: await openDns() });
    expect(table).toContain(`✅ the DMARC record is good: ${dmarc} TXT "${goodRecord}"`);
    expect(table).toContain("✅ SPF of example.com is good, with 3 of 10 look-ups");
    expect(table).toContain(`✅ DKIM keys that sign: ${signer}`);
    expect(problems.filter((problem) => problem.startsWith("example.com"))).toEqual([]);
  });

  test.each(brokenZones)("%s", async (_, changes, verdict, fix) => {
    const { table, problems } = await examined(ourMailbox, {
      repository: await history(),
      dns: await openDns(changes),
    });
    const line = table.split("\n").find((text) => text.includes(fix));
    expect(line, table).toContain(verdict === "act" ? "⛔" : "⚠️");
    expect(problems.some((problem) => problem.includes(fix))).toBe(verdict === "act");
  });

  test.each([
    ["a/24//64 mx:example.com//48 ptr:example.com ip6:2001:db8::/32 exp=x.example.com unknown=y", "uses ptr"],
    ["-ip4:0.0.0.0/0 ip4:192.0.2.0/8", "is good"],
    ["exists:%{ir}.%{l1r+-}._spf.%{d2} a:%{h} a:a/b.example.com. ptr:%{d} exp=%%x.%{o} unknown=", "uses ptr"],
  ])("SPF terms of all kinds are read: %s", async (terms, said) => {
    const { table } = await examined({}, { dns: await openDns({ "example.com": [`v=spf1 ${terms} -all`] }) });
    expect(table).toContain(`SPF of example.com ${said}`);
    expect(table).not.toMatch(/nobody can read|a large part/);
  });

  test.each(["-", "?", "~"])("what %sinclude has lets nobody send", async (qualifier) => {
    const record = [`v=spf1 ${qualifier}include:_spf.esp.example -all`];
    const changes = { "example.com": record, "_spf.esp.example": ["v=spf1 ip4:0.0.0.0/0 include:b.esp.example +all"] };
    const { table } = await examined({}, { dns: await openDns({ ...changes, "b.esp.example": ["v=spf1 +all"] }) });
    expect(table).toContain("SPF of example.com is good");
  });

  test("an Ed25519 key is good", async () => {
    const key = ["v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="];
    const { table } = await examined({}, { repository: await history(), dns: await openDns({ [signer]: key }) });
    expect(table).toContain(`✅ DKIM keys that sign: ${signer}`);
  });

  test.each([40, 80])("in a terminal of %i columns a record to copy stays in one line", async (width) => {
    const people = Array.from({ length: 20 }, (_, index) => `mailto:somebody-${index}@example.com`);
    const record = `v=DMARC1; p=reject; ruf=${people.join(", ")}`;
    const dns = await openDns({ [dmarc]: [record.match(/.{1,255}/g) ?? []], "example.com": [] });
    const { table } = await examined(ourMailbox, { repository: await history(), dns, width });
    const strings = `${record}; rua=mailto:dmarc@example.com`.match(/.{1,255}/g) ?? [];
    const lines = table.split("\n").map((line) => line.trim());
    expect(lines).toContain(`${dmarc} TXT ${strings.map((text) => `"${text}"`).join(" ")}`);
    expect(lines.filter((line) => line.includes('example.com TXT "v=spf1 -all";'))).toHaveLength(1);
  });

  test("of a record that is included the first wrong term is told, however many there are", async () => {
    const dns = await openDns({ "_spf.esp.example": ["v=spf1 a!1 a!2 a!3 -all"] });
    const { problems } = await examined({}, { repository: await history(), dns });
    expect(problems).toEqual([expect.stringContaining("a!1")]);
  });

  test("reports that go to another address than the mailbox that is read, and none has come", async () => {
    const dataPath = join(makeGitPlace().repository.folder, "data");
    const inputs = { ...mailboxOf, "imap-user": "reports@example.com", "data-path": dataPath };
    const { problems } = await examined(inputs, { dns: await openDns() });
    const record = "v=DMARC1; p=reject; rua=mailto:reports@example.com,mailto:dmarc@example.com";
    expect(problems.join("\n")).toContain(`Change it to: ${dmarc} TXT "${record}"`);
  });

  test("an alias by which reports come is none of that", async () => {
    const inputs = { ...mailboxOf, "imap-user": "reports@example.com" };
    const { table } = await examined(inputs, { repository: await history(), dns: await openDns() });
    expect(table).toContain(
      "✅ _dmarc.example.com names other addresses than reports@example.com; reports come all the same",
    );
  });

  /** Looks over domains whose reports are to go to an account. */
  const domainsOf = async (domains: string, user: string, changes: Record<string, DnsReply | undefined>) => {
    const inputs = { ...mailboxOf, "imap-user": user, domains, "mail-path": "" };
    const { table, problems } = await examined(inputs, { dns: await openDns(changes) });
    return { table, told: problems.filter((problem) => problem.includes("_dmarc")).join("\n") };
  };
  const ours = "dmarc@example.com";

  test("a subdomain goes by the record of its organization", async () => {
    const { table, told } = await domainsOf("mail.example.com", ours, {});
    expect(table).toContain(`✅ _dmarc.mail.example.com has no DMARC record of its own: that of ${dmarc} holds`);
    expect(table).not.toContain("DMARC record is good");
    expect(told).toBe("");
  });

  test.each<[string, DnsReply, string]>([
    [
      "asks for no reports",
      ["v=DMARC1; p=reject; sp=quarantine"],
      `Change it to: ${dmarc} TXT "v=DMARC1; p=reject; sp=quarantine; rua=mailto:${ours}"`,
    ],
    [
      "sends them elsewhere",
      ["v=DMARC1; p=reject; rua=mailto:x@esp.example"],
      `Change it to: ${dmarc} TXT "v=DMARC1; p=reject; rua=mailto:${ours},mailto:x@esp.example"`,
    ],
    [
      "sends them to a host that has not said that it takes those of its holder",
      [`${goodRecord},mailto:x@esp.example`],
      'in the DNS of esp.example: example.com._report._dmarc.esp.example TXT "v=DMARC1"',
    ],
    ["stands twice", [goodRecord, goodRecord], `${dmarc} has 2 DMARC records`],
    ["is unreadable", ["v=DMARC1 p=reject"], "begin with v=DMARC1; in capitals"],
  ])("a subdomain is told when the record that holds for it %s", async (_, reply, fix) => {
    const { told } = await domainsOf("mail.example.com", ours, { [dmarc]: reply });
    expect(told).toContain(`mail.example.com: `);
    expect(told).toContain(fix);
  });

  const external = "example.com._report._dmarc.example.net";
  test.each([
    ["none of them ours", "v=DMARC1; rua=mailto:other@example.net", "other@example.net"],
    [
      "one of another host",
      "v=DMARC1; rua=mailto:dmarc@example.net,mailto:a@example.org",
      "dmarc@example.net, a@example.org",
    ],
  ])("a destination's record that names addresses in place of ours, %s, is told", async (_, record, found) => {
    const changes = { [dmarc]: ["v=DMARC1; p=none; rua=mailto:dmarc@example.net"], [external]: [record] };
    const { told } = await domainsOf("example.com", "dmarc@example.net", changes);
    expect(told).toContain(`${external} has a rua= of its own, ${found}, which takes the place of your address`);
    expect(told).toContain(`Publish in the DNS of example.net: ${external} TXT "v=DMARC1"`);
  });

  test.each([
    ["ours", "dmarc@example.net", "v=DMARC1; rua=mailto:a@example.net, mailto:Dmarc@example.net!5m"],
    ["one for another service's address", "dmarc@example.com", "v=DMARC1; rua=mailto:other@example.net"],
  ])("a destination's record that names %s allows the reports", async (_, user, record) => {
    const rua = `mailto:${user},mailto:service@example.net`;
    const changes = { [dmarc]: [`v=DMARC1; p=none; rua=${rua}`], [external]: [record] };
    const { table, told } = await domainsOf("example.com", user, changes);
    expect([told, table]).toEqual(["", expect.stringContaining(`${external} allows the reports`)]);
  });

  test("what is wrong with a record that several domains inherit is said once", async () => {
    const dns = await openDns({ [dmarc]: ["v=DMARC1; p=reject; pct=50; rua=mailto:dmarc@example.com"] });
    const domains = "a.example.com, b.example.com, example.com";
    const { table } = await examined({ domains }, { dns });
    expect(table.match(/newer receivers/g)).toHaveLength(1);
    expect(table.match(/a\.example\.com|b\.example\.com/g)?.length).toBeGreaterThan(1);
  });

  test.each<[string, Record<string, DnsReply | undefined>, string]>([
    ["below a parent with p=reject", { "_dmarc.mail.example.com": [goodRecord] }, "p=reject"],
    ["below a parent with sp", { "_dmarc.mail.example.com": ["v=DMARC1; p=none; sp=quarantine"] }, "p=quarantine"],
    ["below a parent in testing", { "_dmarc.mail.example.com": ["v=DMARC1; p=reject; t=y"] }, "p=quarantine"],
    [
      "below a parent with strict alignment",
      { "_dmarc.mail.example.com": ["v=DMARC1; p=reject; adkim=s"] },
      "p=reject; adkim=s",
    ],
    [
      "below two with the upper as organization",
      {
        "_dmarc.mail.example.com": ["v=DMARC1; p=reject"],
        "_dmarc.example.com": undefined,
        "_dmarc.com": [goodRecord],
      },
      "p=reject",
    ],
    [
      "below an organization of its own, inside of another with p=reject",
      { "_dmarc.mail.example.com": ["v=DMARC1; p=none; psd=n"], [dmarc]: [goodRecord] },
      "p=reject",
    ],
    ["below a registry with p=reject", { "_dmarc.com": ["v=DMARC1; p=reject; psd=y"] }, "p=reject"],
  ])("a domain %s is to keep its policy", async (_, changes, policy) => {
    const { told } = await domainsOf("a.mail.example.com", ours, { [dmarc]: undefined, ...changes });
    expect(told).toContain("has no DMARC record of its own. Newer receivers (RFC 9989) go by that of");
    expect(told).toContain(`publish: _dmarc.a.mail.example.com TXT "v=DMARC1; ${policy}; rua=mailto:${ours}"`);
    expect(told).not.toContain("p=none");
  });

  test("below a registry's record that of the organization holds", async () => {
    const changes = { "_dmarc.com": ["v=DMARC1; p=none; psd=y"] };
    const { told, table } = await domainsOf("a.mail.example.com", ours, changes);
    expect([told, table]).toEqual(["", expect.stringContaining(`that of ${dmarc} holds`)]);
  });

  test.each(["example.com", "_dmarc.example.com.example.com"])(
    "a record that was put at %s is to be moved",
    async (at) => {
      const changes = { [dmarc]: undefined, [at]: ["v=spf1 -all", "v=DMARC1; p=quarantine"] };
      const { told } = await domainsOf("example.com", ours, changes);
      expect(told).toContain(`stands at ${at}, where no receiver looks`);
      expect(told).toContain(`publish: ${dmarc} TXT "v=DMARC1; p=quarantine; rua=mailto:${ours}"`);
    },
  );

  test.each<[string, string, string]>([
    ["an empty rua", "v=DMARC1; rua=; p=none;", `v=DMARC1; rua=mailto:${ours}; p=none`],
    ["no p", "v=DMARC1", `v=DMARC1; p=none; rua=mailto:${ours}`],
    [
      "capitals and a limit",
      "v=DMARC1; P=Reject; RUA=MAILTO:Old@example.com!10m",
      `v=DMARC1; P=Reject; RUA=mailto:${ours},MAILTO:Old@example.com!10m`,
    ],
    [
      "addresses without mailto:",
      "v=DMARC1; p=none; rua=a@example.com, mailto://b@example.com,mailto:c@example.com",
      `v=DMARC1; p=none; rua=mailto:${ours},mailto:a@example.com,mailto:b@example.com,mailto:c@example.com`,
    ],
    ["ours without mailto:", `v=DMARC1; p=none; rua=${ours}`, goodRecord.replace("reject", "none")],
  ])("a record with %s is to be changed with all that is in it", async (_, record, changed) => {
    const { told } = await domainsOf("example.com", ours, { [dmarc]: [record] });
    expect(told.split("\n")).toEqual([expect.stringContaining(`Change it to: ${dmarc} TXT "${changed}"`)]);
  });

  test.each<[string, string, string]>([
    ["a URI of another kind", "v=DMARC1; p=none; rua=https://example.com/r", "its record is mended"],
    [
      "a blank in rua",
      "v=DMARC1; p=none; rua=mailto:a@example.com mailto:b@example.com",
      "rua has what nobody can read",
    ],
    ["an unfinished rua", "v=DMARC1; p=none; rua=mailto:", "rua has what nobody can read"],
    [
      "a missing semicolon",
      "v=DMARC1; p=reject rua=mailto:a@example.com",
      'lacks a semicolon, so that the tags in "p=reject rua=',
    ],
    ["a comma for a semicolon", "v=DMARC1; p=reject, rua=mailto:a@example.com", "lacks a semicolon"],
    ["two rua tags", "v=DMARC1; p=none; rua=mailto:a@example.com; rua=mailto:b@example.com", "has tags more than once"],
    ["typographic quotes", "v=DMARC1; p=\u201cnone\u201d", "characters that no record may have: \u201c\u201d"],
    ["a policy that is none", "v=DMARC1; p=rejected", "p=rejected is no policy"],
  ])("a record with %s is to be mended by hand", async (_, record, fault) => {
    const { told } = await domainsOf("example.com", ours, { [dmarc]: [record] });
    expect(told).toContain(fault);
    expect(told).toContain(
      `does not send reports to your mailbox. When its record is mended, add mailto:${ours} to rua`,
    );
    expect(told).not.toContain("TXT");
  });

  test("what lacks a semicolon is told as it is written, and a term that nobody can read but once", async () => {
    const record = "v=DMARC1; p=none rua=mailto:a@b\u00fccher.example";
    const changes = { [dmarc]: [record], "example.com": ["v=spf1 mx -all;"] };
    const { table } = await domainsOf("example.com", ours, changes);
    expect(table).toContain('the tags in "p=none rua=mailto:a@b\u00fccher.example" are read as one');
    expect(table.match(/SPF of example\.com/g)).toHaveLength(1);
  });

  test("an address with marks that mean something in rua is written so that they do not", async () => {
    const { told } = await domainsOf("example.com", "a!b,c@b\u00fccher.example", { [dmarc]: ["v=DMARC1; p=none"] });
    expect(told).toContain('"v=DMARC1; p=none; rua=mailto:a%21b%2Cc@xn--bcher-kva.example"');
    const good = ["v=DMARC1; p=none; rua=mailto:a%21b%2cc@xn--bcher-kva.example"];
    expect((await domainsOf("example.com", "a!b,c@b\u00fccher.example", { [dmarc]: good })).told).not.toContain(
      "Change",
    );
  });

  test("a domain may send its reports to any of several mailboxes, and is sent to the one of its organization", async () => {
    const of = (user: string): string =>
      `  - imap-host: 127.0.0.1\n    name: ${user.slice(0, 1)}\n    imap-user: ${user}\n    imap-password: \${DMARC_TEST}\n`;
    const file = `mailboxes:\n${of("x@example.com")}${of("y@example.net")}domains: { example.com: , example.net: , example.org: }\n`;
    const changes = {
      [dmarc]: ["v=DMARC1; p=none; rua=mailto:y@example.net"],
      "example.com._report._dmarc.example.net": ["v=DMARC1"],
      "_dmarc.example.net": ["v=DMARC1; p=none"],
      "_dmarc.example.org": ["v=DMARC1; p=none; rua=mailto:X@example.com"],
      "example.org._report._dmarc.example.com": ["v=DMARC1"],
    };
    const inputs = { "mail-path": "", domains: "" };
    const { problems } = await examined(inputs, { dns: await openDns(changes), file });
    expect(problems.filter((problem) => problem.includes("_dmarc"))).toEqual([
      expect.stringContaining('_dmarc.example.net TXT "v=DMARC1; p=none; rua=mailto:y@example.net"'),
    ]);
  });

  test.each([
    ["v=DMARC1; p=reject", `${dmarc} asks for no reports. Add a tag rua=mailto: to its record`],
    [undefined, `Publish one at ${dmarc}: v=DMARC1; p=none; rua=mailto: and behind it the address`],
    ["v=DMARC1; p=reject; rua=mailto:x@example.com", "Whether the mailbox that is read receives what is sent there"],
  ])("of an account by a bare name no address is made up for %s", async (record, said) => {
    const { table } = await domainsOf("example.com", "reports", { [dmarc]: record === undefined ? record : [record] });
    expect(table).toContain(said);
    expect(table).not.toMatch(/mailto:(dmarc|reports)@/);
  });

  test("a subdomain is not said to have no record while DNS does not answer for its organization", async () => {
    const { table } = await examined({ domains: "mail.example.com" }, { dns: await openDns({ [dmarc]: "SERVFAIL" }) });
    expect(table).not.toContain("there is no DMARC record");
    expect(table).toContain(dmarc);
  });
});

function slackWith(options: SlackServerOptions): Promise<SlackServer> {
  return startSlack(options).then((slack) => {
    onTestFinished(async () => await slack.stop());
    return slack;
  });
}

describe("Slack", () => {
  test("a bot that may post is told, and nothing was posted", async () => {
    const slack = await openSlack();
    const { table } = await examined({}, { dns: await openDns(), slack });
    expect(table).toContain("✅ messages can be posted: #dmarc");
    expect(slack.look()).toEqual([]);
    expect(slack.scheduled).toEqual([]);
  });

  test.each([
    ["a token without files:write", { scopes: ["chat:write"] }, "the token lacks the scope files:write"],
    ["a token without chat:write", { scopes: ["files:write"] }, "the token lacks the scope chat:write"],
    [
      "a channel that the bot is not in",
      { channels: [{ id: "C1", name: "dmarc", member: false }] },
      "Type /invite @app",
    ],
    ["a channel that is not there", { channels: [{ id: "C1", name: "other" }] }, "there is no channel #dmarc"],
    ["an archived channel", { channels: [{ id: "C1", name: "dmarc", archived: true }] }, "is archived. Unarchive it"],
    ["a token of another workspace", { token: "xoxb-other" }, "Slack does not know the token"],
  ])("%s", async (_, options, fix) => {
    const { table } = await examined({}, { dns: await openDns(), slack: await slackWith(options) });
    expect(table).toContain(fix);
  });

  test("the channel of a domain is looked at beside the main one", async () => {
    const slack = await openSlack();
    const file = "domains:\n  example.com:\n    slack-channel: C0MARKETING\n";
    const { table } = await examined({ domains: "" }, { dns: await openDns(), slack, file });
    expect(table).toContain("✅ messages can be posted: #dmarc");
    expect(table).toContain("there is no channel C0MARKETING that the bot can see");
  });

  test("a webhook is tried without a message", async () => {
    const slack = await openSlack();
    const { table } = await examined({ "slack-webhook-url": slack.webhookUrl }, { dns: await openDns() });
    expect(table).toContain("✅ messages can be posted: slack-webhook-url");
    expect(slack.look()).toEqual([]);
    const gone = await examined({ "slack-webhook-url": `${slack.webhookUrl}x` }, { dns: await openDns() });
    expect(gone.problems.join()).toContain("Copy it anew");
  });
});

const workflow = { name: "dmarc.yml", text: 'on:\n  schedule:\n    - cron: "37 6 * * *"\n' };

describe("GitHub", () => {
  const look = async (options: GitHubServerOptions): Promise<string> => {
    const github = await openGitHub({ bare: makeRepository("started").remote, workflow, ...options });
    const { table } = await examined(
      { store: "github" },
      { dns: await openDns(), github: github.apiUrl, workflow: "dmarc.yml" },
    );
    expect(github.issues).toEqual([]);
    return table;
  };

  test.each<[string, GitHubServerOptions, Record<string, string>, string[]]>([
    [
      "where the token may write",
      { permission: "read", others: { "octo-org/alarms": "write" } },
      { "issue-repository": "octo-org/alarms" },
      ["✅ octo-org/mail: token, rules and schedule are good", "✅ octo-org/alarms: the token may write issues"],
    ],
    [
      "where it may not",
      { others: { "octo-org/alarms": "none" } },
      { "issue-repository": "octo-org/alarms" },
      [
        "✅ octo-org/mail: token, rules and schedule are good",
        "may not write issues of octo-org/alarms. Give issue-token",
      ],
    ],
    [
      "with a token of its own that is wrong",
      { permission: "none", otherToken: "ghs_other", others: { "octo-org/alarms": "write" } },
      { "issue-repository": "octo-org/alarms", "issue-token": "ghs_wrong" },
      ["✅ octo-org/mail: token, rules and schedule are good", "or issue-token, where that is given"],
    ],
  ])("the repository of issues, another than the workflow's, is looked at %s", async (_, options, inputs, found) => {
    const github = await openGitHub({ bare: makeRepository("started").remote, workflow, ...options });
    const given = { store: "github", ...inputs };
    const { table } = await examined(given, { dns: await openDns(), github: github.apiUrl, workflow: "dmarc.yml" });
    const lines = table.split("\n").filter((line) => line.includes("octo-org"));
    expect(lines.map((line, index) => line.trim().includes(found[index] ?? "?") || line)).toEqual(
      found.map(() => true),
    );
  });

  test("a good repository is told as such, and nothing in it is changed", async () => {
    expect(await look({})).toContain("✅ octo-org/mail: token, rules and schedule are good");
  });

  test.each<[string, GitHubServerOptions]>([
    ["a schedule in one line", { workflow: { ...workflow, text: 'on: { schedule: [{ cron: "37 6 * * *" }] }' } }],
    [
      "a schedule with its name in quotes",
      { workflow: { ...workflow, text: '"on": { schedule: [ cron: "37 6 * * *" ] }' } },
    ],
    [
      "rules that its commits follow",
      { branchRules: ["deletion", "non_fast_forward", "required_signatures", "required_linear_history", "creation"] },
    ],
    [
      "a ruleset that the token may bypass",
      { branchRules: ["deletion"], bypass: { rules: ["pull_request", "commit_message_pattern"], mode: "always" } },
    ],
    ["a ruleset that the token is exempt from", { bypass: { rules: ["update"], mode: "exempt" } }],
  ])("%s is good", async (_, options) => {
    expect(await look(options)).toContain("token, rules and schedule are good");
  });

  test.each<[string, GitHubServerOptions, string]>([
    ["a token that may not commit", { contents: "read" }, "Add contents: write"],
    ["a token that may not write issues", { permission: "read" }, "Add issues: write"],
    ["issues that are off", { hasIssues: false }, "Switch them on under Settings"],
    ["a public repository", { isPrivate: false }, "Make it private, or set allow-public: true"],
    ["an archived repository", { archived: true }, "Unarchive it"],
    [
      "a ruleset that asks for pull requests",
      { branchRules: ["deletion", "pull_request"] },
      "committing to main: pull_request",
    ],
    [
      "a ruleset that the token may bypass by pull requests alone",
      { bypass: { rules: ["pull_request"], mode: "pull_requests_only" } },
      "committing to main: pull_request",
    ],
    [
      "a ruleset that binds the token beside one that it may bypass",
      { branchRules: ["update"], bypass: { rules: ["pull_request"], mode: "always" } },
      "committing to main: update. Set",
    ],
    ["a workflow without a schedule", { workflow: { ...workflow, text: "on: workflow_dispatch" } }, "Add on: schedule"],
    [
      "a workflow whose one event has no time",
      { workflow: { ...workflow, text: "on: [push, schedule]" } },
      "has no schedule on the default branch",
    ],
    ["a rule on messages", { branchRules: ["commit_message_pattern"] }, "may keep the token from committing to main"],
    ["a rule against new branches", { branchRules: ["creation", "missing"] }, "committing to main: creation"],
    ["a classic protection", { branchRules: ["protected"] }, "main is protected"],
    ["a classic protection beside a rule", { branchRules: ["protected", "deletion"] }, "main is protected"],
    ["a workflow that is not on the default branch", { workflow: { ...workflow, name: "x.yml" } }, "Add on: schedule"],
    [
      "a schedule that GitHub has switched off",
      { workflow: { ...workflow, state: "disabled_inactivity" } },
      "Enable workflow",
    ],
    ["a wrong token", { token: "ghs_other" }, "The token is wrong or has expired"],
  ])("%s", async (_, options, fix) => {
    expect(await look(options)).toContain(fix);
  });
});

describe.runIf(haveDovecot)("a mailbox", () => {
  let dovecot: Dovecot;
  const account = (folder: string): Record<string, string> => ({ ...imapAccount(dovecot, folder), "mail-path": "" });
  const mail = (results: string): string =>
    `${results}From: noreply-dmarc-support@google.com\nContent-Type: text/xml\n\n${reportXml()}\n`;
  beforeAll(async () => {
    dovecot = await startDovecot();
    trustServer(dovecot);
    const at = new Date("2026-11-19T06:17:00Z");
    const results = "Authentication-Results: mx.example.com; dmarc=pass header.from=google.com\n";
    dovecot.deliver("reports", Buffer.from(mail(results)), at);
    dovecot.deliver("plain", Buffer.from("From: a@example.net\n\nhello\n"), at);
    dovecot.deliver("quiet", Buffer.from(mail(results)), new Date("2026-11-10T06:17:00Z"));
    dovecot.deliver("forged", Buffer.from(mail("")), at);
    dovecot.deliver("forged", Buffer.from(mail(results)), at);
    dovecot.deliver("old", Buffer.from(mail(results)), new Date("2026-09-01T06:17:00Z"));
  });
  afterAll(async () => await dovecot.stop());

  test("a good one is told with its newest mail and who judges it", async () => {
    const { table, problems } = await examined(
      { ...account("reports"), "authserv-id": "mx.example.com" },
      { dns: await openDns() },
    );
    expect(table).toContain("1 with a report, the newest of 2026-11-19 06:17 UTC");
    expect(table).toContain("✅ mails carry the results of authserv-id mx.example.com");
    expect(problems.filter((problem) => problem.startsWith("imap"))).toEqual([]);
  });

  test.each([
    ["an authserv-id that no mail carries", "reports", { "authserv-id": "gmail" }, "set authserv-id: mx.example.com"],
    ["no authserv-id", "reports", {}, "set authserv-id: mx.example.com; until then"],
    [
      "results that a stranger wrote, since not all mails carry them",
      "forged",
      {},
      "none can be believed: reports count",
    ],
    ["an empty folder", "old", {}, "no mail in 30 days"],
    ["a folder whose newest mail is old", "quiet", {}, "the newest is of 2026-11-10 06:17 UTC"],
    ["a folder without reports", "plain", {}, "Name the folder that the reports are filed into"],
    ["a folder that is not there", "report", {}, "reports"],
    ["a wrong password", "reports", { "imap-password": "wrong" }, "password"],
  ] as [string, string, Record<string, string>, string][])("%s", async (_, folder, inputs, fix) => {
    const { table } = await examined({ ...account(folder), ...inputs }, { dns: await openDns() });
    expect(table).toContain(fix);
    expect(table).toMatch(/(⛔|⚠️) /);
  });
});
