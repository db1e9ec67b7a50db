import { describe, expect, test } from "vitest";
import { parseSaidSender, saidBy } from "../../../src/report/source/source.ts";

const lines = (...texts: string[]) => saidBy(texts.flatMap((text) => parseSaidSender(text) ?? []));

test.each([
  ["ours: crm.vendor.example", { said: "ours", domain: "vendor.example" }],
  ["not-ours: Botnet7.example.", { said: "not-ours", domain: "botnet7.example" }],
  ["ours:contoso.onmicrosoft.com", { said: "ours", domain: "contoso.onmicrosoft.com" }],
  ["ours: 192.0.2.7", { said: "ours", network: "192.0.2.7/32" }],
  ["not-ours: 192.0.2.77/24", { said: "not-ours", network: "192.0.2.0/24" }],
  ["ours: 2001:db8::1/48", { said: "ours", network: "2001:db8::/48" }],
  ["ours: ::ffff:192.0.2.7", { said: "ours", network: "192.0.2.7/32" }],
  ["theirs: example.net", undefined],
  ["ours: localhost", undefined],
  ["ours: 300.1.1.1", undefined],
  ["ours: 0x7f.1", undefined],
  ["ours: a.example, b.example", undefined],
  ["ours:", undefined],
])("%s", (line, said) => {
  expect(parseSaidSender(line)).toEqual(said);
});

describe("who a sender is", () => {
  test("is said of its domain, and of no other", () => {
    const said = lines("ours: crm.vendor.example", "not-ours: botnet7.example");
    expect([said("vendor.example"), said("botnet7.example"), said("example.net")]).toEqual([
      "ours",
      "not-ours",
      undefined,
    ]);
  });

  test("is said of a network that holds all of it, and of an address in it", () => {
    const said = lines("ours: 192.0.0.0/16", "not-ours: 192.0.2.7");
    expect([said("192.0.2.0/24"), said("192.0.2.0/24", "192.0.2.7"), said("192.0.2.0/24", "192.0.2.8")]).toEqual([
      "ours",
      "not-ours",
      "ours",
    ]);
  });

  test("is not said of a network by one of its addresses", () => {
    const said = lines("ours: 192.0.2.7");
    expect([said("192.0.2.0/24"), said("192.0.2.0/24", "192.0.2.7")]).toEqual([undefined, "ours"]);
  });

  test("is said of a service's address before its name", () => {
    expect(lines("ours: vendor.example", "not-ours: 2001:db8::7")("vendor.example", "2001:db8::7")).toBe("not-ours");
  });
});
