import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readHeader } from "../../../src/report/header.ts";
import { defaultLimits } from "../../../src/report/limits.ts";
import { readMailParts } from "../../../src/report/mail/mail-parts.ts";
import { readPlainMail } from "../../../src/report/mail/plain-mail.ts";
import { sampleMails } from "../../../src/sample/mailbox.ts";
import { reportXml } from "../report-files.ts";

/** The walker may leave a mail to mailparser, but must not read it otherwise; whether it read it. */
async function expectAgreement(bytes: Uint8Array): Promise<boolean> {
  const mail = readHeader(bytes);
  const plain = mail && readPlainMail(mail, defaultLimits);
  if (mail === undefined || plain === undefined) return false;
  const { attachments } = await readMailParts(mail, defaultLimits);
  const toText = (parts: typeof attachments): object[] =>
    parts.map((part) => ({ ...part, bytes: Buffer.from(part.bytes).toString("latin1") }));
  expect(toText(plain)).toStrictEqual(toText(attachments));
  return true;
}

function mailsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names.filter((name) => /\.(eml|msg|txt)$/.test(name)).map((name) => `${folder}${name}`);
}

const fixtures = mailsIn(fileURLToPath(new URL("../../fixtures/", import.meta.url)));
const corpus = mailsIn(fileURLToPath(new URL("../../../../shared/corpus/", import.meta.url)));

test("there are fixtures", () => {
  expect(fixtures.length).toBeGreaterThan(10);
});

test.each([...fixtures, ...corpus])("both take %s apart alike", async (path) => {
  await expectAgreement(readFileSync(path));
});

test("the walker takes every mail of the sample apart", async () => {
  for (const { bytes } of sampleMails()) expect(await expectAgreement(bytes)).toBe(true);
});

test("a boundary behind a carriage return is mailparser's to judge", async () => {
  const part = (name: string) => `--b\nContent-Type: application/gzip; name=${name}\n\nhello\n`;
  const mail = `Content-Type: multipart/mixed; boundary=b\n\n\r${part("a.gz")}${part("b.gz")}--b--\n`;
  expect(await expectAgreement(Buffer.from(mail))).toBe(false);
  expect(await expectAgreement(Buffer.from(mail.replace("\r", "")))).toBe(true);
});

const field = fc.constantFrom(
  "X: y",
  "Subject: a\n b",
  "Received: from a\n\tby b; Thu, 19 Nov 2026 11:12:00 +0100 (CET)",
  "Received: by c; Thu, 19 Nov 2026 12:12:00 +0100",
  "Content-Disposition: attachment",
  'Content-Disposition: attachment;\n\tfilename="a!b.xml.gz"',
  "Content-Disposition: inline; filename=a.zip",
  'Content-Disposition: attachment; filename=""',
  "Content-Disposition: ATTACHMENT;filename=a.XML;",
  "Content-Disposition: attachment; filename*=utf-8''a.xml",
  "Content-Transfer-Encoding: base64",
  "Content-Transfer-Encoding: BASE64 ",
  "Content-Transfer-Encoding: 8bit",
  "Content-Transfer-Encoding: quoted-printable",
  "Content-Transfer-Encoding: x",
  "Content-Type: application/gzip",
  'Content-Type: application/zip; name="a.zip"',
  "Content-Type: application/octet-stream; name=a.xml",
  "Content-Type: application/octet-stream; name=a",
  "Content-Type: application/octet-stream",
  "Content-Type: text/xml; charset=utf-8; name=a.xml",
  "Content-Type: text/plain; charset=us-ascii",
  "Content-Type: text/html",
  "Content-Type: text/plain; name=a.txt",
  "Content-Type: message/rfc822",
  "Content-Type: image/png (a picture)",
  "Content-Type: x",
);
const base64 = Buffer.from(reportXml()).toString("base64");
const body = fc.constantFrom(
  "",
  "hello\n",
  "\nhello\n\n",
  "PGE+\n",
  "PGE+PGE=",
  "PGE+\n\nPGE\n",
  "P=GE+",
  "PG E+\n",
  "PGE+PG==\nPGE+",
  "=3D=\n",
  `${base64.replace(/(.{76})/g, "$1\n")}\n`,
  reportXml(),
  "--b x\n",
  "--bb\n",
  " --b--\n",
);
const wild = fc.tuple(fc.uniqueArray(field, { maxLength: 5 }), body);
const ofOneKind = (name: RegExp): fc.Arbitrary<string> => field.filter((line) => name.test(line));
/** One field of each kind, so that most of these can be read. */
const tame = fc.tuple(
  fc.tuple(ofOneKind(/^Content-Type/), ofOneKind(/^Content-D|^X/), ofOneKind(/^Content-Tr|^X/), ofOneKind(/^[RSX]/)),
  body,
);
const leaf = fc
  .oneof(wild, tame)
  .map(([fields, content]) => `${fields.map((line) => `${line}\n`).join("")}\n${content}`);

function multipart(boundary: string, part: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const head = fc.constantFrom(
    `Content-Type: multipart/mixed; boundary=${boundary}`,
    `Content-Type: multipart/alternative;\n boundary="${boundary}"`,
    `Received: by d; Fri, 20 Nov 2026 12:12:00 GMT\nContent-Type: multipart/related; type="text/html"; boundary="${boundary}"`,
    `Content-Type: multipart/digest; boundary=${boundary}`,
  );
  const between = fc.constantFrom("", "\n", "words\n", "--\n");
  return fc
    .tuple(
      head,
      between,
      fc.array(part, { maxLength: 3 }),
      fc.constantFrom(`--${boundary}--`, `--${boundary}--\nrest`, `--${boundary}-- \n--${boundary}\n`, ""),
    )
    .map(
      ([fields, before, parts, last]) =>
        `${fields}\n\n${before}${parts.map((text) => `--${boundary}\n${text}\n`).join("")}${last}\n`,
    );
}

describe("generated mails", () => {
  const anyMail = fc.oneof(
    leaf,
    multipart("b", leaf),
    multipart("b", fc.oneof(leaf, multipart("c", leaf), multipart("b", leaf))),
  );
  const lineEnd = fc.constantFrom("\n", "\r\n");

  test("both take any mail apart alike", async () => {
    let read = 0;
    await fc.assert(
      fc.asyncProperty(anyMail, lineEnd, async (text, end) => {
        if (await expectAgreement(Buffer.from(text.replaceAll("\n", end)))) read += 1;
      }),
      { numRuns: 1500 },
    );
    expect(read).toBeGreaterThan(30);
  });

  test("both take a mail apart alike when some of it is changed", async () => {
    const pieces = fc.constantFrom("\n", "\r", "", ":", ";", '"', "-", "--b", "\n\n", " ", "=", "\0", "é", "(x)");
    const change = fc.record({ at: fc.nat(), cut: fc.nat({ max: 2 }), piece: pieces });
    await fc.assert(
      fc.asyncProperty(anyMail, lineEnd, change, async (text, end, { at, cut, piece }) => {
        const place = at % text.length;
        const changed = text.slice(0, place) + piece + text.slice(place + cut);
        await expectAgreement(Buffer.from(changed.replaceAll("\n", end)));
      }),
      { numRuns: 1500 },
    );
  });
});
