import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { reasonText } from "../../../src/render/words/words.ts";
import { defaultLimits, type Limits } from "../../../src/report/limits.ts";
import { messageIdOf, readMail } from "../../../src/report/mail/mail.ts";
import type { ReadFile } from "../../../src/report/read-mail.ts";
import { reportXml, zipOf } from "../report-files.ts";

const now = new Date("2026-11-20T09:00:00Z");

async function filesIn(bytes: Uint8Array | string, limits: Partial<Limits> = {}): Promise<ReadFile[]> {
  return (await readMail(Buffer.from(bytes), { now, limits: { ...defaultLimits, ...limits } })).files;
}

/** `state`, or `state: reason`, of each file. */
async function statesIn(bytes: Uint8Array | string, limits: Partial<Limits> = {}): Promise<string[]> {
  return (await filesIn(bytes, limits)).map(({ state, reason }) =>
    reason === undefined ? state : `${state}: ${reasonText(reason)}`,
  );
}

function wrapped(inner: string, depth: number): string {
  if (depth === 0) return inner;
  const boundary = `b${depth}`;
  return `Content-Type: multipart/mixed; boundary="${boundary}"\n\n--${boundary}\nContent-Type: message/rfc822\n\n${wrapped(inner, depth - 1)}\n--${boundary}--\n`;
}

const mail = `Subject: report\nContent-Type: text/xml\n\n${reportXml()}\n`;

describe("bare files", () => {
  test.each([
    ["XML", Buffer.from(reportXml())],
    ["gzip", gzipSync(reportXml())],
    ["zip", zipOf([{ name: "r.xml", bytes: Buffer.from(reportXml()) }])],
  ])("%s is read, without a date of receipt", async (_, bytes) => {
    const read = await readMail(bytes, { now });
    expect(read.files.map(({ state }) => state)).toEqual(["read"]);
    expect(read).not.toHaveProperty("received");
  });

  test.each([
    ["", "not-a-report: empty"],
    ["hello", "not-a-report: no report in it"],
    ["{}", "not-a-report: JSON, but no TLS report (RFC 8460)"],
    ["<rss/>", "not-a-report: XML of <rss>, not of <feedback>"],
  ])("%j is %s", async (text, state) => {
    expect(await statesIn(text)).toEqual([state]);
  });
});

describe("limits", () => {
  test("mails are opened as deep as the limit and no deeper", async () => {
    expect(await statesIn(wrapped(mail, 3))).toEqual(["read"]);
    expect(await statesIn(wrapped(mail, 4))).toEqual(["too-big: mails in mails more than 3 deep (limits: mimeDepth)"]);
  });

  test("a mail with too many parts is refused", async () => {
    const parts = `Content-Type: multipart/mixed; boundary="b"\n\n${"--b\n\nhello\n".repeat(20)}--b--\n`;
    expect(await statesIn(parts, { mimeParts: 10 })).toEqual([
      "too-big: the mail has more than 10 parts (limits: mimeParts)",
    ]);
  });

  test("a mail above the size is not looked at", async () => {
    expect(await statesIn(mail, { mailBytes: 10 })).toEqual(["too-big: larger than 10 bytes (limits: mailBytes)"]);
  });
});

test("the words and pictures beside a report are no entries", async () => {
  const parts = [
    "Content-Type: text/plain\n\nDear postmaster",
    "Content-Type: text/html\n\n<p>Dear postmaster</p>",
    "Content-Type: image/svg+xml; name=logo.svg\n\n<svg/>",
    `Content-Type: application/octet-stream\n\n${reportXml()}`,
  ];
  const text = `Content-Type: multipart/mixed; boundary="b"\n\n${parts.map((part) => `--b\n${part}\n`).join("")}--b--\n`;
  expect(await statesIn(text)).toEqual(["read"]);
});

test("a text holds as many reports as an archive may", async () => {
  const text = (count: number): string => `Subject: x\n\nHello\n${reportXml().repeat(count)}`;
  expect(await statesIn(text(2))).toEqual(["read", "read"]);
  expect((await statesIn(text(11))).at(-1)).toBe(
    "too-big: the text holds more than 10 reports (limits: archiveEntries)",
  );
});

test("any bytes give an answer", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
      expect((await readMail(bytes, { now })).files.length).toBeGreaterThan(0);
    }),
    { numRuns: 200 },
  );
});

test("a mail, gzip, zip or XML with any bytes changed or cut gives an answer", async () => {
  const zip = zipOf([{ name: "r.xml", bytes: Buffer.from(reportXml()) }]);
  const seeds = [Buffer.from(wrapped(mail, 2)), gzipSync(reportXml()), zip, Buffer.from(reportXml())];
  const change = fc.record({
    seed: fc.constantFrom(...seeds),
    at: fc.nat(),
    value: fc.uint8Array({ maxLength: 4 }),
    cut: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(change, async ({ seed, at, value, cut }) => {
      const bytes = Buffer.from(seed);
      bytes.set(value, at % Math.max(1, bytes.length - value.length));
      const { files } = await readMail(cut ? bytes.subarray(0, at % bytes.length) : bytes, { now });
      for (const file of files) expect(file.state === "read" || reasonText(file.reason) !== "").toBe(true);
    }),
    { numRuns: 300 },
  );
});

test("a mail of any header lines gives an answer", async () => {
  const names = [
    "Content-Type",
    "Content-Disposition",
    "Content-Transfer-Encoding",
    "Received",
    "Date",
    "From",
    "List-Id",
    "X",
  ];
  const value = fc.oneof(
    fc.string(),
    fc.constantFrom(
      "multipart/mixed; boundary=b",
      "text/plain; charset=x; format=flowed",
      "message/rfc822",
      "base64",
      "attachment; filename*0*=utf-8''%",
    ),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 6 }),
      fc.string(),
      async (fields, body) => {
        const text = `${fields.map(([name, field]) => `${name}: ${field}\n`).join("")}\n--b\n\n${body}\n--b--\n`;
        expect((await readMail(Buffer.from(text), { now })).files.length).toBeGreaterThan(0);
      },
    ),
    { numRuns: 300 },
  );
});

test("a mail whose lines end in CR CR LF, as a text mode writes them, is read", async () => {
  const packed = gzipSync(reportXml()).toString("base64").replaceAll(/.{76}/g, "$&\n");
  const text = `Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Transfer-Encoding: base64\n\n${packed}\n--b--\n`;
  expect(await statesIn(text.replaceAll("\n", "\r\r\n"))).toEqual(["read"]);
});

test("the reason of a mail without a report is that of its attachment, before that of its words", async () => {
  const packed = gzipSync("<html></html>").toString("base64");
  const words = "Content-Type: text/plain\n\nyour report";
  const file = `Content-Type: application/gzip\nContent-Transfer-Encoding: base64\n\n${packed}`;
  const mail = `Content-Type: multipart/mixed; boundary="b"\n\n--b\n${words}\n--b\n${file}\n--b--\n`;
  expect(await statesIn(mail)).toEqual(["not-a-report: XML of <html>, not of <feedback>"]);
});

test.each([
  ["a field", "From: a@example.net\r\nMessage-ID: <1@example.net>\r\n\r\nbody", "<1@example.net>"],
  ["a folded field", "Message-Id:\r\n <1@example.net>\r\nTo: b@example.com\r\n\r\n", "<1@example.net>"],
  ["a blank before its colon", "Message-ID : <1@example.net>\r\n\r\n", "<1@example.net>"],
  ["a mail of an mbox", "From x\nMESSAGE-ID: <1@example.net>\n\n", "<1@example.net>"],
  ["none", "From: a@example.net\n\nMessage-ID: <in-the-body@example.net>\n", undefined],
  ["something else", "Message-ID: <a b@example.net>\n\n", undefined],
  ["a second line", "Message-ID: <a@example.net>\n\t=cmd()\n\n", undefined],
  ["too much", `Message-ID: <${"a".repeat(300)}@example.net>\n\n`, undefined],
  ["a bare file", "<?xml version='1.0'?>\nMessage-ID: <1@example.net>\n", undefined],
  ["nothing", "", undefined],
])("the Message-ID of a mail with %s", (_, text, expected) => {
  expect(messageIdOf(Buffer.from(text))).toBe(expected);
});
