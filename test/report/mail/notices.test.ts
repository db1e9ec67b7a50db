import { expect, test } from "vitest";
import { reasonText } from "../../../src/render/words/words.ts";
import { readMail } from "../../../src/report/mail/mail.ts";
import { reportXml } from "../report-files.ts";

/* Bounces, complaints and forwards, which reach every public address. */

async function statesIn(...lines: string[]): Promise<string[]> {
  const mail = Buffer.from([...lines, ""].join("\r\n"), "latin1");
  const { files } = await readMail(mail, { now: new Date("2026-11-20T09:00:00Z") });
  return files.map(({ state, reason, isAstray }) => {
    if (isAstray) return `${state} amid other words`;
    return reason === undefined ? state : `${state}: ${reasonText(reason)}`;
  });
}

const inner = ["From: a@example.com", "Subject: hello", 'Content-Type: multipart/mixed; boundary="c"'];
const bounce = [
  'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
  "",
  "--b\r\nContent-Type: text/plain\r\n\r\nYour mail came back.",
  "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n",
];
const headerAlone = "other-kind: the header of a mail without its body, as bounces hold it";

test.each([
  ["with the header of a mail that says it has parts", [...inner, "", "--b--"], headerAlone],
  ["where no empty line ends that header", [...inner, "--b--"], headerAlone],
  [
    "with a mail whose file is cut off",
    ["Content-Type: application/zip", "Content-Transfer-Encoding: base64", "", "UEsDBAoAAAAIAHFUfFWAeOSU8QEA", "--b--"],
    "other-kind: a bounce (RFC 3464)",
  ],
])("a bounce %s is of another kind", async (_, wrapped, expected) => {
  expect(await statesIn(...bounce, "--b\r\nContent-Type: message/rfc822\r\n", ...wrapped)).toEqual([expected]);
});

test("a report in a bounce is read, and a mail that says it has parts and has none is broken", async () => {
  const report = ["Content-Type: text/xml", "", reportXml(), "--b--"];
  expect(await statesIn(...bounce, "--b\r\nContent-Type: message/rfc822\r\n", ...report)).toEqual(["read"]);
  expect(await statesIn(...inner, "", "")).toEqual(["corrupt: the mail says it has parts, but none is found"]);
});

/** An abuse report, and how its lines without a word are written: all of them, those of its parts, that of the inner mail. */
const complaint = (all: string, ofParts = all, ofInner = all): string[] => [
  'Content-Type: multipart/report; report-type=feedback-report; boundary="b"',
  all,
  `--b\r\nContent-Type: text/plain\r\n${ofParts}\r\nThis is an abuse report.`,
  `--b\r\nContent-Type: message/feedback-report\r\n${ofParts}\r\nFeedback-Type: abuse\r\nVersion: 1\r\n${all}`,
  `--b\r\nContent-Type: message/rfc822\r\n${ofInner}`,
  ...inner,
  `${ofInner}\r\n--c\r\nContent-Type: text/plain\r\n${ofInner}\r\nhello\r\n--c--\r\n--b--`,
];

test.each([
  ["as they should be", complaint("")],
  ["of blanks", complaint(" ")],
  ["of tabs", complaint("\t")],
  ["of blanks in the mail that it holds", complaint("", "", "  ")],
])("an abuse report with empty lines %s is of another kind", async (_, lines) => {
  expect(await statesIn(...lines)).toEqual(["other-kind: an abuse report (RFC 5965)"]);
});

const attached = (bytes: string): string[] => [
  'Content-Type: multipart/mixed; boundary="b"',
  "",
  '--b\r\nContent-Type: application/octet-stream; name="report.msg"\r\n',
  bytes,
  "--b--",
];

test("what has the name of an Outlook file and is a mail is read", async () => {
  expect(await statesIn(...attached(`From: a@example.net\r\nContent-Type: text/xml\r\n\r\n${reportXml()}`))).toEqual([
    "read",
  ]);
  expect(await statesIn(...attached("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 Name: x"))).toEqual([
    "not-a-report: OLE (Outlook's .msg) is not read",
  ]);
  expect(await statesIn(...attached("some words"))).toEqual(["not-a-report: no report in it"]);
});
