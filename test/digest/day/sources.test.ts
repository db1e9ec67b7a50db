import { expect, test } from "vitest";
import { failuresOf } from "../../../src/digest/day/sources.ts";
import { type DomainDays, makeDomainDays } from "../../../src/digest/domain-digest.ts";
import { makeSenders } from "../../../src/digest/senders/senders.ts";
import type { AuthResults, ReportRecord } from "../../../src/report/types.ts";
import { keepReport, makeRecord, makeReport, noTrust } from "../../history/reports.ts";
import { judgedDays } from "../judged-days.ts";
import { failing, senderLine } from "../windows.ts";

function recordWith(
  { dkim = [], spf = [] }: Partial<AuthResults>,
  said: Parameters<typeof makeRecord>[0] = {},
): ReportRecord {
  return { ...makeRecord({ dkim: "fail", spf: "fail", ...said }), authResults: { dkim, spf } };
}

/** Judged by what the records show alone; services that sign as themselves are ours. */
const senders = makeSenders([], { saidOf: (sender) => (sender.includes("/") ? undefined : "ours") });
/** Our host at 192.0.2.1 passed SPF on the day before. */
const withOurHost = makeSenders([
  senderLine({ day: "2026-11-16", sender: "192.0.2.0/24", addresses: "192.0.2.1", evidence: { keys: [] } }),
]);

function sourcesOf(records: ReportRecord[], judges = senders) {
  return failuresOf([dayOf(records)], judges);
}

function dayOf(records: ReportRecord[]) {
  return { domain: "example.com", day: "2026-11-17", reports: [keepReport(makeReport({ records }))] };
}

test("failures of one service and class are added up over its addresses, own mail first", () => {
  const dkim = [{ domain: "newsletter.example", result: "pass" }];
  const { fail, sources } = sourcesOf([
    recordWith({ dkim }, { count: 5, sourceIp: "198.51.100.1", disposition: "reject" }),
    recordWith({ dkim }, { count: 7, sourceIp: "203.0.113.1", disposition: "quarantine", reasons: ["forwarded"] }),
    recordWith({ dkim }, { count: 3, sourceIp: "198.51.100.1", disposition: "no such word" }),
    recordWith({ dkim }, { count: 0, sourceIp: "198.51.100.2" }),
    recordWith({ dkim }, { count: 90, spf: "pass" }),
    recordWith({}, { count: 20, sourceIp: "192.0.2.1" }),
  ]);
  expect(sources).toMatchObject([
    {
      source: "newsletter.example",
      mailClass: "not-aligned",
      impact: { messages: 8, rejected: 5, delivered: 3, overridden: 0, quarantined: 0 },
      messages: 105,
      headerFroms: ["example.com"],
      policy: "none",
      seenBy: [{ reporter: "google.com", messages: 8 }],
      addresses: ["198.51.100.1"],
      moreAddresses: 0,
    },
    { source: "newsletter.example", mailClass: "altered", impact: { messages: 7, quarantined: 7 }, messages: 105 },
    { source: "192.0.2.0/24", mailClass: "spoofed", impact: { messages: 20 } },
  ]);
  expect(fail).toMatchObject({
    own: { messages: 8 },
    spoofed: { messages: 20 },
    forwarded: { messages: 7 },
    trouble: { messages: 0 },
  });
});

test("signatures of ours that failed are named with their selectors, the most messages first", () => {
  const signed = (selector: string, count: number) =>
    recordWith({ dkim: [{ domain: "example.com", selector, result: "fail" }] }, { count });
  const { sources } = sourcesOf([signed("a", 1), signed("b", 9), signed("c", 5), signed("d", 2)], withOurHost);
  expect(sources[0]?.signatures).toEqual(["b", "c", "d"].map((selector) => ({ domain: "example.com", selector })));
});

test("what fails of a key that is missing has one cause, whatever word a receiver has for it", () => {
  const signed = (selector: string, result: string, count: number) =>
    recordWith({ dkim: [{ domain: "example.com", selector, result }] }, { count });
  const records = [signed("s1", "fail", 70), signed("s1", "permerror", 30), signed("s2", "fail", 5)];
  const incidents = judgedDays([{ day: "2026-11-17", rule: "dns", subject: "example.com/s1" }]);
  const judging = { trust: noTrust, senders: withOurHost };
  const sourcesBy = (days: DomainDays) => days.figuresOn("example.com", "2026-11-17").sources;
  expect(sourcesBy(makeDomainDays([dayOf(records)], judging)).map(({ mailClass }) => mailClass)).toEqual([
    "broken-key",
  ]);
  const [first, second, ...others] = sourcesBy(makeDomainDays([dayOf(records)], { ...judging, incidents }));
  expect(first).toMatchObject({ mailClass: "our-dns", impact: { messages: 100 }, results: { dkim: "permerror" } });
  expect(second).toMatchObject({ mailClass: "broken-key", signatures: [{ selector: "s2" }], impact: { messages: 5 } });
  expect(others).toEqual([]);
  const published = makeDomainDays([dayOf([signed("s1", "fail", 70)])], { ...judging, incidents });
  expect(sourcesBy(published)).toMatchObject([{ mailClass: "broken-key", results: { dkim: "fail" } }]);
});

test("of many addresses the five with the most failures are named, and the others counted", () => {
  const records = [1, 2, 3, 4, 5, 6, 7].map((n) => recordWith({}, { count: n, sourceIp: `192.0.2.${n}` }));
  expect(sourcesOf(records).sources).toMatchObject([
    { addresses: ["192.0.2.7", "192.0.2.6", "192.0.2.5", "192.0.2.4", "192.0.2.3"], moreAddresses: 2 },
  ]);
});

test("a record without an address has none to name, and takes no name from one that has", () => {
  const without = recordWith({});
  without.row.sourceIp = undefined;
  const beside = { ...recordWith({}, { count: 3 }), authResults: without.authResults };
  const names = sourcesOf([without, beside]).sources.map(({ source, addresses }) => [source, addresses.length]);
  expect(names).toEqual([
    ["unknown", 0],
    ["192.0.2.0/24", 1],
  ]);
});

test("sources of equal failures stand in the order of their names, whatever the order of the records", () => {
  const records = ["203.0.113.1", "198.51.100.1", "192.0.2.1"].map((sourceIp) => recordWith({}, { sourceIp }));
  const names = sourcesOf(records).sources.map(({ source }) => source);
  expect(names).toEqual(["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"]);
  expect(sourcesOf(records.toReversed()).sources.map(({ source }) => source)).toEqual(names);
});

test.each([
  ["half of its messages", 10, { lastGoodDay: "2026-11-16", passRate: 1, failsSince: "2026-11-17" }],
  ["less than that", 11, undefined],
])("since when a source fails is shown when %s fail", (_, passing, expected) => {
  const reports = [keepReport(makeReport({ records: [recordWith({}), makeRecord({ count: passing })] }))];
  const day = { domain: "example.com", day: "2026-11-17", reports };
  const { sources } = failuresOf([day], withOurHost);
  expect(sources[0]).toMatchObject({ mailClass: "missing-in-spf", messages: 10 + passing });
  expect(sources[0]?.since).toEqual(expected);
});

test.each([
  ["a key", { keys: ["pass", "permerror"] }],
  ["SPF", { spf: ["pass", "permerror"] }],
])("since when %s fails goes by what passed by it, whatever else of its sender failed before", (_, results) => {
  const isKey = "keys" in results;
  const evidence = (at: 0 | 1) =>
    isKey
      ? { keys: [{ key: "example.com/s1", result: results.keys[at] ?? "" }] }
      : { ownEnvelope: "example.com", spfResult: results.spf[at] ?? "" };
  const of = { sender: "192.0.2.0/24", addresses: "192.0.2.1" };
  const days = ["2026-11-12", "2026-11-13", "2026-11-14", "2026-11-15", "2026-11-16"];
  const judges = makeSenders([
    ...days.map((day) => senderLine({ ...of, day, messages: 60, evidence: evidence(0) })),
    // Another part of its mail has failed for two days.
    ...days
      .slice(3)
      .map((day) => senderLine({ ...of, day, ...failing, messages: 40, evidence: { signers: ["x.test"] } })),
    senderLine({ ...of, day: "2026-11-17", ...failing, messages: 60, evidence: evidence(1) }),
  ]);
  const dkim = isKey ? [{ domain: "example.com", selector: "s1", result: "permerror" }] : [];
  const spf = isKey ? [] : [{ domain: "example.com", result: "permerror" }];
  const { sources } = sourcesOf([recordWith({ dkim, spf }, { count: 60, sourceIp: "192.0.2.1" })], judges);
  expect(sources[0]?.since).toEqual({ lastGoodDay: "2026-11-16", passRate: 1, failsSince: "2026-11-17" });
});

test.each([
  ["names it where all have the same", "permerror", "our-dns", ["bounces.example.com"], "bounces.example.com"],
  ["names none of several", "permerror", "our-dns", ["h1.example.com", "h2.example.com"], undefined],
  ["without the host", "softfail", "missing-in-spf", ["bounces.example.com"], "bounces.example.com"],
])("an SPF record of an envelope that is out: it %s (%s)", (_, result, mailClass, envelopes, expected) => {
  const of = { sender: "192.0.2.0/24", addresses: "192.0.2.1" };
  const judges = makeSenders([
    senderLine({ ...of, day: "2026-11-16", messages: 60 }),
    ...envelopes.map((ownEnvelope) =>
      senderLine({
        ...of,
        day: "2026-11-17",
        ...failing,
        messages: 60,
        evidence: { ownEnvelope, spfResult: result },
      }),
    ),
  ]);
  const records = envelopes.map((domain) =>
    recordWith({ spf: [{ domain, result }] }, { count: 60, sourceIp: "192.0.2.1" }),
  );
  const { sources } = sourcesOf(records, judges);
  expect(sources).toMatchObject([{ mailClass }]);
  expect(sources[0]?.envelope).toBe(expected);
});
