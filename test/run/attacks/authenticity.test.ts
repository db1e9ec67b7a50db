import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { record, reportXml } from "../../report/report-files.ts";
import { makeRsaKey, signMail } from "../../report/trust/signed-mail.ts";
import { type DnsServer, startDns } from "../../servers/dns.ts";
import { type Dovecot, haveDovecot, startDovecot } from "../../servers/imap/dovecot.ts";
import { imapAccount, subjects } from "../../servers/place.ts";
import { type S3Server, startS3 } from "../../servers/s3.ts";
import { makeRunPlace, type RunPlace, runAt, verified } from "../place.ts";

/* Whom a run believes: mails by the word of the receiving host, by their signatures, or not at all. */

const now = "2026-11-20T09:00:00Z";
const key = makeRsaKey(2048);
/** A string of a TXT record has 255 bytes at most. */
const txt = [key.record.match(/.{1,255}/g) ?? []];

/** A report about 2026-11-17, as a mail; `top` are fields that the receiving host has put above. */
function mailOf({
  from = "reports@mail.example",
  orgName = "Example Reports",
  id = "1",
  count = 10,
  top = "",
}): string {
  const xml = reportXml({ reportId: id, records: record({ count: String(count) }) })
    .replace("<org_name>example.net", `<org_name>${orgName}`)
    .replace("1794700800", String(Date.parse("2026-11-17T00:00:00Z") / 1000))
    .replace("1794787199", String(Date.parse("2026-11-17T23:59:59Z") / 1000));
  const fields = [
    "Received: from a.example by mx.example.net; Wed, 18 Nov 2026 08:00:00 +0000",
    `From: ${from}`,
    "Subject: Report Domain: example.com",
    "Content-Type: text/xml",
  ];
  return `${top}${[...fields, "", xml, ""].join("\r\n")}`;
}

const results = (said: string): string => `Authentication-Results: mx.example.net;\r\n ${said}\r\n`;

const signed = (mail: string, domain: string): Promise<string> =>
  signMail(mail, { key, domain, signedAt: new Date("2026-11-18T07:59:00Z") });

async function openDns(names: Parameters<typeof startDns>[0] = {}): Promise<DnsServer> {
  const dns = await startDns(names);
  onTestFinished(() => dns.stop());
  return dns;
}

function put({ mailbox }: RunPlace, name: string, mail: string): void {
  writeFileSync(join(mailbox, `${name}.eml`), mail);
}

test("mails count by the word of the host that the user names, and without one the run says which id they carry", async () => {
  const place = makeRunPlace();
  const top = results("dmarc=pass (p=reject) header.from=google.com");
  put(place, "google", mailOf({ from: "noreply-dmarc-support@google.com", orgName: "google.com", top }));
  const blind = await runAt(place, now);
  expect(blind.digest).toMatchObject({
    verdict: "look",
    findings: [{ rule: "nothing-counts", messages: 1 }],
    totals: { messages: 0 },
    notCounted: { reports: 1, messages: 10, senders: [{ standing: "unverified", reporter: "google.com" }] },
  });
  expect(blind.published.lines).toContainEqual(
    expect.stringMatching(/of mx\.example\.net on top.*authserv-id: mx\.ex/),
  );
  expect(blind.published.summary).toContain("### Not counted: 1 report, 10 messages");

  const credulous = await runAt(place, "2026-11-20T10:00:00Z", { "count-unverified": "true" });
  expect(credulous.digest).toMatchObject({ totals: { messages: 10 }, notCounted: { reports: 0 } });

  const slip = await runAt(place, "2026-11-20T10:30:00Z", { "authserv-id": "mx.exmaple.net", reread: "30d" });
  expect(slip.published.lines).toContainEqual(
    "No mail with a report carries Authentication-Results of mx.exmaple.net, as authserv-id says: all have those of " +
      "mx.example.net on top. If that is your mail host: authserv-id: mx.example.net",
  );

  const told = { "authserv-id": "mx.example.net", reread: "30d" };
  const sure = await runAt(place, "2026-11-20T11:00:00Z", told);
  expect(sure.published.lines.join()).not.toContain("authserv-id");
  expect(sure.digest).toMatchObject({ totals: { messages: 10, dmarcFail: 10 }, notCounted: { reports: 0 } });
  expect(await verified(place)).toMatch(/^1 day file, .*: all good\n$/);
  const text = readFileSync(join(place.repository.folder, "data/example.com/2026/2026-11-17.json"), "utf8");
  expect(text).toContain('{"verdict":"verified","by":"header","domain":"google.com","standing":"known"}');
});

test("no run advises to believe results that a stranger wrote into the newest mail, where the host writes none", async () => {
  const place = makeRunPlace();
  const google = { from: "noreply-dmarc-support@google.com", orgName: "google.com" };
  put(place, "1-genuine", mailOf(google));
  put(place, "2-forged", mailOf({ ...google, top: results("dmarc=pass header.from=google.com") }));
  for (const inputs of [undefined, { "authserv-id": "mx.other.example", reread: "30d" }]) {
    const { published } = await runAt(place, now, inputs);
    expect(published.lines.join()).not.toContain("mx.example.net");
  }
});

test("a stranger with a well-signed domain of his own moves no number: not by his name, nor by Google's", async () => {
  const place = makeRunPlace();
  const dns = await openDns({
    "s1._domainkey.google.com": txt,
    "s1._domainkey.evil.example": txt,
    "s1._domainkey.reports.example": txt,
  });
  const from = (domain: string): string => `dmarc@${domain}`;
  put(place, "1", await signed(mailOf({ from: from("google.com"), orgName: "google.com" }), "google.com"));
  put(
    place,
    "2",
    await signed(mailOf({ from: from("evil.example"), orgName: "google.com", count: 1e6 }), "evil.example"),
  );
  put(place, "3", await signed(mailOf({ from: from("reports.example"), id: "new", count: 500 }), "reports.example"));
  put(place, "4", mailOf({ from: from("google.com"), orgName: "google.com", id: "forged", count: 1e6 }));
  const changed = await signed(mailOf({ from: from("google.com"), orgName: "google.com", id: "x" }), "google.com");
  put(place, "5", changed.replace("<count>10<", "<count>9999999<"));
  // Longer than any timer of Node can be.
  const inputs = { "dns-servers": dns.address, "time-budget": "999999h" };
  const { digest, problems } = await runAt(place, now, inputs);
  expect(problems).toEqual([]);
  expect(digest).toMatchObject({
    totals: { messages: 10 },
    intake: { states: { stored: 3, quarantined: 2 } },
    notCounted: {
      senders: [
        { standing: "unverified", reporter: "google.com", messages: 1e6 },
        { standing: "new", reporter: "reports.example", messages: 500 },
      ],
    },
  });
  expect(digest.intake.problems.map(({ reason }) => reason).sort()).toEqual([
    expect.stringContaining("goes by the name of Google, but the mail is authenticated by evil.example"),
    expect.stringMatching(/signature|body/),
  ]);
  expect(subjects(place)).toContain("dmarc: 1 report for 1 domain, 10 messages");
  const trusting = await runAt(place, "2026-11-20T10:00:00Z", { ...inputs, "trusted-reporters": "reports.example" });
  expect(trusting.digest).toMatchObject({ totals: { messages: 510 }, intake: { mails: 0 } });
});

describe("a mail in a bucket", () => {
  const put = new Date("2026-11-18T08:00:00Z");
  const inputsFor = (s3: S3Server) => ({ "mail-path": "", s3: `s3://${s3.bucket}`, "s3-endpoint": s3.url });

  test("is read again by the next run when DNS does not tell, and counts once its key is there", async () => {
    const [place, s3, dns] = [makeRunPlace(), await startS3(), await openDns()];
    const mail = await signed(mailOf({ from: "dmarc@google.com", orgName: "google.com" }), "google.com");
    s3.objects.set("o8s3aflv8ukl9bm1", { bytes: Buffer.from(mail), put });
    const inputs = { ...inputsFor(s3), "dns-servers": dns.address };
    dns.all = "SERVFAIL";
    const first = await runAt(place, now, inputs);
    expect(first.digest).toMatchObject({ totals: { messages: 0 }, intake: { states: { retry: 1 } } });
    dns.all = txt;
    const second = await runAt(place, "2026-11-20T10:00:00Z", inputs);
    expect(second.digest).toMatchObject({ totals: { messages: 10 }, intake: { mails: 1, states: { stored: 1 } } });
    expect(await verified(place)).toMatch(/: all good\n$/);
    await runAt(place, "2026-11-20T11:00:00Z", inputs);
    expect(s3.seen.filter((line) => line.startsWith("GET"))).toHaveLength(2);
  });

  test("counts by what SES wrote on top of it, and not by what its sender wrote below", async () => {
    const [place, s3] = [makeRunPlace(), await startS3()];
    const said = (result: string) =>
      `Authentication-Results: amazonses.com;\n spf=pass client-ip=192.0.2.7;\n dmarc=${result} header.from=google.com;\n`;
    const received =
      "Received: from mail.example by inbound-smtp.eu-west-1.amazonaws.com; Wed, 18 Nov 2026 08:00:00 +0000 (UTC)\n";
    const bySes = (result: string) => `${received}X-SES-Spam-Verdict: PASS\n${said(result)}X-SES-RECEIPT: AEFBQUFB\r\n`;
    const mail = (id: string) => mailOf({ from: "dmarc@google.com", orgName: "google.com", id });
    s3.objects.set("true", { bytes: Buffer.from(bySes("pass") + mail("true")), put });
    s3.objects.set("forged", { bytes: Buffer.from(bySes("fail") + said("pass") + mail("forged")), put });
    const { digest } = await runAt(place, now, { ...inputsFor(s3), "authserv-id": "ses" });
    expect(digest).toMatchObject({ totals: { messages: 10 }, intake: { states: { stored: 1, quarantined: 1 } } });
  });
});

describe.runIf(haveDovecot)("a mail of which DNS does not tell", () => {
  let dovecot: Dovecot;
  beforeAll(async () => {
    dovecot = await startDovecot();
    setDefaultCACertificates([...getCACertificates("default"), readFileSync(dovecot.caFile, "utf8")]);
  });
  afterAll(async () => await dovecot.stop());

  const inputsFor = (folder: string, dns: DnsServer): Record<string, string> => ({
    "mail-path": "",
    ...imapAccount(dovecot, folder),
    "dns-servers": dns.address,
  });
  const arrived = new Date("2026-11-18T08:00:00Z");

  test("is judged by the next run, and counts once its key is there", async () => {
    const place = makeRunPlace();
    const mail = await signed(mailOf({ from: "dmarc@google.com", orgName: "google.com" }), "google.com");
    dovecot.deliver("Late", Buffer.from(mail), arrived);
    const dns = await openDns();
    dns.all = "SERVFAIL";
    const first = await runAt(place, now, inputsFor("Late", dns));
    expect(first.digest).toMatchObject({ totals: { messages: 0 }, intake: { states: { retry: 1 } } });
    dns.all = txt;
    const second = await runAt(place, "2026-11-20T10:00:00Z", inputsFor("Late", dns));
    expect(second.digest).toMatchObject({ totals: { messages: 10 }, intake: { mails: 1, states: { stored: 1 } } });
    expect(await verified(place)).toMatch(/: all good\n$/);
    const third = await runAt(place, "2026-11-20T11:00:00Z", inputsFor("Late", dns));
    expect(third.digest.intake).toEqual(second.digest.intake);
  });

  test("is unverified after the third run, and nothing is lost", async () => {
    const place = makeRunPlace();
    const mail = await signed(mailOf({ from: "dmarc@google.com", orgName: "google.com" }), "google.com");
    dovecot.deliver("Never", Buffer.from(mail), arrived);
    const dns = await openDns();
    dns.all = "SERVFAIL";
    for (const hour of ["09", "10"]) {
      const { digest } = await runAt(place, `2026-11-20T${hour}:00:00Z`, inputsFor("Never", dns));
      expect(digest.notCounted.reports).toBe(0);
    }
    const { digest } = await runAt(place, "2026-11-20T11:00:00Z", inputsFor("Never", dns));
    expect(digest).toMatchObject({ totals: { messages: 0 }, notCounted: { reports: 1, messages: 10 } });
    expect(await verified(place)).toMatch(/: all good\n$/);
  });
});
