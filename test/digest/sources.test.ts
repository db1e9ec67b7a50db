import { expect, test } from "vitest";
import { failingSources } from "../../src/digest/sources.ts";
import type { AuthResults, ReportRecord } from "../../src/report/types.ts";
import { makeRecord } from "../history/reports.ts";

function recordWith(
  { dkim = [], spf = [] }: Partial<AuthResults>,
  said: Parameters<typeof makeRecord>[0] = {},
): ReportRecord {
  return { ...makeRecord({ dkim: "fail", spf: "fail", ...said }), authResults: { dkim, spf } };
}

test("failures of one service are added up over its addresses", () => {
  const dkim = [{ domain: "newsletter.example", result: "pass" }];
  const records = [
    recordWith({ dkim }, { count: 5, sourceIp: "198.51.100.1", disposition: "reject" }),
    recordWith({ dkim }, { count: 7, sourceIp: "203.0.113.1", disposition: "quarantine", reasons: ["forwarded"] }),
    recordWith({ dkim }, { count: 3, sourceIp: "198.51.100.1", disposition: "no such word" }),
    recordWith({ dkim }, { count: 0, sourceIp: "198.51.100.2" }),
    recordWith({ dkim }, { count: 90, spf: "pass" }),
    recordWith({}, { count: 20, sourceIp: "192.0.2.1" }),
  ];
  expect(failingSources(records, "example.com")).toEqual([
    {
      source: "192.0.2.0/24",
      dmarcFail: 20,
      forwarded: 0,
      dispositions: { none: 20, quarantine: 0, reject: 0, pass: 0 },
      addresses: ["192.0.2.1"],
      moreAddresses: 0,
    },
    {
      source: "newsletter.example",
      dmarcFail: 15,
      forwarded: 7,
      dispositions: { none: 3, quarantine: 7, reject: 5, pass: 0 },
      addresses: ["198.51.100.1", "203.0.113.1"],
      moreAddresses: 0,
    },
  ]);
});

test("of many addresses the five with the most failures are named, and the others counted", () => {
  const records = [1, 2, 3, 4, 5, 6, 7].map((n) => recordWith({}, { count: n, sourceIp: `192.0.2.${n}` }));
  expect(failingSources(records, "example.com")).toMatchObject([
    { addresses: ["192.0.2.7", "192.0.2.6", "192.0.2.5", "192.0.2.4", "192.0.2.3"], moreAddresses: 2 },
  ]);
});

test("a record without an address has none to name", () => {
  const record = recordWith({});
  record.row.sourceIp = undefined;
  expect(failingSources([record], "example.com")).toMatchObject([{ source: "unknown", addresses: [], dmarcFail: 10 }]);
});

test("sources of equal failures stand in the order of their names, whatever the order of the records", () => {
  const records = ["203.0.113.1", "198.51.100.1", "192.0.2.1"].map((sourceIp) => recordWith({}, { sourceIp }));
  const names = failingSources(records, "example.com").map(({ source }) => source);
  expect(names).toEqual(["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"]);
  expect(failingSources(records.toReversed(), "example.com").map(({ source }) => source)).toEqual(names);
});
