import type { KnownBlock } from "@slack/web-api";
import { plainText } from "../escape.ts";

/** A chart block. `@slack/types` 3.2.0 has none yet (github.com/slackapi/node-slack-sdk/pull/2637). */
export interface DataVisualizationBlock {
  type: "data_visualization";
  /** At most 50 characters. */
  title: string;
  chart: {
    type: "line" | "bar";
    /** One to six. */
    series: ChartSeries[];
    axis_config: {
      /** From left to right, one to twenty; the labels of each series' points. */
      categories: string[];
      /** At most 50 characters. */
      x_label?: string;
      /** At most 50 characters. */
      y_label?: string;
    };
  };
}

interface ChartSeries {
  /** At most 20 characters; no two are the same. */
  name: string;
  data: { label: string; value: number }[];
}

/** Any block of ours. */
export type SlackBlock = KnownBlock | DataVisualizationBlock;

/** What a chart shows. */
export interface ChartData {
  /** Above the chart; cut at 50 characters. */
  title: string;
  /** Along the x axis, one to twenty; each cut at 20 characters. */
  categories: readonly string[];
  /** One to six, each with a finite value a category; names are cut at 20 characters. */
  series: readonly { name: string; values: readonly number[] }[];
  /** Beside the y axis; cut at 50 characters. */
  yLabel?: string;
}

/**
 * Lines over the categories, such as shares over days. A message takes at most two charts.
 *
 * @throws RangeError on more categories or series than Slack takes, and on values that don't match the categories.
 * @see https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block
 */
export function lineChartBlock(data: ChartData): DataVisualizationBlock {
  return chartBlock("line", data);
}

/**
 * Bars over the categories, side by side when there are several series. A message takes at most two charts.
 *
 * @throws RangeError on more categories or series than Slack takes, and on values that don't match the categories.
 * @see https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block
 */
export function barChartBlock(data: ChartData): DataVisualizationBlock {
  return chartBlock("bar", data);
}

function chartBlock(type: "line" | "bar", { title, categories, series, yLabel }: ChartData): DataVisualizationBlock {
  checkCount("categories", categories.length, 20);
  checkCount("series", series.length, 6);
  const labels = uniqueLabels(categories);
  const names = uniqueLabels(series.map(({ name }) => name));
  return {
    type: "data_visualization",
    title: labelOf(title, 50),
    chart: {
      type,
      series: series.map(({ name, values }, index) => {
        if (values.length !== labels.length || !values.every(Number.isFinite)) {
          throw new RangeError(`Chart "${title}": series "${name}" needs ${labels.length} finite values.`);
        }
        return {
          name: names[index] ?? name,
          data: labels.map((label, point) => ({ label, value: values[point] ?? 0 })),
        };
      }),
      axis_config: { categories: labels, ...(yLabel !== undefined && { y_label: labelOf(yLabel, 50) }) },
    },
  };

  function checkCount(what: string, count: number, most: number): void {
    if (count >= 1 && count <= most) return;
    throw new RangeError(`Chart "${title}": Slack takes 1 to ${most} ${what}, got ${count}.`);
  }
}

function labelOf(text: string, mostCharacters: number): string {
  return plainText(text, mostCharacters) || "–";
}

/** Labels of at most 20 characters, those that would be the same numbered. */
function uniqueLabels(texts: readonly string[]): string[] {
  const labels: string[] = [];
  for (const text of texts) {
    let label = labelOf(text, 20);
    for (let number = 2; labels.includes(label); number += 1) label = `${labelOf(text, 17)} ${number}`;
    labels.push(label);
  }
  return labels;
}
