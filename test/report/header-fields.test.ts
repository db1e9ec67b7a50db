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
