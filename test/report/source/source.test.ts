import { expect, test } from "vitest";
import { evidenceReader, networkOf, senderDomain, senderOf } from "../../../src/report/source/source.ts";
import type { AuthResults, ReportRecord } from "../../../src/report/types.ts";
import { makeRecord } from "../../history/reports.ts";

function recordWith({ dkim = [], spf = [] }: Partial<AuthResults>): ReportRecord {
  return { ...makeRecord({ dkim: "fail", spf: "fail" }), authResults: { dkim, spf } };
}

function senderOfRecord(record: ReportRecord): string {
  return senderOf(evidenceReader({ domain: "example.com" })(record), record.row.sourceIp);
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
  [
    "the service, where it sends through a carrier",
    {
      dkim: [
        { domain: "amazonses.com", result: "pass" },
        { domain: "crm.example", result: "pass" },
      ],
    },
    "crm.example",
  ],
  [
    "the calendar, though it signs as its provider",
    {
      dkim: [{ domain: "google.com", result: "pass" }],
      spf: [{ domain: "calendar-server.bounces.google.com", result: "pass" }],
    },
    "calendar-server.bounces.google.com",
  ],
  ["nor a signature that names nobody", { dkim: [{ result: "pass" }, { domain: "", result: "pass" }] }, "192.0.2.0/24"],
])("a sender is called by %s", (_, results, source) => {
  expect(senderOfRecord(recordWith(results))).toBe(source);
});

test("anybody may write any domain into an envelope, so it names nobody", () => {
  const record = makeRecord({ dkim: "fail", spf: "fail", envelopeFrom: "bank.example" });
  expect(senderOfRecord(record)).toBe("192.0.2.0/24");
});

test.each([
  ["192.0.2.200", "192.0.2.0/24"],
  ["2001:db8:1:2::3", "2001:db8:1::/48"],
  ["2001:0:5:1::3", "2001:0:5::/48"],
  ["2001:5:0:1::3", "2001:5::/48"],
  ["2001:db8:1a2b:3:4:5:6:7", "2001:db8:1a2b::/48"],
  ["2001:db8::1", "2001:db8::/48"],
  [undefined, "unknown"],
  ["192.0.2", "unknown"],
])("the network of %s is %s", (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test.each([
  ["bounce.mail.crm.example", "crm.example"],
  ["u1.wl.sendgrid.net", "sendgrid.net"],
  ["contoso.onmicrosoft.com", "contoso.onmicrosoft.com"],
  ["mail.contoso.onmicrosoft.com", "contoso.onmicrosoft.com"],
  ["example-com.20230601.gappssmtp.com", "example-com.gappssmtp.com"],
  ["onmicrosoft.com", "onmicrosoft.com"],
])("of %s the sender is %s", (domain, sender) => {
  expect(senderDomain(domain)).toBe(sender);
});

test("a receiver that walked up the DNS tree takes all below the policy domain for ours", () => {
  const record = recordWith({ dkim: [{ domain: "a.github.io", selector: "s", result: "fail" }] });
  expect(evidenceReader({ domain: "github.io", discoveryMethod: "treewalk" })(record).keys).toHaveLength(1);
  expect(evidenceReader({ domain: "github.io", discoveryMethod: "psl" })(record).keys).toEqual([]);
});

test.each([
  ["fail", "fail"],
  ["Odd", "other"],
  ["none", undefined],
  ["", undefined],
])("a signature of ours with the result %j is there as %s", (result, expected) => {
  const record = recordWith({ dkim: [{ domain: "mail.example.com", selector: "S1", result }] });
  const [key] = evidenceReader({ domain: "example.com" })(record).keys;
  expect(key).toEqual(expected === undefined ? undefined : { key: "mail.example.com/s1", result: expected });
});
