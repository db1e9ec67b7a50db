import { gzipSync } from "node:zlib";
import { reportXml } from "../report-files.ts";
import type { Attack } from "./attacks.ts";

const type = 'Content-Type: multipart/mixed; boundary="b"\n\n';
const packed = `Content-Type: application/gzip\nContent-Transfer-Encoding: base64\n\n${gzipSync(reportXml()).toString("base64")}`;
const whole = `Subject: x\n${type}--b\n${packed}\n--b--\n`;

function repeated(text: string, size: number): string {
  return text.repeat(Math.ceil(size / text.length));
}

/** Multiparts within each other, each with a boundary of its own, and a report in the innermost. */
function multiparts(depth: number): string {
  const starts = Array.from({ length: depth }, (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\n\n--b${i}\n`);
  return `${starts.join("")}${packed}\n`;
}

function continuations(size: number): string {
  let text = "";
  for (let index = 0; text.length < size; index += 1) text += `;\n name*${index}=x`;
  return text;
}

/** Bodies of nothing, or next to it, that take long to decode when each line is a text of its own. */
const encodedNothings: readonly Attack[] = (
  [
    ["base64", "empty lines", "\n"],
    ["base64", "padded digits", "A=\n"],
    ["base64", "foreign characters", "!\n"],
    ["base64", "NUL bytes", "\0"],
    ["quoted-printable", "soft line breaks", "=\n"],
    ["quoted-printable", "blanks before soft line breaks", "   =\n"],
    ["quoted-printable", "lines of blanks", " \n"],
    ["quoted-printable", "tabs and bare CR", "\t\r"],
  ] as const
).map(([encoding, name, line]) => ({
  name: `${encoding} of ${name}`,
  make: (size) => `Content-Type: text/plain\nContent-Transfer-Encoding: ${encoding}\n\n${repeated(line, size)}`,
  state: "not-a-report",
}));

/** Mails made to be slow or large, or to hide what they hold. */
export const mailAttacks: readonly Attack[] = [
  {
    name: "a million parts",
    make: (size) => `${type}${repeated("--b\n\nx\n", size)}--b--\n`,
    state: "too-big",
    says: "the mail has more than 1000 parts",
  },
  {
    name: "parts of nothing",
    make: (size) => `${type}${repeated("--b\n", size)}`,
    state: "too-big",
    says: "the mail has more than 1000 parts",
  },
  { name: "10,000 multiparts deep", make: () => multiparts(10_000), state: "too-big" },
  { name: "100 multiparts deep", make: () => multiparts(100), state: "read" },
  {
    name: "10,000 mails deep",
    make: () => `${"Content-Type: message/rfc822\n\n".repeat(10_000)}${whole}`,
    state: "too-big",
    says: "mails in mails more than 3 deep",
  },
  {
    name: "10,000 DKIM signatures",
    make: () => `${"DKIM-Signature: v=1; a=rsa-sha256; d=example.net; s=s1; bh=; b=\n".repeat(10_000)}${whole}`,
    state: "read",
  },
  {
    name: "10,000 Received fields",
    make: () => `${"Received: from x by y; Tue, 17 Nov 2026 10:12:13 +0000\n".repeat(10_000)}${whole}`,
    state: "read",
  },
  {
    name: "header fields of megabytes",
    make: (size) => `${repeated("X-Field: x\n", size)}${whole}`,
    state: "corrupt",
    says: "the mail can't be taken apart",
  },
  {
    name: "one header field of megabytes",
    make: (size) => `X: ${"x".repeat(size)}\n${whole}`,
    state: "corrupt",
    says: "the mail can't be taken apart",
  },
  {
    name: "a file name of many pieces",
    make: () => `Content-Type: application/gzip${continuations(500_000)}\n\nx`,
    state: "corrupt",
  },
  {
    name: "a boundary of 100,000 characters",
    make: () => `Content-Type: multipart/mixed; boundary="${"b".repeat(100_000)}"\n\nx`,
    state: "corrupt",
  },
  { name: "a line of megabytes", make: (size) => `Subject: x\n\n${"x".repeat(size)}`, state: "not-a-report" },
  { name: "lines of nothing", make: (size) => `Subject: x\n\n${"\n".repeat(size)}`, state: "not-a-report" },
  {
    name: "quoted-printable of equal signs",
    make: (size) => `Content-Type: text/xml\nContent-Transfer-Encoding: quoted-printable\n\n${"=".repeat(size)}`,
    state: "corrupt",
  },
  {
    name: "base64 of nothing",
    make: (size) => `Content-Type: text/xml\nContent-Transfer-Encoding: base64\n\n${"=\n".repeat(size / 2)}`,
    state: "not-a-report",
  },
  ...encodedNothings,
  {
    name: "addresses of megabytes",
    make: (size) => `To: ${repeated("a:b;", Math.min(size, 1_000_000))}\n${whole}`,
    state: "read",
  },
  {
    name: "fields in a thousand parts",
    make: (size) => `${type}${`--b\n${repeated("X: y\n", size / 1000)}\nx\n`.repeat(999)}--b--\n`,
    state: "corrupt",
    says: "the mail can't be taken apart",
  },
  { name: "starts of base64", make: (size) => `Subject: x\n\n${repeated("H4sI\n", size)}`, state: "corrupt" },
  {
    name: "base64 that isn't declared",
    make: (size) => `Subject: x\n\nH4sI${repeated(`${"A".repeat(72)}\n`, size)}`,
    state: "corrupt",
  },
  {
    name: "starts of reports in a text",
    make: (size) => `Subject: x\n\nhello ${repeated("<feedback>", size)}`,
    state: "too-big",
  },
  {
    name: "reports in a text",
    make: (size) => `Subject: x\n\nhello ${repeated("<feedback></feedback>", size)}`,
    state: "too-big",
    says: "the text holds more than 10 reports",
  },
  { name: "NUL bytes", make: () => Buffer.alloc(1_000_000), state: "not-a-report" },
  {
    name: "a charset that is none",
    make: () => `Content-Type: text/plain; charset="../x\u0000"\n\n${reportXml()}`,
    state: "read",
  },
  { name: "JSON of many levels", make: (size) => repeated('{"a":', size), state: "not-a-report" },
  { name: "a mail like an mbox", make: () => `From x Tue\n${whole}\nFrom y Tue\n${whole}`, state: "read" },
];
