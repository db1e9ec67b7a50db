import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeAnyBase64, decodeBase64, decodeQuotedPrintable } from "../../../src/report/mail/transfer.ts";

const toText = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : Buffer.from(bytes).toString("latin1");

describe("quoted-printable", () => {
  test.each([
    ["a=3Db=3db", "a=b=b"],
    ["=", ""],
    ["a=\nb=\r\nc= \t\nd", "abcd"],
    ["a = \nb", "a b"],
    ["a \t\nb  \r\nc ", "a\nb\r\nc"],
    ["a=20\n", "a \n"],
    ["=3", "=3"],
    ["=zz=4 1=", "=zz=4 1"],
    ["a=\rb", "a=\rb"],
    ["==41", "=A"],
  ])("%j stands for %j", (text, expected) => {
    expect(toText(decodeQuotedPrintable(Buffer.from(text, "latin1")))).toBe(expected);
  });

  test("any bytes come back", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.integer({ min: 1, max: 5 }), (bytes, width) => {
        const codes = Array.from(bytes, (byte) => `=${byte.toString(16).padStart(2, "0")}`);
        const lines = codes.map((code, index) => (index % width === 0 ? `=\r\n${code}` : code));
        expect(toText(decodeQuotedPrintable(Buffer.from(lines.join(""))))).toBe(toText(bytes));
      }),
    );
  });
});

describe("base64", () => {
  test.each([
    ["PGE+", "<a>"],
    ["P G\tE\r\n+!", "<a>"],
    ["PGE", "<a"],
    ["PGE+P", "<a>"],
    ["PA==\nYQ==\nPg", "<a>"],
    ["====", ""],
    ["=PG=E+", "<\x13"],
  ])("%j stands for %j, whatever else is in it", (text, expected) => {
    expect(toText(decodeAnyBase64(Buffer.from(text)))).toBe(expected);
  });

  test("any bytes come back, in lines, and by the strict reading too", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const text = Buffer.from(Buffer.from(bytes).toString("base64").replaceAll(/.{8}/g, "$&\r\n"));
        expect(toText(decodeAnyBase64(text))).toBe(toText(bytes));
        expect(toText(decodeBase64(text))).toBe(toText(bytes));
      }),
    );
  });
});
