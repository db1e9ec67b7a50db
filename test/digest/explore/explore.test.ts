import { expect, test } from "vitest";
import { type Columns, exploreData } from "../../../src/digest/explore/explore.ts";
import { keepReport, makeRecord, makeReport } from "../../history/reports.ts";
import { failing, makeLine, makeWindowOf, senderLine } from "../windows.ts";

const days = ["2026-11-16", "2026-11-18"];
const judging = { saidOf: () => undefined, of: () => ({ thresholds: { minMessages: 100 } }) };
const now = new Date("2026-11-30T09:00:00Z");

function dataOf(
  senders = days.map((day) => senderLine({ day })),
  records: Parameters<typeof exploreData>[0]["days"] = [],
) {
  const pairs = days.map((day) => makeLine(day));
  const tls = [
    {
      day: "2026-11-18",
      domain: "example.com",
      reporter: "google.com",
      verdict: "verified",
      policy: "sts enforce",
      mx: "mx1.example.com",
      result: "certificate-expired",
      sessions: 7,
      unreadableRecords: 0,
    } as const,
  ];
  const window = { ...makeWindowOf({ first: "2026-11-01", last: "2026-11-30" }, pairs, senders), tls };
  return exploreData({ window, judging, now, settleHours: 48, days: records });
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}

test("columns hold all messages of the window, by day, domain, reporter, sender and class", () => {
  const lines = [
    ...days.map((day) => senderLine({ day, messages: 30 })),
    senderLine({ day: "2026-11-18", ...failing, messages: 12, quarantined: 3, rejected: 4 }),
    senderLine({ day: "2026-11-18", altered: true, dkim: "fail", messages: 5 }),
  ];
  const data = dataOf(lines);
  expect(data).toMatchObject({ first: "2026-11-16", days: 3, domains: ["example.com"], senders: ["crm.example"] });
  expect(sum(data.mail.messages)).toBe(sum(lines.map(({ messages }) => messages)));
  expect(sum(data.mail.held)).toBe(7);
  expect(sum(data.mail.day)).toBe(2);
  expect(data.keys).toEqual(["example.com/s1"]);
  expect(data.mail.signing.map((at, row) => [data.signings[at], data.mail.messages[row]])).toContainEqual([[1], 5]);
  expect([data.hosts, data.results, data.tls.sessions]).toEqual([["mx1.example.com"], ["certificate-expired"], [7]]);
  const lengths = (columns: Columns<string>) => new Set(Object.values(columns).map(({ length }) => length)).size;
  expect([data.mail, data.tls].map(lengths)).toEqual([1, 1]);
});

test("a domain's folder is where its files stand, whatever Windows would take its name for", () => {
  const lines = ["aux.example", "example.com"].map((domain) => ({ ...senderLine({ day: "2026-11-16" }), domain }));
  const { domains, folders } = dataOf(lines);
  expect([domains, folders]).toEqual([
    ["aux.example", "example.com"],
    ["~aux.example", "example.com"],
  ]);
});

test("the same lines in another order give the same sums by name", () => {
  const lines = ["b.example", "a.example"].flatMap((sender) => days.map((day) => senderLine({ day, sender })));
  const named = (data: ReturnType<typeof dataOf>) =>
    data.mail.sender.map((at, row) => `${data.senders[at]} ${data.mail.messages[row]}`).sort();
  expect(named(dataOf(lines.toReversed()))).toEqual(named(dataOf(lines)));
});

test("records of the newest days are inside as far as there is room, and whole days alone", () => {
  const dayOf = (date: string, count: number) => {
    const begin = Date.parse(`${date}T00:00:00Z`) / 1000;
    const records = Array.from({ length: count }, (_, at) =>
      makeRecord({ sourceIp: `192.0.2.${at % 250}`, count: at + 1 }),
    );
    const report = makeReport({ begin, end: begin + 86_399, records });
    return { domain: "example.com", day: date, reports: [keepReport(report)] };
  };
  const small = dataOf(undefined, [dayOf("2026-11-16", 3), dayOf("2026-11-18", 2)]);
  expect(small.recordsSince).toBe("2026-11-16");
  expect(small.records).toHaveLength(5);
  expect(small.records[0]).toMatchObject({ day: 2, domain: small.domains.indexOf("example.com") });
});

test("of thousands of networks that send in our name the largest are named, and whoever passes", () => {
  const networks = Array.from({ length: 2100 }, (_, at) => `10.${at >> 8}.${at % 256}.0/24`);
  const spoofed = networks.map((sender, at) => senderLine({ day: "2026-11-18", sender, ...failing, messages: 2 + at }));
  const data = dataOf([senderLine({ day: "2026-11-18", messages: 1 }), ...spoofed]);
  expect(data.senders).toHaveLength(2001);
  expect(data.senders).toEqual(expect.arrayContaining(["crm.example", "other senders", "10.8.51.0/24"]));
  expect(data.senders).not.toContain("10.0.0.0/24");
  expect(sum(data.mail.messages)).toBe(1 + sum(spoofed.map(({ messages }) => messages)));
});
