import { describe, expect, it } from "vitest";
import type { Chart } from "../../../src/render/page.ts";
import { contextBlock, paragraphBlock, tableBlock, textElement } from "../../../src/render/print/slack-blocks.ts";
import { chartBlock } from "../../../src/render/print/slack-charts.ts";
import { findBlockTrouble } from "../../servers/slack/blocks.ts";

const rates: Chart = {
  unit: "share",
  caption: "Own mail that passes",
  days: ["21 Nov", "22 Nov"],
  series: [
    { name: "example.com", values: [0.999, 0.9997] },
    { name: "example.net", values: [0.87, 1] },
  ],
  format: String,
};
const days = (count: number) => Array.from({ length: count }, (_, day) => `day ${day}`);
const zeros = (count: number) => Array.from({ length: count }, () => 0);

describe("a chart", () => {
  it("is Slack's data_visualization, with a point of each series for each category", () => {
    expect(chartBlock(rates)).toEqual({
      type: "data_visualization",
      title: "Own mail that passes",
      chart: {
        type: "line",
        series: [
          {
            name: "example.com",
            data: [
              { label: "21 Nov", value: 99.9 },
              { label: "22 Nov", value: 99.97 },
            ],
          },
          {
            name: "example.net",
            data: [
              { label: "21 Nov", value: 87 },
              { label: "22 Nov", value: 100 },
            ],
          },
        ],
        axis_config: { categories: ["21 Nov", "22 Nov"] },
      },
    });
    const counts = chartBlock({ ...rates, unit: "count" }).chart.series.map(({ data }) =>
      data.map(({ value }) => value),
    );
    expect(counts).toEqual([
      [0.999, 0.9997],
      [0.87, 1],
    ]);
  });

  it("with as much as Slack takes is taken, twice a message", () => {
    const series = Array.from({ length: 6 }, (_, index) => ({ name: `domain ${index}`, values: zeros(20) }));
    const block = chartBlock({ ...rates, unit: "count", caption: "x".repeat(60), days: days(20), series });
    expect(findBlockTrouble([block, block])).toBeUndefined();
    expect(block.title).toBe(`${"x".repeat(49)}…`);
  });

  it("whose labels are the same once they are cut, or empty, numbers them", () => {
    const names = ["department-of-mails.example.com", "department-of-mails.example.net", "", "\u202e", ""];
    const series = names.map((name) => ({ name, values: [1, 2] }));
    const block = chartBlock({ ...rates, unit: "count", caption: "", days: ["a", "a"], series });
    expect(findBlockTrouble([block])).toBeUndefined();
    expect(block.chart.axis_config.categories).toEqual(["a", "a 2"]);
    expect(block.chart.series.map(({ name }) => name)).toEqual([
      "department-of-mails…",
      "department-of-ma… 2",
      "–",
      "– 2",
      "– 3",
    ]);
  });

  it.each<[string, Partial<Chart>, string]>([
    ["21 days", { days: days(21) }, "Slack takes 1 to 20 days, got 21."],
    ["no day", { days: [] }, "Slack takes 1 to 20 days, got 0."],
    ["seven series", { series: zeros(7).map((_, at) => ({ name: `${at}`, values: [1, 2] })) }, "1 to 6 series, got 7."],
    ["no series", { series: [] }, "Slack takes 1 to 6 series, got 0."],
    ["a value too few", { series: [{ name: "a", values: [1] }] }, 'series "a" needs 2 finite values.'],
    ["a value that is none", { series: [{ name: "a", values: [1, Number.NaN] }] }, 'series "a" needs 2 finite values.'],
  ])("of %s is a mistake of its caller", (_name, part, message) => {
    const draw = () => chartBlock({ ...rates, ...part });
    expect(draw).toThrow(RangeError);
    expect(draw).toThrow(message);
  });
});

it("empty texts are shown as a dash, since Slack takes none", () => {
  const blocks = [tableBlock([["", "1"]]), paragraphBlock([textElement("")]), contextBlock("x")];
  expect(findBlockTrouble(blocks)).toBeUndefined();
});
