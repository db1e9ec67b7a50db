import type { KnownBlock } from "@slack/web-api";
import { plainText } from "../escape.ts";
import type { Chart } from "../page.ts";

/** A chart block. `@slack/types` 3.2.0 has none yet (github.com/slackapi/node-slack-sdk/pull/2637). */
export interface DataVisualizationBlock {
  type: "data_visualization";
  /** At most 50 characters. */
  title: string;
  chart: {
    type: "line";
    /** One to six. */
    series: ChartSeries[];
    axis_config: {
      /** From left to right, one to twenty; the labels of each series' points. */
      categories: string[];
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

/**
 * A chart as Slack draws it. A message takes at most two.
 *
 * Slack wants a value of each series for each day. So days on which no series has a share are left out, rather than drawn
 * as 0 %, and a series without one on a day keeps that of its last day before it, or at the start that of its first.
 *
 * @see https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block
 */
export function chartBlock({ unit, caption, days, series }: Chart): DataVisualizationBlock {
  const isDrawn = days.map((_, index) => unit === "count" || series.some(({ values }) => values[index] !== undefined));
  const drawn = <Item>(items: readonly Item[]): Item[] => items.filter((_, index) => isDrawn[index]);
  const labels = uniqueLabels(drawn(days));
  const names = uniqueLabels(series.map(({ name }) => name));
  return {
    type: "data_visualization",
    title: labelOf(caption, 50),
    chart: {
      type: "line",
      series: series.map(({ name, values }, index) => {
        const known = unit === "share" ? sharesWithoutGaps(values).map(percentOf) : values.map((value) => value ?? 0);
        const points = drawn(known);
        return { name: names[index] ?? name, data: labels.map((label, at) => ({ label, value: points[at] ?? 0 })) };
      }),
      axis_config: { categories: labels },
    },
  };
}

/** The share of each day; of one without, that of the day before, and at the start that of the first day that has one. */
function sharesWithoutGaps(values: readonly (number | undefined)[]): number[] {
  let share = values.find((known) => known !== undefined) ?? 0;
  return values.map((known) => {
    share = known ?? share;
    return share;
  });
}

/** With two decimals, and never 100 for what is not all. */
function percentOf(share: number): number {
  return Math.floor(share * 10_000 + 1e-6) / 100;
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
