import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { normalDomain, organizationalDomain, readableDomain } from "../../src/report/domain.ts";

describe("normalDomain", () => {
  test.each([
    ["example.com", "example.com"],
    [" Mail.EXAMPLE.com. ", "mail.example.com"],
    ["bücher.example", "xn--bcher-kva.example"],
    ["BÜCHER。example", "xn--bcher-kva.example"],
    ["_dmarc.example.com", "_dmarc.example.com"],
    ["com", "com"],
  ])("%j becomes %j", (text, domain) => {
    expect(normalDomain(text)).toBe(domain);
  });

  test.each([
    "",
    ".",
    "..",
    "a..b",
    ".example.com",
    "../etc",
    "a/b",
    "ü/../b",
    "ü／b",
    "a\\b",
    "a b",
    "a\0b",
    "a@example.com",
    "192.0.2.1",
    "2001:db8::1",
    `${"a".repeat(64)}.com`,
    "ab.".repeat(90),
  ])("%j is no domain", (text) => {
    expect(normalDomain(text)).toBeUndefined();
  });

  test("any text gives a safe name or none, and giving it again changes nothing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const domain = normalDomain(text);
        if (domain === undefined) return;
        expect(domain).toMatch(/^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/);
        expect(normalDomain(domain)).toBe(domain);
      }),
    );
  });
});

test.each([
  ["mail.example.co.uk", "example.co.uk"],
  ["example.com", "example.com"],
  ["user.github.io", "user.github.io"],
  ["co.uk", "co.uk"],
  ["localhost", "localhost"],
])("the organizational domain of %s is %s", (domain, organizational) => {
  expect(organizationalDomain(domain)).toBe(organizational);
});

test.each([
  ["<ops@Bounce.Example.COM>", "bounce.example.com"],
  ["not a domain", "not a domain"],
  ["<>", ""],
])("the readable domain of %j is %j", (text, domain) => {
  expect(readableDomain(text)).toBe(domain);
});
