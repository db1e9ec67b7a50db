import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { readMail } from "../../../src/report/mail/mail.ts";
import { checkDkim } from "../../../src/report/trust/dkim.ts";
import { judgeReports } from "../../../src/report/trust/judge.ts";
import { reportXml, zipOf } from "../report-files.ts";
import { trust } from "./host-headers.ts";
import { makeRsaKey, type Signing, signMail } from "./signed-mail.ts";

/*
 * A mail is to be read as he meant it who signed it. Services sign mails in which a stranger's text stands (notices,
 * bounces, answers), and whoever has such a mail can send it on with other fields on top, which are not signed: they
 * must not make a report of that text.
 */

const now = new Date("2026-11-20T09:00:00Z");
const key = makeRsaKey(2048);
const evil = reportXml({ reportId: "evil" });
const passed = "Authentication-Results: mx.host.example; dmarc=pass header.from=google.com\r\n";

/** How sure it is who sent the reports of a mail: `verified by dkim`, `unverified`, `failed`. Nothing for no report. */
async function judged(mail: string, ...hosts: string[]): Promise<string> {
  const bytes = Buffer.from(mail, "latin1");
  const { files } = await judgeReports(await readMail(bytes, { now }), bytes, {
    trustedHosts: trust(...hosts),
    ownDomains: [],
    trustedReporters: [],
    isGiven: false,
    checkDkim: (message, fromDomain) =>
      checkDkim(message, { fromDomain, at: now, resolve: async () => ({ kind: "found", records: [key.record] }) }),
  });
  const words = files.map(({ state, authenticity }) => {
    if (authenticity === undefined) return state === "quarantined" ? "failed" : "no report";
    return [authenticity.verdict, authenticity.by].filter(Boolean).join(" by ");
  });
  return words.join(", ");
}

/** By our own check of DKIM, and by the word of a trusted host. */
async function bothWays(mail: string): Promise<{ dkim: string; header: string }> {
  return { dkim: await judged(mail), header: await judged(passed + mail, "mx.host.example") };
}

const sign = (mail: string, how: Partial<Signing> = {}): Promise<string> =>
  signMail(mail, { key, domain: "google.com", signedAt: new Date("2026-11-20T08:00:00Z"), ...how });

/** What Google signs: not Content-Type. */
const asGoogle =
  "Content-Transfer-Encoding:Content-Disposition:To:From:Subject:Message-ID:Date:MIME-Version:From:To:Cc:Subject:Date:Message-ID:Reply-To";
const withType =
  "From:From:Subject:Subject:Date:Date:MIME-Version:MIME-Version:Content-Type:Content-Type:Content-Transfer-Encoding:Content-Transfer-Encoding";

const top =
  "From: <noreply@google.com>\r\nSubject: Hello\r\nDate: Fri, 20 Nov 2026 08:00:00 +0000\r\nMIME-Version: 1.0\r\n";
const parts = (boundary: string, text = evil): string =>
  `--${boundary}\r\nContent-Type: text/xml\r\n\r\n${text}\r\n--${boundary}--\r\n`;
const packed = `${gzipSync(evil).toString("base64")}\r\n`;

/** A stranger's text in the mail of a service. */
const notice = (text: string): string => `You have a message:\r\n\r\n${text}\r\nYours, the service\r\n`;
const relabelled = 'Content-Type: multipart/mixed; boundary="x"\r\n';

const attacks: [name: string, mail: () => Promise<string>][] = [
  [
    "a second Content-Type on a notice",
    async () =>
      relabelled +
      (await sign(`${top}Content-Type: text/plain\r\n\r\n${notice(parts("x"))}`, {
        fields: withType.replace(/Content-Type:Content-Type/, "Content-Type"),
      })),
  ],
  [
    "a Content-Type instead of one that is not signed",
    async () => relabelled + (await sign(`${top}\r\n${notice(parts("x"))}`, { fields: asGoogle })),
  ],
  [
    "a Content-Type on a multipart, whose boundary is a stranger's",
    async () =>
      (
        await sign(
          `${top}Content-Type: multipart/mixed; boundary="o"\r\n\r\n--o\r\nContent-Type: text/plain\r\n\r\n${notice(parts("x"))}\r\n--o--\r\n`,
          { fields: asGoogle },
        )
      ).replace('boundary="o"', 'boundary="x"'),
  ],
  [
    "the same with a text that begins the body",
    async () => relabelled + (await sign(`${top}\r\n${parts("x")}Yours, the service\r\n`, { fields: asGoogle })),
  ],
  [
    "the same with a text that ends the body",
    async () => relabelled + (await sign(`${top}\r\nA message:\r\n${parts("x")}`, { fields: asGoogle })),
  ],
  [
    "a boundary that only begins as that of the body",
    async () =>
      (
        await sign(
          `${top}Content-Type: multipart/mixed; boundary="oo"\r\n\r\n--oo\r\nContent-Type: text/plain\r\n\r\n${parts("o")}\r\n--oo--\r\n`,
          { fields: asGoogle },
        )
      ).replace('boundary="oo"', "boundary=o"),
  ],
  [
    "two boundaries in one field",
    async () =>
      (
        await sign(
          `${top}Content-Type: multipart/mixed; boundary="o"\r\n\r\n--o\r\nContent-Type: text/plain\r\n\r\n${notice(parts("x"))}\r\n--o--\r\n`,
          { fields: asGoogle },
        )
      ).replace('boundary="o"', "boundary=x; boundary=o"),
  ],
  [
    "a boundary in pieces",
    async () =>
      (
        await sign(
          `${top}Content-Type: multipart/mixed; boundary="o"\r\n\r\n--o\r\nContent-Type: text/plain\r\n\r\n${notice(parts("x"))}\r\n--o--\r\n`,
          { fields: asGoogle },
        )
      ).replace('boundary="o"', "boundary*0=x; boundary=o"),
  ],
  [
    "a type that is no multipart, with a boundary",
    async () =>
      `Content-Type: text/html; boundary=x\r\n${await sign(`${top}\r\n<html>\r\n${parts("x")}</html>\r\n`, { fields: asGoogle })}`,
  ],
  [
    "a Content-Transfer-Encoding that is not signed",
    async () =>
      `Content-Transfer-Encoding: base64\r\n${await sign(`${top}Content-Type: text/plain\r\n\r\n${packed}Yours, the service\r\n`, { fields: "From:Subject:Content-Type" })}`,
  ],
  [
    "a second Content-Transfer-Encoding",
    async () =>
      `Content-Transfer-Encoding: base64\r\n${await sign(`${top}Content-Type: text/plain\r\nContent-Transfer-Encoding: 7bit\r\n\r\n${packed}Yours, the service\r\n`, { fields: "From:Subject:Content-Type:Content-Transfer-Encoding" })}`,
  ],
  [
    "a second signature, that says it signs Content-Type",
    async () =>
      `DKIM-Signature: v=1; a=rsa-sha256; d=google.com; s=x; h=from:content-type; bh=AAAA; b=AAAA\r\n${relabelled}${await sign(`${top}\r\n${notice(parts("x"))}`, { fields: asGoogle })}`,
  ],
  [
    "a signature with much folding",
    async () =>
      relabelled +
      (await sign(`${top}\r\n${notice(parts("x"))}`, { fields: asGoogle })).replace(
        "; d=",
        `;${"\r\n\t".repeat(9000)} d=`,
      ),
  ],
  [
    "a body of which only the start is signed",
    async () => {
      const mail = `${top}Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nHello\r\n--x--\r\n`;
      const signed = await sign(mail, { fields: withType, bodyLength: "--x\r\n\r\nHello\r\n".length });
      return signed.replace("--x--\r\n", parts("x"));
    },
  ],
];

test.each(attacks)("%s: the stranger's report does not count", async (_, make) => {
  const { dkim, header } = await bothWays(await make());
  expect(dkim).not.toContain("verified by");
  expect(header).not.toContain("verified by");
});

const zip = `${zipOf([{ name: "r.xml", bytes: Buffer.from(reportXml()) }]).toString("base64")}\r\n`;
const type = (value: string): string => `Content-Type: ${value}\r\n`;
const base64 = "Content-Transfer-Encoding: base64\r\n";

const honest: [name: string, mail: string, fields: string][] = [
  [
    "Google's: one zip, of which the type is not signed",
    `${top}${type('application/zip; name="a!b!1!2.zip"')}${base64}Content-Disposition: attachment; filename="a!b!1!2.zip"\r\n\r\n${zip}`,
    asGoogle,
  ],
  [
    "the same with a type in folds",
    `${top}${type('application/zip;\r\n\tname="a!b!1!2.zip"')}${base64}\r\n${zip}`,
    asGoogle,
  ],
  ["a multipart whose type is not signed", `${top}${type('multipart/mixed; boundary="b"')}\r\n${parts("b")}`, asGoogle],
  [
    "the same with empty lines around",
    `${top}${type("multipart/mixed; boundary=b")}\r\n\r\n${parts("b")}\r\n\r\n`,
    asGoogle,
  ],
  [
    "a multipart with words before it, whose type is signed",
    `${top}${type("multipart/mixed; boundary=b")}\r\nThis is a multi-part message in MIME format.\r\n\r\n${parts("b")}`,
    withType,
  ],
  ["XML whose type is not signed", `${top}${type("text/xml")}\r\n${reportXml()}\r\n`, asGoogle],
  [
    "base64 in which neither type nor encoding is signed",
    `${top}${type("application/gzip")}${base64}\r\n${packed}`,
    "From:Subject",
  ],
  [
    "7bit that is not signed",
    `${top}${type("text/xml")}Content-Transfer-Encoding: 7bit\r\n\r\n${reportXml()}\r\n`,
    "From:Content-Type",
  ],
];

test.each(honest)("%s: the report is authentic", async (_, mail, fields) => {
  expect(await bothWays(await sign(mail, { fields }))).toEqual({
    dkim: "verified by dkim",
    header: "verified by header",
  });
});

test("of a mail that is not signed, a trusted host's word is enough: the sender's own server wrote its fields", async () => {
  const mail = `${top}${type("multipart/mixed; boundary=b")}\r\nThis is a multi-part message in MIME format.\r\n\r\n${parts("b")}`;
  expect(await bothWays(mail)).toEqual({ dkim: "unverified", header: "verified by header" });
});

test("behind CR alone, a signature is one of which nobody knows what it covers", async () => {
  const mail = `X: y\rDKIM-Signature: v=1; d=google.com; s=s; h=From; bh=x; b=x\r\n${relabelled}${top}\r\n${notice(parts("x"))}`;
  expect(await judged(passed + mail, "mx.host.example")).toBe("unverified");
});

describe.each([
  ["Content-Type", "text/xml"],
  ["Content-Transfer-Encoding", "7bit"],
  ["MIME-Version", "1.0"],
  ["Subject", "Hello"],
  ["Date", "Fri, 20 Nov 2026 08:00:00 +0000"],
])("a second %s", (name, value) => {
  const mail = `${top}${type("text/xml")}Content-Transfer-Encoding: 7bit\r\n\r\n${reportXml()}\r\n`;
  test.each([
    ["as it should be", `${name}: ${value}\r\n`],
    ["with a blank before its colon", `${name} : ${value}\r\n`],
    ["with a NUL in its name", `${name.slice(0, 2)}\0${name.slice(2)}: ${value}\r\n`],
    ["with a fold before its colon", `${name}\r\n : ${value}\r\n`],
    ["behind CR alone", `X: y\r${name}: ${value}\r\n`],
  ])("%s: the mail is never authentic", async (_, line) => {
    const signed = await sign(mail, { fields: "From" });
    expect(await bothWays(line + signed)).toEqual({ dkim: "unverified", header: "unverified" });
    expect(await bothWays(signed)).toEqual({ dkim: "verified by dkim", header: "verified by header" });
  });
});
