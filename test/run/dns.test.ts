import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Digest } from "../../src/digest/digest.ts";
import { wordsOf } from "../../src/render/words/words.ts";
import { record, reportXml } from "../report/report-files.ts";
import { type DnsServer, startDns } from "../servers/dns.ts";
import { makeGitPlace, makeRunPlace, type RunPlace, runAt, verified } from "./place.ts";

/* What DNS says of our domains is kept beside the reports, and named where mail fails by what has changed. */

const signer = "s1._domainkey.example.com";

async function openDns(): Promise<DnsServer> {
  const dns = await startDns({
    "_dmarc.example.com": ["v=DMARC1; p=reject; rua=mailto:dmarc@example.com"],
    "example.com": ["token=of-somebody", "v=spf1 ip4:192.0.2.0/24 -all"],
    [`CNAME ${signer}`]: ["s1.esp.example"],
    [signer]: ["v=DKIM1; k=ed25519; p=AAAA"],
  });
  onTestFinished(async () => await dns.stop());
  return dns;
}

/** Puts a report of a day into the mailbox whose 100 messages were signed with s1, with this result. */
function putSigned({ mailbox }: RunPlace, day: string, result: "pass" | "permerror"): void {
  const begin = Date.parse(`${day}T00:00:00Z`) / 1000;
  const signature = `<domain>example.com</domain><selector>s1</selector><result>${result}</result>`;
  const passed = record({ count: "100" }).replace(
    "</record>",
    `<auth_results><dkim>${signature}</dkim></auth_results></record>`,
  );
  const records = result === "pass" ? passed.replace("<dkim>fail", "<dkim>pass") : passed;
  const xml = reportXml({ reportId: day, records })
    .replace("1794700800", String(begin))
    .replace("1794787199", String(begin + 86_399));
  writeFileSync(join(mailbox, `${day}.xml`), xml);
}

function dnsLines({ findings }: Digest): string[] {
  const { problemLines, labels } = wordsOf("en");
  const problems = findings.filter((finding) => finding.kind === "incident");
  const lines = problems.flatMap((problem) => problemLines(problem, (name) => name));
  return lines.flatMap(({ label, text }) => (label === labels.dns ? text : []));
}

test("a key that vanished is a difference in git, and the incident of its mail names it", async () => {
  const [place, dns] = [makeGitPlace(), await openDns()];
  const inputs = { doctor: "weekly", "dns-servers": dns.address };
  for (const day of ["2026-11-14", "2026-11-15", "2026-11-16", "2026-11-17"]) putSigned(place, day, "pass");
  await runAt(place, "2026-11-20T09:00:00Z", inputs);
  const kept = join(place.repository.folder, "data/dns/example.com.json");
  expect(JSON.parse(readFileSync(kept, "utf8"))).toEqual({
    version: 1,
    records: {
      [`CNAME ${signer}`]: ["s1.esp.example"],
      "TXT _dmarc.example.com": ["v=DMARC1; p=reject; rua=mailto:dmarc@example.com"],
      "TXT example.com": ["v=spf1 ip4:192.0.2.0/24 -all"],
      [`TXT ${signer}`]: ["v=DKIM1; k=ed25519; p=AAAA"],
    },
    changes: [],
  });

  dns.names.delete(signer);
  dns.names.delete(`CNAME ${signer}`);
  putSigned(place, "2026-11-18", "permerror");
  const { digest } = await runAt(place, "2026-11-21T09:00:00Z", inputs);
  expect(dnsLines(digest)).toEqual([
    `${signer}: the TXT record vanished between 20 Nov and 21 Nov`,
    `${signer}: the CNAME record vanished between 20 Nov and 21 Nov`,
  ]);
  expect(place.repository.git("show", "--format=", "HEAD", "--", "data/dns")).toContain('-      "s1.esp.example"');
  expect(await verified(place)).toContain("all good");

  putSigned(place, "2026-11-19", "permerror");
  const later = await runAt(place, "2026-11-22T09:00:00Z", inputs);
  expect(dnsLines(later.digest)).toContain(`${signer}: the CNAME record vanished between 20 Nov and 21 Nov`);
});

test("a server that does not answer is no change, and the next run asks again", async () => {
  const [place, dns] = [makeRunPlace(), await openDns()];
  const inputs = { doctor: "weekly", "dns-servers": dns.address };
  putSigned(place, "2026-11-17", "pass");
  await runAt(place, "2026-11-20T09:00:00Z", inputs);
  const before = readFileSync(join(place.repository.folder, "data/dns/example.com.json"), "utf8");
  dns.all = "SERVFAIL";
  putSigned(place, "2026-11-18", "pass");
  await runAt(place, "2026-11-21T09:00:00Z", inputs);
  expect(readFileSync(join(place.repository.folder, "data/dns/example.com.json"), "utf8")).toBe(before);
});

test("the weekly message says what is to be mended, and no other day asks anybody to", async () => {
  const [place, dns] = [makeRunPlace(), await openDns()];
  dns.names.set("example.com", ["v=spf1 +all"]);
  const inputs = { doctor: "weekly", weekly: "friday", "dns-servers": dns.address };
  const told: boolean[] = [];
  // A weekly message needs a week that is known.
  for (const day of ["09", "10", "11", "12", "13", "14", "15"]) putSigned(place, `2026-11-${day}`, "pass");
  for (const [day, now] of [
    ["16", "19"],
    ["17", "20"],
    ["18", "21"],
  ]) {
    putSigned(place, `2026-11-${day}`, "pass");
    const { published } = await runAt(place, `2026-11-${now}T09:00:00Z`, inputs);
    told.push(published.summary.includes("ends in +all: the whole world may send"));
  }
  expect(told).toEqual([false, true, false]);
});

test("without doctor DNS is asked for nothing", async () => {
  const [place, dns] = [makeRunPlace(), await openDns()];
  putSigned(place, "2026-11-17", "pass");
  await runAt(place, "2026-11-20T09:00:00Z", { "dns-servers": dns.address });
  expect(dns.questions).toEqual([]);
});
