import { type Fields, fieldsOf } from "./body.ts";
import { checkLength, itemsOf, type Report } from "./checks.ts";

const most = { series: 6, segments: 6, points: 20, label: 20, title: 50 };

/**
 * A chart. Slack's limits have grown since (12 series were seen to be taken); here are the smaller ones of its page.
 *
 * @see https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block
 */
export function checkDataVisualization(block: Fields, pointer: string, report: Report): void {
  checkLength(block.title, `${pointer}/title`, most.title, report);
  const chart = fieldsOf(block.chart);
  const place = `${pointer}/chart`;
  if (chart.type === "pie") checkSegments(chart, place, report);
  else if (["bar", "area", "line"].includes(String(chart.type))) checkSeries(chart, place, report);
  else report(`unsupported type: ${String(chart.type)}`, `${place}/type`);
}

function checkSegments(chart: Fields, pointer: string, report: Report): void {
  const segments = itemsOf(chart.segments, `${pointer}/segments`, { most: most.segments }, report);
  for (const [index, segment] of segments.map(fieldsOf).entries()) {
    const place = `${pointer}/segments/${index}`;
    checkLength(segment.label, `${place}/label`, most.label, report);
    checkNumber(segment.value, `${place}/value`, report);
    if (Number(segment.value) <= 0) report("must be greater than 0", `${place}/value`);
  }
}

function checkSeries(chart: Fields, pointer: string, report: Report): void {
  const axis = fieldsOf(chart.axis_config);
  const axisPlace = `${pointer}/axis_config`;
  const categories = itemsOf(axis.categories, `${axisPlace}/categories`, { most: most.points }, report);
  for (const [index, category] of categories.entries()) {
    checkLength(category, `${axisPlace}/categories/${index}`, most.label, report);
  }
  for (const label of ["x_label", "y_label"]) {
    if (axis[label] !== undefined) checkLength(axis[label], `${axisPlace}/${label}`, most.title, report);
  }
  const names = new Set<unknown>();
  const series = itemsOf(chart.series, `${pointer}/series`, { most: most.series }, report);
  for (const [index, { name, data }] of series.map(fieldsOf).entries()) {
    const place = `${pointer}/series/${index}`;
    checkLength(name, `${place}/name`, most.label, report);
    if (names.has(name)) report("name already exists", `${place}/name`);
    names.add(name);
    checkPoints({ data, categories }, place, report);
  }
}

/** "Each data point's label must match one of the categories", and each category needs one. */
function checkPoints({ data, categories }: { data: unknown; categories: unknown[] }, pointer: string, report: Report) {
  const points = itemsOf(data, `${pointer}/data`, { most: most.points }, report).map(fieldsOf);
  for (const [index, { label, value }] of points.entries()) {
    checkLength(label, `${pointer}/data/${index}/label`, most.label, report);
    checkNumber(value, `${pointer}/data/${index}/value`, report);
  }
  const labels = points.map(({ label }) => label);
  const isSame = labels.length === categories.length && categories.every((category) => labels.includes(category));
  if (!isSame) report("labels must match axis_config.categories", `${pointer}/data`);
}

function checkNumber(value: unknown, pointer: string, report: Report): void {
  if (typeof value !== "number" || !Number.isFinite(value)) report("must be a number", pointer);
}
