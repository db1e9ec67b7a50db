import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { startDns } from "../../servers/dns.ts";
import { type Dovecot, haveDovecot, startDovecot } from "../../servers/imap/dovecot.ts";
import { imapAccount } from "../../servers/place.ts";
import { makeRunPlace, runAt, verified } from "../place.ts";
import { keyRecord, ledgerOf, mailOf, now, received, signed } from "./attack-mails.ts";

/* Attacks by number: many domains, and many keys of which DNS never tells. */

test("reports about 1,000 made-up domains make no folder, and the genuine one counts", async () => {
  const place = makeRunPlace();
  const mails = Array.from({ length: 1000 }, (_, index) => {
    const from = "dmarc@evil.example";
    const mail = mailOf({ from, orgName: "Evil", id: `made-up ${index}`, domain: `example${index}.com` });
    return `From x@evil.example Wed Nov 18 08:00:00 2026\n${(received + mail).replaceAll("\r\n", "\n")}\n`;
  });
  writeFileSync(join(place.mailbox, "many.mbox"), mails.join(""));
  const results = "Authentication-Results: mx.example.net; dmarc=pass header.from=google.com\r\n";
  writeFileSync(join(place.mailbox, "genuine.eml"), results + received + mailOf({ count: 10 }));
  const inputs = { "authserv-id": "mx.example.net", domains: "example.com" };
  const { digest } = await runAt(place, now, inputs);
  expect(digest).toMatchObject({
    totals: { reports: 1, messages: 10 },
    intake: { mails: 1001, states: { stored: 1, "foreign-domain": 1000 } },
    notCounted: { reports: 0 },
  });
  const folders = readdirSync(join(place.repository.folder, "data"), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  expect(folders.map(({ name }) => name).sort()).toEqual(["example.com", "intake"]);
  expect(ledgerOf(place).filter(({ state }) => state === "foreign-domain")).toHaveLength(1000);
  expect(await verified(place)).toMatch(/: all good\n$/);
});

test("2,500 signatures of strangers, with made-up keys of their own and of Google, leave Google's to be looked up", async () => {
  const place = makeRunPlace();
  const forged = Array.from({ length: 2500 }, (_, index) => {
    const domain = index % 2 === 0 ? `evil${index}.example` : "google.com";
    const fields = [`DKIM-Signature: v=1; a=rsa-sha256; d=${domain}; s=x${index}; h=from; bh=AAAA; b=AAAA`];
    const mail = mailOf({ from: `a@${domain}`, id: `forged ${index}`, domain: "evil.example", fields });
    return `From x@evil.example Wed Nov 18 08:00:00 2026\n${(received + mail).replaceAll("\r\n", "\n")}\n`;
  });
  writeFileSync(join(place.mailbox, "forged.mbox"), forged.join(""));
  writeFileSync(join(place.mailbox, "genuine.eml"), received + (await signed(mailOf({ count: 10 }))));
  const dns = await startDns({ "s1._domainkey.google.com": keyRecord });
  onTestFinished(() => dns.stop());
  const { digest } = await runAt(place, now, { "dns-servers": dns.address, domains: "example.com" });
  expect(digest).toMatchObject({
    totals: { reports: 1, messages: 10 },
    intake: { mails: 2501, states: { stored: 1 } },
  });
  const ofStrangers = dns.questions.filter((question) => question.endsWith(".example"));
  // Where this machine is slow a name may be asked for twice.
  expect(new Set(ofStrangers).size).toBe(1000);
});

describe.runIf(haveDovecot)("where DNS never answers", () => {
  let dovecot: Dovecot;
  beforeAll(async () => {
    dovecot = await startDovecot();
    setDefaultCACertificates([...getCACertificates("default"), readFileSync(dovecot.caFile, "utf8")]);
  });
  afterAll(async () => await dovecot.stop());

  test("look-ups end with the time of the run, strangers' mails are unverified, and those of believed senders wait and count once it does", async () => {
    const place = makeRunPlace();
    const genuine = await signed(mailOf({ id: "genuine", count: 10 }));
    const strangers = Array.from({ length: 40 }, async (_, index) => {
      const domain = `evil${index}.example`;
      return await signed(mailOf({ from: `a@${domain}`, orgName: "", id: domain, count: 1000 + index }), domain);
    });
    for (const mail of [...(await Promise.all(strangers)), genuine]) {
      dovecot.deliver("Silent", received + mail, new Date("2026-11-18T08:00:00Z"));
    }
    const dns = await startDns();
    onTestFinished(() => dns.stop());
    dns.all = "silence";
    const account = { "mail-path": "", ...imapAccount(dovecot, "Silent") };
    const inputs = { ...account, "dns-servers": dns.address, domains: "example.com" };

    // All mails are read, however slow this machine is: to those who ask for it, no time passes. Look-ups end all the same.
    const clock = vi.spyOn(performance, "now").mockReturnValue(performance.now());
    onTestFinished(() => clock.mockRestore());
    const first = await runAt(place, now, { ...inputs, "time-budget": "1s" });
    clock.mockRestore();
    expect(first.digest).toMatchObject({
      totals: { reports: 0, messages: 0 },
      notCounted: { reports: 40 },
      intake: { states: { retry: 1, stored: 40 } },
    });
    const waiting = ledgerOf(place).filter(({ state }) => state === "retry");
    expect(waiting.map(({ reporter, reason }) => [reporter, reason?.replace(/.* could/, "could")])).toEqual([
      [undefined, "could not be checked: DNS gave no answer about its key: the look-ups were ended"],
    ]);

    dns.all = keyRecord;
    const second = await runAt(place, "2026-11-20T10:00:00Z", inputs);
    expect(second.digest).toMatchObject({
      totals: { reports: 1, messages: 10 },
      notCounted: { reports: 40 },
      intake: { mails: 1, states: { stored: 1 } },
    });
    expect(await verified(place)).toMatch(/: all good\n$/);
  });
});
