import { expect, test } from "vitest";
import { relaxBlanks, withCrlf } from "../../../src/report/trust/dkim-verifier.ts";

test.each([
  ["a\nb\n", "a\r\nb\r\n"],
  ["a\r\nb\n\n", "a\r\nb\r\n\r\n"],
  ["\n\r\n\r\r\n\r", "\r\n\r\n\r\r\n\r"],
  ["", ""],
])("%j has CRLF at the end of each line as %j", (text, lines) => {
  expect(withCrlf(Buffer.from(text)).toString()).toBe(lines);
});

test.each([
  // The example of RFC 6376.
  [" C \r\nD \t E\r\n\r\n\r\n", " C\r\nD E\r\n\r\n\r\n"],
  ["\t\r\n \r\n", "\r\n\r\n"],
  ["a \rb", "a \rb"],
  ["a \r\r\n", "a \r\r\n"],
  ["a  ", "a"],
  ["  ", ""],
])("the blanks of %j count as those of %j", (text, relaxed) => {
  expect(relaxBlanks(Buffer.from(text)).toString()).toBe(relaxed);
});
