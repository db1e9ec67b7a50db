import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type FromSender, fromSenderOf } from "../../../src/report/trust/from-domains.ts";
import { anyTextOf } from "../any-text.ts";
import { fieldOf } from "../field.ts";

function domainsOf(sender: FromSender): string[] {
  if (sender.kind === "several") return sender.domains;
  return sender.kind === "one" ? [sender.domain] : [];
}

function senderOf(...values: string[]): FromSender {
  return fromSenderOf(values.map((value) => fieldOf("From", ` ${value}`)));
}

test.each([
  ["a bare address", "reports@example.com"],
  ["an address in brackets", "<reports@example.com>"],
  ["a name", "Example Reports <reports@example.com>"],
  ["a folded name and upper case", '"Example\r\n Reports" <Reports@Example.COM>'],
  ["a name that is the address", "reports@example.com <reports@example.com>"],
  ["the same in square brackets", "[reports@example.com] <Reports@Example.COM>"],
  ["another address as the name, as lists write it", `"'reports@example.net' via DMARC" <reports@example.com>`],
  ["the same in an encoded word", "=?utf-8?q?=27reports=40example.net=27_via_DMARC?= <reports@example.com>"],
  ["a comment", "reports@example.com (Example Reports)"],
  ["a quoted local part", '"dmarc reports"@example.com'],
  ["a group of one", "Reports: a@example.com;"],
  ["a trailing dot", "<reports@example.com.>"],
])("%s: the sender is example.com", (_, value) => {
  expect(senderOf(value)).toEqual({ kind: "one", domain: "example.com" });
});

test("a domain in Unicode is its A-label", () => {
  expect(senderOf("a@b\u00fccher.example")).toEqual({ kind: "one", domain: "xn--bcher-kva.example" });
  expect(senderOf("a@ex\u0430mple.com")).toEqual({ kind: "one", domain: "xn--exmple-4nf.com" });
});

test.each([
  "",
  "nobody",
  `a@example.com${" ".repeat(70_000)}`,
  "Undisclosed:;",
  '"a@example.com"',
  "a@",
  "a@[192.0.2.1]",
  "a@exa\0mple.com",
  "@",
])("%.40j has no sender", (value) => {
  expect(senderOf(value)).toEqual({ kind: "none" });
});

describe("what a mail client may read in another way has several senders", () => {
  test.each([
    ["two addresses", "a@example.com, b@example.net"],
    ["a group", "Friends: a@example.com, b@example.net;"],
    ["a group named by an address", "a@example.com: b@example.net;"],
    ["a route", "<@example.com:b@example.net>"],
    ["two at signs", "<b@example.net@example.com>"],
    ["two addresses in brackets", "<a@example.com> <b@example.net>"],
    ["a bare address before the brackets", "a@example.com <b@example.net>"],
    ["a quoted pair in a name", "a\\@example.com <b@example.net>"],
    ["a quoted pair that ends no quotation", '"x\\" <a@example.com>, \\"" <b@example.net>'],
    ["a quotation that is never closed", '"<a@example.com> <b@example.net>'],
    ["a comment that is never closed", "(<a@example.com> <b@example.net>"],
    ["an address in brackets in the name", '"Example <a@example.com>" <b@example.net>'],
    ["the same in an encoded word", "=?utf-8?b?PGFAZXhhbXBsZS5jb20+?= <b@example.net>"],
    ["the same in an encoded word in quotes", '"=?utf-8?q?=3Ca=40example.com=3E?=" <b@example.net>'],
    ["an address in a quoted local part", '"a@example.com x"@example.net'],
    ["the same with a blank", '"a@example.com" @example.net'],
    ["an address in an encoded local part", "=?utf-8?q?a=40example.com?==?utf-8?q?=00?=@example.net"],
    ["a comment with an address", "b@example.net (a@example.com)"],
    ["a comment with a comment", "b@example.net (x (a@example.com) y)"],
    ["a comment with an encoded address", "b@example.net (=?utf-8?q?a=40example.com?=)"],
  ])("%s", (_, value) => {
    const sender = senderOf(value);
    expect(sender).toEqual({ kind: "several", domains: expect.arrayContaining(["example.com", "example.net"]) });
  });

  test.each([
    ["a comment in a domain", "a@example(x).com", ["example", "example.com"]],
    ["a blank in a domain", "a@example.com .example.net", ["example.com", "example.com.example.net"]],
    ["what is no host name", "a@[192.0.2.1], b@example.com", ["[192.0.2.1]", "example.com"]],
  ])("%s", (_, value, domains) => {
    expect(senderOf(value)).toEqual({ kind: "several", domains });
  });

  test.each([
    ["two addresses of one domain", "a@example.com, b@example.com"],
    ["the same address twice", "a@example.com, a@example.com"],
    ["two in a group", "Reports: a@example.com, b@example.com;"],
    ["two in brackets", "<a@example.com> <b@example.com>"],
    ["another address as a bare name", "a@example.com <b@example.com>"],
  ])("%s", (_, value) => {
    expect(senderOf(value)).toEqual({ kind: "several", domains: ["example.com"] });
  });

  test("two From fields, even of one domain, in any case", () => {
    const value = "a@example.com";
    expect(fromSenderOf([fieldOf("From", value), fieldOf("FROM", value)])).toEqual({
      kind: "several",
      domains: ["example.com"],
    });
  });
});

test("other fields name no sender", () => {
  expect(fromSenderOf(["Sender", "Resent-From", "Reply-To"].map((name) => fieldOf(name, "a@example.com")))).toEqual({
    kind: "none",
  });
});

describe("any text gives an answer", () => {
  const anyText = anyTextOf(
    "(",
    ")",
    '"',
    "\\",
    "<",
    ">",
    "@",
    ",",
    ":",
    ";",
    ".",
    " ",
    "a",
    "example.com",
    "=?utf-8?q?=40?=",
    "é",
  );

  test("of pieces that mean something, and of any others", () => {
    fc.assert(
      fc.property(anyText, (value) => {
        for (const domain of domainsOf(senderOf(value))) expect(domain).toMatch(/^[!-~]{1,253}$/);
      }),
      { numRuns: 1000 },
    );
  });

  // Each of these would take minutes if it were looked at more than once.
  test.each([
    "(",
    "()",
    '"',
    '""',
    '" ',
    "\\",
    "@",
    "@ ",
    "@a ",
    "@a.",
    "@. ",
    "@[",
    "<",
    "=?a?q?",
    "=?a?q?b?= ",
    " ",
    "a@b,",
    "a@é.",
    "\r",
    "\rfrom ",
  ])("64 KB of %j", (piece) => {
    const value = piece.repeat(Math.floor((64 * 1024) / piece.length));
    expect(domainsOf(senderOf(value)).length).toBeLessThanOrEqual(10);
  });
});
