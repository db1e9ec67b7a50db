import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { readMail } from "../../../src/report/mail/mail.ts";
import { checkDkim } from "../../../src/report/trust/dkim.ts";
import { judgeReports } from "../../../src/report/trust/judge.ts";
import { reportXml, zipOf } from "../report-files.ts";
import { makeRsaKey, signMail } from "../trust/signed-mail.ts";

/* Reports that a stranger puts beside what is signed, into a mail that a known reporter has signed. */

const key = makeRsaKey(2048);
const now = new Date("2026-11-20T09:00:00Z");
const evil = reportXml({ reportId: "evil" });
const good = reportXml({ reportId: "good" });

/** What the mail holds: `evil: verified`. */
async function reportsIn(mail: string | Buffer): Promise<string[]> {
  const bytes = Buffer.from(mail);
  const { files } = await judgeReports(await readMail(bytes, { now }), bytes, {
    trustedHosts: [],
    ownDomains: [],
    trustedReporters: [],
    isGiven: false,
    checkDkim: (message, fromDomain) =>
      checkDkim(message, { fromDomain, at: now, resolve: async () => ({ kind: "found", records: [key.record] }) }),
  });
  return files.map(({ report, authenticity }) => `${report?.reportMetadata.reportId}: ${authenticity?.verdict}`);
}

const sign = (...lines: string[]): Promise<string> =>
  signMail(["From: noreply@google.com", "To: x@example.com", "Subject: hello", ...lines, ""].join("\r\n"), {
    key,
    domain: "google.com",
    fields: "From:To:Subject:Date:Message-ID",
    signedAt: new Date("2026-11-18T07:00:00Z"),
  });
const notice = await sign("Content-Type: text/plain", "", "You have a meeting.");
const attached = await sign("Content-Type: text/xml", "", good);
const multipart = await sign(
  'Content-Type: multipart/mixed; boundary="b"',
  "",
  `--b\r\nContent-Type: text/plain\r\n\r\nwords\r\n--b\r\nContent-Type: text/xml\r\n\r\n${good}\r\n--b--`,
);
const base64 = Buffer.from(evil).toString("base64").replace(/.{76}/g, "$&\r\n ");

test.each([
  ["in one line", `X-Note: ${evil.replaceAll("\n", " ")}\r\n`],
  ["folded", `X-Note: ${evil.replaceAll("\n", "\r\n ")}\r\n`],
  ["in base64", `X-Note:\r\n ${base64}\r\n`],
  ["above all", `${evil}\r\n`],
])("a report in a field of the header, %s, is not by whom the mail is signed by", async (_, top) => {
  expect((await reportsIn(`X: a\r\n${top}${notice}`)).join()).not.toContain("evil: verified");
  for (const mail of [attached, multipart])
    expect(await reportsIn(`X: a\r\n${top}${mail}`)).toEqual(["good: verified"]);
});

test.each([" \r\n", "\t\r\n", " \n", "\r\r\n", "\r", "\r\r", " \r", "\0\r\n", "\v\r\n", "\f\r\n", "\u00a0\r\n"])(
  "nor is one below a line that some take for the end of the header: %j",
  async (line) => {
    for (const mail of [notice, attached, multipart]) {
      for (const field of ["X: a\r\n", "Content-Type: text/xml\r\n", ""]) {
        const [first, ...rest] = await reportsIn(`${field}${line}${evil}\r\n${mail}`);
        expect([first, ...rest]).not.toContain("evil: verified");
        if (field === "X: a\r\n" && mail !== notice) expect(first).toBe("good: verified");
      }
    }
  },
);

test("nor is a zip before a signed mail", async () => {
  const zip = zipOf([{ name: "r.xml", bytes: Buffer.from(evil) }]);
  const comment = Buffer.from(`\r\n${attached}`);
  zip.writeUInt16LE(comment.length, zip.length - 2);
  expect(await reportsIn(Buffer.concat([zip, comment]))).toEqual(["evil: unverified"]);
});

const asText = 'Content-Type: text/plain; charset="utf-8"';
const packed = gzipSync(evil).toString("base64").replace(/.{76}/g, "$&\r\n");

test.each([
  ["in a line", [asText, "", `You have answered: ${evil}`]],
  ["in lines of their own", [asText, "", "You have answered:", "", evil, "", "Thank you."]],
  ["before the words", [asText, "", evil, "is what you have answered."]],
  ["in base64", [asText, "", "You have answered:", packed, "Thank you."]],
  ["in two", [asText, "", evil, evil.replace("192.0.2.10", "192.0.2.11")]],
  ["in a page", ["Content-Type: text/html", "", `${evil}<p>is what you have answered.</p>`]],
])("a report quoted in the words of a notice, %s, is not by the notice's sender", async (_, lines) => {
  const found = await reportsIn(await sign(...lines));
  expect(found.join()).toContain("evil: unverified");
  expect(found.join()).not.toContain("evil: verified");
});

test("nor is one beside an attached report; but one that is all of the text is the sender's", async () => {
  const beside = `--b\r\n${asText}\r\n\r\n${evil}\r\nis yours\r\n--b\r\nContent-Type: text/xml\r\n\r\n${good}\r\n--b--`;
  const mail = await sign('Content-Type: multipart/mixed; boundary="b"', "", beside);
  expect(await reportsIn(mail)).toEqual(["evil: unverified", "good: verified"]);
  expect(await reportsIn(await sign(asText, "", "", `<?xml version="1.0"?>\r\n${good}`, ""))).toEqual([
    "good: verified",
  ]);
});
