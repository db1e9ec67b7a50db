import { shareScale, sparkline } from "../chart/chart.ts";
import type { Chart, Table } from "../page.ts";

/**
 * A chart as rows of a table, for where none is drawn: a line of blocks for each series, and its last value. A day without
 * a value is a dot.
 */
export function sparkRows({ unit, caption, days, series, format }: Chart): Table {
  const rows = series.map(({ name, values }) => {
    const known = values.filter((value) => value !== undefined);
    const last = values.at(-1);
    const line = unit === "share" ? sparkline(values, shareScale(Math.min(1, ...known))) : sparkline(values);
    return [name, line, last === undefined ? "–" : format(last)];
  });
  return { columns: [{ title: "" }, { title: caption }, { title: days.at(-1) ?? "", isNumber: true }], rows };
}
