import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { verifyMail } from "../../src/commands/verify-mail.ts";
import { readTrust } from "../../src/config/config.ts";
import { reportXml } from "../report/report-files.ts";
import { makeRsaKey, signMail } from "../report/trust/signed-mail.ts";
import { startDns } from "../servers/dns.ts";
import { makeFolder } from "../servers/git.ts";
import { Sink } from "./sink.ts";

const key = makeRsaKey(2048);

function mailOf(from: string, { top = "", orgName = "Example" } = {}): string {
  const xml = reportXml().replace("<org_name>example.net", `<org_name>${orgName}`);
  const received = "Received: from a.example by mx.example.net; Wed, 18 Nov 2026 08:00:00 +0000";
  return `${top}${[received, `From: ${from}`, "Content-Type: text/xml", "", xml, ""].join("\r\n")}`;
}

async function explained(content: string, given: Parameters<typeof readTrust>[0] = {}): Promise<string[]> {
  const dns = await startDns({ "s1._domainkey.mail.example": [key.record.match(/.{1,255}/g) ?? []] });
  onTestFinished(() => dns.stop());
  const path = join(makeFolder(), "mail.eml");
  writeFileSync(path, content);
  const [stdout, stderr] = [new Sink(), new Sink()];
  const trust = readTrust({ "dns-servers": dns.address, ...given });
  expect(await verifyMail({ path, trust, now: new Date("2026-11-20T09:00:00Z"), stdout, stderr })).toBe(0);
  expect(stderr.text).toBe("");
  return stdout.text
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => line.slice(2));
}

const signed = (mail: string): Promise<string> =>
  signMail(mail, { key, domain: "mail.example", signedAt: new Date("2026-11-18T07:59:00Z") });
const results = (said: string): string => `Authentication-Results: mx.example.net; ${said}\r\n`;

test("a mail that nothing authenticates: the host that it names, and what to do", async () => {
  const top = results("dmarc=pass header.from=mail.example");
  expect(await explained(mailOf("a@mail.example", { top }))).toEqual([
    "From: mail.example",
    "Authentication-Results: on top those of mx.example.net, which nobody trusts; if that is your mail host: authserv-id: mx.example.net",
    "DKIM: the mail is not signed",
    "Report of Example about example.com: not authenticated: it does not count",
  ]);
});

test("a mail that its host and its signature authenticate, new and trusted", async () => {
  const top = results("dmarc=pass header.from=mail.example");
  const told = { "authserv-id": "mx.example.net" };
  expect(await explained(mailOf("a@mail.example", { top }), told)).toEqual([
    "From: mail.example",
    "Authentication-Results: mx.example.net says dmarc=pass for mail.example",
    "Report of Example about example.com: authenticated as mail.example, no known reporter; it counts once it is in trusted-reporters: it does not count",
  ]);
  expect(await explained(await signed(mailOf("a@mail.example")), { "trusted-reporters": "mail.example" })).toEqual([
    "From: mail.example",
    "Authentication-Results: none",
    "DKIM signature of mail.example (s1): good",
    "Report of Example about example.com: authenticated as mail.example, one of trusted-reporters: it counts",
  ]);
});

test("a report that is only quoted in a notice", async () => {
  const notice = mailOf("a@mail.example")
    .replace("text/xml", "text/plain")
    .replace("<feedback>", "You wrote: <feedback>");
  expect(await explained(await signed(notice), { "trusted-reporters": "mail.example" })).toEqual([
    "From: mail.example",
    "Authentication-Results: none",
    "DKIM signature of mail.example (s1): good",
    "Report of Example about example.com: found amid words or fields, which anybody may have written: not authenticated: it does not count",
  ]);
});

test("a mail of a domain of ours", async () => {
  const top = results("dmarc=pass header.from=mail.example");
  const told = { "authserv-id": "mx.example.net", domains: "example.com, mail.example" };
  expect(await explained(mailOf("a@mail.example", { top }), told)).toEqual([
    "From: mail.example, a domain of yours, which proves nothing about a reporter",
    "Report of Example about example.com: not authenticated: it does not count",
  ]);
});

test("a known reporter", async () => {
  const top = results("dmarc=pass header.from=google.com");
  const lines = await explained(mailOf("a@google.com", { top, orgName: "google.com" }), {
    "authserv-id": "mx.example.net",
  });
  expect(lines.at(-1)).toBe(
    "Report of google.com about example.com: authenticated as google.com, a known reporter: it counts",
  );
});

test("an impersonation, a mail that was changed, and two senders are quarantined", async () => {
  expect((await explained(await signed(mailOf("a@mail.example", { orgName: "google.com" })))).at(-1)).toBe(
    "Report of google.com about example.com: quarantined: its reporter goes by the name of Google, but the mail is authenticated by mail.example",
  );
  const changed = (await signed(mailOf("a@mail.example"))).replace("<count>3<", "<count>3000<");
  expect(await explained(changed)).toEqual([
    "From: mail.example",
    "Authentication-Results: none",
    expect.stringMatching(/^DKIM signature of mail\.example \(s1\): .*body/),
    expect.stringMatching(/^quarantined: /),
  ]);
  expect(await explained(mailOf("a@mail.example\r\nFrom: b@google.com"))).toEqual([
    "From: mail.example and google.com: which one people see is not known",
    "quarantined: it has two From addresses",
  ]);
});

test("a file, and a mail without a report", async () => {
  expect(await explained(reportXml())).toEqual([
    "It is no mail, but a file: given by hand, it counts as it is.",
    "Report of example.net about example.com: given by hand: it counts",
  ]);
  expect((await explained("From: a@mail.example\r\n\r\nhello\r\n")).at(-1)).toMatch(/^not-a-report: /);
});

test("a file that is not there is named", async () => {
  const [stdout, stderr] = [new Sink(), new Sink()];
  const path = join(makeFolder(), "none.eml");
  expect(await verifyMail({ path, trust: readTrust({}), now: new Date(), stdout, stderr })).toBe(2);
  expect(stderr.text).toContain(path);
});
