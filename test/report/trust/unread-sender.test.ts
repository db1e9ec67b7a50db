import { expect, test } from "vitest";
import { readMail } from "../../../src/report/mail/mail.ts";
import type { DkimOutcome } from "../../../src/report/trust/dkim.ts";
import { type JudgeOptions, judgeReports } from "../../../src/report/trust/judge.ts";
import { reportXml } from "../report-files.ts";

/* Who sent what could not be read: it is to be known of those who are believed, and of nobody else. */

const now = new Date("2026-11-20T09:00:00Z");
const pass: DkimOutcome = { kind: "pass", domain: "google.com", selector: "s1", signatures: [] };
const outcomes: Record<string, DkimOutcome> = {
  none: { kind: "none", reason: { code: "not-signed" }, signatures: [] },
  failed: { kind: "failed", reason: { code: "body-changed" }, signatures: [] },
  retry: { kind: "retry", reason: { code: "dns-time-out" }, signatures: [] },
};

/** The state of the mail's first file, who sent what could not be read, and the domains that were asked about. */
async function senderOf(mail: Uint8Array | string, said: Partial<JudgeOptions> = {}) {
  const bytes = Buffer.from(mail);
  const asked: string[] = [];
  const options: JudgeOptions = {
    trustedHosts: [],
    ownDomains: [],
    trustedReporters: ["trusted.example"],
    isGiven: false,
    checkDkim: async () => pass,
    ...said,
  };
  const { files, sender } = await judgeReports(await readMail(bytes, { now }), bytes, {
    ...options,
    checkDkim: (message, domain) => {
      asked.push(domain);
      return options.checkDkim(message, domain);
    },
  });
  expect(files.every((file) => !("wrapped" in file))).toBe(true);
  return { state: files[0]?.state, sender, asked };
}

const brokenFrom = (domain: string): string =>
  `From: <a@${domain}>\r\nContent-Type: application/gzip\r\n\r\nno gzip at all\r\n`;

test.each([
  ["a known reporter", "google.com", { verdict: "verified", by: "dkim", domain: "google.com", standing: "known" }, 1],
  [
    "a trusted one",
    "mail.trusted.example",
    { verdict: "verified", by: "dkim", domain: "mail.trusted.example", standing: "trusted" },
    1,
  ],
  ["anybody else, who is not looked up", "evil.example", { verdict: "unverified", domain: "evil.example" }, 0],
])("a broken mail of %s", async (_, domain, sender, lookUps) => {
  const { asked, ...found } = await senderOf(brokenFrom(domain));
  expect(found).toEqual({ state: "corrupt", sender });
  expect(asked).toHaveLength(lookUps);
});

test.each(Object.entries(outcomes))("a broken mail that is not authentic is nobody's: %s", async (_, outcome) => {
  const { state, sender } = await senderOf(brokenFrom("google.com"), { checkDkim: async () => outcome });
  expect({ state, sender }).toEqual({ state: "corrupt", sender: { verdict: "unverified", domain: "google.com" } });
});

test("of a mail of which all was read, and of one that holds no report, nobody is said to have sent what was not", async () => {
  const report = `From: <a@google.com>\r\nContent-Type: text/xml\r\n\r\n${reportXml()}\r\n`;
  expect(await senderOf(report)).toEqual({ state: "read", sender: undefined, asked: ["google.com"] });
  const spam = "From: <a@google.com>\r\n\r\nBuy now!\r\n";
  expect(await senderOf(spam)).toEqual({ state: "not-a-report", sender: undefined, asked: [] });
});

test("a report of the past is the sender's, too", async () => {
  const old = reportXml().replace("1794700800", "100").replace("1794787199", "200");
  expect(await senderOf(`From: <a@google.com>\r\nContent-Type: text/xml\r\n\r\n${old}\r\n`)).toMatchObject({
    state: "implausible",
    sender: { verdict: "verified", standing: "known" },
  });
});

const around = (inner: string, type = "message/rfc822"): string =>
  [
    "From: <mailer-daemon@google.com>",
    'Content-Type: multipart/mixed; boundary="o"',
    "",
    `--o\r\nContent-Type: ${type}\r\n`,
    inner,
    "--o--",
    "",
  ].join("\r\n");

test("what is broken in a wrapped mail is not of him who wrapped it", async () => {
  expect(await senderOf(around(brokenFrom("evil.example")))).toEqual({
    state: "corrupt",
    sender: { verdict: "unverified", domain: "evil.example" },
    asked: [],
  });
  expect(await senderOf(around(brokenFrom("trusted.example")))).toMatchObject({
    sender: { verdict: "verified", domain: "trusted.example" },
    asked: ["trusted.example"],
  });
});

test("what is broken in words that a believed sender only quotes is nobody's", async () => {
  const quoted = around("You wrote: <feedback><record></feedback>", "text/plain");
  expect(await senderOf(quoted)).toEqual({ state: "corrupt", sender: undefined, asked: [] });
});

test("a broken file is given where it was put there by hand, and else nobody's", async () => {
  const file = "<feedback><record>";
  expect(await senderOf(file, { isGiven: true })).toMatchObject({ sender: { verdict: "given" } });
  expect(await senderOf(file)).toMatchObject({ sender: { verdict: "unverified" } });
});

test("of a thousand broken mails in one, three are looked at", async () => {
  const part = `\r\n--o\r\nContent-Type: message/rfc822\r\n\r\n${brokenFrom("google.com")}`;
  const { asked } = await senderOf(around(brokenFrom("google.com") + part.repeat(500)));
  expect(asked).toHaveLength(3);
});

test("a report in a format that is not read is unsupported of those who are believed, and else no report", async () => {
  const packed = (domain: string): string =>
    `From: <a@${domain}>\r\nSubject: DMARC\r\nContent-Type: application/x-7z-compressed\r\n\r\n7z\xbc\xaf\x27\x1c\r\n`;
  const states = async (mail: string, said?: Partial<JudgeOptions>): Promise<unknown> =>
    (await senderOf(Buffer.from(mail, "latin1"), said)).state;
  expect(await states(packed("google.com"))).toBe("unsupported");
  expect(await states(packed("google.com"), { checkDkim: async () => outcomes.none ?? pass })).toBe("not-a-report");
  expect(await states(packed("evil.example"))).toBe("not-a-report");
  expect(await states(around(packed("evil.example")))).toBe("not-a-report");
  expect(await states(around(packed("trusted.example")))).toBe("unsupported");
});
