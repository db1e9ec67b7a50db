import { describe, expect, test } from "vitest";
import { mishaps, sampleDays, sampleDomains } from "../../src/sample/story.ts";
import { daysFrom, messagesOf } from "../../src/sample/traffic.ts";
import { countOf, type PlainRecord, plainReports } from "./opened-mail.ts";

/** All records of a domain's day, over all reporters. */
async function recordsOf(domain: string, day: string): Promise<PlainRecord[]> {
  return (await plainReports())
    .filter((report) => report.domain === domain && report.day === day)
    .flatMap(({ records }) => records);
}

const fails = ({ dkim, spf }: PlainRecord): boolean => dkim !== "pass" && spf !== "pass";
const failsUnforwarded = (record: PlainRecord): boolean => fails(record) && record.reason === undefined;

/** Share of a day's messages that fail and were not forwarded. */
async function failRate(domain: string, day: string): Promise<number> {
  const records = await recordsOf(domain, day);
  return countOf(records, failsUnforwarded) / countOf(records);
}

describe("the story of the sample", () => {
  test("is what its reports add up to, day by day, once all of them have come", async () => {
    const days = daysFrom({ first: sampleDays.first, last: "2026-11-15" });
    for (const { domain, services } of sampleDomains) {
      for (const day of days) {
        const told = services.reduce((sum, service) => sum + messagesOf(domain, service, day), 0);
        expect([domain, day, countOf(await recordsOf(domain, day))]).toEqual([domain, day, told]);
      }
    }
  });

  test("covers thirty days and more, and three domains", async () => {
    const reports = await plainReports();
    expect(new Set(reports.map(({ day }) => day)).size).toBe(36);
    expect(new Set(reports.map(({ domain }) => domain))).toEqual(
      new Set(["example.com", "example.net", "example.org"]),
    );
  });

  test("has one domain past 5 % of failures on 2026-11-17, and the others well within", async () => {
    expect(await failRate("example.com", "2026-11-17")).toBeCloseTo(0.085, 2);
    expect(await failRate("example.org", "2026-11-17")).toBeLessThan(0.02);
    expect(await failRate("example.net", "2026-11-17")).toBeLessThan(0.02);
  });

  test("has the new mail service begin small on 2026-11-10, and not pass 5 % before 2026-11-17", async () => {
    for (const day of daysFrom({ first: sampleDays.first, last: "2026-11-09" })) {
      expect(await failRate("example.com", day)).toBeLessThan(0.01);
    }
    expect(await failRate("example.com", "2026-11-11")).toBeGreaterThan(0.005);
    for (const day of daysFrom({ first: "2026-11-10", last: "2026-11-16" })) {
      expect(await failRate("example.com", day)).toBeLessThan(0.05);
    }
  });

  test("sends between 2,500 and 6,500 messages a day in the name of example.com", async () => {
    for (const day of daysFrom({ first: sampleDays.first, last: "2026-11-17" })) {
      const messages = countOf(await recordsOf("example.com", day));
      expect(messages).toBeGreaterThan(2500);
      expect(messages).toBeLessThan(6500);
    }
  });

  test("has example.org forwarded: many failures that no rule looks at", async () => {
    for (const day of daysFrom({ first: sampleDays.first, last: "2026-11-15" })) {
      const records = await recordsOf("example.org", day);
      expect(countOf(records, fails) / countOf(records)).toBeGreaterThan(0.05);
      expect(countOf(records, failsUnforwarded) / countOf(records)).toBeLessThan(0.02);
    }
  });

  test("has example.net spoofed from 2026-11-01 to 2026-11-05: thousands of messages, all rejected", async () => {
    const wave = await Promise.all(
      daysFrom({ first: "2026-11-01", last: "2026-11-05" }).map((day) => recordsOf("example.net", day)),
    );
    const spoofed = wave.flat().filter(fails);
    expect(countOf(spoofed)).toBeGreaterThan(4000);
    expect(countOf(spoofed, ({ disposition }) => disposition === "reject")).toBe(countOf(spoofed));
    expect(new Set(spoofed.map(({ sourceIp }) => sourceIp)).size).toBeGreaterThan(80);
    for (const day of ["2026-10-31", "2026-11-06", "2026-11-17"])
      expect(await failRate("example.net", day)).toBeLessThan(0.02);
  });

  test("has most of the digest's day reported, with no mishap on it that would hide a part", async () => {
    for (const { domain, services } of sampleDomains) {
      const told = services.reduce((sum, service) => sum + messagesOf(domain, service, "2026-11-17"), 0);
      expect(countOf(await recordsOf(domain, "2026-11-17"))).toBeGreaterThan(0.95 * told);
    }
    expect(mishaps.sixDaysLate.days).not.toContain("2026-11-17");
  });
});
