import { afterAll, beforeAll, expect, test } from "vitest";
import { openDns } from "../../src/io/dns.ts";
import { checkDkim, type DkimOutcome } from "../../src/report/trust/dkim.ts";
import { inWords } from "../reasons.ts";
import { makeRsaKey, reportMail, signMail } from "../report/trust/signed-mail.ts";
import { type DnsServer, startDns } from "../servers/dns.ts";

/* The check of a mail with keys that come out of a real DNS server. */

const key = makeRsaKey(2048);
let server: DnsServer;

/** A TXT record in strings of 255 bytes, which is the longest one. */
const inStrings = (record: string): string[] => record.match(/.{1,255}/g) ?? [];

beforeAll(async () => {
  server = await startDns({
    "usual._domainkey.example.com": [inStrings(key.record)],
    "long._domainkey.example.com": [inStrings(`${key.record}; n=${"notes ".repeat(200)}`)],
    "broken._domainkey.example.com": "SERVFAIL",
    "silent._domainkey.example.com": "silence",
  });
});

afterAll(() => server.stop());

async function check(selector: string): Promise<DkimOutcome> {
  const mail = Buffer.from(await signMail(reportMail(), { key, selector }));
  const dns = openDns({ servers: [server.address], limits: { timeout: 200 } });
  const question = { fromDomain: "example.com", at: new Date("2026-03-02T07:00:00Z"), resolve: dns.resolveTxt };
  return await checkDkim(mail, question).finally(dns.close);
}

test("a key in several strings is put together", async () => {
  expect(await check("usual")).toMatchObject({ kind: "pass", domain: "example.com", selector: "usual" });
});

test("a key too long for UDP comes by TCP", async () => {
  expect(await check("long")).toMatchObject({ kind: "pass" });
  expect(server.questions).toContain("tcp TXT long._domainkey.example.com");
});

test.each([
  ["missing", "none", "its key is not in DNS any more, or never was"],
  ["broken", "retry", "DNS gave no answer about its key: the server could not find out (SERVFAIL)"],
  ["silent", "retry", "DNS gave no answer about its key: time-out"],
])("where the answer is %s the outcome is %s", async (selector, kind, reason) => {
  expect(inWords(await check(selector))).toMatchObject({ kind, signatures: [{ kind, reason }] });
});
