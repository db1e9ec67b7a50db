import fc from "fast-check";
import { expect, test } from "vitest";
import { readHeaderFields } from "../../src/report/header-fields.ts";

test("header fields come in their order, folded as they came, without what is no field", () => {
  const mail = [
    "From a@example.com Mon Nov 16 10:00:00 2026",
    "Received: from a\r\n\tby b",
    "Subject : x: y",
    "no field at all",
    "From: \u00fc@example.com",
    "",
    "Bcc: not@example.com",
  ].join("\r\n");
  expect(readHeaderFields(Buffer.from(mail))).toEqual([
    { name: "Received", value: " from a\r\n\tby b" },
    { name: "Subject", value: " x: y" },
    { name: "From", value: " \u00fc@example.com" },
  ]);
});

test.each([
  ["with bare line feeds", "A: 1\nB: 2\n\nC: 3\n\r\n", ["A", "B"]],
  ["without a body", "A: 1\r\nB: 2", ["A", "B"]],
  ["that begins with an empty line", "\r\nA: 1", []],
  ["that is empty", "", []],
  ["of more than a megabyte", `A: ${"\u00fc".repeat(600_000)}\r\n\r\n`, []],
])("the header of a mail %s", (_, mail, names) => {
  expect(readHeaderFields(Buffer.from(mail)).map(({ name }) => name)).toEqual(names);
});

test("any bytes give fields with names of their own", () => {
  const piece = fc.constantFrom("From", "Received", ":", " ", "\t", "\r", "\n", "\r\n", "\0", "x", "é");
  const anyMail = fc.oneof(
    fc.array(piece, { maxLength: 60 }).map((pieces) => Buffer.from(pieces.join(""))),
    fc.uint8Array({ maxLength: 200 }),
  );
  fc.assert(
    fc.property(anyMail, (mail) => {
      for (const { name } of readHeaderFields(mail)) expect(name).toMatch(/^[!-9;-~]+$/);
    }),
    { numRuns: 500 },
  );
});

test.each([":", " ", "a", "a:\n", "\n ", "\r", "a\r\n"])("a megabyte of %j gives an answer", (piece) => {
  const mail = Buffer.from(`X${piece.repeat(Math.floor((1024 * 1024 - 1) / piece.length))}`);
  expect(readHeaderFields(mail).length).toBeLessThanOrEqual(mail.length);
});
