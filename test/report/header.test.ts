import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fieldNamed, fieldValue, type Header, readHeader, receivedAt } from "../../src/report/header.ts";
import { fieldOf } from "./field.ts";

/** The fields as `name|text`; odd ones as `name?|text`. */
function fieldsIn(mail: string): string[] | undefined {
  return readHeader(Buffer.from(mail))?.fields.map(({ name, text, isOdd }) => `${name}${isOdd ? "?" : ""}|${text}`);
}

test("header fields come in their order, folded as they came, and so does what is no field", () => {
  const mail = [
    "From a@example.com Mon Nov 16 10:00:00 2026",
    "Received: from a\r\n\tby b",
    "Subject : x: y",
    "no field at all",
    "  and its fold",
    ": nor is this",
    "From: b@example.com",
    "",
    "Bcc: not@example.com",
  ].join("\r\n");
  expect(fieldsIn(mail)).toEqual([
    "?|From a@example.com Mon Nov 16 10:00:00 2026",
    "received|Received: from a\r\n\tby b",
    "subject|Subject : x: y",
    "?|no field at all\r\n  and its fold\n: nor is this",
    "from|From: b@example.com",
  ]);
  expect(readHeader(Buffer.from(mail))?.body.toString()).toBe("Bcc: not@example.com");
});

test.each([
  ["with bare line feeds", "A: 1\nB: 2\n\nC: 3\n\r\n", ["a|A: 1", "b|B: 2"], "C: 3\n\r\n"],
  ["with lines that end in both ways", "A: 1\r\nB: 2\n\r\nC: 3", ["a|A: 1", "b|B: 2"], "C: 3"],
  ["with a bare line feed before CRLF", "A: 1\n\n\r\nC: 3", ["a|A: 1"], "\r\nC: 3"],
  ["without a body", "A: 1\r\nB: 2", ["a|A: 1", "b|B: 2"], ""],
  ["with an empty body", "A: 1\r\n\r\n", ["a|A: 1"], ""],
  ["that begins with an empty line", "\r\nA: 1", [], "A: 1"],
  ["that begins with a bare line feed", "\nA: 1", [], "A: 1"],
  ["with a line of blanks", "A: 1\r\n \r\nB: 2\r\n\r\n", ["a|A: 1\r\n ", "b|B: 2"], ""],
  ["with bare CR alone", "A: 1\rB: 2\r\rC: 3", ["a|A: 1\rB: 2\r\rC: 3"], ""],
  [
    "with CR CR LF at the ends of its lines",
    "A: 1\r\r\nB: 2\r\r\n\r\r\nC: 3",
    ["a|A: 1\r", "b|B: 2\r", "?|\r", "c|C: 3"],
    "",
  ],
  ["that is empty", "", [], ""],
])("the header of a mail %s", (_, mail, fields, body) => {
  expect(fieldsIn(mail)).toEqual(fields);
  expect(readHeader(Buffer.from(mail))?.body.toString()).toBe(body);
});

test.each([
  ["FROM: x", "from"],
  ["From \t: x", "from"],
  ["From\r\n : x", "from?"],
  ["From\r\n\t\r\n : x", "from?"],
  ["From\0: x", "from?"],
  ["\vFrom\f: x", "from?"],
  ["Fr\u200bom\u00a0: x", "from?"],
  [" From: x", "from?"],
  ["From\r: x", "from?"],
  ["Fr om: x", "?"],
  ["From", "?"],
  ["From\r\n x: y", "?"],
  ["From x\r\n : y", "?"],
  ["From;: x", "from;"],
])("the name in %j is %s", (text, name) => {
  expect(fieldsIn(`${text}\r\n\r\n`)).toEqual([`${name}|${Buffer.from(text).toString("latin1")}`]);
});

test("the value of a field is UTF-8, or nearly, and that of the topmost field counts, unless its name is odd", () => {
  const mail = Buffer.concat([Buffer.from("X\0: 0\nx: \u00fc:\n y\nX: 2\n"), Buffer.from("z: \xff\n\n", "latin1")]);
  const fields = readHeader(mail)?.fields ?? [];
  expect(["x", "z", "y"].map((name) => fieldNamed(fields, name)).map((field) => field && fieldValue(field))).toEqual([
    " \u00fc:\n y",
    " \ufffd",
    undefined,
  ]);
});

test("a header too large to be any is none; a large body makes none of it", () => {
  expect(readHeader(Buffer.from(`A: ${"\u00fc".repeat(600_000)}\r\n\r\n`))).toBeUndefined();
  expect(readHeader(Buffer.from("A:\n".repeat(20_001)))).toBeUndefined();
  expect(readHeader(Buffer.from("A:\n".repeat(20_000)))?.fields).toHaveLength(20_000);
  expect(readHeader(Buffer.from("\u00fc\n".repeat(200_000)))?.fields).toHaveLength(1);
  expect(readHeader(Buffer.from(`A: 1\n\n${"x".repeat(2_000_000)}`))?.body).toHaveLength(2_000_000);
});

test("the body is not copied", () => {
  const mail = Buffer.from("A: 1\n\nbody");
  const { body } = readHeader(mail) as Header;
  expect(body.buffer).toBe(mail.buffer);
});

test("any bytes give fields with names of their own, and all that is not the body", () => {
  const piece = fc.constantFrom("From", "Received", ":", " ", "\t", "\r", "\n", "\r\n", "\0", "x", "é");
  const anyMail = fc.oneof(
    fc.array(piece, { maxLength: 60 }).map((pieces) => Buffer.from(pieces.join(""))),
    fc.uint8Array({ maxLength: 200 }),
  );
  const withoutBreaks = (text: string): string => text.replace(/[\r\n]+/g, "");
  fc.assert(
    fc.property(anyMail, (mail) => {
      const { fields, body } = readHeader(mail) as Header;
      for (const { name, text, isOdd } of fields) {
        expect(name).toMatch(/^[!-9;-@[-~]*$/);
        if (!isOdd) expect(text.toLowerCase().startsWith(name)).toBe(true);
      }
      const header = Buffer.from(mail).toString("latin1", 0, mail.length - body.length);
      expect(withoutBreaks(fields.map(({ text }) => text).join(""))).toBe(withoutBreaks(header));
    }),
    { numRuns: 500 },
  );
});

test.each([":", " ", "a", "a:\n", "\n ", "\r", "a\r\n", "\n\n", "\0:", "a\n"])(
  "a megabyte of %j gives an answer",
  (piece) => {
    const mail = Buffer.from(`X${piece.repeat(Math.floor((1024 * 1024 - 1) / piece.length))}`);
    expect(readHeader(mail)?.fields.length ?? 0).toBeLessThanOrEqual(20_000);
  },
);

describe("Received", () => {
  const dateIn = (value: string): string | undefined => receivedAt([fieldOf("Received", value)]);

  test.each([
    ["by mx.example.net; Thu, 19 Nov 2026 11:12:13 +0100 (CET)", "2026-11-19T10:12:13Z"],
    ["by mx.example.net;\r\n\tThu, 19 Nov 2026 02:12:13 -0800", "2026-11-19T10:12:13Z"],
    ["by mx.example.net (a;b); 1 Mar 2026 00:00 GMT", "2026-03-01T00:00:00Z"],
    ["by mx.example.net; Sat, 31 Dec 2016 23:59:60 +0000", "2016-12-31T23:59:59Z"],
    ["by mx.example.net; 28 Sep 2026 04:48:45 EST", "2026-09-28T09:48:45Z"],
  ])("%j is of %s", (value, date) => {
    expect(dateIn(value)).toBe(date);
  });

  test.each([
    "by mx.example.net",
    "by mx.example.net; yesterday",
    "by mx.example.net; 31 Feb 2026 00:00:00 +0000",
    "by mx.example.net; 1 Foo 2026 00:00:00 +0000",
    "by mx.example.net; 1 Mar 2026 00:00:00",
    "by mx.example.net; 1 Mar 2026 25:00:00 +0000",
    "by mx.example.net; 1 Mar 2026 00:00:00 XYZ",
    "by mx.example.net; 31 Dec 9999 23:59:59 -0100",
  ])("%j has no date", (value) => {
    expect(dateIn(value)).toBeUndefined();
  });

  test("the topmost one counts, even where it has no date", () => {
    const dated = fieldOf("Received", "x; 1 Mar 2026 00:00 GMT");
    expect(receivedAt([fieldOf("X", "y; 2 Mar 2026 00:00 GMT"), dated, fieldOf("Received", "y")])).toBe(
      "2026-03-01T00:00:00Z",
    );
    expect(receivedAt([fieldOf("Received", "y"), dated])).toBeUndefined();
  });
});
