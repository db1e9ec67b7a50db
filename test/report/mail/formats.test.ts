import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { reasonText } from "../../../src/render/words/words.ts";
import { readMail } from "../../../src/report/mail/mail.ts";
import { reportXml, zipOf } from "../report-files.ts";

const now = new Date("2026-11-20T09:00:00Z");

async function statesIn(mail: string | Uint8Array): Promise<string[]> {
  const { files } = await readMail(Buffer.from(mail), { now });
  return files.map(({ state, reason }) => (reason === undefined ? state : `${state}: ${reasonText(reason)}`));
}

const tar = Buffer.alloc(1024);
tar.write("example.net!example.com!1794700800!1794787199.xml");
tar.write("ustar\x0000", 257);

/** A name for it, how it begins, and what is said of it. */
const formats: [name: string, bytes: Buffer, words: string][] = [
  ["report.msg", Buffer.from("d0cf11e0a1b11ae1000000", "hex"), "OLE (Outlook's .msg) is not read"],
  ["winmail.dat", Buffer.from("789f3e220100", "hex"), "TNEF (Outlook's winmail.dat) is not read"],
  ["report.xml.xz", Buffer.from("fd377a585a000004", "hex"), "xz is not read"],
  ["report.xml.bz2", Buffer.from("425a6839314159265359", "hex"), "bzip2 is not read"],
  ["report.7z", Buffer.from("377abcaf271c0004", "hex"), "7z is not read"],
  ["report.rar", Buffer.from("Rar!\x1a\x07\x01\0", "latin1"), "rar is not read"],
  ["report.tar.gz", gzipSync(tar), "tar is not read"],
  ["report.tar", tar, "tar is not read"],
  ["xz-in-gzip.gz", gzipSync(Buffer.from("fd377a585a000004", "hex")), "xz is not read"],
  ["7z-in.zip", zipOf([{ name: "a.7z", bytes: Buffer.from("377abcaf271c0004", "hex") }]), "7z is not read"],
  ["smime.p7m", Buffer.from("3082010006092a864886f70d010703", "hex"), "S/MIME is not read"],
  ["report.uue", Buffer.from("begin 644 report.xml.gz\nM'XL(\n`\nend\n"), "uuencode is not read"],
];

const mailWith = (name: string, bytes: Buffer, subject: string): string =>
  [
    `Subject: ${subject}`,
    'Content-Type: multipart/mixed; boundary="b"',
    "",
    "--b\r\nContent-Type: text/plain\r\n\r\nSee the attachment.",
    `--b\r\nContent-Type: application/octet-stream; name="${name}"\r\nContent-Transfer-Encoding: base64\r\n`,
    bytes.toString("base64"),
    "--b--",
    "",
  ].join("\r\n");

describe.each(formats)("an attachment %s", (name, bytes, words) => {
  test.each([
    ["the subject says that it is a report", "Report Domain: example.com Submitter: example.net Report-ID: 1", name],
    ["the encoded subject does", `=?utf-8?B?${Buffer.from("DMARC レポート").toString("base64")}?=`, name],
    ["its name does", "hello", `example.net!example.com!1794700800!1794787199!${name}`],
  ])("is unsupported where %s", async (_, subject, called) => {
    expect(await statesIn(mailWith(called, bytes, subject))).toEqual([`unsupported: ${words}`]);
  });

  test("is no report where nothing says so, and its format is named", async () => {
    expect(await statesIn(mailWith(name, bytes, "hello"))).toEqual([`not-a-report: ${words}`]);
  });
});

test("a mail that is nothing but S/MIME is unsupported by its subject", async () => {
  const mail =
    "Subject: Report domain: example.com\r\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\r\nContent-Transfer-Encoding: base64\r\n\r\nMIIBAAYJKoZIhvcNAQcD\r\n";
  expect(await statesIn(mail)).toEqual(["unsupported: S/MIME is not read"]);
});

test("words that are a uuencoded file are one, and words that hold one are words", async () => {
  const mail = (text: string): string => `Subject: hello\r\nContent-Type: text/plain\r\n\r\n${text}\r\n`;
  const file = "begin 644 example.net!example.com!1794700800!1794787199.xml.gz\r\nM'XL(\r\n`\r\nend";
  expect(await statesIn(mail(file))).toEqual(["unsupported: uuencode is not read"]);
  expect(await statesIn(mail(file.replace(/example.*gz/, "holiday.jpg")))).toEqual([
    "not-a-report: uuencode is not read",
  ]);
  expect(await statesIn(mail(`You wrote:\r\n${file}`))).toEqual(["not-a-report: no report in it"]);
});

test("a report beside a file of such a format is read", async () => {
  const mail = mailWith("a.7z", Buffer.from("377abcaf271c0004", "hex"), "hello").replace(
    "--b\r\n",
    `--b\r\nContent-Type: text/xml; name=a.xml\r\nContent-Disposition: attachment\r\n\r\n${reportXml()}\r\n--b\r\n`,
  );
  expect(await statesIn(mail)).toEqual(["read"]);
});

test.each(formats.filter(([name]) => !/p7m|gz|zip/.test(name)))(
  "a bare file %s is named, too",
  async (_, bytes, words) => {
    expect(await statesIn(bytes)).toEqual([`not-a-report: ${words}`]);
  },
);
