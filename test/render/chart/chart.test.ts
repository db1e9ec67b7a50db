import { XMLValidator } from "fast-xml-parser";
import { describe, expect, it } from "vitest";
import { dayAfter } from "../../../src/history/dates.ts";
import { trendChart } from "../../../src/render/chart/chart.ts";
import { sparkline } from "../../../src/render/chart/sparkline.ts";
import { type Language, wordsOf } from "../../../src/render/words/words.ts";

const look = { theme: "light", words: wordsOf("en") } as const;

/** So many days up to 22 November, each with its passed and failed messages. */
function makeDays(count: number, countsOf: (index: number) => { dmarcPass: number; dmarcFail: number }) {
  return Array.from({ length: count }, (_, index) => {
    const { dmarcPass, dmarcFail } = countsOf(index);
    const fail = { own: dmarcFail, unknown: 0, forwarded: 0, spoofed: 0, trouble: 0 };
    return { day: dayAfter("2026-11-22", index + 1 - count), messages: dmarcPass + dmarcFail, dmarcPass, fail };
  });
}

const steady = makeDays(90, (index) => ({ dmarcPass: 900 + index, dmarcFail: index % 3 }));

/** The rectangles of one colour in a chart, but for the first, the legend's: left, top, right and bottom. */
function boxesOf(svg: string, fill: string): number[][] {
  const paths = Array.from(svg.matchAll(new RegExp(`<path d="([^"]*)" fill="${fill}"/>`, "g")), (match) => match[1]);
  const corners = paths
    .slice(1)
    .join("")
    .matchAll(/M([\d.]+) ([\d.]+)H([\d.]+)V([\d.]+)/g);
  return Array.from(corners, (match) => match.slice(1).map(Number));
}

const [passed, failed, gap, line] = ["#54aeff", "#bc4c00", "#eff2f5", "#0550ae"];

describe("the chart", () => {
  it.each<[Language, "light" | "dark"]>([
    ["en", "light"],
    ["ja", "dark"],
  ])("of 90 days looks as agreed, in %s and %s", async (language, theme) => {
    const days = steady.map((day, index) =>
      index % 30 === 20 ? { ...day, messages: 0, dmarcPass: 0, fail: { ...day.fail, own: 0 } } : day,
    );
    const svg = trendChart(days, { theme, words: wordsOf(language) });
    await expect(svg).toMatchFileSnapshot(`../fixtures/trend-${language}-${theme}.svg`);
  });

  it.each([0, 1, 2, 7, 30, 90, 400])("of %i days is well-formed, inert and stays within its borders", (count) => {
    const svg = trendChart(
      makeDays(count, (index) => ({ dmarcPass: index * 12_345_678, dmarcFail: index })),
      look,
    );
    expect(XMLValidator.validate(svg)).toBe(true);
    expect(svg.replace("http://www.w3.org/2000/svg", "")).not.toMatch(
      /script|style|href|url\(|@import|:\/\/|NaN|Infinity/,
    );
    const xs = Array.from(svg.matchAll(/(?:\bx="|[MLH])(-?[\d.]+)/g), (match) => Number(match[1]));
    expect(Math.min(...xs)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...xs)).toBeLessThanOrEqual(790);
    expect(svg.length).toBeLessThan(20_000);
  });

  it("says what it is to those who can't see it", () => {
    const svg = trendChart(
      makeDays(2, () => ({ dmarcPass: 3, dmarcFail: 1 })),
      look,
    );
    expect(svg).toContain('role="img" aria-labelledby="title summary"');
    expect(svg).toContain('<title id="title">DMARC, 21 Nov – 22 Nov</title>');
    expect(svg).toContain('<desc id="summary">8 messages in these days; 75% of your own passed DMARC.</desc>');
  });

  it("without a message says so", () => {
    const empty = makeDays(3, () => ({ dmarcPass: 0, dmarcFail: 0 }));
    for (const days of [[], empty]) expect(trendChart(days, look)).toContain(">No reports yet</text>");
  });

  it("shows the last 90 days of more", () => {
    expect(
      trendChart([...makeDays(200, () => ({ dmarcPass: 9e9, dmarcFail: 0 })).slice(0, 110), ...steady], look),
    ).toBe(trendChart(steady, look));
  });

  it("stacks own failures on the messages that passed", () => {
    const svg = trendChart(
      makeDays(2, () => ({ dmarcPass: 60, dmarcFail: 40 })),
      look,
    );
    const heights = (fill: string) => boxesOf(svg, fill).map(([, top = 0, , bottom = 0]) => bottom - top);
    expect(boxesOf(svg, failed).map(([, , , bottom]) => bottom)).toEqual(boxesOf(svg, passed).map(([, top]) => top));
    expect(heights(passed)).toHaveLength(2);
    for (const [index, height] of heights(passed).entries())
      expect((heights(failed)[index] ?? 0) / height).toBeCloseTo(40 / 60);
  });

  it("shows own, unknown, spoofed and other failures apart, by what somebody has to do about them", () => {
    const [day] = makeDays(1, () => ({ dmarcPass: 500, dmarcFail: 100 }));
    if (day === undefined) throw new Error("There is no day.");
    const fail = { own: 100, unknown: 80, spoofed: 160, forwarded: 30, trouble: 10 };
    const svg = trendChart([{ ...day, messages: 900, fail }], look);
    const colours = ["#54aeff", "#bc4c00", "#e3b341", "#271052", "#818b98", "#afb8c1"];
    const boxes = colours.map((fill) => boxesOf(svg, fill)[0] ?? []);
    const heights = boxes.map(([, top = 0, , bottom = 0]) => bottom - top);
    expect(heights.map((height) => Math.round((height / (heights[0] ?? 1)) * 500))).toEqual([
      500, 100, 80, 160, 40, 20,
    ]);
    expect(boxes.slice(1).map(([, , , bottom]) => bottom)).toEqual(boxes.slice(0, -1).map(([, top]) => top));
    for (const name of ["passed", "yours", "unknown", "spoofed", "forwarded, other", "not evaluated"])
      expect(svg).toContain(`>${name}</text>`);
  });

  it("the line is own mail's: what others spoof does not move it", () => {
    const spoofed = makeDays(2, () => ({ dmarcPass: 100, dmarcFail: 0 })).map((day) => ({
      ...day,
      messages: 1000,
      fail: { ...day.fail, spoofed: 900 },
    }));
    expect(trendChart(spoofed, look)).toContain("100% of your own passed DMARC.");
  });

  it("shows a single failure among a million", () => {
    const [, top = 0, , bottom = 0] =
      boxesOf(
        trendChart(
          makeDays(1, () => ({ dmarcPass: 1_000_000, dmarcFail: 1 })),
          look,
        ),
        failed,
      )[0] ?? [];
    expect(bottom - top).toBeCloseTo(1.5);
  });

  it("breaks the line and marks the day where nobody reported, but not before the first report", () => {
    const some = new Set([2, 3, 5, 6]);
    const svg = trendChart(
      makeDays(7, (index) => ({ dmarcPass: some.has(index) ? 10 : 0, dmarcFail: 0 })),
      look,
    );
    expect(svg.match(new RegExp(`<path d="([^"]*)" fill="none" stroke="${line}"`))?.[1]?.match(/M/g)).toHaveLength(2);
    expect(boxesOf(svg, passed)).toHaveLength(4);
    expect(boxesOf(svg, gap)).toHaveLength(1);
    expect(svg).toContain(">no reports</text>");
    expect(trendChart(steady, look)).not.toContain(">no reports</text>");
  });

  it.each([
    [1, ["0", "1"]],
    [3, ["0", "1", "2", "3"]],
    [9, ["0", "2", "4", "6", "8", "10"]],
    [1234, ["0", "500", "1,000", "1,500"]],
  ])("has whole numbers on its axis up to %i", (messages, numbers) => {
    const svg = trendChart(
      makeDays(1, () => ({ dmarcPass: messages, dmarcFail: 0 })),
      look,
    );
    const labels = Array.from(svg.matchAll(/text-anchor="end">([^<]*)</g), (match) => match[1]);
    expect(labels.filter((label) => !label?.includes("%"))).toEqual(numbers);
  });

  it.each([
    [0.999, ["98%", "99%", "100%"]],
    [0.93, ["90%", "95%", "100%"]],
    [0.2, ["0%", "50%", "100%"]],
  ])("shows a pass rate of %f large enough to be read", (rate, numbers) => {
    const svg = trendChart(
      makeDays(1, () => ({ dmarcPass: 1000 * rate, dmarcFail: 1000 - 1000 * rate })),
      look,
    );
    expect(Array.from(svg.matchAll(/text-anchor="end">([^<]*%)</g), (match) => match[1])).toEqual(numbers);
  });
});

describe("a sparkline", () => {
  it.each([
    [[], ""],
    [[0], "▁"],
    [[7, 0, 3, undefined, 7], "█▁▄·█"],
    [[5, 5], "██"],
  ])("of %j is %s", (values, text) => {
    expect(sparkline(values)).toBe(text);
  });

  it("of shares is full only where all passed", () => {
    expect(sparkline([0.9, 0.95, 0.9999, 1, 0.5], { from: 0.9, to: 1 })).toBe("▁▄▇█▁");
  });
});
