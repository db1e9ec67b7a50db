import { expect, test } from "vitest";
import { networkOf, sourceOf } from "../../../src/report/source/source.ts";
import type { AuthResults, ReportRecord } from "../../../src/report/types.ts";
import { makeRecord } from "../../history/reports.ts";

function recordWith({ dkim = [], spf = [] }: Partial<AuthResults>): ReportRecord {
  return { ...makeRecord({ dkim: "fail", spf: "fail" }), authResults: { dkim, spf } };
}

test.each<[string, Partial<AuthResults>, string]>([
  [
    "the domain whose DKIM signature passed",
    {
      dkim: [{ domain: "mail.newsletter.example", result: "pass" }],
      spf: [{ domain: "bounce.host.example", result: "pass" }],
    },
    "newsletter.example",
  ],
  ["else the domain that SPF passed", { spf: [{ domain: "bounce.host.example", result: "pass" }] }, "host.example"],
  [
    "never a domain that did not authenticate",
    {
      dkim: [{ domain: "bank.example", result: "fail" }],
      spf: [{ domain: "bank.example", scope: "mfrom", result: "softfail" }],
    },
    "192.0.2.0/24",
  ],
  [
    "never our own domain or a subdomain of it",
    {
      dkim: [
        { domain: "example.com", result: "pass" },
        { domain: "news.example.com", result: "pass" },
      ],
      spf: [{ domain: "host.example", result: "pass" }],
    },
    "host.example",
  ],
  ["nor a signature that names nobody", { dkim: [{ result: "pass" }, { domain: "", result: "pass" }] }, "192.0.2.0/24"],
])("a source is called by %s", (_, results, source) => {
  expect(sourceOf(recordWith(results), "example.com")).toBe(source);
});

test("anybody may write any domain into an envelope, so it names nobody", () => {
  const record = makeRecord({ dkim: "fail", spf: "fail", envelopeFrom: "bank.example" });
  expect(sourceOf(record, "example.com")).toBe("192.0.2.0/24");
});

test.each([
  ["192.0.2.200", "192.0.2.0/24"],
  ["2001:db8:1:2::3", "2001:db8:1::/48"],
  ["2001:db8::1", "2001:db8::/48"],
  [undefined, "unknown"],
  ["192.0.2", "unknown"],
])("the network of %s is %s", (address, network) => {
  expect(networkOf(address)).toBe(network);
});
