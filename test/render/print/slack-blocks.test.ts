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
});

it("empty texts are shown as a dash, since Slack takes none", () => {
  const blocks = [tableBlock([["", "1"]]), paragraphBlock([textElement("")]), contextBlock("x")];
  expect(findBlockTrouble(blocks)).toBeUndefined();
});
