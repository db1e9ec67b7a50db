import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { record, reportXml } from "../../test/report/report-files.ts";
import { makeRsaKey, type SigningKey, signMail } from "../../test/report/trust/signed-mail.ts";
import { startDns } from "../../test/servers/dns.ts";
import { buildRunner, clone, makeFirstCommit, startRunner } from "./history/place.ts";
import type { RunnerCost } from "./history/runner.ts";

/*
 * What our own check of signatures costs: `npm run bench:dns`. One run over 500 mails signed by 24 domains with two keys
 * each, against a DNS server on this machine that answers after 50 ms, beside the same run where it answers at once. The
 * run is a process of its own, bundled as the action is, with all that a run does; the two take turns, and the least of
 * each counts. Fails when a mail is not verified, a key is asked for twice, or the goal is missed.
 */

const mails = 500;
const domains = 24;
const latency = 50;
const rounds = 2;
const goal = { seconds: 15 };
const now = "2026-11-20T09:00:00Z";

interface Cost extends RunnerCost {
  lookUps: number;
}

const folder = await mkdtemp(join(tmpdir(), "dmarc-digest-bench-"));
const dns = await startDns();
try {
  const runner = join(folder, "runner.mjs");
  await buildRunner(runner);
  await saveMails();
  const slow: Cost[] = [];
  const fast: Cost[] = [];
  for (let round = 0; round < rounds; round += 1) {
    slow.push(await measure(runner, `slow${round}`, latency));
    fast.push(await measure(runner, `fast${round}`, 0));
  }
  tell(leastOf(slow), leastOf(fast));
} finally {
  await dns.stop();
  await rm(folder, { recursive: true });
}

/** The mails, and the keys in DNS, some of them large. */
async function saveMails(): Promise<void> {
  await mkdir(join(folder, "mails"));
  const keys = Array.from({ length: domains * 2 }, (_, index) => makeRsaKey(index % 8 === 0 ? 4096 : 2048));
  for (let index = 0; index < mails; index += 1) {
    const number = index % keys.length;
    const key = keys[number] as SigningKey;
    const domain = `reporter${number % domains}.example`;
    const selector = `s${number}`;
    dns.names.set(`${selector}._domainkey.${domain}`, [key.record.match(/.{1,255}/g) ?? []]);
    const signedAt = new Date("2026-11-18T07:59:00Z");
    const mail = await signMail(mailOf(domain, index), { key, domain, selector, signedAt });
    const received = "Received: from a.example by mx.example.net; Wed, 18 Nov 2026 08:00:00 +0000\r\n";
    await writeFile(join(folder, "mails", `${String(index).padStart(4, "0")}.eml`), received + mail);
  }
}

/** A report of ten records about 2026-11-17. */
function mailOf(domain: string, index: number): string {
  const records = Array.from({ length: 10 }, (_, place) =>
    record({ count: String(index + 1) }).replace("192.0.2.10", `192.0.2.${place}`),
  ).join("");
  const xml = reportXml({ reportId: String(index), records })
    .replace("1794700800", String(Date.parse("2026-11-17T00:00:00Z") / 1000))
    .replace("1794787199", String(Date.parse("2026-11-17T23:59:59Z") / 1000));
  return [
    `From: Reports <dmarc@${domain}>`,
    "To: dmarc@example.com",
    `Subject: Report Domain: example.com Submitter: ${domain} Report-ID: ${index}`,
    "MIME-Version: 1.0",
    "Content-Type: application/gzip; name=report.xml.gz",
    "Content-Transfer-Encoding: base64",
    "",
    gzipSync(xml).toString("base64").replace(/.{76}/g, "$&\r\n"),
    "",
  ].join("\r\n");
}

async function measure(runner: string, name: string, delay: number): Promise<Cost> {
  const work = await clone(await makeFirstCommit(join(folder, name)));
  Object.assign(dns, { delay, questions: [] });
  const cost = await startRunner(runner, {
    command: "run",
    inputs: {
      now,
      "mail-path": join(folder, "mails"),
      domains: "example.com",
      "dns-servers": dns.address,
      store: "git",
      "data-path": join(work, "data"),
    },
    environment: {},
  });
  const verified = await verifiedIn(join(work, "data"));
  if (cost.problems.length > 0 || verified !== mails) {
    throw new Error(`${verified} of ${mails} mails are verified: ${cost.problems.join(" ") || cost.said}`);
  }
  return { ...cost, lookUps: dns.questions.filter((question) => question.startsWith("udp")).length };
}

async function verifiedIn(data: string): Promise<number> {
  const paths = await readdir(data, { recursive: true });
  const texts = await Promise.all(
    paths.filter((path) => /\d-\d\d\.json$/.test(path)).map((path) => readFile(join(data, path), "utf8")),
  );
  return [...texts.join("").matchAll(/"verdict":"verified","by":"dkim"/g)].length;
}

function leastOf(costs: Cost[]): Cost {
  const [first, ...others] = costs as [Cost, ...Cost[]];
  return others.reduce((least, cost) => (cost.elapsed < least.elapsed ? cost : least), first);
}

function tell(slow: Cost, fast: Cost): void {
  for (const [name, cost] of [
    [`${latency} ms`, slow],
    ["at once", fast],
  ] as const) {
    const seconds = `${cost.elapsed.toFixed(2)} s, ${(cost.cpu + cost.childCpu).toFixed(2)} s of CPU`;
    console.log(
      `DNS ${name}: ${mails} mails verified in ${seconds}, ${cost.lookUps} look-ups, ${(mails / cost.elapsed).toFixed(0)} mails/s`,
    );
  }
  console.log(`${(slow.elapsed / fast.elapsed).toFixed(2)} times as long with ${latency} ms as without`);
  const misses = [
    ...(slow.elapsed > goal.seconds ? [`above ${goal.seconds} s`] : []),
    ...(slow.lookUps > domains * 2 ? ["a key was asked for twice"] : []),
  ];
  for (const miss of misses) console.log(`✗ ${miss}`);
  process.exitCode = misses.length === 0 ? 0 : 1;
}
