import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { record, reportXml } from "../../test/report/report-files.ts";
import { makeRsaKey, signMail } from "../../test/report/trust/signed-mail.ts";
import { type DnsServer, startDns } from "../../test/servers/dns.ts";
import { type Dovecot, haveDovecot, startDovecot } from "../../test/servers/imap/dovecot.ts";
import { buildRunner, clone, gitIn, makeFirstCommit, type RunCost, type StoreKind, startRun } from "./history/place.ts";

/*
 * `npm run bench:flood`: a first run with default inputs on a mailbox into which strangers have sent 50,000 mails, and
 * Google one: tiny reports about one domain and day, with From fields of their own and of Google, with made-up signatures
 * and without, and mails without a report. Fails when Google's report does not count then, or the run takes too much memory or room in
 * the repository. What follows reads the rest.
 *
 * `npm run bench:flood -- 5000 git trusted`: of so many mails, on that store, where the receiving host's results are trusted.
 */

const goal = { megabytes: 400, repositoryBytes: 10_000_000 };
/** More runs than that would not be read to the end by anybody. */
const mostRuns = 10;
const now = "2026-11-20T09:00:00Z";

const asked = process.argv.slice(2);
const mails = Number(asked.find((word) => /^\d+$/.test(word)) ?? 50_000);
const store: StoreKind = asked.includes("git") ? "git" : "github";
const isTrusting = asked.includes("trusted");

async function measure(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "dmarc-digest-flood-"));
  const [dovecot, dns] = [await startDovecot(), await startDns()];
  try {
    await fill(dovecot, dns);
    const runner = join(folder, "runner.mjs");
    await buildRunner(runner);
    const misses = await measureRuns({
      dovecot,
      dns,
      runner,
      bare: await makeFirstCommit(join(folder, "history.git")),
    });
    for (const miss of misses) console.log(`✗ ${miss}`);
    process.exitCode = misses.length === 0 ? 0 : 1;
  } finally {
    await dovecot.stop();
    await dns.stop();
    await rm(folder, { recursive: true });
  }
}

interface Place {
  dovecot: Dovecot;
  dns: DnsServer;
  runner: string;
  bare: string;
}

async function measureRuns({ dovecot, dns, runner, bare }: Place): Promise<string[]> {
  const inputs = {
    "mail-path": "",
    domains: "",
    "max-fail-rate": "5%",
    "time-budget": "10m",
    "imap-host": dovecot.host,
    "imap-port": String(dovecot.port),
    "imap-security": "none",
    "imap-user": dovecot.user,
    "imap-password": dovecot.password,
    "dns-servers": dns.address,
    ...(isTrusting && { "authserv-id": "mx.example.net" }),
  };
  const misses: string[] = [];
  const checkout = await clone(bare);
  for (let run = 1; run <= mostRuns; run += 1) {
    const cost = await startRun(runner, { store, bare, clone: checkout, mails: "", now, inputs });
    const [received, packed] = [await bytesOf(bare), await bytesOf(bare, "gc")];
    show(run, cost, { received, packed, lookUps: dns.questions.length });
    if (cost.problems.length > 0) misses.push(`run ${run}: ${cost.problems.join(" ")}`);
    if (cost.megabytes > goal.megabytes) {
      misses.push(`run ${run} must take ${goal.megabytes} MB of memory, takes ${cost.megabytes.toFixed()}`);
    }
    if (packed > goal.repositoryBytes) {
      misses.push(`run ${run}: the repository must have ${goal.repositoryBytes} bytes, has ${packed}`);
    }
    if (run === 1 && !(await countsGoogle(bare))) misses.push("Google's report does not count in the first run");
    if (!/to go/.test(cost.mailboxes.join(" "))) break;
  }
  return misses;
}

function show(
  run: number,
  cost: RunCost,
  { received, packed, lookUps }: { received: number; packed: number; lookUps: number },
): void {
  const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`;
  console.log(
    `run ${run}: ${cost.elapsed.toFixed()} s, ${cost.cpu.toFixed()} s of CPU, ${cost.megabytes.toFixed()} MB of memory, ` +
      `${lookUps} look-ups so far; repository ${megabytes(received)} as received, ${megabytes(packed)} packed. ${cost.mailboxes.join(" ")}`,
  );
}

/** Bytes of a repository's objects, as they came or as `git gc` packs them. */
async function bytesOf(bare: string, how?: "gc"): Promise<number> {
  if (how === "gc") await gitIn(bare, "gc", "--quiet", "--prune=now");
  const counts = await gitIn(bare, "count-objects", "-v");
  const [, loose = "0"] = /^size: (\d+)$/m.exec(counts) ?? [];
  const [, packs = "0"] = /^size-pack: (\d+)$/m.exec(counts) ?? [];
  return (Number(loose) + Number(packs)) * 1024;
}

/** Whether Google's report stands in the history as verified. */
async function countsGoogle(bare: string): Promise<boolean> {
  const text = await gitIn(bare, "show", "main:data/example.com/2026/2026-11-17.json").catch(() => "{}");
  const { reports = [] } = JSON.parse(text) as {
    reports?: { reportMetadata: { reportId: string }; authenticity?: { verdict: string } }[];
  };
  return reports.some(
    ({ reportMetadata, authenticity }) => reportMetadata.reportId === "genuine" && authenticity?.verdict === "verified",
  );
}

/** Who sends the mails of the flood, in turn. */
const senders = [
  { from: "a@evil.example" },
  { from: "noreply-dmarc-support@google.com" },
  { from: "a@evil.example", isSigned: true },
  { from: "noreply-dmarc-support@google.com", isSigned: true },
  { from: "a@evil.example", isReport: false },
];

async function fill(dovecot: Dovecot, dns: DnsServer): Promise<void> {
  const key = makeRsaKey(2048);
  dns.names.set("s1._domainkey.google.com", [key.record.match(/.{1,255}/g) ?? []]);
  const genuine = await signMail(mailOf("genuine", { from: "noreply-dmarc-support@google.com" }, 10), {
    key,
    domain: "google.com",
    signedAt: new Date("2026-11-18T07:59:00Z"),
  });
  for (let number = 0; number < mails; number += 1) {
    const sender = senders[number % senders.length] ?? { from: "" };
    if (number === Math.floor(mails / 2)) dovecot.deliver("INBOX", received("pass", "google.com") + genuine, arrived);
    const domain = sender.from.slice(sender.from.indexOf("@") + 1);
    const results = domain === "google.com" ? "fail" : "pass";
    const mail = mailOf(`flood-${number}`, sender, number + 11);
    dovecot.deliver("INBOX", received(results, domain) + signatureOf(number, sender, domain) + mail, arrived);
  }
}

const arrived = new Date("2026-11-18T08:00:00Z");

/** What the receiving host writes above a mail; its results where they are trusted. */
function received(results: "pass" | "fail", domain: string): string {
  const field = `Authentication-Results: mx.example.net; dmarc=${results} header.from=${domain}\r\n`;
  return `${isTrusting ? field : ""}Received: from a.example by mx.example.net; Wed, 18 Nov 2026 08:00:00 +0000\r\n`;
}

/** A signature whose key has to be looked up, and is not there. */
function signatureOf(number: number, { isSigned = false }: { isSigned?: boolean }, domain: string): string {
  if (!isSigned) return "";
  return `DKIM-Signature: v=1; a=rsa-sha256; d=${domain}; s=x${number}; h=from; bh=AAAA; b=AAAA\r\n`;
}

function mailOf(id: string, { from, isReport = true }: { from: string; isReport?: boolean }, count: number): string {
  const xml = reportXml({ reportId: id, records: record({ count: String(count) }) })
    .replace("<org_name>example.net", `<org_name>${from.endsWith("google.com") ? "google.com" : "Evil"}`)
    .replace("1794700800", String(Date.parse("2026-11-17T00:00:00Z") / 1000))
    .replace("1794787199", String(Date.parse("2026-11-17T23:59:59Z") / 1000));
  const fields = [`From: ${from}`, `Subject: ${id}`, `Content-Type: ${isReport ? "text/xml" : "text/plain"}`];
  return [...fields, "", isReport ? xml : "See you at lunch.", ""].join("\r\n");
}

if (haveDovecot) await measure();
else console.log("There is no Dovecot here.");
