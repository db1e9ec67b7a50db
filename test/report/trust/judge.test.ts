import { expect, test } from "vitest";
import { readMail } from "../../../src/report/mail/mail.ts";
import type { DkimOutcome } from "../../../src/report/trust/dkim.ts";
import { type JudgeOptions, judgeMail, judgeReports } from "../../../src/report/trust/judge.ts";
import { parseTrustedHost } from "../../../src/report/trust/trusted-hosts.ts";
import { because, inWords } from "../../reasons.ts";
import { reportXml } from "../report-files.ts";

const gmail = parseTrustedHost("gmail");
const pass: DkimOutcome = { kind: "pass", domain: "example.net", selector: "s1", signatures: [] };
const found = (kind: "failed" | "none" | "retry"): DkimOutcome => ({
  kind,
  reason: because(`it is ${kind}`),
  signatures: [],
});

function optionsOf(dkim: DkimOutcome, said: Partial<JudgeOptions> = {}): JudgeOptions {
  const trustedHosts = gmail === undefined ? [] : [gmail];
  return { trustedHosts, ownDomains: [], trustedReporters: [], checkDkim: async () => dkim, isGiven: false, ...said };
}

const mailOf = (...fields: string[]): Buffer => Buffer.from(`${fields.join("\r\n")}\r\n\r\ntext\r\n`);
const from = "From: <reports@mail.example.net>";
const results = (what: string): string => `Authentication-Results: mx.google.com; ${what}`;

const byHeader = { verdict: "verified", by: "header", domain: "mail.example.net" };
const byDkim = { verdict: "verified", by: "dkim", domain: "mail.example.net" };
const unverified = { verdict: "unverified", domain: "mail.example.net" };

test.each([
  ["dmarc=pass header.from=mail.example.net", "none", byHeader],
  ["dkim=pass header.d=example.net", "failed", byHeader],
  ["spf=pass smtp.mailfrom=bounces.example.net", "none", byHeader],
  ["dmarc=pass header.from=other.example", "none", unverified],
  ["dmarc=none header.from=mail.example.net", "none", unverified],
  ["dmarc=none header.from=mail.example.net", "failed", unverified],
  ["dmarc=none header.from=mail.example.net", "pass", byDkim],
  ["dmarc=fail header.from=mail.example.net", "pass", byDkim],
  ["dmarc=fail header.from=mail.example.net", "none", "failed"],
  ["dmarc=temperror header.from=mail.example.net", "retry", "retry"],
] as const)("the host says %s, and our check of DKIM finds %s", async (said, dkim, expected) => {
  const judgement = await judgeMail(mailOf(results(said), from), optionsOf(dkim === "pass" ? pass : found(dkim)));
  expect(judgement).toMatchObject(
    typeof expected === "string" ? { kind: expected } : { kind: "judged", authenticity: expected },
  );
});

test.each([
  ["pass", byDkim],
  ["none", unverified],
  ["failed", "failed"],
  ["retry", "retry"],
] as const)("without a word of a trusted host our check decides: %s", async (dkim, expected) => {
  const forged = results("dmarc=pass header.from=mail.example.net").replace("mx.google.com", "mx.google.com.example");
  const judgement = await judgeMail(mailOf(forged, from), optionsOf(dkim === "pass" ? pass : found(dkim)));
  expect(judgement).toMatchObject(
    typeof expected === "string" ? { kind: expected } : { kind: "judged", authenticity: expected },
  );
});

test("two From addresses fail, whatever is said of them; none at all is unverified", async () => {
  const said = results("dmarc=pass header.from=mail.example.net");
  const two = await judgeMail(mailOf(said, from, "From: a@google.com"), optionsOf(pass));
  expect(inWords(two)).toEqual({ kind: "failed", reason: "it has two From addresses" });
  expect(await judgeMail(mailOf(said), optionsOf(pass))).toMatchObject({ authenticity: { verdict: "unverified" } });
});

test("a mail that authenticates as a domain of ours proves nothing", async () => {
  const said = results("dmarc=pass header.from=mail.example.net");
  const judgement = await judgeMail(mailOf(said, from), optionsOf(pass, { ownDomains: ["example.net"] }));
  expect(judgement).toMatchObject({ kind: "judged", authenticity: { verdict: "unverified" } });
});

async function judged(mail: Buffer, options: JudgeOptions) {
  return (await judgeReports(await readMail(mail, { now: new Date("2026-11-20T09:00:00Z") }), mail, options)).files;
}

test("a report in a wrapped mail is judged by that mail, and never by the one around it", async () => {
  const inner = [from, "Content-Type: text/xml", "", reportXml()].join("\r\n");
  const outer = [
    results("dmarc=pass header.from=google.com"),
    "From: <somebody@google.com>",
    'Content-Type: multipart/mixed; boundary="b"',
    "",
    "--b\r\nContent-Type: message/rfc822\r\n",
    inner,
    "--b--",
  ].join("\r\n");
  const asked: string[] = [];
  const checkDkim = async (mail: Uint8Array, domain: string): Promise<DkimOutcome> => {
    asked.push(`${domain} ${Buffer.from(mail).toString().startsWith(from)}`);
    return found("none");
  };
  expect(await judged(Buffer.from(outer), optionsOf(pass, { checkDkim }))).toMatchObject([
    { state: "read", authenticity: unverified },
  ]);
  expect(asked).toEqual(["mail.example.net true"]);
});

test("a wrapped mail's own Authentication-Results are the word of whoever wrapped it", async () => {
  const inner = [results("dmarc=pass header.from=google.com"), "From: <a@google.com>", "Content-Type: text/xml", ""];
  const outer = [
    "From: <somebody@stranger.example>",
    'Content-Type: multipart/mixed; boundary="b"',
    "",
    "--b\r\nContent-Type: message/rfc822\r\n",
    ...inner,
    reportXml(),
    "--b--",
  ].join("\r\n");
  expect(await judged(Buffer.from(outer), optionsOf(found("none")))).toMatchObject([
    { state: "read", authenticity: { verdict: "unverified", domain: "google.com" } },
  ]);
  expect(await judged(Buffer.from(outer), optionsOf(pass))).toMatchObject([{ authenticity: { by: "dkim" } }]);
});

test("a report that is not authentic is gone, with the reason; a bare file counts only where it was given by hand", async () => {
  const mail = mailOf(from, "Content-Type: text/xml", "", reportXml());
  expect(inWords(await judged(mail, optionsOf(found("failed"), { trustedHosts: [] })))).toEqual([
    { state: "quarantined", reason: "it is failed" },
  ]);
  const file = Buffer.from(reportXml());
  expect(await judged(file, optionsOf(found("none"), { isGiven: true }))).toMatchObject([
    { authenticity: { verdict: "given" } },
  ]);
  expect(await judged(file, optionsOf(found("none")))).toMatchObject([{ authenticity: { verdict: "unverified" } }]);
  expect(await judged(mail, optionsOf(found("none"), { isGiven: true }))).toMatchObject([
    { authenticity: { verdict: "unverified" } },
  ]);
});
