import { describe, expect, it } from "vitest";
import type { Week } from "../../../src/digest/week/week.ts";
import type { DataVisualizationBlock } from "../../../src/render/print/slack-charts.ts";
import { languages, wordsOf } from "../../../src/render/words/words.ts";
import { findBlockTrouble } from "../../servers/slack/blocks.ts";
import { makeImpact, makeParts, makeSource, makeTotals, telling } from "../digests.ts";
import { weeklyMessage, weekMarkdown } from "../printed.ts";
import { slackPage } from "../slack-page.ts";
import { emptyWeek, loudWeek, makeChange, makeReadiness, makeTrend, makeWeek, makeWeekDomain } from "../weeks.ts";

describe.each(languages)("a week reads well in %s", (language) => {
  const told = { ...telling, words: wordsOf(language) };

  it.each([
    ["loud", loudWeek],
    ["quiet", makeWeek()],
    ["empty", emptyWeek],
  ])("%s", async (name, week) => {
    const message = weeklyMessage(week, told);
    expect(findBlockTrouble(message.blocks)).toBeUndefined();
    expect(findBlockTrouble(message.fallbackBlocks)).toBeUndefined();
    const pages = [
      slackPage(message),
      slackPage({ ...message, blocks: message.fallbackBlocks }),
      weekMarkdown(week, told),
    ];
    await expect(pages.join("\n=====\n\n")).toMatchFileSnapshot(`../fixtures/week-${name}.${language}.txt`);
  });
});

/** The charts of a week. */
function chartsOf(week: Week): DataVisualizationBlock[] {
  return weeklyMessage(week, telling).blocks.filter((block) => block.type === "data_visualization");
}

/** The values of a chart by series. */
function valuesOf(chart: DataVisualizationBlock | undefined): Record<string, number[]> {
  return Object.fromEntries(
    (chart?.chart.series ?? []).map(({ name, data }) => [name, data.map(({ value }) => value)]),
  );
}

describe("the charts", () => {
  it("leave a day without a report out of the share that passes, and draw it as one without failures", () => {
    const [rates, failures] = chartsOf(loudWeek);
    expect(rates?.chart.axis_config.categories).toHaveLength(19);
    expect(rates?.chart.axis_config.categories).not.toContain("2 Nov");
    expect(failures?.chart.axis_config.categories).toHaveLength(20);
    expect(failures?.chart.axis_config.categories[4]).toBe("2 Nov");
    expect(valuesOf(failures).yours?.slice(3, 6)).toEqual([3, 0, 5]);
  });

  it("never draw a rate of 0% for a domain without mail: it keeps the rate of before, or of its first day", () => {
    const days = makeTrend((index) => ({
      messages: index < 2 || index === 9 ? 0 : 100,
      dmarcFail: index === 8 ? 25 : 0,
    }));
    const none = makeTrend(() => ({ messages: 0 }));
    const all = makeTrend(() => ({ messages: 200, dmarcFail: 1 }));
    const largest = [
      { domain: "example.com", days: all },
      {
        domain: "example.net",
        days: days.map((day, index) =>
          index === 8 ? { ...day, dmarcPass: 75 } : { ...day, fail: { ...day.fail, own: 0 } },
        ),
      },
      { domain: "example.org", days: none },
    ];
    const values = valuesOf(chartsOf(makeWeek({ trend: { all, largest, moreDomains: 0 } }))[0]);
    expect(values["example.net"]).toEqual([
      100,
      100,
      100,
      100,
      100,
      100,
      100,
      100,
      75,
      75,
      ...Array.from({ length: 10 }, () => 100),
    ]);
    expect(Object.keys(values)).toEqual(["All domains", "example.com", "example.net"]);
  });

  it("never show 100% for what is not all", () => {
    const all = makeTrend(() => ({ messages: 1_000_000, dmarcFail: 1 }));
    const trend = { all, largest: [{ domain: "example.com", days: all }], moreDomains: 0 };
    expect(new Set(valuesOf(chartsOf(makeWeek({ trend }))[0])["example.com"])).toEqual(new Set([99.99]));
  });

  it("of one domain have one line of it, and one for each kind of failure that there is", () => {
    expect(chartsOf(makeWeek()).map((chart) => Object.keys(valuesOf(chart)))).toEqual([["example.com"], ["yours"]]);
  });

  it("of many domains have six lines, and those of all failures apart", () => {
    const largest = [5, 4, 3, 2, 1].map((size) => ({
      domain: `d${size}.example`,
      days: makeTrend(() => ({ messages: size })),
    }));
    const fail = { own: 1, unknown: 2, forwarded: 3, spoofed: 900, trouble: 4 };
    const all = makeTrend(() => ({ messages: 1000 })).map((day) => ({ ...day, dmarcPass: 99, fail }));
    const [rates, failures] = chartsOf(makeWeek({ trend: { all, largest, moreDomains: 3 } })).map(valuesOf);
    expect(Object.keys(rates ?? {})).toHaveLength(6);
    // What others spoof does not move own mail.
    expect(rates?.["All domains"]?.[0]).toBe(99);
    expect(Object.entries(failures ?? {}).map(([name, [first]]) => [name, first])).toEqual([
      ["yours", 1],
      ["unknown", 2],
      ["spoofed", 900],
      ["forwarded, other", 7],
    ]);
  });

  it("are not there in a week without a report", () => {
    expect(chartsOf(emptyWeek)).toEqual([]);
  });

  it("of days on which nothing was evaluated have no pass rate", () => {
    const all = makeTrend(() => ({ messages: 5 })).map((day) => ({ ...day, dmarcPass: 0 }));
    const trend = { all, largest: [{ domain: "example.com", days: all }], moreDomains: 0 };
    expect(chartsOf(makeWeek({ trend }))).toEqual([]);
  });
});

/** A week of so many domains with names as long as can be, all of them in alarm, with much to say of each. */
function largeWeek(count: number, nameOf: (index: number) => string): Week {
  const own = makeImpact({ quarantined: 91_204, rejected: 41_317, delivered: 12_345 });
  const names = Array.from({ length: count }, (_, index) => nameOf(index));
  const domains = names.map((domain) =>
    makeWeekDomain({
      domain,
      verdict: "act",
      totals: makeTotals({ messages: 1_234_567, dmarcFail: own.messages }),
      fail: makeParts({ own }),
      change: makeChange({ now: { messages: 900 }, before: { messages: 100, dmarcFail: 50 } }),
    }),
  );
  const all = makeTrend((index) => ({ messages: 1000 * index }));
  return makeWeek({
    verdict: "act",
    domains,
    failing: names.map((domain) => ({
      domain,
      days: 7,
      lastDay: "2026-11-17",
      source: makeSource({ source: domain, mailClass: "not-aligned", impact: own }),
    })),
    trend: {
      all,
      largest: names.slice(0, 5).map((domain) => ({ domain, days: all })),
      moreDomains: Math.max(0, count - 5),
    },
    readiness: names.map((domain) =>
      makeReadiness({
        domain,
        state: "blocked",
        blockers: names.slice(0, 4).map((source) => ({ source, messages: 1204, why: "broken-signature" })),
        missingSources: [{ source: domain, lastSeen: "2026-03-03", messages: 40 }],
      }),
    ),
    news: {
      newServices: names.map((domain) => ({ domain, source: domain, day: "2026-11-12", messages: 1204, passed: 1200 })),
      newDomains: names.map((domain) => ({ domain, day: "2026-11-13" })),
      policyChanges: names.map((domain) => ({
        domain,
        from: "p=none",
        to: "p=reject sp=quarantine np=none t=y",
        since: "2026-11-13",
      })),
    },
  });
}

describe.each(languages)("within Slack's limits, in %s", (language) => {
  const told = { ...telling, words: wordsOf(language) };
  const long = `${"a-label-as-long-as-a-label-can-be-by-rfc-1035-which-is-63-chars.".repeat(4)}com`.slice(-253);

  it.each([
    [1, "example.com"],
    [20, "example.com"],
    [500, "example.com"],
    [1, long],
    [20, long],
    [500, long],
    [500, "<!channel> *x* `y` |".repeat(10)],
    [500, "例え.テスト".repeat(20)],
    [20, ""],
    [20, "\u202E\u0000"],
  ])("%i domains called %s", (count, name) => {
    const week = largeWeek(count, (index) => `${index}${name}`);
    const message = weeklyMessage(week, told);
    expect(findBlockTrouble(message.blocks)).toBeUndefined();
    expect(findBlockTrouble(message.fallbackBlocks)).toBeUndefined();
    const tables = message.blocks.filter(({ type }) => type === "table");
    expect(tables).toHaveLength(count > 1 ? 1 : 0);
    expect(message.fallbackBlocks.map(({ type }) => String(type))).not.toEqual(
      expect.arrayContaining(["table", "data_visualization"]),
    );
    expect(Buffer.byteLength(weekMarkdown(week, told))).toBeLessThan(400 * 1024);
  });
});

it("500 domains: what does not fit into the table is one row that adds up with those shown to all", () => {
  const page = slackPage(
    weeklyMessage(
      largeWeek(500, (index) => `d${index}.example`),
      telling,
    ),
  );
  const rows = page.split("\n").filter((line) => line.startsWith("⛔ d"));
  expect(rows.length).toBeGreaterThan(10);
  const quarantined = ((500 - rows.length) * 91_204).toLocaleString("en-US");
  expect(page).toContain(`${500 - rows.length} others | ${quarantined} quarantined, `);
});

it("without links there is no link", () => {
  expect(JSON.stringify(weeklyMessage(loudWeek, { ...telling, links: {} }))).not.toContain("http");
});

it("the charts say how they treat days without mail where there are any, and nothing else", () => {
  expect(slackPage(weeklyMessage(loudWeek, telling))).toContain(telling.words.week.chartNote);
  expect(slackPage(weeklyMessage(makeWeek(), telling))).not.toContain(telling.words.week.chartNote);
});
