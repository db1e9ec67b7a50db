import { describe, expect, test } from "vitest";
import { dayAfter, daysFrom, weekdayOf } from "../../../src/history/dates.ts";
import { sumOf } from "../../../src/history/lists.ts";
import { knownReporter } from "../../../src/report/trust/trust.ts";
import { playIncident } from "../../../tools/bench/judgement/changes.ts";
import { quietLife } from "../../../tools/bench/judgement/family.ts";
import { incidentNames, incidents } from "../../../tools/bench/judgement/incidents.ts";
import type { LifeSender } from "../../../tools/bench/judgement/life.ts";
import { lifeReporters } from "../../../tools/bench/judgement/reporters.ts";
import { type Delivery, deliveriesAbout, deliveriesOf, messagesOn } from "../../../tools/bench/judgement/reports.ts";
import { truthOf } from "../../../tools/bench/judgement/score.ts";

const seeds = ["a", "b", "c"];
const lives = seeds.map((seed) => quietLife(seed));
const [life = quietLife("a"), other = quietLife("b")] = lives;

describe("the table of incidents", () => {
  test("each has a level, a reason, and a deadline if it must be told as something to do", () => {
    for (const [name, { deserves, why, within }] of Object.entries(incidents)) {
      expect(deserves, name).toMatch(/^(act|look|news|nothing)$/);
      expect(why, name).toMatch(/^[A-Zps].{20,}[.]$/);
      expect(within !== undefined, name).toBe(deserves === "act" || deserves === "look");
    }
  });

  test("there are more than 25, of each level some", () => {
    expect(incidentNames.length).toBeGreaterThan(25);
    expect(new Set(Object.values(incidents).map(({ deserves }) => deserves)).size).toBe(4);
  });

  test("no spoofing and no forwarding deserves an act", () => {
    const harmless = Object.values(incidents).filter(({ kind }) => kind === "spoofing" || kind === "forwarding");
    expect(harmless.filter(({ deserves }) => deserves === "act")).toEqual([]);
  });
});

describe("a life", () => {
  test("is the same for the same seed, and another for another", () => {
    const days = { first: life.judged, last: dayAfter(life.judged, 13) };
    const fortnights = [quietLife("a"), life].map(({ domains }) =>
      JSON.stringify(domains.map((domain) => deliveriesAbout(domain, days))),
    );
    expect(fortnights[0] === fortnights[1]).toBe(true);
    expect(fortnights[0]?.length).toBeGreaterThan(100_000);
    expect(deliveriesOf(other)[99]).not.toEqual(deliveriesOf(life)[99]);
  });

  test("has no report that arrives before its period ends, and none under the id of another", () => {
    const early = lives
      .flatMap(deliveriesOf)
      .filter(({ report, arrived }) => Date.parse(arrived) / 1000 < report.reportMetadata.dateRange.end);
    expect(early).toEqual([]);
    const ids = deliveriesOf(life).map(({ report }) => report.reportMetadata.reportId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("has volumes near their means, whose spread is theirs", () => {
    for (const domain of lives.flatMap(({ domains }) => domains)) {
      for (const sender of domain.senders.filter(({ mean }) => mean > 20)) {
        const days = daysFrom(domain.first, domain.last).filter((day) => !domain.holidays.includes(day));
        const full = days.filter((day) => (sender.week[weekdayOf(day)] ?? 0) > 0.5);
        const parts = full.map((day) => messagesOn(domain, sender, day) / ofWeek(sender, day));
        const mean = sumOf(parts, (part) => part) / parts.length;
        const spread = Math.sqrt(sumOf(parts, (part) => (part - mean) ** 2) / parts.length);
        const expected = Math.hypot(sender.spread, Math.sqrt(1 / sender.mean));
        const few = 5 / Math.sqrt(parts.length);
        expect(Math.abs(mean - 1), `${domain.name} ${sender.name}`).toBeLessThan(few * expected);
        expect(Math.abs(spread / expected - 1), `${domain.name} ${sender.name}`).toBeLessThan(few);
      }
    }
  });

  test("has each message in one report, but for the days of a pair that get lost", () => {
    const sent = sumOf(life.domains, (domain) =>
      sumOf(domain.senders, (sender) =>
        sumOf(daysFrom(life.first, life.last), (day) => messagesOn(domain, sender, day)),
      ),
    );
    const reported = sumOf(deliveriesOf(life), messagesIn);
    expect(reported / sent).toBeGreaterThan(0.96);
    expect(reported).toBeLessThan(sent);
  });

  test("has reporters that are known, so that they count", () => {
    for (const { domain } of Object.values(lifeReporters)) expect(knownReporter(domain), domain).toBeDefined();
  });

  test("has what reports of a quiet week hold: late ones, temporary errors, altered mail, noise, lists", () => {
    const all = lives.flatMap(deliveriesOf);
    const late = all.filter(
      ({ report, arrived }) => Date.parse(arrived) / 1000 - report.reportMetadata.dateRange.end > 2 * 86_400,
    );
    expect(late.length / all.length).toBeGreaterThan(0.01);
    expect(late.length / all.length).toBeLessThan(0.06);
    const records = all.flatMap(({ report }) => report.records);
    const messages = sumOf(records, ({ row }) => row.count);
    const partOf = (isIt: (record: (typeof records)[number]) => boolean): number =>
      sumOf(records.filter(isIt), ({ row }) => row.count) / messages;
    const temporary = partOf(({ authResults }) => authResults.dkim.some(({ result }) => result === "temperror"));
    expect(temporary).toBeGreaterThan(0.0003);
    expect(temporary).toBeLessThan(0.01);
    const failed = partOf(({ row }) => row.policyEvaluated.dkim === "fail" && row.policyEvaluated.spf === "fail");
    expect(failed).toBeGreaterThan(0.005);
    expect(failed).toBeLessThan(0.05);
  });

  test("has a domain of 30 a day that Google alone reports", () => {
    const [tiny] = life.domains.filter(({ role }) => role === "tiny");
    const about = tiny === undefined ? [] : deliveriesAbout(tiny);
    expect(new Set(about.map(({ reporter }) => reporter))).toEqual(new Set(["google"]));
    const aDay = sumOf(about, messagesIn) / about.length;
    expect(aDay).toBeGreaterThan(10);
    expect(aDay).toBeLessThan(70);
  });
});

/** Few days around that of the incident: they are made for each of them. */
const short = {
  ...life,
  domains: life.domains.map((domain) => ({ ...domain, first: life.judged, last: dayAfter(life.judged, 34) })),
};

test.each(incidentNames)("%s: it shows from its day on, and leaves all as it was before and elsewhere", (name) => {
  const played = playIncident(name, short);
  const { domains, start, shownAt } = truthOf(played);
  expect(shownAt > start && shownAt < dayAfter(start, 12)).toBe(true);
  const changed = played.life.domains.filter((domain) => !played.twin.domains.includes(domain));
  if (domains.length > 0) expect(changed.map((domain) => domain.name)).toEqual(domains);
  for (const domain of changed) {
    const twin = played.twin.domains.find((one) => one.name === domain.name) ?? domain;
    const [now, before] = [domain, twin].map((one) => deliveriesAbout(one).filter(({ key }) => dayIn(key) < start));
    expect(now?.length).toBeGreaterThan(10);
    expect(JSON.stringify(now) === JSON.stringify(before)).toBe(true);
  }
});

function dayIn(key: string): string {
  return key.split(" ")[2] ?? "";
}

function ofWeek(sender: LifeSender, day: string): number {
  return sender.mean * (sender.week[weekdayOf(day)] ?? 0);
}

function messagesIn({ report }: Delivery): number {
  return sumOf(report.records, ({ row }) => row.count);
}
