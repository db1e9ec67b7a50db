import { expect, test } from "vitest";
import type { Day } from "../../../src/history/day/day.ts";
import type { StoredReport } from "../../../src/history/day/stored-report.ts";
import type { Authenticity } from "../../../src/report/authenticity.ts";
import { inWords } from "../../reasons.ts";
import { addReport, keepReport, makeRecord, makeReport } from "../reports.ts";

const emptyDay: Day = { domain: "example.com", day: "2026-11-17", reports: [] };
const addAll = (...reports: StoredReport[]): Day =>
  reports.reduce((day, report) => addReport(day, report).day, emptyDay);

const verified: Authenticity = { verdict: "verified", by: "dkim", domain: "dmarc.yahoo.com", standing: "known" };
const claimed: Authenticity = { verdict: "unverified", domain: "dmarc.yahoo.com" };

function yahoo(authenticity: Authenticity, { reportId = "1", count = 10 } = {}): StoredReport {
  return keepReport(makeReport({ orgName: "Yahoo", reportId, records: [makeRecord({ count })] }), { authenticity });
}

test("the reporter of a verified report is its domain, of others what they call themselves", () => {
  expect(yahoo(verified).reporter).toBe("dmarc.yahoo.com");
  expect(yahoo(claimed).reporter).toBe("Yahoo");
});

test.each([
  ["unverified", claimed],
  ["given", { verdict: "given", domain: "dmarc.yahoo.com" }],
] as const)("a verified report takes the place of the same one that was %s, whichever came first", (_, weaker) => {
  const upgrade = addReport(addAll(yahoo(weaker)), yahoo(verified));
  expect(inWords(upgrade)).toMatchObject({ state: "stored", reason: "replaces one that was less well authenticated" });
  expect(upgrade.day.reports).toEqual([yahoo(verified)]);
  const late = addReport(addAll(yahoo(verified)), yahoo(weaker));
  expect(late).toMatchObject({ state: "duplicate" });
  expect(late.day.reports).toEqual([yahoo(verified)]);
});

test("a guessed id that came first does not keep the genuine report out, however many messages it tells of", () => {
  const forged = yahoo(claimed, { count: 1_000_000 });
  expect(addAll(forged, yahoo(verified)).reports).toEqual([yahoo(verified)]);
  expect(addReport(addAll(yahoo(verified)), forged)).toMatchObject({ state: "conflict" });
});

test("a report that is verified for another domain takes no place of a reporter that is named alike", () => {
  const stranger: Authenticity = { verdict: "verified", by: "dkim", domain: "evil.example", standing: "new" };
  const day = addAll(yahoo(claimed), yahoo(stranger, { count: 99 }), yahoo(verified, { reportId: "2" }));
  expect(day.reports.map(({ reporter, authenticity }) => `${reporter} ${authenticity.verdict}`)).toEqual([
    "Yahoo unverified",
    "dmarc.yahoo.com verified",
    "evil.example verified",
  ]);
});

test("a report of several ids loses only the one that a better one takes", () => {
  const day = addAll(yahoo(claimed), yahoo(claimed, { reportId: "2" }), yahoo(verified));
  expect(day.reports).toEqual([yahoo(claimed, { reportId: "2" }), yahoo(verified)]);
});

test("a report that comes again when its domain is better known stands as the better known", () => {
  const first = yahoo({ ...verified, standing: "new" });
  const later = yahoo({ ...verified, standing: "trusted" });
  for (const day of [addAll(first, later), addAll(later, first)]) {
    expect(day.reports[0]?.authenticity.standing).toBe("trusted");
  }
});
